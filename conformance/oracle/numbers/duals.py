"""Dual numbers over balls: a value and its partial derivatives with respect to every coordinate of an event.

Each primitive's derivative is taken from a Taylor series of length 2, so nothing is written here that the series
do not already know. Coordinates that a number does not depend on are not stored: an entry of a 20 x 20 matrix depends
on a few of its 210 coordinates, and a Jacobian that is triangular, or is so in blocks, is seen as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq_mat

from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.numbers.triangles import blocks, elimination_order

_SERIES = SeriesNumbers(2)
_NAN = arb("nan")
_NONE = arb(0)


@dataclass(frozen=True)
class Dual:
    """``value`` and its derivatives by those of ``count`` coordinates that it depends on, all balls."""

    value: arb
    slopes: dict[int, arb]
    count: int

    @property
    def partials(self) -> tuple[arb, ...]:
        """The derivative by every coordinate."""
        return tuple(self.slopes.get(j, _NONE) for j in range(self.count))

    def _scaled(self, value: arb, factor: Any) -> Dual:
        return Dual(value, {j: p * factor for j, p in self.slopes.items()}, self.count)

    def __neg__(self) -> Dual:
        return Dual(-self.value, {j: -p for j, p in self.slopes.items()}, self.count)

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, _joined(self.slopes, other.slopes), self.count)
        return Dual(self.value + other, self.slopes, self.count)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        return self + (-other)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            own = {j: p * other.value for j, p in self.slopes.items()}
            return Dual(
                self.value * other.value,
                _joined(own, {j: self.value * q for j, q in other.slopes.items()}),
                self.count,
            )
        return self._scaled(self.value * other, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            inverse = 1 / other.value
            return self * Dual(inverse, {j: -p * inverse * inverse for j, p in other.slopes.items()}, other.count)
        return self * (1 / arb(other))

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(arb(1), {}, self.count) / self * other


def _joined(a: dict[int, arb], b: dict[int, arb]) -> dict[int, arb]:
    out = dict(a)
    for j, slope in b.items():
        out[j] = out[j] + slope if j in out else slope
    return out


def variables(x: Sequence[arb]) -> list[Dual]:
    """The coordinates of ``x`` as independent variables."""
    return [Dual(v, {i: arb(1)}, len(x)) for i, v in enumerate(x)]


class DualNumbers(BallNumbers):
    """NumberSystem over Dual; constants stay balls."""

    def _apply(self, name: str, x: Any, *args: Any) -> Any:
        if not isinstance(x, Dual):
            return getattr(BallNumbers, name)(self, x, *args)
        series = getattr(_SERIES, name)(_SERIES.variable(x.value), *args)
        return x._scaled(series[0], series[1])

    def exp(self, x: Any) -> Any:
        return self._apply("exp", x)

    def expm1(self, x: Any) -> Any:
        return self._apply("expm1", x)

    def log(self, x: Any) -> Any:
        return self._apply("log", x)

    def log1p(self, x: Any) -> Any:
        return self._apply("log1p", x)

    def sqrt(self, x: Any) -> Any:
        return self._apply("sqrt", x)

    def power(self, x: Any, exponent: float) -> Any:
        return self._apply("power", x, exponent)

    def abs(self, x: Any) -> Any:
        return self._apply("abs", x)

    def tanh(self, x: Any) -> Any:
        return self._apply("tanh", x)

    def sech(self, x: Any) -> Any:
        return self._apply("sech", x)

    def sinh(self, x: Any) -> Any:
        return self._apply("sinh", x)

    def asinh(self, x: Any) -> Any:
        return self._apply("asinh", x)

    def atanh(self, x: Any) -> Any:
        return self._apply("atanh", x)

    def sigmoid(self, x: Any) -> Any:
        return self._apply("sigmoid", x)

    def logit(self, x: Any) -> Any:
        return self._apply("logit", x)

    def softplus(self, x: Any) -> Any:
        return self._apply("softplus", x)

    def softplus_inverse(self, x: Any) -> Any:
        return self._apply("softplus_inverse", x)

    def ndtr(self, x: Any) -> Any:
        return self._apply("ndtr", x)

    def ndtri(self, x: Any) -> Any:
        return self._apply("ndtri", x)

    def lambert_w(self, x: Any) -> Any:
        return self._apply("lambert_w", x)

    def student_t_cdf(self, x: Any, df: float) -> Any:
        return self._apply("student_t_cdf", x, df)

    def erf(self, x: Any) -> Any:
        return self._apply("erf", x)

    def log_erfc(self, x: Any) -> Any:
        return self._apply("log_erfc", x)

    def log_erfcx(self, x: Any) -> Any:
        return self._apply("log_erfcx", x)

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        return self._apply("log_scaled_bessel_k1", x)

    def log_scaled_e1(self, x: Any) -> Any:
        return self._apply("log_scaled_e1", x)

    def horseshoe_cdf(self, x: Any) -> Any:
        return self._apply("horseshoe_cdf", x)

    def gamma_p(self, x: Any, a: Any) -> Any:
        return self._apply("gamma_p", x, a)

    def gamma_q(self, x: Any, a: Any) -> Any:
        return self._apply("gamma_q", x, a)

    def log_gamma_q(self, x: Any, a: Any) -> Any:
        return self._apply("log_gamma_q", x, a)

    def betainc(self, x: Any, a: float, b: float) -> Any:
        return self._apply("betainc", x, a, b)

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        centre = x.value if isinstance(x, Dual) else x
        if centre >= 0:
            return above(x)
        if centre < 0:
            return below(x)
        return x._scaled(_NAN, _NAN) if isinstance(x, Dual) else below(x).union(above(x))


def log_abs_det(jacobian: Sequence[Mapping[int, arb]]) -> arb:
    """log|det| of a square matrix of balls, each row given by its columns that are not known to be 0: the sum over the
    blocks that it is triangular in, once its rows and columns are put into another order."""
    rows = [{j: entry for j, entry in row.items() if not entry.is_zero()} for row in jacobian]
    if elimination_order(rows) is not None:
        return sum((abs(row.get(i, _NONE)).log() for i, row in enumerate(rows)), arb(0))
    cut = [[[rows[i].get(j, _NONE) for j in right] for i in left] for left, right in blocks(rows)]
    return sum(map(_log_abs_det_of, cut), arb(0))


def _log_abs_det_of(block: Sequence[Sequence[arb]]) -> arb:
    """By an exact rational determinant where all entries are exact (a reflection's is 1, which no ball would say), else
    by Arb's."""
    n, entries = len(block), [entry for row in block for entry in row]
    if all(entry.is_finite() and entry.is_exact() for entry in entries):
        return abs(arb(fmpq_mat(n, n, [entry.fmpq() for entry in entries]).det())).log()
    determinant: arb = arb_mat(n, n, entries).det()
    return abs(determinant).log()
