"""Laws on the whole line with a location and a scale: normal, logistic, Laplace, Gumbel, Moyal and Student's t."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from conformance.definitions.distributions.definition import DistributionDefinition, standardised
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, exp_term, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.cdfs import moyal_cdf, normal_cdf
from conformance.definitions.transforms.extremes import gumbel_cdf


def normal(loc: float, scale: float) -> DistributionDefinition:
    """exp(-z^2/2) / (scale sqrt(2 pi)), z = (x - loc)/scale."""
    parameters.finite("normal", loc=loc)
    parameters.positive("normal", scale=scale)
    z = standardised(loc, scale)
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

    def score(ns: OrderedNumbers, side: int, t: Element) -> tuple[Element, Element]:
        """|(log p)'| = t/s^2, and t + t' <= t e^(t'/t)."""
        return t / (ns.const(scale) * ns.const(scale)), ns.const(1.0) / t

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
        lemmas=DensityLemmas(rate=gaussian_rate(scale), score=score, gaussian=True),
    )


def gaussian_rate(scale: float) -> Callable[[OrderedNumbers, int, Element], DensityRate]:
    """Of log p = -t^2/(2 s^2) + const."""

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        s = ns.const(scale)
        return DensityRate(None, -(length / s) / s)

    return rate


def logistic(loc: float, scale: float) -> DistributionDefinition:
    """e^-z / (scale (1 + e^-z)^2). log density = -softplus(z) - softplus(-z) - log scale, which nowhere cancels."""
    parameters.finite("logistic", loc=loc)
    parameters.positive("logistic", scale=scale)
    z = standardised(loc, scale)
    m, s = Fraction(loc), Fraction(scale)

    def tail(side: int) -> Tail:  # -|z| - log scale, |z| = t/s - side m/s
        drift = side * m / s
        return Tail.of(
            {power_term(1): -1 / s},
            constant=lambda ns: ns.rational(drift.numerator, drift.denominator) - ns.log(ns.const(scale)),
        )

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = -tanh(t/(2s))/s, and tanh rises to 1."""
        wide, at = ns.const(scale), length / ns.const(scale)
        return DensityRate(-1 / wide, -ns.tanh(at / 2) / wide)

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
        lemmas=DensityLemmas(rate=rate, score=lambda ns, side, t: (1 / ns.const(scale), ns.const(0.0))),
    )


def laplace(loc: float, scale: float) -> DistributionDefinition:
    """exp(-|x - loc|/scale) / (2 scale)."""
    parameters.finite("laplace", loc=loc)
    parameters.positive("laplace", scale=scale)
    z = standardised(loc, scale)
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

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        return DensityRate(-1 / ns.const(scale), -1 / ns.const(scale))

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
        lemmas=DensityLemmas(rate=rate, score=lambda ns, side, t: (1 / ns.const(scale), ns.const(0.0)), kinked=True),
    )


def _double_exponential_rate(scale: float, over: int) -> Callable[[OrderedNumbers, int, Element], DensityRate]:
    """Of (log p)' = (e^-z - 1)/(over s), z = (x - loc)/s."""

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        at, wide = length / ns.const(scale), over * ns.const(scale)
        if side > 0:
            return DensityRate(-1 / wide, ns.expm1(-at) / wide)
        return DensityRate(None, -ns.expm1(at) / wide)

    return rate


def gumbel(loc: float, scale: float) -> DistributionDefinition:
    """exp(-z - exp(-z)) / scale, z = (x - loc)/scale: the distribution of the largest value."""
    parameters.finite("gumbel", loc=loc)
    parameters.positive("gumbel", scale=scale)
    m, s = Fraction(loc), Fraction(scale)

    def minus_z(ns: NumberSystem, x: Element) -> Element:
        return (ns.const(loc) - x) / ns.const(scale)

    def score(ns: OrderedNumbers, side: int, t: Element) -> tuple[Element, Element]:
        """(log p)' = (e^-z - 1)/s."""
        wide = ns.const(scale)
        return (1 / wide, ns.const(0.0)) if side > 0 else (ns.exp(t / wide) / wide, 1 / wide)

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
        lemmas=DensityLemmas(rate=_double_exponential_rate(scale, 1), score=score),
    )


