"""Maps of numbers at the working precision: value, inverse and both log-dets."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.numpy.plain import special

Floats = NDArray[Any]


def tanh_forward(x: Floats) -> Floats:
    """The library's tanh; an own quotient of exponentials would cancel near 0 and overflow far out."""
    return np.tanh(x)


def tanh_inverse(y: Floats) -> Floats:
    """The library's artanh, (log1p(y) - log1p(-y))/2; log((1 + y)/(1 - y)) cancels near 0."""
    return np.arctanh(y)


def tanh_fldj(x: Floats) -> Floats:
    """-log1p(sinh(x)^2) for |x| < 1, which keeps every digit near 0; 2 (log 2 - |x| - log1p(exp(-2|x|))) beyond, which
    does not overflow. The second alone loses all digits below |x| of about 1e-4 (float32), being a difference there."""
    m = np.abs(x)
    near = -np.log1p(np.sinh(np.minimum(m, 1)) ** 2)
    far = 2 * (math.log(2) - m - np.log1p(np.exp(-2 * m)))
    return np.where(m < 1, near, far)


def tanh_ildj(y: Floats) -> Floats:
    """-log1p(-y^2) near 0; -log(1 - |y|) - log1p(|y|) beyond 1/2, where 1 - |y| is exact and 1 - y^2 is not."""
    m = np.abs(y)
    near = -np.log1p(-(np.minimum(m, 0.5) ** 2))
    return np.where(m < 0.5, near, -np.log(1 - m) - np.log1p(m))


def sigmoid_forward(x: Floats) -> Floats:
    """exp(-|x|)/(1 + exp(-|x|)) below 0 and 1/(1 + exp(-|x|)) above: nothing overflows, and small values keep their
    digits down to the smallest float, without a clamp."""
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, np.ones_like(x)) / (1 + e)


def sigmoid_inverse(y: Floats) -> Floats:
    """log1p((2y - 1)/(1 - y)) around 1/2, where 2y - 1 is exact; log(y) - log1p(-y) towards both ends."""
    middle = np.log1p((2 * y - 1) / (1 - y))
    return np.where(np.abs(y - 0.5) < 0.25, middle, np.log(y) - np.log1p(-y))


def sigmoid_fldj(x: Floats) -> Floats:
    """-|x| - 2 log1p(exp(-|x|)): two terms of one sign, and no product sigmoid(x) (1 - sigmoid(x)) that underflows."""
    m = np.abs(x)
    return -(m + 2 * np.log1p(np.exp(-m)))


def sigmoid_ildj(y: Floats) -> Floats:
    """-(log(y) + log1p(-y)): two terms of one sign, the second exact next to 0."""
    return -(np.log(y) + np.log1p(-y))


def softplus_forward(x: Floats) -> Floats:
    """max(x, 0) + log1p(exp(-|x|)): no threshold at which the formula is switched is needed."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_inverse(y: Floats) -> Floats:
    """log(expm1(y)) below 1, y + log1p(-exp(-y)) above: no overflow, and small y keep their digits."""
    return np.where(y < 1, np.log(np.expm1(np.minimum(y, 1))), y + np.log1p(-np.exp(-y)))


def softplus_fldj(x: Floats) -> Floats:
    """log sigmoid(x) = min(x, 0) - log1p(exp(-|x|)): two terms of one sign."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def softplus_ildj(y: Floats) -> Floats:
    """-log(-expm1(-y)) below 1/2, -log1p(-exp(-y)) above: 1 - exp(-y) is never formed."""
    return np.where(y < 0.5, -np.log(-np.expm1(-np.minimum(y, 1))), -np.log1p(-np.exp(-y)))


def log1m_exp(m: Floats) -> Floats:
    """log(1 - exp(-m)) for m >= 0: log(-expm1(-m)) below log(2), log1p(-exp(-m)) above (Maechler, Accurately computing
    log(1 - exp(-|a|)), 2012)."""
    return np.where(m < math.log(2), np.log(-np.expm1(-m)), np.log1p(-np.exp(-m)))


def exp_forward(x: Floats) -> Floats:
    """The library's exp, subnormal results included."""
    return np.exp(x)


def exp_inverse(y: Floats) -> Floats:
    """The library's log; -inf at 0."""
    return np.log(y)


def exp_fldj(x: Floats) -> Floats:
    """x itself; the logarithm of a computed exp(x) is infinite as soon as that over- or underflows."""
    return x


def exp_ildj(y: Floats) -> Floats:
    """-log(y)."""
    return -np.log(y)


