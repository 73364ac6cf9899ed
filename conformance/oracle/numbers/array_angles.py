"""sin between -pi/2 and pi/2, and the distribution function of von Mises' law about 0, as balls over arrays.

GUARANTEE: results are rigorous balls, as those of ``array_balls`` are; unbounded beyond those ranges.

sin is its Taylor polynomial of degree 25 (DLMF 4.19.1), whose remainder on [-1.6, 1.6] is below 1.6^27/27! < 2^-74. The
terms of sin(x)/x add up to at most sinh(1.6)/1.6 < 1.5 in size, its value is above 0.62, and Horner's scheme rounds the
k-th term at most 3 k + 2 times: 2^-49 of the result holds all of it.

A tail F(-pi + s), 0 <= s <= pi, is the density times s times H(s), and H, the mean of the densities between -pi and
there over the density there, is smooth and positive and neither underflows nor cancels. It is a Taylor polynomial on
every cell of a grid, whose coefficients Arb has from F at its middle and the equation G' = 1 + k sin(x) G. With
G(s) = s H(s), G(0) = 0, H(s) is the integral of G'(s u) over u from 0 to 1, and so the n-th coefficient of H at s is at
most the largest (n + 1)-st of G between 0 and s, which balls enclose over cell after cell: the remainder.
"""

from __future__ import annotations

from functools import lru_cache
from math import factorial, pi
from typing import NamedTuple

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.oracle.numbers import array_balls as balls
from conformance.oracle.numbers.array_balls import Ball
from conformance.oracle.numbers.arrays import NotOffered
from conformance.oracle.numbers.ball_angles import density
from conformance.oracle.numbers.balls import BallNumbers

MOST_CONCENTRATION = 96.0
"""Beyond, the cells of the table are too many for what they save."""

_RANGE, _SIN_ERROR = 1.6, 2.0**-49
_SIN = [(-1.0) ** n / factorial(2 * n + 1) for n in range(13)]

_NUMBERS = BallNumbers()
_PI_LOW = Ball(1.2246467991473532e-16, 2.0**-104)
"""What pi is more than its float64."""

_TERMS, _ROUNDED, _REMAINDER = 12, 2.0**-48, 2.0**-50
_WIDE = 3.1416


def sin(a: Ball) -> Ball:
    """sin a. Its slope is at most 1."""
    square, mid = a.mid * a.mid, np.full_like(np.asarray(a.mid, np.float64), _SIN[-1])
    for c in reversed(_SIN[:-1]):
        mid = mid * square + c
    mid = mid * a.mid
    rad = (np.abs(mid) * _SIN_ERROR + a.rad) * (1.0 + 2.0**-48)
    return Ball(mid, np.where(np.abs(a.mid) + a.rad <= _RANGE, rad + balls.TINY * (mid != 0), np.inf))


class _Table(NamedTuple):
    """Cells around whole multiples of ``width``: coefficients of H (_TERMS, cells), bounds of what is left out and
    rounded, and of |H'|. height: minus the logarithm of 2 pi I_0(k) e^-k."""

    width: float
    coefficients: NDArray[np.float64]
    unsure: NDArray[np.float64]
    steep: NDArray[np.float64]
    height: Ball


def log_density(x: Ball, concentration: float) -> Ball:
    """-2 k sin(x/2)^2, over its integral; from the end of the turn where that is the nearer."""
    table, twice = _table(concentration), 2.0 * concentration
    size = balls.absolute(x)
    outer = size.mid > 1.5
    half = sin(balls.scaled(balls.chosen(outer, _from_end(size), size), 0.5))
    raised = balls.mul(Ball(twice, 0.0), balls.mul(half, half))
    own = balls.chosen(outer, balls.add(Ball(-twice, 0.0), raised), balls.neg(raised))
    return balls.add(own, table.height)


def _from_end(size: Ball) -> Ball:
    """pi - size."""
    return balls.add(balls.add(Ball(pi, 0.0), balls.neg(size)), _PI_LOW)


def _ratio(size: Ball, concentration: float) -> tuple[Ball, Ball]:
    """s and H(s) at s = pi - size."""
    table, s = _table(concentration), _from_end(size)
    cell = np.clip(np.rint(np.nan_to_num(s.mid) / table.width), 0, table.coefficients.shape[1] - 1).astype(np.intp)
    off = balls.add(s, Ball(-(cell * table.width), 0.0))
    mid = table.coefficients[-1][cell]
    for row in table.coefficients[-2::-1]:
        mid = mid * off.mid + row[cell]
    # What lies within a cell and a hundredth around its middle is what the bounds are proved for.
    told = (s.mid - s.rad > 0) & (np.abs(off.mid) + off.rad <= 0.505 * table.width)
    rad = (table.unsure[cell] + table.steep[cell] * off.rad) * (1.0 + 2.0**-48)
    return s, Ball(mid, np.where(told, rad, np.inf))


def log_tail(size: Ball, concentration: float) -> Ball:
    """log F(-size), for 0 <= size <= pi."""
    s, ratio = _ratio(size, concentration)
    return balls.add(balls.add(log_density(size, concentration), balls.log(s)), balls.log(ratio))


