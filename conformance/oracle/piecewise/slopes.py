"""log|f'| as a Taylor series: the chain rule run on logarithms, so that no derivative ever leaves its range.

The series of log(f') taken literally fails where f' spans hundreds of binades over a run of floats (a ball of slopes
then contains 0). Here each primitive contributes the logarithm of its own derivative and products become sums. Where
the literal series answers, the two must overlap; the tests check it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.definitions.distributions.horseshoe import standard_log_density

Element = Any


@dataclass(frozen=True)
class Sloped:
    """A value with its derivative sign * exp(log_slope); both parts are elements of one number system. ``exponent``:
    where the value is its exponential."""

    value: Element
    sign: int
    log_slope: Element
    ns: Any
    exponent: Sloped | None = None

    def __neg__(self) -> Sloped:
        return Sloped(-self.value, -self.sign, self.log_slope, self.ns)

    def __add__(self, other: Element) -> Sloped:
        if isinstance(other, Sloped):
            raise ValueError("the sum of two functions of x has no log-slope of its own")
        return Sloped(self.value + other, self.sign, self.log_slope, self.ns)

    __radd__ = __add__

    def __sub__(self, other: Element) -> Sloped:
        return self.__add__(-other)

    def __rsub__(self, other: Element) -> Sloped:
        return (-self).__add__(other)

    def __mul__(self, other: Element) -> Sloped:
        if isinstance(other, Sloped):
            return self._product(other)
        sign = 1 if other > 0 else -1
        return Sloped(self.value * other, self.sign * sign, self.log_slope + self.ns.log(abs(other)), self.ns)

    __rmul__ = __mul__

    def _product(self, other: Sloped) -> Sloped:
        """(u v)'/(u v) = u'/u + v'/v: where the two are of one sign its logarithm is a + softplus(b - a) by theirs."""
        own, others = self.ns.side(self.value), self.ns.side(other.value)
        if own is None or others is None or self.sign * others != own * other.sign:
            raise ValueError("a product whose factors pull apart has no log-slope of its own")
        (size, a), (other_size, b) = self._relative(own), other._relative(others)
        slope = size + other_size + a + self.ns.softplus(b - a)
        return Sloped(self.value * other.value, self.sign * others, slope, self.ns)

    def _relative(self, side: int) -> tuple[Element, Element]:
        """log|f| and log|f'/f|. Of an exponential these are its exponent and that one's slope: as a difference of
        logarithms they would be as wide as the exponent is."""
        if self.exponent is not None:
            return self.exponent.value, self.exponent.log_slope
        size = self.ns.log(side * self.value)
        return size, self.log_slope - size

    def __truediv__(self, other: Element) -> Sloped:
        if isinstance(other, Sloped):
            raise ValueError("the quotient of two functions of x has no log-slope of its own")
        sign = 1 if other > 0 else -1
        return Sloped(self.value / other, self.sign * sign, self.log_slope - self.ns.log(abs(other)), self.ns)

    def __rtruediv__(self, other: Element) -> Sloped:
        slope = self.log_slope - 2 * self.ns.log(self.ns.abs(self.value)) + self.ns.log(abs(other))
        return Sloped(other / self.value, -self.sign if other > 0 else self.sign, slope, self.ns)


