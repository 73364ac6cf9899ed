"""The piecewise tier: certified truth for a scalar quantity at the speed of a polynomial.

GUARANTEE: where ``enclose`` answers, the truth lies in the enclosure (remainder by Taylor's theorem over balls,
coefficient and evaluation rounding included), whose radius is at most 2**-20 ulp of the target format or 2**-20 of
its least subnormal; values that overflow are known to 2**-8 of their size. That is the same promise for float64
(two words for the coefficients that need them, see ``piecewise_pairs``) as for the shorter formats. Where it cannot be
kept, the point is UNDECIDED and belongs to Arb: zeros, infinities, nan, the neighbourhood of the function's zeros and
of the ends of its domain, and binades that too few points ask for. ``piecewise_audit`` compares with Arb.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.definitions.intervals import Interval
from conformance.definitions.registry import takes_events
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.kept.sources import TRUTH, source_digest
from conformance.oracle.piecewise.build import FLOAT32_LINE, FLOAT64_LINE, Line, Piece, constant_piece, flat_piece
from conformance.oracle.piecewise.eval import enclose
from conformance.oracle.piecewise.pairs import enclose_pairs
from conformance.oracle.piecewise.series import QuantitySeries
from conformance.oracle.piecewise.table import (
    SPARE,
    UNBUILT,
    Table,
    beyond,
    interior,
    settle_by_interval,
)
from conformance.oracle.pointwise.scalar_truth import ScalarTruth

WORTH_BUILDING = {"float32": 512, "float64": 8192}
"""By line: a binade is built when at least this many points of one request fall into it; fewer are cheaper by Arb.
(A binade that one piece does not cover takes as long as some hundreds of points by Arb; at float64 some thousands, and
more than the 4096 that a distribution draws, all of which may lie next to 1.)"""

WORTH_TRYING = {"float32": 128, "float64": 128}
"""By line: with this many points in it, a binade is tried as one piece."""

WORTH_ASKING = 1500
"""Points in a request below which Arb answers alone."""

LINES = {"float16": FLOAT32_LINE, "bfloat16": FLOAT32_LINE, "float32": FLOAT32_LINE, "float64": FLOAT64_LINE}


def offers(fmt: Format) -> bool:
    """True where the tier has a table for inputs and results of this format."""
    return fmt.name in LINES


class PiecewiseTier:
    """See the module's docstring. ``subject`` is a scalar transform or distribution; ValueError otherwise.

    ``fmt`` chooses the line of formats (LINES) that the tier serves, all of them alike.

    With ``directory`` the tables are kept on disk, keyed by the source text of definitions and oracle.
    """

    def __init__(self, subject: str, quantity: str, fmt: Format, directory: Path | None = None) -> None:
        self.subject, self.quantity = subject, quantity
        truth = ScalarTruth(subject, quantity)
        if truth.transform is not None and truth.transform.event_rank_in:
            raise ValueError(f"{subject} maps vectors; the piecewise tier holds functions of one float")
        self._truth = truth
        self.line: Line = LINES[fmt.name]
        own = own_domain(truth)
        home = interior(float(own.lo), float(own.hi))
        # A base seen through its own distribution function: no polynomial shows that its logarithms add up to 0.
        flat = flat_piece(float(truth.quantity == "prob")) if truth.flat else None
        self.table = Table(QuantitySeries(truth), settle_by_interval(self._classify, home, flat), self.line)
        self._path = None if directory is None else directory / f"{self._key()}.pieces"
        if self._path is not None:
            self.table.load(self._path)

    def enclose(self, x: NDArray[Any], worth: int | None = None) -> Enclosures:
        """The truth at ``x`` (N,), of the tier's format; UNDECIDED where no piece covers a point.

        Builds, and keeps, the pieces of every binade in which at least ``worth`` points of ``x`` lie (WORTH_BUILDING
        unless told, and then one piece where WORTH_TRYING points lie).
        """
        exact = np.ascontiguousarray(np.asarray(x).astype(np.float64).ravel())
        self.prepare(exact, worth)
        return enclose(self.table, exact) if self.line.words == 1 else enclose_pairs(self.table, exact)

    def prepare(self, exact: NDArray[np.float64], worth: int | None = None) -> None:
        """Build what ``enclose`` would build for these points."""
        counts = np.bincount((exact.view(np.int64) >> 52) & 4095, minlength=4096)
        missing = self.table.root == UNBUILT
        if worth is None:
            worth = WORTH_BUILDING[self.line.name]
            some = missing & ~self.table.tried & (counts >= WORTH_TRYING[self.line.name]) & (counts < worth)
            self._grow(np.flatnonzero(some), divide=False)
        self._grow(np.flatnonzero(missing & (counts >= max(worth, 1))))

    def prepare_all(self) -> None:
        """Build every binade of the line, in one fixed order: a table begun so is the same wherever it is built."""
        self._grow(np.flatnonzero(self.table.root == UNBUILT), spare=SPARE)

    def _grow(self, keys: NDArray[np.int64], divide: bool = True, spare: int = 0) -> None:
        if keys.size:
            self.table.grow(keys, divide, spare)
            if self._path is not None:
                self.table.save(self._path)

    def _classify(self, x: float) -> Piece | bool | None:
        settled = self._truth.classify(x)
        if settled is None:
            return None
        if settled.kind in (Kind.OUTSIDE, Kind.NEG_INF):
            return beyond(settled.kind)
        if settled.kind == Kind.UNDECIDED and not self._truth.claimed(np.array([x]))[0]:
            return beyond(settled.kind)
        if settled.kind == Kind.FINITE and settled.value is not None:
            value = settled.value()
            if value.is_exact() and value in (0, 1):
                return constant_piece(float(value))
        return False

    def _key(self) -> str:
        text = "\n".join((self.subject, self.quantity, repr(self.line), source_digest(TRUTH)))
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def own_domain(truth: ScalarTruth) -> Interval:
    """The interval on which the quantity is a function."""
    if truth.base is None:
        assert truth.transform is not None
        return truth.transform.domain if variable(truth.quantity) == "x" else truth.transform.codomain
    return truth.base.support if truth.quantity == "log_prob_from_base" else truth.definition.support


class PiecewiseTiers:
    """The tiers of one process, made as they are asked for; ``directory`` None keeps no tables on disk."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._tiers: dict[tuple[str, str, str], PiecewiseTier] = {}

    def tier(self, subject: str, quantity: str, fmt: Format) -> PiecewiseTier | None:
        """The tier that answers for this, formats of one line sharing it; None for events and other formats."""
        if not offers(fmt) or takes_events(subject):
            return None
        key = (subject, quantity, LINES[fmt.name].name)
        if key not in self._tiers:
            self._tiers[key] = PiecewiseTier(subject, quantity, fmt, self._directory)
        return self._tiers[key]

    def enclose(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures | None:
        """As PiecewiseTier.enclose; None where no tier answers, or where ``x`` is so short that Arb is as quick."""
        tier = self.tier(subject, quantity, fmt) if len(x) >= WORTH_ASKING else None
        return None if tier is None else tier.enclose(x)
