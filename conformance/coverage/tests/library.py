"""A small library with classes, seen through an adapter file; PLANTED in the environment says what a later release has.

fresh      one more transform class, which nobody has decided about
hostile    one more, whose name retitles a terminal
naming     to be asked for the classes is a segmentation fault
binding    to bind sigmoid is one
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from types import ModuleType

import numpy as np

from adapters.interface import Adapter as AdapterBase
from adapters.interface import (
    BoundDistribution,
    BoundTransform,
    Description,
    NotOffered,
    PublicClass,
    Reproduction,
    Spec,
)
from adapters.interface.classes import DISTRIBUTION, TRANSFORM, public_classes
from adapters.interface.contract import Array


class Map:
    """The base of the library's transforms."""


class Exp(Map):
    """exp."""


class Sigmoid(Map):
    """The logistic function."""


class Chain(Map):
    """Maps, one after the other."""

    def __init__(self, *parts: Map) -> None:
        self.parts = [tuple(parts)]


class _Turned(Map):
    """The inverse of a map, which is no public class."""

    def __init__(self, of: Map) -> None:
        self.of = of


class Ordered(Map):
    """What no subject constructs."""


class Law:
    """The base of the library's distributions."""


class Chi2(Law):
    """What the Student's t below draws from."""


class StudentT(Law):
    def __init__(self) -> None:
        self.helper = Chi2()


class Normal(Law):
    """A normal."""


class Pushforward(Law):
    """A law and the map that it goes through."""

    def __init__(self, base: Law, through: Map) -> None:
        self.base, self.maps = base, {"through": through}


MODULE = ModuleType("library")
for _each in (Map, Exp, Sigmoid, Chain, _Turned, Ordered, Law, Chi2, StudentT, Normal, Pushforward):
    setattr(MODULE, _each.__name__, _each)
PLANTED = os.environ.get("PLANTED", "")
if PLANTED in ("fresh", "hostile"):
    name = "Fresh" if PLANTED == "fresh" else "Fresh\x1b]0;mine\x07"
    setattr(MODULE, name, type(name, (Map,), {}))


def made(spec: Spec) -> Map:
    """The library's object for ``spec``."""
    if spec.name == "chain":
        return Chain(*map(made, spec.parts))
    if spec.name == "inverse":
        return _Turned(made(spec.parts[0]))
    if spec.name == "sigmoid" and PLANTED == "binding":
        ctypes.string_at(0)
    if spec.name not in ("exp", "sigmoid"):
        raise NotOffered(spec.name)
    return {"exp": Exp, "sigmoid": Sigmoid}[spec.name]()


class Transform(BoundTransform):
    def __init__(self, spec: Spec) -> None:
        self._made = made(spec)

    def constructed(self) -> Sequence[object]:
        return [self._made]

    def forward(self, x: Array) -> Array:
        raise NotOffered("values")

    def inverse(self, y: Array) -> Array:
        raise NotOffered("values")

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        raise NotOffered("values")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        raise NotOffered("scripts")


class Distribution(BoundDistribution):
    def __init__(self, spec: Spec) -> None:
        base = (spec.parts[0] if spec.parts else spec).name
        if base not in ("normal", "student_t"):
            raise NotOffered(base)
        law: Law = Normal() if base == "normal" else StudentT()
        self._made = Pushforward(law, made(spec.parts[1])) if spec.parts else law

    def constructed(self) -> Sequence[object]:
        return [self._made]

    def log_prob(self, y: Array) -> Array:
        raise NotOffered("values")

    def sample(self, count: int, seed: int) -> Array:
        raise NotOffered("values")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        raise NotOffered("scripts")


class Adapter(AdapterBase):
    """The door to the library."""

    name = "library"

    def describe(self) -> Description:
        return Description("library", "1.1" if PLANTED else "1.0", {"numpy": np.__version__})

    def public_classes(self) -> Sequence[PublicClass]:
        if PLANTED == "naming":
            ctypes.string_at(0)
        return [
            *public_classes(TRANSFORM, Map, {"library": MODULE}),
            *public_classes(DISTRIBUTION, Law, {"library": MODULE}),
        ]

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        return Transform(spec)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        return Distribution(spec)
