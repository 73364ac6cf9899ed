"""Double-word arithmetic at the working precision: a number held as the unevaluated sum of two floats of one dtype.

Guarantee: away from overflow and underflow, sum, product and quotient of pairs are within a few times 2**-2p of exact
(p = 24 for float32, 53 for float64). A pair whose leading word is inf or nan has the trailing word 0, so that limits
pass through like those of plain floats; near underflow a pair is as good as a plain float.

Sources: T. J. Dekker, A floating-point technique for extending the available precision, Numer. Math. 18 (1971);
D. E. Knuth, The Art of Computer Programming 2, section 4.2.2; M. Joldes, J.-M. Muller and V. Popescu, Tight and
rigorous error bounds for basic building blocks of double-word arithmetic, ACM TOMS 44 (2017).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]


def every(answers: NDArray[np.bool_]) -> bool:
    """Whether all of them are true. NumPy's own ``all`` takes as long for a few numbers as two additions do, and every
    operation asks twice; the bytes are looked through at the speed of memory."""
    return 0 not in answers.tobytes()


def some(answers: NDArray[np.bool_]) -> bool:
    """Whether any of them is true."""
    return 1 in answers.tobytes()


def two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """s = a + b rounded, and e with s + e = a + b exactly."""
    s = a + b
    v = s - a
    return s, (a - (s - v)) + (b - v)


def fast_two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """As two_sum, for |a| >= |b|."""
    s = a + b
    return s, b - (s - a)


# Per dtype: the bits of half a float, from where on the splitting multiplication may overflow, and its factor.
_HALVES: dict[Any, tuple[int, Any, Any]] = {
    np.dtype(kind): (half, np.finfo(kind).max * kind(2.0 ** (-half - 1)), kind(2.0**half + 1))
    for kind, half in ((np.float32, 12), (np.float64, 27))
}


def split(a: Floats) -> tuple[Floats, Floats]:
    """a as the sum of two floats of half the precision each."""
    kind = a.dtype.type
    half, limit, factor = _HALVES[a.dtype]
    large = np.abs(a) > limit
    if some(large):  # The multiplication below would overflow.
        scaled = np.where(large & np.isfinite(a), a * kind(2.0**-30), kind(0))
        high, _ = split(scaled)
        small_high, small_low = split(np.where(large, kind(0), a))
        back = kind(2.0**30)
        # Of the largest floats the upper half rounds up to a power of two that is no float any more.
        with np.errstate(over="ignore"):
            over = np.isinf(high * back)
        high = np.where(over, high * kind(1 - 2.0**-half), high)
        low = scaled - high
        return np.where(large, high * back, small_high), np.where(large, low * back, small_low)
    c = factor * a
    high = c - (c - a)
    return high, a - high


def two_product(a: Floats, b: Floats, halves: tuple[Floats, Floats] | None = None) -> tuple[Floats, Floats]:
    """p = a b rounded, and e with p + e = a b exactly, unless something over- or underflows.

    halves: ``halves_of(b)``, from whoever multiplies by the same b again and again.
    """
    p = a * b
    if a.dtype == np.float32:  # The product of two floats of 24 bits is a float of 53: a third of the time.
        exact = a.astype(np.float64) * b
        return p, (exact - p).astype(np.float32)
    a_high, a_low = split(a)
    b_high, b_low = halves or ((a_high, a_low) if b is a else split(b))
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


def halves_of(b: Floats) -> tuple[Floats, Floats] | None:
    """What ``two_product`` needs of a factor beside the factor itself; None where it needs nothing."""
    return None if b.dtype == np.float32 else split(b)


@dataclass(frozen=True, slots=True)
class Pair:
    """hi + lo, with |lo| at most half an ulp of hi. Both are arrays of one dtype (float32 or float64)."""

    hi: Floats
    lo: Floats

    @staticmethod
    def of(value: Floats) -> Pair:
        """An array, exactly."""
        return Pair(value, np.zeros_like(value))

    @staticmethod
    def constant(value: Fraction | float, dtype: Any) -> Pair:
        """A number rounded to 2p bits, as scalars that broadcast."""
        return _constant(value, np.dtype(dtype))

    def like(self, value: Fraction | float) -> Pair:
        """A constant of this pair's dtype."""
        return Pair.constant(value, self.hi.dtype)

    def filled(self, value: float) -> Pair:
        """``value``, which may be nan or infinite, in this pair's shape."""
        return Pair.of(np.full_like(self.hi, value))

    def each(self, function: Callable[[Floats], Floats]) -> Pair:
        """``function``, which rounds nothing and takes 0 to 0, of either word: some of the elements, another shape."""
        return Pair(function(self.hi), function(self.lo))

    def __neg__(self) -> Pair:
        return Pair(-self.hi, -self.lo)

    def __add__(self, other: Pair | float) -> Pair:
        other = self._coerced(other)
        s, e = two_sum(self.hi, other.hi)
        t, f = two_sum(self.lo, other.lo)
        s, e = fast_two_sum(s, _finite(e) + t)
        return _tidy(s, _finite(e) + f, floor=False)

    def __sub__(self, other: Pair | float) -> Pair:
        return self + (-self._coerced(other))

    def __rsub__(self, other: float) -> Pair:
        return -self + other

    def __mul__(self, other: Pair | float) -> Pair:
        other = self._coerced(other)
        p, e = two_product(self.hi, other.hi)
        e = e + (self.hi * other.lo + self.lo * other.hi)
        return _tidy(p, e)

    def __truediv__(self, other: Pair | float) -> Pair:
        other = self._coerced(other)
        q = self.hi / other.hi
        p, e = two_product(q, other.hi)
        r = ((self.hi - p) - e) + (self.lo - q * other.lo)
        return _tidy(q, r / other.hi)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rtruediv__(self, other: float) -> Pair:
        return self._coerced(other) / self

    def _coerced(self, other: Pair | float) -> Pair:
        return other if isinstance(other, Pair) else self.like(other)

    def scaled(self, factor: float) -> Pair:
        """Multiplied by a power of two, exactly."""
        kind = self.hi.dtype.type
        return Pair(self.hi * kind(factor), self.lo * kind(factor))

    def square(self) -> Pair:
        return self * self

    def abs(self) -> Pair:
        return self.with_sign_of(np.abs(self.hi))

    def with_sign_of(self, reference: Floats) -> Pair:
        """The magnitude of this pair with the sign of ``reference``, signed zeros included."""
        flipped = np.signbit(self.hi) != np.signbit(reference)
        return Pair(np.where(flipped, -self.hi, self.hi), np.where(flipped, -self.lo, self.lo))

    def value(self) -> Floats:
        """hi + lo rounded once to the dtype, which is hi. (Adding them again would round twice next to underflow.)"""
        return self.hi


