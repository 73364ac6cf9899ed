"""log|f'| on complex balls, for certified integration: the chain rule run on logarithms.

A slope such as sech^2(x) at x = 2^60, over a ball as wide, is a ball that contains 0; its logarithm is -2x + log 4 up
to what no ball can see. So every primitive answers with the holomorphic function that equals log|slope| on the real
line. These are closed forms: the tests hold each against the mechanically derived slope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import acb, arb

from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.complex_balls import ComplexNumbers

_NAN = acb("nan")


@dataclass(frozen=True)
class LogSlopeBall:
    """A value and log|derivative|, complex balls. Only what keeps one derivative is offered: no sum of two of them."""

    value: acb
    log_slope: acb

    def __neg__(self) -> LogSlopeBall:
        return LogSlopeBall(-self.value, self.log_slope)

    def __add__(self, constant: acb) -> LogSlopeBall:
        return LogSlopeBall(self.value + constant, self.log_slope)

    __radd__ = __add__

    def __sub__(self, constant: acb) -> LogSlopeBall:
        return LogSlopeBall(self.value - constant, self.log_slope)

    def __rsub__(self, constant: acb) -> LogSlopeBall:
        return LogSlopeBall(constant - self.value, self.log_slope)

    def __mul__(self, constant: acb) -> LogSlopeBall:
        return LogSlopeBall(self.value * constant, self.log_slope + abs(constant).log())

    __rmul__ = __mul__

    def __truediv__(self, constant: acb) -> LogSlopeBall:
        return LogSlopeBall(self.value / constant, self.log_slope - abs(constant).log())


class LogSlopeBalls(ComplexNumbers):
    """NumberSystem over LogSlopeBall (constants stay acb); not a number where a primitive has no closed log-slope."""

    def __init__(self, analytic: bool) -> None:
        super().__init__(analytic)
        self.scalars = ComplexNumbers(analytic)

    def exp(self, x: Any) -> Any:
        return self._step("exp", x, lambda v: v)

    def expm1(self, x: Any) -> Any:
        return self._step("expm1", x, lambda v: v)

    def log(self, x: Any) -> Any:
        return self._step("log", x, lambda v: -self.scalars.log(v))

    def log1p(self, x: Any) -> Any:
        return self._step("log1p", x, lambda v: -self.scalars.log1p(v))

    def sqrt(self, x: Any) -> Any:
        return self.power(x, 0.5)

    def power(self, x: Any, exponent: float) -> Any:
        if not isinstance(x, LogSlopeBall):
            return self.scalars.power(x, exponent)
        p = arb(exponent)
        slope = abs(p).log() + (p - 1) * self.scalars.log(x.value)
        return LogSlopeBall(self.scalars.power(x.value, exponent), x.log_slope + slope)

    def tanh(self, x: Any) -> Any:  # 1 - tanh^2 v = 4 sigmoid(2v) sigmoid(-2v)
        return self._step("tanh", x, lambda v: arb(4).log() + self._log_sigmoids(2 * v))

    def sinh(self, x: Any) -> Any:  # cosh v = (1 + e^2v) e^-v / 2
        return self._step("sinh", x, lambda v: self.scalars.softplus(2 * v) - v - arb(2).log())

    def asinh(self, x: Any) -> Any:
        return self._step("asinh", x, lambda v: -self.scalars.log1p(v * v) / 2)

    def atanh(self, x: Any) -> Any:
        return self._step("atanh", x, lambda v: -(self.scalars.log1p(v) + self.scalars.log1p(-v)))

    def sigmoid(self, x: Any) -> Any:
        return self._step("sigmoid", x, self._log_sigmoids)

    def logit(self, x: Any) -> Any:
        return self._step("logit", x, lambda v: -(self.scalars.log(v) + self.scalars.log(1 - v)))

    def softplus(self, x: Any) -> Any:
        return self._step("softplus", x, lambda v: -self.scalars.softplus(-v))

    def softplus_inverse(self, x: Any) -> Any:
        return self._step("softplus_inverse", x, lambda v: -self.scalars.log(-((-v).expm1())))

    def ndtr(self, x: Any) -> Any:
        return self._step("ndtr", x, lambda v: -(v * v) / 2 - (2 * arb.pi()).log() / 2)

    def abs(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def ndtri(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def lambert_w(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def student_t_cdf(self, x: Any, df: float) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def erf(self, x: Any) -> Any:
        return self._step("erf", x, lambda v: -(v * v) + arb(2).log() - arb.pi().log() / 2)

    def log_erfc(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def log_erfcx_ratio(self, x: Any, more: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def log_scaled_e1(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def horseshoe_cdf(self, x: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def gamma_p(self, x: Any, a: Any) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    gamma_q = log_gamma_q = gamma_p

    def betainc(self, x: Any, a: float, b: float) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        return LogSlopeBall(_NAN, _NAN)

    def _log_sigmoids(self, v: acb) -> acb:
        """log sigmoid(v) + log sigmoid(-v)."""
        return -self.scalars.softplus(v) - self.scalars.softplus(-v)

    def _step(self, name: str, x: Any, log_slope: Callable[[acb], acb]) -> Any:
        value = getattr(self.scalars, name)
        if not isinstance(x, LogSlopeBall):
            return value(x)
        return LogSlopeBall(value(x.value), x.log_slope + log_slope(x.value))


_BALLS = {flag: LogSlopeBalls(flag) for flag in (False, True)}


def with_log_slope(transform: TransformDefinition, u: acb, analytic: bool) -> tuple[acb, acb]:
    """f and log|f'| on the complex ball ``u``; not finite where ``analytic`` and one of them is not holomorphic."""
    closed = transform.lemmas.log_slope
    if closed is not None:
        scalars = _BALLS[analytic].scalars
        return transform.forward(scalars, u), closed(scalars, u)
    found = transform.forward(_BALLS[analytic], LogSlopeBall(u, acb(0)))
    return found.value, found.log_slope
