"""Monotone splines: the identity outside an interval, rational functions between knots inside."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import accumulate, pairwise
from typing import NamedTuple

from conformance.definitions.intervals import REALS
from conformance.definitions.numbers import Element, NumberSystem, exact
from conformance.definitions.tails import Tail
from conformance.definitions.transforms import parameters
from conformance.definitions.transforms.definition import ScalarMap, TransformDefinition

Row = tuple[float, ...]
Corner = float
"""A number that is documented as one: an array of them makes no batch."""


class _Bin(NamedTuple):
    """Between two knots: where it begins, how wide and high it is, the slopes at its ends."""

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction
    first: Fraction
    last: Fraction


def rational_quadratic_spline(
    bin_widths: Row, bin_heights: Row, knot_slopes: Row, range_min: Corner
) -> TransformDefinition:
    """The monotone rational quadratic spline through knots that begin at (range_min, range_min) and stand apart by
    ``bin_widths`` and ``bin_heights``, with ``knot_slopes`` at the inner ones and 1 at the outer; the identity outside.

    With t = (x - x_k)/w, u = t(1 - t) and s = h/w, between two knots whose slopes are d and e:
    y = y_k + h (s t^2 + d u)/(s + (d + e - 2s) u).
    Source: Durkan, Bekasov, Murray & Papamakarios, Neural Spline Flows (2019), equation (4) and appendix A; that
    widths and heights are measured from one number is TensorFlow Probability's.
    """
    name = "rational_quadratic_spline"
    parameters.finite(name, range_min=range_min)
    bins = _bins(name, bin_widths, bin_heights, knot_slopes, range_min)
    end = bins[-1].x + bins[-1].width
    across, up = [*(b.x for b in bins), end], [*(b.y for b in bins), end]

    def forward(ns: NumberSystem, x: Element) -> Element:
        return _by_piece(ns, x, across, [partial(_rational, b) for b in bins])

    def candidate(ns: NumberSystem, y: Element) -> Element:
        return _by_piece(ns, y, up, [partial(_solved, b) for b in bins])

    size = float(max(abs(bins[0].x), abs(end)))
    return TransformDefinition(
        name=name,
        params={
            "bin_widths": bin_widths,
            "bin_heights": bin_heights,
            "knot_slopes": knot_slopes,
            "range_min": range_min,
        },
        forward=forward,
        inverse_candidate=candidate,
        domain=REALS,
        codomain=REALS,
        increasing=True,
        formula="spline(x)",
        reference="Durkan, Bekasov, Murray & Papamakarios 2019, equation (4)",
        ordinary=(float(bins[0].x) - 1.0, float(end) + 1.0),
        added=(size, size),
        batched=("bin_widths", "bin_heights", "knot_slopes"),
        lower_tail=Tail.of(),
        upper_tail=Tail.of(),
    )


def _bins(name: str, widths: Row, heights: Row, slopes: Row, start: float) -> list[_Bin]:
    for parameter, value in (("bin_widths", widths), ("bin_heights", heights), ("knot_slopes", slopes)):
        if value and any(v <= 0 for v in parameters.vector(name, parameter, value)):
            raise parameters.BadParameter(name, parameter, value, "positive throughout")
    if len(heights) != len(widths) or len(slopes) != len(widths) - 1:
        raise parameters.BadChoice(name, "takes as many bin_heights as bin_widths, and one knot_slope less")
    lengths = [[Fraction(v) for v in row] for row in (widths, heights)]
    if sum(lengths[0]) != sum(lengths[1]):
        raise parameters.BadChoice(name, "takes bin_heights that add up to what bin_widths add up to, exactly")
    x, y = (list(accumulate(row, initial=Fraction(start))) for row in lengths)
    ends = [Fraction(1), *map(Fraction, slopes), Fraction(1)]
    return [
        _Bin(x[k], y[k], width, height, ends[k], ends[k + 1])
        for k, (width, height) in enumerate(zip(*lengths, strict=True))
    ]


def _by_piece(ns: NumberSystem, v: Element, knots: Sequence[Fraction], pieces: Sequence[ScalarMap]) -> Element:
    """The identity outside the knots, ``pieces[k]`` of what is beyond knot k between that and the next.

    A branch is a function of what it is given, and of nothing else: a number system may ask it at another element.
    """
    widths = [after - before for before, after in pairwise(knots)]

    def beyond(k: int, u: Element) -> Element:
        """u: how far beyond knot k."""
        if k == len(widths):
            return u + exact(ns, knots[k])
        width = exact(ns, widths[k])
        return ns.piecewise(u - width, lambda r: pieces[k](ns, r + width), lambda r: beyond(k + 1, r))

    first = exact(ns, knots[0])
    return ns.piecewise(v - first, lambda u: u + first, partial(beyond, 0))


def _rational(b: _Bin, ns: NumberSystem, u: Element) -> Element:
    one, slope = ns.const(1.0), exact(ns, b.height / b.width)
    t = u / exact(ns, b.width)
    mixed = t * (one - t)
    numerator = slope * t * t + exact(ns, b.first) * mixed
    denominator = slope + exact(ns, b.first + b.last - 2 * b.height / b.width) * mixed
    return exact(ns, b.y) + exact(ns, b.height) * numerator / denominator


def _solved(b: _Bin, ns: NumberSystem, u: Element) -> Element:
    """The root between 0 and 1 of the quadratic equation for t, in the form without cancellation."""
    slope = b.height / b.width
    bent = u * exact(ns, b.first + b.last - 2 * slope)
    square = exact(ns, b.height * (slope - b.first)) + bent
    linear = exact(ns, b.height * b.first) - bent
    constant = exact(ns, slope) * u
    root = ns.sqrt(linear * linear + ns.const(4.0) * square * constant)
    t = ns.const(2.0) * constant / (linear + root)
    return exact(ns, b.x) + exact(ns, b.width) * t
