"""Transforms of paddle.distribution, one line each.

Guarantee: every value is what Paddle's own classes return for fresh tensors of the bound dtype.
``ChainTransform`` applies its first part first. There is no combinator for the inverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import BoundTransform, Component, NotOffered, Reproduction, Spec
from adapters.interface.quantities import OF_SHAPES, SETS
from adapters.interface.scripts import BATCH_AXES, expression
from adapters.paddle import components
from adapters.paddle.source import Call, Runner, all_of, constant

Array = NDArray[Any]

# To the domain of StackTransform a negative axis is one of its events, which need no further one then, and a positive
# axis is none: there the log-dets of the entries are summed by IndependentTransform.
# No inverse_box_cox: Paddle's PowerTransform is x**p.
TRANSFORMS = {
    "exp": "pd.ExpTransform()",
    "affine": "pd.AffineTransform({loc}, {scale})",
    "power": "pd.PowerTransform({exponent})",
    "sigmoid": "pd.SigmoidTransform()",
    "tanh": "pd.TanhTransform()",
    "abs": "pd.AbsTransform()",
    "softmax": "pd.SoftmaxTransform()",
    "stick_breaking": "pd.StickBreakingTransform()",
    "reshape": "pd.ReshapeTransform({int_event_in}, {int_event_out})",
    "chain": "pd.ChainTransform([{parts}])",
    "independent": "pd.IndependentTransform({0}, {int_ndims})",
    "stack": "pd.StackTransform([{parts}], -1)",
    "stack(dim,ndims)": "pd.IndependentTransform("
    "pd.StackTransform([{parts}], {axis_dim}), {int_ndims} - ({axis_dim} < 0))",
}

QUANTITIES = {
    "forward": "t.forward(x)",
    "inverse": "t.inverse(x)",
    "fldj": "t.forward_log_det_jacobian(x)",
    "ildj": "t.inverse_log_det_jacobian(x)",
}

# What a transform says of itself, under names with an underscore. A constraint is asked about one point at a time,
# since that of a range compares by Python's chained comparison.
DECLARED = {
    "injective": "paddle.to_tensor(t._is_injective())",
    "domain": "paddle.to_tensor([bool(t._domain.constraint(point)) for point in x])",
    "codomain": "paddle.to_tensor([bool(t._codomain.constraint(point)) for point in x])",
    "event_rank_in": "paddle.to_tensor(t._domain.event_rank)",
    "event_rank_out": "paddle.to_tensor(t._codomain.event_rank)",
    "forward_shape": "paddle.to_tensor(t.forward_shape({shape}))",
    "inverse_shape": "paddle.to_tensor(t.inverse_shape({shape}))",
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

    def __init__(self, runner: Runner, spec: Spec, dtype: str, mode: str, plain: bool = False) -> None:
        self._runner, self._spec, self._mode = runner, spec, mode
        # AbsTransform answers with the pair (negative branch, non-negative branch).
        branch = {"inverse": "[1]", "ildj": "[1]"} if spec.name == "abs" else {}
        self._expression = transform(spec, "" if plain else dtype)
        self._texts = {quantity: text + branch.get(quantity, "") for quantity, text in QUANTITIES.items()}
        self._dtype = dtype

    def _setup(self, axes: int) -> str:
        """The lines that construct the transform for arrays with so many axes before those of an event."""
        bound = f"{BATCH_AXES} = {axes}  # before those of an event\n" if BATCH_AXES in self._expression else ""
        return f"{bound}t = {self._expression}"

    def _call(self, quantity: str, axes: int) -> Call:
        """axes: how many the array has; all but the first are those of an event where nobody said how many are."""
        batch = 1 if self.event_axes is None else axes - self.event_axes
        return Call(self._setup(batch), self._texts[quantity], self._dtype, self._mode)

    def _asked(self, quantity: str, value: Array) -> Array:
        return self._runner.run(self._call(quantity, np.ndim(value)), value)

    def forward(self, x: Array) -> Array:
        return self._asked("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._asked("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._asked({"forward": "fldj", "inverse": "ildj"}[direction], value)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._runner.run(self._said(name, value), *([value] if value is not None and name in SETS else []))

    def _said(self, name: str, value: Array | None) -> Call:
        if name not in DECLARED:
            raise NotOffered(f"paddle.distribution declares no {name}")
        if name in OF_SHAPES:
            sizes = tuple(np.asarray(value).tolist())
            axes = 1 if self.event_axes is None else len(sizes) - self.event_axes
            return Call(self._setup(axes), DECLARED[name].format(shape=sizes), self._dtype, "eager", True)
        return Call(self._setup(1), DECLARED[name], self._dtype, "eager", name not in SETS)

    def with_parameters(self, form: str) -> PaddleTransform:
        return PaddleTransform(self._runner, self._spec, self._dtype, self._mode, plain=form == "plain")

    def constructed(self) -> Sequence[object]:
        return [self._runner.names(self._setup(1))["t"]]

    def component(self, quantity: str) -> Component:
        built = self._runner.names(self._setup(1))["t"]
        return components.of_transform(self._runner.paddle.distribution, built, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in DECLARED:
            call = self._said(quantity, value)
            return all_of(call) if quantity in OF_SHAPES else call.script(np.asarray(value))
        call = self._call(quantity, np.ndim(value) + 1)
        return call.script(np.asarray(value))
