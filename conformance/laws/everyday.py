"""Which inputs people compute with (ACCEPTANCE A22), and which a framework never meets by its own doing.

An input of the inverse direction may come from anywhere, but mostly it comes from the framework's own forward map or
sampler. What that reaches at everyday inputs is therefore everyday (y = 0 for exp, since exp(-200) rounds to it); and
where the framework stops its own image short of an end on purpose, what lies beyond is not met (a sigmoid that is
clamped to 1 - eps).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from conformance.definitions.registry import distribution_definition, made_of
from conformance.floats.formats import Format
from conformance.floats.regions import BOUNDARY_ORDINALS, Region
from conformance.scoring.grades import moderate

if TYPE_CHECKING:
    from conformance.laws.case import Case

Mask = NDArray[np.bool_]

_LOW_END = 4
"""Binades above the smallest normal number that are an end of the range, as many as at the upper end. Not in float16,
whose smallest normal number, 6e-5, is where people compute."""


@dataclass(frozen=True)
class Reach:
    """What the framework's map in the other direction answers at everyday inputs: its least and greatest finite answer,
    whether 0 is among them, and the infinities."""

    low: float
    high: float
    zero: bool
    infinities: tuple[float, ...]


NOWHERE = Reach(np.inf, -np.inf, False, ())
"""Of a map that does not exist, or does not answer."""


def reach_of(inputs: NDArray[Any], answers: NDArray[Any], fmt: Format) -> Reach:
    """The Reach of ``answers`` (N rows) to ``inputs`` (N rows), of which the everyday ones count."""
    low, high = moderate(fmt)
    size = np.abs(inputs.astype(np.float64)).reshape(len(inputs), -1)
    usual = ((size >= low) & (size <= high)).all(axis=1)
    wide = answers.reshape(len(inputs), -1)[usual].astype(np.float64)
    finite = wide[np.isfinite(wide)]
    infinities = tuple(end for end in (-np.inf, np.inf) if (wide == end).any())
    if not len(finite):
        return Reach(np.inf, -np.inf, False, infinities)
    return Reach(float(finite.min()), float(finite.max()), bool((finite == 0).any()), infinities)


def find_reach(case: Case, quantity: str) -> Reach:
    """Where the inputs of ``quantity`` come from in this framework. Infinite x come from nowhere: no forward map and no
    sampler gives them."""
    if case.declared.is_distribution:
        spec = made_of(case.subject)
        if spec.name != "transformed" or variable(quantity) != "y" or case.declared.source is not None:
            return NOWHERE
        low, top = moderate(case.fmt)
        frame, base = case.inputs.frame("log_prob_from_base"), distribution_definition(case.subject).base
        wide = [-top, 0.0, top] if base is None or not base.logarithm else [np.log(low), 0.0, np.log(top)]
        ends = np.clip(wide, frame.domain_low, frame.domain_high).astype(case.fmt.dtype)
        reply = case.ask("forward", ends, subject=str(spec.parts[1]))
        if reply.values is None or reply.values.shape != ends.shape:
            return NOWHERE
        return reach_of(ends, reply.values, case.fmt)
    measure = case.measure("inverse" if variable(quantity) == "x" else "forward")
    if not len(measure.row):
        return NOWHERE
    width = len(measure.row) // len(measure.inputs)
    inside = measure.region[::width] != Region.OUTSIDE
    found = reach_of(measure.inputs[inside], measure.got.reshape(-1, width)[inside], case.fmt)
    return found if variable(quantity) == "y" else Reach(found.low, found.high, found.zero, ())


def everyday(case: Case, quantity: str, values: NDArray[Any], region: NDArray[np.uint8]) -> Mask:
    """Rows of ``values`` that people compute with: finite, and in the ordinary region or of moderate size throughout.

    A zero is everyday where it lies among the ordinary inputs or where the framework's own map gives it. An element at
    the lower end of the format's range never is.
    """
    low, high = moderate(case.fmt)
    size = np.abs(values.astype(np.float64)).reshape(len(values), -1)
    zero = size == 0
    least = case.fmt.min_normal * (2.0**_LOW_END if case.fmt.emin < -100 else 1.0)
    ordinary = (region == Region.ORDINARY) & (zero | (size >= least)).all(axis=1)
    usual = (size >= low) & (size <= high)
    if zero.any():
        usual |= zero & (_zero_is_ordinary(case, quantity, values.ndim) or case.reach(quantity).zero)
    return np.asarray(np.isfinite(size).all(axis=1) & (ordinary | usual.all(axis=1)))


def _zero_is_ordinary(case: Case, quantity: str, rank: int) -> bool:
    if rank > 1:
        return variable(quantity) == "x"
    frame = case.inputs.frame(quantity)
    return frame.ordinary_low <= 0.0 <= frame.ordinary_high


def remote(case: Case, quantity: str, values: NDArray[Any]) -> Mask:
    """Rows with a NaN, with an infinity that no forward map of everyday inputs gives, or past the framework's
    own image.

    The last only between a finite end of the domain and an image that stops within BOUNDARY_ORDINALS floats, or the
    smallest normal number, of it: a clamp.
    """
    wide = values.astype(np.float64)
    rows = wide.reshape(len(values), -1)
    result = np.isnan(rows).any(axis=1)
    infinite = np.isinf(rows)
    if infinite.any():
        result |= (infinite & ~np.isin(rows, case.reach(quantity).infinities)).any(axis=1)
    if values.ndim == 1:
        frame = case.inputs.frame(quantity)
        for end, sign in ((frame.domain_low, 1.0), (frame.domain_high, -1.0)):
            if np.isfinite(end) and (np.abs(wide - end) <= _near(end, case.fmt)).any():
                reach = case.reach(quantity)
                stop = reach.low if sign > 0 else reach.high
                if np.isfinite(stop) and 0.0 < (stop - end) * sign <= _near(end, case.fmt):
                    result |= ((wide - end) * sign >= 0.0) & ((wide - stop) * sign < 0.0)
    return np.asarray(result)


def _near(end: float, fmt: Format) -> float:
    """How far from ``end`` a clamp may stop."""
    if end == 0.0:
        return fmt.min_normal
    return float(BOUNDARY_ORDINALS * 2.0 ** (np.frexp(abs(end))[1] - fmt.precision))
