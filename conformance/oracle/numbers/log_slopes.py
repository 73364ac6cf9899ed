"""log|f'| where f' itself is too small or too large for any ball: dual numbers whose second part is a logarithm.

exp(-exp(800)) leaves even Arb's exponents at an affordable precision, while the logarithm of its derivative is an
ordinary number. So the chain rule is run on log|f'|: products become sums, and a sum of slopes becomes a
log-sum-exp with signs. Used only where the series' first coefficient is no longer bounded away from 0; it must
overlap the series wherever both answer, which the tests check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb

from conformance.definitions.distributions.horseshoe import standard_log_density
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.ball_quantiles import Order
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.exact import ratio

BALLS = BallNumbers()
_NAN = arb("nan")


def log_slope(definition: TransformDefinition, x: arb) -> arb:
    """An enclosure of log|f'(x)| for a leaf; not finite where this precision cannot tell."""
    out = definition.forward(LogSlopeNumbers(), LogDual(x, 1, arb(0)))
    return out.log_slope if isinstance(out, LogDual) else arb("-inf")


def _add(sign_a: int, log_a: arb, sign_b: int, log_b: arb) -> tuple[int, arb]:
    """Sign and logarithm of sign_a e^log_a + sign_b e^log_b."""
    if log_b > log_a:
        sign_a, log_a, sign_b, log_b = sign_b, log_b, sign_a, log_a
    if sign_a == sign_b:
        return sign_a, log_a + (log_b - log_a).exp().log1p()
    if log_a > log_b:
        return sign_a, log_a + (-(log_b - log_a).expm1()).log()
    return sign_a, _NAN


@dataclass(frozen=True)
class LogDual:
    """A value and its derivative sign * exp(log_slope)."""

    value: arb
    sign: int
    log_slope: arb

    def __neg__(self) -> LogDual:
        return LogDual(-self.value, -self.sign, self.log_slope)

    def __add__(self, other: Any) -> LogDual:
        if isinstance(other, LogDual):
            return LogDual(self.value + other.value, *_add(self.sign, self.log_slope, other.sign, other.log_slope))
        return LogDual(self.value + other, self.sign, self.log_slope)

    __radd__ = __add__

    def __sub__(self, other: Any) -> LogDual:
        return self + (-other)

    def __rsub__(self, other: Any) -> LogDual:
        return -self + other

    def __mul__(self, other: Any) -> LogDual:
        value = other.value if isinstance(other, LogDual) else arb(other)
        mine = self._scaled(value)
        if not isinstance(other, LogDual):
            return LogDual(self.value * value, mine.sign, mine.log_slope)
        theirs = other._scaled(self.value)
        return LogDual(self.value * value, *_add(mine.sign, mine.log_slope, theirs.sign, theirs.log_slope))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> LogDual:
        if isinstance(other, LogDual):
            return self * (1 / other)
        return self * (1 / arb(other))

    def __rtruediv__(self, other: Any) -> LogDual:
        reciprocal = LogDual(1 / self.value, -self.sign, self.log_slope - 2 * abs(self.value).log())
        return reciprocal * other

    def _scaled(self, factor: arb) -> LogDual:
        sign = 1 if factor > 0 else -1 if factor < 0 else 0
        return LogDual(self.value, self.sign * sign, self.log_slope + abs(factor).log() if sign else _NAN)


