"""What conditioning would excuse, and another implementation gets right at the very same input (ACCEPTANCE A24).

The input is exact. Conditioning grants the steps in between their roundings; where somebody does without, it is no
excuse. Told is only what is worth telling: a wrong value, a wrong sign or more than a third of the format's bits lost
by the plain tolerance, and by more than a few roundoffs of the quantity itself, which next to a zero are all bits.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.execution.in_process import InProcess
from conformance.execution.request import Request
from conformance.floats.enclosures import Enclosures
from conformance.floats.formats import Format
from conformance.scoring.distance import Distances
from conformance.scoring.failures import Failure, classify, within_nats
from conformance.scoring.grades import many_bits_lost
from conformance.scoring.tolerance import Tolerance

if TYPE_CHECKING:
    from conformance.laws.case import Case
    from conformance.laws.measure import Measure


def excused(
    failures: NDArray[np.uint8],
    plain: NDArray[np.uint8],
    got: NDArray[Any],
    off: Distances,
    fmt: Format,
    tolerance: Tolerance,
    terms: NDArray[np.float64] | None,
) -> NDArray[np.bool_]:
    """Finite results that only the condition number excuses, as far as they are worth telling. ``plain``: the verdicts
    without it."""
    wrong = np.isin(plain, (Failure.VALUE_WRONG, Failure.WRONG_SIGN))
    wrong |= (plain == Failure.PRECISION_LOST) & many_bits_lost(off, fmt)
    beyond = ~within_nats(off, tolerance, terms) & np.isfinite(got.astype(np.float64))
    return np.asarray((failures == Failure.NONE) & wrong & beyond)


def plainly_right(
    answers: NDArray[Any], truth: Enclosures, fmt: Format, tolerance: Tolerance, *, log_quantity: bool
) -> NDArray[np.bool_]:
    """Where another implementation's ``answers`` are within the plain tolerance, conditioning left out."""
    codes = classify(
        answers, truth, fmt, log_quantity=log_quantity, codomain=None, tolerance=replace(tolerance, granted=0.0)
    )
    return np.asarray(codes == Failure.NONE)


def reference_answers(subject: str, quantity: str, values: NDArray[Any], fmt: Format) -> NDArray[Any] | None:
    """The reference's answers at the rows ``values``, flattened; None where it has none."""
    reply = _reference().evaluate(Request(subject, quantity, fmt.name, "eager", values))
    return None if reply.values is None else np.asarray(reply.values).astype(fmt.dtype).ravel()


def witnessed(case: Case, measure: Measure, answers: NDArray[Any], name: str) -> Measure:
    """``measure`` after another framework, ``name``, was heard: what was excused and it has right is now a failure.

    answers: one per component of ``measure``, at the very same inputs, in the case's dtype. ``excused`` and
    ``attainable`` say afterwards what is still excused and who is right.
    """
    tolerance = case.tolerance(measure.quantity)
    log_quantity = measure.quantity in LOG_QUANTITIES
    right = plainly_right(answers, measure.truth, case.fmt, tolerance, log_quantity=log_quantity) & measure.excused
    if not right.any():
        return measure
    plain = classify(
        measure.got,
        measure.truth,
        case.fmt,
        log_quantity=log_quantity,
        codomain=case.declared.codomain(measure.quantity),
        tolerance=replace(tolerance, granted=0.0),
        terms=measure.terms,
    )
    return replace(
        measure,
        failures=np.where(right, plain, measure.failures).astype(np.uint8),
        usable=measure.usable & ~right,
        excused=measure.excused & ~right,
        attainable=np.where(right, name, measure.attainable),
    )


@lru_cache(maxsize=1)
def _reference() -> InProcess:
    from adapters.numpy import Adapter

    return InProcess(Adapter)
