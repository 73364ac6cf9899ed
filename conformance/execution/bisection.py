"""Which rows of a block that died are to blame: found with few deaths, within stated bounds.

A block that dies is cut into sixteen parts, the parts are asked in turn, and those that die are cut again. One guilty
row among N so costs about log16(N) deaths (four for 65,536) instead of log2(N): answers are cheap, restarts are not.
Before a block is cut, a few random rows are asked alone; where all of them die, the block is taken as guilty throughout
and nothing is cut, since a framework that fails on everything would otherwise be restarted for every part.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from conformance.execution.request import STATUS_OF_FATE, Array, Fate

WAYS = 16
PROBES = {Fate.CRASHED: 3, Fate.TIMED_OUT: 1, Fate.RAISED: 12}


@dataclass(frozen=True)
class Limits:
    """Where the search stops; rows not yet told apart then carry the fate of the block that they were in.

    evaluations: requests to the worker. deaths: those of them that may kill it. seconds: wall time. alone: a row is
    blamed for an exception only if it raises by itself, however many around it do; that takes a request for each.
    """

    evaluations: int = 256
    deaths: int = 32
    seconds: float = 240.0
    alone: bool = False


@dataclass(frozen=True)
class Attempt:
    """One request for one part: OK with ``values``, or another fate; either may have a one-line ``message``. left_out:
    the rows of the part that the adapter makes no call with, where the worker lived to tell; none of them is blamed."""

    fate: Fate
    values: Array | None = None
    message: str = ""
    log: str = ""
    left_out: tuple[int, ...] = ()


@dataclass
class Verdict:
    """fate: uint8 per row. parts: (start, stop, values) of what was answered; they cover the rows that are OK, and of
    those that were left out the ones among them.

    alone: how many dead rows died when asked alone. carried: how many only carry the fate of a larger part.
    """

    fate: NDArray[np.uint8]
    parts: list[tuple[int, int, Array]] = field(default_factory=list)
    alone: int = 0
    carried: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    complete: bool = True

    def summary(self) -> str:
        """One line: the commonest message and how the blame was established."""
        if not self.messages:
            return ""
        message, _ = self.messages.most_common(1)[0]
        others = f" (and {len(self.messages) - 1} other messages)" if len(self.messages) > 1 else ""
        how = f"; {self.alone} rows fail alone"
        if self.carried:
            how += f", {self.carried} in blocks whose probed rows all fail" if self.complete else ""
            how += f", {self.carried} not told apart within the limits" if not self.complete else ""
        return message + others + how


def find_guilty(ask: Callable[[int, int], Attempt], rows: int, first: Attempt, limits: Limits) -> Verdict:
    """Blame rows of a block [0, rows) whose evaluation ended in ``first``; ``ask(start, stop)`` evaluates a part.

    Guarantee: a row is OK in the verdict only if a part that contains it was answered. Every row that died alone is
    marked so. The calls of ``ask`` stay within ``limits`` (the last one may overrun the seconds).
    """
    search = _Search(ask, rows, limits)
    waiting: deque[tuple[int, int, Attempt]] = deque([(0, rows, first)])
    while waiting:
        start, stop, attempt = waiting.popleft()
        if stop - start == 1:
            search.blame(start, stop, attempt)
        elif search.exhausted():
            search.verdict.complete = False
            search.blame(start, stop, attempt)
        elif stop - start > WAYS and search.probed(attempt.fate) and search.guilty_throughout(start, stop, attempt):
            search.blame(start, stop, attempt)
        else:
            waiting.extend(search.cut(start, stop, attempt))
    return search.verdict


class _Search:
    def __init__(self, ask: Callable[[int, int], Attempt], rows: int, limits: Limits) -> None:
        self._ask, self._limits = ask, limits
        self._evaluations = self._deaths = 0
        self._end = time.monotonic() + limits.seconds
        self._known: dict[tuple[int, int], Attempt] = {}
        # Fixed, so that two runs probe the same rows.
        self._random = np.random.default_rng(rows)
        self.verdict = Verdict(np.zeros(rows, np.uint8))

    def exhausted(self) -> bool:
        return (
            self._evaluations >= self._limits.evaluations
            or self._deaths >= self._limits.deaths
            or time.monotonic() >= self._end
        )

    def ask(self, start: int, stop: int) -> Attempt:
        if (start, stop) not in self._known:
            attempt = self._ask(start, stop)
            self._evaluations += 1
            self._deaths += attempt.fate in (Fate.CRASHED, Fate.TIMED_OUT)
            self._known[start, stop] = attempt
        return self._known[start, stop]

    def probed(self, fate: Fate) -> bool:
        """Whether a few rows may speak for a block that ended so."""
        return not self._limits.alone or fate != Fate.RAISED

    def guilty_throughout(self, start: int, stop: int, attempt: Attempt) -> bool:
        asked, fate = np.delete(np.arange(start, stop), list(attempt.left_out)), attempt.fate
        for row in self._random.choice(asked, size=min(PROBES[fate], len(asked)), replace=False).tolist():
            if self.exhausted() or self.ask(row, row + 1).fate != fate:
                return False
        return True

    def cut(self, start: int, stop: int, attempt: Attempt) -> list[tuple[int, int, Attempt]]:
        """Ask every part; those that were answered are filed, those that died are returned."""
        dead = []
        size = math.ceil((stop - start) / WAYS)
        for low in range(start, stop, size):
            high = min(low + size, stop)
            if (low, high) not in self._known and self.exhausted():
                self.verdict.complete = False
                left_out = tuple(start + row - low for row in attempt.left_out if low <= start + row < high)
                self.blame(low, high, replace(attempt, left_out=left_out))
                continue
            result = self.ask(low, high)
            if result.fate == Fate.OK:
                assert result.values is not None
                if len(result.left_out) < high - low:  # Else nothing was answered, and its filler knows no shape.
                    self.verdict.parts.append((low, high, result.values))
                self.verdict.fate[low:high][list(result.left_out)] = Fate.LEFT_OUT
            else:
                dead.append((low, high, result))
        return dead

    def blame(self, start: int, stop: int, attempt: Attempt) -> None:
        self.verdict.fate[start:stop] = attempt.fate
        self.verdict.fate[start:stop][list(attempt.left_out)] = Fate.LEFT_OUT
        blamed = stop - start - len(attempt.left_out)
        alone = [key for key in self._known if start <= key[0] < key[1] == key[0] + 1 <= stop]
        self.verdict.alone += len(alone)
        self.verdict.carried += blamed - len(alone)
        self.verdict.messages[attempt.message or STATUS_OF_FATE[attempt.fate]] += blamed


def assemble(rows: int, verdict: Verdict) -> Array | None:
    """The answered parts as one array of ``rows`` rows, nan where a row died.

    A part that came back in the parameters' shape, () or (1,), is repeated for its rows. None where the parts have no
    common shape or nothing was answered.
    """
    whole: Array | None = None
    for start, stop, values in verdict.parts:
        if values.shape in ((), (1,)):
            values = np.broadcast_to(values.reshape(()), (stop - start,))
        if values.ndim == 0 or len(values) != stop - start:
            return None
        if whole is None:
            # ml_dtypes' bfloat16 has kind "V" or "f" by version; what cannot hold nan is bool and integers.
            dtype = np.dtype(np.float64) if values.dtype.kind in "biu" else values.dtype
            whole = np.full((rows, *values.shape[1:]), np.nan, dtype)
        if values.shape[1:] != whole.shape[1:]:
            return None
        whole[start:stop] = values
    return whole
