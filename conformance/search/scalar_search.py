"""The search on a line: seeds, a first grid, then rounds of zooming, each one request to framework and oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.comparison.plan import BadRequest
from conformance.floats.ordinals import from_ordinal
from conformance.floats.regions import regions_of
from conformance.laws.case import Case
from conformance.laws.measure import Measure
from conformance.search.budget import Budget
from conformance.search.ledger import Seen, levels
from conformance.search.line import Line
from conformance.search.moves import Moves

Progress = Callable[[int, Seen], None]


@dataclass(frozen=True)
class Found:
    """What a search on a line has seen, and why it ended: "evaluations", "seconds", "exhausted" or "interrupted"."""

    line: Line
    seen: Seen
    rounds: int
    ended: str

    @property
    def coverage(self) -> str:
        """ACCEPTANCE A15: "exact maximum" where every float of the line was tried, else "lower bound"."""
        # A few points outside the domain are tried too; they are not of the line.
        tried = len(self.line.inside(self.seen.ordinal))
        return "exact maximum" if tried >= self.line.count else "lower bound"


def search_line(
    case: Case,
    quantity: str,
    line: Line,
    budget: Budget,
    seed: int,
    corpus: Sequence[float] = (),
    progress: Progress = lambda rounds, seen: None,
) -> Found:
    """Look for the inputs of ``quantity`` on ``line`` at which the case's framework is worst.

    The same points in the same order for the same seed, batch size and framework. Ctrl-C ends the search, not the
    program: what has been seen is returned. Raises BadRequest where the framework does not offer the quantity.
    """
    generator = np.random.default_rng([seed, 64])
    moves = Moves(line, generator)
    seen, rounds, ended = Seen.nothing(), 0, "exhausted"
    total = budget.evaluations if budget.evaluations is not None else 10**6
    seeds = line.seeds(corpus, many=total >= 200_000)
    waiting = np.unique(np.concatenate([seeds, line.inside(line.fresh(generator, max(2 * budget.batch, total // 8)))]))
    try:
        while True:
            if not len(waiting):
                waiting = moves.next(seen, budget.batch)
                if not len(waiting):
                    break
            allowed = min(budget.left(len(seen)), 2 * budget.batch)
            if not allowed:
                ended = "seconds" if budget.evaluations is None or len(seen) < budget.evaluations else "evaluations"
                break
            # What comes first is drawn from the whole of what waits, so that a short search has seen the whole line.
            stride = -(-len(waiting) // allowed)
            now = waiting[::stride]
            waiting = np.delete(waiting, np.s_[::stride])
            now = seen.new(now)
            if len(now):
                seen = seen.merged(now, scored(case, quantity, line, now))
                rounds += 1
                progress(rounds, seen)
    except KeyboardInterrupt:
        ended = "interrupted"
    return Found(line, seen, rounds, ended)


def scored(case: Case, quantity: str, line: Line, ordinals: NDArray[np.int64]) -> Measure:
    """The framework's answers at ``ordinals``, scored exactly as a comparison scores them. BadRequest: not offered."""
    values = from_ordinal(ordinals, line.fmt)
    measure = case.measure_at(quantity, values, regions_of(values, line.fmt, line.frame))
    if not measure.offered:
        raise BadRequest(f"{quantity} of {case.subject} in {case.fmt.name} is not offered: {measure.message}")
    return measure


REPEATS = 33
"""How often a single point is asked at once: a loop's vector body and its scalar tail may answer differently."""


def asked_again(case: Case, quantity: str, values: NDArray[Any], region: NDArray[np.uint8]) -> Measure:
    """``values`` scored anew, each REPEATS times in one request; of the answers to one value the worst.

    A point that was found in the middle of a long array would look innocent when it is asked alone, where a framework's
    vector code and its scalar code differ.
    """
    count = len(values)
    measure = case.measure_at(quantity, np.repeat(values, REPEATS, axis=0), np.repeat(region, REPEATS))
    width = len(measure.got) // (count * REPEATS)
    level = levels(measure).reshape(count, REPEATS, width)
    chosen = np.argmax(level, axis=1)
    point, component = np.meshgrid(np.arange(count), np.arange(width), indexing="ij")
    return measure.where(((point * REPEATS + chosen) * width + component).ravel())