def moyal(loc: float, scale: float) -> DistributionDefinition:
    """loc - 2 scale log|Z|, Z standard normal: exp(-(z + exp(-z))/2) / (scale sqrt(2 pi)), z = (x - loc)/scale.

    Below x lie the Z with |Z| > w = exp(-z/2), of probability erfc(w/sqrt(2)) = 2 Phi(-w).
    """
    parameters.finite("moyal", loc=loc)
    parameters.positive("moyal", scale=scale)
    m, s = Fraction(loc), Fraction(scale)

    def minus_z(ns: NumberSystem, x: Element) -> Element:
        return (ns.const(loc) - x) / ns.const(scale)

    def w(ns: NumberSystem, x: Element) -> Element:
        return ns.exp(minus_z(ns, x) / ns.const(2.0))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        at, two = minus_z(ns, x), ns.const(2.0)
        return (at - ns.exp(at)) / two - ns.log(ns.const(scale)) - ns.log(two * ns.pi()) / two

    drift = Tail.of(
        constant=lambda ns: (
            ns.const(loc) / ns.const(scale) / ns.const(2.0)
            - ns.log(ns.const(scale))
            - ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
        )
    )
    half = Fraction(1, 2)
    return DistributionDefinition(
        name="moyal",
        params={"loc": loc, "scale": scale},
        log_density=log_density,
        cdf=lambda ns, x: ns.const(2.0) * ns.ndtr(-w(ns, x)),
        survival=lambda ns, x: ns.erf(w(ns, x) / ns.sqrt(ns.const(2.0))),
        support=REALS,
        formula="exp(-(z + exp(-z))/2)/(scale*sqrt(2*pi)), z = (x - loc)/scale",
        reference="Moyal, Theory of ionization fluctuations, Philosophical Magazine 46 (1955)",
        ordinary=(loc - 1.5 * scale, loc + 12 * scale),
        lower_tail=Tail.of({power_term(1): half / s, exp_term(1 / s, m / s): -half}) + drift,
        upper_tail=Tail.of({power_term(1): -half / s}) + drift,
        log_cdf=lambda ns, x: ns.log_erfc(w(ns, x) / ns.sqrt(ns.const(2.0))),
        quantile=lambda ns, q: ns.const(loc) - ns.const(2.0) * ns.const(scale) * ns.log(-ns.ndtri(q / ns.const(2.0))),
        cdf_map=moyal_cdf(loc, scale),
        lemmas=DensityLemmas(rate=_double_exponential_rate(scale, 2)),
    )


def student_t(df: float, loc: float, scale: float) -> DistributionDefinition:
    """Gamma((df+1)/2) / (Gamma(df/2) sqrt(pi df) scale) (1 + z^2/df)^(-(df+1)/2), z = (x - loc)/scale."""
    parameters.finite("student_t", loc=loc)
    parameters.positive("student_t", df=df, scale=scale)
    z = standardised(loc, scale)
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
        return ns.once(constant) - ns.rational(half.numerator, half.denominator) * ns.log1p(at * at / ns.const(df))

    # log(1 + z^2/df) = 2 log t - 2 log scale - log df + o(1)
    tail = Tail.of(
        {LOG: -2 * half},
        constant=lambda ns: (
            constant(ns)
            + ns.rational(half.numerator, half.denominator)
            * (ns.const(2.0) * ns.log(ns.const(scale)) + ns.log(ns.const(df)))
        ),
    )

    def score(ns: OrderedNumbers, side: int, t: Element) -> tuple[Element, Element]:
        """|(log p)'| = (df + 1) z/(df + z^2)/s <= (df + 1)/t."""
        return (ns.const(df) + 1) / t, ns.const(0.0)

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
        lemmas=DensityLemmas(rate=lambda ns, side, length: student_rate(ns, df, length / ns.const(scale)), score=score),
    )


def student_rate(ns: OrderedNumbers, df: float, z: Element) -> DensityRate:
    """t (log p)' = -(df + 1)/(1 + df/z^2), and z^2 rises."""
    nu = ns.const(df)
    return DensityRate(-(nu + 1), -(nu + 1) / (1 + nu / (z * z)), power=True)
