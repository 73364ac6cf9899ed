"""Distributions of mindspore.nn.probability, one line each, and TransformedDistribution over them.

Guarantee: every value is what MindSpore's own classes return. They have no cache and no way to score a sample by the
point that it came from, so ``log_prob_from_base`` is not offered.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.scripts import event_rank, expression
from adapters.mindspore.source import Call, Runner, constant
from adapters.mindspore.transforms import bijector

Array = NDArray[Any]

# The dtype defaults to float32 whatever the parameters are.
BASES = {
    "normal": "msd.Normal({loc}, {scale}, dtype=ms.DTYPE)",
    "uniform": "msd.Uniform({low}, {high}, dtype=ms.DTYPE)",
    "logistic": "msd.Logistic({loc}, {scale}, dtype=ms.DTYPE)",
    "laplace": "msd.Laplace({loc}, {scale}, dtype=ms.DTYPE)",
    "gumbel": "msd.Gumbel({loc}, {scale}, dtype=ms.DTYPE)",
    "exponential": "msd.Exponential({rate}, dtype=ms.DTYPE)",
    "student_t": "msd.StudentT({df}, {loc}, {scale}, dtype=ms.DTYPE)",
}

QUANTITIES = {
    "log_prob": "d.log_prob(x)",
    "cdf": "d.cdf(x)",
    "entropy": "d.entropy()",
    "mean": "d.mean()",
    "variance": "d.var()",
}
_CONSTANTS = ("entropy", "mean", "variance")
_SEEDS = 2**31 - 1


def distribution(spec: Spec, dtype: str) -> str:
    """The expression over ``ms``, ``msb``, ``msd`` that constructs ``spec``. Raises NotOffered where there is none."""
    if spec.name != "transformed":
        text = expression(
            spec, BASES, lambda value: constant(value, dtype), lambda part: distribution(part, dtype), "mindspore"
        )
        return text.replace("DTYPE", dtype)
    if len(spec.parts) != 2 or spec.params:
        raise SpecError(f"{spec}: transformed takes a base and a transform")
    base, transform = spec.parts
    if event_rank(transform):
        raise NotOffered(f"{transform} maps vectors, and {base} is a distribution of scalars")
    return f"msd.TransformedDistribution({bijector(transform, dtype)}, {distribution(base, dtype)})"


class MindSporeDistribution(BoundDistribution):
    """One distribution at one dtype in one mode. NotOffered at construction when MindSpore lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str) -> None:
        self._runner = runner
        self._constructor, self._dtype, self._mode = distribution(spec, dtype), dtype, mode

    def _call(self, quantity: str) -> Call:
        if quantity not in QUANTITIES:
            raise NotOffered(f"mindspore has no {quantity}")
        text, is_constant = QUANTITIES[quantity], quantity in _CONSTANTS
        return Call("d", self._constructor, text, self._dtype, self._mode, is_constant)

    def log_prob(self, y: Array) -> Array:
        return self._runner.run(self._call("log_prob"), y)

    def cdf(self, y: Array) -> Array:
        return self._runner.run(self._call("cdf"), y)

    def entropy(self) -> Array:
        return self._runner.run(self._call("entropy"))

    def mean(self) -> Array:
        return self._runner.run(self._call("mean"))

    def variance(self) -> Array:
        return self._runner.run(self._call("variance"))

    def sample(self, count: int, seed: int) -> Array:
        """Draws of new objects after ``ms.set_seed``: operations take their seed when they are made."""
        call = Call("d", self._constructor, f"d.sample(({int(count)},))", self._dtype, self._mode, constant=True)
        return self._runner.run(call, seed=int(seed) % _SEEDS)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return Reproduction(self._call(quantity).script(np.asarray(value)))
