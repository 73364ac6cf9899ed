"""What of all that a search has seen is worth showing: the worst points, and the jumps of the error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.scoring.failures import Failure
from conformance.search.ledger import HOPELESS_BITS, WINDOW, Seen, steps
from conformance.search.line import Line
from conformance.search.moves import STEP_BITS

LARGEST_ULP = "largest ulp"
LARGEST_NATS = "largest nats beside max(1, |exact|)"
LARGEST_EXCESS = "most bits beyond conditioning"

_CELL_BITS = 7
"""Jumps within a 128th of a binade are shown as one: where an error is noise, every zoom finds another."""


def worst_points(seen: Seen, line: Line, *, log_quantity: bool) -> list[tuple[list[str], int]]:
    """(why, index into ``seen``) of each point to show, none twice: the largest finite error in ulp, in nats (of a
    log-quantity) and in excess bits, then one per kind of failure.

    A kind's point is the one farthest off (in nats for a log-quantity, as findings have it), or where results are not
    finite the one nearest to the ordinary inputs.
    """
    shown: dict[int, list[str]] = {}
    goals = [(LARGEST_ULP, seen.ulp), (LARGEST_EXCESS, np.where(seen.level < HOPELESS_BITS, seen.level, np.nan))]
    if log_quantity:
        goals.insert(1, (LARGEST_NATS, seen.nats))
    remote = np.abs(seen.ordinal - line.centre)
    for why, goal in goals:
        finite = np.flatnonzero(np.isfinite(goal) & (goal > 0))
        if len(finite):
            shown.setdefault(_first(finite, goal, remote), []).append(why)
    for code in np.unique(seen.failure[seen.failed]):
        members = np.flatnonzero(seen.failure == code)
        distance = (seen.nats if log_quantity else seen.ulp)[members]
        finite = members[np.isfinite(distance)]
        chosen = _first(finite, seen.nats if log_quantity else seen.ulp, remote) if len(finite) else -1
        if chosen < 0:
            chosen = int(members[np.argmin(remote[members])])
        shown.setdefault(chosen, []).append(Failure(code).label)
    return [(why, index) for index, why in shown.items()]


def _first(members: NDArray[np.int64], goal: NDArray[np.float64], remote: NDArray[np.int64]) -> int:
    order = np.lexsort((remote[members], -goal[members]))
    return int(members[order[0]])


@dataclass(frozen=True)
class Threshold:
    """Two neighbouring floats between which the error jumps by ``bits`` (excess bits): ordinals low and low + 1.

    rising: the upper one is worse. others: how many lower jumps were seen within a 128th of a binade.
    """

    low: int
    bits: float
    rising: bool
    others: int = 0


def thresholds_found(seen: Seen, line: Line) -> list[Threshold]:
    """The jumps that were followed down to single floats, the highest first.

    Only where all WINDOW floats on either side are known: what looks like a jump from afar may be a slope.
    """
    height = steps(seen.level)
    where = np.flatnonzero(height >= STEP_BITS)
    where = where[(where >= WINDOW - 1) & (where + WINDOW < len(seen))]
    span = seen.ordinal[where + WINDOW] - seen.ordinal[where - WINDOW + 1]
    where = where[span == 2 * WINDOW - 1]
    where = where[np.lexsort((np.abs(seen.ordinal[where] - line.centre), -height[where]))]
    near = 1 << max(0, line.fmt.precision - 1 - _CELL_BITS)
    kept: list[Threshold] = []
    for i in where:
        low = int(seen.ordinal[i])
        same = next((k for k, one in enumerate(kept) if abs(one.low - low) < near), None)
        if same is None:
            kept.append(Threshold(low, float(height[i]), bool(seen.level[i + 1] > seen.level[i])))
        else:
            one = kept[same]
            kept[same] = Threshold(one.low, one.bits, one.rising, one.others + 1)
    return kept


def to_keep(seen: Seen, line: Line, thresholds: list[Threshold], most: int, *, log_quantity: bool) -> NDArray[np.int64]:
    """Ordinals of at most ``most`` points for the corpus, worst first: what ``worst_points`` shows, the worse sides of
    the jumps, then the worst point of each of the worst binades.

    Finite and inside the domain; two floats apart or fewer count as one, since a comparison tries the neighbours too.
    Only failing points are kept, besides the largest ulp of all.
    """
    shown = worst_points(seen, line, log_quantity=log_quantity)
    ranked = [int(seen.ordinal[index]) for why, index in shown if LARGEST_ULP in why or seen.failed[index]]
    ranked += [one.low + one.rising for one in thresholds]
    members = np.flatnonzero(seen.failed)
    order = members[np.lexsort((np.abs(seen.ordinal[members] - line.centre), -seen.level[members]))]
    _, first = np.unique(seen.ordinal[order] >> (line.fmt.precision - 1), return_index=True)
    ranked += [int(one) for one in seen.ordinal[order[np.sort(first)]]]
    kept: list[int] = []
    for ordinal in ranked:
        inside = line.low < ordinal < line.high
        if inside and all(abs(ordinal - other) > 2 for other in kept) and len(kept) < most:
            kept.append(ordinal)
    return np.array(kept, np.int64)
