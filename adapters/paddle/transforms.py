"""Transforms of paddle.distribution, one line each.

Guarantee: every value is what Paddle's own classes return for fresh tensors of the bound dtype.
``ChainTransform`` applies its first part first. There is no combinator for the inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, Reproduction, Spec
from adapters.interface.scripts import expression
from adapters.paddle import components
from adapters.paddle.source import Call, Runner, constant

Array = NDArray[Any]

# No inverse_box_cox: Paddle's PowerTransform is x**p.
TRANSFORMS = {
    "exp": "pd.ExpTransform()",
    "affine": "pd.AffineTransform({loc}, {scale})",
    "power": "pd.PowerTransform({exponent})",
    "sigmoid": "pd.SigmoidTransform()",
    "tanh": "pd.TanhTransform()",
    "abs": "pd.AbsTransform()",
    "stick_breaking": "pd.StickBreakingTransform()",
    "reshape": "pd.ReshapeTransform({int_event_in}, {int_event_out})",
    "chain": "pd.ChainTransform([{parts}])",
    "independent": "pd.IndependentTransform({0}, {int_ndims})",
}

QUANTITIES = {
    "forward": "t.forward(x)",
    "inverse": "t.inverse(x)",
    "fldj": "t.forward_log_det_jacobian(x)",
    "ildj": "t.inverse_log_det_jacobian(x)",
}


def transform(spec: Spec, dtype: str) -> str:
    """The expression over ``paddle`` and ``pd`` that constructs ``spec``. Raises NotOffered where Paddle lacks it."""
    return expression(
        spec,
        TRANSFORMS,
        lambda value: constant(value, dtype),
        lambda part: transform(part, dtype),
        "paddle.distribution",
    )


class PaddleTransform(BoundTransform):
    """One transform at one dtype in one mode. NotOffered at construction when Paddle lacks it."""

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str) -> None:
        self._runner = runner
        # AbsTransform answers with the pair (negative branch, non-negative branch).
        branch = {"inverse": "[1]", "ildj": "[1]"} if spec.name == "abs" else {}
        self._setup = f"t = {transform(spec, dtype)}"
        self._calls = {q: Call(self._setup, text + branch.get(q, ""), dtype, mode) for q, text in QUANTITIES.items()}

    def forward(self, x: Array) -> Array:
        return self._runner.run(self._calls["forward"], x)

    def inverse(self, y: Array) -> Array:
        return self._runner.run(self._calls["inverse"], y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._runner.run(self._calls[{"forward": "fldj", "inverse": "ildj"}[direction]], value)

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup)["t"]]

    def component(self, quantity: str) -> Component:
        built = self._runner.names(self._setup)["t"]
        return components.of_transform(self._runner.paddle.distribution, built, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return self._calls[quantity].script(np.asarray(value))
