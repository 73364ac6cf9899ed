"""mpmath as a number system: no balls, no bounds, and no code shared with the certified tiers.

Elements are real or complex numbers of one private mpmath context. The formulas keep both parts of a complex
argument x + ih accurate, however small h is, since the second opinion differentiates by a complex step:
f'(x) = Im f(x + ih) / h up to h^2, without a difference that could cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mpmath.ctx_mp import MPContext

MOST_EXPONENT_BITS = 4000
"""exp of an argument beyond 2**4000 would need that many bits of an integer part: mpmath would not come back."""


_MANY_DEGREES = 1000.0
"""Degrees of freedom from which Student's tails are no longer mpmath's own incomplete beta function."""

_ASIDE: Any = MPContext()
"""For what is computed once and kept. No opinion is formed in it."""


class CannotCompute(ArithmeticError):
    """The second opinion has no answer here, and says so instead of hanging."""


@lru_cache(maxsize=64)
def _context(digits: int) -> Any:
    """A private context, which takes as long to make as some opinions to form; whoever changes its precision puts that
    back."""
    context = MPContext()
    context.dps = digits
    return context


@lru_cache(maxsize=1024)
def _lgamma(value: Fraction, bits: int) -> Any:
    """log Gamma of a positive number to ``bits`` bits, by way of a larger number (DLMF 5.5.1), for which mpmath takes
    Stirling's series: its Taylor series near 1 takes 9 s at 4,900 bits, which inputs of 1e-300 ask for; this 0.4 s."""
    context = MPContext()
    context.prec = bits + 64
    x = context.mpf(value.numerator) / value.denominator
    product = context.one
    while x < bits / 4:
        product *= x
        x += 1
    return context.loggamma(x) - context.log(product)


@lru_cache(maxsize=1024)
def log_beta(a: float, b: float, bits: int) -> Any:
    """log B(a, b) as a context of ``bits`` bits gives it: two Taylor series of Gamma, which an iteration would ask for
    at every step, take most of the time of a beta law's opinions."""
    with _ASIDE.workprec(bits):
        return _ASIDE.log(_ASIDE.beta(_ASIDE.mpf(a), _ASIDE.mpf(b)))


@lru_cache(maxsize=1024)
def power_of_ten(exponent: float, bits: int) -> Any:
    """As a context of ``bits`` bits gives it: a logarithm and an exponential, as dear as the steps that it judges."""
    with _ASIDE.workprec(bits):
        return _ASIDE.mpf(10) ** exponent


@lru_cache(maxsize=64)
def _shares(concentration: Any, bits: int) -> list[Any]:
    """I_j(k)/I_0(k) for j = 1, 2, ... down to 2^-bits, from the ratios of neighbours, each by the next."""
    context = MPContext()
    context.prec = bits + 64
    k, count, size = context.mpf(concentration), 0, context.one
    while count < k or size > context.mpf(2) ** -bits:
        count += 1
        size *= k / (2 * count)
    ratio, ratios = context.zero, []
    for j in range(2 * count, 0, -1):
        ratio = 1 / (2 * j / k + ratio)
        ratios.append(ratio)
    shares, share = [], context.one
    for ratio in ratios[: -count - 1 : -1]:
        share *= ratio
        shares.append(share)
    return shares


def _series_of_bessel_k(ctx: Any, square: Any) -> list[Any]:
    """The sums over k of s^k/k!^2 times 1, 1/(k + 1), H_k and (H_k + H_(k + 1))/(k + 1), H_k the harmonic numbers, of a
    real s = ``square``: to the context's precision, absolutely, for each starts at 1 or counts beside one that does.

    In integers of so many bits behind the point: a quadrature asks for thousands, and mpmath's numbers take six times
    as long as the arithmetic itself.
    """
    bits = int(ctx.prec)
    one = 1 << bits
    each, term, harmonic, k = int(ctx.ldexp(square, bits)), one, 0, 0
    even = odd = weighted = other = 0
    while term:
        even, weighted = even + term, weighted + (term * harmonic >> bits)
        k += 1
        shared, before = term // k, harmonic
        harmonic += one // k
        odd, other = odd + shared, other + (shared * (before + harmonic) >> bits)
        term = (term * each >> bits) // (k * k)
    return [ctx.ldexp(ctx.mpf(total), -bits) for total in (even, odd, weighted, other)]


