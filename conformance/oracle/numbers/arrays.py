"""The number system in which one pass through a definition gives truth for many events at once.

An ``Element`` stands for a function of the event. Nothing is computed until it is asked for, and then once:

* ``ball``: its value, as arrays of midpoints and rigorous radii (``array_balls``);
* ``log()``: log|value| as an element, put together from the logarithms of factors, so that a product of sigmoids that
  underflows keeps its logarithm;
* ``slopes``: for every coordinate j that it depends on, log|d value / d x_j| as an element, and its sign. A coordinate
  that is missing has a derivative of exactly 0. Where two paths lead from x_j here, the two derivatives are added by
  their logarithms, so that a sum of huge ones is no overflow; where they may cancel, the logarithm is unbounded. None:
  nothing is known;
* ``pulls``: x_j d value / d x_j in plain float64, or that over the value (``relative``). These are estimates, for
  condition numbers only.

So log|det J| of a triangular map follows from its forward definition, without any formula of its own, without a
determinant that underflows, and with every sum of one sign.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.array_kernels import LN2
from conformance.oracle.numbers.triangles import elimination_order


class Steepness(NamedTuple):
    """A derivative: log of its size, and its sign (1 or -1; where it is 0, the logarithm or the sign is not known)."""

    log: Element
    sign: Any


Slope = Callable[[], Steepness]


class NotOffered(ValueError):
    """The bulk tier cannot do this; ball arithmetic, event by event, can."""


class Pulls:
    """x_j d/dx_j of an element by coordinate, absolute or relative to its value."""

    def __init__(self, relative: bool, by: dict[int, Any]) -> None:
        self.relative, self.by = relative, by

    def as_absolute(self, mid: Any) -> dict[int, Any]:
        """x_j dv/dx_j."""
        return {j: p * mid for j, p in self.by.items()} if self.relative else self.by

    def as_relative(self, mid: Any) -> dict[int, Any]:
        """x_j d log|v| / dx_j; 0 where the element does not move at all."""
        return self.by if self.relative else {j: np.where(p == 0, 0.0, p / mid) for j, p in self.by.items()}


def _joined(a: dict[int, Any], b: dict[int, Any]) -> dict[int, Any]:
    out = dict(a)
    for j, value in b.items():
        out[j] = out[j] + value if j in out else value
    return out


def _times(by: dict[int, Any], factor: Any) -> dict[int, Any]:
    return {j: value * factor for j, value in by.items()}


class Element:
    """See the module's docstring. ``even`` is what an element and its negative have in common."""

    def __init__(
        self,
        make: Callable[[], Ball],
        pull: Callable[[], Pulls] | None = None,
        slopes: dict[int, Slope | None] | None = None,
        log: Callable[[], Element] | None = None,
        even: dict[str, Any] | None = None,
    ) -> None:
        self._make, self._pull, self._log = make, pull, log
        self.slopes = slopes or {}
        self.even = {} if even is None else even

    @cached_property
    def ball(self) -> Ball:
        return self._make()

    @cached_property
    def pulls(self) -> Pulls:
        return Pulls(True, {}) if self._pull is None else self._pull()

    @cached_property
    def _logarithm(self) -> Element:
        if self._log is not None:
            return self._log()
        return Element(lambda: balls.log(balls.absolute(self.ball)), lambda: Pulls(False, self.relative))

    def log(self) -> Element:
        """log|value|."""
        return self._logarithm

    @property
    def factored(self) -> bool:
        """Whether log|value| comes from the logarithms of factors, and not from the value."""
        return self._log is not None

    @property
    def sign(self) -> NDArray[np.float64]:
        """1 or -1; 0 where the ball does not tell. The midpoint of what is put together from factors has the right sign
        bit wherever its logarithm is bounded, also where it underflowed: each factor's has."""
        mid, rad = self.ball
        told = self.factored | (np.abs(mid) > rad)
        return np.where(told, np.where(np.signbit(mid), -1.0, 1.0), 0.0)

    @property
    def absolute(self) -> dict[int, Any]:
        return self.pulls.as_absolute(self.ball.mid) if self.pulls.relative else self.pulls.by

    @property
    def relative(self) -> dict[int, Any]:
        return self.pulls.by if self.pulls.relative else self.pulls.as_relative(self.ball.mid)

    @property
    def tail(self) -> NDArray[np.float64]:
        """e**-|value|, about."""
        if "tail" not in self.even:
            self.even["tail"] = balls.tail(self.ball.mid)
        return self.even["tail"]

    @property
    def spread(self) -> NDArray[np.float64]:
        """log(1 + e**-|value|), about."""
        if "spread" not in self.even:
            self.even["spread"] = balls.spread(self.tail)
        return self.even["spread"]

    def __neg__(self) -> Element:
        def pull() -> Pulls:
            own = self.pulls
            return own if own.relative else Pulls(False, {j: -p for j, p in own.by.items()})

        turned = {j: _turned(slope) for j, slope in self.slopes.items()}
        return Element(lambda: balls.neg(self.ball), pull, turned, self._log and self.log, self.even)

    def __add__(self, other: Any) -> Element:
        b = _element(other)
        return Element(
            lambda: balls.add(self.ball, b.ball),
            lambda: Pulls(False, _joined(self.absolute, b.absolute)),
            _merged(self.slopes, b.slopes, None, None),
        )

    __radd__ = __add__

    def __sub__(self, other: Any) -> Element:
        return self + (-_element(other))

    def __rsub__(self, other: Any) -> Element:
        return -self + other

    def __mul__(self, other: Any) -> Element:
        if other is self:
            return self._squared()
        b = _element(other)
        return Element(
            lambda: balls.mul(self.ball, b.ball),
            lambda: self._product_pulls(b),
            _merged(self.slopes, b.slopes, b._steepness, self._steepness),
            lambda: self.log() + b.log(),
        )

    __rmul__ = __mul__

    def _steepness(self) -> Steepness:
        """Of a product, by the other factor."""
        return Steepness(self.log(), self.sign)

    def _squared(self) -> Element:
        """One path leads to a square, not two: d(u u) = 2 u du."""
        return Element(
            lambda: balls.mul(self.ball, self.ball),
            lambda: self._product_pulls(self),
            _merged(self.slopes, {}, lambda: Steepness(LOG_2 + self.log(), self.sign), None),
            lambda: self.log() + self.log(),
        )

    def _product_pulls(self, b: Element) -> Pulls:
        if self.pulls.relative and b.pulls.relative:
            return Pulls(True, _joined(self.pulls.by, b.pulls.by))
        return Pulls(False, _joined(_times(self.absolute, b.ball.mid), _times(b.absolute, self.ball.mid)))

    def __truediv__(self, other: Any) -> Element:
        return self * _reciprocal(_element(other))

    def __rtruediv__(self, other: Any) -> Element:
        return _element(other) * _reciprocal(self)


