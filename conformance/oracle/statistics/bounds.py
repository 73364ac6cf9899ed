"""How fast a density falls and a slope grows towards an end: declared once per leaf, with the reason, and audited.

All rates are OUTWARD logarithmic derivatives in the distance t from a centre, over everything beyond t = L. From them
follow, by Gronwall's inequality alone, bounds on the density and on the transform over a whole infinite tail, which
no ball can hold. A declaration is a lemma about one elementary function; every use of it is audited (``held``) against
the derivative that follows mechanically from the definition, at points all the way out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from flint import arb

from conformance.definitions.combinators import chain
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.pointwise.jets import BALLS, jet_at

_ZERO = arb(0)


class BoundViolated(ArithmeticError):
    """A declared bound disagrees with the mechanically derived derivative: the declaration is wrong."""


@dataclass(frozen=True)
class DensityRate:
    """Beyond L the outward derivative of log density lies in [lo, hi]; where ``power``, t times that derivative does.

    lo is None where the derivative is not bounded below.
    """

    lo: arb | None
    hi: arb
    power: bool = False


@dataclass(frozen=True)
class SlopeRate:
    """Beyond L the outward derivative of log|f'| lies in [lo, hi] and is at most size * exp(growth * (t - L)) in size.

    ``rise`` bounds log|f'| from above, relative to its value at L. None stands for "not bounded" in lo and in rise.
    """

    lo: arb | None
    hi: arb
    size: arb
    growth: arb
    rise: arb | None


def _slope(lo: arb, hi: arb, rise: arb | None = None) -> SlopeRate:
    if rise is None:
        rise = _ZERO if hi <= 0 else None
    return SlopeRate(lo, hi, abs(lo).max(abs(hi)), _ZERO, rise)


FLAT = _slope(_ZERO, _ZERO)


def ratio(value: float | Fraction) -> arb:
    """The exact number as a ball."""
    exact = Fraction(value)
    return arb(exact.numerator) / exact.denominator


_ON_A_LOGARITHMIC_AXIS = ("exp_inverse_gaussian",)
"""Where ``loc`` is that of the exponential."""


def centre_of(base: DistributionDefinition) -> Fraction:
    """The point that distances are measured from: ``loc``, the peak of a triangle, the middle of Bates' law, the lower
    end of a half-line, the middle between those of a mixture's components."""
    if base.mixed:
        centres = [centre_of(one.law) for one in base.mixed]
        return (min(centres) + max(centres)) / 2
    if base.name in _ON_A_LOGARITHMIC_AXIS:
        return Fraction(0)
    if base.name == "bates":
        return (Fraction(base.params["low"]) + Fraction(base.params["high"])) / 2
    return Fraction(base.params.get("peak", base.params.get("loc", 0.0)))


def vanishing_power(base: DistributionDefinition, side: int) -> Fraction | None:
    """m > 0 where the density is t^m times a constant, t the distance from the finite end on ``side``, up to
    ``vanishing_reach``; None elsewhere."""
    if base.name == "bates":
        return Fraction(base.params["total_count"]) - 1
    end = base.support.lo if side < 0 else base.support.hi
    return Fraction(1) if base.name == "triangular" and end != centre_of(base) else None


def knots(base: DistributionDefinition) -> tuple[Fraction, ...]:
    """The places inside the support at which Bates' polynomials join; none for other laws, whose kink is the centre."""
    if base.name != "bates":
        return ()
    count, low = int(base.params["total_count"]), Fraction(base.params["low"])
    step = (Fraction(base.params["high"]) - low) / count
    return tuple(low + k * step for k in range(1, count))


def vanishing_reach(base: DistributionDefinition, side: int) -> Fraction:
    """How far from the finite end on ``side`` the density is a power of the distance: up to the centre, or to the first
    of the places where Bates' polynomials join."""
    if base.name == "bates":
        return (Fraction(base.params["high"]) - Fraction(base.params["low"])) / Fraction(base.params["total_count"])
    return abs(centre_of(base) - Fraction(base.support.lo if side < 0 else base.support.hi))


def hollow_rate(base: DistributionDefinition, distance: arb) -> tuple[arb, arb] | None:
    """[lo, hi] that holds t times the derivative by t of the log density, t the distance from the centre, for all t up
    to ``distance``, where the density vanishes at the centre; None elsewhere.

    Maxwell's: 2 - t^2/s^2.
    """
    if base.name != "doublesided_maxwell":
        return None
    z = distance / ratio(base.params["scale"])
    return 2 - z * z, arb(2)


