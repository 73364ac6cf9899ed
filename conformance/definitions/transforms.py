"""Every elementary transform as mathematics, once: its forward map, and what is declared beside it.

The forward map is the only formula that truth rests on (ACCEPTANCE A3). ``inverse_candidate`` is a guess that the
oracle certifies through the forward map; the tails are audited against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from typing import Any

from conformance.definitions.intervals import POSITIVE, REALS, UNIT, Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.tails import LOG, Tail, exp_term, power_term

ScalarMap = Callable[[NumberSystem, Element], Element]
AnyMap = Callable[[NumberSystem, Any], Any]

LEBESGUE = "Lebesgue"


def _same(event: int) -> int:
    return event


@dataclass(frozen=True)
class TransformDefinition:
    """A transform y = f(x) with numeric parameters.

    forward(ns, x): for event_rank_in = 0 an element in, an element out; for rank 1 a sequence of elements (one per
    coordinate of the event) in, a list out. ``inverse_candidate`` likewise; its result is never trusted.
    ``domain`` and ``codomain`` are per coordinate; the codomain is exactly the image of the domain.
    ``increasing`` is None where the map is not monotone on its whole domain, or not scalar.
    ``lower_tail`` and ``upper_tail`` expand log|f'| at the two ends of the domain (None: not known).
    ``value_limits`` are the limits of f at the two ends, needed where it is not monotone.
    ``log_det_at_infinity`` is the limit of a vector map's log|det J| as any coordinate tends to +-inf.
    ``ordinary`` is the closed interval of everyday inputs, per coordinate.
    ``kind`` is "leaf", "chain", "inverse" or "independent"; ``parts`` are the definitions it is made of.
    ``base_measure`` is what log|det J| of a vector map is taken with respect to.
    ``output_width`` and ``input_width``: how many coordinates a leaf turns an event of so many into, and back.
    """

    name: str
    params: Mapping[str, float]
    forward: AnyMap
    inverse_candidate: AnyMap
    domain: Interval
    codomain: Interval
    increasing: bool | None
    formula: str
    reference: str
    ordinary: tuple[float, float]
    lower_tail: Tail | None = None
    upper_tail: Tail | None = None
    value_limits: tuple[float, float] | None = None
    log_det_at_infinity: float | None = None
    bijective: bool = True
    event_rank_in: int = 0
    event_rank_out: int = 0
    base_measure: str = LEBESGUE
    kind: str = "leaf"
    parts: tuple[TransformDefinition, ...] = field(default=())
    output_width: Callable[[int], int] = _same
    input_width: Callable[[int], int] = _same

    def output_event(self, event: int) -> int:
        """The number of coordinates that an event of ``event`` coordinates is mapped to."""
        if self.kind == "chain":
            for part in self.parts:
                event = part.output_event(event)
            return event
        if self.kind == "inverse":
            return self.parts[0].input_event(event)
        return self.output_width(event)

    def input_event(self, event: int) -> int:
        """The number of coordinates that is mapped to an event of ``event`` coordinates."""
        if self.kind == "chain":
            for part in reversed(self.parts):
                event = part.input_event(event)
            return event
        if self.kind == "inverse":
            return self.parts[0].output_event(event)
        return self.input_width(event)


def exp() -> TransformDefinition:
    """y = e^x. Source: DLMF 4.2."""
    return TransformDefinition(
        name="exp",
        params={},
        forward=lambda ns, x: ns.exp(x),
        inverse_candidate=lambda ns, y: ns.log(y),
        domain=REALS,
        codomain=POSITIVE,
        increasing=True,
        formula="exp(x)",
        reference="DLMF 4.2",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of({power_term(1): 1}),
    )


def affine(loc: float, scale: float) -> TransformDefinition:
    """y = loc + scale x, scale != 0."""
    slope = Tail.of(constant=lambda ns: ns.log(ns.const(abs(scale))))
    return TransformDefinition(
        name="affine",
        params={"loc": loc, "scale": scale},
        forward=lambda ns, x: ns.const(loc) + ns.const(scale) * x,
        inverse_candidate=lambda ns, y: (y - ns.const(loc)) / ns.const(scale),
        domain=REALS,
        codomain=REALS,
        increasing=scale > 0,
        formula="loc + scale*x",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=slope,
        upper_tail=slope,
    )


def power(exponent: float) -> TransformDefinition:
    """y = x^exponent on (0, inf), exponent != 0. Source: DLMF 4.2(iv)."""
    p = exponent
    slope = Tail.of({LOG: Fraction(p) - 1}, constant=lambda ns: ns.log(ns.const(abs(p))))
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
    )


def inverse_box_cox(power: float) -> TransformDefinition:
    """y = (1 + power x)^(1/power), and e^x where power = 0: the inverse of the Box-Cox transform.

    Source: Box & Cox, An analysis of transformations, J. R. Stat. Soc. B 26 (1964), equation (1), solved for y.
    """
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
        ordinary=(float(end) + 0.5, 8.0) if p > 0 else (-8.0, float(end) - 0.5),
        lower_tail=slope,
        upper_tail=slope,
    )


def sigmoid() -> TransformDefinition:
    """y = 1 / (1 + e^-x). Source: the logistic function, DLMF 4.2 and 4.28."""
    return TransformDefinition(
        name="sigmoid",
        params={},
        forward=lambda ns, x: ns.sigmoid(x),
        inverse_candidate=lambda ns, y: ns.logit(y),
        domain=REALS,
        codomain=UNIT,
        increasing=True,
        formula="1/(1 + exp(-x))",
        reference="logistic function",
        ordinary=(-6.0, 6.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of({power_term(1): -1}),
    )


def tanh() -> TransformDefinition:
    """y = tanh x. Source: DLMF 4.28."""
    slope = Tail.of({power_term(1): -2}, constant=lambda ns: ns.log(ns.const(4.0)))
    return TransformDefinition(
        name="tanh",
        params={},
        forward=lambda ns, x: ns.tanh(x),
        inverse_candidate=lambda ns, y: ns.atanh(y),
        domain=REALS,
        codomain=Interval(-1.0, 1.0),
        increasing=True,
        formula="tanh(x)",
        reference="DLMF 4.28",
        ordinary=(-4.0, 4.0),
        lower_tail=slope,
        upper_tail=slope,
    )


def softplus() -> TransformDefinition:
    """y = log(1 + e^x). Source: Dugas et al., Incorporating second-order functional knowledge (2001)."""
    return TransformDefinition(
        name="softplus",
        params={},
        forward=lambda ns, x: ns.softplus(x),
        inverse_candidate=lambda ns, y: ns.softplus_inverse(y),
        domain=REALS,
        codomain=POSITIVE,
        increasing=True,
        formula="log(1 + exp(x))",
        reference="Dugas et al. 2001",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of({power_term(1): -1}),
        upper_tail=Tail.of(),
    )


def absolute() -> TransformDefinition:
    """y = |x| on the reals: not bijective. Its inverse is the branch that is not negative; log|f'| = 0 away from 0.

    At 0, where f has two one-sided slopes -1 and +1, log|f'| = 0 is the limit from either side.
    """
    return TransformDefinition(
        name="abs",
        params={},
        forward=lambda ns, x: ns.abs(x),
        inverse_candidate=lambda ns, y: y,
        domain=REALS,
        codomain=Interval(0.0, inf, closed_lo=True),
        increasing=None,
        formula="abs(x)",
        reference="elementary",
        ordinary=(-8.0, 8.0),
        lower_tail=Tail.of(),
        upper_tail=Tail.of(),
        value_limits=(inf, inf),
        bijective=False,
    )


def gumbel_cdf(loc: float, scale: float) -> TransformDefinition:
    """y = exp(-exp(-(x - loc)/scale)), scale > 0. Source: Gumbel, Statistics of Extremes (1958), section 5.2."""
    s, m = Fraction(scale), Fraction(loc)
    # log f' = -z - exp(-z) - log(scale), z = (x - loc)/scale, and t = |x|.
    log_scale = Tail.of(constant=lambda ns: -ns.log(ns.const(scale)))
    drift = Tail.of(constant=lambda ns: ns.const(loc) / ns.const(scale))
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
    )


def normal_cdf() -> TransformDefinition:
    """y = Phi(x) = erfc(-x / sqrt 2) / 2. Source: DLMF 7.2 and 7.18(i)."""
    slope = Tail.of(
        {power_term(2): Fraction(-1, 2)}, constant=lambda ns: -ns.log(ns.const(2.0) * ns.pi()) / ns.const(2.0)
    )
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
    )


def stick_breaking() -> TransformDefinition:
    """R^n onto the simplex of n+1 weights: z_i = sigmoid(x_i - log(n - i)), y_i = z_i prod_{j<i} (1 - z_j), i = 0..n-1.

    Source: Stan Reference Manual, "Unit simplex" (stick-breaking transform), with its offset log(n - i).
    log|det J| is taken with respect to Lebesgue measure on the first n coordinates. The inverse is accordingly a
    function of y_0 .. y_{n-1}; y_n = 1 - sum is their complement.
    """
    return TransformDefinition(
        name="stick_breaking",
        params={},
        forward=_stick_breaking,
        inverse_candidate=_stick_breaking_inverse,
        domain=REALS,
        codomain=UNIT,
        increasing=None,
        formula="y_i = z_i * prod_{j<i}(1 - z_j), z_i = sigmoid(x_i - log(n - i)), i = 0..n-1; y_n = prod_j(1 - z_j)",
        reference="Stan Reference Manual, unit simplex",
        ordinary=(-4.0, 4.0),
        event_rank_in=1,
        event_rank_out=1,
        base_measure="Lebesgue on the first n coordinates",
        output_width=lambda event: event + 1,
        input_width=lambda event: event - 1,
        log_det_at_infinity=-inf,
    )


def _stick_breaking(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
    n = len(x)
    rest = ns.const(1.0)
    weights = []
    for i, coordinate in enumerate(x):
        shifted = coordinate - ns.log(ns.const(float(n - i)))
        weights.append(rest * ns.sigmoid(shifted))
        rest = rest * ns.sigmoid(-shifted)
    return [*weights, rest]


def _stick_breaking_inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
    n = len(y) - 1
    rest = ns.const(1.0)
    points = []
    for i in range(n):
        after = rest - y[i]
        points.append(ns.log(y[i]) - ns.log(after) + ns.log(ns.const(float(n - i))))
        rest = after
    return points
