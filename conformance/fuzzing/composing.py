"""What composing costs whoever composes: a composition whose parts are all correctly rounded, and what lies between
them as well.

Where an intermediate value lies within a rounding of a pole of the next part, any composition in working precision
meets the pole, and its maintainer has nothing to mend.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import MIRROR
from adapters.interface.spec import Spec, parse
from conformance.definitions.registry import is_distribution, takes_events, transform_definition
from conformance.findings.records import Finding
from conformance.floats.enclosures import as_float
from conformance.floats.formats import Format, format_named
from conformance.laws.case import Truth
from conformance.scoring.failures import Failure

Values = NDArray[np.float64]

VALUES = {
    one.label
    for one in (
        Failure.PRECISION_LOST,
        Failure.VALUE_WRONG,
        Failure.WRONG_SIGN,
        Failure.SPURIOUS_NAN,
        Failure.SPURIOUS_INF,
    )
}
"""Kinds of failure that roundings can have, unlike a shape or an exception."""

OF_BATCHES = ("L07", "L09")
"""Laws whose finding shows an answer in a batch beside an input of the plain subject."""

SHARE = 4.0
"""A result that is off by so many times what composing costs is off for another reason."""


def inherent(oracle: Truth, finding: Finding) -> bool:
    """Whether correctly rounded parts, composed, would be about as far off at the input that the finding shows: not
    finite where the answer is not, or at least a quarter as far from the exact value. False where that is not known:
    of compositions that are no chains, on events or not, and laws of such."""
    if finding.kind not in VALUES or finding.law in OF_BATCHES:
        return False
    fmt, spec = format_named(finding.dtype), parse(finding.subject)
    row = _row(finding)
    try:
        made = _composed(oracle, spec, finding.quantity, row.ravel(), fmt)
        got, exact = float.fromhex(finding.worst.got_hex), float(finding.worst.exact)
        whole = oracle.truth(finding.subject, finding.quantity, row.astype(fmt.dtype), fmt)
    except ValueError:  # Of what is no number either, such as a law's declaration or its batch.
        return False
    # Of a result of several entries the finding shows one, which its exact value tells.
    composed = made[int(np.nanargmin(np.abs(as_float(whole) - exact)))]
    if not np.isfinite(got):
        return not np.isfinite(composed)
    return bool(abs(got - exact) <= SHARE * abs(composed - exact))


def _row(finding: Finding) -> Values:
    """The input that the finding shows, as the one row of a request."""
    row = np.array([float.fromhex(word) for word in finding.worst.input_hex.split()])
    return row[None] if takes_events(finding.subject) else row


class _NotKnown(ValueError):
    """Nothing is said of such compositions."""


def _composed(oracle: Truth, spec: Spec, quantity: str, x: Values, fmt: Format) -> Values:
    """``quantity`` at the entries ``x``, every step of it rounded to ``fmt``."""
    if is_distribution(spec):
        if spec.name != "transformed" or quantity != "log_prob":
            raise _NotKnown
        base, transform = spec.parts
        inner = _composed(oracle, transform, "inverse", x, fmt)
        log_det = _composed(oracle, transform, "ildj", x, fmt)
        return _rounded(_asked(oracle, base, "log_prob", inner, fmt) + log_det, fmt)
    if spec.name == "inverse":
        return _composed(oracle, spec.parts[0], MIRROR[quantity], x, fmt)
    if spec.name == "independent":
        entries = _composed(oracle, spec.parts[0], quantity, x, fmt)
        return entries if quantity in ("forward", "inverse") else _rounded(entries.sum(keepdims=True), fmt)
    if spec.name != "chain":
        return _asked(oracle, spec, quantity, x, fmt)
    back = quantity in ("inverse", "ildj")
    step, total = ("inverse" if back else "forward"), np.zeros_like(x)
    for part in reversed(spec.parts) if back else spec.parts:
        if quantity in ("fldj", "ildj"):
            total = _rounded(total + _composed(oracle, part, quantity, x, fmt), fmt)
        x = _composed(oracle, part, step, x, fmt)
    return x if quantity == step else total


def _asked(oracle: Truth, spec: Spec, quantity: str, x: Values, fmt: Format) -> Values:
    if not is_distribution(spec) and transform_definition(spec).event:
        raise _NotKnown
    return _rounded(as_float(oracle.truth(str(spec), quantity, _rounded(x, fmt).astype(fmt.dtype), fmt)), fmt)


def _rounded(x: Any, fmt: Format) -> Values:
    with np.errstate(all="ignore"):
        return np.asarray(x).astype(fmt.dtype).astype(np.float64)
