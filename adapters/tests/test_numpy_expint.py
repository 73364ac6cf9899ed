"""The reference's exponential integral keeps what its docstring guarantees."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from adapters.numpy import expint
from adapters.numpy.pairs import Pair


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pairs_of_the_exponential_integral_are_within_their_bound(dtype: str) -> None:
    """Against mpmath's, at 60 digits, on both sides of the join and far from it."""
    p = np.finfo(dtype).nmant + 1
    x = np.array([2.0**-100, 2.0**-9, 0.25, 1.0, 2.5, 3.75, 3.9999, 4.0, 4.14, 6.0, 20.0, 90.0, 2.0**50], dtype)
    found = expint.scaled_e1(Pair.of(x))
    with mpmath.workdps(60):
        for at, hi, lo in zip(x.tolist(), found.hi.tolist(), found.lo.tolist(), strict=True):
            exact = (
                mpmath.exp(at) * mpmath.e1(at) if at < 1e4 else (1 - 1 / mpmath.mpf(at) + 2 / mpmath.mpf(at) ** 2) / at
            )
            assert abs((mpmath.mpf(hi) + mpmath.mpf(lo)) / exact - 1) < mpmath.mpf(2) ** (20 - 2 * p), at
