"""Compare the piecewise tier with Arb, exactly: what CI runs at random points and at the ends of pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.oracle.blocks import block_truth
from conformance.oracle.piecewise_tier import PiecewiseTier


@dataclass(frozen=True)
class Audit:
    """What ``audit`` saw. A violation is a point at which the tier's enclosure and Arb's have nothing in common."""

    points: int
    covered: int
    undecided: int
    violations: tuple[float, ...]


def audit(
    tier: PiecewiseTier, fmt: Format, count: int, seed: int, low: float | None = None, high: float | None = None
) -> Audit:
    """Compare ``tier`` with Arb at ``count`` random inputs and at both ends of as many pieces, drawn likewise.

    The inputs are uniform over the ordinals of ``fmt`` (between ``low`` and ``high`` where given), so every binade
    counts the same. Arb is asked for the digits of float64, far more than the tier claims: no common point is a
    violation.
    """
    rng = np.random.default_rng(seed)
    ends = [-infinity_ordinal(fmt) + 1, infinity_ordinal(fmt) - 1]
    for index, end in enumerate((low, high)):
        if end is not None:
            ends[index] = int(to_ordinal(np.array([end]).astype(fmt.dtype), fmt)[0])
    x = from_ordinal(rng.integers(ends[0], ends[1] + 1, count), fmt).astype(np.float64)
    tier.prepare(x, 1)
    edges = _edges(tier, fmt, rng, count, x.min(), x.max())
    points = np.unique(np.concatenate([x, edges]))
    got = tier.enclose(points.astype(fmt.dtype), 1)
    answered = got.kind != Kind.UNDECIDED
    points, got = points[answered], got[answered]
    want = block_truth(tier.subject, tier.quantity, points, FORMATS["float64"])
    known = want.kind != Kind.UNDECIDED
    wrong = known & ~overlap(got, want)
    return Audit(len(answered), int(answered.sum()), int((~known).sum()), tuple(points[wrong].tolist()))


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
    away = np.abs(rounded) > np.abs(exact)
    stepped = np.nextafter(rounded.astype(np.float32), np.float32(0)).astype(np.float64)
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
