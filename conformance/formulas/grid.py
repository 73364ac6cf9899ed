"""``--as``: a subject's text in which upper-case names stand for parameters, and the grid that they run through."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from adapters.interface.spec import vanishes
from conformance.comparison.plan import BadRequest, defined_subject

DEFAULTS: Mapping[str, tuple[float, ...]] = {
    "loc": (0.0, 4.0, 10.0),
    "shift": (-1.25, 0.5, 10.0),
    "scale": (-2.5, 0.125, 1.0, 20.0),
    "log_scale": (-2.0, 0.75),
    "low": (-2.5, 0.25),
    "high": (0.75, 3.0),
    "rate": (0.125, 1.5, 20.0),
    "df": (1.0, 5.0, 30.0),
    "exponent": (-1.5, 0.375, 2.5),
    "power": (0.5, 1.75),
    "concentration": (-0.25, 0.625, 2.5),
    "concentration0": (0.375, 2.5),
    "concentration1": (0.625, 1.75),
    "hinge_softness": (0.25, 2.5),
    "skewness": (-0.5, 0.75),
    "tailweight": (0.375, 1.5),
    "temperature": (0.125, 0.75),
    "logits": (-2.5, 0.75, 10.0),
}
"""What a parameter of this name runs through where nothing else is said: where people begin, and where formulas end.
At most 8 significant bits, so that every dtype holds them. What a definition refuses (a negative scale of a normal
distribution) is left out, so a name may serve several definitions."""

MOST_POINTS = 100

_SUGGESTION = re.compile(r" \(did you mean|; conformance list")
_NAME = re.compile(r"[A-Z]\w*")

Grid = dict[str, tuple[float, ...]]


def names_in(text: str) -> dict[str, str]:
    """The names of parameters in ``text``, in its order, each with the parameter of the definition that it stands for.

    A name is a word that begins with a capital letter and stands where a number would: after "=", or in a list.
    """
    found: dict[str, str] = {}
    for _, _, name, role in _places(text):
        found.setdefault(name, role)
    return found


def _places(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, name, role) of every occurrence."""
    for found in re.finditer(r"(\w+)\s*=\s*(\[[^=]*\]|[A-Z]\w*)", text):
        role, start = found[1], found.start(2)
        for name in _NAME.finditer(found[2]):
            before = found[2][: name.start()]
            if not re.search(r"[\w.]$", before):
                yield start + name.start(), start + name.end(), name[0], role


def with_values(text: str, point: Mapping[str, float]) -> str:
    """``text`` with the numbers of ``point`` in the places of their names."""
    for start, end, name, _ in reversed(list(_places(text))):
        text = f"{text[:start]}{point[name]!r}{text[end:]}"
    return text


def grid_of(text: str, given: Sequence[str]) -> Grid:
    """The values of every name in ``text``: those of ``given`` (each "NAME=NUMBER,NUMBER"), else the defaults.

    Raises BadRequest, one line, for a name that is not in the text, for what is no number, and for a parameter that
    has no default.
    """
    roles = names_in(text)
    said = _given(given, roles)
    for name, role in roles.items():
        if name not in said and role not in DEFAULTS:
            _is_a_parameter(text, roles)
            raise BadRequest(f"{name} stands for {role}, for which there are no usual values: --grid {name}=1,2.5")
    return {name: said.get(name, DEFAULTS.get(role, ())) for name, role in roles.items()}


def _is_a_parameter(text: str, roles: Mapping[str, str]) -> None:
    """Raises BadRequest where a definition in ``text`` has no such parameters, whatever their values."""
    try:
        defined_subject(with_values(text, dict.fromkeys(roles, 1.0)))
    except BadRequest as problem:
        if " takes " in str(problem):
            raise BadRequest(f"--as: {problem}") from None


def _given(given: Sequence[str], roles: Mapping[str, str]) -> Grid:
    found: Grid = {}
    for one in given:
        word, mark, numbers = one.partition("=")
        name = next((name for name in roles if name.casefold() == word.strip().casefold()), "")
        if not mark or not name:
            there = f"the parameters in --as are {', '.join(roles)}" if roles else "--as has no parameter in upper case"
            raise BadRequest(f"--grid {one}: {there}; write --grid NAME=0.5,2")
        if name in found:
            raise BadRequest(f"--grid {name} is given twice; write all its values at once, --grid {name}=0.5,2")
        found[name] = _numbers(numbers, one)
    return found


def _numbers(text: str, said: str) -> tuple[float, ...]:
    values = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        try:
            value = float(word)
        except ValueError:
            raise BadRequest(f"--grid {said}: {word!r} is not a number") from None
        if not math.isfinite(value):
            raise BadRequest(f"--grid {said}: {word} is not finite")
        if vanishes(word, value):
            raise BadRequest(f"--grid {said}: {word} is below every format; write 0 for zero")
        values.append(value)
    if not values:
        raise BadRequest(f"--grid {said}: no value; write --grid NAME=0.5,2")
    return tuple(dict.fromkeys(values))


def points_of(text: str, grid: Grid, given: Sequence[str]) -> tuple[dict[str, dict[str, float]], list[str]]:
    """Subject -> the value of every name, in the order of the grid; and what was left out, a line each.

    A combination that the definition refuses is left out. It is told where all its values are from ``given``, or one of
    them that no other combination holds. Raises BadRequest where none is left, which is what a text that no definition
    reads comes to.
    """
    count = math.prod(len(values) for values in grid.values())
    if count > MOST_POINTS:
        raise BadRequest(f"the grid has {count} points; at most {MOST_POINTS} are judged at once: --grid NAME=0.5,2")
    points: dict[str, dict[str, float]] = {}
    refused: list[tuple[dict[str, float], str]] = []
    for values in itertools.product(*grid.values()):
        point = dict(zip(grid, values, strict=True))
        try:
            points.setdefault(defined_subject(with_values(text, point)), point)
        except BadRequest as problem:
            refused.append((point, str(problem)))
    if not points:
        # The last values are the plainest: what is wrong with the text itself is not hidden by a value of the grid.
        raise BadRequest(f"--as: {refused[-1][1]}")
    said = _given(given, names_in(text))
    kept = {(name, value) for point in points.values() for name, value in point.items()}
    told = []
    for point, why in refused:
        lost = any(name in said and (name, value) not in kept for name, value in point.items())
        if lost or set(said) == set(grid):
            told.append(f"{written(point)}: {_SUGGESTION.split(why)[0]}")
    return points, told


def written(point: Mapping[str, float]) -> str:
    """``LOC=4, SCALE=0.125``."""
    return ", ".join(f"{name}={value:g}" for name, value in point.items())
