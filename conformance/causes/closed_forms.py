"""What went wrong with a statistic, which is one number and no line of them."""

from __future__ import annotations

import numpy as np

from conformance.causes.tracing import AskerFor, Traced
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.laws.l11_statistics import measured

_WRONG_FORMULA = 2.0**-6
"""A statistic that is off by more than this share of itself is another number, and not that one with digits lost."""
_SINGLE = 24
"""Bits of float32, which a constant that is written down in a narrower dtype has."""
_WIDEST = "float64"
_SHORT = "float32"
_ROUNDOFF = 2.0**-8
"""Where an error shrinks to this share in a wider dtype, or below, it is made of roundoff."""


def closed_form(one: Traced, asker_for: AskerFor) -> tuple[str, str]:
    """The mechanism behind a wrong statistic, and the measurement that tells it.

    A number that is another one in a narrow dtype, and in float64 the right one but for far fewer digits, has lost
    them to cancellation: no other formula is to be written, and it is one thing to mend in every dtype. So float64 is
    asked too; and of digits that are missing there float32, which misses far more where they were lost to
    cancellation, and none where a constant has too few. What is 0 has no digits left to tell.
    """
    measure, at = one.suspect.group.measure, one.suspect.group.worst
    got, truth, fmt = float(measure.got[at]), measure.truth[np.array([at])], FORMATS[one.suspect.finding.dtype]
    finding = one.suspect.finding
    if truth.kind[0] != Kind.FINITE:
        return "closed form outside its range", f"{finding.worst.got} where the exact value is {finding.worst.exact}"
    if not np.isfinite(got):
        return "overflow of an intermediate", f"{finding.worst.got} where the exact value is {finding.worst.exact}"
    off = float(measure.distances.relative[at])
    said = f"off by {off:.2g} of the exact value in {finding.dtype}"
    if off > _WRONG_FORMULA:
        wide = _off_in(_WIDEST, one, asker_for) if finding.dtype != _WIDEST else off
        if wide >= _ROUNDOFF * off:
            return "wrong formula", said
        mechanism = "cancellation" if got != 0 else "underflow of an intermediate"
        return mechanism, f"{said}, and by {wide:.2g} in {_WIDEST}"
    if fmt.precision > _SINGLE and off > 2.0 ** -(_SINGLE + 8):
        short = _off_in(_SHORT, one, asker_for)
        if off < _ROUNDOFF * short < np.inf:
            return "cancellation", f"{said}, and by {short:.2g} in {_SHORT}"
        return "constant in a narrower dtype", said
    return "cancellation", said


def _off_in(dtype: str, one: Traced, asker_for: AskerFor) -> float:
    """How far off the same entry of the statistic is there, as a share of itself; infinite where the framework has no
    such answer."""
    case = asker_for(dtype, one.suspect.finding.mode).case(one.leaf.subject)
    reply = case.ask(one.leaf.quantity)
    if reply.status != "ok":
        return np.inf
    off = measured(case, one.leaf.subject, one.leaf.quantity, reply).distances.relative
    group = one.suspect.group
    at = int(group.measure.component[group.worst])
    return float(off[at]) if at < len(off) and np.isfinite(off[at]) else np.inf
