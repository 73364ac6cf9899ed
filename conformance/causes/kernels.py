"""The kernel under a component: an elementary operator that is wrong by itself at the very number that it is handed.

Shown, and not guessed: the framework's own call is watched, each of its elementary operators is held against Arb at
exactly the input that it got, and one is named only where it alone is wrong there and the component comes out right,
by the comparison's own scoring, with the operator's exact result in its place. What an operator loses because its
input was inexact already is not its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.operators import Operator
from adapters.interface.quantities import NO_FUNCTIONS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import UNFAITHFUL, by_row
from conformance.causes.drafts import Draft
from conformance.causes.lines import NOT_A_FAULT
from conformance.causes.naming import NARROWED, SUBNORMAL, UNATTRIBUTED
from conformance.causes.records import Kernel
from conformance.causes.tracing import AskerFor, Traced
from conformance.causes.writing import OF_THE_CALL, ranked
from conformance.execution.operators import Watched
from conformance.execution.request import Array, Request
from conformance.floats.formats import FORMATS, Format
from conformance.floats.rounding import round_enclosures
from conformance.judging.confirm import decimal_text, hex_text, json_number
from conformance.oracle.pointwise.elementary import digits_of, elementary
from conformance.scoring.distance import distances
from conformance.scoring.failures import ACCUSES_NOBODY, classify
from conformance.scoring.tolerance import Tolerance, default_tolerance

_COPIES = 64
"""As often as scripts repeat a value: below two vector registers frameworks compute on another path."""

_TRIED = 6
"""Failing inputs of a cause at which its operators are watched."""

NEARER = 4.0
"""An exact operator leaves at most this part of the error, or UNFAITHFUL; what it merely brings within the tolerance is
not explained by it."""

_MOST_NUMBERS = 256
"""Different inputs of one operator that are compared with Arb; a call with more of them is left alone."""


class Watching(Protocol):
    """The part of a framework client that says which operators a call consists of."""

    def operators(self, request: Request, instead: Mapping[int, Array]) -> Watched | None: ...


@dataclass(frozen=True)
class Shown:
    """An operator that explains one wrong answer: the function it is, and where it is wrong by itself."""

    name: str
    function: str
    inputs: tuple[Array, ...]
    got: Array
    expected: Array
    ulp: float


def kernel_of(draft: Draft, client: Watching, asker_for: AskerFor, flushing: Mapping[str, bool]) -> Kernel | None:
    """The kernel that explains the draft's example and most of the failing inputs that are tried; else None.

    A component that is wrong in another way is tipped over its limit by a kernel at single inputs.
    """
    if draft.mechanism in (*OF_THE_CALL, UNATTRIBUTED, NARROWED) or draft.component.endswith(SUBNORMAL):
        return None
    places = _places(draft.members)
    told: list[Shown] = []
    tried = 0
    for one in places:
        wrong, shown = _looked_at(one, client, asker_for, flushing)
        tried += wrong
        if shown is not None:
            told.append(shown)
        elif not told:  # Not at the example.
            return None
    explained = [one for one in told if one.name == told[0].name]
    if not told or 2 * len(explained) <= tried:
        return None
    first, found = places[0], told[0]
    numbers = [float(each) for each in found.inputs]
    return Kernel(
        name=found.name,
        function=found.function,
        subject=first.leaf.subject,
        quantity=first.leaf.quantity,
        dtype=first.suspect.finding.dtype,
        input=" ".join(decimal_text(each) for each in found.inputs),
        input_hex=" ".join(hex_text(each) for each in found.inputs),
        got=decimal_text(found.got),
        got_hex=hex_text(found.got),
        exact=digits_of(found.function, numbers),
        expected=decimal_text(found.expected),
        expected_hex=hex_text(found.expected),
        ulp=json_number(found.ulp),
        explained=len(explained),
        tried=tried,
        shared=[],
    )


def _places(members: Iterable[Traced]) -> list[Traced]:
    """The example, if it was seen in eager mode, and other failing inputs, of every dtype and quantity in turn."""
    order = ranked(members)
    if not order or order[0].suspect.finding.mode != "eager" or order[0].leaf.quantity in NO_FUNCTIONS:
        return []
    groups: dict[tuple[str, ...], list[Traced]] = {}
    seen = set()
    for one in order:
        mark = (one.axes[:3], one.leaf.x.tobytes())
        if one.suspect.finding.mode == "eager" and one.leaf.quantity not in NO_FUNCTIONS and mark not in seen:
            seen.add(mark)
            groups.setdefault(one.axes[:3], []).append(one)
    turns = [one for turn in range(_TRIED) for some in groups.values() for one in some[turn : turn + 1]]
    return [order[0], *(one for one in turns if one is not order[0])][:_TRIED]


def _looked_at(
    one: Traced, client: Watching, asker_for: AskerFor, flushing: Mapping[str, bool]
) -> tuple[bool, Shown | None]:
    """Whether the answer at one input is wrong when it is watched, and the operator that explains it."""
    subject, quantity, dtype, _ = one.axes
    trial = _Trial(client, asker_for(dtype, "eager"), subject, quantity, one.leaf.x)
    plain = trial.watched({})
    # What is watched must be what is judged: wrong, and the very bits that come unwatched.
    if plain is None or not trial.unchanged(plain):
        return False, None
    before = trial.off(plain)
    if before is None:
        return False, None
    faults = _faults(plain.operators, bool(flushing.get(dtype)))
    names = dict.fromkeys(fault.shown.name for fault in faults.values())
    together = [[place for place, fault in faults.items() if fault.shown.name == name] for name in names]
    for places in [*([place] for place in faults), *(some for some in together if len(some) > 1)]:
        if trial.mended({place: faults[place].exact for place in places}, plain, before):
            return True, faults[places[0]].shown
    return True, None


class _Trial:
    """One quantity at one input, repeated to fill vector registers, with the outputs of operators replaced."""

    def __init__(self, client: Watching, asker: FrameworkAsker, subject: str, quantity: str, x: Array) -> None:
        self._client, self._asker, self._subject, self._quantity = client, asker, subject, quantity
        self._x = x[None]
        self._rows = np.repeat(self._x, _COPIES, axis=0)

    def watched(self, instead: Mapping[int, Array]) -> Watched | None:
        request = Request(self._subject, self._quantity, self._asker.fmt.name, "eager", self._rows)
        return self._client.operators(request, instead)

    def unchanged(self, plain: Watched) -> bool:
        """Whether the answer is the same, bit for bit, as without a watch."""
        reply = self._asker.ask(self._subject, self._quantity, self._rows)
        return reply.values is not None and _alike(reply.values, plain.values)

    def off(self, watched: Watched) -> float | None:
        """How many ulp the answer is off where it is wrong; None where it is right, or none for each row."""
        rows = by_row(watched.values, _COPIES, self._asker.fmt)
        if rows is None or watched.values.dtype.name != self._asker.fmt.name:
            return None
        question = (self._subject, self._quantity, self._x, np.ascontiguousarray(rows[:1]))
        right = np.isin(self._asker.judge(*question), NOT_A_FAULT).all()
        return None if right else float(self._asker.ulp(*question)[0])

    def mended(self, instead: Mapping[int, Array], plain: Watched, before: float) -> bool:
        """Whether with these outputs, the same operators having been called, the answer is right, and by far nearer."""
        other = self.watched(instead)
        if other is None or [one.name for one in other.operators] != [one.name for one in plain.operators]:
            return False
        rows = by_row(other.values, _COPIES, self._asker.fmt)
        if rows is None or self.off(other) is not None:
            return False
        after = self._asker.ulp(self._subject, self._quantity, self._x, np.ascontiguousarray(rows[:1]))
        return bool(after[0] <= max(UNFAITHFUL, before / NEARER))


@dataclass(frozen=True)
class _Fault:
    """Where an operator is wrong by itself, and its output with exact results in the place of the wrong ones."""

    shown: Shown
    exact: Array


def _faults(operators: Sequence[Operator], flushes: bool) -> dict[int, _Fault]:
    """By place the operators that are wrong at their own inputs."""
    found = {place: _fault(one, flushes) for place, one in enumerate(operators)}
    return {place: fault for place, fault in found.items() if fault is not None}


def _fault(one: Operator, flushes: bool) -> _Fault | None:
    fmt = FORMATS.get(one.output.dtype.name)
    if fmt is None or not one.output.size:
        return None
    # The same numbers stand there many times over.
    columns = [np.ascontiguousarray(each).reshape(-1) for each in (*one.inputs, one.output)]
    bits = np.stack([column.view(f"u{column.dtype.itemsize}") for column in columns])
    _, first, back = np.unique(bits, axis=1, return_index=True, return_inverse=True)
    if len(first) > _MOST_NUMBERS:
        return None
    numbers, got = [column[first] for column in columns[:-1]], columns[-1][first]
    truth = elementary(one.function, numbers, fmt)
    off = distances(got, truth, fmt)
    # Its input is exact, so nothing is granted to it.
    rule = Tolerance(default_tolerance(fmt).ulp, 0.0, 0.0)
    codes = classify(got, truth, fmt, log_quantity=False, codomain=None, tolerance=rule, off=off)
    wrong = ~np.isin(codes, ACCUSES_NOBODY)
    exact, _ = round_enclosures(truth, fmt)
    if flushes:
        wrong &= ~_flushed(numbers, fmt) & ~_flushed([exact], fmt)
    if not wrong.any():
        return None
    worst = int(np.argmax(np.where(wrong, np.nan_to_num(off.ulp, nan=np.inf), -1.0)))
    inputs = tuple(np.asarray(each[worst]) for each in numbers)
    shown = Shown(
        one.name, one.function, inputs, np.asarray(got[worst]), np.asarray(exact[worst]), float(off.ulp[worst])
    )
    whole = np.where(wrong, exact, got)[back.reshape(-1)].reshape(one.output.shape).astype(one.output.dtype)
    return _Fault(shown, whole)


def _flushed(columns: Sequence[Array], fmt: Format) -> NDArray[np.bool_]:
    """Where a number is subnormal: a framework that flushes all of them has that as a cause of its own."""
    sizes = [np.abs(column.astype(np.float64)) for column in columns]
    return np.asarray(np.any([(size > 0) & (size < fmt.min_normal) for size in sizes], axis=0))


def _alike(first: Array, second: Array) -> bool:
    """Equal to the bit, whatever nan is made of."""
    if (first.shape, first.dtype) != (second.shape, second.dtype):
        return False
    a, b = first.astype(np.float64), second.astype(np.float64)
    return bool(((a == b) & (np.signbit(a) == np.signbit(b)) | (np.isnan(a) & np.isnan(b))).all())
