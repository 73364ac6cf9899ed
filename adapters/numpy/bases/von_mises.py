"""Von Mises' law of an angle.

Guarantee: log density, tails and their logarithms to half an ulp and a few thousandths, in the turn around ``loc``.
A tail is the density times G, the integral of the densities beyond over the density at the point. With s the distance
from the end of the turn, G(0) = 0 and G' = 1 - k sin(s) G, from which its Taylor polynomials follow cell by cell, to 60
digits; no two terms of the size of 1 are left with a tail as their difference. The quantiles have no closed form.
"""

from __future__ import annotations

import functools
import math
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from adapters.numpy import functions as fn
from adapters.numpy.bases.base import Mirrored, log_share
from adapters.numpy.functions import PI, cos_pi_of, exp_of, log_of
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.tails import log_bessel_i

_DIGITS = Context(prec=60)
_TERMS, _MADE = 16, 36
"""Terms that are summed, and that lead from one cell to the next."""
_NARROW = 0.5
"""The width of a cell times the concentration is no more."""
_SINE = [Fraction((-1) ** n, math.factorial(2 * n + 1)) for n in range(17)]


class VonMises(Mirrored):
    """exp(-2 k sin((x - loc)/2)^2) over its integral, k the concentration."""

    circular = True

    def __init__(self, loc: float, concentration: float) -> None:
        self.location, self.concentration = loc, concentration
        self.spread = min(1.0, concentration**-0.5)
        self.support = (loc - math.pi, loc + math.pi)
        self._k = Fraction(concentration)
        self._log_whole = log_bessel_i(Fraction(0), self._k) - self._k + log_of(2 * PI)

    def _z(self, x: Pair) -> Pair:
        return x - self.location

    def _fall(self, z: Pair) -> Pair:
        """-2 k sin(z/2)^2."""
        half = sin(z.scaled(0.5))
        return half * half * z.like(-2 * self._k)

    def log_density(self, x: Pair) -> Pair:
        return self._fall(self._z(x)) - x.like(self._log_whole)

    def _over_density(self, size: Pair) -> Pair:
        """G at the distance pi - size from the end of the turn."""
        left = size.like(PI)
        rest = PI - Fraction(float(left.hi)) - Fraction(float(left.lo))
        s = (left - size) + size.like(rest)
        width, high, low = _table(self.concentration, s.hi.dtype.name)
        cell = np.clip(np.rint(np.nan_to_num(s.hi) / s.hi.dtype.type(width)), 0, high.shape[1] - 1).astype(np.intp)
        off = s - Pair.of((cell * width).astype(s.hi.dtype))
        total = Pair(high[-1][cell], low[-1][cell])
        for top, rest_of_it in zip(high[-2::-1], low[-2::-1], strict=True):
            total = total * off + Pair(top[cell], rest_of_it[cell])
        return total

    def _tail(self, z: Pair) -> Pair:
        """What lies below -|z|."""
        return fn.exp(self._log_tail(z))

    def _log_tail(self, z: Pair) -> Pair:
        size = z.abs()
        return self._fall(size) - z.like(self._log_whole) + fn.log(self._over_density(size))

    def _below(self, z: Pair) -> Pair:
        """What lies below z."""
        tail = self._tail(z)
        return where(z.hi < 0, tail, where(np.isnan(z.hi), z, 1.0 - tail))

    def _log_below(self, z: Pair) -> Pair:
        return where(z.hi < 0, self._log_tail(z), log_share(self._below(z), self._below(-z)))

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Angles of the turn around 0."""
        return np.asarray(generator.vonmises(self.location, self.concentration, count))

    @functools.cached_property
    def length(self) -> Fraction:
        """The mean of cos(X - loc), I_1(k)/I_0(k)."""
        return exp_of(log_bessel_i(Fraction(1), self._k) - log_bessel_i(Fraction(0), self._k))

    def entropy(self) -> Fraction | float:
        return self._log_whole + self._k * (1 - self.length)

    def mean(self) -> Fraction | float:
        """The circular one, which is that of the turn around it."""
        return Fraction(self.location)

    def variance(self) -> Fraction | float:
        """The circular one, the mean of 1 - cos(X - loc)."""
        return 1 - self.length

    def mode(self) -> Fraction | float:
        return Fraction(self.location)

    def divergence(self, other: VonMises) -> Fraction:
        """KL(self, other): log(I_0(k')/I_0(k)) + (k - k' cos(loc - loc')) I_1(k)/I_0(k)."""
        between = cos_pi_of(Fraction(round((Fraction(self.location) - Fraction(other.location)) / PI * 10**60), 10**60))
        grown = (other._log_whole + other._k) - (self._log_whole + self._k)
        return grown + (self._k - other._k * between) * self.length


def sin(x: Pair) -> Pair:
    """sin x for |x| <= 1.6: its Taylor series (DLMF 4.19.1)."""
    square = x * x
    total = x.like(_SINE[-1])
    for c in _SINE[-2::-1]:
        total = total * square + x.like(c)
    return total * x


@functools.cache
def _table(concentration: float, dtype: str) -> tuple[float, NDArray[np.floating], NDArray[np.floating]]:
    """The width of a cell; coefficients of G around its whole multiples, (_TERMS, cells), in two words."""
    width = 2.0 ** math.floor(math.log2(min(0.0625, _NARROW / concentration)))
    kind, cells = np.dtype(dtype).type, [row[:_TERMS] for row in _cells(concentration, width)]
    high = np.array([[float(c) for c in row] for row in cells]).T.astype(kind)
    rest = [
        [_DIGITS.subtract(c, Decimal(float(h))) for c, h in zip(row, top, strict=True)]
        for row, top in zip(cells, high.T, strict=True)
    ]
    low = np.array([[float(c) for c in row] for row in rest]).T.astype(kind)
    return width, np.ascontiguousarray(high), np.ascontiguousarray(low)


@functools.cache
def _cells(concentration: float, width: float) -> list[list[Decimal]]:
    """_MADE coefficients of G around every multiple of ``width`` up to pi."""
    k, step, value, found = Decimal(concentration), Decimal(width), Decimal(0), []
    turn = Fraction(round(Fraction(width) / PI * 10**62), 10**62)
    by_sine, by_cosine = (_decimal(cos_pi_of(part)) for part in (Fraction(1, 2) - turn, turn))
    sine, cosine = Decimal(0), Decimal(1)
    for _ in range(math.ceil(math.pi / width) + 1):
        row = _solved(k, sine, cosine, value)
        found.append(row)
        value = Decimal(0)
        for c in reversed(row):
            value = _DIGITS.fma(value, step, c)
        both = _DIGITS.multiply(sine, by_cosine), _DIGITS.multiply(sine, by_sine)
        sine, cosine = (
            _DIGITS.fma(cosine, by_sine, both[0]),
            _DIGITS.subtract(_DIGITS.multiply(cosine, by_cosine), both[1]),
        )
    return found


def _decimal(value: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _solved(k: Decimal, sine: Decimal, cosine: Decimal, value: Decimal) -> list[Decimal]:
    """The coefficients of the solution of G' = 1 - k sin(s) G with this value where s has this sine and cosine."""
    turns = (sine, cosine, -sine, -cosine)
    by = [_DIGITS.divide(_DIGITS.multiply(k, turns[j % 4]), Decimal(math.factorial(j))) for j in range(_MADE)]
    found = [value]
    for n in range(_MADE - 1):
        total = Decimal(n == 0)
        for j in range(n + 1):
            total = _DIGITS.subtract(total, _DIGITS.multiply(by[j], found[n - j]))
        found.append(_DIGITS.divide(total, Decimal(n + 1)))
    return found
