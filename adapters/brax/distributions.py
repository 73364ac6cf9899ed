"""The notebook's one distribution: a normal squashed by tanh, scored at the value before the tanh."""

from __future__ import annotations

import torch

from adapters.brax import formulas
from adapters.brax.transforms import named, script
from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.contract import Array
from adapters.torch.source import to_numpy, to_torch

_PRE_TANH = "brax scores the value before the tanh, which log_prob_from_base asks for; it can't score y itself"


class BraxDistribution(BoundDistribution):
    """transformed(normal(loc, scale), tanh) at one dtype. NotOffered at construction for anything else."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        parts = [part.name for part in spec.parts]
        if spec.name != "transformed" or parts != ["normal", "tanh"]:
            raise NotOffered(f"{spec}: brax's notebook has transformed(normal, tanh) only")
        parameters = spec.parts[0].params
        if set(parameters) != {"loc", "scale"}:
            raise SpecError(f"{spec}: normal takes loc, scale")
        self._dtype = dtype
        self._loc, self._scale = (
            torch.tensor(parameters[name], dtype=getattr(torch, dtype)) for name in ("loc", "scale")
        )
        self._lines = "".join(
            f"{name} = torch.tensor({parameters[name]!r}, dtype=dtype)\n" for name in ("loc", "scale")
        )

    def log_prob(self, y: Array) -> Array:
        raise NotOffered(_PRE_TANH)

    def log_prob_from_base(self, x: Array) -> Array:
        return to_numpy(formulas.log_prob_before(to_torch(x, self._dtype), self._loc, self._scale))

    def sample(self, count: int, seed: int) -> Array:
        torch.manual_seed(seed)
        return to_numpy(formulas.squash(formulas.draw(self._loc.expand(count), self._scale.expand(count))))

    def entropy_estimate(self, count: int, seed: int) -> Array:
        torch.manual_seed(seed)
        return to_numpy(formulas.entropy_estimate(self._loc.expand(count), self._scale.expand(count)))

    def component(self, quantity: str) -> Component:
        if quantity == "sample":
            return Component(named("squash"), [named("draw"), named("squash")])
        return named({"log_prob_from_base": "log_prob_before"}.get(quantity, quantity))

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity == "log_prob_from_base":
            return script("log_prob_before(x, loc, scale)", self._dtype, value, self._lines)
        raise NotOffered(f"a script for {quantity}" if quantity != "log_prob" else _PRE_TANH)