class Word(Pair):
    """hi alone: a pair of float64 whose trailing word nobody needs, with the operations of plain floats.

    A result that is rounded to half as many bits or fewer at the end loses nothing by it: what the formulas let cancel
    is no more than what the trailing word is there for. Whatever meets one becomes one.
    """

    __slots__ = ()

    def __init__(self, hi: Floats) -> None:
        object.__setattr__(self, "hi", hi)

    @property
    def lo(self) -> Floats:
        return np.zeros_like(self.hi)

    @staticmethod
    def of(value: Floats) -> Word:
        return Word(value)

    def each(self, function: Callable[[Floats], Floats]) -> Word:
        return Word(function(self.hi))

    def __neg__(self) -> Word:
        return Word(-self.hi)

    def __add__(self, other: Pair | float) -> Word:
        return Word(self.hi + self._coerced(other).hi)

    def __mul__(self, other: Pair | float) -> Word:
        return Word(self.hi * self._coerced(other).hi)

    def __truediv__(self, other: Pair | float) -> Word:
        return Word(self.hi / self._coerced(other).hi)

    def __rtruediv__(self, other: Pair | float) -> Word:
        return Word(self._coerced(other).hi / self.hi)

    __radd__ = __add__
    __rmul__ = __mul__

    def scaled(self, factor: float) -> Word:
        return Word(self.hi * factor)

    def abs(self) -> Word:
        return Word(np.abs(self.hi))

    def with_sign_of(self, reference: Floats) -> Word:
        return Word(np.copysign(self.hi, reference))


def joined(words: Callable[[Sequence[Floats]], Floats], pairs: Sequence[Pair]) -> Pair:
    """One pair whose words are made of those of at least one pair: a stack, a concatenation, a choice."""
    hi = words([pair.hi for pair in pairs])
    if any(isinstance(pair, Word) for pair in pairs):
        return Word(hi)
    return Pair(hi, words([pair.lo for pair in pairs]))


def where(condition: NDArray[np.bool_], a: Pair, b: Pair) -> Pair:
    """Elementwise choice."""
    return joined(lambda words: np.where(condition, *words), (a, b))


@functools.lru_cache(maxsize=4096)
def _constant(value: Fraction | float, dtype: np.dtype[Any]) -> Pair:
    exact = Fraction(value)
    hi = _nearest(exact, dtype.type)
    return Pair(hi, _nearest(exact - Fraction(float(hi)), dtype.type))


def _nearest(value: Fraction, kind: Any) -> Any:
    if kind is np.float64:
        return kind(value.numerator / value.denominator)  # Correctly rounded by Python.
    # Through float64 with the sticky error folded in, so that the second rounding sees no false tie.
    near = np.float64(value.numerator / value.denominator)
    rest = value - Fraction(float(near))
    guess = kind(near)
    if rest and Fraction(float(near)) != Fraction(float(guess)):
        guess = kind(np.nextafter(near, np.inf if rest > 0 else -np.inf))
    return guess


def _finite(low: Floats) -> Floats:
    """The trailing word, 0 where the leading one is inf or nan and it therefore means nothing."""
    good = np.isfinite(low)
    return low if every(good) else np.where(good, low, low.dtype.type(0))


# Per dtype: below this a trailing word would be subnormal, or nearly.
_FLOORS: dict[Any, Any] = {
    np.dtype(kind): np.finfo(kind).tiny * kind(2.0 ** (np.finfo(kind).nmant + 4)) for kind in (np.float32, np.float64)
}


def _tidy(hi: Floats, lo: Floats, floor: bool = True) -> Pair:
    """Renormalise; drop a trailing word that overflow or underflow has spoilt."""
    good = np.isfinite(lo)
    if floor:
        good &= np.abs(hi) > _FLOORS[hi.dtype]
    s, e = fast_two_sum(hi, lo if every(good) else np.where(good, lo, hi.dtype.type(0)))
    return Pair(s, _finite(e))
