"""One compiled loop in the place of thousands of NumPy's: for whoever asks for billions of elements, as a sweep does.

Guarantee: the results are NumPy's own, bit for bit (a NaN is a NaN, of either sign; of two zeros NumPy's ``maximum``
and ``minimum`` leave open which one they take), in a process that has subnormal numbers. Each operation of a recorded
program (``traced``) is one instruction of IEEE 754 arithmetic, rounded as NumPy rounds it: nothing is contracted,
reordered or approximated. Functions that are no such operation, SciPy's, are called between one loop and the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.traced import Program, record

_TILE = 4096


def faster(function: Callable[[Any], Any], dtype: Any) -> Callable[[NDArray[Any]], NDArray[Any]] | None:
    """``function`` of one-dimensional arrays of ``dtype``, compiled; None where it cannot be recorded, or where LLVM's
    Python bindings, which come with numba, are not there, too old or broken."""
    try:
        from adapters.numpy import machine_code

        return Loops(record(function, dtype), machine_code)
    except Exception:  # Whatever it is: NumPy is asked then, and says it if it is no matter of compiling.
        return None


@dataclass(frozen=True)
class _Stage:
    """A loop from the arrays of some steps to those of others, and the external steps that are done after it."""

    loop: Callable[..., None] | None
    leaves: tuple[int, ...]
    targets: tuple[int, ...]
    external: tuple[int, ...]


class Loops:
    """A program in stages, each a compiled loop and the calls of NumPy's that follow it."""

    def __init__(self, program: Program, machine_code: Any) -> None:
        self._program, self._lanes = program, machine_code.LANES
        levels: list[int] = []
        for step in program.steps:
            before = max((levels[one] for one in step.operands), default=0)
            levels.append(before if isinstance(step.operation, str) else before + 1)
        known, self._stages = [0], []
        for level in range(levels[program.result] + 1):
            external = self._needed_at(levels, level + 1)
            wanted = {one for at in external for one in program.steps[at].operands}
            if level == levels[program.result]:
                external, wanted = [], {program.result}
            targets = tuple(sorted(wanted - set(known)))
            loop = machine_code.compile_loop(program, known, targets) if targets else None
            self._stages.append(_Stage(loop, tuple(known), targets, tuple(external)))
            known = [*known, *targets, *external]

    def _needed_at(self, levels: list[int], level: int) -> list[int]:
        """The external steps of a level that the result is made of."""
        needed, waiting = set(), [self._program.result]
        while waiting:
            at = waiting.pop()
            if at not in needed:
                needed.add(at)
                waiting += self._program.steps[at].operands
        steps = self._program.steps
        return sorted(at for at in needed if not isinstance(steps[at].operation, str) and levels[at] == level)

    def __call__(self, values: NDArray[Any]) -> NDArray[Any]:
        steps, result = self._program.steps, self._program.result
        found = np.empty(len(values), steps[result].dtype)
        with np.errstate(all="ignore"):
            for at in range(0, len(values), _TILE):
                part = values[at : at + _TILE]
                short = -len(part) % self._lanes
                arrays = {0: np.ascontiguousarray(np.pad(part, (0, short)) if short else part)}
                for stage in self._stages:
                    arrays |= {one: np.empty(len(arrays[0]), steps[one].dtype) for one in stage.targets}
                    if stage.loop:
                        stage.loop(*(arrays[one] for one in (*stage.leaves, *stage.targets)))
                    for one in stage.external:
                        arrays[one] = steps[one].operation(*(arrays[of] for of in steps[one].operands))
                found[at : at + _TILE] = arrays[result][: len(part)]
        return found
