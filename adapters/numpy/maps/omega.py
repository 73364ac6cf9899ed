"""Wright's omega function over pairs: Lambert's W of an exponential, whose argument may be beyond every format."""

from __future__ import annotations

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for.

from adapters.numpy import functions as fn
from adapters.numpy.pairs import Pair, where


def wright_omega(q: Pair) -> Pair:
    """The w > 0 with w + log w = q: W(e**q). Newton's iteration on pairs from SciPy's answer in floats."""
    start = scipy.special.wrightomega(q.hi.astype(np.float64)).astype(q.hi.dtype)
    small = q.hi < -30.0  # w = e**q (1 - e**q ...), which keeps its digits where floats have none
    e = fn.exp(q)
    w = where(small, e - e.square(), Pair.of(start))
    for _ in range(2):
        step = w * (w + fn.log(w) - q) / (w + 1.0)
        w = where(np.isfinite(step.hi) & ~small, w - step, w)
    return where(np.isnan(q.hi) | (q.hi == np.inf), q, w)
