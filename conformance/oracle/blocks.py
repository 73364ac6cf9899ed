"""A block of inputs to a block of Enclosures: the plain loop over points that runs in every worker process."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.definitions.registry import is_distribution, transform_definition
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.narrow import Split, split
from conformance.oracle.scalar_truth import Point, ScalarTruth, Settled
from conformance.oracle.ziv import condition_number, narrow, precision_cap, start_precision

TIER_ARB = 0


def block_truth(subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures:
    """The truth of ``quantity`` at every row of ``x`` ((N,) or (N, event)), flattened in C order, by Arb alone."""
    saved = ctx.prec
    try:
        if not is_distribution(subject) and transform_definition(subject).event_rank_in:
            from conformance.oracle.vector_truth import VectorTruth

            vector = VectorTruth(subject, quantity, int(x.shape[1]), fmt)
            rows = [vector.at([float(v) for v in row]) for row in np.asarray(x, np.float64)]
            return pack([item for row in rows for item in row])
        truth = ScalarTruth(subject, quantity)
        cap = precision_cap(fmt)
        return pack([scalar_point(truth, value, fmt, cap) for value in np.asarray(x, np.float64).ravel().tolist()])
    finally:
        ctx.prec = saved


def scalar_point(truth: ScalarTruth, x: float, fmt: Format, cap: int) -> tuple[Split, float]:
    """One point: its enclosure and its condition number."""
    settled = truth.classify(x)
    if settled is not None:
        return settled_split(settled, fmt, cap), _settled_condition(settled)
    at = arb(x)
    derivative = arb(0)

    def attempt() -> arb:
        nonlocal derivative
        point: Point = truth.enclose(at)
        derivative = point.derivative
        return point.value

    found = narrow(attempt, fmt, start_precision(x, fmt), cap)
    if found is None:
        return Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED), float("nan")
    value, _ = found
    condition = condition_number(x, value, derivative)
    if isnan(condition):
        condition = _stepped_condition(truth, x, value)
    return split(value), condition


def settled_split(settled: Settled, fmt: Format, cap: int) -> Split:
    """A settled truth, its finite value narrowed to the format."""
    if settled.kind != Kind.FINITE or settled.value is None:
        return Split(0.0, 0.0, 0.0, 0, settled.kind)
    found = narrow(settled.value, fmt, start_precision(0.0, fmt), cap)
    return split(found[0]) if found else Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED)


def _settled_condition(settled: Settled) -> float:
    return 0.0 if settled.kind == Kind.FINITE else float("nan")


def _stepped_condition(truth: ScalarTruth, x: float, value: arb) -> float:
    """The condition number by a relative step of 2**-30, where the derivative itself left every range."""
    step = arb(2) ** -30
    moved = truth.enclose(arb(x) * (1 + step)).value
    difference = abs(moved - value)
    if not difference.is_finite():
        return float("nan")
    return condition_number(1.0, value, difference / step)


def pack(points: list[tuple[Split, float]]) -> Enclosures:
    """The points as arrays, certified, of the Arb tier."""
    out = Enclosures.empty(len(points))
    if points:
        splits, conditions = zip(*points, strict=True)
        hi, lo, err, exponent, kind = zip(*splits, strict=True)
        out.hi[:], out.lo[:], out.err[:] = hi, lo, err
        out.exponent[:], out.kind[:] = exponent, kind
        out.condition[:] = conditions
    out.certificate[:] = Certificate.CERTIFIED
    out.tier[:] = TIER_ARB
    return out
