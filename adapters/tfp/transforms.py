"""Transforms of tfp.bijectors, one line each.

Guarantee: every value is what TFP's own bijectors return for fresh tensors of the bound dtype.
``tfb.Chain`` applies its LAST bijector first; a subject's first part comes first, so the order is turned round.
A bijector has no event of its own: ``event_ndims`` in the log-det call carries ``independent``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, Reproduction, Spec
from adapters.interface.scripts import event_rank, expression
from adapters.tfp import components
from adapters.tfp.source import Call, Runner, constant

Array = NDArray[Any]

# No corr_cholesky: tfb.CorrelationCholesky divides each row of (x, 1) by its length, which is another map of the same
# sets.
# PowerTransform is (1+p*x)**(1/p), and documents its power as a Python number, which it casts to the input's dtype.
TRANSFORMS = {
    "exp": "tfb.Exp()",
    "affine": "tfb.Chain([tfb.Shift({loc}), tfb.Scale({scale})])",
    "power": "tfb.Power({exponent})",
    "inverse_box_cox": "tfb.PowerTransform({plain_power})",
    "sigmoid": "tfb.Sigmoid()",
    "tanh": "tfb.Tanh()",
    "softplus": "tfb.Softplus()",
    "abs": "tfb.AbsoluteValue()",
    "gumbel_cdf": "tfb.GumbelCDF({loc}, {scale})",
    "normal_cdf": "tfb.NormalCDF()",
    "stick_breaking": "tfb.IteratedSigmoidCentered()",
    "chain": "tfb.Chain([{reversed}])",
    "inverse": "tfb.Invert({0})",
    "independent": "{0}",
}

QUANTITIES = {
    "forward": "b.forward(x)",
    "inverse": "b.inverse(x)",
    "fldj": "b.forward_log_det_jacobian(x, event_ndims={rank})",
    "ildj": "b.inverse_log_det_jacobian(x, event_ndims={rank})",
}


def bijector(spec: Spec, dtype: str) -> str:
    """The expression over ``tf`` and ``tfb`` that constructs ``spec``. Raises NotOffered where TFP has no such map."""
    return expression(
        spec, TRANSFORMS, lambda value: constant(value, dtype), lambda part: bijector(part, dtype), "tfp.bijectors"
    )


class TFPTransform(BoundTransform):
    """One bijector at one dtype in one mode. NotOffered at construction when TFP lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str) -> None:
        self._runner = runner
        self._rank = event_rank(spec)
        self._setup = f"b = {bijector(spec, dtype)}"
        texts = {quantity: text.format(rank=self._rank) for quantity, text in QUANTITIES.items()}
        if spec.name == "abs":
            # It answers with the pair (negative branch, non-negative branch).
            texts |= {quantity: texts[quantity] + "[1]" for quantity in ("inverse", "ildj")}
        self._calls = {quantity: Call(self._setup, text, dtype, mode) for quantity, text in texts.items()}

    def forward(self, x: Array) -> Array:
        return self._runner.run(self._calls["forward"], x)

    def inverse(self, y: Array) -> Array:
        return self._runner.run(self._calls["inverse"], y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._runner.run(self._calls[{"forward": "fldj", "inverse": "ildj"}[direction]], value)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["b"]]

    def component(self, quantity: str) -> Component:
        return components.of_bijector(self._runner.tfp, self._runner.names(self._setup)["b"], quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        vector = self._rank > 0 and quantity in ("forward", "inverse")
        return self._calls[quantity].script(np.asarray(value), vector)
