"""How far a result is from the truth: ulp, bits, nats and excess bits side by side (ACCEPTANCE A5 to A8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind, among
from conformance.floats.formats import Format

Floats = NDArray[np.float64]


@dataclass
class Distances:
    """Arrays of one shape (N,), float64.

    ulp: |got - exact| in units in the last place of the exact value, before any rounding of it; a correctly rounded
    result scores at most 0.5. ulp_slack: half the width of the enclosure, in the same unit. nats: |got - exact|,
    inf beyond float64. relative: |got - exact| / |exact|, also where no float holds either of them (A27); inf at a
    truth of 0. bits: log2(1 + ulp), saturated at the precision. excess: bits beyond log2(1 + condition number), at
    least 0.
    All are inf where a finite truth met nan or inf that it does not round to, nan where there is no truth.
    """

    ulp: Floats
    ulp_slack: Floats
    nats: Floats
    relative: Floats
    bits: Floats
    excess: Floats

    def __getitem__(self, index: object) -> Distances:
        """The selected elements, as Distances."""
        return Distances(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})


def distances(got: NDArray[Any], truth: Enclosures, fmt: Format) -> Distances:
    """Distances of ``got`` (shape (N,), dtype of ``fmt``) from ``truth``.

    The difference is formed in the scale of the larger of the two: both are moved there by exact powers of two,
    got - hi is exact where they are close (Sterbenz's lemma), and one rounding of relative size 2^-53 remains.
    """
    wide = got.astype(np.float64)
    finite = np.isfinite(wide)
    fraction, power = np.frexp(np.where(finite, wide, 0.0))
    exponent = np.clip(truth.exponent, -(2**40), 2**40)
    # 0 has no exponent of its own: it takes the other's.
    scale = np.where(fraction == 0, exponent, np.where(truth.hi == 0, power, np.maximum(power, exponent)))
    unit = unit_exponent(truth, fmt)
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        down = _int32(exponent - scale)
        off = np.abs((np.ldexp(fraction, _int32(power - scale)) - np.ldexp(truth.hi, down)) - np.ldexp(truth.lo, down))
        ulp = np.ldexp(off, _int32(scale - unit))
        slack = np.ldexp(truth.err, _int32(exponent - unit))
        nats = np.ldexp(off, _int32(scale))
        relative = np.where(off == 0, 0.0, np.ldexp(off / np.abs(truth.hi), _int32(scale - exponent)))
    right_infinity = ~finite & (wide == rounded_infinity(truth, fmt))
    known = among(truth.kind, (Kind.FINITE, Kind.POS_INF, Kind.NEG_INF))
    hopeless = (~finite & ~right_infinity) | (truth.kind != Kind.FINITE)
    for array in (ulp, nats, relative):
        array[hopeless] = np.inf
        array[right_infinity] = 0.0
        array[~known] = np.nan
    slack[truth.kind != Kind.FINITE] = 0.0
    with np.errstate(invalid="ignore"):
        lost = np.log2(1.0 + ulp)
        condition = np.nan_to_num(truth.condition, nan=0.0, posinf=np.inf)
        forced = np.log2(1.0 + np.abs(condition))
        bits = np.minimum(lost, fmt.precision)
        excess = np.where(np.isinf(forced), 0.0, np.clip(bits - forced, 0.0, None))
    return Distances(ulp, slack, nats, relative, bits, np.where(np.isnan(bits), np.nan, excess))


def unit_exponent(truth: Enclosures, fmt: Format) -> NDArray[np.int64]:
    """The exponent of one ulp at the exact value: max(E - p, exponent of the least subnormal), 2^(E-1) <= |t| < 2^E.

    Where the enclosure straddles a power of two, as it does where that is the exact value, the larger unit holds.
    """
    size, rest = np.abs(truth.hi), truth.lo * np.sign(truth.hi)
    below = (size == 0.5) & (rest + truth.err < 0)
    above = 1.0 - size <= rest + truth.err
    exponent = np.clip(truth.exponent, -(2**40), 2**40) - below + above
    return np.where(truth.hi == 0, fmt.lowest_exponent, np.maximum(exponent - fmt.precision, fmt.lowest_exponent))


def rounded_infinity(truth: Enclosures, fmt: Format) -> Floats:
    """+-inf where that is what the truth rounds to (|t| >= max + ulp/2, or an infinite limit), 0 elsewhere."""
    top = fmt.emax + 1
    # |t| / 2^top >= 1 - 2^-(p+1), with every float64 operation exact: in float64 that threshold itself is no float.
    missing = (1.0 - np.abs(truth.hi)) - 2.0 ** -(fmt.precision + 1)
    at_top = (truth.exponent == top) & (truth.lo * np.sign(truth.hi) >= missing)
    over = (truth.kind == Kind.FINITE) & (truth.hi != 0) & ((truth.exponent > top) | at_top)
    result = np.where(over, np.copysign(np.inf, truth.hi), 0.0)
    result[truth.kind == Kind.POS_INF] = np.inf
    result[truth.kind == Kind.NEG_INF] = -np.inf
    return result


def _int32(values: NDArray[Any]) -> NDArray[np.int32]:
    return np.clip(values, -2200, 2200).astype(np.int32)
