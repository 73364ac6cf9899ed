"""A block of inputs to a block of Enclosures: the plain loop over points that runs in every worker process."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.definitions.registry import is_distribution, is_event_law, transform_definition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format, format_named
from conformance.oracle.pointwise.event_law_truth import EventLawTruth
from conformance.oracle.pointwise.narrow import Split
from conformance.oracle.pointwise.points import scalar_point
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.pointwise.vector_truth import VectorTruth
from conformance.oracle.pointwise.ziv import precision_cap, start_precision
from conformance.oracle.tiers import TIER_ARB

SHORT = 24

_UNUSED = 53
_LONGEST_START = 640
"""Bits beyond which the next point is not begun with: one point at the edge of everything says little of others."""


def check(subject: str, quantity: str, x: NDArray[Any]) -> None:
    """UnknownSubject, UnknownQuantity, or ValueError where the shape of ``x`` does not suit the subject."""
    taken = "(N,)"
    if is_event_law(subject):
        law = EventLawTruth(subject, quantity, fmt=format_named("float64")).law
        shape = (law.source if variable(quantity) == "x" else law.space).shape
        if x.shape[1:] != shape:
            raise ValueError(f"{subject} takes inputs of shape (N, {', '.join(map(str, shape))}), not {x.shape}")
        return
    ScalarTruth(subject, quantity)  # raises for an unknown subject or quantity
    if not is_distribution(subject):
        definition = transform_definition(subject)
        back = variable(quantity) == "y"
        if definition.event:
            taken = "(N, *event)"
            try:
                (definition.target_at if back else definition.source_at)(x.shape[1:])
                (definition.input_event if back else definition.output_event)(x.shape[1:])
            except ValueError as problem:
                raise ValueError(f"{subject} takes inputs of shape {taken}, and {problem}: not {x.shape}") from None
            return
    if x.ndim != 1:
        raise ValueError(f"{subject} takes inputs of shape {taken}, not {x.shape}")


def block_truth(subject: str, quantity: str, x: NDArray[Any], fmt: Format, rounded: int | None = None) -> Enclosures:
    """The truth of ``quantity`` at every row of ``x`` ((N,) or (N, *event)), flattened in C order, by Arb alone."""
    saved = ctx.prec
    try:
        if x.ndim == 1 and not is_event_law(subject):
            return _of_numbers(ScalarTruth(subject, quantity), np.asarray(x, np.float64), fmt)
        rows = np.asarray(x, np.float64).reshape(len(x), -1 if x.ndim > 1 else 1).tolist()
        if is_event_law(subject):
            law = EventLawTruth(subject, quantity, fmt, rounded)
            return pack([item for row in rows for item in law.at(row)], fmt.precision)
        vector = VectorTruth(subject, quantity, x.shape[1:], fmt, rounded)
        return pack([item for row in rows for item in vector.at(row)], fmt.precision)
    finally:
        ctx.prec = saved


def _of_numbers(truth: ScalarTruth, x: NDArray[np.float64], fmt: Format) -> Enclosures:
    claimed = truth.claimed(x)
    points = pack(_scalars(truth, x[claimed].tolist(), fmt), fmt.precision)
    if claimed.all():
        return points
    out = Enclosures.empty(len(x))
    out.tier[:], out[claimed] = TIER_ARB, points
    return out


def _scalars(truth: ScalarTruth, values: list[float], fmt: Format) -> list[tuple[Split, float]]:
    """One point after another. What a quantity needed at one input it needs nearby as well (a sum that is 0 all along
    has to be seen down to the least float), so the next begins there; that is forgotten little by little."""
    cap, start, points = precision_cap(fmt), 0, []
    for value in values:
        ctx.prec = _UNUSED  # As it stays where nothing has to be narrowed.
        points.append(scalar_point(truth, value, fmt, cap, start))
        if ctx.prec > max(start, start_precision(value, fmt)):
            start = min(ctx.prec, _LONGEST_START)
        else:
            start -= start // 16
    return points


def pack(points: list[tuple[Split, float]], precision: int) -> Enclosures:
    """The points as arrays, certified, of the Arb tier, for a format of ``precision`` bits."""
    out = Enclosures.empty(len(points))
    if points:
        splits, conditions = zip(*points, strict=True)
        hi, lo, err, exponent, kind = zip(*splits, strict=True)
        out.hi[:], out.lo[:], out.err[:] = hi, lo, err
        out.exponent[:], out.kind[:] = exponent, kind
        # An estimate: 16 bits of it say all there is to say, and file better.
        mantissa, binade = np.frexp(conditions)
        with np.errstate(over="ignore"):
            out.condition[:] = np.ldexp(np.round(mantissa * 2.0**16) * 2.0**-16, binade)
    if precision <= SHORT:
        # 2**-52 is far below 2**-20 ulp of a short format; one word instead of two, and one common error, file better.
        inside = (out.kind == Kind.FINITE) & (out.hi != 0) & (np.abs(out.lo) + out.err <= 2.0**-52)
        out.lo[inside] = 0.0
        out.err[inside] = 2.0**-52
    out.certificate[:] = Certificate.CERTIFIED
    out.tier[:] = TIER_ARB
    return out
