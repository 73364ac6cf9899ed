"""The search among events: a pool of the worst rows, moved coordinate by coordinate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.comparison.plan import BadRequest
from conformance.definitions.spaces import Product
from conformance.floats.formats import Format
from conformance.floats.ordinals import from_ordinal, infinity_ordinal, to_ordinal
from conformance.inputs.thresholds import thresholds
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.search.budget import Budget
from conformance.search.ledger import HOPELESS_BITS, levels, nats_beside
from conformance.search.pick import LARGEST_EXCESS, LARGEST_NATS, LARGEST_ULP

Rows = NDArray[Any]

POOL = 64
"""Rows that are kept per goal and moved on from in every round."""


@dataclass
class FoundRows:
    """The worst rows, and how many of all evaluated components failed how.

    ``best`` maps a reason to (score, index into rows, component); ``rows`` holds the rows it refers to.
    """

    points: int = 0
    rounds: int = 0
    ended: str = "exhausted"
    rows: list[Rows] = field(default_factory=list)
    best: dict[str, tuple[float, int, int]] = field(default_factory=dict)
    failures: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def worst(self) -> list[tuple[list[str], int, int]]:
        """(why, index into ``rows``, component) of each row to show."""
        shown: dict[tuple[bytes, int], tuple[list[str], int, int]] = {}
        for why, (_, index, component) in self.best.items():
            entry = shown.setdefault((self.rows[index].tobytes(), component), ([], index, component))
            entry[0].append(why)
        return list(shown.values())

    def offer(self, why: str, score: float, row: Rows, component: int) -> None:
        """Remember ``row`` where it is worse than what is known for this reason."""
        if why not in self.best or score > self.best[why][0]:
            self.rows.append(row)
            self.best[why] = (score, len(self.rows) - 1, component)


def search_rows(
    case: Case,
    quantity: str,
    budget: Budget,
    seed: int,
    kept: Rows | None = None,
    progress: Callable[[int, int, float], None] = lambda rounds, points, ulp: None,
) -> FoundRows:
    """Look for the worst events of ``quantity``. Deterministic as ``search_line`` is; Ctrl-C ends the search only.

    Begins with the rows of the comparison's own kind, ``kept`` ones, rows of equal coordinates and rows with one
    extreme coordinate. BadRequest where the framework does not offer the quantity.
    """
    generator = np.random.default_rng([seed, 65])
    found = FoundRows()
    start = _flat(case.inputs.points(quantity).values)
    # Where moving one entry would leave the space, as on a simplex, the space itself says what is near a row.
    bound = _neighbours(start[:1], case, quantity, generator) is not None
    pool: Rows = start[:0]
    try:
        waiting = start if kept is None or not len(kept) else np.concatenate([start, kept])
        if not bound:
            planned = _planned(case.fmt, start.shape[1], generator)
            waiting = np.concatenate([waiting, _within(planned, case, quantity)])
        while True:
            allowed = min(budget.left(found.points), budget.batch)
            if not allowed:
                by_count = budget.evaluations is not None and found.points >= budget.evaluations
                found.ended = "evaluations" if by_count else "seconds"
                break
            now, waiting = waiting[:allowed], waiting[allowed:]
            measure = scored_rows(case, quantity, now)
            _remember(found, measure)
            pool = _selected(measure, pool)
            found.points += len(now)
            found.rounds += 1
            progress(found.rounds, found.points, found.best.get(LARGEST_ULP, (0.0, 0, 0))[0])
            if not len(waiting):
                if bound:
                    several = pool[generator.integers(0, len(pool), budget.batch)] if len(pool) else pool
                    near = _neighbours(several, case, quantity, generator)
                    waiting = several[:0] if near is None else near
                else:
                    waiting = _within(_free_moves(pool, case, budget.batch, generator), case, quantity)
                waiting = np.concatenate([waiting, _drawn(start, budget.batch // 8 + 1, generator)])
    except KeyboardInterrupt:
        found.ended = "interrupted"
    return found


def scored_rows(case: Case, quantity: str, rows: Rows) -> Measure:
    """The framework's answers at ``rows``, scored exactly as a comparison scores them. BadRequest: not offered."""
    values = case.shaped(quantity, rows)
    measure = case.measure_at(quantity, values, case.inputs.regions(quantity, values))
    if not measure.offered:
        raise BadRequest(f"{quantity} of {case.subject} in {case.fmt.name} is not offered: {measure.message}")
    return measure


