"""What the truth at one event costs, told beforehand from the definition: the same on every machine.

A definition runs once over numbers that hold nothing but the coordinates that they depend on, and count the steps that
balls and dual numbers would take. So the rows of a case do not depend on how fast a machine is, as they would by a
clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any

from adapters.interface.quantities import LOG_DETS, MIRROR, variable
from conformance.definitions.registry import event_law, is_distribution, is_event_law, transform_definition
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.triangles import blocks, elimination_order

_STEP, _FUNCTION, _RESULT = 0.12e-6, 0.8e-6, 0.25e-6
_DUAL_STEP, _SLOPE, _DUAL_FUNCTION, _PIVOT = 0.8e-6, 0.3e-6, 10e-6, 0.02e-6
"""Seconds of a step of balls, of a function of one, and of comparing one result with another; the same of dual numbers
and of each of their derivatives; of a step of a determinant: about what they took on one core of 2.5 GHz. Nothing but
the number of rows of large events depends on them."""

_ROUNDS = 2
"""Evaluations before a result is narrow enough, about."""


@dataclass(frozen=True)
class Counted:
    """coordinates: those that a number depends on, one bit each. curved: its derivatives are no constants."""

    counter: Counter
    coordinates: int
    curved: bool = False

    def _with(self, other: Any, steps: int, curved: bool) -> Counted:
        both = self.coordinates | (other.coordinates if isinstance(other, Counted) else 0)
        self.counter.value += steps
        self.counter.slope += steps * both.bit_count()
        return Counted(self.counter, both, curved or self.curved or (isinstance(other, Counted) and other.curved))

    def __neg__(self) -> Counted:
        return self._with(None, 1, False)

    def __add__(self, other: Any) -> Counted:
        return self._with(other, 1, False)

    __radd__ = __sub__ = __rsub__ = __add__

    def _moves(self, other: Any) -> bool:
        return bool(self.coordinates and isinstance(other, Counted) and other.coordinates)

    def __mul__(self, other: Any) -> Counted:
        return self._with(other, 2, self._moves(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Counted:
        return self._with(other, 4, isinstance(other, Counted) and bool(other.coordinates))

    def __rtruediv__(self, other: Any) -> Counted:
        return self._with(other, 4, bool(self.coordinates))


class Counter:
    """A number system over ``Counted`` that adds up what it is asked for."""

    def __init__(self) -> None:
        self.value = self.slope = self.function = self.pivot = 0

    def variables(self, count: int) -> list[Counted]:
        return [Counted(self, 1 << j) for j in range(count)]

    def const(self, value: float) -> Counted:
        return Counted(self, 0)

    def once(self, constant: Callable[[Any], Any]) -> Counted:
        return self.const(0.0)

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        return below(x) + above(x)

    def __getattr__(self, name: str) -> Callable[..., Counted]:
        """Any function of one number, and any constant."""

        def function(x: Any = None, *parameters: Any) -> Counted:
            if not isinstance(x, Counted):
                return self.const(0.0)
            self.function += 1
            return x._with(None, 1, bool(x.coordinates))

        return function

    @property
    def of_balls(self) -> float:
        """Seconds of the steps over balls."""
        return self.value * _STEP + self.function * _FUNCTION

    @property
    def of_duals(self) -> float:
        """Seconds of the steps over dual numbers."""
        steps = self.value * _DUAL_STEP + self.slope * _SLOPE
        return steps + self.function * _DUAL_FUNCTION + self.pivot * _PIVOT


def seconds_per_event(subject: str, quantity: str, shape: Shape) -> float:
    """About what ``quantity`` of ``subject`` costs by balls at one event of ``shape``, in seconds of one core; 0 where
    inputs are numbers. Condition numbers, which take an evaluation for every entry, are in it."""
    if is_event_law(subject):
        return _of_law(subject, quantity)
    if is_distribution(subject) or not shape:
        return 0.0
    return _of_map(subject, quantity, shape)


@lru_cache(maxsize=4096)
def _of_map(subject: str, quantity: str, shape: Shape) -> float:
    definition = transform_definition(subject)
    while definition.kind == "inverse":
        definition, quantity = definition.parts[0], MIRROR[quantity]
    evaluations = _ROUNDS + prod(shape)
    if quantity in LOG_DETS and not definition.has_log_det:
        return 0.0
    if quantity == "forward":
        return evaluations * (_values(definition, shape) + prod(definition.output_event(shape)) * _RESULT)
    if quantity == "fldj":
        return 0.0 if _flat(definition, shape) else evaluations * _log_det(definition, shape)
    inner, guess = definition.input_event(shape), _candidate(definition, shape)
    if quantity == "inverse":
        return _ROUNDS * _inverse(definition, shape) + evaluations * (guess + prod(inner) * _RESULT)
    if _flat(definition, inner):
        return 0.0
    return _ROUNDS * _inverse(definition, shape) + evaluations * (guess + _log_det(definition, inner))


@lru_cache(maxsize=1024)
def _of_law(subject: str, quantity: str) -> float:
    law = event_law(subject)
    entries = law.space.size
    if law.log_terms is not None:
        counter = Counter()
        list(law.log_terms(counter, counter.variables(entries)))
        return (_ROUNDS + entries) * counter.of_balls
    of_entries = (_ROUNDS + entries) * entries * _DUAL_FUNCTION
    if law.transform is None:
        return of_entries
    if variable(quantity) == "x":
        return of_entries + (_ROUNDS + entries) * _log_det(law.transform, law.source.shape)
    inverse = _inverse(law.transform, law.event) + entries * _candidate(law.transform, law.event)
    return of_entries + inverse + (_ROUNDS + entries) * _log_det(law.transform, law.source.shape)


def _of_parts(definition: TransformDefinition, shape: Shape) -> Iterable[tuple[TransformDefinition, Shape]]:
    for part in definition.parts:
        yield part, shape
        shape = part.output_event(shape)


def _values(definition: TransformDefinition, shape: Shape) -> float:
    if definition.kind == "chain":
        return sum(_values(part, at) for part, at in _of_parts(definition, shape))
    if definition.kind == "inverse":
        return _inverse(definition.parts[0], shape)
    counter = Counter()
    definition.forward(counter, counter.variables(prod(shape)))
    return counter.of_balls


def _candidate(definition: TransformDefinition, shape: Shape) -> float:
    counter = Counter()
    definition.inverse_candidate(counter, counter.variables(prod(shape)))
    return counter.of_balls


def _log_det(definition: TransformDefinition, shape: Shape) -> float:
    if definition.kind == "chain":
        return sum(_log_det(part, at) + _values(part, at) for part, at in _of_parts(definition, shape))
    if definition.kind == "inverse":
        part, inner = definition.parts[0], definition.output_event(shape)
        return _inverse(part, shape) + _log_det(part, inner)
    counter, outputs = _jacobian(definition, shape)
    rows = [_coordinates(output) for output in outputs]
    counter.value += sum(map(len, rows))
    if elimination_order(rows) is None:
        counter.pivot += sum(len(block) ** 3 for block, _ in blocks(rows))
    return counter.of_duals + len(rows) * 4 * _FUNCTION


def _flat(definition: TransformDefinition, shape: Shape) -> bool:
    """Whether the log-det is one number everywhere, which is proved once and not asked again."""
    if definition.kind != "leaf":
        return False
    return definition.isometry or not any(getattr(one, "curved", False) for one in _jacobian(definition, shape)[1])


def _inverse(definition: TransformDefinition, shape: Shape) -> float:
    """Of the proof: brackets, or the Krawczyk operator with three Jacobians and the products of matrices."""
    if definition.kind == "chain":
        cost = 0.0
        for part in reversed(definition.parts):
            cost, shape = cost + _inverse(part, shape), part.input_event(shape)
        return cost
    if definition.kind == "inverse":
        return _values(definition.parts[0], shape)
    inner = definition.input_event(shape)
    if definition.one_sided:
        return _candidate(definition, shape)
    if definition.kind == "entrywise":
        return 8 * _values(definition, inner)
    counter, outputs = _jacobian(definition, inner)
    if not counter.value + counter.function:
        return 0.0  # It moves entries about: the candidate is met exactly.
    rows = [_coordinates(output) for output in outputs]
    if all(max(row, default=0) <= i for i, row in enumerate(rows)):
        return counter.of_duals + 2 * len(rows) * _values(definition, inner)
    counter.pivot += 2 * len(rows) ** 3
    return 3 * counter.of_duals


def _jacobian(definition: TransformDefinition, shape: Shape) -> tuple[Counter, Sequence[Any]]:
    """What dual numbers over the coordinates of the source take, and the outputs that are coordinates of the target."""
    counter = Counter()
    source, target = definition.source_at(shape), definition.target_at(definition.output_event(shape))
    entries = source.completed(counter, counter.variables(len(source.free)))
    outputs = definition.forward(counter, entries)
    return counter, [outputs[index] for index in target.free]


def _coordinates(output: Any) -> list[int]:
    bits = getattr(output, "coordinates", 0)
    return [j for j in range(bits.bit_length()) if bits >> j & 1]
