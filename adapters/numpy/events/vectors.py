"""Softmax, with an implicit 0 and without, the increasing vectors and the sphere over pairs.

Guarantee: every entry and both log-dets within 0.51 ulp away from zeros of a sum (points of the sphere within 1 ulp,
their inverse within 2); weights below the normal numbers within 1 ulp. Sources: Aitchison & Shen 1980; Stan Reference
Manual, "Ordered vector"; do Carmo 1992, chapter 0.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from adapters.interface import NotOffered
from adapters.numpy import functions as fn
from adapters.numpy.events.entries import event, flat, log_one_more, per_event, scaled_down, total
from adapters.numpy.pairs import Pair, where
from adapters.numpy.transforms import Map


class SoftmaxCentered(Map):
    """y_i = e^x_i / (1 + sum_j e^x_j); the last weight is that of an entry 0.

    The log-det is with respect to the simplex's surface measure.
    """

    increasing = None
    event_rank = 1
    output_rank = 1

    def forward(self, x: Pair) -> Pair:
        below, log = normalised([*flat(x, 1), per_event(x, 1)])
        return event([fn.exp(v - log) for v in below], (len(below),))

    def inverse(self, y: Pair) -> Pair:
        *weights, last = flat(y, 1)
        found = []
        for weight in weights:
            ratio = weight / last
            # Next to 1 the two logarithms cancel, and far from it the quotient may underflow.
            found.append(where(np.abs(ratio.hi - 1) < 0.5, fn.log(ratio), fn.log(weight) - fn.log(last)))
        return event(found, (len(found),))

    def fldj(self, x: Pair) -> Pair:
        below, log = normalised([*flat(x, 1), per_event(x, 1)])
        return total(below) - log * float(len(below)) + x.like(fn.log_of(len(below)) / 2)

    def ildj(self, y: Pair) -> Pair:
        weights = flat(y, 1)
        return -(total([fn.log(weight) for weight in weights]) + y.like(fn.log_of(len(weights)) / 2))


class Softmax(Map):
    """y_i = e^x_i / (e^x_0 + ...); the inverse is log y."""

    increasing = None
    event_rank = 1
    output_rank = 1

    def forward(self, x: Pair) -> Pair:
        below, log = normalised(flat(x, 1))
        return event([fn.exp(v - log) for v in below], (len(below),))

    def inverse(self, y: Pair) -> Pair:
        return fn.log(y)

    def fldj(self, x: Pair) -> Pair:
        raise NotOffered("a map that is no injection has no log-det")

    def ildj(self, y: Pair) -> Pair:
        return self.fldj(y)


class Ascending(Map):
    """y_0 = x_0, y_i = y_(i-1) + e^x_i."""

    increasing = None
    event_rank = 1
    output_rank = 1

    def forward(self, x: Pair) -> Pair:
        first, *steps = flat(x, 1)
        sums = [first]
        for step in steps:
            sums.append(sums[-1] + fn.exp(step))
        return event(sums, (len(sums),))

    def inverse(self, y: Pair) -> Pair:
        entries = flat(y, 1)
        return event([entries[0], *_log_gaps(entries)], (len(entries),))

    def fldj(self, x: Pair) -> Pair:
        return total([per_event(x, 1), *flat(x, 1)[1:]])

    def ildj(self, y: Pair) -> Pair:
        return -total([per_event(y, 1), *_log_gaps(flat(y, 1))])


class UnitVector(Map):
    """(2 x, |x|^2 - 1)/(|x|^2 + 1), from R^n onto the sphere without its pole.

    The log-det is with respect to surface measure: n log(2/(|x|^2 + 1)), and 2/(|x|^2 + 1) = 1 - y_n.
    """

    increasing = None
    event_rank = 1
    output_rank = 1

    def forward(self, x: Pair) -> Pair:
        entries = flat(x, 1)
        down, one, k = scaled_down(entries)
        squares = total([v.square() for v in down])
        # Times 2^-k once more, and exactly: the scaled entries are x 2^-k, and so is 2 x/(|x|^2 + 1).
        shrunk = Pair.of(np.ldexp(np.ones_like(one.hi), -k))
        heads = [(v * shrunk).scaled(2.0) / (squares + one) for v in down]
        return event([*heads, (squares - one) / (squares + one)], (len(entries) + 1,))

    def inverse(self, y: Pair) -> Pair:
        *heads, last = flat(y, 1)
        return event([v / (1.0 - last) for v in heads], (len(heads),))

    def fldj(self, x: Pair) -> Pair:
        entries = flat(x, 1)
        squares = total([v.square() for v in entries])
        near = -fn.log1p((squares - 1.0).scaled(0.5))
        apart = x.like(fn.LOG2) - log_one_more(entries)
        inside = (squares.hi > 0.5) & (squares.hi < 2.0)
        return where(inside, near, apart) * x.like(Fraction(len(entries)))

    def ildj(self, y: Pair) -> Pair:
        *heads, last = flat(y, 1)
        return -fn.log1p(-last) * y.like(Fraction(len(heads)))


def normalised(entries: list[Pair]) -> tuple[list[Pair], Pair]:
    """The entries less the largest of them, and the logarithm of the sum of their exponentials."""
    largest = entries[-1]
    for entry in entries:
        largest = where(entry.hi > largest.hi, entry, largest)
    below = [entry - largest for entry in entries]
    return below, fn.log(total([fn.exp(v) for v in below]))


def _log_gaps(entries: list[Pair]) -> list[Pair]:
    return [fn.log(after - before) for before, after in pairwise(entries)]
