"""Every base distribution as mathematics, once: log density with its normalising constant, cdf, survival function.

cdf and survival are declared side by side, since 1 - cdf loses its tail; the audit checks that they add up to 1 and
that the derivative of the cdf is exp(log density).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf, isfinite
from typing import cast

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.definitions.combinators import CannotCombine, chain, inverse, written
from conformance.definitions.float_numbers import image_of
from conformance.definitions.intervals import POSITIVE, REALS, UNIT, End, Interval
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, exp_term, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.cdfs import normal_cdf
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.extremes import gumbel_cdf

ScalarMap = Callable[[NumberSystem, Element], Element]


class NoQuantile(ArithmeticError):
    """The oracle has no way to the quantiles of a law. One line."""


@dataclass(frozen=True)
class DistributionDefinition:
    """A univariate distribution with a density.

    log_density(ns, x), cdf(ns, x) and survival(ns, x) hold on the support. For ``transformed`` (``base`` and
    ``transform`` set) they are None: the oracle derives them through the transform (ACCEPTANCE A3).
    ``lower_tail`` and ``upper_tail`` expand log_density at the ends of the support.
    ``free_ends`` are ends of the support at which conventions differ (the density jumps from a nonzero value to 0,
    and half-open supports are in use): there the oracle claims nothing.
    ``ordinary`` is the closed interval of everyday values.
    ``log_cdf``: where the cdf leaves every range long before its logarithm does; None: by the cdf.
    ``quantile``: a candidate for the inverse of the cdf, certified through it; None where nobody wrote one.
    ``cdf_map``: the transform that the cdf is, where there is one; a base seen through it is uniform on (0, 1).
    """

    name: str
    params: Mapping[str, float]
    log_density: ScalarMap | None
    cdf: ScalarMap | None
    survival: ScalarMap | None
    support: Interval
    formula: str
    reference: str
    ordinary: tuple[float, float]
    lower_tail: Tail | None = None
    upper_tail: Tail | None = None
    free_ends: tuple[float, ...] = ()
    base: DistributionDefinition | None = None
    transform: TransformDefinition | None = field(default=None)
    event_rank: int = 0
    log_cdf: ScalarMap | None = None
    quantile: Callable[[CandidateNumbers, Element], Element] | None = None
    cdf_map: TransformDefinition | None = None

    def tail(self, quantity: str, *, lower: bool) -> ScalarMap:
        """The probability on one side of a point of the support, or its logarithm where ``quantity`` is measured in
        nats: -log1p of the other side's where that is the smaller, so that neither tail cancels."""
        own, other = (self.cdf, self.survival) if lower else (self.survival, self.cdf)
        assert own is not None
        assert other is not None
        if quantity not in LOG_QUANTITIES:
            return own
        if lower and self.log_cdf is not None:
            return self.log_cdf

        def logarithm(ns: NumberSystem, x: Element) -> Element:
            p, q = own(ns, x), other(ns, x)
            return ns.piecewise(p - ns.const(0.5), lambda _: ns.log(p), lambda _: ns.log1p(-q))

        return logarithm

    @property
    def uniform(self) -> bool:
        """Whether this is a base seen through its own cdf: then y is uniform on (0, 1), its log density 0."""
        own, seen = None if self.base is None else self.base.cdf_map, self.transform
        return own is not None and seen is not None and (own.name, own.params) == (seen.name, seen.params)


def quantile_map(definition: DistributionDefinition) -> TransformDefinition:
    """The quantile function as a transform of (0, 1): the base's, then the transform. Where that falls, q is what lies
    above the base's value. Raises NoQuantile where the base has none."""
    base, transform = definition.base or definition, definition.transform
    rises = transform is None or bool(transform.increasing)
    share, quantile = (base.cdf if rises else base.survival), base.quantile
    if share is None or quantile is None:
        raise NoQuantile(f"no candidate for the quantiles of {base.name} is written down")

    def candidate(ns: NumberSystem, q: Element) -> Element:
        return quantile(cast(CandidateNumbers, ns), q if rises else ns.const(1.0) - q)

    name = "cdf" if rises else "survival"
    tail = TransformDefinition(
        name=f"{base.name}_{name}",
        params=base.params,
        forward=share,
        inverse_candidate=candidate,
        domain=Interval(base.support.lo, base.support.hi),
        codomain=UNIT,
        increasing=rises,
        formula=f"the {name} of {base.formula}",
        reference=base.reference,
        ordinary=base.ordinary,
        lower_tail=base.lower_tail,
        upper_tail=base.upper_tail,
    )
    return chain(inverse(tail), *([transform] if transform is not None else []))


