"""Prove one piece: a polynomial that follows a function on a run of consecutive floats, with a bound on its error.

The Taylor coefficients at the centre come from Taylor series over balls; the remainder after n terms is the n-th
coefficient of the same series taken over a ball that covers the whole run (Taylor's theorem in Lagrange's form: the
coefficient a_n(xi) for some xi between the centre and x). Everything that evaluation in rounded arithmetic adds is
bounded beforehand, so that the bound of a piece holds for every float of the run, whatever computes it.

What cannot be proved this way (a kink, a singularity, the edge of a domain) is cut finer, and in the end left to the
tier that works point by point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from math import frexp
from typing import Protocol

from flint import arb, arb_series, ctx

from conformance.floats.enclosures import Kind
from conformance.oracle.piecewise.words import INFLATE, magnitude, rounded, shorten, up
from conformance.oracle.pointwise.narrow import FARTHEST_EXPONENT

_PRECISIONS = (96, 192, 448, 960, 2048)
_WIDE_PRECISION = 320
"""Enough for most runs, and for float32's 128 bits of exponent."""

_WIDEST_PRECISION = 1280
"""Enough to see that a value is below every subnormal float64 (2**-1094) where 1 - 1 is how it comes about."""

_SPARE_BITS = 8
"""The series is continued until its remainder is this many bits below what would just be accepted."""

_LOG_BOUND = 2.0**-9
"""Accepted error of log2 of a value that overflows: no verdict depends on more than its first bits."""


class Series(Protocol):
    """A function as Taylor series in t at x + t, every coefficient valid for all points of the ball x.

    Not-a-number coefficients say that nothing is known. Both methods work at the current ``ctx.prec``.
    """

    def __call__(self, x: arb, terms: int) -> arb_series:
        """The series of the function."""

    def wide_value(self, x: arb) -> arb:
        """An enclosure of the function over a ball too wide for a series; not-a-number where not known."""

    def log_magnitude(self, x: arb, terms: int) -> tuple[int, arb_series]:
        """The sign of the function and the series of its logarithm's size, for values that overflow."""


@dataclass(frozen=True)
class Line:
    """What a table of pieces is good for: the floats it is asked at, and the accuracy that it must prove.

    ``precision``, ``emin`` and ``emax`` describe the target format (see ``conformance.floats.formats``); ``words`` is
    the number of float64 that carry a coefficient; ``slack_bits`` s: a bound of 2**-s ulp of the target is accepted.
    A binade may be cut into 16 ``depth`` times. ``terms``: the longest polynomial for a whole binade, and for a part
    of one. ``exponents``: the least and the largest binade (2**e) that the table looks at. ``patience``: attempts in
    one binade after which it is given up if none succeeded.
    """

    name: str
    precision: int
    emin: int
    emax: int
    words: int
    slack_bits: int
    depth: int
    terms: tuple[int, int]
    exponents: tuple[int, int]
    patience: int

    @property
    def accept(self) -> float:
        """The accepted bound relative to the value, an ulp being at least 2**-precision of it."""
        return 2.0 ** -(self.precision + self.slack_bits)

    @property
    def floor(self) -> int:
        """log2 of the accepted absolute bound: 2**-slack_bits of the least subnormal."""
        return self.emin - self.precision + 1 - self.slack_bits

    @property
    def bits(self) -> int:
        """How many bits of the largest coefficient have to be known."""
        return 60 if self.words == 1 else 112


FLOAT32_LINE = Line("float32", 24, -126, 127, 1, 20, 5, (7, 13), (-149, 127), 420)
"""Serves float32, bfloat16 and float16: their floats are float32 values, and their ulps are not smaller."""

FLOAT64_LINE = Line("float64", 53, -1022, 1023, 2, 20, 3, (16, 28), (-1023, 1023), 49)
"""Serves float64; its binade -1023 is the run of all subnormals, which is not cut into parts."""