def density_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate | None:
    """The rate of the base's density at its infinite end on ``side`` (+1 or -1); None where none is declared."""
    if base.mixed:
        return _mixed_rate(base, side, length)
    scale = ratio(base.params.get("scale", 1.0))
    at = length / scale
    if base.name in ("normal", "half_normal"):  # log p = -t^2/(2 s^2) + const
        return DensityRate(None, -at / scale)
    if base.name == "two_piece_normal":  # As a normal law of that side's scale.
        wide = _side_scale(base, side)
        return DensityRate(None, -length / (wide * wide))
    if base.name == "generalized_normal":  # t (log p)' = -p z^p, and z^p rises without bound
        p = ratio(base.params["power"])
        return DensityRate(None, -p * at**p, power=True)
    if base.name == "exp_inverse_gaussian":  # (log p)' = -1/2 - c/m sinh(x - log m), which falls
        c, m = ratio(base.params["concentration"]), ratio(base.params["loc"])
        return DensityRate(None, -arb(side) / 2 - c / m * (length - side * m.log()).sinh())
    if base.name == "exp_noncentral_chi2":
        return _noncentral_rate(base, side, length)
    if base.name == "exponentially_modified_gaussian":  # (log p)' = (h(w - z) - w)/s, h phi/Phi(-.), which rises
        w = ratio(Fraction(base.params["rate"]) * Fraction(base.params["scale"]))
        at_end = (BALLS.erfc_hazard((w - side * at) / arb(2).sqrt()) / arb(2).sqrt() - w) / scale
        return DensityRate(-w / scale, at_end) if side > 0 else DensityRate(None, -at_end)
    if base.name == "normal_inverse_gaussian":
        return _bessel_rate(base, side, length)
    if base.name == "doublesided_maxwell":  # (log p)' = 2/t - t/s^2, which falls
        return DensityRate(None, 2 / length - at / scale)
    if base.name == "logistic":  # (log p)' = -tanh(t/(2s))/s, and tanh rises to 1
        return DensityRate(-1 / scale, -(at / 2).tanh() / scale)
    if base.name == "laplace":
        return DensityRate(-1 / scale, -1 / scale)
    if base.name == "gumbel":  # (log p)' = (e^-z - 1)/s
        if side > 0:
            return DensityRate(-1 / scale, (-at).expm1() / scale)
        return DensityRate(None, -at.expm1() / scale)
    if base.name == "moyal":  # (log p)' = (e^-z - 1)/(2s)
        if side > 0:
            return DensityRate(-1 / (2 * scale), (-at).expm1() / (2 * scale))
        return DensityRate(None, -at.expm1() / (2 * scale))
    if base.name == "exponential":
        rate = ratio(base.params["rate"])
        return DensityRate(-rate, -rate)
    if base.name == "exp_gamma":  # (log p)' = a - rate e^x, which falls
        at_end = ratio(base.params["concentration"]) - ratio(base.params["rate"]) * (side * length).exp()
        return DensityRate(None, at_end) if side > 0 else DensityRate(-ratio(base.params["concentration"]), -at_end)
    if base.name == "logistic_beta":  # (log p)' = a - (a + b) sigmoid(x), which falls from a to -b
        a, b = ratio(base.params["concentration1"]), ratio(base.params["concentration0"])
        at_end = a - (a + b) * BALLS.sigmoid(side * length)
        return DensityRate(-b, at_end) if side > 0 else DensityRate(-a, -at_end)
    if base.name == "exp_beta_quotient":
        return _polynomial_rate(base, side, length)
    if base.name in ("student_t", "half_student_t", "two_piece_student_t"):
        # t (log p)' = -(df + 1)/(1 + df/z^2), and z^2 rises; z by that side's scale
        df, at = ratio(base.params["df"]), length / _side_scale(base, side)
        return DensityRate(-(df + 1), -(df + 1) / (1 + df / (at * at)), power=True)
    return None


def _bessel_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate:
    """(log p)' = b - a t/g K_0(a g)/K_1(a g) - 2 t/g^2 outwards, g = sqrt(s^2 + t^2) and b by the sign of the side.

    t/g and K_0/K_1 rise to 1, and 0 <= t/g^2 <= 1/t.
    """
    a, b, scale = (ratio(base.params[name]) for name in ("tailweight", "skewness", "scale"))
    g = (scale * scale + length * length).sqrt()
    return DensityRate(side * b - a - 2 / length, side * b - a * length / g * BALLS.bessel_k_ratio(a * g))


def _noncentral_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate | None:
    """(log p)' = 1 + (u coth u - r^2)/2, r = e^(x/2), u = m r and m = sqrt(lambda); 1 <= u coth u <= 1 + u, u > 0.

    Downwards r shrinks to 0. Upwards 1 + u - r^2 falls once r is m/2 or more.
    """
    m, r = ratio(base.params["noncentrality"]).sqrt(), (side * length / 2).exp()
    if side < 0:
        return DensityRate(-(3 + m * r) / 2, (r * r - 3) / 2)
    return DensityRate(None, (3 + m * r - r * r) / 2) if 2 * r > m else None


