"""What laws of events declare of themselves in exact numbers: means, covariances, and where the density is largest.

Each is a closed form in the parameters, which are floats and so rational; entries are counted in C order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

Exact = Fraction | float
"""A number; or a float that says that there is none: inf where the integral is infinite, nan where it does not exist.
"""


@dataclass(frozen=True)
class Moments:
    """mean: E[Y_i] for each entry i. covariance: Cov[Y_i, Y_j] for i and j; None where that is not worked out.

    of_mean, of_covariance: what rounding the parameters is magnified by on the way to either, where an algorithm in the
    working precision cannot help it; 1 for sums and products of them.
    """

    mean: tuple[Exact, ...]
    covariance: Callable[[int, int], Exact | None]
    of_mean: float = 1.0
    of_covariance: float = 1.0


@dataclass(frozen=True)
class Peak:
    """Where the density is largest. at: the one point, or None where there is none alone: then the density is the same
    everywhere (``flat``), or grows without bound. boundary: the point is on the boundary of the law's space, so that
    some say that there is none: the open set has no largest density.
    """

    at: tuple[Fraction, ...] | None = None
    boundary: bool = False
    flat: bool = False