def _step(bits: int) -> int:
    """The next of few precisions: opinions are formed at whatever precision their input needs."""
    step = 128
    while step < bits:
        step += step // 2
    return step


class MpNumbers:
    """NumberSystem over mpmath at ``digits`` decimal digits."""

    def __init__(self, digits: int) -> None:
        self.ctx: Any = _context(digits)
        self.ctx.dps = digits
        self._constants: dict[tuple[Callable[[Any], Any], int], Any] = {}

    def const(self, value: float) -> Any:
        return self.ctx.mpf(value)

    def rational(self, numerator: int, denominator: int) -> Any:
        return self.ctx.mpf(numerator) / denominator

    def pi(self) -> Any:
        return +self.ctx.pi

    def lgamma(self, value: float | Fraction) -> Any:
        return +self.ctx.mpf(_lgamma(Fraction(value), _step(self.ctx.prec)))

    def digamma(self, value: float | Fraction) -> Any:
        exact = Fraction(value)
        return self.ctx.digamma(self.ctx.mpf(exact.numerator) / exact.denominator)

    def cos_pi(self, value: Fraction) -> Any:
        return self.ctx.cospi(self.ctx.mpf(value.numerator) / value.denominator)

    def log_bessel_i(self, order: Fraction, value: Fraction) -> Any:
        at = self.rational(value.numerator, value.denominator)
        return self.ctx.log(self.ctx.besseli(self.rational(order.numerator, order.denominator), at))

    def once(self, constant: Callable[[Any], Any]) -> Any:
        key = (constant, self.ctx.prec)
        if key not in self._constants:
            self._constants[key] = constant(self)
        return self._constants[key]

    def exp(self, x: Any) -> Any:
        if x and self.ctx.mag(x) > MOST_EXPONENT_BITS:
            if self.ctx.re(x) < 0:
                return self.ctx.zero
            raise CannotCompute("exp of an argument beyond 2**4000")
        return self.ctx.exp(x)

    def expm1(self, x: Any) -> Any:
        if x and self.ctx.mag(x) > 64:
            return self.exp(x) - 1
        return self.ctx.expm1(x)

    def log(self, x: Any) -> Any:
        if not x:
            raise CannotCompute("log of 0")
        return self.ctx.log(x)

    def log1p(self, x: Any) -> Any:
        return self.ctx.log1p(x)

    def sqrt(self, x: Any) -> Any:
        return self.ctx.sqrt(x)

    def power(self, x: Any, exponent: float) -> Any:
        if not x and exponent < 0:
            raise CannotCompute("a negative power of 0")
        return self.ctx.exp(self.log(x) * self.ctx.mpf(exponent)) if x else self.ctx.zero

    def abs(self, x: Any) -> Any:
        return -x if self.ctx.re(x) < 0 else x

    def tanh(self, x: Any) -> Any:
        if self.ctx.re(x) < 0:
            return -self.tanh(-x)
        return 1 - 2 * self._falling(2 * x)

    def sech(self, x: Any) -> Any:
        half = self.exp(-self.abs(x))
        return 2 * half / (1 + half * half)

    def sinh(self, x: Any) -> Any:
        return (self.expm1(x) - self.expm1(-x)) / 2

    def sin(self, x: Any) -> Any:
        return self.ctx.sin(x)

    def asinh(self, x: Any) -> Any:
        return -self.asinh(-x) if self.ctx.re(x) < 0 else self.log1p(x + x * x / (1 + self.sqrt(1 + x * x)))

    def atanh(self, x: Any) -> Any:
        return (self.log1p(x) - self.log1p(-x)) / 2

    def sigmoid(self, x: Any) -> Any:
        return self._falling(-x) if self.ctx.re(x) < 0 else 1 - self._falling(x)

    def _falling(self, x: Any) -> Any:
        """1 / (e^x + 1) for Re x >= 0."""
        small = self.exp(-x)
        return small / (1 + small)

    def logit(self, x: Any) -> Any:
        return self.log(x) - self.log1p(-x)

    def softplus(self, x: Any) -> Any:
        return x + self.log1p(self.exp(-x)) if self.ctx.re(x) > 0 else self.log1p(self.exp(x))

    def softplus_inverse(self, x: Any) -> Any:
        return x + self.log(-self.expm1(-x))

    def ndtr(self, x: Any) -> Any:
        if self.ctx.re(x) > 0:
            return 1 - self.ndtr(-x)
        return self._erfc(-x / self.ctx.sqrt(2)) / 2

    def _erfc(self, z: Any) -> Any:
        """erfc for Re z >= 0: its asymptotic series (DLMF 7.12.1) where that reaches the working precision."""
        square = z * z
        if abs(square) < 3 * self.ctx.dps + 10:
            return self._erfc_beside_the_axis(z)
        return self.exp(-square) * self._scaled_erfc(z)

    def _scaled_erfc(self, z: Any) -> Any:
        """exp(z^2) erfc(z) by that series."""
        ctx, square = self.ctx, z * z
        term, total, k = ctx.one, ctx.one, 0
        while abs(term) > ctx.eps * abs(total) / 16:
            k += 1
            term = -term * (2 * k - 1) / (2 * square)
            total += term
        return total / (z * ctx.sqrt(ctx.pi))

    def _erfc_beside_the_axis(self, z: Any) -> Any:
        """erfc by Taylor's series from Re z (derivatives: DLMF 7.10.1), where a complex step left it close by: mpmath's
        own erfc of a complex number takes up to fifty times as long."""
        ctx = self.ctx
        at, away = ctx.re(z), ctx.im(z)
        if not away or abs(away) * (1 + at) > ctx.mpf(10) ** (-int(ctx.dps) // 8):
            return ctx.erfc(z)
        total = ctx.erfc(at)
        term = -2 / ctx.sqrt(ctx.pi) * ctx.exp(-at * at) * ctx.mpc(0, away)
        enough = ctx.eps * min(abs(total), abs(term)) / 16
        # H_(n + 1) = 2 x H_n - 2 n H_(n - 1), in terms that carry (-i Im z)^n / (n + 1)! with them.
        before, n = ctx.zero, 0
        while abs(term) > enough or abs(before) > enough:
            total += term
            step = -ctx.mpc(0, away)
            after = (2 * at * term * step - 2 * n * before * step * step / (n + 1)) / (n + 2)
            before, term, n = term, after, n + 1
        return total

    def ndtri(self, x: Any) -> Any:
        raise CannotCompute("the normal quantile as a forward map")

    def student_t_quantile(self, q: Any, df: float) -> Any:
        raise CannotCompute("the quantile of Student's t as a forward map")

    def lambert_w(self, x: Any) -> Any:
        return self.ctx.lambertw(x) if x else self.ctx.zero

    def student_t_cdf(self, x: Any, df: float) -> Any:
        ctx = self.ctx
        nu = ctx.mpf(df)
        if df > _MANY_DEGREES:
            tail = self._student_t_tail(x if ctx.re(x) > 0 else -x, nu)
        else:
            tail = ctx.betainc(nu / 2, ctx.mpf(1) / 2, 0, nu / (nu + x * x), regularized=True) / 2
        return tail if ctx.re(x) < 0 else 1 - tail

    def _student_t_tail(self, x: Any, nu: Any) -> Any:
        """P(T > x) for Re x >= 0: half the incomplete beta function by its continued fraction (DLMF 8.17.22), or where
        that is slow 1/2 less a series of positive terms (DLMF 15.8.1 of the density's integral from 0). mpmath's own
        incomplete beta function takes seconds and minutes for a million degrees of freedom."""
        ctx = self.ctx
        with ctx.workdps(int(ctx.dps) + 40 + len(str(int(nu)))):  # 1/2 less the series is 1e-23 or more.
            half, square = nu / 2, x * x
            # One over sqrt(nu) B(1/2, nu/2), times the density's fall from 0 to x.
            level = ctx.exp(
                ctx.loggamma(half + 0.5) - ctx.loggamma(half) - ctx.log(ctx.pi * nu) / 2
                - (half + 0.5) * self.log1p(square / nu)
            )  # fmt: skip
            if abs(square) < 100:
                share = square / (nu + square)
                term, total, n = ctx.one, ctx.zero, 0
                while abs(term) > ctx.eps * abs(total):
                    total += term
                    term *= (half + 0.5 + n) / (ctx.mpf(3) / 2 + n) * share
                    n += 1
                tail = 0.5 - x * level * total
            else:
                tail = level * x / nu * self._beta_fraction(half, nu / (nu + square))
        return +tail

    def _beta_fraction(self, a: Any, z: Any) -> Any:
        """The continued fraction of the incomplete beta function of a and 1/2 at z (DLMF 8.17.22), by Lentz."""
        ctx, b = self.ctx, self.ctx.mpf(0.5)
        found = above = ctx.one
        below, m = ctx.zero, 0
        while True:
            odd = -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1))
            m += 1
            even = m * (b - m) * z / ((a + 2 * m - 1) * (a + 2 * m))
            step = ctx.one
            for coefficient in (odd, even):
                below = 1 / (1 + coefficient * below)
                above = 1 + coefficient / above
                step *= above * below
            found *= step
            if abs(step - 1) < ctx.eps:
                return 1 / found

    def von_mises_cdf(self, x: Any, concentration: float) -> Any:
        """Its Fourier series, the shares of Bessel functions by their continued fraction (DLMF 10.33.1), with as many
        more digits as the smallest tail has below 1. By quadrature a point takes seconds at 300 digits."""
        ctx = self.ctx
        with ctx.workdps(ctx.dps + int(concentration) + 20):
            k, total, angle = ctx.mpf(concentration), x / 2, ctx.expj(x)
            turn = ctx.one
            for j, share in enumerate(_shares(k, _step(ctx.prec)), 1):
                turn *= angle
                total += share * ctx.im(turn) / j
            value = ctx.mpf(0.5) + total / ctx.pi
        return +value

    def erf(self, x: Any) -> Any:
        """1 - erfc, but for what that would cancel."""
        if self.ctx.re(x) < 0:
            return -self.erf(-x)
        return 1 - self._erfc(x) if self.ctx.re(x) > 1 else self.ctx.erf(x)

    def log_erfc(self, x: Any) -> Any:
        if self.ctx.re(x) <= 1:
            return self.log1p(-self.erf(x))
        far = abs(x * x) >= 3 * self.ctx.dps + 10
        return -x * x + self.ctx.log(self._scaled_erfc(x)) if far else self.ctx.log(self._erfc(x))

    def log_erfcx_ratio(self, x: Any, more: Any) -> Any:
        return self.log_erfcx(x + more) - self.log_erfcx(x)

    def log_erfcx(self, x: Any) -> Any:
        """log(e^(x^2) erfc(x))."""
        if self.ctx.re(x) <= 1:
            return x * x + self.log_erfc(x)
        far = abs(x * x) >= 3 * self.ctx.dps + 10
        return self.ctx.log(self._scaled_erfc(x) if far else self.exp(x * x) * self._erfc(x))

    def log_scaled_bessel_k1(self, x: Any) -> Any:
        """Beside the real axis, where a complex step left it close by, by two terms of Taylor's series (DLMF 10.29.3):
        a small imaginary part keeps its digits."""
        ctx, at = self.ctx, self.ctx.re(x)
        zeroth, first = self._scaled_bessel_k(at)
        if not ctx.im(x):
            return ctx.log(first)
        return ctx.mpc(ctx.log(first), ctx.im(x) * (1 - zeroth / first - 1 / at))

    def _scaled_bessel_k(self, x: Any) -> tuple[Any, Any]:
        """e^x K_0(x) and e^x K_1(x): their asymptotic series (DLMF 10.40.2) where that reaches the working precision,
        else the power series (DLMF 10.31.2, 10.31.1), which cancel e^(2 x). mpmath's own take a thousand times as long.
        """
        ctx = self.ctx
        if x >= 3 * ctx.dps + 10:
            far = [self._hankel_series(order, x) for order in (0, 1)]
            return far[0], far[1]
        with ctx.workdps(int(ctx.dps) + int(x) + 15):
            even, odd, weighted, other = _series_of_bessel_k(ctx, x * x / 4)
            log = ctx.log(x / 2) + ctx.euler
            scale = ctx.exp(x)
            return scale * (weighted - log * even), scale * (1 / x + x / 2 * (log * odd - other / 2))

    def _hankel_series(self, order: int, x: Any) -> Any:
        ctx = self.ctx
        term, total, k = ctx.one, ctx.one, 0
        while abs(term) > ctx.eps * abs(total) / 16:
            k += 1
            term *= (4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
            total += term
        return ctx.sqrt(ctx.pi / (2 * x)) * total

    def log_scaled_e1(self, x: Any) -> Any:
        """Beside the real axis, where a complex step left it close by, by two terms of Taylor's series."""
        ctx, at = self.ctx, self.ctx.re(x)
        value, fall = self._scaled_e1(at)
        return ctx.mpc(ctx.log(value), -ctx.im(x) * fall / value) if ctx.im(x) else ctx.log(value)

    def _scaled_e1(self, x: Any) -> tuple[Any, Any]:
        """e^x E_1(x), and minus its derivative, 1/x - e^x E_1(x): their asymptotic series (DLMF 6.12.1) where those
        reach the working precision, else the power series (DLMF 6.6.2), which cancels e^x."""
        ctx = self.ctx
        if x >= 3 * ctx.dps + 10:
            term, total, fall, k = ctx.one, ctx.one, ctx.zero, 0
            while abs(term) > ctx.eps / (16 * x):
                k += 1
                term *= -k / x
                total += term
                fall -= term
            return total / x, fall / x
        with ctx.workdps(int(ctx.dps) + int(x) + 15):
            power, total, k = x, x, 1
            while abs(power) > ctx.eps * abs(total) / 65536 or k < x:
                k += 1
                power *= -x / k
                total += power / k
            value = ctx.exp(x) * (total - ctx.euler - ctx.log(x))
            return value, 1 / x - value

    def horseshoe_cdf(self, x: Any) -> Any:
        """Beside the real axis, where a complex step left it close by, by two terms of Taylor's series."""
        ctx, at = self.ctx, self.ctx.re(x)
        value = 1 - self._horseshoe_tail(at) if at > 0 else self._horseshoe_tail(-at)
        if not ctx.im(x):
            return value
        return ctx.mpc(value, ctx.im(x) * self._scaled_e1(at * at / 2)[0] / ctx.sqrt(2 * ctx.pi**3))

    def _horseshoe_tail(self, x: Any) -> Any:
        """What lies beyond x >= 0: its asymptotic series, by DLMF 6.12.1, where that reaches the working precision;
        else 1/2 less what an integration of the density by parts gives: k x (E_1(u) 1F1(1/2; 3/2; u) + 2 2F2(1/2, 1;
        3/2, 3/2; -u)), u = x^2/2, k = (2 pi^3)^(-1/2). The last is the integral of Dawson's over the argument."""
        ctx, u = self.ctx, x * x / 2
        if u >= 3 * ctx.dps + 10:
            term, total, n = ctx.one, ctx.one, 0
            while abs(term) > ctx.eps / 16:
                n += 1
                term *= -n / u
                total += term / (2 * n + 1)
            return total / ctx.sqrt(ctx.pi**3 * u)
        if not x:
            return ctx.mpf(0.5)
        half = ctx.mpf(0.5)
        with ctx.workdps(ctx.dps + int(u) + 15):
            inner = ctx.hyp1f1(half, 3 * half, u) * ctx.e1(u) + 2 * ctx.hyp2f2(half, 1, 3 * half, 3 * half, -u)
            tail = half - x * inner / ctx.sqrt(2 * ctx.pi**3)
        return +tail

    def gamma_p(self, x: Any, a: float | Fraction) -> Any:
        """Its power series (DLMF 8.11.4); mpmath's own gammainc does not end for some complex arguments."""
        if self._far_for_gamma(x, a):
            return 1 - self.gamma_q(x, a)
        ctx, order = self.ctx, self._order(a)
        term, total, k = ctx.one, ctx.one, 0
        while abs(term) > ctx.eps * abs(total) / 16 or k < ctx.re(x):
            k += 1
            term *= x / (order + k)
            total += term
        return total * x**order * ctx.exp(-x - self.lgamma(Fraction(a) + 1)) if x else ctx.zero

    def gamma_q(self, x: Any, a: float | Fraction) -> Any:
        if self._far_for_gamma(x, a):
            return self.exp(self.log_gamma_q(x, a))
        # What 1 - P cancels is about e^-x.
        with self.ctx.workdps(self.ctx.dps + int(abs(x) / 2) + 10):
            return 1 - self.gamma_p(x, a)

    def log_gamma_q(self, x: Any, a: float | Fraction) -> Any:
        if not self._far_for_gamma(x, a):
            small = self.ctx.re(x) < self._order(a)
            return self.log1p(-self.gamma_p(x, a)) if small else self.ctx.log(self.gamma_q(x, a))
        term, total, k = self.ctx.one, self.ctx.one, 0
        while abs(term) > self.ctx.eps * abs(total) / 16:  # DLMF 8.11.2
            k += 1
            term *= (self._order(a) - k) / x
            total += term
        return (self._order(a) - 1) * self.ctx.log(x) - x + self.ctx.log(total) - self.lgamma(a)

    def _order(self, a: float | Fraction) -> Any:
        exact = Fraction(a)
        return self.ctx.mpf(exact.numerator) / exact.denominator

    def _far_for_gamma(self, x: Any, a: float | Fraction) -> bool:
        """Where the asymptotic series reaches the working precision."""
        return bool(abs(x) >= 3 * self.ctx.dps + 10 + 2 * float(a))

    def log_gamma_p_inverse(self, q: Any, a: float) -> Any:
        raise CannotCompute("the quantile of a gamma law as a forward map")

    log_gamma_q_inverse = log_gamma_p_inverse

    def iterated(self, start: Any, step: Callable[[Any], Any]) -> Any:
        raise CannotCompute("a quantile by iteration as a forward map")

    def betainc(self, x: Any, a: float, b: float) -> Any:
        """Its power series (DLMF 8.17.8), of x up to the mean, of 1 - x beyond; mpmath's own betainc does not converge
        for large parameters."""
        if not x:
            return self.ctx.zero
        if self.ctx.re(x) * (a + b + 2) > a + 1:
            return 1 - self._beta_series(1 - x, x, b, a)
        return self._beta_series(x, 1 - x, a, b)

    def _beta_series(self, x: Any, rest: Any, a: float, b: float) -> Any:
        ctx, p, q = self.ctx, self.ctx.mpf(a), self.ctx.mpf(b)
        term, total, k = ctx.one, ctx.one, 0
        while abs(term) > ctx.eps * abs(total) / 65536:  # the ratios tend to x, and far from 1 the last term tells
            term *= x * ((p + q + k) / (p + 1 + k))
            total += term
            k += 1
        return total * ctx.exp(p * ctx.log(x) + q * ctx.log(rest) - ctx.mpf(log_beta(a, b, ctx.prec))) / p

    def erfinv(self, q: Any) -> Any:
        raise CannotCompute("the inverse of erf as a forward map")

    def logit_betainc_inverse(self, q: Any, a: float, b: float) -> Any:
        raise CannotCompute("the quantile of a beta law as a forward map")

    def piecewise(self, x: Any, below: Callable[[Any], Any], above: Callable[[Any], Any]) -> Any:
        return below(x) if self.ctx.re(x) < 0 else above(x)
