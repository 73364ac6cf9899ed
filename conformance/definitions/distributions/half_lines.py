"""Laws on a half-line: exponential, and what lies above the middle of a normal or a Student's t law."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from conformance.definitions.distributions.definition import DistributionDefinition, ScalarMap, standardised
from conformance.definitions.distributions.location_scale import gaussian_rate, normal, student_rate, student_t
from conformance.definitions.intervals import POSITIVE, Interval
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters


def exponential(rate: float) -> DistributionDefinition:
    """rate exp(-rate x) on [0, inf)."""
    parameters.positive("exponential", rate=rate)
    log_rate = Tail.of(constant=lambda ns: ns.log(ns.const(rate)))

    def falls(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        return DensityRate(-ns.const(rate), -ns.const(rate))

    return DistributionDefinition(
        name="exponential",
        params={"rate": rate},
        log_density=lambda ns, x: ns.log(ns.const(rate)) - ns.const(rate) * x,
        cdf=lambda ns, x: -ns.expm1(-(ns.const(rate) * x)),
        survival=lambda ns, x: ns.exp(-(ns.const(rate) * x)),
        log_survival=lambda ns, x: -(ns.const(rate) * x),
        support=Interval(POSITIVE.lo, POSITIVE.hi, closed_lo=True),
        formula="rate*exp(-rate*x)",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 19",
        ordinary=(0.0625 / rate, 8.0 / rate),
        lower_tail=log_rate,
        upper_tail=Tail.of({power_term(1): -Fraction(rate)}) + log_rate,
        quantile=lambda ns, q: -ns.log1p(-q) / ns.const(rate),
        lemmas=DensityLemmas(
            rate=falls,
            score=lambda ns, side, t: (ns.const(rate), ns.const(0.0)),
            constant_score=-Fraction(rate),
        ),
    )


def _twice(whole: DistributionDefinition) -> tuple[ScalarMap, Tail]:
    """The log density above the middle of a law that is symmetric about it, and its tail."""
    density, tail = whole.log_density, whole.upper_tail
    assert density is not None
    assert tail is not None
    own = density

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return ns.log(ns.const(2.0)) + own(ns, x)

    return log_density, tail + Tail.of(constant=lambda ns: ns.log(ns.const(2.0)))


def half_normal(scale: float, loc: float = 0.0) -> DistributionDefinition:
    """loc + scale |Z|, Z standard normal: density 2 exp(-z^2/2) / (scale sqrt(2 pi)), z = (x - loc)/scale >= 0.

    The distribution function is erf(z/sqrt(2)), which is small where 2 Phi(z) - 1 cancels.
    """
    parameters.finite("half_normal", loc=loc)
    parameters.positive("half_normal", scale=scale)
    z = standardised(loc, scale)
    log_density, beyond = _twice(normal(loc, scale))

    return DistributionDefinition(
        name="half_normal",
        params={"loc": loc, "scale": scale},
        log_density=log_density,
        cdf=lambda ns, x: ns.erf(z(ns, x) / ns.sqrt(ns.const(2.0))),
        survival=lambda ns, x: ns.const(2.0) * ns.ndtr(-z(ns, x)),
        support=Interval(loc, inf, closed_lo=True),
        formula="2*exp(-((x - loc)/scale)**2/2)/(scale*sqrt(2*pi)), x >= loc",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994), ch. 13, section 10.1",
        ordinary=(loc + 0.0625 * scale, loc + 4 * scale),
        lower_tail=Tail.of(constant=lambda ns: log_density(ns, ns.const(loc))),
        upper_tail=beyond,
        log_survival=lambda ns, x: ns.log_erfc(z(ns, x) / ns.sqrt(ns.const(2.0))),
        quantile=lambda ns, q: ns.const(loc) + ns.const(scale) * (ns.sqrt(ns.const(2.0)) * ns.erfinv(q)),
        lemmas=DensityLemmas(rate=gaussian_rate(scale)),
    )


def half_student_t(df: float, loc: float, scale: float) -> DistributionDefinition:
    """loc + scale |T|, T Student's t: density twice that of T for z = (x - loc)/scale >= 0.

    The survival function is twice that of T. The distribution function is I_w(1/2, df/2) with w = z^2/(df + z^2)
    (DLMF 8.17.4) where w < 1/2, since 1 minus the former cancels there.
    """
    parameters.finite("half_student_t", loc=loc)
    parameters.positive("half_student_t", df=df, scale=scale)
    z = standardised(loc, scale)
    log_density, beyond = _twice(student_t(df, loc, scale))

    def survival(ns: NumberSystem, x: Element) -> Element:
        return ns.const(2.0) * ns.student_t_cdf(-z(ns, x), df)

    def cdf(ns: NumberSystem, x: Element) -> Element:
        square, nu, one = z(ns, x) * z(ns, x), ns.const(df), ns.const(1.0)

        def near(_: Element) -> Element:
            return ns.betainc(one / (one + nu / square), 0.5, df / 2)

        return ns.piecewise(square - nu, near, lambda _: one - survival(ns, x))

    def quantile(ns: CandidateNumbers, q: Element) -> Element:
        return ns.const(loc) + ns.const(scale) * ns.sqrt(
            ns.const(df) * ns.exp(ns.logit_betainc_inverse(q, 0.5, df / 2))
        )

    return DistributionDefinition(
        name="half_student_t",
        params={"df": df, "loc": loc, "scale": scale},
        log_density=log_density,
        cdf=cdf,
        survival=survival,
        support=Interval(loc, inf, closed_lo=True),
        formula="2*(1 + z**2/df)**(-(df + 1)/2)*gamma((df + 1)/2)/(gamma(df/2)*sqrt(pi*df)*scale), "
        "z = (x - loc)/scale >= 0",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), ch. 28; "
        "Psarakis & Panaretos, The folded t distribution (1990)",
        ordinary=(loc + 0.0625 * scale, loc + 8 * scale),
        lower_tail=Tail.of(constant=lambda ns: log_density(ns, ns.const(loc))),
        upper_tail=beyond,
        quantile=quantile,
        lemmas=DensityLemmas(rate=lambda ns, side, length: student_rate(ns, df, length / ns.const(scale))),
    )
