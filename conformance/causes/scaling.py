"""How a failure moves from one format to another: with the format's range, with its resolution, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from conformance.causes.runs import Run
from conformance.floats.formats import format_named

WIDER = {"float16": "float32", "bfloat16": "float64", "float32": "float64", "float64": "float32"}


@dataclass(frozen=True)
class Scaling:
    """thresholds: "range", "precision", "fixed" or "" of the input at which the failure begins; errors: "epsilon" where
    the error shrinks with the format's resolution, "fixed" where it stays, else ""; evidence: in words."""

    thresholds: str = ""
    errors: str = ""
    evidence: tuple[str, ...] = ()


def scaling_of(run: Run, others: Sequence[Run]) -> Scaling:
    """What the same run in another dtype shows; nothing where there is no such run."""
    twin = _twin(run, others)
    if twin is None:
        return Scaling()
    here, there = _threshold(run), _threshold(twin)
    thresholds = _kind(here, there, run, twin)
    errors, ratio = _errors(run, twin)
    evidence = []
    if here and there:
        moves = {"range": "with the format's range", "precision": "with its resolution", "fixed": "not at all"}
        if thresholds:
            evidence.append(
                f"it begins at {here:.6g} in {run.line.dtype} and at {there:.6g} in {twin.line.dtype}, so it moves "
                f"{moves[thresholds]}"
            )
    if errors == "epsilon":
        evidence.append(f"the error is {ratio:.2g} times as large in {run.line.dtype} as in {twin.line.dtype}")
    elif errors == "fixed":
        evidence.append(f"the error is of the same size in {run.line.dtype} and {twin.line.dtype}")
    return Scaling(thresholds, errors, tuple(evidence))


def _twin(run: Run, others: Sequence[Run]) -> Run | None:
    """The run of the same subject and quantity in another dtype that lies on the same side, the largest of several."""
    wanted = WIDER[run.line.dtype]
    side = np.sign(_threshold(run))
    found = [
        other
        for other in others
        if other.part == "values"
        and (other.line.subject, other.line.quantity) == (run.line.subject, run.line.quantity)
        and other.line.dtype == wanted
        and (not run.line.scalar or np.sign(_threshold(other)) in (side, 0.0) or side == 0.0)
    ]
    return max(found, key=lambda other: len(other.rows), default=None)


def _threshold(run: Run) -> float:
    """The finite input where the run begins, next to a right answer; of a vector run its smallest failing magnitude."""
    line = run.line
    if not line.scalar:
        size = np.abs(run.points.x.astype(np.float64)).reshape(len(run.points.x), -1)
        size = size[np.isfinite(size).all(axis=1)]
        return float(size.max(axis=1).min()) if len(size) else 0.0
    ends = []
    for inner, outer in ((run.low, run.low - 1), (run.high, run.high + 1)):
        value = float(line.x[inner])
        if 0 <= outer < len(line.code) and np.isfinite(value) and value and np.isfinite(float(line.x[outer])):
            ends.append((abs(np.log2(abs(value))), value))
    # Of two ends the one nearer to where people compute.
    return min(ends, default=(0.0, 0.0))[1]


def _kind(here: float, there: float, run: Run, twin: Run) -> str:
    if not here or not there:
        return ""
    first, second = format_named(run.line.dtype), format_named(twin.line.dtype)
    wide, narrow = (abs(here), abs(there)) if first.bits > second.bits else (abs(there), abs(here))
    big, small = (first, second) if first.bits > second.bits else (second, first)
    ranges, precisions = big.emax / max(1, small.emax), big.precision / small.precision
    if abs(wide - narrow) <= 1e-2 * narrow:
        return "fixed"
    binades = np.log2(wide) / np.log2(narrow) if abs(np.log2(narrow)) > 6 else np.nan
    # A tail that falls as exp(-x^2) leaves the range where x is as large as the root of the ranges' ratio says.
    if abs(wide / narrow / np.sqrt(ranges) - 1) < 0.05:
        return "range"
    for ratio, name in ((ranges, "range"), (precisions, "precision")):
        for measured in (binades, wide / narrow):
            if abs(measured / ratio - 1) < 0.3:
                return name
    # exp(exp(x)) overflows where exp(x) does by the ratio of the ranges.
    return "range" if abs((wide - narrow) - np.log(ranges)) < 0.35 and narrow < 20 else ""


def _errors(run: Run, twin: Run) -> tuple[str, float]:
    """Whether the typical error, in units of the answer's own size, follows the resolution."""
    first, second = _typical(run), _typical(twin)
    if not first or not second:
        return "", 0.0
    ratio = first / second
    wanted = 2.0 ** (format_named(twin.line.dtype).precision - format_named(run.line.dtype).precision)
    distance = abs(np.log2(ratio) - np.log2(wanted))
    if distance < 8:
        return "epsilon", ratio
    return ("fixed", ratio) if abs(np.log2(ratio)) < 4 else ("", ratio)


def _typical(run: Run) -> float:
    points = run.points
    known = np.isfinite(points.error) & (points.error > 0)
    return float(np.median(points.error[known])) if known.any() else 0.0
