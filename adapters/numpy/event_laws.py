"""Laws of events: independent entries, and their images under maps of events.

Guarantee: log densities are as accurate as those of the entries and the map, whose sum is one of pairs: within 0.51 ulp
unless its terms cancel. Outside the support, where an entry says so, they are -inf.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from adapters.interface import NotOffered, Spec, SpecError
from adapters.interface.spec import parse, written
from adapters.numpy.bases import build_base
from adapters.numpy.batches import batch_shape, member
from adapters.numpy.combinators import build
from adapters.numpy.densities import DENSITIES, Density, Entries, Table, root
from adapters.numpy.events.entries import event, flat, total
from adapters.numpy.events.location_scale import LocationScale, MatrixLocationScale, Rows, location_scale
from adapters.numpy.matrix_densities import MATRIX_DENSITIES
from adapters.numpy.pairs import Floats, Pair, where
from adapters.numpy.pushforward import Pushforward, Statistic
from adapters.numpy.ready_made import READY_MADE, law_of
from adapters.numpy.spherical_densities import SPHERICAL_DENSITIES
from adapters.numpy.transforms import Map

Shape = tuple[int, ...]


class Independent:
    """Entries that are independent of each other, in C order of an event of ``shape``."""

    def __init__(self, shape: Shape, members: Sequence[Pushforward]) -> None:
        self.shape, self.source, self.members = shape, shape, members

    def log_prob(self, y: Pair) -> Pair:
        entries = flat(y, len(self.shape))
        return _sum([law.log_prob(entry) for law, entry in zip(self.members, entries, strict=True)])

    log_prob_from_base = log_prob

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        drawn = [law.forward(Pair.of(law.base.draw(generator, count).astype(np.float64))) for law in self.members]
        return event(drawn, self.shape).hi

    def entropy(self) -> Statistic:
        """That of a product of densities."""
        return sum((Fraction(law.entropy()) for law in self.members), Fraction(0))

    def mean(self) -> Entries:
        """Of each entry in C order, as what follows."""
        return [law.mean() for law in self.members]

    def variance(self) -> Entries:
        return [law.variance() for law in self.members]

    def stddev(self) -> Entries:
        return [law.stddev() for law in self.members]

    def mode(self) -> Entries:
        return [law.mode() for law in self.members]

    def covariance(self) -> Table:
        """NotOffered where an entry has no variance."""
        found = self.variance()
        if not all(isinstance(v, Fraction) for v in found):
            raise NotOffered("the covariance of a law that has none")
        return [[v if i == j else Fraction(0) for j in range(len(found))] for i, v in enumerate(found)]


class Mapped:
    """f(X) for X with independent entries."""

    def __init__(self, base: Independent, transform: Map) -> None:
        if transform.event_rank != len(base.shape):
            raise NotOffered("an image of events needs a map of events")
        self.base, self.map, self.source = base, transform, base.shape
        self.shape = transform.forward(Pair.of(np.zeros((1, *base.shape)))).hi.shape[1:]

    def log_prob(self, y: Pair) -> Pair:
        return _sum([self.base.log_prob(self.map.inverse(y)), self.map.ildj(y)])

    def log_prob_from_base(self, x: Pair) -> Pair:
        return _sum([self.base.log_prob(x), -self.map.fldj(x)])

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Draws in float64."""
        return self.map.forward(Pair.of(self.base.draw(generator, count))).hi

    def entropy(self) -> Statistic:
        """Of a map whose log-det is the same everywhere."""
        if not isinstance(self.map, LocationScale):
            raise NotOffered("the entropy of an image under a map whose log-det varies")
        return self.base.entropy() + self.map.log_det

    def mean(self) -> Entries:
        """f(E X) of a linear map. NotOffered for others, as are all that follow."""
        linear, means = self._linear, self.base.mean()
        return [by + _dot(row, means) for by, row in zip(linear.loc, linear.rows, strict=True)]

    def covariance(self) -> Table:
        """L D L^T, D the variances of the base's entries."""
        rows, spreads = self._linear.rows, self.base.variance()
        return [[_dot([u * v for u, v in zip(one, other, strict=True)], spreads) for other in rows] for one in rows]

    def variance(self) -> Entries:
        return [row[i] for i, row in enumerate(self.covariance())]

    def stddev(self) -> Entries:
        return [root(v) for v in self.variance()]

    def mode(self) -> Entries:
        """The base's through a linear map, whose log-det is the same everywhere."""
        linear, modes = self._linear, self.base.mode()
        return [by + _dot(row, modes) for by, row in zip(linear.loc, linear.rows, strict=True)]

    @property
    def _linear(self) -> LocationScale:
        if not isinstance(self.map, LocationScale):
            raise NotOffered("moments and modes of an image under a map that is not linear")
        return self.map


