"""Every finding of one framework traced to the component that explains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from adapters.interface.naming import Component
from adapters.interface.quantities import NO_FUNCTIONS, TAILS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.attribution import Leaf, Tracer, by_row, observed_in
from conformance.causes.suspects import Suspect
from conformance.definitions.registry import is_ready_made
from conformance.execution.request import Request
from conformance.scoring.failures import Failure

_CALLS = {
    Failure.RAISED.label: "raised",
    Failure.CRASHED.label: "crashed",
    Failure.TIMED_OUT.label: "timed_out",
    Failure.DTYPE_CHANGED.label: "dtype",
    Failure.SHAPE_WRONG.label: "shape",
}

AskerFor = Callable[[str, str], FrameworkAsker]
"""(dtype, mode) -> where to ask."""

Question = tuple[str, str, str, str]
"""(subject, quantity, dtype, mode)."""


class Namer(Protocol):
    """The part of a framework client that names components."""

    def components(self, requests: Sequence[Request]) -> Sequence[Component]: ...


@dataclass(frozen=True)
class Traced:
    """A suspect, the leaf it was traced to, and the component that computes the leaf; "" where that has no name.

    own: the component that computes the suspect's own quantity.
    """

    suspect: Suspect
    leaf: Leaf
    component: str
    own: str = ""

    def taken_back(self) -> Traced:
        """The suspect laid to its own component."""
        finding = self.suspect.finding
        return Traced(self.suspect, Leaf(finding.subject, finding.quantity, self.suspect.x, self.suspect.got), self.own)

    @property
    def axes(self) -> tuple[str, str, str, str]:
        """Subject and quantity of the leaf, dtype and mode of the suspect."""
        finding = self.suspect.finding
        return (self.leaf.subject, self.leaf.quantity, finding.dtype, finding.mode)


def trace_all(suspects: Sequence[Suspect], asker_for: AskerFor, namer: Namer) -> list[Traced]:
    """One Traced per suspect, in the order given.

    What another mode shows at the same input in the same way is traced in eager mode alone: compiling every part of
    every composite anew would take longer than the comparison itself, and the two modes share their source.
    """
    order = sorted(range(len(suspects)), key=lambda at: suspects[at].finding.mode != "eager")
    groups: dict[tuple[Question, int], list[int]] = {}
    for at in order:
        finding = suspects[at].finding
        question = (finding.subject, finding.quantity, finding.dtype, finding.mode)
        # What depends on the place in an array is asked alone, since company may make it right.
        groups.setdefault((question, at if finding.law == "L22" else -1), []).append(at)
    leaves: dict[int, Leaf] = {}
    seen: dict[tuple[Any, ...], Leaf] = {}
    for ((_, _, dtype, mode), _), members in groups.items():
        fresh = [at for at in members if _mark(suspects[at]) not in seen]
        for at, leaf in zip(fresh, _leaves(suspects, fresh, asker_for(dtype, mode)), strict=True):
            seen[_mark(suspects[at])] = leaf
        for at in members:
            leaves[at] = seen[_mark(suspects[at])]
    wanted = [
        (leaves[at].subject, leaves[at].quantity, suspects[at].finding.dtype, "eager") for at in range(len(suspects))
    ]
    own = [(one.finding.subject, one.finding.quantity, one.finding.dtype, "eager") for one in suspects]
    unique = list(dict.fromkeys([*wanted, *own]))
    found = namer.components([Request(*question) for question in unique])
    names = dict(zip(unique, found, strict=True))
    traced = []
    for at, one in enumerate(suspects):
        name, whole = names[wanted[at]], names[own[at]]
        known = Traced(one, leaves[at], str(name), str(whole))
        traced.append(known if calls(one.finding.subject, whole, name, known.leaf.quantity) else known.taken_back())
    return traced


def calls(subject: str, whole: Component, part: str, quantity: str) -> bool:
    """Whether ``whole``, which answers for ``subject``, may be wrong because ``part``, which has ``quantity``, is.

    A distribution may make a tail of its own others, as 1 - cdf, and not of its base's: then a base that makes it in
    the same way has the same defect, and is not what ran. And a ready-made law may have formulas of its own.
    """
    if is_ready_made(subject):
        return part in whole.every()
    return quantity not in (*TAILS, "prob", "icdf") or not whole.parts or part in whole.every()


def _mark(suspect: Suspect) -> tuple[Any, ...]:
    finding = suspect.finding
    return (finding.subject, finding.quantity, finding.dtype, finding.kind, suspect.x.tobytes())


def _leaves(suspects: Sequence[Suspect], members: Sequence[int], asker: FrameworkAsker) -> list[Leaf]:
    """The leaves of suspects of one subject, quantity, dtype and mode."""
    found: dict[int, Leaf] = {}
    values = []
    for at in members:
        suspect = suspects[at]
        finding = suspect.finding
        if suspect.group.blamed is not None:
            found[at] = Leaf(*suspect.group.blamed, suspect.x, np.asarray(np.nan))
        elif finding.quantity in NO_FUNCTIONS:
            found[at] = Leaf(finding.subject, finding.quantity, suspect.x, np.asarray(np.nan))
        elif finding.kind in _CALLS:
            kind, message = _CALLS[finding.kind], suspect.measure.message
            found[at] = observed_in(asker, finding.subject, finding.quantity, suspect.x[None], kind, message)
        else:
            values.append(at)
    if values:
        first = suspects[values[0]].finding
        x = np.stack([suspects[at].x for at in values])
        got = by_row(asker.ask(first.subject, first.quantity, x).values, len(x), asker.fmt)
        if got is None:
            leaves = [Leaf(first.subject, first.quantity, row, np.asarray(np.nan)) for row in x]
        else:
            leaves = Tracer(asker).trace(first.subject, first.quantity, x, got)
        found |= dict(zip(values, leaves, strict=True))
    return [found[at] for at in members]
