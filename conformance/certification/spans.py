"""Where on the line of inputs something fails, as far as it was tried: from which float on, up to which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import to_ordinal
from conformance.judging.groups import Group

MOST = 3
"""Stretches that are told; where there are more, the two ends of the whole are."""


def failing_inputs(group: Group, fmt: Format) -> str:
    """In words: the stretches of tried inputs that fail as ``group`` does, and the nearest
    inputs on either side at which the answer does not fail like that. Vectors: by their first coordinate, as the group
    tells it.

    Two stretches far apart (below -9 and above 9) are two thresholds, which one span from -2^59 to 2^60 would hide.
    """
    measure = group.measure
    inputs = np.asarray(measure.inputs)
    if inputs.ndim != 1 or not np.isfinite(inputs[measure.row].astype(np.float64)).any():
        return f"inputs from {_hex(group.low)} to {_hex(group.high)}"
    rows = measure.row[np.isfinite(inputs[measure.row].astype(np.float64))]
    # One component per row in scalar subjects; an input may be there twice (a special value that was drawn).
    failing = np.zeros(len(inputs), bool)
    failing[measure.row[measure.failures == group.kind]] = True
    order = rows[np.argsort(to_ordinal(inputs[rows], fmt), kind="stable")]
    fails, line = failing[order], inputs[order]
    edges = np.flatnonzero(np.diff(fails.astype(np.int8)))
    starts = np.concatenate([[0], edges + 1])
    ends = np.concatenate([edges, [len(fails) - 1]])
    runs = [(int(start), int(end)) for start, end in zip(starts, ends, strict=True) if fails[start]]
    if not runs:
        return f"inputs from {_hex(group.low)} to {_hex(group.high)}"
    if len(runs) > MOST:
        between = f", in {len(runs)} stretches with others between"
        return f"inputs from {_told(line, runs[0][0])} to {_told(line, runs[-1][1])}{between}"
    return "inputs " + " and ".join(_stretch(line, start, end) for start, end in runs)


def _stretch(line: NDArray[np.generic], start: int, end: int) -> str:
    told = f"from {_told(line, start)} to {_told(line, end)}" if end > start else f"at {_told(line, start)}"
    beside = [_told(line, place) for place in (start - 1, end + 1) if 0 <= place < len(line)]
    return f"{told} (not at {', '.join(beside)})" if beside else told


def _told(line: NDArray[np.generic], place: int) -> str:
    return str(line[place])  # The shortest decimal that reads back as the same float.


def _hex(values: NDArray[np.generic]) -> str:
    return " ".join(float(value).hex() for value in np.atleast_1d(values).ravel())
