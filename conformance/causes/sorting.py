"""One component's failing runs, sorted into the few mechanisms behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from conformance.causes.lines import Line
from conformance.causes.mechanisms import Told, covers_ordinary, tell
from conformance.causes.naming import FAMILIES, family_of
from conformance.causes.runs import Run, runs_of


@dataclass(frozen=True)
class Sorted:
    """One mechanism of a component: the runs that it explains and what tells it, the telling measurements first.

    families: of the mechanisms that its runs show each by itself, which are ``alone``, in the order of the runs.
    """

    mechanism: str
    evidence: tuple[str, ...]
    runs: tuple[Run, ...]
    families: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    def at(self, line: Line, row: int) -> str:
        """The mechanism by itself of the run in which the failing point ``row`` of ``line`` lies; "" where it is in
        none of the runs."""
        told = (name for run, name in zip(self.runs, self.alone, strict=True) if run.line is line and row in run.rows)
        return next(told, "")


def sort_out(lines: Iterable[Line]) -> list[Sorted]:
    """The mechanisms of one component, from all its lines.

    Runs of one family are one mechanism; so are runs of two dtypes that overlap, and everything at a component whose
    answer is wrong at half of the ordinary inputs or more: a wrong formula is wrong at its ends too.
    """
    runs = [run for line in lines for run in runs_of(line)]
    told = [tell(run, [other for other in runs if other is not run]) for run in runs]
    sets = _Sets(len(runs))
    for index, run in enumerate(runs):
        for other in range(index):
            if _belong(run, told[index], runs[other], told[other]):
                sets.join(index, other)
    for at, (run, said) in enumerate(zip(runs, told, strict=True)):
        if _everywhere(run, said):
            for other in range(len(runs)):
                if runs[other].part != "call":
                    sets.join(at, other)
    for at in (at for at, run in enumerate(runs) if _only_limits(run, told[at])):
        # A formula that fails at many inputs is what misses the limit too.
        home = [other for other, run in enumerate(runs) if run.part == "values" and not _only_limits(run, told[other])]
        if home:
            sets.join(at, max(home, key=lambda other: len(runs[other].rows)))
    groups: dict[int, list[int]] = {}
    for index in range(len(runs)):
        groups.setdefault(sets.root(index), []).append(index)
    return [_sorted([runs[at] for at in members], [told[at] for at in members]) for members in groups.values()]


def _only_limits(run: Run, said: Told) -> bool:
    return said.mechanism == "limit at a special value"


def _everywhere(run: Run, said: Told) -> bool:
    """Whether the run shows that the component's answer is another thing altogether."""
    return covers_ordinary(run) and said.mechanism in (*_WRONG, "constant in a narrower dtype")


_WRONG = tuple(name for name, family in FAMILIES.items() if family == "value")


def _belong(run: Run, said: Told, other: Run, of_other: Told) -> bool:
    if family_of(said.mechanism) == family_of(of_other.mechanism):
        return True
    if run.line is other.line and _touch(run, other):
        return True
    same = (run.line.subject, run.line.quantity) == (other.line.subject, other.line.quantity)
    if not same or run.part != "values" or other.part != "values" or "limit" in said.mechanism + of_other.mechanism:
        return False
    if not run.line.scalar:
        return True
    return _low(run) <= _high(other) and _low(other) <= _high(run)


def _touch(run: Run, other: Run) -> bool:
    """Whether failing inputs outside the domain and inside it follow each other and fail alike, by nan or by one
    clamped value; infinite inputs beyond the domain lie outside it too."""
    if "outside" not in (run.part, other.part) or run.part == other.part or "call" in (run.part, other.part):
        return False
    if not run.line.scalar:
        return "special" in (run.part, other.part)
    near = np.abs(run.rows[:, None] - other.rows[None, :]) <= 1
    first, second = run.points.got[:, None], other.points.got[None, :]
    alike = (first == second) | (np.isnan(first) & np.isnan(second)) | ("special" in (run.part, other.part))
    return bool((near & alike).any())


def _low(run: Run) -> float:
    return float(run.line.x[run.low])


def _high(run: Run) -> float:
    return float(run.line.x[run.high])


def _sorted(runs: Sequence[Run], told: Sequence[Told]) -> Sorted:
    """The mechanism that explains the most points; of a wrong formula's runs only those at ordinary inputs count."""
    weight: Counter[str] = Counter()
    for run, said in zip(runs, told, strict=True):
        weight[said.mechanism] += len(run.rows) * (1000 if _everywhere(run, said) else 1)
    mechanism = min(weight, key=lambda name: (-weight[name], name))
    order = sorted(
        range(len(runs)),
        key=lambda at: (told[at].mechanism != mechanism, _dtype_rank(runs[at]), -len(runs[at].rows)),
    )
    evidence = dict.fromkeys(text for at in order[:6] for text in told[at].evidence)
    families = tuple(sorted({family_of(said.mechanism) for said in told}))
    alone = tuple(told[at].mechanism for at in order)
    return Sorted(mechanism, tuple(evidence), tuple(runs[at] for at in order), families, alone)


def _dtype_rank(run: Run) -> int:
    return ("float32", "float64", "float16", "bfloat16").index(run.line.dtype)


class _Sets:
    """Disjoint sets of numbers."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, at: int) -> int:
        while self._parent[at] != at:
            at = self._parent[at]
        return at

    def join(self, first: int, second: int) -> None:
        a, b = self.root(first), self.root(second)
        self._parent[max(a, b)] = min(a, b)


def place_of(line: Line, x: np.ndarray) -> int:
    """The row of ``line`` at which the failing input ``x`` stands, -1 where it does not."""
    wanted, rows = np.atleast_1d(x.astype(np.float64)), line.x.astype(np.float64)
    if line.scalar:
        same = (rows == wanted[0]) | (np.isnan(rows) & np.isnan(wanted[0]))
    else:
        same = ((rows == wanted) | (np.isnan(rows) & np.isnan(wanted))).reshape(len(rows), -1).all(axis=1)
    found = np.flatnonzero(same & line.bad)
    return int(found[0]) if len(found) else -1