def _element(value: Any) -> Element:
    return value if isinstance(value, Element) else constant(float(value))


def constant(value: float) -> Element:
    """An element that depends on nothing."""
    return Element(lambda: Ball(value, 0.0))


def enclosed_constant(ball: Ball) -> Element:
    """A constant that is no float."""
    return Element(lambda: ball)


def constant_of(ball: Ball, like: Element) -> Element:
    """An element with this value, which nothing is known to depend on but what ``like`` is pulled by."""
    return Element(lambda: ball, lambda: like.pulls)


def _reciprocal(b: Element) -> Element:
    return applied(
        b,
        lambda: balls.div(Ball(1.0, 0.0), b.ball),
        lambda: Pulls(True, {j: -p for j, p in b.relative.items()}),
        lambda: -(b.log() + b.log()),
        lambda: -b.log(),
        lambda: -1.0,
    )


def applied(
    u: Element,
    make: Callable[[], Ball],
    pull: Callable[[], Pulls],
    log_slope: Callable[[], Element],
    log: Callable[[], Element] | None = None,
    sign: Callable[[], Any] = lambda: 1.0,
) -> Element:
    """f(u), where ``log_slope`` gives log|f'(u)| and ``sign`` the sign of f'(u)."""
    kept: list[Steepness] = []

    def outer() -> Steepness:
        if not kept:
            kept.append(Steepness(log_slope(), sign()))
        return kept[0]

    return Element(make, pull, _merged(u.slopes, {}, outer, None), log)


