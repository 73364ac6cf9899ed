"""Transforms of tfp.bijectors, one line each.

Guarantee: every value is what TFP's own bijectors return for fresh tensors of the bound dtype.
``tfb.Chain`` applies its LAST bijector first; a subject's first part comes first, so the order is turned round.
A bijector has no event of its own: ``event_ndims`` in the log-det call is how many axes of a row are one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, Reproduction, Spec
from adapters.interface.scripts import expression
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
    "inverse_box_cox": "tfb.PowerTransform({number_power})",
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
        self._setup = f"b = {bijector(spec, dtype)}"
        # AbsoluteValue answers with the pair (negative branch, non-negative branch).
        branch = {"inverse": "[1]", "ildj": "[1]"} if spec.name == "abs" else {}
        self._texts = {quantity: text + branch.get(quantity, "") for quantity, text in QUANTITIES.items()}
        self._dtype, self._mode = dtype, mode

    def _call(self, quantity: str, axes: int) -> Call:
        """axes: of one event, where nobody said otherwise."""
        event_ndims = axes if self.event_axes is None else self.event_axes
        text = self._texts[quantity].format(rank=event_ndims)
        return Call(self._setup, text, self._dtype, self._mode)

    def _asked(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity, np.ndim(value) - 1), value)

    def forward(self, x: Array) -> Array:
        return self._asked("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._asked("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._asked({"forward": "fldj", "inverse": "ildj"}[direction], value)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["b"]]

    def component(self, quantity: str) -> Component:
        return components.of_bijector(self._runner.tfp, self._runner.names(self._setup)["b"], quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        vector = np.ndim(value) > 0 and quantity in ("forward", "inverse")
        return self._call(quantity, np.ndim(value)).script(np.asarray(value), vector)
