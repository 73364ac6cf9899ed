"""What a normal and a Cauchy law have between two points.

Guarantee: log density, both tails, their logarithms and the quantiles to half an ulp and a few thousandths. Statistics
of a truncated normal law are exact where both ends lie within 10 scales of ``loc``, and not offered beyond.
"""

from __future__ import annotations

import abc
from fractions import Fraction
from typing import Any

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for.

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import student_tails, tails
from adapters.numpy.bases.base import Base, log_share
from adapters.numpy.bases.symmetric import Normal, StudentT
from adapters.numpy.functions import HALF_LOG_2PI, PI, exp_of, log_of, root_of
from adapters.numpy.pairs import Floats, Pair, where

_NEAR = 2.0**-60
"""Nearer than this to an end, in scales, a share is the density times the distance."""
_STEPS = 3
"""Of Newton's iteration, whose start is good to 2**-20 of the distance from the end."""
_TERMS = 20
_FARTHEST = 10


class Truncated(Base):
    """A law that is symmetric about ``loc``, on [low, high]. An end is told by how far out it lies on its own side:
    ``out`` is (low - loc)/scale for the lower one and (loc - high)/scale for the upper."""

    def __init__(self, whole: Normal | StudentT, loc: float, scale: float, low: float, high: float) -> None:
        self.support = (low, high)
        self._whole, self._loc, self._scale = whole, Fraction(loc), Fraction(scale)
        self._ends = (Fraction(low), Fraction(high))
        self._outs = ((self._ends[0] - self._loc) / self._scale, (self._loc - self._ends[1]) / self._scale)
        self._total = self._mass(self._outs[0], -self._outs[1])
        self.location = float(min(max(self._loc, self._ends[0]), self._ends[1]))
        self.spread = min(scale, high - low)

    @abc.abstractmethod
    def _mass(self, a: Fraction, b: Fraction) -> Fraction:
        """What the standard law has between two points, to 30 digits of itself."""

    @abc.abstractmethod
    def _inside(self, away: Pair, out: Fraction) -> Pair:
        """What the standard law has between ``out`` and ``out + away``."""

    @abc.abstractmethod
    def _start(self, mass: Any, out: Fraction) -> Any:
        """The distance within which the standard law has that mass beside ``out``, to a few digits, in float64."""

    def log_density(self, x: Pair) -> Pair:
        return self._whole.log_density(x) - x.like(log_of(self._total))

    def _at_end(self, end: int) -> Fraction:
        """The logarithm of the density at an end."""
        return self._standard(self._outs[end]) - log_of(self._scale) - log_of(self._total)

    @abc.abstractmethod
    def _standard(self, z: Fraction) -> Fraction:
        """The logarithm of the standard law's density."""

    def _away(self, x: Pair, end: int) -> Pair:
        return x - self.support[0] if end == 0 else self.support[1] - x

    def _share(self, x: Pair, end: int) -> Pair:
        away = self._away(x, end)
        z = away / away.like(self._scale)
        near = fn.small_product(away, exp_of(self._at_end(end)))
        return where(z.hi < _NEAR, near, self._inside(z, self._outs[end]) / x.like(self._total))

    def _log_of_share(self, x: Pair, end: int) -> Pair:
        away = self._away(x, end)
        near = fn.log(away) + x.like(self._at_end(end))
        shares = self._share(x, end), self._share(x, 1 - end)
        return where(away.hi < _NEAR * float(self._scale), near, log_share(*shares))

    def cdf(self, x: Pair) -> Pair:
        return self._share(x, 0)

    def survival(self, x: Pair) -> Pair:
        return self._share(x, 1)

    def log_cdf(self, x: Pair) -> Pair:
        return self._log_of_share(x, 0)

    def log_survival(self, x: Pair) -> Pair:
        return self._log_of_share(x, 1)

    def quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._at_share(q, 0), self._at_share(1.0 - q, 1))

    def upper_quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._at_share(q, 1), self._at_share(1.0 - q, 0))

    def _at_share(self, q: Pair, end: int) -> Pair:
        out = self._outs[end]
        mass = q * q.like(self._total)
        density = exp_of(self._standard(out))
        wide = np.clip(q.hi.astype(np.float64), 0.0, 0.5) * float(self._total)
        first = wide / float(density)
        start = np.where(first * max(1.0, abs(float(out))) < 2.0**-20, first, self._start(wide, out))
        away = Pair.of(start.astype(q.hi.dtype))
        for _ in range(_STEPS):
            slope = self._slope(away, out)
            away = away - (self._inside(away, out) - mass) / slope
        away = where(away.hi < _NEAR, fn.small_product(q, self._total / density), away)
        distance = away * away.like(self._scale)
        return distance + self.support[0] if end == 0 else self.support[1] - distance

    @abc.abstractmethod
    def _slope(self, away: Pair, out: Fraction) -> Pair:
        """The standard law's density at that distance."""

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        share = generator.random(count) * float(self._total)
        return self.support[0] + float(self._scale) * self._start(share, self._outs[0])

    def mode(self) -> Fraction | float:
        return min(max(self._loc, self._ends[0]), self._ends[1])


