"""Taylor series over balls as a number system: value, derivatives and every higher coefficient, each enclosed.

Elements are ``flint.arb_series`` truncated at a given length (or plain balls, which are constants). FLINT's series
lack tanh and its relatives, and lose the tails of the others, so each primitive takes its constant term from the
accurate ball function and its higher coefficients from the differential equation it satisfies: with
f(u)' = u' g, coefficient n is (1/n) sum_k k u_k g_{n-k}. No cancellation enters the first coefficient.

A constant term that is a wide ball gives coefficients enclosed over the whole ball: the Lagrange remainder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import acb, acb_series, arb, arb_series

from conformance.definitions.distributions.horseshoe import standard_log_density
from conformance.oracle.numbers import stieltjes
from conformance.oracle.numbers.ball_quantiles import Order
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.complex_balls import ComplexNumbers
from conformance.oracle.numbers.exact import ratio
from conformance.oracle.numbers.series_coefficients import (
    composed,
    far_gamma_tail,
    far_log_gamma_q,
    is_far_out,
    log_erfcx_fall,
)

Scalar = Any
Series = Any


class SeriesNumbers:
    """NumberSystem over flint.arb_series (or acb_series), truncated at ``length`` coefficients.

    ``SeriesNumbers(length)`` is over real balls; ``SeriesNumbers(length, ComplexNumbers(...))`` over complex ones.
    """

    def __init__(self, length: int, scalars: BallNumbers | ComplexNumbers | None = None) -> None:
        self.length = length
        self.scalars: Any = scalars if scalars is not None else BallNumbers()
        complex_plane = isinstance(scalars, ComplexNumbers)
        self._scalar_types = (arb, acb)
        self._make = acb_series if complex_plane else arb_series
        self._nan = acb("nan") if complex_plane else arb("nan")

    def variable(self, at: Scalar) -> Series:
        """at + h: the independent variable."""
        return self._make([at, 1], prec=self.length)

    def coefficients(self, x: Series) -> list[Scalar]:
        """Exactly ``length`` coefficients, of a series or of a constant."""
        if isinstance(x, self._scalar_types):
            return [x] + [x * 0] * (self.length - 1)
        return [x[i] for i in range(self.length)]

    def const(self, value: float) -> Scalar:
        return self.scalars.const(value)

    def rational(self, numerator: int, denominator: int) -> Scalar:
        return self.scalars.rational(numerator, denominator)

    def pi(self) -> Scalar:
        return self.scalars.pi()

    def lgamma(self, value: float | Fraction) -> Scalar:
        return self.scalars.lgamma(value)

    def cos_pi(self, value: Fraction) -> Scalar:
        return self.scalars.cos_pi(value)

    def log_bessel_i(self, order: Fraction, value: Fraction) -> Scalar:
        return self.scalars.log_bessel_i(order, value)

    def once(self, constant: Callable[[Any], Scalar]) -> Scalar:
        return self.scalars.once(constant)

    def exp(self, x: Series) -> Series:
        return x.exp()

    def expm1(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.expm1(x)
        return self._with_constant(self.scalars.expm1(x[0]), x.exp())

    def log(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log(x)
        return self._from_derivative(self.scalars.log(x[0]), x, self._reciprocal(x))

    def log1p(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log1p(x)
        return self._from_derivative(self.scalars.log1p(x[0]), x, self._reciprocal(1 + x))

    def sqrt(self, x: Series) -> Series:
        return self.power(x, 0.5)

    def power(self, x: Series, exponent: float) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.power(x, exponent)
        u, p = self.coefficients(x), arb(exponent)
        out = [self.scalars.power(u[0], exponent)]
        for n in range(1, self.length):
            total = sum((p * k - (n - k)) * u[k] * out[n - k] for k in range(1, n + 1))
            out.append(total / (n * u[0]))
        return self._series(out)

    def abs(self, x: Series) -> Series:
        """At a constant term of exactly 0 this is the branch to the right, +x."""
        if isinstance(x, self._scalar_types):
            return self.scalars.abs(x)
        return self.piecewise(x, lambda v: -v, lambda v: v)

    def tanh(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.tanh(x)
        u = _trimmed(self.coefficients(x))
        t, s = [self.scalars.tanh(u[0])], [self.scalars.sech_squared(u[0])]
        for n in range(1, self.length):  # t' = u' s, s = 1 - t^2
            t.append(_step(u, s, n))
            s.append(-(2 * t[0] * t[n] + _inner_square(t, n)))
        return self._series(t)

    def sech(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.sech(x)
        u, t = self.coefficients(x), self.coefficients(self.tanh(x))
        s = [self.scalars.sech(u[0])]
        product = [s[0] * t[0]]
        for n in range(1, self.length):  # s' = -u' s t
            s.append(-_step(u, product, n))
            product.append(_product(s, t, n))
        return self._series(s)

    def sinh(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.sinh(x)
        return self._turned(x, self.scalars.sinh, self.scalars.cosh, 1)

    def sin(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.sin(x)
        return self._turned(x, self.scalars.sin, self.scalars.cos, -1)

    def _turned(self, x: Series, sine: Callable[[Any], Scalar], cosine: Callable[[Any], Scalar], sign: int) -> Series:
        """The sine of x, where s' = x' c and c' = sign x' s."""
        u = _trimmed(self.coefficients(x))
        s, c = [sine(u[0])], [cosine(u[0])]
        for n in range(1, self.length):
            s.append(_step(u, c, n))
            c.append(sign * _step(u, s, n))
        return self._series(s)

    def asinh(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.asinh(x)
        return self._from_derivative(self.scalars.asinh(x[0]), x, self.power(1 + x * x, -0.5))

    def atanh(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.atanh(x)
        return self._from_derivative(self.scalars.atanh(x[0]), x, self._reciprocal((1 - x) * (1 + x)))

    def sigmoid(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.sigmoid(x)
        u = _trimmed(self.coefficients(x))
        g, rest = [self.scalars.sigmoid(u[0])], self.scalars.sigmoid(-u[0])
        product = [g[0] * rest]
        for n in range(1, self.length):  # g' = u' g (1 - g)
            g.append(_step(u, product, n))
            product.append(g[n] * (rest - g[0]) - _inner_square(g, n))
        return self._series(g)

    def logit(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.logit(x)
        return self._from_derivative(self.scalars.logit(x[0]), x, self._reciprocal(x * (1 - x)))

    def softplus(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.softplus(x)
        return self._from_derivative(self.scalars.softplus(x[0]), x, self.sigmoid(x))

    def softplus_inverse(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.softplus_inverse(x)
        return self._from_derivative(self.scalars.softplus_inverse(x[0]), x, -self._reciprocal(self.expm1(-x)))

    def ndtr(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.ndtr(x)
        density = (-(x * x) / 2).exp() / (2 * self.pi()).sqrt()
        return self._from_derivative(self.scalars.ndtr(x[0]), x, density)

    def ndtri(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.ndtri(x)
        u = self.coefficients(x)
        v = [self.scalars.ndtri(u[0])]
        h, g = [v[0] * v[0] / 2], [1 / self.scalars.normal_density(v[0])]
        for n in range(1, self.length):  # v' = u' g, g = sqrt(2 pi) exp(h), h = v^2/2
            v.append(_step(u, g, n))
            h.append(_product(v, v, n) / 2)
            g.append(_step(h, g, n))
        return self._series(v)

    def lambert_w(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.lambert_w(x)
        u = self.coefficients(x)
        w = [self.scalars.lambert_w(u[0])]
        e = [self.scalars.exp(w[0])]
        d = [e[0] * (1 + w[0])]
        g = [1 / d[0]]
        for n in range(1, self.length):  # w' = u' g, g = 1/d, d = e^w (1 + w)
            w.append(_step(u, g, n))
            e.append(_step(w, e, n))
            d.append(e[n] + _product(e, w, n))
            g.append(-(_product(d, [*g, d[0] * 0], n)) / d[0])
        return self._series(w)

    def student_t_cdf(self, x: Series, df: float) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.student_t_cdf(x, df)
        half, nu = (Fraction(df) + 1) / 2, arb(df)
        factor = (self.lgamma(half) - self.lgamma(df / 2)).exp() / (self.pi() * nu).sqrt()
        density = factor * self.exp(-self.rational(half.numerator, half.denominator) * self.log1p(x * x / nu))
        return self._from_derivative(self.scalars.student_t_cdf(x[0], df), x, density)

    def von_mises_cdf(self, x: Series, concentration: float) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.von_mises_cdf(x, concentration)
        half = self.sin(x / 2)
        height = arb(concentration) - self.log_bessel_i(Fraction(0), Fraction(concentration))
        density = self.exp(height - 2 * arb(concentration) * half * half) / (2 * self.pi())
        return self._from_derivative(self.scalars.von_mises_cdf(x[0], concentration), x, density)

    def erf(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.erf(x)
        return self._from_derivative(self.scalars.erf(x[0]), x, 2 * (-(x * x)).exp() / self.pi().sqrt())

    def log_erfc(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log_erfc(x)
        far = far_log_gamma_q(self, x * x, 0.5, self.length) if x[0].real > 0 else None  # DLMF 7.11.2
        if far is not None:
            return far
        u = _trimmed(self.coefficients(x))
        out, (h, _) = [self.scalars.log_erfc(u[0])], self._erfc_hazard(u)
        for n in range(1, self.length):  # log_erfc' = -u' h
            out.append(-_step(u, h, n))
        return self._series(out)

    def _erfc_hazard(self, u: Sequence[Scalar]) -> tuple[list[Scalar], list[Scalar]]:
        """The coefficients of h = ``erfc_hazard`` and of h - 2x at a series: h' = u' h (h - 2u)."""
        h = [self.scalars.erfc_hazard(u[0])]
        # h - 2x is small and positive far out: there it is left to cancel, and the precision to rise.
        rest = [h[0] - 2 * u[0]]
        product = [h[0] * rest[0]]
        for n in range(1, self.length):
            h.append(_step(u, product, n))
            rest.append(h[n] - 2 * u[n] if n < len(u) else h[n])
            product.append(_product(h, rest, n))
        return h, rest

    def log_erfcx_ratio(self, x: Series, more: Series) -> Series:
        if not isinstance(x, arb_series) or not is_far_out(x[0]):
            return self.log_erfcx(x + more) - self.log_erfcx(x)
        inverse = self._reciprocal(x)
        return -more * inverse * log_erfcx_fall(inverse, more * inverse, self.length)

    def log_erfcx(self, x: Series) -> Series:
        """log(e^(x^2) erfc(x))."""
        if isinstance(x, self._scalar_types):
            return self.scalars.log_erfcx(x)
        far = far_gamma_tail(x * x, 0.5, self.length) if x[0].real > 0 else None
        if far is not None:
            return self.log(far) - self.log(x) - self.log(self.pi()) / 2
        u = _trimmed(self.coefficients(x))
        out, (_, rest) = [self.scalars.log_erfcx(u[0])], self._erfc_hazard(u)
        for n in range(1, self.length):  # log_erfcx' = -u' (h - 2u)
            out.append(-_step(u, rest, n))
        return self._series(out)

    def log_scaled_bessel_k1(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log_scaled_bessel_k1(x)
        if isinstance(x[0], arb) and stieltjes.is_hard(x[0]):
            return self._of_stieltjes(x, "log_scaled_bessel_k1", stieltjes.far_k1)
        u, inverse = _trimmed(self.coefficients(x)), self.coefficients(self._reciprocal(x))
        out, r = [self.scalars.log_scaled_bessel_k1(u[0])], [self.scalars.bessel_k_ratio(u[0])]
        # Both slopes are small far out: there they are left to cancel, and the precision to rise.
        slope, more = [1 - r[0] - inverse[0]], [r[0] + inverse[0]]
        rise = [r[0] * more[0] - 1]
        for n in range(1, self.length):  # log' = u' (1 - r - 1/u) and r' = u' (r (r + 1/u) - 1), r = K_0/K_1
            out.append(_step(u, slope, n))
            r.append(_step(u, rise, n))
            slope.append(-r[n] - inverse[n])
            more.append(r[n] + inverse[n])
            rise.append(_product(r, more, n))
        return self._series(out)

    def log_scaled_e1(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log_scaled_e1(x)
        if isinstance(x[0], arb) and stieltjes.is_hard(x[0]):
            return self._of_stieltjes(x, "log_scaled_e1", stieltjes.far_e1)
        u, inverse = _trimmed(self.coefficients(x)), self.coefficients(self._reciprocal(x))
        out, h = [self.scalars.log_scaled_e1(u[0])], [self.scalars.e1_fall(u[0])]
        # h - 1/u is small far out: there it is left to cancel, and the precision to rise.
        more, rest = [1 + h[0]], [h[0] - inverse[0]]
        bend = [more[0] * rest[0]]
        for n in range(1, self.length):  # log' = -u' h and h' = u' (1 + h) (h - 1/u)
            out.append(-_step(u, h, n))
            h.append(_step(u, bend, n))
            more.append(h[n])
            rest.append(h[n] - inverse[n])
            bend.append(_product(more, rest, n))
        return self._series(out)

    def horseshoe_cdf(self, x: Series) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.horseshoe_cdf(x)
        density = self.exp(standard_log_density(self, x))
        return self._from_derivative(self.scalars.horseshoe_cdf(x[0]), x, density)

    def gamma_p(self, x: Series, a: Order) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.gamma_p(x, a)
        return self._from_derivative(self.scalars.gamma_p(x[0], a), x, self._gamma_density(x, a))

    def gamma_q(self, x: Series, a: Order) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.gamma_q(x, a)
        return self._from_derivative(self.scalars.gamma_q(x[0], a), x, -self._gamma_density(x, a))

    def _gamma_density(self, x: Series, a: Order) -> Series:
        return self.exp((ratio(a) - 1) * self.log(x) - x - self.lgamma(a))

    def log_gamma_q(self, x: Series, a: Order) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.log_gamma_q(x, a)
        far = far_log_gamma_q(self, x, a, self.length)
        if far is not None:
            return far
        u = _trimmed(self.coefficients(x))
        power = self.coefficients((ratio(a) - 1) * self._reciprocal(x))
        out, h = [self.scalars.log_gamma_q(u[0], a)], [self.scalars.gamma_hazard(u[0], a)]
        # h - 1 + (a - 1)/x, which is small far out: there it is left to cancel, and the precision to rise.
        rest = [h[0] - 1 + power[0]]
        product = [h[0] * rest[0]]
        for n in range(1, self.length):  # log_gamma_q' = -u' h, h' = u' h (h - 1 + (a - 1)/u)
            out.append(-_step(u, h, n))
            h.append(_step(u, product, n))
            rest.append(h[n] + power[n])
            product.append(_product(h, rest, n))
        return self._series(out)

    def betainc(self, x: Series, a: float, b: float) -> Series:
        if isinstance(x, self._scalar_types):
            return self.scalars.betainc(x, a, b)
        log_beta = self.lgamma(a) + self.lgamma(b) - self.lgamma(Fraction(a) + Fraction(b))
        logs = (arb(a) - 1) * self.log(x) + (arb(b) - 1) * self.log1p(-x)
        return self._from_derivative(self.scalars.betainc(x[0], a, b), x, self.exp(logs - log_beta))

    def piecewise(self, x: Series, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Series:
        """Where the constant term straddles 0 there is no Taylor series: nan, except for the value of a plain ball."""
        if isinstance(x, self._scalar_types):
            return self.scalars.piecewise(x, below, above)
        centre = x[0].real if isinstance(x[0], acb) else x[0]
        if centre >= 0:
            return above(x)
        if centre < 0:
            return below(x)
        if isinstance(x[0], acb):
            return self._series([self.scalars.piecewise(x[0], below, above)] + [self._nan] * (self.length - 1))
        value = self.coefficients(below(x))[0].union(self.coefficients(above(x))[0])
        return self._series([value] + [self._nan] * (self.length - 1))

    def _series(self, coefficients: Sequence[Scalar]) -> Series:
        if not coefficients[0].is_finite():
            coefficients = [self._nan] * self.length
        return self._make(coefficients, prec=self.length)

    def _reciprocal(self, x: Series) -> Series:
        """1 / x; nan where the constant term may be 0 (FLINT raises there)."""
        try:
            return 1 / x
        except (ValueError, ZeroDivisionError):
            return self._make([self._nan] * self.length, prec=self.length)  # type: ignore[list-item]  # acb_series takes acb

    def _of_stieltjes(self, x: Series, name: str, far: stieltjes.Coefficients) -> Series:
        """The primitive ``name``, the logarithm of a Stieltjes function, where its recurrence does not serve."""

        def near(at: arb, terms: int) -> list[arb]:
            ns = SeriesNumbers(terms)
            return ns.coefficients(getattr(ns, name)(ns.variable(at)))

        return composed(stieltjes.log_coefficients(x[0], self.length, near, far), x)

    def _with_constant(self, constant: Scalar, series: Series) -> Series:
        return self._series([constant, *self.coefficients(series)[1:]])

    def _from_derivative(self, constant: Scalar, x: Series, derivative: Series) -> Series:
        """f(x) from f(x_0) and the series of f' at x."""
        u, g = _trimmed(self.coefficients(x)), self.coefficients(derivative)
        return self._series([constant] + [_step(u, g, n) for n in range(1, self.length)])


def _step(u: Sequence[Scalar], g: Sequence[Scalar], n: int) -> Scalar:
    """Coefficient n of f where f' = u' g; what ``u`` leaves out at its end is 0."""
    if n == 1:
        return u[1] * g[0]
    total = u[1] * g[n - 1]
    for k in range(2, min(n + 1, len(u))):
        total += k * u[k] * g[n - k]
    return total / n


def _trimmed(u: list[Scalar]) -> list[Scalar]:
    """``u`` without the exact zeros at its end, the first two coefficients kept: most arguments are linear."""
    length = len(u)
    while length > 2 and u[length - 1].is_zero():
        length -= 1
    return u[:length]


def _inner_square(a: Sequence[Scalar], n: int) -> Scalar:
    """Coefficient n of a^2 but for the two terms with a[0]."""
    total = a[0] * 0
    for k in range(1, (n + 1) // 2):
        total += a[k] * a[n - k]
    total = 2 * total
    return total + a[n // 2] * a[n // 2] if n % 2 == 0 and n > 1 else total


def _product(a: Sequence[Scalar], b: Sequence[Scalar], n: int) -> Scalar:
    total = a[0] * b[n]
    for k in range(1, n + 1):
        total += a[k] * b[n - k]
    return total
