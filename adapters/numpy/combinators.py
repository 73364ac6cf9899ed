"""Chain, inverse, independent and slices side by side over pairs, and the table from subject names to maps.

Intermediate values stay pairs, so that a chain is as accurate as its parts (no rounding between them).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from adapters.interface import NotOffered, Spec, SpecError
from adapters.interface.scripts import OPTIONAL
from adapters.numpy import transforms as tr
from adapters.numpy.correlation import CorrCholesky
from adapters.numpy.events import entries
from adapters.numpy.events.arrangement import fill_triangular, whole_numbers
from adapters.numpy.events.matrices import TransformDiagonal
from adapters.numpy.events.table import EVENT_MAPS, event_map
from adapters.numpy.maps import cdfs, clipping, elementary, extremes, hyperbolic, squashing
from adapters.numpy.pairs import Pair, joined
from adapters.numpy.stick_breaking import StickBreaking
from adapters.numpy.transforms import Map


class Chain(Map):
    """The first part is applied first; a scalar part among maps of events acts on every entry."""

    def __init__(self, parts: tuple[Map, ...]) -> None:
        mapping = [part for part in parts if part.event_rank]
        self.event_rank = rank = mapping[0].event_rank if mapping else 0
        lifted: list[Map] = []
        for part in parts:
            lifted.append(Independent(part, rank) if rank and not part.event_rank else part)
            rank = lifted[-1].output_rank
        self._parts = parts = tuple(lifted)
        self.output_rank = rank
        directions = [part.increasing for part in parts]
        self.increasing = None if None in directions else directions.count(False) % 2 == 0
        if self.event_rank == 0 and self.increasing is not None:
            self.domain = self._pulled_back()

    def _pulled_back(self) -> tuple[float, float]:
        """The inputs that stay inside every part's domain."""
        low, high = -math.inf, math.inf
        for part in reversed(self._parts):
            ends = np.clip(np.array([low, high]), *part.codomain)
            with np.errstate(all="ignore"):
                inner = part.inverse(Pair.of(ends)).hi
            low, high = float(max(inner.min(), part.domain[0])), float(min(inner.max(), part.domain[1]))
        return low, high

    def forward(self, x: Pair) -> Pair:
        for part in self._parts:
            x = part.forward(x)
        return x

    def inverse(self, y: Pair) -> Pair:
        for part in reversed(self._parts):
            y = part.inverse(y)
        return y

    def fldj(self, x: Pair) -> Pair:
        total = self._parts[0].fldj(x)
        for before, part in zip(self._parts, self._parts[1:], strict=False):
            x = before.forward(x)
            total = total + part.fldj(x)
        return total

    def ildj(self, y: Pair) -> Pair:
        total = self._parts[-1].ildj(y)
        for after, part in zip(self._parts[:0:-1], self._parts[-2::-1], strict=True):
            y = after.inverse(y)
            total = total + part.ildj(y)
        return total


class Inverse(Map):
    """The other direction of a map."""

    def __init__(self, part: Map) -> None:
        self._part = part
        self.event_rank, self.output_rank, self.increasing = part.output_rank, part.event_rank, part.increasing
        if part.event_rank == 0 and part.increasing is not None:
            self.domain = part.codomain

    def forward(self, x: Pair) -> Pair:
        return self._part.inverse(x)

    def inverse(self, y: Pair) -> Pair:
        return self._part.forward(y)

    def fldj(self, x: Pair) -> Pair:
        return self._part.ildj(x)

    def ildj(self, y: Pair) -> Pair:
        return self._part.fldj(y)


class Independent(Map):
    """A scalar map on every coordinate of the last axis, whose log-dets are summed."""

    increasing = None

    def __init__(self, part: Map, ndims: int) -> None:
        self._part = part
        self.event_rank = self.output_rank = ndims

    def forward(self, x: Pair) -> Pair:
        return self._part.forward(x)

    def inverse(self, y: Pair) -> Pair:
        return self._part.inverse(y)

    def fldj(self, x: Pair) -> Pair:
        return self._summed(self._part.fldj(x))

    def ildj(self, y: Pair) -> Pair:
        return self._summed(self._part.ildj(y))

    def _summed(self, x: Pair) -> Pair:
        for _ in range(self.event_rank):
            x = entries.total(entries.flat(x, 1))
        return x


