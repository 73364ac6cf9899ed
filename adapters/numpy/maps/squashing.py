"""softsign, and the logistic and softplus functions with parameters, over pairs.

Guarantee: that of ``adapters.numpy.transforms``.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from adapters.interface import SpecError
from adapters.numpy import functions as fn
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map, Sigmoid, Softplus


class Softsign(Map):
    """x/(1 + |x|)."""

    def forward(self, x: Pair) -> Pair:
        found = x / (x.abs() + 1.0)
        return where(np.isinf(x.hi), x.filled(1.0).with_sign_of(x.hi), found)

    def inverse(self, y: Pair) -> Pair:
        return where(y.abs().hi > 1, y.filled(np.nan), y / (1.0 - y.abs()))

    def fldj(self, x: Pair) -> Pair:
        return -fn.log1p(x.abs()).scaled(2.0)

    def ildj(self, y: Pair) -> Pair:
        return -fn.log1p(-y.abs()).scaled(2.0)


class SigmoidBetween(Sigmoid):
    """low + (high - low)/(1 + e**-x)."""

    def __init__(self, low: float, high: float | Fraction) -> None:
        self._low, self._high = low, high
        self._width = Fraction(high) - Fraction(low)
        self._log = fn.log_of(self._width / 4)  # log f' at 0

    def forward(self, x: Pair) -> Pair:
        step = fn.sigmoid(-x.abs()) * x.like(self._width)
        return where(x.hi < 0, step + self._low, x.like(self._high) - step)

    def inverse(self, y: Pair) -> Pair:
        return fn.log((y - self._low) / (y.like(self._high) - y))

    def fldj(self, x: Pair) -> Pair:
        return fn.log_sech_squared(x.scaled(0.5)) + x.like(self._log)

    def ildj(self, y: Pair) -> Pair:
        below, above = y - self._low, y.like(self._high) - y
        away = (below - above) / y.like(self._width)  # 4 below above/width**2 = 1 - away**2
        near = fn.log1p(-away.square())
        far = fn.log(below) + fn.log(above) - y.like(2 * fn.log_of(self._width / 2))
        return -(where(away.abs().hi < 0.5, near, far) + y.like(self._log))


class Softfloor(Map):
    """low + width/(1 + e**(-(x - 1)/t)) for x in (1/2, 3/2), t = temperature: with s = 1/(1 + e**(1/(2t))) the width is
    1/(1 - 2s) and low is s - s width, both to 60 digits."""

    domain = (0.5, 1.5)

    def __init__(self, temperature: float) -> None:
        if not 2.0**-10 <= temperature <= 2.0**10:  # Beyond, 60 digits do not hold the two constants below.
            raise SpecError("softfloor: temperature must lie between 1/1024 and 1024")
        self._t = temperature
        least = 1 / (1 + fn.exp_of(1 / (2 * Fraction(temperature))))
        self._width = 1 / (1 - 2 * least)
        self._low = least - least * self._width
        self._log = fn.log_of(self._width / (4 * Fraction(temperature)))  # log f' at 1

    def _u(self, x: Pair) -> Pair:
        return (x - 1.0) / self._t

    def forward(self, x: Pair) -> Pair:
        return fn.sigmoid(self._u(x)) * x.like(self._width) + x.like(self._low)

    def inverse(self, y: Pair) -> Pair:
        return self._back(y) * self._t + 1.0

    def _back(self, y: Pair) -> Pair:
        return fn.log((y - y.like(self._low)) / (y.like(self._low + self._width) - y))

    def fldj(self, x: Pair) -> Pair:
        return fn.log_sech_squared(self._u(x).scaled(0.5)) + x.like(self._log)

    def ildj(self, y: Pair) -> Pair:
        return -(fn.log_sech_squared(self._back(y).scaled(0.5)) + y.like(self._log))


class ScaledSoftplus(Softplus):
    """low + c log(1 + e**(x/c)).

    What grows is x itself, and not c times x/c, which may overflow; log(u) of a subnormal u = (y - low)/c is
    log|y - low| - log|c|, since u would be rounded.
    """

    def __init__(self, hinge_softness: float = 1.0, low: float = 0.0) -> None:
        self._c, self._low, self._log = hinge_softness, low, fn.log_of(abs(hinge_softness))

    def forward(self, x: Pair) -> Pair:
        u = x / self._c
        grown = where(u.hi > 0, x, where(np.isnan(u.hi), u, u.like(0.0)))
        return grown + fn.log1p(fn.exp(-u.abs())) * self._c + self._low

    def inverse(self, y: Pair) -> Pair:
        above = y - self._low
        u = above / self._c
        near = where(fn.negligible(u), self._log_above(above, u), fn.log(fn.expm1(u)))
        return where(u.hi < 1.0, near * self._c, above + fn.log1p(-fn.exp(-u)) * self._c)

    def fldj(self, x: Pair) -> Pair:
        return super().fldj(x / self._c)

    def ildj(self, y: Pair) -> Pair:
        above = y - self._low
        u = above / self._c
        return where(fn.negligible(u), -self._log_above(above, u), super().ildj(u))

    def _log_above(self, above: Pair, u: Pair) -> Pair:
        """log(above/c), nan where that is negative."""
        return fn.log(above if self._c > 0 else -above) - u.like(self._log)
