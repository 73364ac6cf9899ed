"""The inverse of an elementary monotone map in bulk: brackets that the forward map itself certifies."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from conformance.definitions.intervals import End, Interval
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.array_balls import TINY, Ball
from conformance.oracle.numbers.array_system import ArrayNumbers
from conformance.oracle.numbers.arrays import Element, NotOffered, Pulls, constant_of, log_det, variables

_DOWN = 1.0 - 2.0**-50
_UP = 1.0 + 2.0**-50
_WIDENED = (1.0, 2.0, 8.0, 2.0**6, 2.0**12)
"""How often the first width of a bracket, which is an estimate, is widened before a bracket is given up."""


def inside(ball: Ball, home: Interval) -> NDArray[np.bool_]:
    """Where the ball is proved to lie in the interior of ``home``, whose ends are exact."""
    if not home.exact:
        raise NotOffered("the ends are no floats")
    low, high = _inward(home.lo, np.inf), _inward(home.hi, -np.inf)
    # A difference of two floats is off by half an ulp of itself, so its sign is right and a factor covers the rest.
    above = (ball.mid - low) * _DOWN > ball.rad if low > -np.inf else np.isfinite(ball.mid)
    below = (high - ball.mid) * _DOWN > ball.rad if high < np.inf else np.isfinite(ball.mid)
    return np.asarray(above & below & np.isfinite(ball.rad))


def _inward(end: End, towards: float) -> float:
    near = float(end)
    return float(np.nextafter(near, towards)) if isinstance(end, Fraction) and Fraction(near) != end else near


def certified(definition: TransformDefinition, y: Element, ns: ArrayNumbers) -> Element:
    """f^-1(y) of a leaf: the definition's candidate in a bracket whose ends f maps to either side of ``y``.

    Where no bracket is proved the radius is inf. What it pulls is an estimate, from the candidate. NotOffered where f
    is not monotone.
    """
    if definition.increasing is None:
        raise NotOffered("not monotone")
    guess = definition.inverse_candidate(ns, y)
    shape = np.shape(y.ball.mid)
    mid = np.broadcast_to(np.asarray(guess.ball.mid, np.float64), shape)
    target = Ball(*(np.broadcast_to(np.asarray(part, np.float64), shape) for part in y.ball))
    first = _width(definition, mid, target, ns)
    rad = np.full(shape, np.inf)
    rows = np.flatnonzero(np.isfinite(mid) & np.isfinite(first))
    for factor in _WIDENED:
        if not len(rows):
            break
        width = first[rows] * factor
        low, high = mid[rows] - width, mid[rows] + width
        wanted = Ball(target.mid[rows], target.rad[rows])
        proved = _separates(definition, low, high, wanted, ns)
        reach = np.maximum(mid[rows] - low, high - mid[rows]) * _UP
        rad[rows[proved]] = reach[proved]
        rows = rows[~proved]
    return constant_of(Ball(mid, rad), guess)


def _width(definition: TransformDefinition, mid: NDArray[np.float64], y: Ball, ns: ArrayNumbers) -> NDArray[np.float64]:
    """How far to either side of the guess f has to be asked, about: what f and ``y`` are unsure of, over the slope."""
    own = variables([Ball(mid, 0.0)], [Pulls(True, {})])[0]
    there = definition.forward(ns, own)
    slope = np.exp(np.clip(log_det([there], 1).ball.mid, -700.0, 700.0))
    unsure = np.abs(there.ball.mid - y.mid) + there.ball.rad + y.rad
    return np.asarray(1.25 * unsure / slope + np.abs(mid) * 2.0**-51 + TINY)


def _separates(
    definition: TransformDefinition,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    y: Ball,
    ns: ArrayNumbers,
) -> NDArray[np.bool_]:
    """Where f(low) and f(high) lie on either side of the ball ``y``, by proof."""
    if not definition.increasing:
        low, high = high, low
    before, after = (
        definition.forward(ns, variables([Ball(end, 0.0)], [Pulls(True, {})])[0]).ball for end in (low, high)
    )
    under = (y.mid - before.mid) * _DOWN > (y.rad + before.rad) * _UP
    over = (after.mid - y.mid) * _DOWN > (y.rad + after.rad) * _UP
    there = inside(Ball(low, 0.0), definition.domain) & inside(Ball(high, 0.0), definition.domain)
    return np.asarray(under & over & there)
