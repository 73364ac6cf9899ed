"""A block of inputs to a block of Enclosures: the plain loop over points that runs in every worker process."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import ctx
from numpy.typing import NDArray

from conformance.definitions.registry import is_distribution, transform_definition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.narrow import Split
from conformance.oracle.pointwise.points import scalar_point
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.pointwise.vector_truth import VectorTruth
from conformance.oracle.pointwise.ziv import precision_cap
from conformance.oracle.tiers import TIER_ARB

SHORT = 24


def check(subject: str, quantity: str, x: NDArray[Any]) -> None:
    """UnknownSubject, UnknownQuantity, or ValueError where the shape of ``x`` does not suit the subject."""
    ScalarTruth(subject, quantity)  # raises for an unknown subject or quantity
    rank = 0 if is_distribution(subject) else transform_definition(subject).event_rank_in
    if x.ndim != rank + 1:
        wanted = "(N, event)" if rank else "(N,)"
        raise ValueError(f"{subject} takes inputs of shape {wanted}, not {x.shape}")


def block_truth(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
    """The truth of ``quantity`` at every row of ``x`` ((N,) or (N, event)), flattened in C order, by Arb alone."""
    saved = ctx.prec
    try:
        rows = np.asarray(x, np.float64).tolist()
        if not is_distribution(subject) and transform_definition(subject).event_rank_in:
            vector = VectorTruth(subject, quantity, int(x.shape[1]), fmt)
            return pack([item for row in rows for item in vector.at(row)], fmt.precision)
        truth, cap = ScalarTruth(subject, quantity), precision_cap(fmt)
        return pack([scalar_point(truth, value, fmt, cap) for value in rows], fmt.precision)
    finally:
        ctx.prec = saved


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