def _polynomial_rate(base: DistributionDefinition, side: int, length: arb) -> DensityRate:
    """(log p)' = -a + e^-t P'(v)/P(v) outwards, v = 1 - e^-t, of a polynomial of degree n without negative
    coefficients: 0 <= v P' <= n P, and e^-t/v falls."""
    of = "numerator" if side < 0 else "denominator"
    a, n = ratio(base.params[f"concentration1_{of}"]), ratio(base.params[f"concentration0_{of}"]) - 1
    return DensityRate(-a, n / length.expm1() - a)


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


def _side_scale(base: DistributionDefinition, side: int) -> arb:
    """The scale of a law on one side of ``loc``."""
    skewness, scale = ratio(base.params.get("skewness", 1.0)), ratio(base.params["scale"])
    return scale * skewness if side > 0 else scale / skewness


def slope_rate(transform: TransformDefinition | None, side: int, x: arb) -> SlopeRate | None:
    """The rate of log|f'| from the point ``x`` outwards to the infinite end on ``side``.

    None where none is declared, or where ``x`` is not yet far enough out.
    """
    if transform is None:
        return FLAT
    if transform.kind == "chain":
        return _chain(transform, side, x)
    if straight(transform) is not None:
        return FLAT
    if transform.kind == "inverse" and transform.parts[0].name == "power":
        return _inverse_power(transform, side, x)
    if transform.kind != "leaf" or transform.name not in _LEAVES:
        return None
    return _LEAVES[transform.name](transform, side, x)