class Form(IntEnum):
    """What the polynomial p of a piece stands for; t is the truth."""

    VALUE = 0
    """|t - p * 2**exponent| <= bound * 2**exponent."""
    LOG_POSITIVE = 1
    """t > 0 and | log2 t - p * 2**exponent | <= bound * 2**exponent; t overflows on the whole run."""
    LOG_NEGATIVE = 2
    """The same for -t."""
    FLAT = 3
    """t is p, exactly, on the whole run, which any formula has as a sum that cancels: its condition number is inf."""


@dataclass(frozen=True)
class Piece:
    """The truth on a run of floats by way of p((x - centre) / radius).

    ``coefficients`` as (high, low) words, constant term first; the first ``fine`` of them are evaluated in pairs of
    words, the others in one. A VALUE with |p| < ``least`` is not accurate enough to
    be used. A ``kind`` other than FINITE says that the truth is of that kind on the whole run.
    """

    coefficients: tuple[tuple[float, float], ...]
    exponent: int
    bound: float
    least: float
    kind: Kind = Kind.FINITE
    form: Form = Form.VALUE
    fine: int = 0


def flat_piece(value: float) -> Piece:
    """A run on which the density of a uniform law on (0, 1), 1, or its logarithm, 0, is ``value``."""
    return replace(constant_piece(value), form=Form.FLAT)


def constant_piece(value: float, kind: Kind = Kind.FINITE) -> Piece:
    """A run on which the truth is exactly ``value``, or of one ``kind`` throughout."""
    return Piece(((value, 0.0),), 0, 0.0, 0.0, kind)


@dataclass(frozen=True)
class Run:
    """Consecutive floats from ``first`` to ``last`` (by size), all within 2**radius of ``centre``."""

    first: float
    last: float
    centre: float
    radius: int

    def ball(self) -> arb:
        """A ball that covers the run, and as little else as its rounding allows."""
        first, last = arb(self.first), arb(self.last)
        return (first + last) / 2 + arb(0, 1) * ((last - first) / 2)


def build_piece(series: Series, line: Line, run: Run, terms: int) -> Piece | None:
    """A proved piece with at most ``terms`` coefficients; None where this attempt proved nothing.

    Leaves ``ctx`` as it was.
    """
    prec, cap = ctx.prec, ctx.cap
    try:
        ctx.prec = _WIDE_PRECISION
        ball = run.ball()
        return (
            _flat(series, line, ball)
            or _negligible(series, line, run)
            or _polynomial(series, line, run, terms)
            or _overflow(series, line, run)
        )
    finally:
        ctx.prec, ctx.cap = prec, cap


def _flat(series: Series, line: Line, ball: arb) -> Piece | None:
    """One value will do for the whole run: 0 where all are negligible beside the least subnormal, or a constant."""
    value = series(ball, 1)[0]
    if not value.is_finite() or value.contains(0):
        # What vanishes beneath an exponential of an exponential has lost its size in a ball.
        wide = series.wide_value(ball)
        value = wide if wide.is_finite() and (not value.is_finite() or wide.rad() < value.rad()) else value
        if not value.is_finite():
            return None
    top = magnitude(value)
    if top is None:
        return constant_piece(0.0)
    if top < line.floor:
        return Piece(((0.0, 0.0),), max(top, -FARTHEST_EXPONENT), 1.0, 0.0)
    scaled = value * arb((1, -top))
    words, rounding = rounded(scaled.mid(), line.words)
    bound = (rounding + up(scaled.rad())) * INFLATE
    small = abs(top) < FARTHEST_EXPONENT and bound <= line.accept * 2.0**-_SPARE_BITS * 0.25
    return Piece((words,), top, bound, 0.0, fine=line.words - 1) if small else None


def _negligible(series: Series, line: Line, run: Run) -> Piece | None:
    """0 for a run on which every value is beneath notice, where ``_flat`` lacks the precision to see it.

    By Taylor's theorem with two terms: differences of nearly equal numbers make the plain value over a ball too wide.
    """
    if line.floor > -_WIDE_PRECISION:
        return None
    wide = series(run.ball(), 3)
    if not wide[0].is_finite() or not wide[0].contains(0):
        return None
    try:
        ctx.prec = _WIDEST_PRECISION
        at, step = series(arb(run.centre), 2), arb((1, run.radius))
        whole = abs(at[0]) + abs(at[1]) * step + abs(wide[2]) * step * step
        top = magnitude(whole) if whole.is_finite() else None
    finally:
        ctx.prec = _WIDE_PRECISION
    return Piece(((0.0, 0.0),), top, 1.0, 0.0) if top is not None and top < line.floor else None


