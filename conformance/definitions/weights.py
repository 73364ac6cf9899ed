"""Weights that are made of independent entries in a known way, from which their moments follow as integrals over one
variable (``oracle/weights``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from conformance.definitions.numbers import ClosedFormNumbers, Element


class Noise(Enum):
    """What an entry's randomness is: standard normal, standard Gumbel (exp(-z - exp(-z))), or none."""

    NORMAL = "normal"
    GUMBEL = "gumbel"
    NONE = "none"


class Entry(NamedTuple):
    """X = loc + scale Z, Z the noise and scale > 0; without noise the scale is of no account."""

    noise: Noise
    loc: Fraction
    scale: Fraction


@dataclass(frozen=True)
class Shares:
    """Y_i = e^X_i / sum_k e^X_k of independent entries X.

    ``logarithms``: the law is that of log Y. ``entropy_of_logarithms``: of a law that is no image of the entries, that
    of log Y with respect to Lebesgue measure on the differences to the last, in closed form; that of Y has the mean of
    sum_i log Y_i beside it, since from these differences to the weights but the last the determinant is prod Y_i.
    """

    entries: tuple[Entry, ...]
    logarithms: bool = False
    entropy_of_logarithms: Callable[[ClosedFormNumbers], Element] | None = None


@dataclass(frozen=True)
class Sticks:
    """Y_i = Z_i prod_{j<i} (1 - Z_j) with Z_i = 1/(1 + odds_i e^-X_i), X independent entries, and what is left last."""

    entries: tuple[Entry, ...]
    odds: tuple[int, ...]


OfEntries = Callable[[tuple[Entry, ...]], Shares | Sticks]
"""What an image's weights are, by the entries that are mapped. Its log-det with respect to Lebesgue measure on all
weights but the last is the sum of the logarithms of all of them."""
