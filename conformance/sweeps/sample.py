"""A dense sample where every float is too dear: each N-th one, with the floats around the places that a search knows.

What it shows is a lower bound of the largest error: no result is kept, and no comparison takes one in. -0 and NaN are
not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.comparison.plan import BadRequest
from conformance.execution.client import FrameworkClient
from conformance.execution.request import Request
from conformance.floats.formats import Format, format_named
from conformance.floats.ordinals import from_ordinal, infinity_ordinal
from conformance.floats.regions import Region, regions_of
from conformance.scoring.failures import ACCUSES_NOBODY, Failure, allowed_ulp
from conformance.sweeps.blocks import BLOCK_BITS
from conformance.sweeps.chapters import described, scorer_of
from conformance.sweeps.request import Sweep
from conformance.sweeps.scorer import Scorer, part_of

_CHUNK = 1 << 17


@dataclass(frozen=True)
class Peak:
    """An error in ulp and the input at which it was met; -1 and nan where there was none."""

    ulp: float = -1.0
    at: float = float("nan")


@dataclass(frozen=True)
class Sampled:
    """What a sample showed of one quantity.

    inputs: how many floats were tried, infinities included. worst: the largest error in ulp at a finite input of the
    domain; ``conditioned``: likewise, each error divided by what conditioning grants there (1 + granted * condition
    number, see ``Tolerance``). Inputs whose condition number is inf are left out of it: any error is granted there, so
    that nothing would be left of one, however large. failures: inputs by kind, as a comparison names them. undecided:
    inputs of which nothing is known; unclaimed: those that belong to another branch of the map, or lie beyond one turn.
    """

    inputs: int
    worst: Peak
    conditioned: Peak
    failures: Mapping[str, int] = field(default_factory=dict)
    undecided: int = 0
    unclaimed: int = 0


MOST = 1 << 26
"""Inputs that are held at a time: with their answers and truths some gigabytes."""


def checked_stride(every: int, fmt: Format) -> int:
    """``every``, where it is an odd number above 1 that leaves at most MOST floats; BadRequest, one line, otherwise.

    Multiples of an even number have a last digit of 0, and floats that end in zeros are those at which implementations
    do best.
    """
    if every < 3 or every % 2 == 0:
        raise BadRequest(f"--every {every}: an odd number from 3 on; multiples of an even one all end in a zero bit")
    if 2 * infinity_ordinal(fmt) // every > MOST:
        raise BadRequest(
            f"--every {every}: more of {fmt.name} than are held at a time; from {(1 << fmt.bits) // MOST + 1} on, or "
            "all of them, in chapters, without --every"
        )
    return every


def sampled_ordinals(fmt: Format, every: int, known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ordinals of every ``every``-th float from 0 on to either side, both infinities and ``known``; sorted, each once.

    Raises BadRequest as ``checked_stride`` does.
    """
    top = infinity_ordinal(fmt)
    one_side = np.arange(0, top, checked_stride(every, fmt), dtype=np.int64)
    inside = known[np.abs(known) <= top]
    # By sorting: what np.unique does with whole numbers takes ten times as long.
    ordered = np.sort(np.concatenate([-one_side, one_side, [-top, top], inside]), kind="stable")
    return ordered[np.append(True, np.diff(ordered) > 0)]


def sample(sweep: Sweep, known: NDArray[np.int64], every: int, client: FrameworkClient) -> Sampled:
    """What a sample of ``every``-th floats shows, and of those with the ordinals ``known``; ``client``: whom to ask.

    Raises NotOffered and NotThere where the framework lacks the function, the dtype or the mode, FrameworkUnusable
    where it cannot be started, or not again after it died, BeyondFormat where the dtype does not hold the subject, and
    BadRequest as ``checked_stride`` does.
    """
    fmt = format_named(sweep.dtype)
    described(sweep, client)
    values = from_ordinal(sampled_ordinals(fmt, every, known), fmt)
    # Not the compiled way: its stretches are of consecutive floats.
    scorer = scorer_of(sweep, client, compiled=False)
    with np.errstate(invalid="ignore", over="ignore"):
        return _scored(sweep, scorer, client, values)


def _scored(sweep: Sweep, scorer: Scorer, client: FrameworkClient, values: NDArray[Any]) -> Sampled:
    failures: Counter[str] = Counter()
    worst, conditioned, undecided, unclaimed = Peak(), Peak(), 0, 0
    rule = scorer.case.tolerance(sweep.quantity)
    for start in range(0, len(values), 1 << BLOCK_BITS):
        block = values[start : start + (1 << BLOCK_BITS)]
        reply = client.evaluate(Request(sweep.subject, sweep.quantity, sweep.dtype, sweep.mode, block))
        if client.unusable is not None:
            raise client.unusable
        for place in range(0, len(block), _CHUNK):
            rows = slice(place, place + _CHUNK)
            some = block[rows]
            region = regions_of(some, scorer.fmt, scorer.frame)
            measure = scorer.case.score(sweep.quantity, some, region, part_of(reply, rows, len(block)))
            for code, count in enumerate(np.bincount(measure.failures).tolist()):
                if count and code not in ACCUSES_NOBODY:
                    failures[Failure(code).label] += count
            silent = scorer.truth.unclaimed(some[measure.failures == Failure.UNDECIDED])
            unclaimed += int(np.count_nonzero(silent))
            undecided += int(np.count_nonzero(~silent))
            inside = ~np.isin(region, (Region.OUTSIDE, Region.SPECIAL))
            ulp = np.where(inside, measure.distances.ulp, np.nan)
            worst = _higher(worst, ulp, some)
            granted = allowed_ulp(measure.truth, rule, scorer.fmt) / rule.ulp
            beyond = np.divide(ulp, granted, out=np.full(len(ulp), np.nan), where=~np.isinf(measure.truth.condition))
            conditioned = _higher(conditioned, beyond, some)
    return Sampled(len(values), worst, conditioned, dict(failures), undecided, unclaimed)


def _higher(kept: Peak, ulp: NDArray[np.float64], values: NDArray[Any]) -> Peak:
    """The higher of what is kept and the largest of these; where there is no truth there is no number."""
    best = int(np.argmax(np.nan_to_num(ulp, nan=-1.0, posinf=np.inf)))
    return Peak(float(ulp[best]), float(values[best])) if ulp[best] > kept.ulp else kept