class LogSlopeNumbers(BallNumbers):
    """NumberSystem over LogDual; constants stay balls."""

    def _chain(self, name: str, x: Any, log_slope: Callable[[arb], arb]) -> Any:
        """The primitive ``name`` of ``x``, where it increases with the slope exp(log_slope); a constant stays one."""
        primitive = getattr(BALLS, name)
        if not isinstance(x, LogDual):
            return primitive(x)
        return LogDual(primitive(x.value), x.sign, x.log_slope + log_slope(x.value))

    def exp(self, x: Any) -> Any:
        return self._chain("exp", x, lambda v: v)

    def expm1(self, x: Any) -> Any:
        return self._chain("expm1", x, lambda v: v)

    def log(self, x: Any) -> Any:
        return self._chain("log", x, lambda v: -v.log())

    def log1p(self, x: Any) -> Any:
        return self._chain("log1p", x, lambda v: -v.log1p())

    def sqrt(self, x: Any) -> Any:
        return self.power(x, 0.5)

    def power(self, x: Any, exponent: float) -> Any:
        p = arb(exponent)
        if not isinstance(x, LogDual):
            return x**p
        slope = x.log_slope + abs(p).log() + (p - 1) * x.value.log()
        return LogDual(x.value**p, x.sign if exponent > 0 else -x.sign, slope)

    def abs(self, x: Any) -> Any:
        return self.piecewise(x, lambda v: -v, lambda v: v)

    def tanh(self, x: Any) -> Any:
        return self._chain("tanh", x, lambda v: arb(4).log() - 2 * _log_two_cosh(v))

    def sinh(self, x: Any) -> Any:
        return self._chain("sinh", x, lambda v: _log_two_cosh(v) - arb(2).log())

    def asinh(self, x: Any) -> Any:
        return self._chain("asinh", x, lambda v: -(v * v).log1p() / 2)

    def atanh(self, x: Any) -> Any:
        return self._chain("atanh", x, lambda v: -((1 - v) * (1 + v)).log())

    def sigmoid(self, x: Any) -> Any:
        return self._chain("sigmoid", x, lambda v: -BALLS.softplus(v) - BALLS.softplus(-v))

    def logit(self, x: Any) -> Any:
        return self._chain("logit", x, lambda v: -(v * (1 - v)).log())

    def softplus(self, x: Any) -> Any:
        return self._chain("softplus", x, lambda v: -BALLS.softplus(-v))

    def softplus_inverse(self, x: Any) -> Any:
        return self._chain("softplus_inverse", x, lambda v: -(-(-v).expm1()).log())

    def ndtr(self, x: Any) -> Any:
        return self._chain("ndtr", x, lambda v: -v * v / 2 - (2 * arb.pi()).log() / 2)

    def ndtri(self, x: Any) -> Any:
        return self._chain("ndtri", x, lambda v: BALLS.ndtri(v) ** 2 / 2 + (2 * arb.pi()).log() / 2)

    def lambert_w(self, x: Any) -> Any:
        return self._chain("lambert_w", x, lambda v: -BALLS.lambert_w(v) - BALLS.lambert_w(v).log1p())

    def student_t_cdf(self, x: Any, df: float) -> Any:
        return LogDual(BALLS.student_t_cdf(x.value, df), x.sign, _NAN)

    def erf(self, x: Any) -> Any:
        return self._chain("erf", x, lambda v: -v * v + arb(2).log() - arb.pi().log() / 2)

    def log_erfc(self, x: Any) -> Any:
        if not isinstance(x, LogDual):
            return BALLS.log_erfc(x)
        return LogDual(BALLS.log_erfc(x.value), -x.sign, x.log_slope + BALLS.erfc_hazard(x.value).log())

    def log_erfcx(self, x: Any) -> Any:
        if not isinstance(x, LogDual):
            return BALLS.log_erfcx(x)
        fall = BALLS.erfc_hazard(x.value) - 2 * x.value
        return LogDual(BALLS.log_erfcx(x.value), -x.sign, x.log_slope + fall.log())

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        if not isinstance(x, LogDual):
            return BALLS.log_scaled_bessel_k1(x)
        slope = BALLS.bessel_k_ratio(x.value) + 1 / x.value - 1
        return LogDual(BALLS.log_scaled_bessel_k1(x.value), -x.sign, x.log_slope + slope.log())

    def log_scaled_e1(self, x: Any) -> Any:
        if not isinstance(x, LogDual):
            return BALLS.log_scaled_e1(x)
        return LogDual(BALLS.log_scaled_e1(x.value), -x.sign, x.log_slope + BALLS.e1_fall(x.value).log())

    def horseshoe_cdf(self, x: Any) -> Any:
        return self._chain("horseshoe_cdf", x, lambda v: standard_log_density(BALLS, v))

    def gamma_p(self, x: Any, a: Order) -> Any:
        return LogDual(BALLS.gamma_p(x.value, a), x.sign, x.log_slope + _log_gamma_density(x.value, a))

    def gamma_q(self, x: Any, a: Order) -> Any:
        return LogDual(BALLS.gamma_q(x.value, a), -x.sign, x.log_slope + _log_gamma_density(x.value, a))

    def log_gamma_q(self, x: Any, a: Order) -> Any:
        slope = BALLS.gamma_hazard(x.value, a).log()
        return LogDual(BALLS.log_gamma_q(x.value, a), -x.sign, x.log_slope + slope)

    def betainc(self, x: Any, a: float, b: float) -> Any:
        v = x.value
        slope = (arb(a) - 1) * v.log() + (arb(b) - 1) * (-v).log1p() - _log_beta(a, b)
        return LogDual(BALLS.betainc(v, a, b), x.sign, x.log_slope + slope)

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        centre = x.value if isinstance(x, LogDual) else x
        if centre >= 0:
            return above(x)
        if centre < 0:
            return below(x)
        return LogDual(_NAN, 1, _NAN)


def _log_gamma_density(v: arb, a: Order) -> arb:
    return (ratio(a) - 1) * v.log() - v - BALLS.lgamma(a)


def _log_beta(a: float, b: float) -> arb:
    return BALLS.lgamma(a) + BALLS.lgamma(b) - BALLS.lgamma(Fraction(a) + Fraction(b))


def _log_two_cosh(v: arb) -> arb:
    return abs(v) + (-2 * abs(v)).exp().log1p()