def _exp(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """log f' = x."""
    return _slope(arb(side), arb(side))


def straight(transform: TransformDefinition) -> tuple[Fraction, Fraction] | None:
    """(loc, scale) of a map that is loc + scale x, itself or as the inverse of one; None for any other."""
    if transform.kind == "inverse":
        line = straight(transform.parts[0])
        return None if line is None else (-line[0] / line[1], 1 / line[1])
    if transform.name == "scale" and "scale" in transform.params:
        return Fraction(0), Fraction(transform.params["scale"])
    if transform.name != "affine":
        return None
    return Fraction(transform.params["loc"]), Fraction(transform.params["scale"])


def _between_zero_and(end: arb) -> SlopeRate:
    """A derivative that keeps its sign while it shrinks to 0."""
    return _slope(end, _ZERO) if end <= 0 else _slope(_ZERO, end)


def _expm1(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """log f' = x, as for exp."""
    return _slope(arb(side), arb(side))


def _sinh(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = tanh x, which rises to 1 in size."""
    return _slope(abs(x).tanh(), arb(1)) if side * x > 0 else None


def _sinh_arcsinh(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """log f' = log cosh w - log(1 + x^2)/2 + const, w = T (asinh x + s), whose outward derivative in t = |x| is
    (T tanh|w| - t/sqrt(1 + t^2))/sqrt(1 + t^2) where w has the sign of the side: between -1/t and T/t."""
    skewness, tailweight = (ratio(transform.params[name]) for name in ("skewness", "tailweight"))
    if not (side * x > 0 and side * (x.asinh() + skewness) > 0):
        return None
    return _slope(-1 / abs(x), tailweight / abs(x))


def _inverse_power(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log|f'|)' = (1/p - 1)/x."""
    p = ratio(transform.parts[0].params["exponent"])
    return _between_zero_and((1 / p - 1) / x) if side > 0 and x > 0 else None


def _power(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log|f'|)' = (p - 1)/x."""
    return _between_zero_and((ratio(transform.params["exponent"]) - 1) / x) if side > 0 and x > 0 else None


def _inverse_box_cox(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = (1 - p)/(1 + p x), and 1 + p x grows outwards."""
    p = ratio(transform.params["power"])
    if p.is_zero():
        return _slope(arb(side), arb(side))
    argument = 1 + p * x
    return _between_zero_and(side * (1 - p) / argument) if argument > 0 and side * p > 0 else None


def _sigmoid(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = -tanh(x/2)."""
    return _slope(arb(-1), -(abs(x) / 2).tanh()) if side * x > 0 else None


def _tanh(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = -2 tanh x."""
    return _slope(arb(-2), -2 * abs(x).tanh()) if side * x > 0 else None


def _softplus(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = sigmoid(-x/c)/c, and f' = sigmoid(x/c) rises to 1."""
    c = ratio(transform.params.get("hinge_softness", 1.0))
    if c < 0:
        return None
    rate = BALLS.sigmoid(-x / c) / c
    if side > 0:
        return _slope(_ZERO, rate, rise=BALLS.softplus(-x / c))
    return _slope(-1 / c, -rate)


def _gumbel_cdf(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = (e^-z - 1)/s; on the left, with w = -z, it is bounded by e^w/s, which grows at the rate 1/s."""
    scale = ratio(transform.params["scale"])
    z = (x - ratio(transform.params["loc"])) / scale
    if side > 0:
        return _slope(-1 / scale, (-z).expm1() / scale) if z > 0 else None
    if not z < 0:
        return None
    return SlopeRate(None, -(-z).expm1() / scale, (-z).exp() / scale, 1 / scale, _ZERO)


def _normal_cdf(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """(log f')' = -x, and X + t <= X e^(t/X)."""
    size = abs(x)
    return SlopeRate(None, -size, size, 1 / size, _ZERO) if side * x > 0 else None


def _lambert_w_tail(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """log f' = log(1 + d u^2) + d u^2/2, whose derivative by u, d u + 2 d u/(1 + d u^2), lies between d u, which grows,
    and d u + 2/u; and u + t <= u e^(t/u)."""
    d, scale = ratio(transform.params["tailweight"]), ratio(transform.params["scale"])
    u = side * (x - ratio(transform.params["shift"])) / scale
    if not u > 0:
        return None
    return SlopeRate(d * u / scale, arb("inf"), (d * u + 2 / u) / scale, 1 / (u * scale), None)


def joint_rate(
    base: DistributionDefinition, transform: TransformDefinition | None, side: int, length: arb, moment: int
) -> arb | None:
    """An upper bound, over everything beyond ``length``, of the outward derivative of log w + moment log|F'|, where
    either by itself is unbounded; None where none is declared.

    A normal density through a Lambert W map around its own centre: -z^2/2 + k (log(1 + d z^2) + d z^2/2) has the
    derivative -(1 - k d) z + 2 k d z/(1 + d z^2) by z, and the last term is at most 2 k/z: both fall where k d < 1.
    """
    if transform is None or (base.name, transform.name) != ("normal", "lambert_w_tail"):
        return None
    around = base.params["loc"], base.params["scale"]
    if around != (transform.params["shift"], transform.params["scale"]):
        return None
    scale, d = ratio(base.params["scale"]), ratio(transform.params["tailweight"])
    z = length / scale
    return ((moment * d - 1) * z + 2 * moment / z) / scale if moment * d < 1 else None


_LEAVES: dict[str, Callable[[TransformDefinition, int, arb], SlopeRate | None]] = {
    "exp": _exp,
    "expm1": _expm1,
    "sinh": _sinh,
    "sinh_arcsinh": _sinh_arcsinh,
    "power": _power,
    "inverse_box_cox": _inverse_box_cox,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softplus": _softplus,
    "gumbel_cdf": _gumbel_cdf,
    "normal_cdf": _normal_cdf,
    "lambert_w_tail": _lambert_w_tail,
}


def _chain(transform: TransformDefinition, side: int, x: arb) -> SlopeRate | None:
    """Affine parts around one leaf stretch its argument, or leave log|f'| as it is; and whatever follows a part that
    tends to a finite limit inside the next domain adds to log|f'| no more than its own log-slope varies on the way."""
    parts = transform.parts
    stretch = Fraction(1)
    found: SlopeRate | None = None
    leaf = 0
    for at, part in enumerate(parts):
        line = straight(part)
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
        return finite_end_power(first) if all(straight(part) is not None for part in rest) else None
    if transform.kind == "inverse" and transform.parts[0].name == "power":
        return 1 / Fraction(transform.parts[0].params["exponent"]) - 1
    if transform.name == "power":
        return Fraction(transform.params["exponent"]) - 1
    if transform.name == "inverse_box_cox":
        return 1 / Fraction(transform.params["power"]) - 1
    return None


def end_rate(transform: TransformDefinition, low: bool, distance: arb) -> tuple[arb, arb] | None:
    """[lo, hi] that holds t times the derivative by t of log|f'|, t the distance from that finite end of the domain,
    for all t up to ``distance``; None where none is declared.

    kumaraswamy_cdf: log f' = (a - 1) log u + (b - 1) log(1 - u^a) + const. At 0 it is a - 1 - (b - 1) a u^a/(1 - u^a),
    which is monotone in u = t. At 1, u = 1 - t, it is -(a - 1) t/u + (b - 1) a u^(a-1) t/(1 - u^a), and by the mean
    value theorem a u^(a-1) t/(1 - u^a) lies between 1 and u^(a-1).
    """
    if transform.name != "kumaraswamy_cdf" or not distance < 1:
        return None
    a, b = (ratio(transform.params[f"concentration{at}"]) for at in (1, 0))
    if low:
        share = distance**a
        whole = (a - 1).union(a - 1 - (b - 1) * a * share / (1 - share))
    else:
        nearest = 1 - distance
        whole = _ZERO.union(-(a - 1) * distance / nearest) + (b - 1) * arb(1).union(nearest ** (a - 1))
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
