"""The oracle: truth for every subject and quantity, as enclosures that are narrow enough for a format."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import OF_PAIRS, STATISTICS
from adapters.interface.spec import parse
from conformance.definitions.parameters import in_format
from conformance.definitions.registry import (
    UnknownSubject,
    event_law,
    is_event_law,
    result_event,
    statistic_event,
)
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format, format_named
from conformance.interrupts import interrupts_wait
from conformance.oracle.bulk import scalars
from conformance.oracle.bulk import tier as vector_tier
from conformance.oracle.kept.opinions import SecondOpinions
from conformance.oracle.kept.values import TruthCache, key_of
from conformance.oracle.opinion.second_opinion import SecondOpinion
from conformance.oracle.piecewise.tier import PiecewiseTiers
from conformance.oracle.pointwise.blocks import block_truth, check
from conformance.oracle.pointwise.decimals import digits_of
from conformance.oracle.tiers import TIER_NAMES

if TYPE_CHECKING:
    from conformance.oracle.statistics.truth import Statistic

__all__ = ["TIER_NAMES", "Oracle", "SecondOpinion"]

SMALLEST_SHARED_WORK = 4000
"""Rows below which starting processes costs more than it saves."""

_BLOCK = 1000


class Oracle:
    """Truth at exactly the floats that a framework received (ACCEPTANCE A1-A3): in formats of at most 24 bits by
    running bounds in bulk, long requests for scalar subjects by certified piecewise polynomials where enough points
    lie in a binade, and by ball arithmetic point by point whatever those leave undecided.

    cache_dir: where truth is kept between runs; None keeps nothing. processes: how many work on one large request.
    An instance may be used as a context manager; ``close`` ends its worker processes.
    """

    def __init__(self, cache_dir: Path | None = None, processes: int = 1) -> None:
        self.cache = TruthCache(cache_dir)
        self.processes = processes
        self._folder = cache_dir
        self._opinions = SecondOpinions(None if cache_dir is None else cache_dir / "opinions")
        self._piecewise = PiecewiseTiers(None if cache_dir is None else cache_dir / "pieces")
        self._pool: ProcessPoolExecutor | None = None
        self._reasons: dict[tuple[str, str], str] = {}

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        """Element i encloses ``quantity`` of ``subject`` at row i of ``x``, with an error of at most 2**-20 ulp of
        ``fmt`` (or 2**-20 of its smallest subnormal), and of 2**-14 where ``tier`` says float64 balls; values beyond
        the range of ``fmt`` by piecewise, and beyond float64 by float64 balls, have 2**-8 of their size instead. A
        point for which that fails at the precision cap is UNDECIDED. Which tier answers may depend on tables built
        before; what is promised does not.

        x: (N,), or (N, *event) for transforms of events, whose results come flattened in C order. Signed zeros are
        the real number 0, but for the values of a map whose branches part there. UnknownSubject and UnknownQuantity
        (both ValueError) name the valid ones on one line.
        """
        x = np.ascontiguousarray(x)
        canonical = in_format(subject, fmt)
        if quantity in STATISTICS:
            return self._of_statistic(canonical, quantity, len(x))
        check(canonical, quantity, x)
        key = key_of(canonical, quantity, x, fmt)
        kept = self.cache.load(key)
        if kept is not None:
            return kept
        try:
            truth = self._found(canonical, quantity, x, fmt)
        except Exception as problem:  # Whatever it is, it must not take with it what can be done.
            return self._undone(canonical, quantity, x, problem)
        self.cache.store(key, truth)
        return truth

    def _of_statistic(self, subject: str, quantity: str, count: int) -> Enclosures:
        """A statistic, entry by entry, in the place of every row."""
        from conformance.oracle.statistics.enclosing import enclosed, side_by_side

        own = zip(self.statistics(subject, quantity), self._conditions(subject, quantity), strict=True)
        one = side_by_side([enclosed(statistic, condition, 1) for statistic, condition in own])
        return one if count == 1 else side_by_side([one] * count)

    def nearest(self, subject: str, quantity: str, got: NDArray[Any], fmt: Format) -> Enclosures:
        """The truth of a statistic, one element for each entry: of several answers that are right the one that is
        nearest to ``got``, which has as many."""
        from conformance.oracle.statistics.enclosing import nearest, side_by_side, where_none_is_alone

        canonical = in_format(subject, fmt)
        if quantity == "mode" and is_event_law(canonical):
            several = where_none_is_alone(event_law(canonical), got, fmt)
            if several is not None:
                return several
        own = zip(
            self.statistics(canonical, quantity), got.tolist(), self._conditions(canonical, quantity), strict=True
        )
        return side_by_side([nearest(statistic, float(one), condition) for statistic, one, condition in own])

    def _conditions(self, subject: str, quantity: str) -> list[float]:
        """One for each entry."""
        from conformance.oracle.statistics.enclosing import condition_of, conditions_of_events

        if quantity in OF_PAIRS:
            second = event_law(subject).other if is_event_law(subject) else None
            return [second.family.condition if second is not None and second.family is not None else 1.0]
        if quantity == "entropy" and is_event_law(subject):
            return [1.0]
        own, mean, variance = (self.statistics(subject, each) for each in (quantity, "mean", "variance"))
        if is_event_law(subject):
            return conditions_of_events(event_law(subject), quantity, own, mean, variance)
        return [condition_of(quantity, own[0], mean[0], variance[0])]

    def roughly(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        """``truth`` at the very floats ``x`` (N,) of a scalar subject, to 2**-14 ulp of float32 whatever ``fmt`` is:
        for statistics, to which the last bits of a float64 say nothing and cost nearly all there is. Not kept.
        """
        canonical, coarse = in_format(subject, fmt), format_named("float32")
        check(canonical, quantity, x)
        try:
            truth = scalars.enclose(canonical, quantity, x, coarse)
            if truth is None:
                return block_truth(canonical, quantity, x, coarse)
            vector_tier.settle(truth, len(x), lambda rows: block_truth(canonical, quantity, x[rows], coarse))
            return truth
        except Exception as problem:  # As in ``truth``.
            return self._undone(canonical, quantity, x, problem)

    def why_undecided(self, subject: str, quantity: str) -> str:
        """Why this oracle could not do ``quantity`` of ``subject`` at all, on one line; "" where nothing befell it."""
        return self._reasons.get((str(parse(subject)), quantity), "")

    @property
    def failed(self) -> bool:
        """Whether there is anything that this oracle could not do at all."""
        return bool(self._reasons)

    def _found(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        truth = scalars.enclose(subject, quantity, x, fmt)
        if truth is None:
            return self._less_bulky(subject, quantity, x, fmt)
        vector_tier.settle(truth, len(x), lambda rows: self._less_bulky(subject, quantity, x[rows], fmt))
        return truth

    def _less_bulky(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        """What the bulk tier for scalars leaves."""
        truth = self._piecewise.enclose(subject, quantity, x, fmt)
        if truth is None:
            truth = vector_tier.enclose(subject, quantity, x, fmt)
        if truth is None:
            return self._computed(subject, quantity, x, fmt)
        vector_tier.settle(truth, len(x), lambda rows: self._computed(subject, quantity, x[rows], fmt))
        return truth

    def _undone(self, subject: str, quantity: str, x: NDArray[Any], problem: Exception) -> Enclosures:
        """All UNDECIDED, never kept: what is mended answers at once. The reason is told once, and remembered."""
        reason = _one_line(problem)
        if self._reasons.setdefault((subject, quantity), reason) == reason:
            print(f"oracle: {quantity} of {subject} is undecided: {reason}", file=sys.stderr)
        return Enclosures.empty(len(x) * _width(subject, quantity, x))

    def digits(self, subject: str, quantity: str, x: Any, digits: int = 30, fmt: Format | None = None) -> str:
        """The truth at one input (a scalar, or one event) in decimal, correctly rounded to ``digits`` (at most 30)
        significant digits up to an error of 1 in the last; the components of a vector separated by single spaces. fmt:
        the format that the subject's parameters are floats of; without it they are float64.

        "inf", "-inf", "nan", "outside" and "undecided" stand for what is not a finite number.
        """
        exact = str(parse(subject)) if fmt is None else in_format(subject, fmt)
        if quantity in STATISTICS:
            return " ".join(one.text for one in self.statistics(exact, quantity))
        rounded = None if fmt is None else fmt.precision
        return digits_of(exact, quantity, np.asarray(x, np.float64), digits, rounded)

    def second_opinion(self, subject: str, quantity: str, x: Any, fmt: Format) -> SecondOpinion:
        """What mpmath says about one input (ACCEPTANCE A18), and whether it agrees with the enclosure."""
        row, exact = np.asarray(x)[None], in_format(subject, fmt)
        return self._opinions.opinion(exact, quantity, x, self.truth(exact, quantity, row, fmt), fmt)

    def statistic(self, subject: str, quantity: str) -> Statistic:
        """A statistic of a distribution, certified; one that says ``undecided``, with the reason, where that fails.
        UnknownStatistic and UnknownSubject as ever."""
        from conformance.oracle.kept.statistics import Statistics
        from conformance.oracle.statistics.truth import UnknownStatistic, undecided

        kept = Statistics(None if self._folder is None else self._folder / "statistics")
        try:
            return kept.statistic(str(parse(subject)), quantity)
        except (UnknownStatistic, UnknownSubject):
            raise
        except Exception as problem:  # Whatever it is, it must not take the densities with it.
            return undecided(_one_line(problem))

    def statistics(self, subject: str, quantity: str) -> tuple[Statistic, ...]:
        """A statistic of a distribution entry by entry, in C order; one entry where it is one number. As
        ``statistic``."""
        if not statistic_event(subject, quantity):
            return (self.statistic(subject, quantity),)
        from conformance.oracle.statistics.entries import entries

        return entries(event_law(subject), quantity, self.statistic)

    def close(self) -> None:
        """End the worker processes, if any were started."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _computed(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        if self.processes <= 1 or len(x) < SMALLEST_SHARED_WORK:
            return block_truth(subject, quantity, x, fmt)
        if self._pool is None:
            # "spawn": a forked child would inherit locks that other threads of this process hold.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.processes, mp_context=context)
        blocks = [x[at : at + _BLOCK] for at in range(0, len(x), _BLOCK)]
        count = len(blocks)
        try:
            with interrupts_wait():  # Handing out the blocks starts the processes, and leaves Ctrl-C to this one.
                parts = self._pool.map(block_truth, [subject] * count, [quantity] * count, blocks, [fmt] * count)
            return _joined(parts)
        except BrokenProcessPool as problem:
            # A worker was killed, or cannot import the main module (code from standard input): slower, not wrong.
            print(f"oracle: worker processes failed ({problem}); going on in this process alone", file=sys.stderr)
            self._pool, self.processes = None, 1
            return block_truth(subject, quantity, x, fmt)


def _one_line(problem: Exception) -> str:
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"[:300]


def _width(subject: str, quantity: str, x: NDArray[Any]) -> int:
    """Components of one result."""
    return prod(result_event(subject, quantity, x.shape[1:]))


def _joined(parts: Iterator[Enclosures]) -> Enclosures:
    known = list(parts)
    fields = {name: np.concatenate([getattr(part, name) for part in known]) for name in Enclosures.__dataclass_fields__}
    return Enclosures(**fields)
