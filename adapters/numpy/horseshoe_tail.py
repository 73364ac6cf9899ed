"""The tail of the standard horseshoe law over pairs, and its inverse.

Guarantee: relative error below 2**-2p+20 of the tail P(C N > x) at x >= 0, of what lies between 0 and x, and of the x
that has either; N is normal and C half-Cauchy. Where a second word is subnormal, so below 2**-100 in float32, it is a
plain float that is good to an ulp or two.

Method: with u = x^2/2, up to u = 4 the power series of the density (DLMF 6.6.2) integrated term by term. Beyond, the
tail is u^(1/2)/pi int_0^oo w(t)/(u + t) dt with w(t) = erfc(t^(1/2))/(2 t^(1/2)): with y = t^(1/2) that is the mean of
erfc(x/(C 2^(1/2)))/2, y = u^(1/2)/C. Such an integral is a continued fraction of u, whose coefficients the moments of
w, n!/((2 n + 1) pi^(1/2)), have by Chebyshev's algorithm (Gautschi, Orthogonal Polynomials (2004), section 2.1.7). What
its levels leave out is measured, not proved: ``_LEVELS``. The quantile is Newton's iteration from a table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from math import factorial

import numpy as np

from adapters.numpy import expint
from adapters.numpy import functions as fn
from adapters.numpy.functions import EULER_GAMMA, LOG2, PI, root_of
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.tails import on

HEIGHT = 1 / root_of(2 * PI**3)
"""The density is this times e^u E_1(u)."""

_JOIN = 4.0
_TERMS = {"float32": 30, "float64": 48}
"""4^k/(k k!) of the power series left out is below 2**-2p."""

_LEVELS = {"float32": 20, "float64": 88}
"""They leave 2**-45 and 2**-101 of the tail at u = 4, where it is most: its certified value beside the fraction with
exact coefficients, as a test has it. So measured, what 5 to 88 levels leave falls about as e^(-4 sqrt(u k)), as for
E_1, at u = 4, 9 and 25, times 110, 13,000 and 3e10 at the most."""

_FAR, _NEAR = 2.0**57, 2.0**-60
"""Beyond, the tail is 2 HEIGHT/x to the last bit of a pair; nearer to 0 u is nothing beside 1."""

_DIGITS = 400
"""The moments lose about four bits for each of twice 88 of them."""

_STEPS = 3
"""Newton's, each of which squares what a table's lines are off by, less than 2**-13."""

_INSIDE = np.concatenate([-np.geomspace(700.0, 48.0, 128, endpoint=False), np.linspace(-48.0, 1.0, 1569)])
_BEYOND = np.linspace(-1.0, 46.0, 1505)
"""log x of tables: next to 0, where a logarithm of a share is nearly straight, the farther apart the farther out."""

_LEAST = 2.0**-60
"""Where a share is less, its x is beyond _FAR."""


def beyond(x: Pair) -> Pair:
    """P(C N > x) for x >= 0."""
    central = x.hi < np.sqrt(2 * _JOIN)
    near = on(central, lambda some: 0.5 - inside(some), x)
    far = on(~central & ~np.isnan(x.hi), _tail, x)
    return where(central, near, where(np.isnan(x.hi), x, far))


def inside(x: Pair) -> Pair:
    """P(0 < C N < x) for 0 <= x and u < 4."""
    tiny, nothing = x.hi < _NEAR, x.hi == 0
    u, log_u = where(tiny, x.like(0.0), x).square().scaled(0.5), _log_half_square(where(nothing, x.like(1.0), x))
    plain = harmonic = u.like(0.0)
    for k in range(_TERMS[x.hi.dtype.name], -1, -1):
        first, second = _coefficients(k)
        plain, harmonic = plain * u + u.like(first), harmonic * u + u.like(second)
    return x * (harmonic - (log_u + x.like(EULER_GAMMA)) * plain) * x.like(HEIGHT)


def _log_half_square(x: Pair) -> Pair:
    """log u, where u alone may underflow."""
    return fn.log(x).scaled(2.0) - x.like(LOG2)


def _density(x: Pair) -> Pair:
    """That of the law, next to 0 by the logarithm alone (DLMF 6.6.2)."""
    tiny = x.hi < _NEAR
    near = -(_log_half_square(x) + x.like(EULER_GAMMA))
    return where(tiny, near, expint.scaled_e1(where(tiny, x.like(1.0), x).square().scaled(0.5))) * x.like(HEIGHT)


@functools.cache
def _coefficients(n: int) -> tuple[Fraction, Fraction]:
    """1/(n! (2 n + 1)), and times H_n + 2/(2 n + 1)."""
    own = Fraction(1, factorial(n) * (2 * n + 1))
    return own, own * (sum((Fraction(1, k) for k in range(1, n + 1)), Fraction(0)) + Fraction(2, 2 * n + 1))


def _tail(x: Pair) -> Pair:
    """For u >= 4: u^(1/2)/pi^(3/2) over the fraction, and 2^(1/2)/(pi^(3/2) x) far out."""
    far = x.hi > _FAR
    some = where(far, x.like(_FAR), x)
    u = some.square().scaled(0.5)
    fraction = _fraction(x.hi.dtype.name)
    total = u + u.like(fraction[-1][0])
    for (_, below), (above, _) in zip(fraction[:0:-1], fraction[-2::-1], strict=True):
        total = u + u.like(above) - u.like(below) / total
    # The quotient of a smaller number, since one next to the least float would lose its trailing word.
    last = (x.like(2 * HEIGHT) / where(far, x.scaled(1 / _FAR), x)).scaled(1 / _FAR)
    return where(far, last, some * x.like(HEIGHT) / total)


@functools.cache
def _fraction(name: str) -> list[tuple[Fraction, Fraction]]:
    """(a_k, b_k) of the integral of w over its mass, 1/(u + a_0 - b_1/(u + a_1 - b_2/(...)))."""
    levels, exact = _LEVELS[name], Context(prec=_DIGITS)
    row = [exact.divide(Decimal(factorial(n)), Decimal(2 * n + 1)) for n in range(2 * levels)]
    before = [Decimal(0)] * (2 * levels)
    found = [(exact.divide(row[1], row[0]), row[0])]
    for k in range(1, levels):
        a, b = found[-1]
        last = b if k > 1 else Decimal(0)
        after = list(row)
        for n in range(k, 2 * levels - k):
            change = exact.fma(a, row[n], exact.multiply(last, before[n]))
            after[n] = exact.subtract(row[n + 1], change)
        own = exact.divide(after[k + 1], after[k])
        found.append((exact.subtract(own, exact.divide(row[k], row[k - 1])), exact.divide(after[k], row[k - 1])))
        before, row = row, after
    return [(Fraction(a), Fraction(b)) for a, b in found]


@functools.cache
def _table(share_at: Callable[[Pair], Pair]) -> tuple[Floats, Floats]:
    """log share_at(x), ascending, and log x between two of its values."""
    log_x = _INSIDE if share_at is inside else _BEYOND
    log_share = np.log(share_at(Pair.of(np.exp(log_x))).hi)
    return (log_share, log_x) if log_share[0] < log_share[-1] else (log_share[::-1], log_x[::-1])


def place(share: Pair) -> Pair:
    """The x >= 0 with ``share``, 0 to 1/2, beyond it; nan beyond these."""
    inner = 0.5 - share
    central, far = inner.hi < 0.25, share.hi < _LEAST
    nearest = on(central & (inner.hi > 0), functools.partial(_settled, inside), inner)
    outer = on(~central & ~far & (share.hi > 0), functools.partial(_settled, beyond), share)
    tiny = far & (share.hi > 0)
    last = where(share.hi == 0, share.filled(np.inf), share.like(2 * HEIGHT) / where(tiny, share, share.like(1.0)))
    found = where(central, nearest, where(far, last, outer))
    return where((share.hi >= 0) & (inner.hi >= 0), found, share.filled(np.nan))


def _settled(share_at: Callable[[Pair], Pair], share: Pair) -> Pair:
    """Newton's iteration for share_at(x) = share, whose slope is the density or minus that."""
    log_share, log_x = _table(share_at)
    wanted = np.log(share.hi.astype(np.float64))
    # Nearer to 0 than the table a share is a multiple of x for as much as a start needs.
    start = np.exp(np.interp(wanted, log_share, log_x) + np.minimum(wanted - log_share[0], 0.0))
    x = Pair.of(start.astype(share.hi.dtype))
    sign = 1.0 if share_at is inside else -1.0
    for _ in range(_STEPS):
        x = x - (share_at(x) - share) / _density(x).scaled(sign)
    return x
