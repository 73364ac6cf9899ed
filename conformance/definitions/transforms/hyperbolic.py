"""The hyperbolic sine, and the sinh-arcsinh family that it bends the reals by."""

from __future__ import annotations

from fractions import Fraction

from conformance.definitions.intervals import REALS
from conformance.definitions.lemmas import OrderedNumbers, SlopeLemmas, SlopeRate, bounded_rate
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, power_term
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import TransformDefinition


def sinh() -> TransformDefinition:
    """y = sinh x. Source: DLMF 4.28."""
    slope = Tail.of({power_term(1): 1}, constant=lambda ns: -ns.log(ns.const(2.0)))

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """(log f')' = tanh x, which rises to 1 in size."""
        return bounded_rate(ns, ns.tanh(abs(x)), ns.const(1.0)) if side * x > 0 else None

    return TransformDefinition(
        name="sinh",
        params={},
        forward=lambda ns, x: ns.sinh(x),
        inverse_candidate=lambda ns, y: ns.asinh(y),
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="sinh(x)",
        reference="DLMF 4.28",
        ordinary=(-8.0, 8.0),
        lower_tail=slope,
        upper_tail=slope,
        lemmas=SlopeLemmas(rate=rate),
    )


def sinh_arcsinh(skewness: float, tailweight: float) -> TransformDefinition:
    """y = m sinh((asinh x + skewness) tailweight), m = 2 / sinh(asinh(2) tailweight), tailweight > 0.

    Source: Jones & Pewsey, Sinh-arcsinh distributions, Biometrika 96 (2009), inverted; the factor m, which maps 2 to 2
    where skewness = 0, is TensorFlow Probability's.
    """
    parameters.finite("sinh_arcsinh", skewness=skewness)
    parameters.positive("sinh_arcsinh", tailweight=tailweight)

    def multiplier(ns: NumberSystem) -> Element:
        two = ns.const(2.0)
        return two / ns.sinh(ns.asinh(two) * ns.const(tailweight))

    def tail(side: int) -> Tail:
        # asinh x = side log(2 t) + o(1) and log cosh z = |z| - log 2 + o(1), so that with T for the tailweight
        # log f' = T (log 2t + side skewness) - log 2 - log t + log(T m) + o(1).
        def constant(ns: NumberSystem) -> Element:
            log_2, t = ns.log(ns.const(2.0)), ns.const(tailweight)
            return t * (log_2 + ns.const(side * skewness)) - log_2 + ns.log(t * multiplier(ns))

        return Tail.of({LOG: Fraction(tailweight) - 1}, constant=constant)

    def rate(ns: OrderedNumbers, side: int, x: Element) -> SlopeRate | None:
        """log f' = log cosh w - log(1 + x^2)/2 + const, w = T (asinh x + s), whose outward derivative in t = |x| is
        (T tanh|w| - t/sqrt(1 + t^2))/sqrt(1 + t^2) where w has the sign of the side: between -1/t and T/t."""
        if not (side * x > 0 and side * (ns.asinh(x) + ns.const(skewness)) > 0):
            return None
        return bounded_rate(ns, -1 / abs(x), ns.const(tailweight) / abs(x))

    return TransformDefinition(
        name="sinh_arcsinh",
        params={"skewness": skewness, "tailweight": tailweight},
        forward=lambda ns, x: multiplier(ns) * ns.sinh((ns.asinh(x) + ns.const(skewness)) * ns.const(tailweight)),
        inverse_candidate=lambda ns, y: ns.sinh(
            ns.asinh(y / multiplier(ns)) / ns.const(tailweight) - ns.const(skewness)
        ),
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="2*sinh((asinh(x) + skewness)*tailweight)/sinh(asinh(2)*tailweight)",
        reference="Jones & Pewsey 2009; TensorFlow Probability's factor",
        ordinary=(-8.0, 8.0),
        lower_tail=tail(-1),
        upper_tail=tail(1),
        lemmas=SlopeLemmas(rate=rate),
    )
