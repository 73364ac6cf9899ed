"""Compare the piecewise tier with Arb, exactly: what CI runs at random points, at the ends of pieces, and at the
points where something special happens.

GUARANTEE: an answer that is further from the truth than it says is a violation if it is compared, and one that says
more than the tier promises is too wide; Arb is asked for 2**-31 of what the tier promises, so no error hides in the
reference's own radius.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.oracle.piecewise.build import Line
from conformance.oracle.piecewise.tier import PiecewiseTier, own_domain
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.pointwise.narrow import GUARD_BITS
from conformance.oracle.pointwise.scalar_truth import ScalarTruth


@dataclass(frozen=True)
class Audit:
    """What ``audit`` saw. A violation is a point at which the tier's enclosure and Arb's have nothing in common; at a
    point ``too_wide`` the enclosure's radius is beyond what the tier promises; ``undecided`` counts Arb's failures."""

    points: int
    covered: int
    undecided: int
    violations: tuple[float, ...]
    too_wide: tuple[float, ...] = ()


FINE = {1: FORMATS["float64"], 2: replace(FORMATS["float64"], precision=84)}
"""What Arb is asked for, by the words of a line."""


def audit(
    tier: PiecewiseTier, fmt: Format, count: int, seed: int, low: float | None = None, high: float | None = None
) -> Audit:
    """Compare ``tier`` with Arb at ``count`` random inputs and at both ends of as many pieces, drawn likewise.

    The inputs are uniform over the ordinals of ``fmt`` (between ``low`` and ``high`` where given), so every binade
    counts the same. Arb is asked for far more digits than the tier claims: no common point is a violation.
    """
    rng = np.random.default_rng(seed)
    ends = [-infinity_ordinal(fmt) + 1, infinity_ordinal(fmt) - 1]
    for index, end in enumerate((low, high)):
        if end is not None:
            ends[index] = int(to_ordinal(np.array([end]).astype(fmt.dtype), fmt)[0])
    x = from_ordinal(rng.integers(ends[0], ends[1] + 1, count), fmt).astype(np.float64)
    tier.prepare(x, 1)
    return audit_at(tier, fmt, np.unique(np.concatenate([x, _edges(tier, fmt, rng, count, x.min(), x.max())])))


def audit_at(tier: PiecewiseTier, fmt: Format, points: NDArray[np.float64]) -> Audit:
    """Compare ``tier`` with Arb at ``points`` (N,), floats of ``fmt`` each, whose binades are built if need be."""
    got = tier.enclose(points.astype(fmt.dtype), 1)
    answered = got.kind != Kind.UNDECIDED
    points, got = points[answered], got[answered]
    want = block_truth(tier.subject, tier.quantity, points, FINE[tier.line.words])
    known = want.kind != Kind.UNDECIDED
    wrong = known & ~overlap(got, want)
    return Audit(
        len(answered),
        int(answered.sum()),
        int((~known).sum()),
        tuple(points[wrong].tolist()),
        tuple(points[_too_wide(got, tier.line)].tolist()),
    )


def special_points(tier: PiecewiseTier, fmt: Format) -> NDArray[np.float64]:
    """Zeros, infinities, nan, +-1, the ends of the domain, the subnormals' ends and the largest floats of ``fmt``,
    each finite one with both neighbours."""
    own = own_domain(ScalarTruth(tier.subject, tier.quantity))
    ends = [float(end) for end in (own.lo, own.hi) if isfinite(end)]
    sizes = [1.0, 2.0, fmt.min_subnormal, fmt.min_normal, fmt.max_finite, fmt.max_finite / 2, 2.0 ** (fmt.emin // 2)]
    finite = np.array([0.0, *ends, *sizes, *(-size for size in sizes)]).astype(fmt.dtype)
    around = to_ordinal(finite, fmt)[:, None] + np.array([-1, 0, 1])
    last = infinity_ordinal(fmt) - 1
    near = from_ordinal(np.unique(np.clip(around, -last, last)), fmt).astype(np.float64)
    return np.concatenate([near, [-0.0, np.inf, -np.inf, np.nan]])


def _too_wide(got: Enclosures, line: Line) -> NDArray[np.bool_]:
    """True where a radius is beyond 2**-20 ulp, that of the least subnormal, and 2**-8 of a value out of range."""
    with np.errstate(divide="ignore"):
        radius = np.log2(got.err) + got.exponent
        size = np.log2(np.abs(got.hi)) + got.exponent
    allowed = np.maximum(size - line.precision, line.emin - line.precision + 1) - GUARD_BITS + 2.0**-20
    allowed = np.where(got.exponent > line.emax + 1, np.maximum(allowed, size - 8), allowed)
    return (got.kind == Kind.FINITE) & (radius > allowed)


def _edges(
    tier: PiecewiseTier, fmt: Format, rng: np.random.Generator, count: int, low: float, high: float
) -> NDArray[np.float64]:
    """The first and the last float of pieces, those beyond [low, high] left out."""
    table = tier.table
    chosen = rng.permutation(len(table))[:count]
    centre, radius = table.centre[chosen], 1.0 / table.scale[chosen]
    inner = np.abs(centre) - radius
    outer = np.nextafter(np.abs(centre) + radius, 0.0)
    exact = np.concatenate([np.sign(centre) * inner, np.sign(centre) * outer])
    with np.errstate(over="ignore"):
        rounded = exact.astype(fmt.dtype).astype(np.float64)
        stepped = np.nextafter(rounded.astype(np.float32), np.float32(0)).astype(np.float64)
    away = np.abs(rounded) > np.abs(exact)
    rounded = np.where(away & (fmt.name == "float32"), stepped, rounded)
    return rounded[(rounded >= low) & (rounded <= high)]


def overlap(a: Enclosures, b: Enclosures) -> NDArray[np.bool_]:
    """True where two enclosures share a point, decided exactly; kinds other than FINITE must be the same."""
    out = np.array(a.kind == b.kind)
    saved = ctx.prec
    try:
        ctx.prec = 256
        for i in np.flatnonzero(out & (a.kind == Kind.FINITE)).tolist():
            out[i] = _ball(a, i).overlaps(_ball(b, i))
        return out
    finally:
        ctx.prec = saved


def _ball(enclosures: Enclosures, index: int) -> arb:
    middle = arb(float(enclosures.hi[index])) + arb(float(enclosures.lo[index]))
    whole = middle + arb(0, float(enclosures.err[index]))
    return whole * arb((1, int(enclosures.exponent[index])))