def cdf(x: Ball, concentration: float) -> Ball:
    """F(x)."""
    size = balls.absolute(x)
    s, ratio = _ratio(size, concentration)
    tail = balls.mul(balls.mul(balls.exp(log_density(size, concentration)), s), ratio)
    either = balls.chosen(x.mid < 0, tail, balls.add(Ball(1.0, 0.0), balls.neg(tail)))
    told = (size.mid > size.rad) | (np.asarray(size.rad) == 0.0)
    return Ball(either.mid, np.where(told, either.rad, np.inf))


def log_cdf(x: Ball, concentration: float) -> Ball:
    """log F(x)."""
    lower = balls.chosen(x.mid < 0, x, Ball(np.full_like(x.mid, -1.0), 0.0))
    return balls.chosen(x.mid < 0, log_tail(balls.neg(lower), concentration), balls.log(cdf(x, concentration)))


def hazard(mid: NDArray[np.float64], concentration: float) -> NDArray[np.float64]:
    """The density at ``mid`` over F(mid), to a few digits less than float64 has."""
    s, ratio = _ratio(Ball(np.abs(mid), 0.0), concentration)
    below = 1.0 / (s.mid * ratio.mid)
    share = cdf(Ball(mid, 0.0), concentration).mid
    return np.where(mid < 0, below, np.exp(log_density(Ball(mid, 0.0), concentration).mid) / share)


@lru_cache(maxsize=32)
def _table(concentration: float) -> _Table:
    """NotOffered beyond MOST_CONCENTRATION."""
    if concentration > MOST_CONCENTRATION:
        raise NotOffered("the distribution function of von Mises' law of so large a concentration")
    cells = 64
    with ctx.workprec(256):
        while True:
            found = _with_cells(concentration, cells)
            if found is not None:
                return found
            cells *= 2


def _with_cells(concentration: float, cells: int) -> _Table | None:
    """None where a remainder is too large: more cells are wanted."""
    width = _WIDE / cells
    half, second, last = arb(width) * arb(0.505), arb(0), arb(0)
    coefficients, unsure, steep = np.empty((_TERMS, cells + 1)), np.empty(cells + 1), np.empty(cells + 1)
    for at in range(cells + 1):
        middle = arb(at * width)
        product, all_over = _over_density(concentration, middle, half)
        second, last = second.max(all_over[2].abs_upper()), last.max(all_over[_TERMS + 1].abs_upper())
        here = _divided(product, middle)
        left_out = last * half**_TERMS
        if not left_out < here[0] * arb(_REMAINDER):
            return None
        coefficients[:, at] = [float(c.mid()) for c in here]
        size = sum((c.abs_upper() * half**n for n, c in enumerate(here)), arb(0))
        unsure[at], steep[at] = _up(left_out + size * arb(_ROUNDED)), _up(second)
    height = -_whole(concentration).log()
    middle_of_it = float(height.mid())
    return _Table(width, coefficients, unsure, steep, Ball(middle_of_it, 2.0**-52 * max(1.0, abs(middle_of_it))))


def _up(value: arb) -> float:
    return float(np.nextafter(float(value.upper()), np.inf))


def _whole(concentration: float) -> arb:
    """2 pi I_0(k) e^-k."""
    return 2 * arb.pi() * arb(concentration).bessel_i(arb(0), scaled=True)


def _over_density(concentration: float, s: arb, half: arb) -> tuple[list[arb], list[arb]]:
    """The coefficients of G at the point s, and at all points within ``half`` of it: of a function that solves
    G' = 1 + k sin(x) G, x = s - pi, and is F over the density at the point."""
    k, wide = arb(concentration), half * arb(0, 1)
    x = s - arb.pi()
    value = _NUMBERS.von_mises_cdf(x, concentration) / density(x, concentration)
    growth, all_over = k * (x + wide).sin(), value
    # |G'| <= 1 + k |G| bounds G near the point by Gronwall's inequality; its slope there then does, narrowly.
    rise = (k * half).exp()
    all_over = arb(0).union(value * rise + half * rise)
    for _ in range(2):
        all_over = value + wide * (1 + growth * all_over)
    return _solved(k, x, value), _solved(k, x + wide, all_over)


def _solved(k: arb, x: arb, value: arb) -> list[arb]:
    """_TERMS + 2 coefficients of the solution with that value at x."""
    turns = [x.sin(), x.cos(), -x.sin(), -x.cos()]
    by, found = [k * turns[j % 4] / factorial(j) for j in range(_TERMS + 1)], [value]
    for n in range(_TERMS + 1):
        total = sum((by[j] * found[n - j] for j in range(n + 1)), arb(n == 0))
        found.append(total / (n + 1))
    return found


def _divided(product: list[arb], s: arb) -> list[arb]:
    """The coefficients of H at the point s, of those of s H(s)."""
    if s.is_zero():
        return product[1 : _TERMS + 1]
    found: list[arb] = []
    for n in range(_TERMS):
        found.append((product[n] - (found[n - 1] if n else 0)) / s)
    return found
