"""Distributions of mindspore.nn.probability, one line each, and TransformedDistribution over them.

Guarantee: every value is what MindSpore's own classes return. ``TransformedDistribution`` takes the bijector first.
There is no way to score a sample by the point that it came from, so ``log_prob_from_base`` is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, Component, NotOffered, Reproduction, Spec, SpecError
from adapters.interface.quantities import OF_PAIRS, SHAPES, STATISTICS
from adapters.interface.scripts import expression
from adapters.mindspore import components
from adapters.mindspore.source import Call, Runner, all_of
from adapters.mindspore.transforms import in_form, transform, written

Array = NDArray[Any]

BASES = {
    "normal": "msd.Normal({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "uniform": "msd.Uniform({plain_low}, {plain_high}, dtype=ms.DTYPE)",
    "logistic": "msd.Logistic({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "gumbel": "msd.Gumbel({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "exponential": "msd.Exponential({plain_rate}, dtype=ms.DTYPE)",
    "laplace": "msd.Laplace({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "half_normal": "msd.HalfNormal({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "half_normal(scale)": "msd.HalfNormal(0.0, {plain_scale}, dtype=ms.DTYPE)",
    "student_t": "msd.StudentT({plain_df}, {plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
}

# Ready-made classes that are a base through a transform; conformance/definitions/ready_made.py says of which.
READY_MADE = {
    "log_normal": "msd.LogNormal({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "cauchy": "msd.Cauchy({plain_loc}, {plain_scale}, dtype=ms.DTYPE)",
    "gamma": "msd.Gamma({plain_concentration}, {plain_rate}, dtype=ms.DTYPE)",
    "beta": "msd.Beta({plain_concentration1}, {plain_concentration0}, dtype=ms.DTYPE)",
}

ARRAYS_ONLY = ("gamma", "beta")
"""Whose constructor refuses Python numbers, as its examples show: tensors or lists."""

QUANTITIES = {
    "log_prob": "d.log_prob(x)",
    "prob": "d.prob(x)",
    "cdf": "d.cdf(x)",
    "log_cdf": "d.log_cdf(x)",
    "survival": "d.survival_function(x)",
    "log_survival": "d.log_survival(x)",
    "entropy": "d.entropy()",
    "mean": "d.mean()",
    "variance": "d.var()",
    "stddev": "d.sd()",
    "mode": "d.mode()",
    "kl": "d.kl_loss(SECOND)",
    "cross_entropy": "d.cross_entropy(SECOND)",
}
# What a distribution says of itself.
# Its batch_shape is documented to be that of the base where there is one, and broadcast_shape what a draw has.
DECLARED = {
    "law_bits": "ms.Tensor(8 * ms.dtype_to_nptype(d.dtype)().itemsize)",
    "batch_shape": "ms.Tensor(list(d.broadcast_shape), ms.int64)",
}


def distribution(spec: Spec, dtype: str, arrays: bool = False) -> str:
    """The expression over ``ms``, ``msb``, ``msd`` that constructs ``spec``. NotOffered where MindSpore lacks it.

    arrays: parameters are tensors of the dtype, and not plain Python numbers, which are the rule.
    """
    form = dtype if arrays or spec.name in ARRAYS_ONLY else ""
    if spec.name != "transformed":
        number, part = written(form), lambda inner: distribution(inner, dtype, arrays)
        return expression(spec, in_form(BASES | READY_MADE, form), number, part, "mindspore").replace("DTYPE", dtype)
    if len(spec.parts) != 2 or spec.params:
        raise SpecError(f"{spec}: transformed takes a base and a transform")
    base, map_of_it = spec.parts
    return f"msd.TransformedDistribution({transform(map_of_it, form)}, {distribution(base, dtype, arrays)})"


def second_law(first: Spec, spec: Spec, dtype: str) -> str:
    """A distribution as the arguments that name it where a second one is meant: its class and its parameters. Raises
    NotOffered for another class than the first one's, which MindSpore refuses by an exception."""
    laws = BASES | READY_MADE
    template = laws.get(f"{spec.name}({','.join(sorted(spec.params))})", laws.get(spec.name))
    if template is None or first.name != spec.name:
        raise NotOffered(f"mindspore takes no {spec.name} beside {first.name}")
    kind, _, rest = template.removeprefix("msd.").partition("(")
    names = [part.strip(" {}").removeprefix("plain_") for part in rest.split(",")[:-1]]
    # What the table writes as a number is one for the second law too.
    values = ", ".join(f"ms.Tensor({spec.params.get(name, name)}, ms.{dtype})" for name in names)
    return f'"{kind}", {values}'


class MindSporeDistribution(BoundDistribution):
    """One distribution at one dtype in one mode. NotOffered at construction when MindSpore lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, form: str = "plain") -> None:
        self._runner, self._spec = runner, spec
        first = spec.parts[0] if spec.name == "pair" else spec
        self._setup = f"d = {distribution(first, dtype, arrays=form == 'arrays')}"
        self._dtype, self._mode = dtype, mode

    def _call(self, quantity: str) -> Call:
        if quantity not in QUANTITIES or (self._spec.name == "pair") != (quantity in OF_PAIRS):
            raise NotOffered(f"mindspore has no {quantity} of {self._spec.names()}")
        text = QUANTITIES[quantity]
        if quantity in OF_PAIRS:
            first, second = self._spec.parts
            text = text.replace("SECOND", second_law(first, second, self._dtype))
        return Call(self._setup, text, self._dtype, self._mode, quantity in STATISTICS)

    def log_prob(self, y: Array) -> Array:
        return self._runner.run(self._call("log_prob"), y)

    def function(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity), value)

    def statistic(self, quantity: str) -> Array:
        call = self._call(quantity)
        if self._mode == "eager":
            return self._runner.run(call)
        alike = [each for each in STATISTICS if (each in OF_PAIRS) == (quantity in OF_PAIRS) and each in QUANTITIES]
        return self._runner.constant(call, [self._call(each) for each in alike])

    def sample(self, count: int, seed: int) -> Array:
        # The seed takes effect on objects that are made after it is set.
        self._runner.ms.set_seed(int(seed) % 2**32)
        call = Call(self._setup, f"d.sample(({int(count)},))", self._dtype, self._mode, constant=True)
        return self._runner.run(call, fresh=True)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._runner.run(self._said(name))

    def _said(self, name: str) -> Call:
        if name not in DECLARED:
            raise NotOffered(f"mindspore's distributions declare no {name}")
        return Call(self._setup, DECLARED[name], self._dtype, "eager", constant=True)

    def with_parameters(self, form: str) -> MindSporeDistribution:
        if form == "plain" and self._spec.name in ARRAYS_ONLY:
            raise NotOffered(f"mindspore's {self._spec.name} with Python numbers")
        return MindSporeDistribution(self._runner, self._spec, self._dtype, self._mode, form)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["d"]]

    def component(self, quantity: str) -> Component:
        names = self._runner.names(self._setup)
        return components.of_distribution(names["msb"], names["msd"], names["d"], quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DECLARED:
            call = self._said(quantity)
            return all_of(call) if quantity in SHAPES else call.script(np.asarray(value))
        call = self._call(quantity)
        return call.script(np.asarray(value))
