"""Inputs of every magnitude, and how far the reference is off at them: what its tests of elementwise maps share."""

from __future__ import annotations

import math
import warnings
from typing import Any

import ml_dtypes
import mpmath as mp
import numpy as np
from numpy.typing import NDArray

from adapters.interface import evaluate, parse
from adapters.numpy import Adapter
from adapters.numpy.bound import DTYPES
from adapters.tests.closed_forms import BITS, forms, spread, ulps

FINFO: Any = ml_dtypes.finfo
_ADAPTER = Adapter()


def positive(dtype: str) -> NDArray[Any]:
    """Positive numbers up to both ends of the format, crowded next to 1/2, log 2 and 1."""
    info = FINFO(DTYPES[dtype])
    least, most = float(info.smallest_subnormal), float(info.max)
    sizes = np.concatenate([spread(np.float64, least * 2, most / 1.01, 30), spread(np.float64, 1e-3, 90, 40, 1)])
    return np.concatenate([sizes, *(at + steps(dtype) for at in (1, math.log(2), 0.5)), [least, most, 2 * least]])


def steps(dtype: str) -> NDArray[Any]:
    """A few steps of the format to either side of a number next to 1."""
    return np.arange(-4, 5) * float(FINFO(DTYPES[dtype]).eps)


def turns(dtype: str) -> NDArray[Any]:
    """Positive numbers where x**2 overflows and x**2/2 does not yet, and where e**-x becomes subnormal."""
    info = FINFO(DTYPES[dtype])
    edges = [2.0 ** (0.5 * np.log2(float(info.max))) * v for v in (0.9, 1.1, 1.35, 1.5)]
    underflow = np.linspace(np.log(float(info.smallest_subnormal)), np.log(float(info.tiny)) + 2, 40)
    return np.concatenate([edges, -underflow])


def worst(subject: str, quantity: str, dtype: str, x: NDArray[Any]) -> tuple[float, float]:
    """The largest error in ulp of the reference at the inputs, and at which of them; no warning is given on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = evaluate(_ADAPTER.transform(subject, dtype), quantity, x)
    assert (got.dtype, got.shape) == (x.dtype, x.shape)
    with mp.workprec(BITS):
        function = forms(parse(subject)).truth(quantity)
        off = ulps(got, [function(mp.mpf(float(v))) for v in x], dtype)
    at = int(np.argmax(off))
    return float(off[at]), float(x[at])