EventLaw = Independent | Mapped | Density


def _dot(a: Sequence[Fraction], b: Sequence[Statistic]) -> Fraction:
    return sum((u * Fraction(v) for u, v in zip(a, b, strict=True)), Fraction(0))


def build_event_law(spec: Spec) -> EventLaw | None:
    """The law of events that ``spec`` names; None for a law of numbers. SpecError for parameters that it has not."""
    if spec.name in _READY_MADE:
        try:
            return _READY_MADE[spec.name](**spec.params)
        except (TypeError, ValueError):
            raise SpecError(f"{spec}: {spec.name} does not take these parameters") from None
    if spec.name == "independent" and len(spec.parts) == 1:
        part = spec.parts[0]
        shape = batch_shape(part)
        if float(len(shape)) != spec.params.get("ndims", 1.0) or not shape:
            raise SpecError(f"{spec}: takes a law whose parameters are arrays with as many axes")
        return Independent(shape, [_law(member(part, index)) for index in np.ndindex(*shape)])
    if spec.name == "transformed" and len(spec.parts) == 2:
        base = build_event_law(spec.parts[0])
        if isinstance(base, Independent):
            return Mapped(base, build(spec.parts[1]))
    return None


def _law(spec: Spec) -> Pushforward:
    if spec.name in READY_MADE:
        return law_of(spec)
    if spec.name == "transformed":
        return Pushforward(build_base(spec.parts[0]), build(spec.parts[1]))
    return Pushforward(build_base(spec), None)


def _normals(loc: Sequence[float], scale: Sequence[float]) -> Independent:
    text = f"independent(normal(loc={written(tuple(loc))},scale={written(tuple(scale))}),ndims=1.0)"
    made = build_event_law(parse(text))
    assert isinstance(made, Independent)
    return made


def _multivariate_normal(loc: Sequence[float], **scale: Any) -> Mapped:
    n = len(loc)
    return Mapped(_normals([0.0] * n, [1.0] * n), location_scale(loc, **scale))


def _matrix_normal(loc: Rows, scale_row: Rows, scale_column: Rows) -> Mapped:
    zeros, ones = (tuple((v,) * len(loc[0]) for _ in loc) for v in (0.0, 1.0))
    base = build_event_law(parse(f"independent(normal(loc={written(zeros)},scale={written(ones)}),ndims=2.0)"))
    assert isinstance(base, Independent)
    return Mapped(base, MatrixLocationScale(loc, scale_row, scale_column))


def _logistic_normal(loc: Sequence[float], scale: Sequence[float]) -> Mapped:
    return Mapped(_normals(loc, scale), build(parse("stick_breaking")))


_READY_MADE: dict[str, Callable[..., EventLaw]] = {
    "multivariate_normal": _multivariate_normal,
    "matrix_normal": _matrix_normal,
    "logistic_normal": _logistic_normal,
    **DENSITIES,
    **SPHERICAL_DENSITIES,
    **MATRIX_DENSITIES,
}
"""By names of their own; their draws are scored by no base value."""
READY_MADE_EVENTS = tuple(_READY_MADE)


def _sum(terms: Sequence[Pair]) -> Pair:
    """The sum; as soon as one term is -inf that, unless one is nan."""
    found = total(terms)
    lowest, unknown = (np.any([test(term.hi) for term in terms], axis=0) for test in (np.isneginf, np.isnan))
    return where(lowest & ~unknown, found.filled(-np.inf), found)
