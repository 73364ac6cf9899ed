"""Plain float64: a number system WITHOUT any guarantee, for choosing inputs and drawing, never for truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import scipy  # It loads scipy.special once that is asked for: most commands never do.


def _quiet(function: Callable[[float], float], x: float, overflow: float = math.inf) -> float:
    try:
        return function(x)
    except OverflowError:
        return overflow
    except (ValueError, ZeroDivisionError):
        return math.nan


class FloatNumbers:
    """NumberSystem over Python floats. Overflow gives inf, an argument outside the domain gives nan."""

    def const(self, value: float) -> float:
        return value

    def rational(self, numerator: int, denominator: int) -> float:
        return numerator / denominator

    def pi(self) -> float:
        return math.pi

    def lgamma(self, value: float | Fraction) -> float:
        return math.lgamma(value)

    def cos_pi(self, value: Fraction) -> float:
        return math.cos(math.pi * float(value))

    def log_bessel_i(self, order: Fraction, value: Fraction) -> float:
        return math.log(float(scipy.special.ive(float(order), float(value)))) + float(value)

    def once(self, constant: Callable[[Any], float]) -> float:
        return constant(self)

    def exp(self, x: float) -> float:
        return _quiet(math.exp, x)

    def expm1(self, x: float) -> float:
        return _quiet(math.expm1, x)

    def log(self, x: float) -> float:
        return -math.inf if x == 0 else _quiet(math.log, x)

    def log1p(self, x: float) -> float:
        return -math.inf if x == -1 else _quiet(math.log1p, x)

    def sqrt(self, x: float) -> float:
        return _quiet(math.sqrt, x)

    def power(self, x: float, exponent: float) -> float:
        return _quiet(lambda v: math.pow(v, exponent), x) if x >= 0 else math.nan

    def abs(self, x: float) -> float:
        return abs(x)

    def tanh(self, x: float) -> float:
        return math.tanh(x)

    def sech(self, x: float) -> float:
        half = math.exp(-abs(x))
        return 2.0 * half / (1.0 + half * half)

    def sinh(self, x: float) -> float:
        return _quiet(math.sinh, x, math.copysign(math.inf, x))

    def asinh(self, x: float) -> float:
        return math.asinh(x)

    def sin(self, x: float) -> float:
        return _quiet(math.sin, x)

    def atanh(self, x: float) -> float:
        return math.copysign(math.inf, x) if abs(x) == 1 else _quiet(math.atanh, x)

    def sigmoid(self, x: float) -> float:
        return float(scipy.special.expit(x))

    def logit(self, x: float) -> float:
        return float(scipy.special.logit(x))

    def softplus(self, x: float) -> float:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))

    def softplus_inverse(self, x: float) -> float:
        return x + self.log(-math.expm1(-x)) if x >= 0 else math.nan

    def ndtr(self, x: float) -> float:
        return float(scipy.special.ndtr(x))

    def ndtri(self, x: float) -> float:
        return float(scipy.special.ndtri(x))

    def lambert_w(self, x: float) -> float:
        return float(scipy.special.lambertw(x).real) if x >= 0 else math.nan

    def student_t_cdf(self, x: float, df: float) -> float:
        return float(scipy.special.stdtr(df, x))

    def student_t_quantile(self, q: float, df: float) -> float:
        return float(scipy.special.stdtrit(df, q))

    def von_mises_cdf(self, x: float, concentration: float) -> float:
        """By its Fourier series: good to 1e-15 of 1, and to no share of a tail."""
        orders = np.arange(1, 32 + int(8 * math.sqrt(concentration)))
        shares = scipy.special.ive(orders, concentration) / scipy.special.ive(0, concentration)
        return 0.5 + (x / 2 + float(np.sum(shares * np.sin(orders * x) / orders))) / math.pi

    def erf(self, x: float) -> float:
        return math.erf(x)

    def log_erfc(self, x: float) -> float:
        return math.log(2.0) + float(scipy.special.log_ndtr(-math.sqrt(2.0) * x))

    def log_erfcx_ratio(self, x: float, more: float) -> float:
        """Good to 1e-15 of the two logarithms, and to no share of a difference that is small beside them."""

        def log_erfcx(at: float) -> float:
            return self.log(float(scipy.special.erfcx(at))) if at > 0 else at * at + self.log_erfc(at)

        return log_erfcx(x + more) - log_erfcx(x)

    def erfinv(self, q: float) -> float:
        return float(scipy.special.erfinv(q))

    def log_scaled_bessel_k1(self, x: float) -> float:
        return self.log(float(scipy.special.k1e(x)))

    def log_scaled_e1(self, x: float) -> float:
        return self.log(float(scipy.special.hyperu(1.0, 1.0, x)))  # DLMF 13.6.6

    def horseshoe_cdf(self, x: float) -> float:
        """The mean of Phi(x e^-t) by sech(t)/pi, t the logarithm of the half-Cauchy scale, by the trapezoidal rule:
        both are analytic and bounded to pi/4 beside the real line, so a step of 1/8 is off by about e^(-4 pi^2). Far
        out the tail is (2/pi^3)^(1/2)/|x|, to 1/x^2 of it."""
        size = abs(x)
        if not size > 0:
            return 0.5 if x == 0 else x
        if size > 1e9:
            tail = math.sqrt(2 / math.pi**3) / size
        else:
            t = np.arange(max(math.log(size) - 4.0, -40.0), max(math.log(size), 0.0) + 40.0, 0.125)
            tail = 0.125 / math.pi * float(np.sum(scipy.special.ndtr(-size * np.exp(-t)) / np.cosh(t)))
        return tail if x < 0 else 1.0 - tail

    def gamma_p(self, x: float, a: float | Fraction) -> float:
        return float(scipy.special.gammainc(float(a), x))

    def gamma_q(self, x: float, a: float | Fraction) -> float:
        return float(scipy.special.gammaincc(float(a), x))

    def log_gamma_q(self, x: float, a: float | Fraction) -> float:
        return self.log(self.gamma_q(x, a))

    def log_gamma_p_inverse(self, q: float, a: float | Fraction) -> float:
        return self.log(float(scipy.special.gammaincinv(float(a), q)))

    def log_gamma_q_inverse(self, q: float, a: float | Fraction) -> float:
        return self.log(float(scipy.special.gammainccinv(float(a), q)))

    def betainc(self, x: float, a: float, b: float) -> float:
        return float(scipy.special.betainc(a, b, x))

    def logit_betainc_inverse(self, q: float, a: float, b: float) -> float:
        return self.log(float(scipy.special.betaincinv(a, b, q))) - self.log(float(scipy.special.betainccinv(b, a, q)))

    def iterated(self, start: float, step: Callable[[float], float]) -> float:
        for _ in range(100):
            last, start = start, step(start)
            if not abs(start - last) > 1e-12 * abs(start):
                break
        return start

    def piecewise(self, x: float, below: Callable[[float], float], above: Callable[[float], float]) -> float:
        return below(x) if x < 0 else above(x)


def image_of(function: Callable[[Any, Any], Any], interval: tuple[float, float]) -> tuple[float, float]:
    """The float image of an interval under a monotone map, lower end first."""
    ends = [float_at(function, end) for end in interval]
    return min(ends), max(ends)


def float_at(function: Callable[[Any, Any], Any], x: float) -> float:
    """function(x) in floats; a division by 0 gives an infinity or nan, as IEEE has it."""
    with np.errstate(all="ignore"):
        return float(function(FloatNumbers(), np.float64(x)))
