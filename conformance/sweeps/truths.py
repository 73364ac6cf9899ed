"""Truth for a sweep: one table of pieces for the whole line, built once, and Arb for whatever it leaves open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.parameters import in_format
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format, format_named
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.eval import enclose
from conformance.oracle.piecewise.tier import PiecewiseTier
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.pointwise.scalar_truth import ScalarTruth


class SweepTruth:
    """The oracle of one sweep, with the interface that laws use. Nothing is dropped: what no piece covers goes to Arb.

    The table is the same wherever and however often it is built, so that two sweeps of one function agree in every
    byte. As the Oracle's, it is the truth of the subject whose numbers are floats of ``fmt``, which is all that a
    framework has of them; ``subject`` and what is asked for may be either text. ``subject`` must be scalar; ValueError
    otherwise, BeyondFormat among them where ``fmt`` does not hold its numbers.
    """

    def __init__(self, subject: str, quantity: str, fmt: Format, tables: Path | None) -> None:
        self.subject, self.quantity, self.fmt = in_format(subject, fmt), quantity, fmt
        tier = PiecewiseTier(self.subject, quantity, fmt, tables)
        tier.prepare_all()
        self.table = tier.table
        self._scalar = ScalarTruth(self.subject, quantity)

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        """As Oracle.truth, without its cache."""
        exact = in_format(subject, fmt)
        if (exact, quantity, fmt) != (self.subject, self.quantity, self.fmt):
            return block_truth(exact, quantity, x, fmt)
        truth = enclose(self.table, np.ascontiguousarray(x.astype(np.float64)))
        rest = np.flatnonzero(truth.kind == Kind.UNDECIDED)
        if len(rest):
            truth[rest] = block_truth(exact, quantity, x[rest], fmt)
        return truth

    def unclaimed(self, x: NDArray[Any]) -> NDArray[np.bool_]:
        """Of which of these inputs nothing is claimed."""
        return self._scalar.unclaimed(x.astype(np.float64))

    def roughly(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
        """As Oracle.roughly."""
        return block_truth(in_format(subject, fmt), quantity, x, format_named("float32"))

    def nearest(self, subject: str, quantity: str, got: NDArray[Any], fmt: Format) -> Enclosures:
        """As Oracle.nearest."""
        return Oracle().nearest(subject, quantity, got, fmt)