def _standardised(loc: float, scale: float) -> ScalarMap:
    return lambda ns, x: (x - ns.const(loc)) / ns.const(scale)


def normal(loc: float, scale: float) -> DistributionDefinition:
    """exp(-z^2/2) / (scale sqrt(2 pi)), z = (x - loc)/scale."""
    parameters.finite("normal", loc=loc)
    parameters.positive("normal", scale=scale)
    z = _standardised(loc, scale)
    m, s = Fraction(loc), Fraction(scale)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        two = ns.const(2.0)
        return -(z(ns, x) * z(ns, x)) / two - ns.log(ns.const(scale)) - ns.log(two * ns.pi()) / two

    def tail(side: int) -> Tail:  # z = (side t - m)/s
        constant = -(m * m) / (2 * s * s)
        return Tail.of(
            {power_term(2): -1 / (2 * s * s), power_term(1): side * m / (s * s)},
            constant=lambda ns: (
                ns.rational(constant.numerator, constant.denominator)
                - ns.log(ns.const(scale))
                - ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
            ),
        )

    return DistributionDefinition(
        name="normal",
        params={"loc": loc, "scale": scale},
        log_density=log_density,
        cdf=lambda ns, x: ns.ndtr(z(ns, x)),
        survival=lambda ns, x: ns.ndtr(-z(ns, x)),
        support=REALS,
        formula="exp(-((x - loc)/scale)**2/2)/(scale*sqrt(2*pi))",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 13",
        ordinary=(loc - 4 * scale, loc + 4 * scale),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        quantile=lambda ns, q: ns.const(loc) + ns.const(scale) * ns.ndtri(q),
        cdf_map=normal_cdf() if (loc, scale) == (0.0, 1.0) else None,
    )


def uniform(low: float, high: float) -> DistributionDefinition:
    """1/(high - low) on [low, high]. At ``high`` conventions differ (half-open supports), so that end is free."""
    parameters.ascending("uniform", low=low, high=high)
    width = Fraction(high) - Fraction(low)

    def wide(ns: NumberSystem) -> Element:
        return ns.rational(width.numerator, width.denominator)

    # 0*x keeps the element's own shape: a series stays a series, an array stays an array.
    constant = Tail.of(constant=lambda ns: -ns.log(wide(ns)))
    return DistributionDefinition(
        name="uniform",
        params={"low": low, "high": high},
        log_density=lambda ns, x: ns.const(0.0) * x - ns.log(wide(ns)),
        cdf=lambda ns, x: (x - ns.const(low)) / wide(ns),
        survival=lambda ns, x: (ns.const(high) - x) / wide(ns),
        support=Interval(low, high, closed_lo=True, closed_hi=True),
        formula="1/(high - low)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 26",
        ordinary=(low, high),
        lower_tail=constant,
        upper_tail=constant,
        free_ends=(high,),
        quantile=lambda ns, q: ns.const(low) + wide(ns) * q,
    )


def logistic(loc: float, scale: float) -> DistributionDefinition:
    """e^-z / (scale (1 + e^-z)^2). log density = -softplus(z) - softplus(-z) - log scale, which nowhere cancels."""
    parameters.finite("logistic", loc=loc)
    parameters.positive("logistic", scale=scale)
    z = _standardised(loc, scale)
    m, s = Fraction(loc), Fraction(scale)

    def tail(side: int) -> Tail:  # -|z| - log scale, |z| = t/s - side m/s
        drift = side * m / s
        return Tail.of(
            {power_term(1): -1 / s},
            constant=lambda ns: ns.rational(drift.numerator, drift.denominator) - ns.log(ns.const(scale)),
        )

    return DistributionDefinition(
        name="logistic",
        params={"loc": loc, "scale": scale},
        log_density=lambda ns, x: -ns.softplus(z(ns, x)) - ns.softplus(-z(ns, x)) - ns.log(ns.const(scale)),
        cdf=lambda ns, x: ns.sigmoid(z(ns, x)),
        survival=lambda ns, x: ns.sigmoid(-z(ns, x)),
        support=REALS,
        formula="exp(-z)/(scale*(1 + exp(-z))**2), z = (x - loc)/scale",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 23",
        ordinary=(loc - 6 * scale, loc + 6 * scale),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        quantile=lambda ns, q: ns.const(loc) + ns.const(scale) * ns.logit(q),
    )


