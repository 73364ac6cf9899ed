"""The line that a scalar search walks: its ends, where it begins, and fresh points of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conformance.floats.formats import Format
from conformance.floats.ordinals import infinity_ordinal, to_ordinal
from conformance.floats.regions import Frame
from conformance.inputs.thresholds import thresholds, with_neighbours

Ordinals = NDArray[np.int64]

NEIGHBOURS = 6
"""Floats tried on either side of every likely threshold and of every good point."""

_CONSTANTS = (
    math.pi,
    math.e,
    math.sqrt(2.0),
    math.sqrt(0.5),
    math.log(10.0),
    1.0 / math.e,
    math.log(math.log(2.0) ** -1),
)


@dataclass(frozen=True)
class Line:
    """The floats of ``fmt`` inside the domain of a quantity: ordinals ``low`` to ``high``, both included.

    An infinite end includes the infinity. ``frame`` says where the ordinary inputs lie.
    """

    fmt: Format
    frame: Frame
    low: int
    high: int

    @staticmethod
    def of(fmt: Format, frame: Frame) -> Line:
        """The line of a frame; a finite end is the float nearest to it."""
        with np.errstate(over="ignore"):
            ends = np.array([frame.domain_low, frame.domain_high]).astype(fmt.dtype)
        low, high = to_ordinal(ends, fmt)
        return Line(fmt, frame, int(low), int(high))

    @property
    def count(self) -> int:
        """How many floats there are on it."""
        return self.high - self.low + 1

    @property
    def centre(self) -> int:
        """The ordinal in the middle of the ordinary inputs, by value."""
        middle = 0.5 * (self.frame.ordinary_low + self.frame.ordinary_high)
        return int(to_ordinal(np.array([middle]).astype(self.fmt.dtype), self.fmt)[0])

    def inside(self, ordinals: Ordinals) -> Ordinals:
        """Those on the line."""
        return ordinals[(ordinals >= self.low) & (ordinals <= self.high)]

    def seeds(self, corpus: Sequence[float], *, many: bool) -> Ordinals:
        """Where implementations are known to switch branches, each with its neighbours; with a few points outside.

        Thresholds of the format, constants, ends of the domain approached geometrically, kept worst cases, infinities;
        with ``many`` also whole numbers to 1100, multiples of ln 2 over the whole range of exp, and decades.
        """
        fmt, top = self.fmt, infinity_ordinal(self.fmt)
        likely = np.concatenate([thresholds(fmt), _CONSTANTS, -np.array(_CONSTANTS), np.asarray(corpus, np.float64)])
        found = [with_neighbours(likely, fmt, NEIGHBOURS), np.array([0, top, -top])]
        if many:
            whole = np.arange(1.0, 1101.0)
            decades = 10.0 ** np.arange(-300.0, 301.0, 4.0)
            more = np.concatenate([whole, whole * math.log(2.0), decades])
            more = more[more < fmt.max_finite]
            found += [with_neighbours(more, fmt, 1), with_neighbours(-more, fmt, 1)]
        wide: list[Ordinals] = []
        for end in (self.frame.domain_low, self.frame.domain_high):
            if np.isfinite(end):
                near = end + np.concatenate([[0.0], 2.0 ** -np.arange(0.0, fmt.precision + 2.0)])
                wide.append(with_neighbours(np.concatenate([near, 2 * end - near]), fmt, 2))
                wide.append(with_neighbours(np.array([end]), fmt, 32))
        return np.unique(np.concatenate([self.inside(np.concatenate(found)), *wide]))

    def fresh(self, generator: np.random.Generator, count: int) -> Ordinals:
        """About ``count`` new points: even in ordinals over the line and over 2^-40 to 2^12, even in value over the
        ordinary inputs and over the range of exp, and at geometric distances from the finite ends of the domain."""
        fmt, share = self.fmt, max(1, count // 4)
        log_max = (fmt.emax + 1) * math.log(2.0)
        middle = to_ordinal(np.array([2.0**-40, 2.0**12]).astype(fmt.dtype), fmt)
        sign = np.where(generator.random(share) < 0.5, -1, 1)
        drawn = [
            generator.integers(self.low, self.high, share, endpoint=True),
            self.inside(sign * generator.integers(middle[0], middle[1], share)),
            self._of_values(generator.uniform(self.frame.ordinary_low, self.frame.ordinary_high, share)),
            self._of_values(generator.uniform(-1.125 * log_max, 1.125 * log_max, share)),
        ]
        for end, side in ((self.frame.domain_low, 1.0), (self.frame.domain_high, -1.0)):
            if np.isfinite(end):
                distance = 2.0 ** generator.uniform(-fmt.precision - 1.0, 0.0, share // 2)
                drawn.append(self._of_values(end + side * distance))
        missing = count - sum(len(part) for part in drawn)
        drawn.append(generator.integers(self.low, self.high, max(0, missing), endpoint=True))
        return np.concatenate(drawn)

    def _of_values(self, values: NDArray[np.float64]) -> Ordinals:
        with np.errstate(over="ignore"):
            rounded = values.astype(self.fmt.dtype)
        return self.inside(to_ordinal(rounded, self.fmt))
