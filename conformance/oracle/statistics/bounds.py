"""How fast a density falls and a slope grows towards an end: declared with the definitions, joined here, and audited.

All rates are OUTWARD logarithmic derivatives in the distance t from a centre, over everything beyond t = L. From them
follow, by Gronwall's inequality alone, bounds on the density and on the transform over a whole infinite tail, which
no ball can hold. A declaration is a lemma about one elementary function (``definitions/lemmas.py``); every use of it is
audited (``held``) against the derivative that follows mechanically from the definition, at points all the way out.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from flint import arb

from conformance.definitions.combinators import chain
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.lemmas import DensityRate, SlopeRate
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.pointwise.jets import BALLS, jet_at


class BoundViolated(ArithmeticError):
    """A declared bound disagrees with the mechanically derived derivative: the declaration is wrong."""


_ZERO = arb(0)
FLAT = SlopeRate(_ZERO, _ZERO, _ZERO, _ZERO, _ZERO)


def centre_of(base: DistributionDefinition) -> Fraction:
    """The point that distances are measured from: what the law declares, or the middle between those of a mixture's
    components."""
    if base.mixed:
        centres = [centre_of(one.law) for one in base.mixed]
        return (min(centres) + max(centres)) / 2
    declared = base.lemmas.centre
    return Fraction(base.params.get("loc", 0.0)) if declared is None else declared


def density_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate | None:
    """The rate of the base's density at its infinite end on ``side`` (+1 or -1); None where none is declared."""
    if base.mixed:
        return _mixed_rate(base, side, length)
    return None if base.lemmas.rate is None else base.lemmas.rate(BALLS, side, length)


def centre_rate(base: DistributionDefinition, distance: arb) -> tuple[arb, arb] | None:
    """[lo, hi] that holds t times the derivative by t of the log density, t the distance from the centre, for all t up
    to ``distance``, where the density vanishes at the centre or grows without bound; None elsewhere."""
    return None if base.lemmas.centre_rate is None else base.lemmas.centre_rate(BALLS, distance)


def _mixed_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate | None:
    """(log sum w p)' is an average of the (log p)', by the components' shares of the density at the point.

    A component's distance t' is measured from its own centre, and t/t' lies between its value at L and 1. Where some
    fall like a power and others have a rate below 0, t times the latter's derivative is at most L times the rate.
    """
    rates: list[tuple[DensityRate, arb]] = []
    for one in base.mixed:
        own = length - side * ratio(centre_of(one.law) - centre_of(base))
        rate = density_rate(one.law, side, own) if own > 0 else None
        if rate is None:
            return None
        rates.append((rate, own))
    power = any(rate.power for rate, _ in rates)
    lows: list[arb | None] = []
    highs: list[arb] = []
    for rate, own in rates:
        low, high = rate.lo, rate.hi
        if rate.power:
            stretch = arb(1).union(length / own)
            low, high = None if low is None else (low * stretch).lower(), (high * stretch).upper()
        elif power:
            if not high < 0:
                return None
            low, high = None, length * high
        lows.append(low)
        highs.append(high)
    known = [low for low in lows if low is not None]
    least = reduce(arb.min, known) if len(known) == len(lows) else None
    return DensityRate(least, reduce(arb.max, highs), power)


def slope_rate(transform: TransformDefinition | None, side: int, x: arb) -> SlopeRate | None:
    """The rate of log|f'| from the point ``x`` outwards to the infinite end on ``side``.

    None where none is declared, or where ``x`` is not yet far enough out.
    """
    if transform is None:
        return FLAT
    if transform.kind == "chain":
        return _chain(transform, side, x)
    if transform.line is not None:
        return FLAT
    inverted = transform.kind == "inverse"
    rate = transform.parts[0].lemmas.inverse_rate if inverted else transform.lemmas.rate
    return None if rate is None else rate(BALLS, side, x)


def joint_rate(
    base: DistributionDefinition, transform: TransformDefinition | None, side: int, length: arb, moment: int
) -> arb | None:
    """An upper bound, over everything beyond ``length``, of the outward derivative of log w + moment log|F'|, where
    either by itself is unbounded; None where none is declared."""
    rate = None if transform is None else transform.lemmas.gaussian_rate
    if rate is None or not base.lemmas.gaussian:
        return None
    return rate(BALLS, base.params["loc"], base.params["scale"], length, moment)