class SlopedNumbers:
    """NumberSystem over Sloped elements; constants are those of the number system ``ns`` beneath.

    Raises ValueError where a definition combines two functions of x arithmetically.
    """

    def __init__(self, ns: Any) -> None:
        self.ns = ns

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ns, name)  # const, rational, pi, lgamma

    def _chain(self, name: str, x: Any, log_slope: Callable[[Any, Any], Any]) -> Any:
        """f(x), where log_slope(v, f(v)) is log f' at v, and f increases."""
        primitive = getattr(self.ns, name)
        if not isinstance(x, Sloped):
            return primitive(x)
        value = primitive(x.value)
        return Sloped(value, x.sign, x.log_slope + log_slope(x.value, value), self.ns)

    def exp(self, x: Any) -> Any:
        found = self._chain("exp", x, lambda v, f: v)
        return replace(found, exponent=x) if isinstance(x, Sloped) else found

    def expm1(self, x: Any) -> Any:
        return self._chain("expm1", x, lambda v, f: v)

    def log(self, x: Any) -> Any:
        return self._chain("log", x, lambda v, f: -f)

    def log1p(self, x: Any) -> Any:
        return self._chain("log1p", x, lambda v, f: -f)

    def sqrt(self, x: Any) -> Any:
        return self.power(x, 0.5)

    def power(self, x: Any, exponent: float) -> Any:
        if not isinstance(x, Sloped):
            return self.ns.power(x, exponent)
        p = self.ns.const(exponent)
        slope = x.log_slope + self.ns.log(abs(p)) + (p - 1) * self.ns.log(x.value)
        return Sloped(self.ns.power(x.value, exponent), x.sign if exponent > 0 else -x.sign, slope, self.ns)

    def abs(self, x: Any) -> Any:
        return self.piecewise(x, lambda v: -v, lambda v: v)

    def tanh(self, x: Any) -> Any:
        # log(1 - tanh^2) = log 4 - 2 log(e^v + e^-v), the latter as |v| + log(1 + e^-2|v|)
        def slope(v: Any, f: Any) -> Any:
            size = self.ns.abs(v)
            return self.ns.log(self.ns.const(4.0)) - 2 * (size + self.ns.softplus(-2 * size))

        return self._chain("tanh", x, slope)

    def sinh(self, x: Any) -> Any:
        # log cosh v = |v| + log(1 + e^-2|v|) - log 2
        def slope(v: Any, f: Any) -> Any:
            size = self.ns.abs(v)
            return size + self.ns.softplus(-2 * size) - self.ns.log(self.ns.const(2.0))

        return self._chain("sinh", x, slope)

    def asinh(self, x: Any) -> Any:
        return self._chain("asinh", x, lambda v, f: -self.ns.log1p(v * v) / 2)

    def atanh(self, x: Any) -> Any:
        return self._chain("atanh", x, lambda v, f: -self.ns.log((1 - v) * (1 + v)))

    def sigmoid(self, x: Any) -> Any:
        return self._chain("sigmoid", x, lambda v, f: -self.ns.softplus(v) - self.ns.softplus(-v))

    def logit(self, x: Any) -> Any:
        return self._chain("logit", x, lambda v, f: -self.ns.log(v * (1 - v)))

    def softplus(self, x: Any) -> Any:
        return self._chain("softplus", x, lambda v, f: -self.ns.softplus(-v))

    def softplus_inverse(self, x: Any) -> Any:
        return self._chain("softplus_inverse", x, lambda v, f: -self.ns.log(-self.ns.expm1(-v)))

    def ndtr(self, x: Any) -> Any:
        return self._chain("ndtr", x, lambda v, f: -(v * v) / 2 - self.ns.log(2 * self.ns.pi()) / 2)

    def ndtri(self, x: Any) -> Any:
        return self._chain("ndtri", x, lambda v, f: f * f / 2 + self.ns.log(2 * self.ns.pi()) / 2)

    def lambert_w(self, x: Any) -> Any:
        return self._chain("lambert_w", x, lambda v, f: -f - self.ns.log1p(f))

    def student_t_cdf(self, x: Any, df: float) -> Any:
        raise ValueError("no log-slope of Student's t distribution function")

    def erf(self, x: Any) -> Any:
        return self._chain("erf", x, lambda v, f: self.ns.log(4 / self.ns.pi()) / 2 - v * v)

    def log_erfc(self, x: Any) -> Any:
        raise ValueError("no log-slope of the logarithm of erfc")

    def log_erfcx_ratio(self, x: Any, more: Any) -> Any:
        raise ValueError("no log-slope of the logarithm of a ratio of erfc")

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        raise ValueError("no log-slope of the logarithm of a Bessel function")

    def log_scaled_e1(self, x: Any) -> Any:
        raise ValueError("no log-slope of the logarithm of an exponential integral")

    def horseshoe_cdf(self, x: Any) -> Any:
        return self._chain("horseshoe_cdf", x, lambda v, _: standard_log_density(self.ns, v))

    def gamma_p(self, x: Any, a: Any) -> Any:
        raise ValueError("no log-slope of the incomplete gamma functions")

    gamma_q = log_gamma_q = gamma_p

    def betainc(self, x: Any, a: float, b: float) -> Any:
        raise ValueError("no log-slope of the incomplete beta function")

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        if not isinstance(x, Sloped):
            return self.ns.piecewise(x, below, above)
        side = self.ns.side(x.value)
        if side is None:
            raise ValueError("the argument straddles a kink")
        return above(x) if side > 0 else below(x)
