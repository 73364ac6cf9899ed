"""Where the inputs of a subject lie: what a case is judged at, and what its regions are cut by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.spaces import Shape
from conformance.floats.regions import Frame
from conformance.inputs.scalar_points import Points


@dataclass(frozen=True)
class Inputs:
    """Of one subject in one format, by quantity; the same for every framework and mode.

    points(quantity): the standard inputs, with their regions. frame(quantity): what its regions are cut by (scalar
    subjects). regions(quantity, values): the regions of other inputs, one per row. terms(quantity, values): the size of
    the largest log-det that a log density or the log-det of a chain is a sum of, one per row; None where there is no
    sum. too_large: quantities whose truth is more than the budget pays for, each with a line that says so: they are
    neither asked nor judged. paid(quantity, regions): which rows of other inputs, of these regions, the budget pays
    for; None: all. batches: (batch shape of the inputs, batch shape of the parameters) of the calls that laws
    of batches make; None: their own.
    """

    points: Callable[[str], Points]
    frame: Callable[[str], Frame]
    regions: Callable[[str, NDArray[Any]], NDArray[np.uint8]]
    terms: Callable[[str, NDArray[Any]], NDArray[np.float64]] | None = None
    too_large: Mapping[str, str] = field(default_factory=dict)
    paid: Callable[[str, NDArray[np.uint8]], NDArray[np.intp]] | None = None
    batches: tuple[tuple[Shape, Shape], ...] | None = None
