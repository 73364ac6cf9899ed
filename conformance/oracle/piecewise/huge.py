"""Values beyond every range, as the Taylor series of their logarithm: exp over a run that spans a thousand binades.

No ball holds [e^1000, e^2000], while the logarithm over the same run is an ordinary series. An element is either an
ordinary series (or ball), or Huge: sign * exp(log). Sums with ordinary elements are log v + log(1 + s/v), which stays
tight exactly where v is huge. What this cannot express comes back as not-a-number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_series

from conformance.oracle.numbers.series import SeriesNumbers

Element = Any


@dataclass(frozen=True)
class Huge:
    """sign * exp(log), with ``log`` an arb_series of the number system ``ns``."""

    sign: int
    log: Any
    ns: HugeNumbers

    def __neg__(self) -> Huge:
        return Huge(-self.sign, self.log, self.ns)

    def __abs__(self) -> Huge:
        return Huge(1, self.log, self.ns)

    def __add__(self, other: Element) -> Element:
        return self.ns.sum(self, other)

    __radd__ = __add__

    def __sub__(self, other: Element) -> Element:
        return self + (-other)

    def __rsub__(self, other: Element) -> Element:
        return -self + other

    def __mul__(self, other: Element) -> Element:
        if isinstance(other, Huge):
            return Huge(self.sign * other.sign, self.log + other.log, self.ns)
        factor = arb(other) if isinstance(other, (int, float)) else other
        side = self.ns.side(factor)
        if side is None:
            return self.ns.nothing
        log = self.ns.plain.log(factor if side > 0 else -factor)
        return Huge(self.sign * side, self.log + log, self.ns)

    __rmul__ = __mul__

    def __truediv__(self, other: Element) -> Element:
        return self * self.ns.reciprocal(other)

    def __rtruediv__(self, other: Element) -> Element:
        return Huge(self.sign, -self.log, self.ns) * other


class HugeNumbers:
    """NumberSystem whose ``exp`` gives Huge elements; everything else is that of SeriesNumbers(length)."""

    def __init__(self, length: int) -> None:
        self.plain = SeriesNumbers(length)
        self.length = length

    @property
    def nothing(self) -> Any:
        """The series of which nothing is known, of no coefficient: a bound for what is left out rests on the last."""
        return arb_series([arb("nan")] * self.length, prec=self.length)

    def __getattr__(self, name: str) -> Any:
        primitive = getattr(self.plain, name)

        def guarded(*args: Any) -> Any:
            return self.nothing if any(isinstance(a, Huge) for a in args) else primitive(*args)

        return guarded if callable(primitive) else primitive

    def ordinary(self, x: Any) -> Any:
        """A number as a series of its own: of what is huge there is none."""
        return x

    def sum(self, x: Huge, other: Any) -> Any:
        """x + other, an ordinary element that is the smaller where signs differ; else nothing is known, no sign."""
        if isinstance(other, Huge):
            return self.nothing
        grown = self.plain.log1p(x.sign * other * (-x.log).exp())
        return Huge(x.sign, x.log + grown, self) if grown[0].is_finite() else self.nothing

    def exp(self, x: Any) -> Any:
        if isinstance(x, Huge):
            # e^(+huge) is beyond even its logarithm's logarithm; of e^(-huge) at most a bound is wanted.
            return self.nothing if x.sign > 0 or self.length > 1 else self._vanishing(x.log[0])
        return x.exp() if isinstance(x, arb) else Huge(1, x, self)

    def _vanishing(self, log: arb) -> Any:
        """exp(-exp(log)) for a ball ``log``: between 0 and its value at the lower end, or at 200 if that is less."""
        lower = log.lower()
        if not lower.is_finite():
            return self.nothing
        top = (-((lower if lower < 200 else arb(200)).exp())).exp().upper()
        return self.plain.variable((top / 2) + arb(0, 1) * (top / 2))

    def expm1(self, x: Any) -> Any:
        if isinstance(x, Huge):
            return self.exp(x) - 1 if x.sign < 0 else self.nothing
        if not isinstance(x, arb) and x[0] > 1:
            return Huge(1, x + self.plain.log1p(-(-x).exp()), self)
        return self.plain.expm1(x)

    def sinh(self, x: Any) -> Any:
        """Beyond 1 on either side sinh x = +-e^|x| (1 - e^(-2|x|)) / 2."""
        if isinstance(x, Huge):
            return self.nothing
        side = 0 if isinstance(x, arb) else (x[0] > 1) - (x[0] < -1)
        if not side:
            return self.plain.sinh(x)
        size = side * x
        return Huge(side, size + self.plain.log1p(-(-2 * size).exp()) - arb(2).log(), self)

    def log(self, x: Any) -> Any:
        if isinstance(x, Huge):
            return x.log if x.sign > 0 else self.nothing
        return self.plain.log(x)

    def power(self, x: Any, exponent: float) -> Any:
        if isinstance(x, Huge):
            return Huge(1, x.log * arb(exponent), self) if x.sign > 0 else self.nothing
        return self.plain.power(x, exponent)

    def ndtr(self, x: Any) -> Any:
        if isinstance(x, Huge):  # 0 < Phi(-X) < exp(-X^2/2); see ``exp``.
            if self.length > 1:
                return self.nothing
            below = self._vanishing(2 * x.log[0] - arb(2).log())
            return below if x.sign < 0 else 1 - below
        return self.plain.ndtr(x)

    def erf(self, x: Any) -> Any:
        if isinstance(x, Huge):  # 1 - erf(X) < exp(-X^2)
            return self.nothing if self.length > 1 else (1 - self._vanishing(2 * x.log[0])) * x.sign
        return self.plain.erf(x)

    def abs(self, x: Any) -> Any:
        return abs(x) if isinstance(x, Huge) else self.plain.abs(x)

    def reciprocal(self, x: Any) -> Any:
        """1 / x."""
        if isinstance(x, Huge):
            return Huge(x.sign, -x.log, self)
        return 1 / (arb(x) if isinstance(x, (int, float)) else x)  # As a float 1/3 is another number.

    def side(self, x: Any) -> int | None:
        """The sign of ``x`` over its whole ball; None where it is not the same throughout."""
        if isinstance(x, Huge):
            return x.sign
        return side_of(x)

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        if isinstance(x, Huge):
            return above(x) if x.sign > 0 else below(x)
        if isinstance(x, arb) or side_of(x) is not None:
            return self.plain.piecewise(x, below, above)
        return self.plain.piecewise(x, lambda v: self._as_ball(below(v)), lambda v: self._as_ball(above(v)))

    def _as_ball(self, x: Any) -> Any:
        """A series whose constant term is the value of ``x``: across a knot nothing else is asked of either side."""
        return self.plain.variable(x.sign * x.log[0].exp()) if isinstance(x, Huge) else x


def side_of(x: Any) -> int | None:
    """The sign of a ball, or of a series' constant term, where it is one sign throughout (0 counts as positive)."""
    centre = x if isinstance(x, arb) else x[0]
    if centre >= 0:
        return 1
    return -1 if centre < 0 else None
