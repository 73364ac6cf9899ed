"""What a parameter of a map may be, and the one line that says why it may not."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import Any

from adapters.interface.spec import written


class BadParameter(ValueError):
    """A parameter breaks a rule of its map. One line that names the map, the parameter, its value and the rule."""

    def __init__(self, name: str, parameter: str, value: Any, rule: str) -> None:
        super().__init__(f"{name}: {parameter} must be {rule}, not {written(value)}")


def number(name: str, parameter: str, value: Any) -> float:
    """One number."""
    if isinstance(value, bool) or not isinstance(value, float):
        raise BadParameter(name, parameter, value, "a number")
    return value


class BadChoice(BadParameter):
    """Parameters that do not go together."""

    def __init__(self, name: str, rule: str) -> None:
        ValueError.__init__(self, f"{name}: {rule}")


def finite(name: str, **given: float | None) -> None:
    """Every parameter that was given is a finite number. (One that may be left out is None then.)"""
    for parameter, value in given.items():
        if value is not None and not isfinite(number(name, parameter, value)):
            raise BadParameter(name, parameter, value, "finite")


def positive(name: str, **given: float | None) -> None:
    """Every parameter is finite and above 0."""
    finite(name, **given)
    for parameter, value in given.items():
        if value is not None and value <= 0:
            raise BadParameter(name, parameter, value, "positive")


def between_zero_and_one(name: str, **given: float | None) -> None:
    """Every parameter lies strictly between 0 and 1."""
    finite(name, **given)
    for parameter, value in given.items():
        if value is not None and not 0 < value < 1:
            raise BadParameter(name, parameter, value, "between 0 and 1")


def nonzero(name: str, **given: float | None) -> None:
    """Every parameter is finite and not 0."""
    finite(name, **given)
    for parameter, value in given.items():
        if value == 0:
            raise BadParameter(name, parameter, value, "nonzero")


def ascending(name: str, **given: float | None) -> None:
    """The parameters that were given are finite and strictly ascending, in the order in which they are written."""
    finite(name, **given)
    present = [(parameter, value) for parameter, value in given.items() if value is not None]
    for (lower, low), (upper, high) in pairwise(present):
        if low >= high:
            raise BadParameter(name, lower, low, f"below {upper} = {written(high)}")


def together(name: str, **given: float | None) -> None:
    """All of the parameters were given, or none."""
    if len({value is None for value in given.values()}) > 1:
        raise BadChoice(name, f"takes {' and '.join(given)} together, or neither")


def one_of(name: str, **given: float | None) -> None:
    """Exactly one of the parameters was given."""
    if sum(value is not None for value in given.values()) != 1:
        raise BadChoice(name, f"takes exactly one of {' and '.join(given)}")


def whole(name: str, parameter: str, value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, float) or value != int(value):
        raise BadParameter(name, parameter, value, "a whole number")
    return int(value)


def vector(name: str, parameter: str, value: Any) -> tuple[float, ...]:
    """A list of numbers, at least one."""
    if not isinstance(value, tuple) or not value or not all(isinstance(v, float) for v in value):
        raise BadParameter(name, parameter, value, "a list of numbers")
    return value


def whole_numbers(name: str, parameter: str, value: Any) -> tuple[int, ...]:
    """A list of whole numbers, at least one."""
    numbers = vector(name, parameter, value)
    if any(v != int(v) for v in numbers):
        raise BadParameter(name, parameter, value, "a list of whole numbers")
    return tuple(int(v) for v in numbers)


def matrix(name: str, parameter: str, value: Any) -> tuple[tuple[float, ...], ...]:
    """Rows of numbers, all of one length."""
    if not isinstance(value, tuple) or not value or not all(isinstance(row, tuple) and row for row in value):
        raise BadParameter(name, parameter, value, "a list of rows")
    rows = tuple(vector(name, parameter, row) for row in value)
    if len({len(row) for row in rows}) != 1:
        raise BadParameter(name, parameter, value, "a list of rows of one length")
    return rows


def triangular_matrix(name: str, parameter: str, value: Any) -> tuple[tuple[float, ...], ...]:
    """A square matrix with zeros above its diagonal and none on it."""
    rows = matrix(name, parameter, value)
    n = len(rows)
    if len(rows[0]) != n or any(rows[i][j] != 0 for i in range(n) for j in range(i + 1, n)):
        raise BadParameter(name, parameter, value, "a lower triangular matrix")
    if any(rows[i][i] == 0 for i in range(n)):
        raise BadParameter(name, parameter, value, "a matrix without a 0 on its diagonal")
    return rows


def scale_factor(name: str, parameter: str, value: Any) -> tuple[tuple[float, ...], ...]:
    """A lower triangular matrix that is positive on its diagonal: the Cholesky factor of its product with its
    transpose."""
    rows = triangular_matrix(name, parameter, value)
    if min(rows[i][i] for i in range(len(rows))) <= 0:
        raise BadParameter(name, parameter, value, "positive on its diagonal")
    return rows


def permutation_of(name: str, parameter: str, value: Any) -> tuple[int, ...]:
    """Every whole number from 0 on exactly once."""
    numbers = whole_numbers(name, parameter, value)
    if sorted(numbers) != list(range(len(numbers))):
        raise BadParameter(name, parameter, value, f"a permutation of 0 .. {len(numbers) - 1}")
    return numbers
