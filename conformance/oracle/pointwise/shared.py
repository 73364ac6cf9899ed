"""What several quantities of one subject have in common at one float, worked out once.

The log density, the density and the tails of a law need the preimage of the value and its log density; an inverse and
its log-det need one jet, and so do a value and its log-det. They are asked one quantity after another, at the same
floats and mostly at the same precision. GUARANTEE: what is kept is what would be computed again, bit by bit, since it
follows from the definition, the float and the precision alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from flint import arb, ctx

from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.oracle.pointwise.jets import FIRST, Jet, inverse_jet_at, jet_at

T = TypeVar("T")

_ZERO, _ONE = arb(0), arb(1)

_KEPT = 1 << 13
"""Points: twice the standard points of a wide format. Each holds half a kilobyte, and at 8,192 bits 4 kB."""


class Point(NamedTuple):
    """A ball for a quantity and one for its derivative with respect to the input."""

    value: arb
    derivative: arb


class Scored(NamedTuple):
    """Where a value of a law comes from, and its log density."""

    preimage: arb
    log_prob: Point


class Itself(Generic[T]):
    """A definition as part of a cache's key: equal to itself alone, whatever another one says."""

    def __init__(self, definition: T) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return id(self.definition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other.definition is self.definition


def jet(transform: TransformDefinition, x: arb, *, back: bool) -> Jet:
    """The jet of the map, or of its inverse, at the current precision."""
    return (inverse_jet_at if back else jet_at)(transform, x)


def base_log_density(base: DistributionDefinition, x: arb) -> Point:
    """The log density of a law that is not seen through a map, at the current precision."""
    assert base.log_density is not None
    series = base.log_density(FIRST, FIRST.variable(x))
    return Point(series[0], series[1])


def scored(definition: DistributionDefinition, y: arb) -> Scored:
    """The value ``y`` of a law, at the current precision."""
    transform = definition.transform
    back = Jet(y, _ONE, _ZERO, _ZERO) if transform is None else inverse_jet_at(transform, y)
    density = base_log_density(definition.base or definition, back.value)
    return Scored(back.value, Point(density.value + back.log_slope, density.derivative * back.slope + back.bend))


def jet_of_float(transform: Itself[TransformDefinition], x: float, *, back: bool) -> Jet:
    """``jet`` at the float, as it was computed before where it was."""
    return _jet(transform, x, back, ctx.prec)


def scored_float(definition: Itself[DistributionDefinition], y: float) -> Scored:
    """``scored`` at the float, as it was computed before where it was."""
    return _scored(definition, y, ctx.prec)


def forget() -> None:
    """Nothing is kept any more: for whoever asks how long it takes."""
    _jet.cache_clear()
    _scored.cache_clear()


@lru_cache(maxsize=_KEPT)
def _jet(transform: Itself[TransformDefinition], x: float, back: bool, precision: int) -> Jet:
    return jet(transform.definition, arb(x), back=back)


@lru_cache(maxsize=_KEPT)
def _scored(definition: Itself[DistributionDefinition], y: float, precision: int) -> Scored:
    return scored(definition.definition, arb(y))
