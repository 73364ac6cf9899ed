"""One scalar input to one enclosure and its condition number."""

from __future__ import annotations

from math import isnan

from flint import arb

from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format
from conformance.oracle.pointwise.narrow import Split, split
from conformance.oracle.pointwise.scalar_truth import ScalarTruth, Settled
from conformance.oracle.pointwise.shared import Point
from conformance.oracle.pointwise.ziv import condition_number, narrow, start_precision


def scalar_point(truth: ScalarTruth, x: float, fmt: Format, cap: int, start: int = 0) -> tuple[Split, float]:
    """One point: its enclosure and its condition number. start: a precision below which there is no use in beginning.

    The precision that succeeded stays in force on return.
    """
    settled = truth.classify(x)
    if settled is not None:
        return settled_split(settled, fmt, cap), _settled_condition(settled)
    derivative = arb(0)

    def attempt() -> arb:
        nonlocal derivative
        point: Point = truth.at(x)
        derivative = point.derivative
        return point.value

    found = narrow(attempt, fmt, max(start_precision(x, fmt), start), cap)
    if found is None:
        return Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED), float("nan")
    condition = condition_number(x, found, derivative)
    if isnan(condition):
        condition = _stepped_condition(truth, x, found)
    return split(found), condition


def settled_split(settled: Settled, fmt: Format, cap: int) -> Split:
    """A settled truth, its finite value narrowed to the format."""
    if settled.kind != Kind.FINITE or settled.value is None:
        return Split(0.0, 0.0, 0.0, 0, settled.kind)
    found = narrow(settled.value, fmt, start_precision(0.0, fmt), cap)
    return split(found) if found is not None else Split(0.0, 0.0, 0.0, 0, Kind.UNDECIDED)


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
