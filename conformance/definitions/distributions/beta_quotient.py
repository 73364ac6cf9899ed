"""The law of the logarithm of the ratio of two independent beta variables."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial, log, sqrt

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import DensityLemmas, DensityRate, OrderedNumbers
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import Tail, power_term
from conformance.definitions.transforms import parameters

MOST = 16


def exp_beta_quotient(
    concentration1_numerator: float,
    concentration0_numerator: int,
    concentration1_denominator: float,
    concentration0_denominator: int,
) -> DistributionDefinition:
    """log(U/V), U and V beta: e^(a x) P(1 - e^x) below 0 and e^(-c x) Q(1 - e^-x) above, a and c the concentrations1 of
    U and V, P and Q polynomials of degree one below the concentrations0 b and d.

    The density of U/V at r < 1 is r^(a - 1) B(a + c, d)/(B(a, b) B(c, d)) 2F1(a + c, 1 - b; a + c + d; r), and above 1
    that of V/U at 1/r. For whole concentrations0 the series ends, in powers of 1 - r its terms are all positive (DLMF
    15.8.7), and so are those of the share beyond: see ``below_of``. On the line neither end is a singularity.
    BadParameter for a concentration0 that is no whole number from 1 to MOST.
    """
    name = "exp_beta_quotient"
    parameters.positive(
        name,
        concentration1_numerator=concentration1_numerator,
        concentration1_denominator=concentration1_denominator,
    )
    a, c = Fraction(concentration1_numerator), Fraction(concentration1_denominator)
    b = _count(name, "concentration0_numerator", concentration0_numerator)
    d = _count(name, "concentration0_denominator", concentration0_denominator)
    lower, upper = Side(a, density_of(a, b, c, d)), Side(c, density_of(c, d, a, b))

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return ns.piecewise(x, lambda _: lower.log_density(ns, x), lambda _: upper.log_density(ns, -x))

    def log_share(ns: NumberSystem, x: Element, near: Side, far: Side) -> Element:
        """The logarithm of the next."""
        return ns.piecewise(x, lambda _: near.log_share(ns, x), lambda _: ns.log1p(-far.share(ns, -x)))

    def share(ns: NumberSystem, x: Element, near: Side, far: Side) -> Element:
        """What lies below x, or above -x where ``near`` is the upper side."""
        return ns.piecewise(x, lambda _: near.share(ns, x), lambda _: ns.const(1.0) - far.share(ns, -x))

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above."""
        join, other = exact(ns, lower.below[0]), exact(ns, upper.below[0])

        def at_most(part: Element, most: Element) -> Element:
            """Beyond it the other side's answer is taken."""
            return ns.piecewise(part - most, lambda _: part, lambda _: most)

        return ns.piecewise(
            q - join,
            lambda _: lower.placed(ns, ns.log(at_most(q, join))),
            lambda _: -upper.placed(ns, ns.log(at_most(rest, other))),
        )

    middle = log(a / (a + b)) - log(c / (c + d))
    width = 4 * sqrt(1 / a + 1 / c)

    def rate(ns: OrderedNumbers, side: int, length: Element) -> DensityRate:
        """(log p)' = -a + e^-t P'(v)/P(v) outwards, v = 1 - e^-t, of a polynomial of degree n without negative
        coefficients: 0 <= v P' <= n P, and e^-t/v falls."""
        steep, degree = (exact(ns, a), b - 1) if side < 0 else (exact(ns, c), d - 1)
        return DensityRate(-steep, degree / ns.expm1(length) - steep)

    return DistributionDefinition(
        name=name,
        params={
            "concentration1_numerator": concentration1_numerator,
            "concentration0_numerator": float(b),
            "concentration1_denominator": concentration1_denominator,
            "concentration0_denominator": float(d),
        },
        log_density=log_density,
        cdf=lambda ns, x: share(ns, x, lower, upper),
        survival=lambda ns, x: share(ns, -x, upper, lower),
        support=REALS,
        formula="exp(a*x)*beta(a + c, d)/(beta(a, b)*beta(c, d))*hyp2f1(a + c, 1 - b, a + c + d, exp(x)) for x < 0, "
        "a, b = concentration1_numerator, concentration0_numerator, c, d = concentration1_denominator, "
        "concentration0_denominator; for x > 0 the same of -x with a, b and c, d exchanged",
        reference="Pham-Gia, Distributions of the ratios of independent beta variables and applications, "
        "Communications in Statistics, Theory and Methods 29 (2000)",
        ordinary=(middle - width, middle + width),
        lower_tail=lower.tail(),
        upper_tail=upper.tail(),
        log_cdf=lambda ns, x: log_share(ns, x, lower, upper),
        log_survival=lambda ns, x: log_share(ns, -x, upper, lower),
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        logarithm=True,
        lemmas=DensityLemmas(rate=rate, kinked=True),
    )


