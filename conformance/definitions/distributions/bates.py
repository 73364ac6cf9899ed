"""The mean of independent uniform variables."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb, factorial

from conformance.definitions.distributions.definition import DistributionDefinition
from conformance.definitions.intervals import Interval
from conformance.definitions.lemmas import DensityLemmas, Vanishing
from conformance.definitions.numbers import CandidateNumbers, Element, NumberSystem, exact
from conformance.definitions.tails import LOG, Tail
from conformance.definitions.transforms import parameters

MOST = 16


def bates(total_count: int, low: float, high: float) -> DistributionDefinition:
    """The mean of n = total_count uniform variables on [low, high]: n/(high - low) f(v), v = n (x - low)/(high - low),
    f(v) = ((v)+^(n - 1) - n (v - 1)+^(n - 1) + ...)/(n - 1)!, with the binomial coefficients of n.

    Below v lies the same sum of n-th powers over n!. Either is taken from the end that is the nearer, where the first
    power is the whole sum up to v = 1. BadParameter for a total_count that is no whole number from 2 to MOST.
    """
    parameters.ascending("bates", low=low, high=high)
    n = parameters.whole("bates", "total_count", total_count)
    if not 2 <= n <= MOST:
        raise parameters.BadParameter("bates", "total_count", total_count, f"a whole number from 2 to {MOST}")
    width = Fraction(high) - Fraction(low)
    steep, middle = n / width, (Fraction(low) + Fraction(high)) / 2

    def place(ns: NumberSystem, x: Element, side: int) -> Element:
        """v, from the end on that side."""
        return (x - ns.const(low) if side < 0 else ns.const(high) - x) * exact(ns, steep)

    def powers(ns: NumberSystem, v: Element, power: int) -> Element:
        """The sum of these powers over the factorial of ``power``, for v up to n/2."""

        def up_to(last: int) -> Element:
            total = None
            for k in range(last + 1):
                away = v - ns.const(float(k))
                term = away
                for _ in range(power - 1):
                    term = term * away
                term = term * exact(ns, Fraction((-1) ** k * comb(n, k), factorial(power)))
                total = term if total is None else total + term
            return total

        def from_knot(k: int) -> Element:
            """Between the knots k and k + 1, or beyond them."""
            if k + 1 > n // 2:
                return up_to(k)
            return ns.piecewise(v - ns.const(float(k + 1)), lambda _: up_to(k), lambda _: from_knot(k + 1))

        return from_knot(0)

    def by_side(ns: NumberSystem, x: Element, below: Callable[[], Element], above: Callable[[], Element]) -> Element:
        return ns.piecewise(x - exact(ns, middle), lambda _: below(), lambda _: above())

    def density(ns: NumberSystem, x: Element) -> Element:
        return by_side(ns, x, lambda: powers(ns, place(ns, x, -1), n - 1), lambda: powers(ns, place(ns, x, 1), n - 1))

    def share(ns: NumberSystem, x: Element, side: int) -> Element:
        """What lies beyond x on that side."""

        def near() -> Element:
            return powers(ns, place(ns, x, side), n)

        def far() -> Element:
            return ns.const(1.0) - powers(ns, place(ns, x, -side), n)

        return by_side(ns, x, near, far) if side < 0 else by_side(ns, x, far, near)

    def log_density(ns: NumberSystem, x: Element) -> Element:
        return ns.log(density(ns, x)) + ns.log(exact(ns, steep))

    def at_end(ns: NumberSystem) -> Element:
        return ns.log(exact(ns, steep**n / factorial(n - 1)))

    def placed(ns: CandidateNumbers, q: Element, rest: Element) -> Element:
        """The point with q below it and ``rest`` above, by Newton's iteration for the logarithm of the smaller, which
        is concave: from the point that the first power alone gives, below which less lies."""
        half = ns.const(0.5)

        def smaller(part: Element) -> Element:
            """Beyond one half the other side's answer is taken."""
            return ns.piecewise(part - half, lambda _: part, lambda _: half)

        def away(part: Element) -> Element:
            """The distance from the end, in steps between knots."""
            goal = ns.log(part)
            start = ns.exp((goal + ns.log(exact(ns, Fraction(factorial(n))))) / ns.const(float(n)))

            def step(v: Element) -> Element:
                below = powers(ns, v, n)
                return v - (ns.log(below) - goal) * below / powers(ns, v, n - 1)

            return ns.iterated(start, step) / exact(ns, steep)

        return ns.piecewise(
            q - half, lambda _: ns.const(low) + away(smaller(q)), lambda _: ns.const(high) - away(smaller(rest))
        )

    tail = Tail.of({LOG: n - 1}, constant=at_end)
    return DistributionDefinition(
        name="bates",
        params={"total_count": float(n), "low": low, "high": high},
        log_density=log_density,
        cdf=lambda ns, x: share(ns, x, -1),
        survival=lambda ns, x: share(ns, x, 1),
        support=Interval(low, high),
        formula="n/(high - low)*sum((-1)**k*binomial(n, k)*max(v - k, 0)**(n - 1))/(n - 1)!, "
        "v = n*(x - low)/(high - low), n = total_count",
        reference="Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 2 (1995), section 26.9; "
        "Bates, Joint distributions of time intervals, Annals of Mathematical Statistics 26 (1955)",
        ordinary=(low, high),
        lower_tail=tail,
        upper_tail=tail,
        quantile=lambda ns, q: placed(ns, q, ns.const(1.0) - q),
        upper_quantile=lambda ns, q: placed(ns, ns.const(1.0) - q, q),
        lemmas=DensityLemmas(
            centre=middle,
            vanishing={side: Vanishing(Fraction(n) - 1, 1 / steep) for side in (-1, 1)},
            knots=tuple(Fraction(low) + k / steep for k in range(1, n)),
        ),
    )
