"""Maps of the reals onto increasing vectors and onto the sphere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from conformance.definitions.intervals import Interval
from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Ordered, Sphere
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length, total
from conformance.definitions.transforms.simplex import longer, shorter


def ascending() -> TransformDefinition:
    """y_0 = x_0, y_i = y_(i-1) + e^x_i.

    Source: Stan Reference Manual, "Ordered vector" (the inverse transform of an increasing vector).
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        sums = [x[0]]
        for v in x[1:]:
            sums.append(sums[-1] + ns.exp(v))
        return sums

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return [y[0], *(ns.log(after - before) for before, after in pairwise(y))]

    return event_map(
        "ascending",
        forward,
        inverse,
        "y_0 = x_0, y_i = y_(i-1) + exp(x_i)",
        "Stan Reference Manual, ordered vector",
        target=Ordered,
        output_shape=same_length(),
        input_shape=same_length(),
        sums=True,
    )


def unit_vector() -> TransformDefinition:
    """R^n onto the sphere in R^(n+1) without its pole (0, .., 0, 1): y = (2 x, |x|^2 - 1)/(|x|^2 + 1).

    Source: stereographic projection from the pole, do Carmo, Riemannian Geometry (1992), chapter 0. log|det J| is taken
    with respect to the sphere's surface measure.
    """

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        square = total(ns, [v * v for v in x])
        one = ns.const(1.0)
        return [*(ns.const(2.0) * v / (square + one) for v in x), (square - one) / (square + one)]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        # As a function of the chart's coordinates: of the last entry only the sign is read.
        rest = ns.const(1.0)
        for v in y[:-1]:
            rest = rest - v * v
        last = ns.sqrt(rest) * (y[-1] / ns.abs(y[-1]))
        return [v / (ns.const(1.0) - last) for v in y[:-1]]

    return event_map(
        "unit_vector",
        forward,
        inverse,
        "(2 x, |x|^2 - 1)/(|x|^2 + 1)",
        "do Carmo 1992, stereographic projection",
        codomain=Interval(-1.0, 1.0, True, True),
        target=Sphere,
        output_shape=longer,
        input_shape=shorter,
        sums=True,
    )
