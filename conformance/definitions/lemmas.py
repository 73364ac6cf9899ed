"""What is declared of densities and of slopes for proofs about integrals over infinite or singular stretches.

A number system shows what a formula is at a point; that a tail is bounded is a statement about all points beyond one.
Each declaration is such a statement about one elementary function, a lemma whose reason stands beside it, in the module
of its definition. Rates, growth, vanishing and what is beside a centre are audited at every use against the derivative
that follows mechanically from the definition (``oracle/statistics``); lines, Gaussian densities, constant scores, end
powers and kinks are held so in ``oracle/tests/test_lemmas.py``, for every definition of the catalogue.

All rates are OUTWARD logarithmic derivatives in the distance t from a centre, over everything beyond a distance L.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple, Protocol

from conformance.definitions.numbers import Element, NumberSystem


class OrderedNumbers(NumberSystem, Protocol):
    """What lemmas may use beside: enclosures that compare. A comparison is true only where it holds for certain, so
    that a lemma whose condition it states is claimed too seldom, and never wrongly."""

    def larger(self, x: Element, y: Element) -> Element:
        """The larger of two."""

    def hull(self, x: Element, y: Element) -> Element:
        """One enclosure of both and of everything between them."""

    def erfc_hazard(self, x: Element) -> Element:
        """2/sqrt(pi) exp(-x^2) / erfc(x), which rises (DLMF 7.8.2): minus the derivative of ``log_erfc``."""

    def bessel_k_ratio(self, x: Element) -> Element:
        """K_0(x)/K_1(x) for x > 0, which rises to 1 (DLMF 10.37.1)."""


@dataclass(frozen=True)
class DensityRate:
    """Beyond L the outward derivative of log density lies in [lo, hi]; where ``power``, t times that derivative does.

    lo is None where the derivative is not bounded below.
    """

    lo: Element | None
    hi: Element
    power: bool = False


@dataclass(frozen=True)
class SlopeRate:
    """Beyond L the outward derivative of log|f'| lies in [lo, hi] and is at most size * exp(growth * (t - L)) in size.

    ``rise`` bounds log|f'| from above, relative to its value at L. None stands for "not bounded" in lo and in rise.
    """

    lo: Element | None
    hi: Element
    size: Element
    growth: Element
    rise: Element | None


class Vanishing(NamedTuple):
    """The density is t^``power`` times a constant, power > 0, t the distance from a finite end, up to ``reach``."""

    power: Fraction
    reach: Fraction


@dataclass(frozen=True)
class DensityLemmas:
    """Of a law of numbers that has a density of its own.

    ``centre``: the point that distances are measured from, and the only kink; None: ``loc``, or 0 without one.
    ``rate(ns, side, L)``: the rate at the infinite end on ``side`` (+1 or -1); None, as a result too: not known.
    ``score(ns, side, t)``: (B, c) with |(log p)'| at most B e^(c t') in size at the distance t + t', for all t' > 0.
    ``constant_score``: (log p)', where it is the same all over the support.
    ``gaussian``: the log density is -z^2/2 + const, z = (x - loc)/scale, on the whole line.
    ``vanishing``: by side, how the density falls to 0 at that end, which is finite, where the end is not the centre.
    ``centre_rate(ns, L)``: [lo, hi] that holds t times the derivative by t of log density for all t up to L, of a
    density that vanishes at its centre or grows without bound there.
    ``knots``: places inside the support at which the density's pieces join, beside the centre.
    ``kinked``: the density is another function on either side of its centre.
    """

    centre: Fraction | None = None
    rate: Callable[[OrderedNumbers, int, Element], DensityRate | None] | None = None
    score: Callable[[OrderedNumbers, int, Element], tuple[Element, Element]] | None = None
    constant_score: Fraction | None = None
    gaussian: bool = False
    vanishing: Mapping[int, Vanishing] = field(default_factory=dict)
    centre_rate: Callable[[OrderedNumbers, Element], tuple[Element, Element]] | None = None
    knots: tuple[Fraction, ...] = ()
    kinked: bool = False


@dataclass(frozen=True)
class SlopeLemmas:
    """Of a transform that is a leaf.

    ``line``: (loc, scale) of a map that is loc + scale x.
    ``rate(ns, side, x)``: the rate of log|f'| from the point x outwards to the infinite end on ``side``; None, as a
    result too: not known, or x is not yet far enough out. ``inverse_rate``: the same of the inverse map.
    ``end_power``: m with log|f'| = m log t + const exactly, t the distance from the finite end of the domain;
    ``inverse_end_power``: the same of the inverse map.
    ``end_rate(ns, low, L)``: an enclosure of t times the derivative by t of log|f'|, t the distance from the lower or
    the upper end, which is finite, for all t up to L < 1.
    ``gaussian_rate(ns, loc, scale, L, k)``: an upper bound, over all distances t > L from loc, of the derivative by t
    of -(t/scale)^2/2 + k log|f'|, where either by itself is unbounded; None where there is none.
    ``log_slope(ns, x)``: log|f'| in closed form, of a map whose slope is a sum of two, each of which vanishes where the
    sum does not.
    ``algebraic``: ``inverse_candidate`` is the inverse by algebra, and no guess.
    """

    line: tuple[Fraction, Fraction] | None = None
    rate: Callable[[OrderedNumbers, int, Element], SlopeRate | None] | None = None
    inverse_rate: Callable[[OrderedNumbers, int, Element], SlopeRate | None] | None = None
    end_power: Fraction | None = None
    inverse_end_power: Fraction | None = None
    end_rate: Callable[[OrderedNumbers, bool, Element], Element] | None = None
    gaussian_rate: Callable[[OrderedNumbers, float, float, Element, int], Element | None] | None = None
    log_slope: Callable[[NumberSystem, Element], Element] | None = None
    algebraic: bool = False


def bounded_rate(ns: OrderedNumbers, lo: Element, hi: Element, rise: Element | None = None) -> SlopeRate:
    """The rate of a derivative that lies in [lo, hi] all the way out; where that is never positive ``rise`` is 0."""
    zero = ns.const(0.0)
    if rise is None:
        rise = zero if hi <= 0 else None
    return SlopeRate(lo, hi, ns.larger(abs(lo), abs(hi)), zero, rise)


def shrinking_rate(ns: OrderedNumbers, end: Element) -> SlopeRate:
    """The rate of a derivative that is ``end`` at L and keeps its sign while it shrinks to 0."""
    zero = ns.const(0.0)
    return bounded_rate(ns, end, zero) if end <= 0 else bounded_rate(ns, zero, end)