def _chain(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """Affine parts around one leaf stretch its argument, or leave log|f'| as it is; and whatever follows a part that
    tends to a finite limit inside the next domain adds to log|f'| no more than its own log-slope varies on the way."""
    parts = transform.parts
    stretch = Fraction(1)
    found: SlopeRate | None = None
    leaf = 0
    for at, part in enumerate(parts):
        line = part.line
        if line is not None:
            if found is None:
                loc, scale = line
                stretch, x, side = stretch * scale, ratio(loc) + ratio(scale) * x, side if scale > 0 else -side
            continue
        if found is not None:
            settled = _then_settled(found, parts[leaf], chain(*parts[leaf + 1 :]), side, x)
            return None if settled is None else _stretched(settled, ratio(abs(stretch)))
        leaf = at
        found = slope_rate(part, side, x)
        if found is None:
            return None
    return FLAT if found is None else _stretched(found, ratio(abs(stretch)))


def _stretched(found: SlopeRate, by: arb) -> SlopeRate:
    lo = None if found.lo is None else found.lo * by
    return SlopeRate(lo, found.hi * by, found.size * by, found.growth * by, found.rise)


def _then_settled(
    found: SlopeRate, leaf: TransformDefinition, after: TransformDefinition, side: int, x: arb
) -> SlopeRate | None:
    """The rate of g(f(.)) where f (``leaf``, of rate ``found`` beyond ``x``) tends to a finite limit inside g's domain.

    (log|(g o f)'|)' = (log|f'|)' + (log|g'|)'(f) f', and |f'| <= |f'(x)| e^rise beyond x. With M the largest
    |(log|g'|)'| between f(x) and the limit L, the second term is at most M |f'(x)| e^rise, and all of it adds up to no
    more than M |L - f(x)|. None where M is not finite.
    """
    if found.rise is None or leaf.increasing is None or not leaf.codomain.exact:
        return None
    limit = leaf.codomain.hi if (side > 0) == leaf.increasing else leaf.codomain.lo
    if abs(limit) == float("inf"):
        return None
    jet = jet_at(leaf, x)
    most = abs(jet_at(after, jet.value.union(ratio(limit))).bend).abs_upper()
    extra = most * abs(jet.slope) * found.rise.exp()
    rise = found.rise + most * abs(ratio(limit) - jet.value)
    if not (extra.is_finite() and rise.is_finite()):
        return None
    lo = None if found.lo is None else found.lo - extra
    return SlopeRate(lo, found.hi + extra, found.size + extra, found.growth, rise)


def finite_end_power(transform: TransformDefinition) -> Fraction | None:
    """m with log|f'| = m log t + const exactly, t the distance from the finite end of the transform's domain."""
    if transform.kind == "chain":  # Lines behind it change the constant.
        first, *rest = transform.parts
        return finite_end_power(first) if all(part.line is not None for part in rest) else None
    return transform.parts[0].lemmas.inverse_end_power if transform.kind == "inverse" else transform.lemmas.end_power


def end_rate(transform: TransformDefinition, low: bool, distance: arb) -> tuple[arb, arb] | None:
    """[lo, hi] that holds t times the derivative by t of log|f'|, t the distance from that finite end of the domain,
    for all t up to ``distance``; None where none is declared."""
    rate = transform.lemmas.end_rate
    if rate is None or not distance < 1:
        return None
    whole = rate(BALLS, low, distance)
    return whole.lower(), whole.upper()


def held(derived: arb, lo: arb | None, hi: arb, what: str, x: arb) -> int:
    """1 where the derived rate is compatible with the declared [lo, hi], 0 where this precision cannot tell.

    Raises BoundViolated where they exclude one another.
    """
    if not derived.is_finite():
        return 0
    if derived > hi or (lo is not None and derived < lo):
        raise BoundViolated(f"the declared rate of the {what} is violated at {float(x.mid())!r}")
    return 1
