"""One call of a framework taken apart: what came out, and the elementary operators that it called on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.interface.operators import ARGUMENTS, Operator
from conformance.execution.request import Array


@dataclass(frozen=True)
class Watched:
    """The answer to a request, untouched, and its operators in the order of their calls."""

    values: Array
    operators: tuple[Operator, ...]


def watched_from(header: dict[str, Any], arrays: Sequence[Array]) -> Watched | None:
    """What a worker's reply says; None where that is no such reply, whoever wrote it."""
    told = header.get("operators")
    if header.get("status") != "ok" or not isinstance(told, list) or not arrays:
        return None
    waiting = iter(arrays[1:])
    try:
        operators = tuple(_operator(entry, waiting) for entry in told)
    except (StopIteration, RuntimeError, TypeError, ValueError):
        return None
    return Watched(arrays[0], operators) if next(waiting, None) is None else None


def _operator(entry: Any, waiting: Iterator[Array]) -> Operator:
    name, function, count = entry
    if not isinstance(name, str) or ARGUMENTS.get(str(function)) != count:
        raise ValueError(f"no operator: {entry!r:.80}")
    arrays = [next(waiting) for _ in range(count + 1)]
    if any((each.shape, each.dtype) != (arrays[-1].shape, arrays[-1].dtype) for each in arrays):
        raise ValueError("inputs of another form than the output")
    return Operator(name, function, tuple(arrays[:-1]), arrays[-1])