def _remember(found: FoundRows, measure: Measure) -> None:
    found.failures = np.concatenate([found.failures, measure.failures])
    log_quantity = measure.quantity in LOG_QUANTITIES
    level, off, nats = levels(measure), measure.distances, nats_beside(measure)
    goals = [(LARGEST_ULP, off.ulp), (LARGEST_EXCESS, np.where(level < HOPELESS_BITS, level, np.nan))]
    if log_quantity:
        goals.append((LARGEST_NATS, nats))
    everything = np.ones(len(level), bool)
    asked = [(why, goal, everything) for why, goal in goals]
    # Among results that are not finite the smallest event says most.
    size = np.abs(_flat(measure.inputs)[measure.row].astype(np.float64)).max(axis=1)
    for code in np.unique(measure.failures):
        if code in ACCUSES_NOBODY:
            continue
        members = measure.failures == code
        goal = nats if log_quantity else off.ulp
        small = -np.nan_to_num(size, nan=np.inf)
        usual = np.isfinite(goal) & members
        asked.append(
            (Failure(code).label, goal if usual.any() else np.where(np.isfinite(small), small, -1e308), members)
        )
    for why, goal, members in asked:
        usable = members & np.isfinite(goal)
        if why in (LARGEST_ULP, LARGEST_NATS, LARGEST_EXCESS):
            usable &= goal > 0
        if usable.any():
            at = int(np.argmax(np.where(usable, goal, -np.inf)))
            found.offer(why, float(goal[at]), _flat(measure.inputs)[measure.row[at]].copy(), int(measure.component[at]))


def _selected(measure: Measure, pool: Rows) -> Rows:
    """The next pool: the rows of this batch that are worst by either goal, and those of the last pool."""
    count = len(measure.inputs)
    width = max(1, len(measure.got) // max(1, count))
    level = levels(measure).reshape(count, width).max(axis=1)
    with np.errstate(invalid="ignore"):
        ulp = np.nan_to_num(measure.distances.ulp, nan=-1.0, posinf=-1.0).reshape(count, width).max(axis=1)
    inputs = _flat(measure.inputs)
    finite = np.asarray(np.isfinite(inputs.astype(np.float64)).all(axis=1))
    best: list[Rows] = []
    for goal in (level, ulp):
        order = np.argsort(np.where(finite, -goal, np.inf), kind="stable")[: POOL // 2]
        best.append(inputs[order[finite[order]]])
    rows = np.concatenate([*best, pool[: POOL // 2]])
    _, first = np.unique(rows.astype(np.float64), axis=0, return_index=True)
    return np.asarray(rows[np.sort(first)])


def _planned(fmt: Format, event: int, generator: np.random.Generator) -> Rows:
    """Equal coordinates, and one coordinate at every threshold among ordinary ones."""
    marks = thresholds(fmt).astype(fmt.dtype)
    equal = np.repeat(marks[:, None], event, axis=1)
    alone = generator.standard_normal((event, len(marks), event)).astype(fmt.dtype)
    for column in range(event):
        alone[column, :, column] = marks
    return np.concatenate([equal, alone.reshape(-1, event)])


def _free_moves(pool: Rows, case: Case, count: int, generator: np.random.Generator) -> Rows:
    """Rows of the pool with one coordinate moved by 1 to 6 floats, by a geometric step, to a threshold, to another
    coordinate's value or sign; or scaled as a whole by a power of two."""
    fmt = case.fmt
    if not len(pool):
        return pool
    rows = pool[generator.integers(0, len(pool), count)].copy()
    column = generator.integers(0, rows.shape[1], count)
    at = np.arange(count)
    value = rows[at, column]
    kind = generator.integers(0, 6, count)
    top = infinity_ordinal(fmt) - 1
    sign = np.where(generator.random(count) < 0.5, -1, 1)
    with np.errstate(all="ignore"):
        near = sign * generator.integers(1, 7, count)
        far = sign * np.exp2(generator.uniform(3.0, fmt.precision - 2.0, count)).astype(np.int64)
        ordinals = to_ordinal(value, fmt)
        marks = thresholds(fmt).astype(fmt.dtype)
        other = rows[at, (column + 1) % rows.shape[1]]
        choices = [
            from_ordinal(np.clip(ordinals + near, -top, top), fmt),
            from_ordinal(np.clip(ordinals + far, -top, top), fmt),
            marks[generator.integers(0, len(marks), count)],
            np.where(generator.random(count) < 0.5, other, -other).astype(fmt.dtype),
            (-value).astype(fmt.dtype),
            value,
        ]
        rows[at, column] = np.choose(kind, [choice.astype(np.float64) for choice in choices]).astype(fmt.dtype)
        scale = np.where(kind == 5, np.exp2(generator.integers(-8, 9, count)), 1.0)
        rows = (rows.astype(np.float64) * scale[:, None]).astype(fmt.dtype)
    return np.asarray(rows[np.isfinite(rows.astype(np.float64)).all(axis=1)])


def _flat(rows: Rows) -> Rows:
    return rows.reshape(len(rows), -1)


def _neighbours(rows: Rows, case: Case, quantity: str, generator: np.random.Generator) -> Rows | None:
    space = case.declared.home(quantity)
    near = None if space is None else space.neighbours(case.shaped(quantity, rows), case.fmt, generator)
    return None if near is None else _flat(near)


def _within(rows: Rows, case: Case, quantity: str) -> Rows:
    """The rows that are points of the space, once what their other entries determine is set accordingly. Inputs of a
    forward map of free entries may be any."""
    space = case.declared.home(quantity)
    if space is None or (isinstance(space, Product) and quantity not in ("inverse", "ildj")):
        return rows
    return _flat(space.mended(case.shaped(quantity, rows), case.fmt))


def _drawn(start: Rows, count: int, generator: np.random.Generator) -> Rows:
    return np.asarray(start[generator.integers(0, len(start), count)])