def _merged(
    a: dict[int, Slope | None],
    b: dict[int, Slope | None],
    extra_a: Callable[[], Steepness] | None,
    extra_b: Callable[[], Steepness] | None,
) -> dict[int, Slope | None]:
    """Slopes of an element made of two: each one's own times what multiplies it, and their sum where both have one."""
    out = {j: _steeper(slope, extra_a) for j, slope in a.items()}
    for j, slope in b.items():
        own = _steeper(slope, extra_b)
        out[j] = _both(out[j], own) if j in a else own
    return out


def _steeper(slope: Slope | None, extra: Callable[[], Steepness] | None) -> Slope | None:
    if slope is None or extra is None:
        return slope

    def product() -> Steepness:
        own, more = slope(), extra()
        return Steepness(_sum(own.log, more.log), own.sign * more.sign)

    return product


def _turned(slope: Slope | None) -> Slope | None:
    if slope is None:
        return None

    def turned() -> Steepness:
        own = slope()
        return Steepness(own.log, -own.sign)

    return turned


def _both(first: Slope | None, second: Slope | None) -> Slope | None:
    """The sum of two derivatives: log|a + b| = log a + log(1 +- e**(log b - log a)), a being the larger."""
    if first is None or second is None:
        return None
    one, two = first, second

    def total() -> Steepness:
        a, b = one(), two()
        swap = np.asarray(a.log.ball.mid < b.log.ball.mid)
        high, low = balls.chosen(swap, b.log.ball, a.log.ball), balls.chosen(swap, a.log.ball, b.log.ball)
        behind = balls.add(low, balls.neg(high))
        alike = np.asarray(a.sign * b.sign)
        added, taken = balls.log1p(balls.exp(behind)), balls.log(balls.neg(balls.expm1(behind)))
        ball = balls.add(high, balls.chosen(alike > 0, added, taken))
        share = np.exp(-np.abs(behind.mid)) * np.where(alike > 0, 1.0, -1.0)

        def pull() -> Pulls:
            larger, smaller = 1.0 / (1.0 + share), share / (1.0 + share)
            weights = np.where(swap, smaller, larger), np.where(swap, larger, smaller)
            parts = zip((a.log, b.log), weights, strict=True)
            return Pulls(False, _joined(*(_times(part.absolute, weight) for part, weight in parts)))

        known = alike != 0
        log = Element(lambda: Ball(ball.mid, np.where(known, ball.rad, np.inf)), pull)
        return Steepness(log, np.where(swap, b.sign, a.sign))

    return total


def _unit_slope() -> Steepness:
    return Steepness(ZERO, 1.0)


def _sum(a: Element, b: Element) -> Element:
    return b if a is ZERO else a if b is ZERO else a + b


ZERO = constant(0.0)
LOG_2 = enclosed_constant(Ball(LN2, 2.0**-54))


def variables(coordinates: list[Ball], pulls: list[Pulls]) -> list[Element]:
    """Independent variables with these values; ``pulls`` say how they move with the inputs."""
    return [
        Element(lambda ball=ball: ball, lambda own=own: own, {j: _unit_slope})  # type: ignore[misc]
        for j, (ball, own) in enumerate(zip(coordinates, pulls, strict=True))
    ]


def log_det(outputs: list[Element], count: int) -> Element:
    """log|det J| of the first ``count`` outputs with respect to ``count`` variables. NotOffered unless it is triangular
    in some order, and every entry of the diagonal is known."""
    total = ZERO
    if elimination_order([output.slopes for output in outputs[:count]]) is None:
        raise NotOffered("the Jacobian is not triangular in any order")
    for i, output in enumerate(outputs[:count]):
        slope = output.slopes.get(i)
        if slope is None:
            raise NotOffered("an entry of the diagonal of the Jacobian is not known")
        total = _sum(total, slope().log)
    return total
