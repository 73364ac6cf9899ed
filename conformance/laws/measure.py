"""One quantity, evaluated by a framework and by the oracle at the same inputs, and scored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.execution.request import Reply, Request
from conformance.floats.enclosures import Enclosures, among
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.scoring.distance import Distances, distances
from conformance.scoring.failures import ACCUSES_NOBODY

TOO_LARGE = "too_large"
"""The status of a quantity whose truth costs more than the budget: the framework is not asked."""

UNANSWERED = ("not_offered", TOO_LARGE)


@dataclass(frozen=True)
class Measure:
    """One quantity, evaluated by the framework and by the oracle at the same inputs, and scored.

    ``inputs`` has one row per point. ``got``, ``truth``, ``failures``, ``usable``, ``distances`` and ``row`` have one
    entry per component: vector results are flattened, ``row`` says which input a component belongs to and
    ``component`` which element of its result it is. ``terms``: see ``classify``. ``excused``: only the condition number
    excuses it, and nobody who was asked does better; ``attainable``: who does, else "" (see ``laws.attainable``).
    ``calls``: per component what was really asked, and a clause about it, where that was not its row alone.
    ``shapes``: per component the shape that is declared, and the one that holds, where that is what is asked. ``of``:
    the subject whose truth this is, where that is not the case's.
    ``status`` is the reply's; where it is one of UNANSWERED everything else is empty.
    """

    quantity: str
    status: str
    message: str
    inputs: NDArray[Any]
    region: NDArray[np.uint8]
    row: NDArray[np.int64]
    component: NDArray[np.int64]
    got: NDArray[Any]
    truth: Enclosures
    failures: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    distances: Distances
    excused: NDArray[np.bool_]
    attainable: NDArray[np.str_]
    terms: NDArray[np.float64] | None = None
    calls: tuple[tuple[Request, str], ...] | None = None
    shapes: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] | None = None
    exhaustive: bool = False
    returned_dtype: str = ""
    returned_shape: tuple[int, ...] = ()
    seconds: float = 0.0
    of: str = ""

    @property
    def offered(self) -> bool:
        return self.status not in UNANSWERED

    def where(self, mask: NDArray[np.bool_] | NDArray[np.intp]) -> Measure:
        """The same measure at the components where ``mask`` holds, or that it names."""
        return replace(
            self,
            row=self.row[mask],
            component=self.component[mask],
            region=self.region[mask],
            got=self.got[mask],
            truth=self.truth[mask],
            failures=self.failures[mask],
            usable=self.usable[mask],
            distances=self.distances[mask],
            excused=self.excused[mask],
            attainable=self.attainable[mask],
            terms=None if self.terms is None else self.terms[mask],
            calls=None if self.calls is None else tuple(self.calls[at] for at in np.arange(len(self.row))[mask]),
            shapes=None if self.shapes is None else tuple(self.shapes[at] for at in np.arange(len(self.row))[mask]),
            exhaustive=False,
        )

    def in_regions(self, *regions: Region) -> Measure:
        return self.where(among(self.region, regions))

    def with_failures(self, failures: NDArray[np.uint8]) -> Measure:
        """The same measure under other verdicts: what a law clears is usable, what it newly accuses is not."""
        changed = failures != self.failures
        cleared = np.where(changed, among(failures, ACCUSES_NOBODY), self.usable)
        return replace(self, failures=failures, usable=cleared)


def fits_shape(values: NDArray[Any] | None, shape: tuple[int, ...], constant: bool) -> bool:
    """Whether an answer has the expected shape. A ``constant`` log-det in the parameter's shape is legitimate."""
    return values is not None and (values.shape == shape or (values.size == 1 and constant))


def in_shape(
    values: NDArray[Any] | None, shape: tuple[int, ...], fmt: Format, constant: bool
) -> tuple[NDArray[Any], bool]:
    """The answer in the expected shape, flattened, and whether it has it; nan where it has not, or none came."""
    if values is None or not fits_shape(values, shape, constant):
        return np.full(shape, np.nan).astype(fmt.dtype).ravel(), values is None
    with np.errstate(all="ignore"):
        full = values if values.shape == shape else np.broadcast_to(values.reshape(()), shape)
        return np.ascontiguousarray(full.astype(fmt.dtype)).ravel(), True


def unanswered(quantity: str, reply: Reply, values: NDArray[Any], fmt: Format) -> Measure:
    """The measure of what a framework does not offer, or is not asked: no components."""
    nothing = np.zeros(0, fmt.dtype)
    truth = Enclosures.empty(0)
    return Measure(
        quantity=quantity,
        status=reply.status,
        message=reply.message,
        inputs=values[:0],
        region=np.zeros(0, np.uint8),
        row=np.zeros(0, np.int64),
        component=np.zeros(0, np.int64),
        got=nothing,
        truth=truth,
        failures=np.zeros(0, np.uint8),
        usable=np.zeros(0, bool),
        distances=distances(nothing, truth, fmt),
        excused=np.zeros(0, bool),
        attainable=np.zeros(0, "U16"),
    )
