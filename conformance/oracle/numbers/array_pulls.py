"""What the primitives over array elements share: how an image is pulled by what its argument is pulled by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.arrays import Element, Pulls, constant, enclosed_constant


def enclosed(exact: arb) -> Element:
    """A constant as an array's element; at a precision far beyond float64's."""
    mid = float(exact.mid())
    if exact == mid:
        return constant(mid)
    away = abs(exact - mid).upper()
    return enclosed_constant(Ball(mid, max(float(away) * (1 + 2.0**-50), 2.0**-1000)))


def pulled(x: Element, derivative: Callable[[Any], Any]) -> Callable[[], Pulls]:
    return lambda: Pulls(False, scaled(x.absolute, derivative(x.ball.mid)))


def scaled(by: dict[int, Any], factor: Any) -> dict[int, Any]:
    return {j: p * factor for j, p in by.items()}


def unless_still(by: dict[int, Any], factor: Any) -> dict[int, Any]:
    """0 where the element does not move, however steep its image is there."""
    return {j: np.where(p == 0, 0.0, p * factor) for j, p in by.items()}


def halved(x: Element) -> Element:
    return Element(lambda: balls.scaled(x.ball, 0.5), lambda: Pulls(False, scaled(x.absolute, 0.5)))


def doubled(x: Element) -> Element:
    return Element(lambda: balls.scaled(x.ball, 2.0), lambda: Pulls(False, scaled(x.absolute, 2.0)))
