"""Which steps of a program one side of a choice alone needs, so that a loop may jump over them.

Guarantee: a step is put into the scope of a side of a choice only where every way from it to what is asked for leads
through that side. Where that side is chosen for none of the elements at hand, the step need not be done.

Formulas choose between a near and a far branch, and most floats lie far out: of the 2,033 steps of a log-det of tanh a
sixth is needed where all elements are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.numpy.traced import Program

_LEAST = 8
"""Steps that a jump is worth."""

Side = tuple[int, bool]
"""A choice, by its place, and whether its condition holds."""
Scope = tuple[Side, ...]
"""From the outermost side to the innermost."""


@dataclass
class Choice:
    """Selections by one condition that stand next to each other, as those of the two words of a pair do."""

    condition: int
    selections: list[int]
    sides: dict[bool, list[Item]] = field(default_factory=lambda: {True: [], False: []})
    """What is done for one side alone, in order; empty where that is not worth a jump."""


Item = int | Choice
"""A step, or a choice in the place of its selections."""


def scheduled(program: Program, leaves: Sequence[int], targets: Sequence[int]) -> list[Item]:
    """Everything that ``targets`` are made of, in order; ``leaves`` are known."""
    needed = _needed(program, leaves, targets)
    choices = _choices(program, needed)
    at_last = {choice.selections[-1]: place for place, choice in enumerate(choices)}
    selections = {one for choice in choices for one in choice.selections}
    scopes = _scopes(program, needed, choices, at_last, targets)
    sizes: dict[Side, int] = {}
    for at in needed:
        for side in scopes[at]:
            sizes[side] = sizes.get(side, 0) + (program.steps[at].operation != "constant")
    outermost: list[Item] = []
    for at in needed:
        worth = [side for side in scopes[at] if sizes[side] >= _LEAST]
        into = choices[worth[-1][0]].sides[worth[-1][1]] if worth else outermost
        if at in at_last:
            into.append(choices[at_last[at]])
        elif at not in selections:
            into.append(at)
    return outermost


def _needed(program: Program, leaves: Sequence[int], targets: Sequence[int]) -> list[int]:
    known, found = set(leaves), set[int]()
    waiting = [one for one in targets if one not in known]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [one for one in program.steps[at].operands if one not in known]
    return sorted(found)


def _choices(program: Program, needed: Sequence[int]) -> list[Choice]:
    """Nothing but constants stands between the selections of one, so that none is made of another, nor of what is."""
    choices: list[Choice] = []
    adjacent = False
    for at in needed:
        step = program.steps[at]
        if step.operation == "where":
            last = choices[-1] if adjacent else None
            if last and last.condition == step.operands[0] and not set(last.selections) & set(step.operands):
                last.selections.append(at)
            else:
                choices.append(Choice(step.operands[0], [at]))
        adjacent = step.operation == "where" or (adjacent and step.operation == "constant")
    return choices


def _scopes(
    program: Program, needed: Sequence[int], choices: Sequence[Choice], at_last: dict[int, int], targets: Sequence[int]
) -> dict[int, Scope]:
    """Of every step the sides that all of its users share: users come after what they use."""
    users: dict[int, list[Scope]] = {at: [()] if at in targets else [] for at in needed}
    scopes: dict[int, Scope] = {}

    def uses(operand: int, scope: Scope) -> None:
        if operand in users:
            users[operand].append(scope)

    for at in reversed(needed):
        if at in at_last:  # The last of its choice is the first to be met, and all of their users have been.
            selections = choices[at_last[at]].selections
            scope = _shared([one for selection in selections for one in users[selection]])
            for selection in selections:
                scopes[selection] = scope
                condition, held, otherwise = program.steps[selection].operands
                uses(condition, scope)
                uses(held, (*scope, (at_last[at], True)))
                uses(otherwise, (*scope, (at_last[at], False)))
        elif at not in scopes:
            scopes[at] = _shared(users[at])
            for operand in program.steps[at].operands:
                uses(operand, scopes[at])
    return scopes


def _shared(scopes: Sequence[Scope]) -> Scope:
    shortest = min(scopes, key=len)
    for depth, side in enumerate(shortest):
        if any(scope[depth] != side for scope in scopes):
            return shortest[:depth]
    return shortest