class Side:
    """One side of 0: e^(a x) times the polynomial ``density`` in 1 - e^x, for x <= 0."""

    def __init__(self, a: Fraction, density: Sequence[Fraction]) -> None:
        self.a, self.density, self.below = a, density, below_of(a, density)

    def log_density(self, ns: NumberSystem, x: Element) -> Element:
        return exact(ns, self.a) * x + ns.log(_value(ns, self.density, -ns.expm1(x)))

    def share(self, ns: NumberSystem, x: Element) -> Element:
        """What lies below x."""
        return ns.exp(exact(ns, self.a) * x) * _value(ns, self.below, -ns.expm1(x))

    def log_share(self, ns: NumberSystem, x: Element) -> Element:
        return exact(ns, self.a) * x + ns.log(_value(ns, self.below, -ns.expm1(x)))

    def tail(self) -> Tail:
        return Tail.of({power_term(1): -self.a}, constant=lambda ns: ns.log(exact(ns, sum(self.density, Fraction(0)))))

    def placed(self, ns: CandidateNumbers, goal: Element) -> Element:
        """Where ``log_share`` is the goal, by Newton's iteration: it is concave, since log U and log V have densities
        with concave logarithms, so the steps stay below the point. They begin where the share would be reached if the
        polynomial were at its largest all along."""

        def step(x: Element) -> Element:
            away = -ns.expm1(x)
            below = _value(ns, self.below, away)
            over = exact(ns, self.a) * x + ns.log(below) - goal
            return x - over * below / _value(ns, self.density, away)

        return ns.iterated((goal - ns.log(exact(ns, sum(self.below, Fraction(0))))) / exact(ns, self.a), step)


def density_of(a: Fraction, b: int, c: Fraction, d: int) -> list[Fraction]:
    """The coefficients of P: with n = b - 1 and s = a + c those of 2F1(-n, s; 2 - b - d; v), v = 1 - r, which are
    binomial(n, k) (s)_k/((d + n - 1) (d + n - 2) ... (d + n - k)), times B(s, d)/(B(a, b) B(c, d)) (d)_n/(s + d)_n."""
    n, s = b - 1, a + c
    first = _rising(a, b) * _rising(c, d) * _rising(Fraction(d), n) / (factorial(n) * _rising(s, d + n))
    return [first * comb(n, k) * _rising(s, k) / _rising(Fraction(d + n - k), k) for k in range(b)]


def below_of(a: Fraction, density: Sequence[Fraction]) -> list[Fraction]:
    """The polynomial R for which r^a R(1 - r) is the integral of the density up to r: its derivative is
    r^(a - 1) (a R - r R'), so that a R - (1 - v) R' is the density's polynomial, power by power from the highest."""
    found, above = list[Fraction](), Fraction(0)
    for j in range(len(density) - 1, -1, -1):
        above = (density[j] + (j + 1) * above) / (a + j)
        found.insert(0, above)
    return found


def _rising(x: Fraction, count: int) -> Fraction:
    """x (x + 1) ... (x + count - 1)."""
    total = Fraction(1)
    for step in range(count):
        total *= x + step
    return total


def _value(ns: NumberSystem, coefficients: Sequence[Fraction], v: Element) -> Element:
    total = exact(ns, coefficients[-1])
    for one in coefficients[-2::-1]:
        total = total * v + exact(ns, one)
    return total


def _count(name: str, parameter: str, value: float) -> int:
    count = parameters.whole(name, parameter, value)
    if not 1 <= count <= MOST:
        raise parameters.BadParameter(name, parameter, value, f"a whole number from 1 to {MOST}")
    return count
