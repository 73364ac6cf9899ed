"""Powers, and the Box-Cox family that joins them to the exponential."""

from __future__ import annotations

from fractions import Fraction
from math import inf

from conformance.definitions.intervals import POSITIVE, Interval
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate, shrinking_rate
from conformance.definitions.numbers import Element
from conformance.definitions.tails import LOG, Tail
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.elementary import exp


def power(exponent: float) -> TransformDefinition:
    """y = x^exponent on (0, inf), exponent != 0. Source: DLMF 4.2(iv)."""
    parameters.nonzero("power", exponent=exponent)
    p = exponent
    slope = Tail.of({LOG: Fraction(p) - 1}, constant=lambda ns: ns.log(ns.const(abs(p))))
    back = Tail.of({LOG: 1 / Fraction(p) - 1}, constant=lambda ns: -ns.log(ns.const(abs(p))))

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log|f'|)' = (p - 1)/x."""
        return shrinking_rate(ns, (ns.const(p) - 1) / x) if side > 0 and x > 0 else None

    def inverse_rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log|f'|)' = (1/p - 1)/x."""
        return shrinking_rate(ns, (1 / ns.const(p) - 1) / x) if side > 0 and x > 0 else None

    return TransformDefinition(
        name="power",
        params={"exponent": p},
        forward=lambda ns, x: ns.power(x, p),
        inverse_candidate=lambda ns, y: ns.exp(ns.log(y) / ns.const(p)),
        domain=POSITIVE,
        codomain=POSITIVE,
        increasing=p > 0,
        formula="x**exponent",
        reference="DLMF 4.2(iv)",
        ordinary=(0.125, 8.0),
        lower_tail=slope,
        upper_tail=slope,
        inverse_tails=(back, back),
        lemmas=SlopeLemmas(
            rate=rate,
            inverse_rate=inverse_rate,
            end_power=Fraction(p) - 1,
            inverse_end_power=1 / Fraction(p) - 1,
            algebraic=True,
        ),
    )


def square() -> TransformDefinition:
    """y = x^2 on (0, inf), and 0 at 0, the limit: the branch on which the square is a bijection."""
    slope = Tail.of({LOG: 1}, constant=lambda ns: ns.log(ns.const(2.0)))
    return TransformDefinition(
        name="square",
        params={},
        forward=lambda ns, x: ns.power(x, 2.0),
        inverse_candidate=lambda ns, y: ns.sqrt(y),
        domain=POSITIVE,
        codomain=POSITIVE,
        increasing=True,
        formula="x**2",
        reference="elementary",
        ordinary=(0.125, 8.0),
        lower_tail=slope,
        upper_tail=slope,
    )


def inverse_box_cox(power: float) -> TransformDefinition:
    """y = (1 + power x)^(1/power), and e^x where power = 0: the inverse of the Box-Cox transform.

    Source: Box & Cox, An analysis of transformations, J. R. Stat. Soc. B 26 (1964), equation (1), solved for y.
    """
    parameters.finite("inverse_box_cox", power=power)
    p = power
    if p == 0.0:
        plain = exp()
        return TransformDefinition(**{**plain.__dict__, "name": "inverse_box_cox", "params": {"power": 0.0}})
    end = -1 / Fraction(p)
    # 1 + p x = |p| t at the finite end, and |p| t (1 + o(1)) at the infinite one.
    rest = 1 / Fraction(p) - 1
    slope = Tail.of(
        {LOG: rest}, constant=lambda ns: ns.rational(rest.numerator, rest.denominator) * ns.log(ns.const(abs(p)))
    )

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = (1 - p)/(1 + p x), and 1 + p x grows outwards."""
        argument = 1 + ns.const(p) * x
        return shrinking_rate(ns, side * (1 - ns.const(p)) / argument) if argument > 0 and side * p > 0 else None

    return TransformDefinition(
        name="inverse_box_cox",
        params={"power": p},
        forward=lambda ns, x: ns.exp(ns.log1p(ns.const(p) * x) / ns.const(p)),
        inverse_candidate=lambda ns, y: ns.expm1(ns.const(p) * ns.log(y)) / ns.const(p),
        domain=Interval(end, inf) if p > 0 else Interval(-inf, end),
        codomain=POSITIVE,
        increasing=True,
        formula="(1 + power*x)**(1/power), exp(x) where power = 0",
        reference="Box & Cox 1964, equation (1), inverted",
        # Of a small power the end is far out, where y is no float any more.
        ordinary=(max(float(end) + 0.5, -8.0), 8.0) if p > 0 else (-8.0, min(float(end) - 0.5, 8.0)),
        lower_tail=slope,
        upper_tail=slope,
        lemmas=SlopeLemmas(rate=rate, end_power=rest),
    )
