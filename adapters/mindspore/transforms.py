"""Bijectors of mindspore.nn.probability, one line each.

Guarantee: every value is what MindSpore's own classes return for fresh tensors of the bound dtype.
There are scalar bijectors only, nothing to compose or to join them, and no tanh, sigmoid or power x**p.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Reproduction, Spec
from adapters.interface.scripts import expression
from adapters.mindspore.source import Call, Runner, constant

Array = NDArray[Any]

# ScalarAffine takes the scale first; PowerTransform is (1+p*x)**(1/p).
TRANSFORMS = {
    "exp": "msb.Exp()",
    "affine": "msb.ScalarAffine({scale}, {loc})",
    "inverse_box_cox": "msb.PowerTransform({power})",
    "softplus": "msb.Softplus()",
    "gumbel_cdf": "msb.GumbelCDF({loc}, {scale})",
    "inverse": "msb.Invert({0})",
}

QUANTITIES = {
    "forward": "t.forward(x)",
    "inverse": "t.inverse(x)",
    "fldj": "t.forward_log_jacobian(x)",
    "ildj": "t.inverse_log_jacobian(x)",
}


def bijector(spec: Spec, dtype: str) -> str:
    """The expression over ``ms`` and ``msb`` that constructs ``spec``. Raises NotOffered where MindSpore lacks it."""
    return expression(
        spec, TRANSFORMS, lambda value: constant(value, dtype), lambda part: bijector(part, dtype), "mindspore"
    )


class MindSporeTransform(BoundTransform):
    """One bijector at one dtype in one mode. NotOffered at construction when MindSpore lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str) -> None:
        self._runner = runner
        constructor = bijector(spec, dtype)
        self._calls = {q: Call("t", constructor, text, dtype, mode) for q, text in QUANTITIES.items()}

    def forward(self, x: Array) -> Array:
        return self._runner.run(self._calls["forward"], x)

    def inverse(self, y: Array) -> Array:
        return self._runner.run(self._calls["inverse"], y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._runner.run(self._calls[{"forward": "fldj", "inverse": "ildj"}[direction]], value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return Reproduction(self._calls[quantity].script(np.asarray(value)))
