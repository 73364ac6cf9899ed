"""What follows mechanically from a scalar transform's forward map: value, slope, log|slope|, and how that bends.

Leaves are differentiated by Taylor series over balls; chains and inverses compose by the chain rule, stage by stage,
so that log|f'| of a chain is a sum even where the product of the slopes would leave every range.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flint import arb

from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.numbers.log_slopes import log_slope
from conformance.oracle.numbers.series import SeriesNumbers
from conformance.oracle.pointwise.certified_inverse import certified_inverse

BALLS = BallNumbers()
FIRST = SeriesNumbers(2)
SECOND = SeriesNumbers(3)
_NAN = arb("nan")


class Jet(NamedTuple):
    """All enclosures. ``slope`` is f', ``log_slope`` log|f'|, ``bend`` f''/f' = (log|f'|)'."""

    value: Any
    slope: Any
    log_slope: Any
    bend: Any


_UNKNOWN = Jet(_NAN, _NAN, _NAN, _NAN)


def value_at(definition: TransformDefinition, x: arb) -> arb:
    """An enclosure of f over the ball ``x``, at the current precision."""
    if definition.kind == "chain":
        for part in definition.parts:
            x = value_at(part, x)
        return x
    if definition.kind == "inverse":
        return inverse_at(definition.parts[0], x)
    return definition.forward(BALLS, x)


def inverse_at(definition: TransformDefinition, y: arb) -> arb:
    """A certified ball that contains every x with f(x) in the ball ``y``; nan where this precision proves none."""
    if definition.kind == "chain":
        for part in reversed(definition.parts):
            y = inverse_at(part, y)
        return y
    if definition.kind == "inverse":
        return value_at(definition.parts[0], y)
    return certified_inverse(definition, y)


def jet_at(definition: TransformDefinition, x: arb) -> Jet:
    """The jet of f over the ball ``x``, at the current precision; not finite where it cannot tell."""
    if definition.kind == "chain":
        return _composed(definition.parts, x, jet_at)
    if definition.kind == "inverse":
        return inverse_jet_at(definition.parts[0], x)
    try:
        series = definition.forward(SECOND, SECOND.variable(x))
    except (ValueError, ZeroDivisionError):  # FLINT's series raise where a ball does not stay clear of a pole
        return _UNKNOWN
    first = series[1]
    log_first = abs(first).log()
    if not log_first.is_finite():
        log_first = log_slope(definition, x)
    return Jet(series[0], first, log_first, 2 * series[2] / first)


def inverse_jet_at(definition: TransformDefinition, y: arb) -> Jet:
    """The jet of the inverse map over the ball ``y``: its value is certified, the rest follows from f's own jet."""
    if definition.kind == "chain":
        return _composed(tuple(reversed(definition.parts)), y, inverse_jet_at)
    if definition.kind == "inverse":
        return jet_at(definition.parts[0], y)
    at = certified_inverse(definition, y)
    jet = jet_at(definition, at)
    return Jet(at, 1 / jet.slope, -jet.log_slope, -jet.bend / jet.slope)


def _composed(parts: tuple[TransformDefinition, ...], x: arb, jet: Callable[[TransformDefinition, arb], Jet]) -> Jet:
    value, slope, total, bend = x, arb(1), arb(0), arb(0)
    for part in parts:
        outer = jet(part, value)
        bend = bend + outer.bend * slope
        value, slope, total = outer.value, slope * outer.slope, total + outer.log_slope
    return Jet(value, slope, total, bend)