class TruncatedNormal(Truncated):
    def __init__(self, loc: float, scale: float, low: float, high: float) -> None:
        super().__init__(Normal(loc, scale), loc, scale, low, high)

    def _mass(self, a: Fraction, b: Fraction) -> Fraction:
        if max(abs(a), abs(b)) > _FARTHEST:
            raise NotOffered(f"a truncated normal law with an end beyond {_FARTHEST} scales")
        return _central_mass(b) - _central_mass(a)

    def _standard(self, z: Fraction) -> Fraction:
        return -z * z / 2 - HALF_LOG_2PI

    def _inside(self, away: Pair, out: Fraction) -> Pair:
        z = away + away.like(out)
        beyond = away.like(_upper(abs(out)))
        far = beyond - tails.ndtr(-z) if out >= 0 else tails.ndtr(z) - beyond
        near = np.asarray(away.hi < 0.25 / max(1.0, abs(float(out))))
        return where(near, tails.on(near, lambda d: self._beside(d, out), away), far)

    def _beside(self, away: Pair, out: Fraction) -> Pair:
        """phi(a) int_0^d exp(-a t - t^2/2) dt, by the power series of the integrand: n h_n = -a h_(n-1) - h_(n-2)."""
        h = [Fraction(1), -out]
        for n in range(2, _TERMS):
            h.append((-out * h[n - 1] - h[n - 2]) / n)
        total = away.like(h[-1] / _TERMS)
        for n in range(_TERMS - 1, 0, -1):
            total = total * away + away.like(h[n - 1] / n)
        return away * total * away.like(exp_of(self._standard(out)))

    def _slope(self, away: Pair, out: Fraction) -> Pair:
        return fn.exp(tails.log_normal_density(away + away.like(out)))

    def _start(self, mass: Any, out: Fraction) -> Any:
        end = float(out)
        if out >= 0:
            return -scipy.special.ndtri(scipy.special.ndtr(-end) - mass) - end
        return scipy.special.ndtri(scipy.special.ndtr(end) + mass) - end

    def _ends_over_mass(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        """The ends in scales, and the standard density there over the mass between."""
        a, b = self._outs[0], -self._outs[1]
        return a, b, exp_of(self._standard(a)) / self._total, exp_of(self._standard(b)) / self._total

    def mean(self) -> Fraction | float:
        _, _, at_low, at_high = self._ends_over_mass()
        return self._loc + self._scale * (at_low - at_high)

    def variance(self) -> Fraction | float:
        a, b, at_low, at_high = self._ends_over_mass()
        return self._scale**2 * (1 + a * at_low - b * at_high - (at_low - at_high) ** 2)

    def entropy(self) -> Fraction | float:
        a, b, at_low, at_high = self._ends_over_mass()
        return HALF_LOG_2PI + log_of(self._scale) + log_of(self._total) + (1 + a * at_low - b * at_high) / 2


class TruncatedCauchy(Truncated):
    """Between a and b the standard law has (atan b - atan a)/pi, the share of T above (1 + a b)/(b - a)."""

    def __init__(self, loc: float, scale: float, low: float, high: float) -> None:
        super().__init__(StudentT(1.0, loc, scale), loc, scale, low, high)

    def _mass(self, a: Fraction, b: Fraction) -> Fraction:
        return (_arc_tangent(b) - _arc_tangent(a)) / PI

    def _standard(self, z: Fraction) -> Fraction:
        return -log_of(PI * (1 + z * z))

    def _inside(self, away: Pair, out: Fraction) -> Pair:
        positive = np.asarray(away.hi > 0)
        safe = where(positive, away, away.like(1.0))
        share = student_tails.cdf(-(away.like(1 + out * out) / safe + away.like(out)), 1.0)
        return where(positive, share, away)

    def _slope(self, away: Pair, out: Fraction) -> Pair:
        z = away + away.like(out)
        return 1.0 / ((z * z + 1.0) * away.like(PI))

    def _start(self, mass: Any, out: Fraction) -> Any:
        with np.errstate(all="ignore"):
            return (1.0 + float(out) ** 2) / (1.0 / np.tan(np.pi * mass) - float(out))

    def mean(self) -> Fraction | float:
        return self._loc + self._scale * self._middle()

    def _middle(self) -> Fraction:
        a, b = self._outs[0], -self._outs[1]
        return log_of((1 + b * b) / (1 + a * a)) / (2 * PI * self._total)

    def variance(self) -> Fraction | float:
        a, b = self._outs[0], -self._outs[1]
        return self._scale**2 * ((b - a) / (PI * self._total) - 1 - self._middle() ** 2)

    def entropy(self) -> Fraction | float:
        raise NotOffered("the entropy of a truncated Cauchy law, which is a dilogarithm")


def _central_mass(z: Fraction) -> Fraction:
    """Phi(z) - 1/2 = phi(z) (z + z^3/3 + z^5/15 + ...), to 60 digits (DLMF 7.6.2)."""
    square, term, total, n = z * z, abs(z), Fraction(0), 1
    while term > Fraction(1, 10**70):
        total += term
        term = Fraction(round(term * square / (2 * n + 1) * 10**90), 10**90)
        n += 1
    return (total if z >= 0 else -total) * exp_of(-square / 2 - HALF_LOG_2PI)


def _upper(z: Fraction) -> Fraction:
    """Phi(-z), to 30 digits of itself for z up to 10."""
    return Fraction(1, 2) - _central_mass(z)


def _arc_tangent(z: Fraction) -> Fraction:
    """Euler's series, 2^2n n!^2/(2n + 1)! z^(2n+1)/(1 + z^2)^(n+1), of an eighth of the angle, to 60 digits."""
    for _ in range(3):
        z = z / (1 + root_of(1 + z * z))
    share = z * z / (1 + z * z)
    term = total = z / (1 + z * z)
    n = 1
    while abs(term) > Fraction(1, 10**64):
        term = Fraction(round(term * share * 2 * n / (2 * n + 1) * 10**80), 10**80)
        total += term
        n += 1
    return 8 * total