def affine_forward(x: Floats, loc: float, scale: float) -> Floats:
    """loc + scale x in the dtype of x; next to its zero it is as good as one rounding of scale x."""
    return loc + scale * x


def affine_inverse(y: Floats, loc: float, scale: float) -> Floats:
    """(y - loc)/scale: one rounding each."""
    return (y - loc) / scale


def affine_fldj(x: Floats, loc: float, scale: float) -> Floats:
    """log|scale|, rounded to the dtype of x once, in the shape of x."""
    return np.where(np.isnan(x), x, math.log(abs(scale))).astype(x.dtype)


def affine_ildj(y: Floats, loc: float, scale: float) -> Floats:
    """-log|scale|, in the shape of y."""
    return np.where(np.isnan(y), y, -math.log(abs(scale))).astype(y.dtype)


def twenty_bits(value: Any) -> float:
    """The nearest number of twenty bits, which every working precision holds."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(round(math.ldexp(mantissa, 20)), exponent - 20)


def beyond(x: Floats, end: Fraction) -> Floats:
    """x - end, the end taken off in five parts of twenty bits: next to it the first differences are exact, so that an
    end which is no float costs nothing."""
    for _ in range(5):
        part = twenty_bits(end)
        x = x - part
        end = end - Fraction(part)
    return x


def root(y: Floats, exponent: float) -> Floats:
    """y^(1/exponent), nan below 0: the power of the first twenty bits of 1/exponent, times exp(rest log(y)). Rounding
    1/exponent to the dtype costs a hundred units in the last place at large logarithms of y."""
    power = twenty_bits(1 / exponent)
    rest = float(1 / Fraction(exponent) - Fraction(power))
    found = np.power(y, y.dtype.type(power))
    corrected = found + found * np.expm1(rest * np.log(y))
    return np.where(y < 0, math.nan, np.where(np.isfinite(found) & (found > 0), corrected, found))


def power_forward(x: Floats, exponent: float) -> Floats:
    """The library's pow, nan below 0; exp(exponent log(x)) magnifies the rounding of its argument by up to 709."""
    return np.where(x < 0, math.nan, np.power(x, x.dtype.type(exponent)))


def power_inverse(y: Floats, exponent: float) -> Floats:
    """y^(1/exponent), by two powers, so that rounding 1/exponent costs nothing; nan below 0."""
    return root(y, exponent)


def power_fldj(x: Floats, exponent: float) -> Floats:
    """log|exponent| + (exponent - 1) log(x); log|exponent x^(exponent - 1)| over- and underflows in between."""
    return math.log(abs(exponent)) + (exponent - 1) * np.log(x)


def power_ildj(y: Floats, exponent: float) -> Floats:
    """(1/exponent - 1) log(y) - log|exponent|, from y itself: no power and no root in between."""
    return (1 - exponent) / exponent * np.log(y) - math.log(abs(exponent))


def one_more(x: Floats, power: float) -> Floats:
    """1 + power x; next to its zero -1/power, where that sum cancels, by the distance from there."""
    near = power * beyond(x, Fraction(-1) / Fraction(power))
    return np.where(np.abs(1 + power * x) < 0.5, near, 1 + power * x)


def shortfall(x: Floats, power: float) -> Floats:
    """x - log1p(power x)/power for |power x| < 2^-13, by its series."""
    u = power * x
    return x * u * (1 / 2 - u * (1 / 3 - u * (1 / 4 - u / 5)))


def inverse_box_cox_forward(x: Floats, power: float) -> Floats:
    """(1 + power x)^(1/power) by two powers, so that rounding 1/power costs nothing; next to -1/power the base is the
    distance from there. Where power x overflows, the product of both roots; where it is small, e^x times e to what
    log1p(power x)/power is less than x, by its series, since of 1 + power x little or nothing is left."""
    far = np.isinf(power * x) & np.isfinite(x)
    small = np.abs(power * x) < 2.0**-13
    near = root(one_more(np.where(far | small, 0 * np.sign(x), x), power), power)
    held = np.where(small, x, 0 * np.sign(x))
    near = np.where(small, np.exp(held) * np.exp(-shortfall(held, power)), near)
    return np.where(far, abs(power) ** (1 / power) * root(np.abs(x), power), near)


