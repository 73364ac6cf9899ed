"""What went wrong in a run of failing inputs, told by what the numbers show (never by what a component is called)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import LOG_QUANTITIES, LOG_SUMS, TAILS
from conformance.causes.anatomy import composed
from conformance.causes.lines import Line
from conformance.causes.runs import Run
from conformance.causes.scaling import Scaling, scaling_of
from conformance.floats.regions import Region
from conformance.scoring.failures import Failure

_CALLS = {
    Failure.RAISED: "exception",
    Failure.CRASHED: "crash",
    Failure.TIMED_OUT: "time-out",
    Failure.SHAPE_WRONG: "shape of the result",
    Failure.DTYPE_CHANGED: "dtype of the result",
    Failure.ORDER_BROKEN: "order of the results",
}
_PARTS = {"outside": "missing support mask", "flushed": "flush to zero", "special": "limit at a special value"}

_OTHER_NUMBERS = (
    Failure.VALUE_WRONG,
    Failure.WRONG_SIGN,
    Failure.SPURIOUS_NAN,
    Failure.SPURIOUS_INF,
    Failure.OUT_OF_CODOMAIN,
)

MOST_OF = 0.6
"""The share of points that has to follow a pattern before the pattern is called the mechanism."""

KERNEL_ULP = 4096.0
"""A bounded error of at most this many ulp, away from cancellation, is the accuracy of a kernel."""

JUMP = 2.0**8
"""How much larger the error is on the far side of a threshold at which a formula is switched."""


@dataclass(frozen=True)
class Told:
    """The mechanism of one run, and the measurements that tell it, a sentence each."""

    mechanism: str
    evidence: tuple[str, ...]


def tell(run: Run, others: Sequence[Run]) -> Told:
    """The mechanism of ``run``; ``others`` are the component's other runs, among them those of other dtypes."""
    points = run.points
    if run.part == "call":
        kind = Failure(int(points.code[0]))
        return Told(_CALLS[kind], (f"{kind.label} at {len(points.code)} of the inputs that were asked",))
    limits = run.part == "values" and bool(np.isinf(points.exact).all())
    if run.part != "values" or limits:
        name = _PARTS["special" if limits else run.part]
        return Told(name, (_where(run),))
    scaling = scaling_of(run, others)
    if covers_ordinary(run) and _mostly_wrong(points):
        wrong = _wrong_everywhere(points) or _clamped(points, MOST_OF) or _wrong_formula(points)
        return Told(wrong.mechanism, (_where(run), *wrong.evidence))
    found = _narrow(points) if scaling.thresholds != "precision" else None
    found = found or _not_finite(run, points, scaling.thresholds) or _wrong_everywhere(points) or _clamped(points)
    told = found or _errors(run, points, scaling)
    return Told(told.mechanism, (_where(run), *told.evidence, *scaling.evidence))


def covers_ordinary(run: Run) -> bool:
    """Whether the run holds at least half of the ordinary inputs of its line."""
    ordinary = run.line.region == Region.ORDINARY
    return bool(ordinary.any() and 2 * np.count_nonzero(ordinary[run.rows]) >= np.count_nonzero(ordinary))


def _mostly_wrong(points: Line) -> bool:
    """Whether the answers at ordinary inputs are no numbers, or other numbers altogether."""
    ordinary = points.region == Region.ORDINARY
    wrong = np.isin(points.code, _OTHER_NUMBERS)
    return bool(ordinary.any() and np.mean(wrong[ordinary]) > 0.5)


def _wrong_formula(points: Line) -> Told:
    finite = points.ulp[np.isfinite(points.ulp)]
    said = f"the error is {np.median(finite):.3g} ulp at half of the inputs" if len(finite) else "no answer is a number"
    return Told("wrong formula", (f"{said}, at ordinary inputs as at others",))


def _where(run: Run) -> str:
    line, points = run.line, run.points
    what = f"{len(points.code)} of {run.asked} inputs of {line.quantity} of {line.subject} in {line.dtype}"
    if not line.scalar:
        return f"{what} fail"
    low, high = line.x[run.low], line.x[run.high]
    if run.low == run.high:
        return f"{what} fails, at {low}"
    return f"{what} fail, from {low} to {high}"


