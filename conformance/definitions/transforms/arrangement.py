"""Maps that put the entries of an event elsewhere and leave them as they are: log|det J| = 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod
from typing import Any

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.spaces import Family, Shape
from conformance.definitions.spaces.padded import Padded
from conformance.definitions.spaces.triangular import TriangularReals, square, triangle_size
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, length_of, same_length
from conformance.definitions.transforms.parameters import BadParameter, permutation_of, whole_numbers

Order = Callable[[int], Sequence[int]]
"""For events of so many entries: which entry of the input stands at each place of the output; -1 for none."""


def _arranged(
    name: str,
    params: dict[str, Any],
    order: Order,
    event: Shape,
    output_shape: Callable[[Shape], Shape],
    input_shape: Callable[[Shape], Shape],
    formula: str,
    target: Family | None = None,
    filling: float = 0.0,
) -> TransformDefinition:
    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        return [ns.const(filling) if at < 0 else x[at] for at in order(len(x))]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        # The places are those of the input that has as many entries as the output keeps.
        kept = next(n for n in range(1, len(y) + 1) if _fits(order, n, len(y)))
        found: list[Element] = [None] * kept
        for place, at in enumerate(order(kept)):
            if at >= 0:
                found[at] = y[place]
        return found

    return event_map(
        name,
        forward,
        inverse,
        formula,
        "elementary",
        params=params,
        event=event,
        target=target,
        output_shape=output_shape,
        input_shape=input_shape,
        extends_to_infinity=True,
    )


def _fits(order: Order, entries: int, places: int) -> bool:
    try:
        found = order(entries)
    except ValueError:
        return False
    return len(found) == places and sum(at >= 0 for at in found) == entries


def permute(permutation: tuple[float, ...]) -> TransformDefinition:
    """y_i = x_permutation[i]."""
    chosen = permutation_of("permute", "permutation", permutation)
    kept = same_length(len(chosen))
    return _arranged(
        "permute", {"permutation": permutation}, lambda n: chosen, (len(chosen),), kept, kept, "y_i = x_permutation[i]"
    )


def reshape(event_in: tuple[float, ...], event_out: tuple[float, ...]) -> TransformDefinition:
    """The same entries in C order under another shape."""
    before = whole_numbers("reshape", "event_in", event_in)
    after = whole_numbers("reshape", "event_out", event_out)
    if min(*before, *after, 1) < 1 or prod(before) != prod(after):
        raise BadParameter("reshape", "event_out", event_out, f"a shape of {prod(before)} entries, as event_in is")

    there, back = _from_one_to_another(before, after)
    params = {"event_in": event_in, "event_out": event_out}
    return _arranged("reshape", params, range, before, there, back, "x.reshape(event_out)")


def transpose(event_in: tuple[float, ...], perm: tuple[float, ...]) -> TransformDefinition:
    """Axis i of the result is axis perm[i] of an event of shape ``event_in``."""
    before = whole_numbers("transpose", "event_in", event_in)
    axes = permutation_of("transpose", "perm", perm)
    if len(axes) != len(before) or min(before) < 1:
        raise BadParameter("transpose", "event_in", event_in, f"a shape of {len(axes)} axes, as perm has")
    after = tuple(before[axis] for axis in axes)
    places = []
    for index in product(*map(range, after)):
        at = 0
        for axis, size in enumerate(before):
            at = at * size + index[axes.index(axis)]
        places.append(at)
    there, back = _from_one_to_another(before, after)
    params = {"event_in": event_in, "perm": perm}
    return _arranged("transpose", params, lambda n: places, before, there, back, "x.transpose(perm)")


def _from_one_to_another(before: Shape, after: Shape) -> tuple[Callable[[Shape], Shape], Callable[[Shape], Shape]]:
    def there(shape: Shape) -> Shape:
        if shape != before:
            raise ValueError(f"takes events of shape {list(before)}, not {list(shape)}")
        return after

    def back(shape: Shape) -> Shape:
        if shape != after:
            raise ValueError(f"gives events of shape {list(after)}, not {list(shape)}")
        return before

    return there, back


def pad(before: float, after: float, value: float) -> TransformDefinition:
    """``before`` entries equal to ``value``, the entries of the vector, ``after`` more of them."""
    front, behind = whole_numbers("pad", "before", (before,))[0], whole_numbers("pad", "after", (after,))[0]
    if front < 0 or behind < 0 or front + behind == 0:
        raise BadParameter("pad", "after", after, "with before at least one entry, and neither of them negative")

    def there(shape: Shape) -> Shape:
        return (length_of(shape) + front + behind,)

    def back(shape: Shape) -> Shape:
        if len(shape) != 1 or shape[0] <= front + behind:
            raise ValueError(f"gives vectors of more than {front + behind} entries, not events of shape {list(shape)}")
        return (shape[0] - front - behind,)

    def order(n: int) -> list[int]:
        return [-1] * front + list(range(n)) + [-1] * behind

    return _arranged(
        "pad",
        {"before": before, "after": after, "value": value},
        order,
        (3,),
        there,
        back,
        "before times value, x, after times value",
        lambda shape: Padded(shape, front, behind, value),
        value,
    )


def fill_triangular(upper: bool = False) -> TransformDefinition:
    """A triangle of an n x n matrix filled from a vector of n (n + 1)/2 entries in a spiral: of the vector without its
    first n entries, followed by the vector reversed, in C order, the triangle is kept (upper: the vector followed by
    its reversed rest).

    Source: the documentation of tfp.math.fill_triangular, which states the order by this construction.
    """
    if not isinstance(upper, bool):
        raise BadParameter("fill_triangular", "upper", upper, "true or false")

    def order(entries: int) -> list[int]:
        n = triangle_size(entries, 1)
        if not upper:
            return [at for i, row in enumerate(spiral(entries)) for at in [*row, *[-1] * (n - 1 - i)]]
        vector = list(range(entries))
        wound = vector + vector[n:][::-1]
        return [at if i <= j else -1 for at, (i, j) in zip(wound, product(range(n), range(n)), strict=True)]

    def there(shape: Shape) -> Shape:
        n = triangle_size(length_of(shape), 1)
        return (n, n)

    def back(shape: Shape) -> Shape:
        n = square(shape, "a triangular matrix")
        return (n * (n + 1) // 2,)

    return _arranged(
        "fill_triangular",
        {"upper": upper},
        order,
        (6,),
        there,
        back,
        "a triangle of a matrix, filled in a spiral",
        lambda shape: TriangularReals(shape, upper),
    )


def spiral(entries: int) -> list[list[int]]:
    """Which entry of the vector ``fill_triangular`` puts at each place of each row of the lower triangle."""
    n = triangle_size(entries, 1)
    vector = list(range(entries))
    wound = vector[n:] + vector[::-1]
    return [wound[i * n : i * n + i + 1] for i in range(n)]
