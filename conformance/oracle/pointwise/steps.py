"""Condition numbers of functions of an event, by small relative steps of its entries: estimates, and never truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite

from flint import arb, ctx

from conformance.oracle.pointwise.ziv import condition_number

_NAN = float("nan")

Evaluate = Callable[[list[arb]], list[arb]]


def stepped_conditions(evaluate: Evaluate, x: Sequence[float], values: Sequence[arb | None]) -> list[float]:
    """sum_j |x_j dq/dx_j| / |q| for every component, by relative steps of 2**-30; of 2**-120 where that one leaves
    the domain, as it does close to a boundary. A limit that no step changes is inf."""
    found = _stepped(evaluate, x, values, 30)
    if any(value is not None and condition == inf for value, condition in zip(values, found, strict=True)):
        finer = _stepped(evaluate, x, values, 120)
        return [b if a == inf else a for a, b in zip(found, finer, strict=True)]
    return found


def _stepped(evaluate: Evaluate, x: Sequence[float], values: Sequence[arb | None], bits: int) -> list[float]:
    saved = ctx.prec
    ctx.prec = saved + bits + 34
    try:
        step = arb(2) ** -bits
        centre = evaluate([arb(v) for v in x])
        totals = [arb(0)] * len(centre)
        for j, v in enumerate(x):
            if v == 0 or not isfinite(v):
                continue
            moved = [arb(u) for u in x]
            moved[j] = arb(v) * (1 + step)
            totals = [t + abs(a - b) / step for t, a, b in zip(totals, evaluate(moved), centre, strict=True)]
        return [
            _NAN if value is None else condition_number(1.0, value, total) if total.is_finite() else inf
            for value, total in zip(values, totals, strict=True)
        ]
    finally:
        ctx.prec = saved
