"""The law of the logit of a beta variable, by the power series of the incomplete beta function.

Guarantee: both tails, their logarithms and the quantiles to half an ulp and a few thousandths, for concentrations whose
series has at most _MOST_TERMS terms; for others tails and quantiles are not offered.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import scipy  # scipy.special is loaded where it is first asked for.

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy import tails
from adapters.numpy.bases.base import OneSide
from adapters.numpy.functions import log_of
from adapters.numpy.pairs import Floats, Pair, where

_MOST_TERMS = 512
_WHOLE, _PAIRED = 2.0**-66, 2.0**-14
"""What the terms that are left out, and those that are summed as plain numbers, may make of the sum."""

_FAR_OUT = -40.0
"""Where the logarithm of p or of 1 - p is below, the first term of the series gives it; SciPy has nan among such."""


class _Series:
    """log I_p(a, b) up to p = ``edge``: p^a (1 - p)^b/(a B(a, b)) (1 + p (a + b)/(a + 1) (1 + p (a + b + 1)/(a + 2)
    (...))). DLMF 8.17.8."""

    def __init__(self, a: Fraction, b: Fraction, edge: float) -> None:
        self._log_factor = log_of(a) + tails.log_gamma(a) + tails.log_gamma(b) - tails.log_gamma(a + b)
        self._a, self._ratios = a, []
        self._paired = 0
        term, total = 1.0, 1.0
        for n in range(_MOST_TERMS + 1):
            ratio = (a + b + n) / (a + 1 + n)
            term *= float(ratio) * edge
            left = term / (1.0 - edge)
            total += term
            self._ratios.append(ratio)
            if left > _PAIRED * total:
                self._paired = n + 1
            if float(ratio) * edge < 1.0 and left < _WHOLE:
                return
        raise NotOffered("the cdf of a beta law of such concentrations")

    def log_share(self, logs: Pair, p: Pair) -> Pair:
        """logs: a log p + b log(1 - p)."""
        plain = np.ones_like(p.hi)
        for ratio in self._ratios[: self._paired - 1 : -1]:
            plain = 1 + p.hi * plain * p.hi.dtype.type(float(ratio))
        total = Pair.of(plain)
        for ratio in self._ratios[self._paired - 1 :: -1] if self._paired else ():
            total = (p * p.like(ratio)) * total + 1.0
        return logs + fn.log(total) - p.like(self._log_factor)


class LogisticBeta(OneSide):
    def __init__(self, concentration1: float, concentration0: float) -> None:
        self._a, self._b = Fraction(concentration1), Fraction(concentration0)
        self._log_beta = tails.log_gamma(self._a) + tails.log_gamma(self._b) - tails.log_gamma(self._a + self._b)
        # The mean may lie a thousand times as far out as where p has its ordinary sizes, on which its own mean hangs.
        self.location, self.spread = float(self.mode()), math.sqrt(float(self.variance()))
        self._series: tuple[_Series, _Series] | None = None

    def _logs(self, x: Pair) -> Pair:
        """a log p + b log(1 - p), p = sigmoid(x)."""
        rest = fn.log1p(fn.exp(-x.abs())) * x.like(self._a + self._b)
        return where(x.hi > 0, x * x.like(-self._b), x * x.like(self._a)) - rest

    def log_density(self, x: Pair) -> Pair:
        logs = self._logs(x)
        return where(np.isinf(logs.hi), logs, logs - x.like(self._log_beta))

    def _log_shares(self, x: Pair) -> tuple[Floats, Pair, Pair]:
        """Whether the series of p serves, log I_p(a, b) where it does, log I_(1 - p)(b, a) where it does not."""
        lower, upper = self._both()
        logs = self._logs(x)
        near = np.asarray(x.hi < math.log((self._a + 1) / (self._b + 1)))
        finite = np.isfinite(x.hi)
        below = tails.on(near & finite, lambda at, x: lower.log_share(at, fn.sigmoid(x)), logs, x)
        above = tails.on(~near & finite, lambda at, x: upper.log_share(at, fn.sigmoid(-x)), logs, x)
        return near, where(finite, below, logs), where(finite, above, logs)

    def _both(self) -> tuple[_Series, _Series]:
        if self._series is None:
            split = float((self._a + 1) / (self._a + self._b + 2))
            self._series = _Series(self._a, self._b, split), _Series(self._b, self._a, 1 - split)
        return self._series

    def quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._lower_quantile(q), self._upper_quantile(1.0 - q))

    def upper_quantile(self, q: Pair) -> Pair:
        return where(q.hi <= 0.5, self._upper_quantile(q), self._lower_quantile(1.0 - q))

    def _lower_quantile(self, q: Pair) -> Pair:
        """The x with log I_p(a, b) = log q <= log(1/2)."""
        x, log_q = Pair.of(self._logit(q, self._a, self._b).astype(q.hi.dtype)), fn.log(q)
        for _ in range(2):  # Newton's steps on pairs.
            share = self.log_cdf(x)
            x = self._stepped(x, (share - log_q) * fn.exp(share - self.log_density(x)))
        return x

    def _upper_quantile(self, q: Pair) -> Pair:
        """The x with log I_(1 - p)(b, a) = log q <= log(1/2)."""
        x, log_q = Pair.of(-self._logit(q, self._b, self._a).astype(q.hi.dtype)), fn.log(q)
        for _ in range(2):
            share = self.log_survival(x)
            x = self._stepped(x, (log_q - share) * fn.exp(share - self.log_density(x)))
        return x

    def _logit(self, q: Pair, a: Fraction, b: Fraction) -> Floats:
        """The logit of the p with I_p(a, b) = q, nearly; by the first term of the series where p or 1 - p is small."""
        self._both()
        wide, first, second = q.hi.astype(np.float64), float(a), float(b)
        found = np.log(scipy.special.betaincinv(first, second, wide))
        found = found - np.log(scipy.special.betainccinv(second, first, wide))
        low = (np.log(wide) + float(self._log_beta + log_of(a))) / first
        high = -(np.log1p(-wide) + float(self._log_beta + log_of(b))) / second
        return np.asarray(np.where(low < _FAR_OUT, low, np.where(high > -_FAR_OUT, high, found)))

    @staticmethod
    def _stepped(x: Pair, step: Pair) -> Pair:
        """x - step; the ends of (0, 1) have infinite quantiles, which are exact."""
        return where(np.isfinite(x.hi) & np.isfinite(step.hi), x - step, x)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """log G_a - log G_b."""
        return log_gamma_draws(generator, count, float(self._a)) - log_gamma_draws(generator, count, float(self._b))

    def entropy(self) -> Fraction | float:
        both = tails.digamma(self._a + self._b)
        rise, fall = tails.digamma(self._a) - both, tails.digamma(self._b) - both
        return self._log_beta - self._a * rise - self._b * fall

    def mean(self) -> Fraction | float:
        return tails.digamma(self._a) - tails.digamma(self._b)

    def variance(self) -> Fraction | float:
        return tails.trigamma(self._a) + tails.trigamma(self._b)

    def mode(self) -> Fraction | float:
        return log_of(self._a / self._b)


def log_gamma_draws(generator: np.random.Generator, count: int, a: float) -> Floats:
    """Logarithms of gamma variables of concentration a, by log G_(a + 1) + log(U)/a, so that none underflows (Marsaglia
    & Tsang, ACM Transactions on Mathematical Software 26 (2000), section 6)."""
    more, uniform = generator.standard_gamma(a + 1.0, count), generator.random(count)
    return np.asarray(np.log(more) + np.log1p(-uniform) / a)
