"""Two runs side by side (ACCEPTANCE A19): what came, what went, what worsened, what improved, counted apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from conformance.findings.records import GRADES, Finding, FindingsDocument
from conformance.findings.results import Accuracy, Cell, ResultsDocument, Stability

CELL_KEY = ("framework", "device", "mode", "dtype", "subject", "quantity")
FINDING_KEY = ("law", *CELL_KEY, "region", "kind")
"""The version is no part of a key: a new version is what one compares."""

BITS_STEP = 0.1
"""A distance counts as moved when the bits lost moved by at least this much."""

Figure = tuple[float, str]
"""A number that is better when it is smaller, and what people read in its place."""


class CellsDiffer(Exception):
    """The runs measured different things, so that their differences would mean nothing.

    only_before, only_after: cells that one run lacks. moved: cells with another number of points in the two runs.
    """

    def __init__(self, only_before: list[str], only_after: list[str], moved: list[str]) -> None:
        told = [
            f"{len(cells)} {what}: {', '.join(cells[:5])}{', …' if len(cells) > 5 else ''}"
            for what, cells in (
                ("only in the first", only_before),
                ("only in the second", only_after),
                ("with other numbers of points", moved),
            )
            if cells
        ]
        super().__init__("the runs have different cells; " + "; ".join(told))
        self.only_before, self.only_after, self.moved = only_before, only_after, moved


@dataclass(frozen=True)
class Change:
    """One thing that moved. ``what``: finding, severity, distance, share, status, accuracy or stability."""

    place: str
    what: str
    before: str
    after: str


@dataclass
class Comparison:
    """added and removed: findings that only the second, only the first run has. worsened and improved: figures of
    findings that both have, and of cells. Nothing is netted: one finding may stand in both of the last two."""

    added: list[Change] = field(default_factory=list)
    removed: list[Change] = field(default_factory=list)
    worsened: list[Change] = field(default_factory=list)
    improved: list[Change] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The four lengths by name."""
        return {name: len(getattr(self, name)) for name in ("added", "removed", "worsened", "improved")}

    def _moved(self, place: str, what: str, before: Figure, after: Figure) -> None:
        if before[0] != after[0]:
            change = Change(place, what, before[1], after[1])
            (self.worsened if after[0] > before[0] else self.improved).append(change)


def compare(
    before: tuple[ResultsDocument, FindingsDocument], after: tuple[ResultsDocument, FindingsDocument]
) -> Comparison:
    """Compare (results, findings) of two runs, as ``read_results`` and ``read_findings`` return them.

    Raises CellsDiffer, with the lists, where a cell stands in one run only or was scored at another number of points.
    """
    old, new = _by(before[0].cells, CELL_KEY), _by(after[0].cells, CELL_KEY)
    moved = [
        f"{_text(key)} ({old[key].points} and {new[key].points})"
        for key in old
        if key in new and old[key].status == new[key].status == "scored" and old[key].points != new[key].points
    ]
    only_before = [_text(key) for key in old if key not in new]
    only_after = [_text(key) for key in new if key not in old]
    if only_before or only_after or moved:
        raise CellsDiffer(only_before, only_after, moved)
    result = Comparison()
    for key in old:
        _cell_changes(result, _text(key), old[key], new[key])
    _finding_changes(result, _by(before[1].findings, FINDING_KEY), _by(after[1].findings, FINDING_KEY))
    return result


Row = TypeVar("Row", Cell, Finding)


def _by(rows: Iterable[Row], key: tuple[str, ...]) -> dict[tuple[str, ...], Row]:
    return {tuple(str(getattr(row, axis)) for axis in key): row for row in rows}


def _text(key: tuple[str, ...]) -> str:
    return " / ".join(key)


def _finding_changes(
    result: Comparison, old: Mapping[tuple[str, ...], Finding], new: Mapping[tuple[str, ...], Finding]
) -> None:
    for key, finding in new.items():
        if key not in old:
            result.added.append(Change(_text(key), "finding", "", finding.severity))
    for key, was in old.items():
        place, now = _text(key), new.get(key)
        if now is None:
            result.removed.append(Change(place, "finding", was.severity, ""))
            continue
        for what, figure in (("severity", _severity), ("distance", _distance), ("share", _share)):
            _figure_change(result, place, what, figure(was), figure(now))


def _cell_changes(result: Comparison, place: str, was: Cell, now: Cell) -> None:
    if was.status != now.status:
        # Between two ways of giving no numbers neither is the better one; a way in or out of "scored" is.
        if "scored" in (was.status, now.status):
            result._moved(place, "status", _status(was), _status(now))
        return
    if was.accuracy and now.accuracy:
        _figure_change(result, place, "accuracy", _accuracy(was.accuracy), _accuracy(now.accuracy))
    if was.stability and now.stability:
        _figure_change(result, place, "stability", _unusable(was.stability), _unusable(now.stability))


def _figure_change(result: Comparison, place: str, what: str, was: Figure, now: Figure) -> None:
    step = BITS_STEP if what in ("distance", "accuracy") else 0.0
    if abs(was[0] - now[0]) >= step:
        result._moved(place, what, was, now)


def _severity(finding: Finding) -> Figure:
    return -GRADES.index(finding.severity), finding.severity


def _distance(finding: Finding) -> Figure:
    bits = _bits(float(finding.worst.bits))
    return bits, f"{bits:.1f} bits lost"


def _share(finding: Finding) -> Figure:
    return finding.count / max(1, finding.points), f"{finding.count} of {finding.points}"


def _status(cell: Cell) -> Figure:
    return float(cell.status != "scored"), cell.status


def _accuracy(was: Accuracy) -> Figure:
    bits = _bits(math.log2(1.0 + float(was.worst_ulp)))
    return bits, f"{bits:.1f} bits lost"


def _unusable(was: Stability) -> Figure:
    return was.total - was.usable, f"{was.usable} of {was.total} usable"


def _bits(value: float) -> float:
    """Bits lost as a number that can be compared: nan and inf count as all 64."""
    return value if math.isfinite(value) else 64.0
