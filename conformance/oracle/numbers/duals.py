"""Dual numbers over balls: a value and its partial derivatives with respect to every coordinate of an event.

Each primitive's derivative is taken from a Taylor series of length 2, so nothing is written here that the series
do not already know. A partial derivative that is exactly 0 stays exactly 0: so a triangular Jacobian is seen as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq_mat

from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.numbers.triangles import elimination_order

_SERIES = SeriesNumbers(2)
_NAN = arb("nan")


@dataclass(frozen=True)
class Dual:
    """``value`` and ``partials``, all balls."""

    value: arb
    partials: tuple[arb, ...]

    def __neg__(self) -> Dual:
        return Dual(-self.value, tuple(-p for p in self.partials))

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(
                self.value + other.value, tuple(p + q for p, q in zip(self.partials, other.partials, strict=True))
            )
        return Dual(self.value + other, self.partials)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        return self + (-other)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            pairs = zip(self.partials, other.partials, strict=True)
            return Dual(self.value * other.value, tuple(p * other.value + self.value * q for p, q in pairs))
        return Dual(self.value * other, tuple(p * other for p in self.partials))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            inverse = 1 / other.value
            return self * Dual(inverse, tuple(-p * inverse * inverse for p in other.partials))
        return self * (1 / arb(other))

    def __rtruediv__(self, other: Any) -> Dual:
        return Dual(arb(1), tuple(arb(0) for _ in self.partials)) / self * other


def variables(x: Sequence[arb]) -> list[Dual]:
    """The coordinates of ``x`` as independent variables."""
    return [Dual(v, tuple(arb(int(i == j)) for j in range(len(x)))) for i, v in enumerate(x)]


class DualNumbers(BallNumbers):
    """NumberSystem over Dual; constants stay balls."""

    def _apply(self, name: str, x: Any, *args: Any) -> Any:
        if not isinstance(x, Dual):
            return getattr(BallNumbers, name)(self, x, *args)
        series = getattr(_SERIES, name)(_SERIES.variable(x.value), *args)
        return Dual(series[0], tuple(p if p.is_zero() else p * series[1] for p in x.partials))

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

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        return self._apply("log_scaled_bessel_k1", x)

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
        return Dual(_NAN, tuple(_NAN for _ in x.partials)) if isinstance(x, Dual) else below(x).union(above(x))


def log_abs_det(jacobian: Sequence[Sequence[arb]]) -> arb:
    """log|det| of a square matrix of balls: a sum of logarithms where it is triangular in some order, that of an exact
    rational determinant where all entries are exact (a reflection's is 1, which no ball would say), else Arb's."""
    n = len(jacobian)
    if elimination_order([[j for j in range(n) if not row[j].is_zero()] for row in jacobian]) is not None:
        return sum((abs(jacobian[i][i]).log() for i in range(n)), arb(0))
    entries = [entry for row in jacobian for entry in row]
    if all(entry.is_finite() and entry.is_exact() for entry in entries):
        return abs(arb(fmpq_mat(n, n, [entry.fmpq() for entry in entries]).det())).log()
    determinant: arb = arb_mat(n, n, entries).det()
    return abs(determinant).log()
