"""Distribution functions of largest values as transforms onto (0, 1): Gumbel, Fréchet, and the family of both."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import expm1, inf

from conformance.definitions.intervals import REALS, UNIT, End, Interval
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate, bounded_rate
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, exp_term, power_of, power_term, shifted_power
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition


def gumbel_cdf(loc: float, scale: float) -> TransformDefinition:
    """y = exp(-exp(-(x - loc)/scale)), scale > 0. Source: Gumbel, Statistics of Extremes (1958), section 5.2."""
    parameters.finite("gumbel_cdf", loc=loc)
    parameters.positive("gumbel_cdf", scale=scale)
    s, m = Fraction(scale), Fraction(loc)
    # log f' = -z - exp(-z) - log(scale), z = (x - loc)/scale, and t = |x|.
    log_scale = Tail.of(constant=lambda ns: -ns.log(ns.const(scale)))
    drift = Tail.of(constant=lambda ns: ns.const(loc) / ns.const(scale))

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = (e^-z - 1)/s; on the left, with w = -z, it is bounded by e^w/s, which grows at the rate 1/s."""
        wide = ns.const(scale)
        z = (x - ns.const(loc)) / wide
        if side > 0:
            return bounded_rate(ns, -1 / wide, ns.expm1(-z) / wide) if z > 0 else None
        return SlopeRate(None, -ns.expm1(-z) / wide, ns.exp(-z) / wide, 1 / wide, ns.const(0.0)) if z < 0 else None

    return TransformDefinition(
        name="gumbel_cdf",
        params={"loc": loc, "scale": scale},
        forward=lambda ns, x: ns.exp(-ns.exp((ns.const(loc) - x) / ns.const(scale))),
        inverse_candidate=lambda ns, y: ns.const(loc) - ns.const(scale) * ns.log(-ns.log(y)),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="exp(-exp(-(x - loc)/scale))",
        reference="Gumbel 1958, section 5.2",
        ordinary=(loc - 1.5 * scale, loc + 8.0 * scale),
        lower_tail=Tail.of({power_term(1): 1 / s, exp_term(1 / s, m / s): -1}) + drift + log_scale,
        upper_tail=Tail.of({power_term(1): -1 / s}) + drift + log_scale,
        lemmas=SlopeLemmas(rate=rate),
    )


def frechet_cdf(loc: float, scale: float, concentration: float) -> TransformDefinition:
    """y = exp(-z^-concentration) on (loc, inf), z = (x - loc)/scale.

    Source: Fréchet, Sur la loi de probabilité de l'écart maximum (1927).
    """
    parameters.finite("frechet_cdf", loc=loc)
    parameters.positive("frechet_cdf", scale=scale, concentration=concentration)
    c, s = Fraction(concentration), Fraction(scale)
    # log f' = log c + c log s - (1 + c) log t - (t/s)^-c, with t = x - loc, and t = x up to o(1) far out
    upper = Tail.of(
        {LOG: -(1 + c)},
        constant=lambda ns: ns.log(ns.const(concentration)) + ns.const(concentration) * ns.log(ns.const(scale)),
    )
    return TransformDefinition(
        name="frechet_cdf",
        params={"loc": loc, "scale": scale, "concentration": concentration},
        forward=lambda ns, x: ns.exp(-ns.power((x - ns.const(loc)) / ns.const(scale), -concentration)),
        inverse_candidate=lambda ns, y: (
            ns.const(loc) + ns.const(scale) * ns.exp(-ns.log(-ns.log(y)) / ns.const(concentration))
        ),
        domain=Interval(loc, inf),
        codomain=UNIT,
        increasing=True,
        formula="exp(-((x - loc)/scale)**(-concentration))",
        reference="Fréchet 1927",
        added=(0.0, abs(loc)),
        ordinary=(loc + scale * 8.0 ** (-1.0 / concentration), loc + scale * 2.0 ** (6.0 / concentration)),
        lower_tail=upper + Tail.of({power_term(-c): -power_of(s, c)}),
        upper_tail=upper,
    )


def generalized_extreme_value_cdf(loc: float, scale: float, concentration: float) -> TransformDefinition:
    """y = exp(-u^(-1/c)), u = 1 + c z > 0, z = (x - loc)/scale, c = concentration; with c = 0 that of Gumbel.

    Source: Jenkinson, The frequency distribution of the annual maximum (or minimum) values of meteorological elements,
    Q. J. R. Meteorol. Soc. 81 (1955), in von Mises' parameters.
    """
    parameters.finite("generalized_extreme_value_cdf", loc=loc, concentration=concentration)
    parameters.positive("generalized_extreme_value_cdf", scale=scale)
    name, params = (
        "generalized_extreme_value_cdf",
        {"loc": loc, "scale": scale, "concentration": concentration},
    )
    if concentration == 0:
        return replace(gumbel_cdf(loc, scale), name=name, params=params)
    c, s, m = Fraction(concentration), Fraction(scale), Fraction(loc)
    exact_end = m - s / c
    end: End = float(exact_end) if Fraction(float(exact_end)) == exact_end else exact_end
    growth = abs(c) / s

    def log_u(ns: NumberSystem, x: Element) -> Element:
        return ns.log1p(ns.const(concentration) * ((x - ns.const(loc)) / ns.const(scale)))

    # log f' = -(1 + 1/c) log u - u^(-1/c) - log s, where u = growth t at the finite end, and up to o(1) in the
    # logarithm at the infinite one.
    rest = Tail.of(
        {LOG: -(1 + 1 / c)},
        constant=lambda ns: (
            -(ns.const(1.0) + ns.const(1.0) / ns.const(concentration))
            * ns.log(ns.const(abs(concentration)) / ns.const(scale))
            - ns.log(ns.const(scale))
        ),
    )
    if c > 0:
        lower = rest + Tail.of({power_term(-1 / c): -power_of(growth, -1 / c)})
        upper, domain = rest, Interval(end, inf)
    else:
        lower = rest + shifted_power(-1 / c, growth, 1 + growth * m, Fraction(-1))
        upper, domain = rest, Interval(-inf, end)
    ends = [loc + scale * expm1(concentration * g) / concentration for g in (-1.5, 6.0)]
    return TransformDefinition(
        name=name,
        params=params,
        forward=lambda ns, x: ns.exp(-ns.exp(-log_u(ns, x) / ns.const(concentration))),
        inverse_candidate=lambda ns, y: (
            ns.const(loc)
            + ns.const(scale) * ns.expm1(-(ns.const(concentration) * ns.log(-ns.log(y)))) / ns.const(concentration)
        ),
        domain=domain,
        codomain=UNIT,
        increasing=True,
        formula="exp(-(1 + concentration*(x - loc)/scale)**(-1/concentration))",
        reference="Jenkinson 1955",
        ordinary=(ends[0], ends[1]),
        added=(0.0, abs(loc)),
        lower_tail=lower,
        upper_tail=upper,
    )
