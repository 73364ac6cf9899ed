"""The reference's better formula for what a cause accuses, run at the example's input and seen to be right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, LOG_QUANTITIES
from adapters.interface.spec import parse
from conformance.causes import formulas
from conformance.causes.formula_table import NoFormula, words_of
from conformance.causes.formulas import as_row
from conformance.causes.records import Better
from conformance.definitions.declared import codomain_of
from conformance.definitions.ready_made import READY_MADE
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import Format, format_named
from conformance.laws import attainable
from conformance.scoring.distance import distances
from conformance.scoring.failures import Failure, classify, usable
from conformance.scoring.tolerance import tolerance_for

TAILS = (
    "In the far tails of a transformed distribution, next to the zeros of its log density and where base and log-det "
    "cancel, what rounding the inverse costs is magnified: there only the reference's pairs of floats keep every digit."
)
"""Where the plain formulas do not hold; a test names the subjects."""


class Truths(Protocol):
    """The part of the oracle that knows what is right."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...


def better_for(subject: str, quantity: str, value: NDArray[Any] | str, dtype: str, oracle: Truths) -> Better | None:
    """How the reference computes ``quantity`` of ``subject``, in words and as a script that stands alone, with what it
    printed at ``value`` and its error. None where there is no short formula, or where it is not right there itself.

    value: a scalar or one event in ``dtype``, or the ``float.hex`` text of one. ulp: of the worst component.
    """
    row = as_row(value, dtype, subject, quantity) if isinstance(value, str) else np.asarray(value)
    try:
        code = formulas.script(subject, quantity, row, dtype)
        words = " ".join(f"{name}: {words_of(name)}" for name in formulas.formula_names(subject, quantity))
        printed = formulas.run(code)
    except (NoFormula, ArithmeticError, ValueError):
        # Not the first: a parameter has a limit of its own, such as the logarithm for the power 0.
        return None
    fmt = format_named(dtype)
    got = np.array([float(word) for word in printed.split()]).astype(fmt.dtype)
    score = scored(subject, quantity, row[None], got, fmt, oracle)
    if not score.recommendable(subject):
        return None
    if is_sum(subject) and quantity in DISTRIBUTION_FUNCTIONS and quantity != "log_prob_from_base":
        words += f" {TAILS}"
    return Better(words=words, code=code, printed=printed, ulp=score.ulp)


def is_sum(subject: str) -> bool:
    """Whether log densities of ``subject`` are sums, which may cancel: base and log-det of a transformed one, be it
    ready-made."""
    spec = parse(subject)
    made = READY_MADE.get(spec.name)
    return spec.name == "transformed" or (made is not None and made(**spec.params).startswith("transformed("))


@dataclass(frozen=True)
class Score:
    """Of each component, whether it is right, and whether it is right or off by roundoffs in nats (A13); ``excused``:
    right only by what conditioning grants, and worth telling. ``ulp``: the largest error. What is undecided is neither
    right nor usable: nothing is recommended that was not seen to be right. Outside the domain that is a nan alone.
    """

    right: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    excused: NDArray[np.bool_]
    ulp: float

    def recommendable(self, subject: str) -> bool:
        """Whether every component is right (or usable, for a sum) and none of them by what a framework would be accused
        of: an error that only conditioning excuses, where the reference does without (ACCEPTANCE A24)."""
        fine = (self.usable if is_sum(subject) else self.right) & ~self.excused
        return bool(len(fine)) and bool(fine.all())


def scored(subject: str, quantity: str, rows: NDArray[Any], got: NDArray[Any], fmt: Format, oracle: Truths) -> Score:
    """The score of ``got`` (flattened) at ``rows`` ((N,) or (N, event) of the format), by the comparison's rules."""
    truth = oracle.truth(subject, quantity, rows, fmt)
    if len(truth) != len(got):
        nothing = np.zeros(len(truth), bool)
        return Score(nothing, nothing, nothing, np.inf)
    log_quantity = quantity in LOG_QUANTITIES
    tolerance = tolerance_for(quantity, fmt)
    off = distances(got, truth, fmt)
    codomain = codomain_of(subject, quantity)
    failures = classify(got, truth, fmt, log_quantity=log_quantity, codomain=codomain, tolerance=tolerance)
    ungranted = replace(tolerance, granted=0.0)
    plain = classify(got, truth, fmt, log_quantity=log_quantity, codomain=codomain, tolerance=ungranted)
    excused = attainable.excused(failures, plain, got, off, fmt, tolerance, None)
    decided = (failures != Failure.UNDECIDED) & ((truth.kind != Kind.OUTSIDE) | np.isnan(got))
    fine = usable(failures, off, log_quantity=log_quantity, tolerance=tolerance)
    ulp = off.ulp[~np.isnan(off.ulp)]
    return Score((failures == Failure.NONE) & decided, fine & decided, excused, float(ulp.max()) if len(ulp) else 0.0)