class SideBySide(Map):
    """Scalar maps on the slices of an event along one of its axes, whose log-dets are summed."""

    increasing = None

    def __init__(self, parts: tuple[Map, ...], sizes: tuple[int, ...], dim: int, ndims: int) -> None:
        """dim: from the back, so negative."""
        self._parts, self._ends, self._dim = parts, np.cumsum(sizes), dim
        self.event_rank = self.output_rank = ndims

    def forward(self, x: Pair) -> Pair:
        return self._sliced([part.forward for part in self._parts], x)

    def inverse(self, y: Pair) -> Pair:
        return self._sliced([part.inverse for part in self._parts], y)

    def fldj(self, x: Pair) -> Pair:
        return self._summed([part.fldj for part in self._parts], x)

    def ildj(self, y: Pair) -> Pair:
        return self._summed([part.ildj for part in self._parts], y)

    def _sliced(self, maps: list[Callable[[Pair], Pair]], x: Pair) -> Pair:
        if x.hi.shape[self._dim] != self._ends[-1]:
            raise ValueError(f"takes {self._ends[-1]} entries along axis {self._dim}, not {x.hi.shape[self._dim]}")
        starts = [0, *self._ends[:-1]]
        pieces = [np.arange(start, end) for start, end in zip(starts, self._ends, strict=True)]
        mapped = [
            part(x.each(lambda word, at=at: np.take(word, at, self._dim)))  # type: ignore[misc]
            for part, at in zip(maps, pieces, strict=True)
        ]
        return joined(lambda words: np.concatenate(words, self._dim), mapped)

    def _summed(self, maps: list[Callable[[Pair], Pair]], x: Pair) -> Pair:
        return entries.total(entries.flat(self._sliced(maps, x), self.event_rank))


def _side_by_side(spec: Spec) -> Map:
    """``concatenate`` and ``stack``. SpecError, on one line, for what they do not take."""
    given = {"dim": -1.0, "ndims": 1.0, **spec.params}
    known = {"dim", "ndims"} | ({"lengths"} if spec.name == "concatenate" else set())
    sizes = given.get("lengths", (1.0,) * len(spec.parts))
    if set(given) != known or not spec.parts:
        raise SpecError(f"{spec}: wrong parts or parameters for {spec.name}")
    try:
        dim, ndims = whole_numbers("dim and ndims", (given["dim"], given["ndims"]))
        lengths = whole_numbers("lengths", sizes)
    except ValueError as problem:
        raise SpecError(f"{spec}: {problem}") from None
    if len(lengths) != len(spec.parts) or min(*lengths, ndims) < 1 or not -ndims <= dim < ndims:
        raise SpecError(f"{spec}: a length of at least 1 for each part, and dim is an axis of the event")
    parts = tuple(build(part) for part in spec.parts)
    if any(part.event_rank for part in parts):
        raise NotOffered(f"{spec}: slices through maps of events")
    return SideBySide(parts, lengths, dim % ndims - ndims, ndims)


def _joined(parts: tuple[Map, ...]) -> tuple[Map, ...]:
    """The parts of a chain, exp and a positive factor right after it as one: the way back divides by the factor, and
    the quotient may overflow where its logarithm does not. (Two factors, or an affine map, divide as they did.)"""
    found: list[Map] = []
    for part in parts:
        if isinstance(part, elementary.Scale) and part.increasing and found and isinstance(found[-1], tr.Exp):
            found[-1] = elementary.ScaledExp(part.factor, 1.0)
        else:
            found.append(part)
    return tuple(found)


def _generalized_extreme_value(loc: float, scale: float, concentration: float) -> Map:
    if not concentration:
        return tr.GumbelCdf(loc, scale)
    return extremes.GeneralizedExtremeValueCdf(loc, scale, concentration)


