"""A quadrature rule for the density of a law of numbers: nodes that are floats of a format, and weights.

The law's own quantiles, at shares that halve towards either end, cut the line into panels, and each holds the nodes of
Gauss and Legendre (W. Gautschi, Orthogonal Polynomials: Computation and Approximation, 2004, section 3.2). Where a
panel is long beside its distance from the end of the support, or from the median where there is none, they are nodes in
the logarithm of that distance: a density that is a power there is then as smooth as any other. Where no distribution
function is declared the panels are equal parts of what is ordinary. Nodes that round to one float are one, and on an
end of the support, or below the normal numbers, there is none.

Nothing is promised of how well such a rule integrates: who uses it knows what it makes of the exact density.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.declared import declared
from conformance.definitions.registry import distribution_definition, functions_of
from conformance.floats.enclosures import Enclosures, as_float
from conformance.floats.formats import Format, format_named
from conformance.oracle.alike import Alike

_TAILS = tuple(2.0**-power for power in (20, 16, 12, 9, 7, 5, 4, 3, 2))
SHARES = (*_TAILS, 0.5, *(1.0 - share for share in _TAILS[::-1]))
"""The distribution function where panels meet. All are floats of 24 bits."""

_ABSCISSAE, _WEIGHTS = np.polynomial.legendre.leggauss(16)

_LONG = 4.0
"""From this ratio of the distances of its ends on a panel is cut by logarithms. Below it the nearest singularity is so
far from the panel that 16 nodes leave 3^-32 of an analytic density (Gautschi, as above, for the ellipse through it)."""


class Truth(Protocol):
    """The part of the oracle that is asked."""

    def truth(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Enclosures: ...


@dataclass(frozen=True)
class Rule:
    """nodes: (N,) in the dtype, ascending, strictly inside the support. weights: (N,) float64, positive. ends: where
    the first panel begins and the last ends."""

    nodes: NDArray[Any]
    weights: NDArray[np.float64]
    ends: tuple[float, float]


def rule_for(oracle: Truth, subject: str, fmt: Format) -> Rule:
    """The rule for a law of numbers; without nodes where its quantiles are not known. Nobody writes to it.

    subject: with parameters that are floats of ``fmt``.
    """
    return _rule(Alike(oracle), subject, fmt)


@lru_cache(maxsize=16)
def _rule(alike: Alike[Truth], subject: str, fmt: Format) -> Rule:
    # Few shares are floats of 16 bits, and the parameters are floats of 32 all the same.
    places = _places(alike.oracle, subject, format_named("float32") if fmt.bits <= 16 else fmt)
    if len(places) < 2:
        return Rule(np.zeros(0, fmt.dtype), np.zeros(0), (np.nan, np.nan))
    support = declared(subject).support
    middle = places[len(places) // 2]
    panels = [_panel(a, b, _anchor(a, middle, support)) for a, b in pairwise(places)]
    with np.errstate(over="ignore"):
        nodes = np.concatenate([at for at, _ in panels]).astype(fmt.dtype)
    nodes, back = np.unique(nodes, return_inverse=True)
    weights = np.zeros(len(nodes))
    np.add.at(weights, back, np.concatenate([weight for _, weight in panels]))
    wide = nodes.astype(np.float64)
    inside = (wide > support[0]) & (wide < support[1]) & np.isfinite(wide) & (np.abs(wide) >= fmt.min_normal)
    return Rule(nodes[inside], weights[inside], (float(places[0]), float(places[-1])))


def _places(oracle: Truth, subject: str, fmt: Format) -> NDArray[np.float64]:
    """Where panels meet, ascending."""
    if "icdf" in functions_of(subject):
        found = as_float(oracle.truth(subject, "icdf", np.asarray(SHARES, fmt.dtype), fmt))
    else:
        found = np.linspace(*distribution_definition(subject).ordinary, len(SHARES))
    return np.unique(found[np.isfinite(found)])


def _anchor(low: float, middle: float, support: tuple[float, float]) -> float:
    """What a panel that begins at ``low`` is far from or near to: the end of the support on its side, or the median."""
    end = support[1] if low >= middle else support[0]
    return end if np.isfinite(end) else middle


def _panel(low: float, high: float, anchor: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights between ``low`` and ``high``."""
    near, far = sorted((abs(low - anchor), abs(high - anchor)))
    if not 0 < near * _LONG < far:
        half = (high - low) / 2
        return (low + high) / 2 + half * _ABSCISSAE, half * _WEIGHTS
    first, last = np.log([near, far])
    distance = np.exp((first + last) / 2 + (last - first) / 2 * _ABSCISSAE)
    weights = (last - first) / 2 * _WEIGHTS * distance
    return anchor + np.copysign(distance, low + high - 2 * anchor), weights