def _polynomial(series: Series, line: Line, run: Run, terms: int) -> Piece | None:
    taylor = _taylor(series, run, terms, line.bits)
    if taylor is None:
        return None
    coefficients, exponent = taylor
    sizes = [up(a) for a in coefficients]
    smallest = max(sizes[0] - sum(sizes[1:]), 2.0**-6)
    fitted = _fit(series(run.ball(), terms + 1), coefficients, exponent, run, line, line.accept * smallest)
    if fitted is None:
        return None
    words, fine, bound = fitted
    if bound > line.accept * smallest:
        return None
    negligible = exponent + frexp(bound)[1] <= line.floor
    return Piece(words, exponent, bound, 0.0 if negligible else bound / line.accept * INFLATE, fine=fine)


def _overflow(series: Series, line: Line, run: Run) -> Piece | None:
    """Every value is beyond the largest float; its logarithm is a polynomial."""
    ctx.prec = _WIDE_PRECISION
    terms = 4
    sign, wide = series.log_magnitude(run.ball(), 1)
    least = wide[0].lower()
    if not least.is_finite() or not least > 0.7 * (line.emax + 4):
        return None
    if least > 0.7 * FARTHEST_EXPONENT:
        return constant_piece(0.0, Kind.POS_INF if sign > 0 else Kind.NEG_INF)
    log_two = arb(2).log()
    taylor = _taylor(lambda x, n: series.log_magnitude(x, n)[1] / log_two, run, terms, 60)
    if taylor is None:
        return None
    coefficients, exponent = taylor
    wanted = _LOG_BOUND * 2.0**-exponent if exponent > -60 else 1.0
    over = series.log_magnitude(run.ball(), terms + 1)[1] / log_two
    fitted = _fit(over, coefficients, exponent, run, replace(line, words=1), wanted)
    if fitted is None or fitted[2] > wanted:
        return None
    return Piece(fitted[0], exponent, fitted[2], 0.0, form=Form.LOG_POSITIVE if sign > 0 else Form.LOG_NEGATIVE)


def _taylor(series: object, run: Run, terms: int, bits: int) -> tuple[list[arb], int] | None:
    """Coefficients times 2**(radius j - exponent), the largest of them in [1/2, 1), precise to ``bits`` bits."""
    centre = arb(run.centre)
    for prec in _PRECISIONS:
        ctx.prec = prec + bits - 60
        found = series(centre, terms)  # type: ignore[operator]
        scaled = [found[j] * arb((1, run.radius * j)) for j in range(terms)]
        if not all(a.is_finite() for a in scaled):
            if prec > 200:
                return None
            continue
        top = max((e for e in (magnitude(a.mid()) for a in scaled) if e is not None), default=None)
        noise = max((e for e in (magnitude(a.rad()) for a in scaled) if e is not None), default=None)
        if top is None:
            if noise is None:
                return scaled, 0
            continue
        if noise is None or noise <= top - bits:
            return [a * arb((1, -top)) for a in scaled], top
    return None


def _fit(
    over: arb_series, coefficients: list[arb], exponent: int, run: Run, line: Line, accepted: float
) -> tuple[tuple[tuple[float, float], ...], int, float] | None:
    """Cut the series where its remainder no longer matters, round its coefficients, and bound all errors together.

    The coefficients, how many of them are evaluated in two words, and the bound.
    """
    wanted = accepted * 2.0**-_SPARE_BITS
    remainder, length = float("inf"), 0
    for n in range(1, len(coefficients) + 1):
        tail = over[n] * arb((1, run.radius * n - exponent))
        if not tail.is_finite():
            return None
        size = up(tail)
        if size < remainder:
            remainder, length = size, n
        if size <= wanted:
            break
    if not remainder < accepted:
        return None
    words, fine, error = shorten(coefficients[:length], line.words, wanted)
    return words, fine, (remainder + error) * INFLATE