_LEAVES: dict[str, tuple[tuple[str, ...], Callable[..., Map]]] = {
    "identity": ((), elementary.Identity),
    "shift": (("shift",), elementary.Shift),
    "scale": ((), elementary.Scale),
    "exp": ((), tr.Exp),
    "log": ((), lambda: Inverse(tr.Exp())),
    "expm1": ((), elementary.Expm1),
    "log1p": ((), lambda: Inverse(elementary.Expm1())),
    "affine": (("loc", "scale"), tr.Affine),
    "power": (("exponent",), tr.Power),
    "square": ((), elementary.Square),
    "inverse_box_cox": (("power",), lambda power: tr.InverseBoxCox(power) if power else tr.Exp()),
    "sigmoid": ((), lambda **ends: squashing.SigmoidBetween(**ends) if ends else tr.Sigmoid()),
    "tanh": ((), tr.Tanh),
    "softplus": ((), lambda **given: squashing.ScaledSoftplus(**given) if given else tr.Softplus()),
    "soft_clip": ((), clipping.soft_clip),
    "generalized_pareto": (("loc", "scale", "concentration"), clipping.generalized_pareto),
    "lambert_w_tail": (("shift", "scale", "tailweight"), clipping.LambertWTail),
    "softsign": ((), squashing.Softsign),
    "softfloor": (("temperature",), squashing.Softfloor),
    "sinh": ((), hyperbolic.Sinh),
    "sinh_arcsinh": (("skewness", "tailweight"), hyperbolic.SinhArcsinh),
    "abs": ((), tr.Abs),
    "gumbel_cdf": (("loc", "scale"), tr.GumbelCdf),
    "normal_cdf": ((), tr.NormalCdf),
    "frechet_cdf": (("loc", "scale", "concentration"), extremes.FrechetCdf),
    "generalized_extreme_value_cdf": (("loc", "scale", "concentration"), _generalized_extreme_value),
    "weibull_cdf": (("scale", "concentration"), cdfs.WeibullCdf),
    "rayleigh_cdf": (("scale",), cdfs.RayleighCdf),
    "kumaraswamy_cdf": (("concentration1", "concentration0"), cdfs.KumaraswamyCdf),
    "moyal_cdf": (("loc", "scale"), cdfs.MoyalCdf),
    "gompertz_cdf": (("concentration", "rate"), cdfs.GompertzCdf),
    "shifted_gompertz_cdf": (("concentration", "rate"), cdfs.ShiftedGompertzCdf),
    "stick_breaking": ((), StickBreaking),
    "corr_cholesky": ((), CorrCholesky),
}


def takes_numbers(name: str) -> bool:
    """Whether the parameters of this transform are numbers, so that an array of them makes a batch."""
    return name in _LEAVES and not getattr(_LEAVES[name][1], "event_rank", 0)


def build(spec: Spec) -> Map:
    """The map that ``spec`` names. NotOffered for an unknown name, SpecError for wrong parts or parameters."""
    if spec.name == "chain" and spec.parts and not spec.params:
        return Chain(_joined(tuple(build(part) for part in spec.parts)))
    if spec.name == "inline" and len(spec.parts) == 1 and not spec.params:
        return build(spec.parts[0])
    if spec.name == "inverse" and len(spec.parts) == 1 and not spec.params:
        return Inverse(build(spec.parts[0]))
    if spec.name == "independent" and len(spec.parts) == 1 and set(spec.params) == {"ndims"}:
        part, ndims = build(spec.parts[0]), spec.params["ndims"]
        if not isinstance(ndims, float) or ndims != int(ndims) or ndims < 1:
            raise SpecError(f"{spec}: ndims must be a whole number")
        if part.event_rank:
            raise NotOffered(f"{spec}: event axes over a scalar transform")
        return Independent(part, int(ndims))
    if spec.name in ("concatenate", "stack"):
        return _side_by_side(spec)
    if spec.name in ("transform_diagonal", "fill_scale_tril") and len(spec.parts) == 1 and not spec.params:
        diagonal = build(spec.parts[0])
        if diagonal.event_rank:
            raise NotOffered(f"{spec}: the diagonal through a map of events")
        of_triangle = TransformDiagonal(diagonal)
        return of_triangle if spec.name == "transform_diagonal" else Chain((fill_triangular(), of_triangle))
    if spec.name in EVENT_MAPS:
        return event_map(spec)
    if spec.name in ("chain", "inline", "inverse", "independent", "transform_diagonal", "fill_scale_tril"):
        raise SpecError(f"{spec}: wrong parts or parameters for {spec.name}")
    if spec.name not in _LEAVES:
        raise NotOffered(f"no transform {spec.name}")
    names, make = _LEAVES[spec.name]
    if spec.parts or set(spec.params) - OPTIONAL.get(spec.name, frozenset()) != set(names):
        raise SpecError(f"{spec}: {spec.name} takes {', '.join(names) or 'no parameters'}")
    return make(**spec.params)
