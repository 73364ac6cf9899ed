"""Elementary functions at one number, certified: what a framework's operator of that name is held against.

Guarantee: an element is the value of the function at exactly the given floats, enclosed by Arb to 2**-20 ulp of the
format, or UNDECIDED: outside the function's domain, at infinities and nan, and where the precision's cap is reached.
Every function is Arb's own (https://flintlib.org/doc/arb.html, arb_hypgeom.html) or one of the number system of balls
that all definitions are written over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.pointwise.narrow import split
from conformance.oracle.pointwise.ziv import narrow, precision_cap, start_precision

_NUMBERS = BallNumbers()

FUNCTIONS: dict[str, Callable[..., arb]] = {
    "exp": _NUMBERS.exp,
    "expm1": _NUMBERS.expm1,
    "log": _NUMBERS.log,
    "log1p": _NUMBERS.log1p,
    "sqrt": _NUMBERS.sqrt,
    "rsqrt": lambda x: x.rsqrt(),
    "sin": lambda x: x.sin(),
    "cos": lambda x: x.cos(),
    "tan": lambda x: x.tan(),
    "asin": lambda x: x.asin(),
    "acos": lambda x: x.acos(),
    "atan": lambda x: x.atan(),
    "sinh": _NUMBERS.sinh,
    "cosh": _NUMBERS.cosh,
    "tanh": _NUMBERS.tanh,
    "asinh": _NUMBERS.asinh,
    "acosh": lambda x: x.acosh(),
    "atanh": _NUMBERS.atanh,
    "sigmoid": _NUMBERS.sigmoid,
    "softplus": _NUMBERS.softplus,
    "log_sigmoid": lambda x: -_NUMBERS.softplus(-x),
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "erfinv": lambda x: x.erfinv(),
    "ndtri": _NUMBERS.ndtri,
    "lgamma": lambda x: x.lgamma(),
    "digamma": lambda x: x.digamma(),
    "pow": lambda x, y: x**y,
}
"""By the names of ``adapters.interface.operators.ARGUMENTS``."""

_INSIDE: dict[str, Callable[[float], bool]] = {
    **dict.fromkeys(("log", "sqrt", "rsqrt", "lgamma", "digamma", "pow"), lambda x: x > 0),
    "log1p": lambda x: x > -1,
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), lambda x: -1 < x < 1),
    "acosh": lambda x: x > 1,
    "ndtri": lambda x: 0 < x < 1,
}
"""Where the first argument lies for a function to be asked: the inside of its domain, so that no convention about an
end is taken for an error. Everywhere else: all numbers."""


def elementary(function: str, inputs: Sequence[NDArray[Any]], fmt: Format) -> Enclosures:
    """The exact values of ``function`` at the floats of ``inputs``: an array of shape (N,) per argument."""
    found = Enclosures.empty(len(inputs[0]))
    saved = ctx.prec
    try:
        for at, numbers in enumerate(zip(*(each.astype(np.float64) for each in inputs), strict=True)):
            _fill(found, at, function, [float(number) for number in numbers], fmt)
    finally:
        ctx.prec = saved
    return found


def _fill(found: Enclosures, at: int, function: str, numbers: list[float], fmt: Format) -> None:
    if not all(map(isfinite, numbers)) or not _INSIDE.get(function, isfinite)(numbers[0]):
        return
    start = max(start_precision(number, fmt) for number in numbers)
    ball = narrow(lambda: FUNCTIONS[function](*map(arb, numbers)), fmt, start, precision_cap(fmt))
    if ball is None:
        return
    parts = split(ball)
    found.hi[at], found.lo[at], found.err[at], found.exponent[at], found.kind[at] = parts
    found.certificate[at], found.condition[at] = Certificate.CERTIFIED, 0.0
    if parts.kind != Kind.FINITE:
        found.kind[at] = Kind.UNDECIDED


def digits_of(function: str, numbers: Sequence[float], digits: int = 30) -> str:
    """So many significant digits of the exact value, all of them right; "" where it is not known."""
    saved = ctx.prec
    try:
        for precision in (256, 1024, 4096):
            ctx.prec = precision
            ball = FUNCTIONS[function](*map(arb, numbers))
            if ball.is_finite() and (ball.is_exact() or ball.rel_accuracy_bits() > 4 * digits):
                return str(ball.str(digits, radius=False))
        return ""
    finally:
        ctx.prec = saved