def laplace(loc: float, scale: float) -> DistributionDefinition:
    """exp(-|x - loc|/scale) / (2 scale)."""
    parameters.finite("laplace", loc=loc)
    parameters.positive("laplace", scale=scale)
    z = _standardised(loc, scale)
    m, s = Fraction(loc), Fraction(scale)

    def tail(side: int) -> Tail:
        drift = side * m / s
        return Tail.of(
            {power_term(1): -1 / s},
            constant=lambda ns: ns.rational(drift.numerator, drift.denominator) - ns.log(ns.const(2 * scale)),
        )

    def cdf(ns: NumberSystem, at: Element) -> Element:
        half = ns.const(0.5)
        return ns.piecewise(at, lambda v: half * ns.exp(v), lambda v: ns.const(1.0) - half * ns.exp(-v))

    def quantile(ns: NumberSystem, q: Element) -> Element:
        one, two = ns.const(1.0), ns.const(2.0)
        at = ns.piecewise(q - ns.const(0.5), lambda _: ns.log(two * q), lambda _: -ns.log(two * (one - q)))
        return ns.const(loc) + ns.const(scale) * at

    return DistributionDefinition(
        name="laplace",
        params={"loc": loc, "scale": scale},
        log_density=lambda ns, x: -ns.abs(z(ns, x)) - ns.log(ns.const(2 * scale)),
        cdf=lambda ns, x: cdf(ns, z(ns, x)),
        survival=lambda ns, x: cdf(ns, -z(ns, x)),
        support=REALS,
        formula="exp(-abs(x - loc)/scale)/(2*scale)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 24",
        ordinary=(loc - 6 * scale, loc + 6 * scale),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        quantile=quantile,
    )


def gumbel(loc: float, scale: float) -> DistributionDefinition:
    """exp(-z - exp(-z)) / scale, z = (x - loc)/scale: the distribution of the largest value."""
    parameters.finite("gumbel", loc=loc)
    parameters.positive("gumbel", scale=scale)
    m, s = Fraction(loc), Fraction(scale)

    def minus_z(ns: NumberSystem, x: Element) -> Element:
        return (ns.const(loc) - x) / ns.const(scale)

    drift = Tail.of(constant=lambda ns: ns.const(loc) / ns.const(scale) - ns.log(ns.const(scale)))
    return DistributionDefinition(
        name="gumbel",
        params={"loc": loc, "scale": scale},
        log_density=lambda ns, x: minus_z(ns, x) - ns.exp(minus_z(ns, x)) - ns.log(ns.const(scale)),
        cdf=lambda ns, x: ns.exp(-ns.exp(minus_z(ns, x))),
        survival=lambda ns, x: -ns.expm1(-ns.exp(minus_z(ns, x))),
        support=REALS,
        formula="exp(-z - exp(-z))/scale, z = (x - loc)/scale",
        reference="Gumbel, Statistics of Extremes (1958), section 5.2",
        ordinary=(loc - 1.5 * scale, loc + 8 * scale),
        lower_tail=Tail.of({power_term(1): 1 / s, exp_term(1 / s, m / s): -1}) + drift,
        upper_tail=Tail.of({power_term(1): -1 / s}) + drift,
        log_cdf=lambda ns, x: -ns.exp(minus_z(ns, x)),
        quantile=lambda ns, q: ns.const(loc) - ns.const(scale) * ns.log(-ns.log(q)),
        cdf_map=gumbel_cdf(loc, scale),
    )


def exponential(rate: float) -> DistributionDefinition:
    """rate exp(-rate x) on [0, inf)."""
    parameters.positive("exponential", rate=rate)
    log_rate = Tail.of(constant=lambda ns: ns.log(ns.const(rate)))
    return DistributionDefinition(
        name="exponential",
        params={"rate": rate},
        log_density=lambda ns, x: ns.log(ns.const(rate)) - ns.const(rate) * x,
        cdf=lambda ns, x: -ns.expm1(-(ns.const(rate) * x)),
        survival=lambda ns, x: ns.exp(-(ns.const(rate) * x)),
        support=Interval(POSITIVE.lo, POSITIVE.hi, closed_lo=True),
        formula="rate*exp(-rate*x)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 19",
        ordinary=(0.0625 / rate, 8.0 / rate),
        lower_tail=log_rate,
        upper_tail=Tail.of({power_term(1): -Fraction(rate)}) + log_rate,
        quantile=lambda ns, q: -ns.log1p(-q) / ns.const(rate),
    )