def inverse_box_cox_inverse(y: Floats, power: float) -> Floats:
    """expm1(power log(y))/power around y = 1 and of small powers, where y^power - 1 cancels; (y^power - 1)/power
    elsewhere, by two factors y^(power/2) where the power alone overflows."""
    near = np.expm1(power * np.log(y)) / power
    grown = np.power(y, y.dtype.type(power))
    half = np.power(y, y.dtype.type(0.5 * power))
    far = np.where(np.isinf(grown), half * (half / power), (grown - 1) / power)
    return np.where(((y > 0.5) & (y < 2)) | (np.abs(power * np.log(y)) < 0.35), near, far)


def inverse_box_cox_fldj(x: Floats, power: float) -> Floats:
    """(1/power - 1) log1p(power x): digits are kept near 0. Next to -1/power the logarithm is that of the distance from
    there; where power x overflows, its own does not, and where it is small it may underflow, but x does not."""
    far = np.isinf(power * x) & np.isfinite(x)
    held = np.where(far, 0 * np.sign(x), x)
    inner = np.where(np.abs(1 + power * held) < 0.5, np.log(one_more(held, power)), np.log1p(power * held))
    logs = np.where(far, np.log(np.abs(x)) + math.log(abs(power)), inner)
    small = np.abs(power * x) < 2.0**-13
    close = np.where(small, x, 0 * np.sign(x))
    return np.where(small, (1 - power) * (close - shortfall(close, power)), (1 - power) / power * logs)


def inverse_box_cox_ildj(y: Floats, power: float) -> Floats:
    """(power - 1) log(y)."""
    return (power - 1) * np.log(y)


def gumbel_cdf_forward(x: Floats, loc: float, scale: float) -> Floats:
    """exp(-exp(-z)) with z = (x - loc)/scale, without a clamp."""
    return np.exp(-np.exp(-(x - loc) / scale))


def gumbel_cdf_inverse(y: Floats, loc: float, scale: float) -> Floats:
    """loc - scale log(-log(y)), without a clamp: next to 0 and to 1 both logarithms are finite."""
    return loc - scale * np.log(-np.log(y))


def gumbel_cdf_fldj(x: Floats, loc: float, scale: float) -> Floats:
    """-z - exp(-z) - log(scale): the log density itself, not the logarithm of a density that underflows."""
    z = (x - loc) / scale
    return np.where(z == -math.inf, -math.inf, -z - np.exp(-z) - math.log(scale)).astype(x.dtype)


def gumbel_cdf_ildj(y: Floats, loc: float, scale: float) -> Floats:
    """w - log(w) + log(scale) with w = -log(y): from y itself, so that y next to 0 or 1 costs nothing."""
    w = -np.log(y)
    return np.where(w == math.inf, w, w - np.log(w) + math.log(scale))


def complement(x: Floats) -> Floats:
    """The C library's erfc in float64, element by element; SciPy's is 0 where the result is subnormal."""
    return np.vectorize(math.erfc, otypes=[np.float64])(x)


def normal_cdf_forward(x: Floats) -> Floats:
    """erfc(-x/sqrt(2))/2: the left tail keeps its digits, where (1 + erf(x/sqrt(2)))/2 cancels to 0 from -5.5
    (float32) or -8.3 (float64) on."""
    return (complement(-x / math.sqrt(2)) / 2).astype(x.dtype)


def normal_cdf_inverse(y: Floats) -> Floats:
    """SciPy's ndtri; in float32 its float64 version rounded once."""
    return special.ndtri(y.astype(np.float64)).astype(y.dtype)


def normal_cdf_fldj(x: Floats) -> Floats:
    """-x (x/2) - log(2 pi)/2: the log density, never the logarithm of a density."""
    return -(x * (0.5 * x) + 0.5 * math.log(2 * math.pi))


def normal_cdf_ildj(y: Floats) -> Floats:
    """x^2/2 + log(2 pi)/2 at the quantile x of y."""
    x = special.ndtri(y.astype(np.float64)).astype(y.dtype)
    return x * (0.5 * x) + 0.5 * math.log(2 * math.pi)


def abs_forward(x: Floats) -> Floats:
    """|x|."""
    return np.abs(x)


def abs_inverse(y: Floats) -> Floats:
    """y, the branch that is not negative; nan below 0."""
    return np.where(y >= 0, y, math.nan).astype(y.dtype)


def abs_fldj(x: Floats) -> Floats:
    """0 on either branch."""
    return np.where(np.isnan(x), x, 0).astype(x.dtype)


def abs_ildj(y: Floats) -> Floats:
    """0 where y is not negative."""
    return np.where(y >= 0, 0.0, math.nan).astype(y.dtype)
