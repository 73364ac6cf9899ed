"""Distribution functions as transforms onto (0, 1); those of largest values are in ``extremes``."""

from __future__ import annotations

from fractions import Fraction
from math import log1p

from conformance.definitions.intervals import POSITIVE, REALS, UNIT
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate
from conformance.definitions.moments import ClosedMoments
from conformance.definitions.numbers import ClosedFormNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail, exp_term, power_of, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition


def normal_cdf() -> TransformDefinition:
    """y = Phi(x) = erfc(-x / sqrt 2) / 2. Source: DLMF 7.2 and 7.18(i)."""
    slope = Tail.of(
        {power_term(2): Fraction(-1, 2)}, constant=lambda ns: -ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
    )

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = -x, and X + t <= X e^(t/X)."""
        size = abs(x)
        return SlopeRate(None, -size, size, 1 / size, ns.const(0.0)) if side * x > 0 else None

    return TransformDefinition(
        name="normal_cdf",
        params={},
        forward=lambda ns, x: ns.ndtr(x),
        inverse_candidate=lambda ns, y: ns.ndtri(y),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="erfc(-x/sqrt(2))/2",
        reference="DLMF 7.2",
        ordinary=(-4.0, 4.0),
        lower_tail=slope,
        upper_tail=slope,
        lemmas=SlopeLemmas(rate=rate),
    )


def weibull_cdf(scale: float, concentration: float) -> TransformDefinition:
    """y = 1 - exp(-(x/scale)^concentration) on (0, inf). Source: Johnson, Kotz & Balakrishnan 1 (1994), ch. 21."""
    parameters.positive("weibull_cdf", scale=scale, concentration=concentration)
    c, s = Fraction(concentration), Fraction(scale)
    # log f' = log c - c log s + (c - 1) log t - (t/s)^c
    lower = Tail.of(
        {LOG: c - 1},
        constant=lambda ns: ns.log(ns.const(concentration)) - ns.const(concentration) * ns.log(ns.const(scale)),
    )
    return TransformDefinition(
        name="weibull_cdf",
        params={"scale": scale, "concentration": concentration},
        forward=lambda ns, x: -ns.expm1(-ns.power(x / ns.const(scale), concentration)),
        inverse_candidate=lambda ns, y: ns.const(scale) * ns.exp(ns.log(-ns.log1p(-y)) / ns.const(concentration)),
        domain=POSITIVE,
        codomain=UNIT,
        increasing=True,
        formula="1 - exp(-(x/scale)**concentration)",
        reference="Johnson, Kotz & Balakrishnan 1 (1994), ch. 21",
        ordinary=(scale * 2.0 ** (-6.0 / concentration), scale * 8.0 ** (1.0 / concentration)),
        lower_tail=lower,
        upper_tail=lower + Tail.of({power_term(c): -power_of(1 / s, c)}),
    )


def rayleigh_cdf(scale: float) -> TransformDefinition:
    """y = 1 - exp(-(x/scale)^2/2) on (0, inf). Source: Johnson, Kotz & Balakrishnan 1 (1994), ch. 18."""
    parameters.positive("rayleigh_cdf", scale=scale)
    lower = Tail.of({LOG: 1}, constant=lambda ns: -(ns.const(2.0) * ns.log(ns.const(scale))))
    return TransformDefinition(
        name="rayleigh_cdf",
        params={"scale": scale},
        forward=lambda ns, x: -ns.expm1(-ns.power(x / ns.const(scale), 2.0) / ns.const(2.0)),
        inverse_candidate=lambda ns, y: ns.const(scale) * ns.sqrt(-(ns.const(2.0) * ns.log1p(-y))),
        domain=POSITIVE,
        codomain=UNIT,
        increasing=True,
        formula="1 - exp(-(x/scale)**2/2)",
        reference="Johnson, Kotz & Balakrishnan 1 (1994), ch. 18",
        ordinary=(0.125 * scale, 4.0 * scale),
        lower_tail=lower,
        upper_tail=lower + Tail.of({power_term(2): -1 / (2 * Fraction(scale) ** 2)}),
    )


def kumaraswamy_cdf(concentration1: float, concentration0: float) -> TransformDefinition:
    """y = 1 - (1 - x^concentration1)^concentration0 on (0, 1).

    Source: Kumaraswamy, A generalized probability density function for double-bounded random processes, J. Hydrology
    46 (1980); moments: Jones, Kumaraswamy's distribution, Statistical Methodology 6 (2009), section 3.
    """
    parameters.positive("kumaraswamy_cdf", concentration1=concentration1, concentration0=concentration0)
    a, b = concentration1, concentration0

    def log_product(ns: NumberSystem) -> Element:
        return ns.log(ns.const(a)) + ns.log(ns.const(b))

    def moment(ns: NumberSystem, order: int) -> Element:
        """b B(1 + m/a, b), since 1 - X^a is the power 1/b of a uniform variable."""
        of_power, of_beta = 1 + order / Fraction(a), 1 + Fraction(b)
        return ns.exp(ns.lgamma(of_power) + ns.lgamma(of_beta) - ns.lgamma(of_power + of_beta - 1))

    def variance(ns: NumberSystem) -> Element:
        mean = moment(ns, 1)
        return moment(ns, 2) - mean * mean

    def entropy(ns: ClosedFormNumbers) -> Element:
        """-log(ab) - (a - 1) E[log X] - (b - 1) E[log(1 - X^a)]: the means are -(psi(1 + b) - psi(1))/a and -1/b."""
        harmonic = ns.digamma(1 + Fraction(b)) - ns.digamma(1.0)
        return exact(ns, 1 - 1 / Fraction(b)) + exact(ns, 1 - 1 / Fraction(a)) * harmonic - log_product(ns)

    def end_rate(ns: OrderedNumbers, low: bool, distance: Element) -> Element:
        """log f' = (a - 1) log u + (b - 1) log(1 - u^a) + const. At 0 it is a - 1 - (b - 1) a u^a/(1 - u^a), which is
        monotone in u = t. At 1, u = 1 - t, it is -(a - 1) t/u + (b - 1) a u^(a-1) t/(1 - u^a), and by the mean value
        theorem a u^(a-1) t/(1 - u^a) lies between 1 and u^(a-1)."""
        first, second = ns.const(a), ns.const(b)
        if low:
            share = ns.power(distance, a)
            return ns.hull(first - 1, first - 1 - (second - 1) * first * share / (1 - share))
        nearest = 1 - distance
        one, zero = ns.const(1.0), ns.const(0.0)
        return ns.hull(zero, -(first - 1) * distance / nearest) + (second - 1) * ns.hull(one, nearest ** (first - 1))

    # log f' = log(ab) + (a - 1) log x + (b - 1) log(1 - x^a), and 1 - x^a = a t (1 + o(1)) at t = 1 - x
    return TransformDefinition(
        name="kumaraswamy_cdf",
        params={"concentration1": a, "concentration0": b},
        forward=lambda ns, x: -ns.expm1(ns.const(b) * ns.log1p(-ns.power(x, a))),
        inverse_candidate=lambda ns, y: ns.exp(ns.log1p(-ns.exp(ns.log1p(-y) / ns.const(b))) / ns.const(a)),
        domain=UNIT,
        codomain=UNIT,
        increasing=True,
        formula="1 - (1 - x**concentration1)**concentration0",
        reference="Kumaraswamy 1980",
        ordinary=(0.0625, 0.9375),
        lower_tail=Tail.of({LOG: Fraction(a) - 1}, constant=log_product),
        upper_tail=Tail.of(
            {LOG: Fraction(b) - 1},
            constant=lambda ns: log_product(ns) + (ns.const(b) - ns.const(1.0)) * ns.log(ns.const(a)),
        ),
        law=ClosedMoments(lambda ns: moment(ns, 1), variance, entropy),
        lemmas=SlopeLemmas(end_rate=end_rate),
    )


def moyal_cdf(loc: float, scale: float) -> TransformDefinition:
    """y = erfc(exp(-z/2)/sqrt 2) = 2 Phi(-exp(-z/2)), z = (x - loc)/scale.

    Source: Moyal, Theory of ionization fluctuations, Phil. Mag. 46 (1955).
    """
    parameters.finite("moyal_cdf", loc=loc)
    parameters.positive("moyal_cdf", scale=scale)
    s, m = Fraction(scale), Fraction(loc)

    def constant(ns: NumberSystem) -> Element:
        two = ns.const(2.0)
        return ns.const(loc) / (two * ns.const(scale)) - ns.log(ns.const(scale)) - ns.log(two * ns.pi()) / two

    # log f' = -z/2 - exp(-z)/2 - log(2 pi)/2 - log s
    return TransformDefinition(
        name="moyal_cdf",
        params={"loc": loc, "scale": scale},
        forward=lambda ns, x: ns.const(2.0) * ns.ndtr(-ns.exp((ns.const(loc) - x) / (ns.const(2.0) * ns.const(scale)))),
        inverse_candidate=lambda ns, y: (
            ns.const(loc) - ns.const(2.0) * ns.const(scale) * ns.log(-ns.ndtri(y / ns.const(2.0)))
        ),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="erfc(exp(-(x - loc)/(2*scale))/sqrt(2))",
        reference="Moyal 1955",
        ordinary=(loc - 3.0 * scale, loc + 12.0 * scale),
        added=(0.0, abs(loc)),
        lower_tail=Tail.of({power_term(1): 1 / (2 * s), exp_term(1 / s, m / s): Fraction(-1, 2)}, constant=constant),
        upper_tail=Tail.of({power_term(1): -1 / (2 * s)}, constant=constant),
    )


def gompertz_cdf(concentration: float, rate: float) -> TransformDefinition:
    """y = 1 - exp(-c (e^(rate x) - 1)) on (0, inf), c = concentration.

    Source: Gompertz, On the nature of the function expressive of the law of human mortality (1825), with the cdf as in
    Johnson, Kotz & Balakrishnan 2 (1995), section 22.8.
    """
    parameters.positive("gompertz_cdf", concentration=concentration, rate=rate)
    c, r = Fraction(concentration), Fraction(rate)

    def log_product(ns: NumberSystem) -> Element:
        return ns.log(ns.const(concentration)) + ns.log(ns.const(rate))

    return TransformDefinition(
        name="gompertz_cdf",
        params={"concentration": concentration, "rate": rate},
        forward=lambda ns, x: -ns.expm1(-(ns.const(concentration) * ns.expm1(ns.const(rate) * x))),
        inverse_candidate=lambda ns, y: ns.log1p(-ns.log1p(-y) / ns.const(concentration)) / ns.const(rate),
        domain=POSITIVE,
        codomain=UNIT,
        increasing=True,
        formula="1 - exp(-concentration*(exp(rate*x) - 1))",
        reference="Gompertz 1825",
        ordinary=(log1p(2.0**-6 / concentration) / rate, log1p(8.0 / concentration) / rate),
        lower_tail=Tail.of(constant=log_product),
        # log f' = log(c r) + r t - c (exp(r t) - 1)
        upper_tail=Tail.of(
            {power_term(1): r, exp_term(r): -c}, constant=lambda ns: log_product(ns) + ns.const(concentration)
        ),
    )


def shifted_gompertz_cdf(concentration: float, rate: float) -> TransformDefinition:
    """y = (1 - e) exp(-e/c) on (0, inf), e = exp(-rate x), c = concentration.

    Source: Bemmaor, Modeling the diffusion of new durable goods (1994), whose eta is 1/c, as in TensorFlow Probability.
    """
    parameters.positive("shifted_gompertz_cdf", concentration=concentration, rate=rate)

    def forward(ns: NumberSystem, x: Element) -> Element:
        falling = -(ns.const(rate) * x)
        return -ns.expm1(falling) * ns.exp(-ns.exp(falling) / ns.const(concentration))

    def candidate(ns: NumberSystem, y: Element) -> Element:
        """With w = (1 - e)/c the equation is w e^w = (y/c) e^(1/c)."""
        c = ns.const(concentration)
        return -ns.log1p(-(c * ns.lambert_w(y / c * ns.exp(ns.const(1.0) / c)))) / ns.const(rate)

    # log f' = log r - r x - e/c + log(1 + (1 - e)/c)
    return TransformDefinition(
        name="shifted_gompertz_cdf",
        params={"concentration": concentration, "rate": rate},
        forward=forward,
        inverse_candidate=candidate,
        domain=POSITIVE,
        codomain=UNIT,
        increasing=True,
        formula="(1 - exp(-rate*x))*exp(-exp(-rate*x)/concentration)",
        reference="Bemmaor 1994",
        ordinary=(0.0625 / rate, 8.0 / rate),
        lower_tail=Tail.of(constant=lambda ns: ns.log(ns.const(rate)) - ns.const(1.0) / ns.const(concentration)),
        upper_tail=Tail.of(
            {power_term(1): -Fraction(rate)},
            constant=lambda ns: ns.log(ns.const(rate)) + ns.log1p(ns.const(1.0) / ns.const(concentration)),
        ),
    )