def _not_finite(run: Run, points: Line, thresholds: str) -> Told | None:
    """nan or an infinity where the truth is a number."""
    bad = ~np.isfinite(points.got) & np.isfinite(points.exact) | (points.code == Failure.EARLY_OVERFLOW)
    if np.count_nonzero(bad) < max(1.0, 0.02 * len(bad)):
        return None
    values = sorted({str(value) for value in points.got[bad & ~np.isfinite(points.got)]})
    said = f"{' and '.join(values) or 'an infinity'} at {np.count_nonzero(bad)} inputs whose exact value is a number"
    if thresholds == "precision":
        return Told("cancellation", (said, "it begins where a difference from 1 falls below the format's resolution"))
    if points.quantity in TAILS and np.isneginf(points.got[_met_first(run, bad)]).all():
        return Told("underflow of an intermediate", (said, "it is the logarithm of a probability that became 0"))
    size = np.abs(points.x[bad].astype(np.float64)).reshape(int(np.count_nonzero(bad)), -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        small = float(np.median(np.log2(np.maximum(np.nanmax(size, axis=1), 5e-324)))) < -8
    return Told("underflow of an intermediate" if small else "overflow of an intermediate", (said,))


def _met_first(run: Run, bad: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the run's points that are ``bad`` lie nearest to the middle of ordinary inputs: farther out other things
    may befall what began there. All of them where there is no such middle."""
    everyday = run.line.x[run.line.region == Region.ORDINARY].astype(np.float64)
    if not run.line.scalar or not len(everyday):
        return bad
    away = np.abs(run.points.x.astype(np.float64) - np.median(everyday))
    return np.asarray(bad & (away <= away[bad].min()))


@np.errstate(over="ignore", invalid="ignore")  # Answers and differences may be near the end of the range, or beyond.
def _wrong_everywhere(points: Line) -> Told | None:
    """The other tail, the other sign, or one constant too many."""
    known = np.isfinite(points.got) & np.isfinite(points.exact)
    got, exact = points.got[known], points.exact[known]
    if len(got) < 4:
        return None
    mirrored, off = got + exact, got - exact
    if points.quantity in TAILS:
        logarithm = points.quantity in LOG_QUANTITIES
        with np.errstate(all="ignore"):
            share, shown = (np.exp(exact), np.exp(got)) if logarithm else (exact, got)
        telling = np.abs(share - 0.5) > 0.01
        other = np.abs(shown - (1.0 - share)) < 1e-2 * np.minimum(1.0, np.abs(1.0 - 2.0 * share))
        if telling.any() and np.mean(other[telling]) > MOST_OF:
            said = "the logarithm of one minus the exact probability" if logarithm else "one minus the exact value"
            return Told("missing direction", (f"the answer is {said}",))
    if points.quantity in LOG_SUMS:
        telling = np.abs(exact) > 0.1
        if (
            np.count_nonzero(telling) >= 4
            and np.mean(np.abs(mirrored)[telling] < 1e-2 * np.abs(exact)[telling]) > MOST_OF
        ):
            return Told("missing direction", ("the answer is the exact value with the other sign",))
    if not _varied(exact):
        return None
    if _steady(off, exact, points):
        return Told("wrong constant", (f"the answer is off by {np.median(off):.6g} throughout",))
    with np.errstate(all="ignore"):
        ratio = np.where(exact != 0, got / exact, np.nan)
    ratio = ratio[np.isfinite(ratio)]
    if points.quantity not in LOG_QUANTITIES and len(ratio) >= 4:
        middle = float(np.median(ratio))
        if abs(middle - 1) > 1e-2 and np.mean(np.abs(ratio - middle) < 1e-3 * abs(middle)) > MOST_OF:
            return Told("wrong constant", (f"the answer is {middle:.6g} times the exact value throughout",))
    return None


def _varied(exact: NDArray[np.float64]) -> bool:
    """Whether the exact values differ enough for a constant to be told from a function of the input."""
    size = np.abs(exact[exact != 0])
    return bool(len(size) and np.quantile(size, 0.9) > 2.0 * np.quantile(size, 0.1))


def _steady(off: NDArray[np.float64], exact: NDArray[np.float64], points: Line) -> bool:
    middle = float(np.median(off))
    if abs(middle) < 1e-3 or len(np.unique(exact)) < 4:
        return False
    return bool(np.mean(np.abs(off - middle) < 1e-2 * abs(middle)) > MOST_OF)


def _clamped(points: Line, least: float = 1 / 3) -> Told | None:
    """One answer for many inputs whose exact values differ."""
    known = np.isfinite(points.got)
    if np.count_nonzero(known) < 3:
        return None
    values, counts = np.unique(points.got[known], return_counts=True)
    top = int(np.argmax(counts))
    share = counts[top] / np.count_nonzero(known)
    exact = points.exact[known][points.got[known] == values[top]]
    finite = exact[np.isfinite(exact)]
    spread = float(np.ptp(finite)) if len(finite) > 1 else 0.0
    # A floor is far above all that it stands for, whose differences are small beside it.
    floor = len(np.unique(finite)) > 2 and bool((np.abs(finite) < 0.5 * abs(values[top])).all())
    # Zero is what cancellation and underflow leave; a clamp leaves a number, and begins where that is about right:
    # answers that are all farther off than what they stand for differs are off by something else.
    least_off = float(np.abs(finite - values[top]).min()) if len(finite) else 0.0
    differ = floor or spread > max(1e-3 * abs(values[top]), least_off)
    if counts[top] < 3 or share < least or values[top] == 0 or not differ:
        return None
    return Told("clamp", (f"the answer is {values[top]:.9g} at {counts[top]} inputs, whatever the input",))


def _narrow(points: Line) -> Told | None:
    """Answers that are numbers of a narrower format, one and all: something on the way was kept in it."""
    if points.dtype != "float64":  # Of float32 numbers too many are float16 numbers by chance.
        return None
    known = np.isfinite(points.got) & (points.got != 0) & np.isfinite(points.exact)
    got = points.got[known]
    if len(np.unique(got)) < 8:
        return _narrow_constant(points)
    with np.errstate(over="ignore", under="ignore"):
        rounded = got.astype(np.float32).astype(np.float64)
    if np.mean(rounded == got) < 0.9:
        return _narrow_constant(points)
    return Told("constant in a narrower dtype", ("every answer in float64 is a number of float32",))


def _narrow_constant(points: Line) -> Told | None:
    """Errors of float64 answers that are as large as one rounding to float32 leaves, and no more scattered."""
    known = np.isfinite(points.ulp) & (points.region == Region.ORDINARY)
    lost = np.log2(1.0 + points.ulp[known])
    if points.dtype != "float64" or len(lost) < 8 or not 22.0 <= float(np.median(lost)) <= 30.0:
        return None
    if float(np.quantile(lost, 0.9) - np.quantile(lost, 0.1)) > 6.0:
        return None
    said = f"float64 answers lose {np.median(lost):.0f} bits throughout, as one number rounded to float32 makes them"
    return Told("constant in a narrower dtype", (said,))


def _errors(run: Run, points: Line, scaling: Scaling) -> Told:
    """Finite, wrong answers that follow none of the patterns above."""
    known = np.isfinite(points.ulp)
    worst = float(points.ulp[known].max()) if known.any() else np.inf
    edge = _switched(run, points)
    scales = "epsilon" if scaling.thresholds == "precision" else scaling.errors
    if edge and scales != "epsilon":
        return Told("threshold where a formula is switched", (edge,))
    if scales == "epsilon" or (scales == "" and _as_roundoff(points)):
        # What is put together from parts has no kernel of its own: its parts' roundoff cancels.
        if worst <= KERNEL_ULP and not _near_zero(points) and not composed(points.subject, points.quantity):
            return Told(
                "kernel accuracy", (f"the error is at most {worst:.3g} ulp, without a zero of the exact value nearby",)
            )
        return Told("cancellation", (f"up to {worst:.3g} ulp are lost",))
    if edge:
        return Told("threshold where a formula is switched", (edge,))
    return Told("wrong formula", (f"the error is up to {worst:.3g} ulp",))


def _switched(run: Run, points: Line) -> str:
    """The end of the run at which the error jumps from roundoff to its largest, in words; "" where there is none."""
    if not run.line.scalar or len(points.error) < 2:
        return ""
    line = run.line
    top = float(np.nanmax(np.where(np.isfinite(points.ulp), points.ulp, 0.0)))
    for inner, outer in ((run.low, run.low - 1), (run.high, run.high + 1)):
        if not 0 <= outer < len(line.code) or not np.isfinite(line.ulp[[inner, outer]]).all():
            continue
        if line.ulp[inner] > JUMP * max(1.0, line.ulp[outer]) and line.ulp[inner] > top / 16.0:
            return f"the error jumps from {line.ulp[outer]:.3g} to {line.ulp[inner]:.3g} ulp at {line.x[inner]}"
    return ""


def _as_roundoff(points: Line) -> bool:
    """Errors of a few roundoffs of numbers of size 1 or of the answer, however many ulp of the answer that is."""
    eps = 2.0 ** (1 - points.fmt.precision)
    known = np.isfinite(points.error) & np.isfinite(points.exact)
    size = np.maximum(1.0, np.abs(points.exact[known]))
    return bool(known.any() and np.median(points.error[known] / size) < 2.0**12 * eps)


def _near_zero(points: Line) -> bool:
    known = np.isfinite(points.exact)
    return bool(known.any() and np.median(np.abs(points.exact[known])) < 2.0**-6)
