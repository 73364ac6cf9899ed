"""Maps that put the entries of an event elsewhere: every entry exact, log|det J| = 0."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from adapters.numpy.events.entries import event, flat, per_event
from adapters.numpy.pairs import Pair
from adapters.numpy.transforms import Map

Shape = tuple[int, ...]


class Arranged(Map):
    """Entry i of the output is entry ``places[i]`` of the input, or ``filling`` where that is -1."""

    increasing = None

    def __init__(
        self,
        places: Callable[[int], Sequence[int]],
        shapes: Callable[[int], tuple[Shape, Shape]],
        ranks: tuple[int, int],
        filling: float = 0.0,
    ) -> None:
        """places, shapes: of events of so many entries, where they go, and the shape before and after."""
        self._places, self._shapes, self._filling = places, shapes, filling
        self.event_rank, self.output_rank = ranks

    def forward(self, x: Pair) -> Pair:
        entries = flat(x, self.event_rank)
        filled = per_event(x, self.event_rank, self._filling)
        _, after = self._shapes(len(entries))
        return event([filled if at < 0 else entries[at] for at in self._places(len(entries))], after)

    def inverse(self, y: Pair) -> Pair:
        entries = flat(y, self.output_rank)
        count = next(n for n in range(1, len(entries) + 1) if self._fits(n, len(entries)))
        found: dict[int, Pair] = {at: entries[i] for i, at in enumerate(self._places(count)) if at >= 0}
        before, _ = self._shapes(count)
        return event([found[i] for i in range(count)], before)

    def _fits(self, count: int, entries: int) -> bool:
        try:
            before, after = self._shapes(count)
            return (math.prod(before), math.prod(after)) == (count, entries)
        except ValueError:
            return False

    def fldj(self, x: Pair) -> Pair:
        return per_event(x, self.event_rank)

    def ildj(self, y: Pair) -> Pair:
        return per_event(y, self.output_rank)


def permute(permutation: tuple[float, ...]) -> Map:
    """y_i = x_permutation[i]."""
    order = whole_numbers("permutation", permutation)
    if sorted(order) != list(range(len(order))):
        raise ValueError("permutation names every entry once")
    return Arranged(lambda n: order, lambda n: ((len(order),), (len(order),)), (1, 1))


def permute_blocks(lengths: tuple[float, ...], order: tuple[float, ...]) -> Map:
    """Block order[i] of the vector's becomes the i-th."""
    sizes, chosen = whole_numbers("lengths", lengths), whole_numbers("order", order)
    if min(sizes) < 1 or sorted(chosen) != list(range(len(sizes))):
        raise ValueError("order names every block of lengths once, none of which is empty")
    starts = [sum(sizes[:block]) for block in range(len(sizes))]
    return permute(tuple(float(starts[block] + k) for block in chosen for k in range(sizes[block])))


def reshape(event_in: tuple[float, ...], event_out: tuple[float, ...]) -> Map:
    """The same entries in C order."""
    before, after = whole_numbers("event_in", event_in), whole_numbers("event_out", event_out)
    if min(*before, *after, 1) < 1 or math.prod(before) != math.prod(after):
        raise ValueError("event_in and event_out have as many entries")
    return Arranged(range, lambda n: (before, after), (len(before), len(after)))


def transpose(event_in: tuple[float, ...], perm: tuple[float, ...]) -> Map:
    """Axis i of the result is axis perm[i]."""
    before, axes = whole_numbers("event_in", event_in), whole_numbers("perm", perm)
    if sorted(axes) != list(range(len(before))) or min(before) < 1:
        raise ValueError("perm names every axis of event_in once")
    places = np.arange(math.prod(before)).reshape(before).transpose(axes)
    order = places.ravel().tolist()
    return Arranged(lambda n: order, lambda n: (before, places.shape), (len(before), len(before)))


def pad(before: float, after: float, value: float) -> Map:
    """``before`` entries equal to ``value``, the vector, ``after`` more of them."""
    front, behind = whole_numbers("before and after", (before, after))
    if min(front, behind) < 0 or front + behind == 0:
        raise ValueError("before and after are at least one entry together, and neither is negative")
    return Arranged(
        lambda n: [-1] * front + list(range(n)) + [-1] * behind,
        lambda n: ((n,), (n + front + behind,)),
        (1, 1),
        value,
    )


def fill_triangular(upper: bool = False) -> Map:
    """A triangle filled in a clockwise spiral, the lower one from its end, the upper one from its corner."""
    if not isinstance(upper, bool):
        raise ValueError("upper is true or false")

    def places(count: int) -> list[int]:
        n = triangle_size(count)
        vector = list(range(count))
        wound = np.array(vector + vector[n:][::-1] if upper else vector[n:] + vector[::-1]).reshape(n, n)
        kept = np.triu(np.ones((n, n), bool)) if upper else np.tril(np.ones((n, n), bool))
        return np.where(kept, wound, -1).ravel().tolist()

    return Arranged(places, lambda count: ((count,), (triangle_size(count),) * 2), (1, 2))


def triangle_size(entries: int) -> int:
    """n where the triangle of an n x n matrix, its diagonal included, has so many entries."""
    n = (math.isqrt(8 * entries + 1) - 1) // 2
    if n < 1 or n * (n + 1) != 2 * entries:
        raise ValueError(f"{entries} entries make no triangle of a matrix")
    return n


def whole_numbers(name: str, value: object) -> tuple[int, ...]:
    """A list of whole numbers. ValueError, on one line, for anything else."""
    if not isinstance(value, tuple) or not value or not all(isinstance(v, float) and v == int(v) for v in value):
        raise ValueError(f"{name} is a list of whole numbers")
    return tuple(int(v) for v in value)
