"""A law of events at one dtype, in the interface's terms."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec
from adapters.interface.contract import Array
from adapters.interface.naming import defined
from adapters.interface.quantities import DISTRIBUTION_DECLARED
from adapters.numpy import functions as fn
from adapters.numpy.bound import DTYPES, evaluate, rounded, script
from adapters.numpy.components import of_law, of_map
from adapters.numpy.densities import Density
from adapters.numpy.event_laws import READY_MADE_EVENTS, EventLaw, Independent, build_event_law
from adapters.numpy.pairs import Pair
from adapters.numpy.pushforward import Statistic


@functools.lru_cache(maxsize=64)
def _law(spec: Spec) -> EventLaw:
    found = build_event_law(spec)
    if found is None:
        raise NotOffered(f"no law of events {spec.name}")
    return found


def is_event_law(spec: Spec) -> bool:
    """Whether draws are events."""
    return spec.name in ("independent", *READY_MADE_EVENTS) or (
        spec.name == "transformed" and is_event_law(spec.parts[0])
    )


class NumpyEventLaw(BoundDistribution):
    """One law of events of the reference implementation at one dtype."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        self._spec, self._dtype = spec, dtype
        self._law = _law(rounded(spec, dtype))
        self.event: tuple[int, ...] = self._law.shape
        self.source: tuple[int, ...] = self._law.source

    def log_prob(self, y: Array) -> Array:
        return evaluate(self._law.log_prob, y, self._dtype, len(self._law.shape))

    def log_prob_from_base(self, x: Array) -> Array:
        if self._spec.name in READY_MADE_EVENTS:
            raise NotOffered("a ready-made law is not asked by a base value")
        return evaluate(self._law.log_prob_from_base, x, self._dtype, len(self._law.source))

    def function(self, quantity: str, value: Array) -> Array:
        if quantity != "prob":
            raise NotOffered(f"{quantity} of events")
        return evaluate(lambda y: fn.exp(self._law.log_prob(y)), value, self._dtype, len(self._law.shape))

    def sample(self, count: int, seed: int) -> Array:
        with np.errstate(all="ignore"):
            return self._law.draw(np.random.default_rng(seed), count).astype(DTYPES[self._dtype])

    def entropy(self) -> Array:
        return self._rounded([self._law.entropy()]).reshape(())

    def statistic(self, quantity: str) -> Array:
        method = getattr(self._law, quantity, None)
        if method is None or (quantity == "covariance" and len(self._law.shape) != 1):
            raise NotOffered(f"{quantity} of events")
        found = method()
        if quantity == "covariance":
            return np.stack([self._rounded(row) for row in found])
        return self._rounded(found).reshape(self._law.shape)

    def _rounded(self, values: Sequence[Statistic]) -> Array:
        kind = np.float64 if self._dtype == "float64" else np.float32
        rounded = [value if isinstance(value, float) else Pair.constant(value, kind).hi for value in values]
        with np.errstate(all="ignore"):
            return np.array(rounded, kind).astype(DTYPES[self._dtype])

    def declared(self, name: str, value: Array | None) -> Array:
        if name == "event_rank":
            return np.asarray(len(self.event))
        if name not in ("batch_shape", "event_shape"):
            raise NotOffered(f"{name} is not declared")
        return np.array(self.event if name == "event_shape" else (), np.int64)

    def component(self, quantity: str) -> Component:
        return _component(self._law, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("distribution", self._spec, self._dtype, quantity, value)


def _component(law: EventLaw, quantity: str) -> Component:
    """The component of ``quantity`` of a law of events; what it does entry by entry is named after the first."""
    said = dict.fromkeys(DISTRIBUTION_DECLARED, "__init__")
    method = {"sample": "draw", "prob": "log_prob", **said}.get(quantity, quantity)
    if isinstance(law, Density):
        return Component(defined(type(law), [method]))
    if isinstance(law, Independent):
        inner = "log_prob" if quantity == "prob" else quantity
        # A base by itself has no standard deviation, and entries no covariance: the law makes them of what is kept.
        own = Component("") if quantity in ("covariance", *said) else of_law(law.members[0], inner)
        return Component(defined(type(law), [method]), [own] if own else [])
    steps = {"log_prob": ("inverse", "ildj"), "prob": ("inverse", "ildj"), "log_prob_from_base": ("fldj",)}
    parts = [of_map(law.map, step) for step in steps.get(quantity, ("forward",) if quantity == "sample" else ())]
    base = [] if quantity in said else [_component(law.base, quantity)]
    return Component(defined(type(law), [method]), [*parts, *base])