def student_t(df: float, loc: float, scale: float) -> DistributionDefinition:
    """Gamma((df+1)/2) / (Gamma(df/2) sqrt(pi df) scale) (1 + z^2/df)^(-(df+1)/2), z = (x - loc)/scale."""
    parameters.finite("student_t", loc=loc)
    parameters.positive("student_t", df=df, scale=scale)
    z = _standardised(loc, scale)
    half = (Fraction(df) + 1) / 2  # No float where df + 1 rounds.

    def constant(ns: NumberSystem) -> Element:
        return (
            ns.lgamma(half)
            - ns.lgamma(df / 2)
            - ns.log(ns.pi() * ns.const(df)) / ns.const(2.0)
            - ns.log(ns.const(scale))
        )

    def log_density(ns: NumberSystem, x: Element) -> Element:
        at = z(ns, x)
        return constant(ns) - ns.rational(half.numerator, half.denominator) * ns.log1p(at * at / ns.const(df))

    # log(1 + z^2/df) = 2 log t - 2 log scale - log df + o(1)
    tail = Tail.of(
        {LOG: -2 * half},
        constant=lambda ns: (
            constant(ns)
            + ns.rational(half.numerator, half.denominator)
            * (ns.const(2.0) * ns.log(ns.const(scale)) + ns.log(ns.const(df)))
        ),
    )
    return DistributionDefinition(
        name="student_t",
        params={"df": df, "loc": loc, "scale": scale},
        log_density=log_density,
        cdf=lambda ns, x: ns.student_t_cdf(z(ns, x), df),
        survival=lambda ns, x: ns.student_t_cdf(-z(ns, x), df),
        support=REALS,
        formula="(1 + z**2/df)**(-(df + 1)/2)*gamma((df + 1)/2)/(gamma(df/2)*sqrt(pi*df)*scale), z = (x - loc)/scale",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 28",
        ordinary=(loc - 8 * scale, loc + 8 * scale),
        lower_tail=tail,
        upper_tail=tail,
        quantile=lambda ns, q: ns.const(loc) + ns.const(scale) * ns.student_t_quantile(q, df),
    )


def transformed(base: DistributionDefinition, transform: TransformDefinition) -> DistributionDefinition:
    """The distribution of f(X): density p_X(f^-1(y)) / |f'(f^-1(y))|, derived by the oracle and not written here."""
    if base.base is not None:
        raise CannotCombine("transformed() needs a bare base distribution; join transforms with chain()")
    if transform.event_rank_in != 0 or transform.increasing is None:
        raise CannotCombine(f"transformed() needs a monotone scalar transform, which {transform.name} is not")
    if not base.support.within(transform.domain):
        raise CannotCombine(
            f"the support {base.support} of {base.name} leaves the domain {transform.domain} of {transform.name}"
        )
    return DistributionDefinition(
        name="transformed",
        params={},
        log_density=None,
        cdf=None,
        survival=None,
        support=_image_support(base, transform),
        formula=f"X with density {base.formula}, Y = {written(transform, 'X')}",
        reference=f"{base.reference}; {transform.reference}",
        ordinary=_ordinary_image(base, transform),
        base=base,
        transform=transform,
    )


_SPARED = 2.0**-10
"""The share of an interval of everyday values that is left out at either end where its image would be infinite."""


def _ordinary_image(base: DistributionDefinition, transform: TransformDefinition) -> tuple[float, float]:
    low, high = image_of(transform.forward, base.ordinary)
    if isfinite(low) and isfinite(high):
        return low, high
    margin = _SPARED * (base.ordinary[1] - base.ordinary[0])
    return image_of(transform.forward, (base.ordinary[0] + margin, base.ordinary[1] - margin))


def _image_support(base: DistributionDefinition, transform: TransformDefinition) -> Interval:
    support, domain, codomain = base.support, transform.domain, transform.codomain
    ends: list[End] = list(image_of(transform.forward, (float(support.lo), float(support.hi))))
    exact = [transform.name == "affine" or abs(end) == inf for end in ends]
    increasing = bool(transform.increasing)
    closed = [support.closed_lo and support.lo != domain.lo, support.closed_hi and support.hi != domain.hi]
    if not increasing:
        closed.reverse()
    # Where the support reaches the domain's end its image reaches the codomain's end, exactly.
    if support.lo == domain.lo:
        at = 0 if increasing else 1
        ends[at], exact[at] = (codomain.lo if increasing else codomain.hi), True
    if support.hi == domain.hi:
        at = 1 if increasing else 0
        ends[at], exact[at] = (codomain.hi if increasing else codomain.lo), True
    return Interval(ends[0], ends[1], closed[0], closed[1], exact=all(exact))
