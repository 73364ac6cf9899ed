"""Bijectors of mindspore.nn.probability, one line each.

Guarantee: every value is what MindSpore's own classes return for fresh tensors of the bound dtype. Parameters are
Python numbers, as in MindSpore's documentation; those of the catalogue are exact in every dtype. There is no
combinator but ``Invert``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, NotOffered, Reproduction, Spec
from adapters.interface.scripts import expression
from adapters.mindspore import components
from adapters.mindspore.source import Call, Runner

Array = NDArray[Any]

# MindSpore's PowerTransform is (1 + power x)^(1/power), not x^power. ScalarAffine takes the scale first.
# The sharpness of its Softplus is 1/hinge_softness, which is exact for powers of 2.
# Its own log is Invert(Exp()): the subject inverse(exp).
TRANSFORMS = {
    "shift": "msb.ScalarAffine(shift={plain_shift})",
    "scale": "msb.ScalarAffine(scale={plain_scale})",
    "exp": "msb.Exp()",
    "affine": "msb.ScalarAffine(scale={plain_scale}, shift={plain_loc})",
    "inverse_box_cox": "msb.PowerTransform({plain_power})",
    "softplus": "msb.Softplus(1.0)",
    "softplus(hinge_softness)": "msb.Softplus(1.0 / {number_hinge_softness})",
    "gumbel_cdf": "msb.GumbelCDF({plain_loc}, {plain_scale})",
    "inverse": "msb.Invert({0})",
}

QUANTITIES = {
    "forward": "t.forward(x)",
    "inverse": "t.inverse(x)",
    "fldj": "t.forward_log_jacobian(x)",
    "ildj": "t.inverse_log_jacobian(x)",
}

# What a bijector says of itself.
DECLARED = {
    "injective": "ms.Tensor(t.is_injective)",
    "constant_log_det": "ms.Tensor(t.is_constant_jacobian)",
    "map_bits": "ms.Tensor(8 * ms.dtype_to_nptype(t.dtype)().itemsize)",
}


def transform(spec: Spec, dtype: str = "") -> str:
    """The expression over ``ms`` and ``msb`` that constructs ``spec``. Raises NotOffered where MindSpore lacks it.

    dtype: parameters are tensors of it; without one they are plain Python numbers.
    """
    softness = spec.params.get("hinge_softness")
    if isinstance(softness, float) and abs(math.frexp(softness)[0]) != 0.5:
        raise NotOffered(f"mindspore's Softplus takes the sharpness 1/{softness}, which is no float")
    number, part = written(dtype), lambda inner: transform(inner, dtype)
    table = in_form(TRANSFORMS, dtype)
    return expression(spec, table, number, part, "mindspore.nn.probability.bijector")


def in_form(table: Mapping[str, str], dtype: str) -> Mapping[str, str]:
    """The templates, their parameters as ``written`` writes them where there is a dtype."""
    return {name: text.replace("{plain_", "{") for name, text in table.items()} if dtype else table


def written(dtype: str) -> Callable[[Any], str]:
    """How a parameter is written."""
    return (lambda value: f"ms.Tensor({value!r}, ms.{dtype})") if dtype else repr


class MindSporeTransform(BoundTransform):
    """One bijector at one dtype in one mode. NotOffered at construction when MindSpore lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, form: str = "plain") -> None:
        self._runner, self._spec, self._mode = runner, spec, mode
        self._dtype = dtype
        self._setup = f"t = {transform(spec, dtype if form == 'arrays' else '')}"
        self._calls = {quantity: Call(self._setup, text, dtype, mode) for quantity, text in QUANTITIES.items()}

    def forward(self, x: Array) -> Array:
        return self._runner.run(self._calls["forward"], x)

    def inverse(self, y: Array) -> Array:
        return self._runner.run(self._calls["inverse"], y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._runner.run(self._calls[{"forward": "fldj", "inverse": "ildj"}[direction]], value)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._runner.run(self._said(name))

    def _said(self, name: str) -> Call:
        if name not in DECLARED:
            raise NotOffered(f"mindspore's bijectors declare no {name}")
        if name == "map_bits" and self._runner.names(self._setup)["t"].dtype is None:
            raise NotOffered("the bijector takes any dtype")
        return Call(self._setup, DECLARED[name], self._dtype, "eager", constant=True)

    def with_parameters(self, form: str) -> MindSporeTransform:
        return MindSporeTransform(self._runner, self._spec, self._dtype, self._mode, form)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["t"]]

    def component(self, quantity: str) -> Component:
        names = self._runner.names(self._setup)
        return components.of_bijector(names["msb"], names["t"], quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        call = self._said(quantity) if quantity in DECLARED else self._calls[quantity]
        return call.script(np.asarray(value))
