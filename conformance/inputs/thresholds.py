"""Values at which implementations are known to switch branches, each to be tried with its float neighbours."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, to_ordinal


def thresholds(fmt: Format) -> NDArray[np.float64]:
    """Likely internal cut-offs for ``fmt``, positive and negative, as float64 (shape (N,)).

    Powers of two from the least subnormal to the greatest finite (every fourth far from 1), multiples of ln 2, small
    integers and halves, and the points at which exp, expm1, softplus, tanh, erfc and the square overflow, underflow
    or saturate in this format.
    """
    powers = [2.0**k for k in range(-12, 8)]
    lowest = fmt.emin - fmt.precision + 1
    powers += [math.ldexp(1.0, k) for k in range(lowest, fmt.emax + 1, max(1, (fmt.emax - lowest) // 64))]
    epsilon = 2.0 ** (1 - fmt.precision)
    log_max = (fmt.emax + 1) * math.log(2.0)
    log_tiny = -lowest * math.log(2.0)
    log_normal = -fmt.emin * math.log(2.0)
    log_epsilon = -math.log(epsilon)
    cuts = [log_max, log_tiny, log_normal, log_epsilon, log_epsilon + 2.0, log_epsilon / 2.0, log_max / 2.0]
    cuts += [math.sqrt(2.0 * value) for value in (log_max, log_tiny, log_normal, log_epsilon)]
    cuts += [math.sqrt(epsilon), epsilon, epsilon / 2.0, epsilon**0.25, 2.0 ** (fmt.emax / 2), 2.0 ** (fmt.emin / 2)]
    multiples = [k * math.log(2.0) for k in range(1, 33)]
    integers = [float(k) for k in range(1, 41)] + [k + 0.5 for k in range(0, 12)] + [50.0, 64.0, 88.0, 104.0, 128.0]
    positive = np.array(powers + cuts + multiples + integers)
    positive = positive[(positive > 0) & (positive <= fmt.max_finite)]
    return np.unique(np.concatenate([-positive, positive]))


def with_neighbours(values: NDArray[np.float64], fmt: Format, steps: int) -> NDArray[np.int64]:
    """The ordinals of ``values`` rounded to ``fmt``, each with ``steps`` floats on either side (unsorted, unique)."""
    with np.errstate(over="ignore"):
        rounded = values.astype(fmt.dtype)
    rounded = rounded[np.isfinite(rounded.astype(np.float64))]
    centres = to_ordinal(rounded, fmt)
    spread = centres[:, None] + np.arange(-steps, steps + 1)[None, :]
    top = to_ordinal(np.asarray([fmt.max_finite]).astype(fmt.dtype), fmt)[0]
    return np.unique(np.clip(spread, -top, top))


def floats_between(low: float, high: float, count: int, fmt: Format) -> NDArray[np.int64]:
    """``count`` ordinals evenly spaced between ``low`` and ``high`` (finite), both ends included."""
    ends = to_ordinal(np.asarray([low, high]).astype(fmt.dtype), fmt)
    return np.unique(np.linspace(float(ends[0]), float(ends[1]), count).astype(np.int64))


def values_at(ordinals: NDArray[np.int64], fmt: Format) -> NDArray[np.generic]:
    """The floats that have these ordinals."""
    return from_ordinal(ordinals, fmt)
