"""Transforms of torch.distributions, one line each.

Guarantee: every value is what torch's own classes return for fresh tensors of the bound dtype. Distributions inside a
transform are built with validate_args=False, because bulk evaluation includes points outside the support, whose
results are to be judged and not raised. Transforms themselves keep their defaults (cache_size=0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.distributions.transforms import IndependentTransform, Transform, _InverseTransform

from adapters.interface import BoundTransform, Component, NotOffered, Reproduction, Spec
from adapters.interface.contract import Array
from adapters.interface.quantities import OF_SHAPES, SETS
from adapters.interface.scripts import BATCH_AXES
from adapters.torch import components
from adapters.torch.source import constructor, function, offered, refused, run, said, script, to_torch

# CatTransform gives the log-det of every entry; those of an event are summed by IndependentTransform. StackTransform is
# given the axes that its domain does not count yet: in 2.13 it counts a negative dim, and leaves the log-dets unsummed.
# torch's own log is ExpTransform().inv: the subject inverse(exp).
# No inverse_box_cox: torch's PowerTransform is x**p and there is no other power family.
TRANSFORMS = {
    "identity": "identity_transform",
    "shift": "AffineTransform({shift}, 1.0)",
    "scale": "AffineTransform(0.0, {scale})",
    "exp": "ExpTransform()",
    "affine": "AffineTransform({loc}, {scale})",
    "power": "PowerTransform({exponent})",
    "sigmoid": "SigmoidTransform()",
    "tanh": "TanhTransform()",
    "softplus": "SoftplusTransform()",
    "abs": "AbsTransform()",
    "gumbel_cdf": "CumulativeDistributionTransform(Gumbel({loc}, {scale}, validate_args=False))",
    "normal_cdf": "CumulativeDistributionTransform("
    "Normal(torch.tensor(0.0, dtype=dtype), torch.tensor(1.0, dtype=dtype), validate_args=False))",
    "weibull_cdf": "CumulativeDistributionTransform(Weibull({scale}, {concentration}, validate_args=False))",
    "kumaraswamy_cdf": "CumulativeDistributionTransform("
    "Kumaraswamy({concentration1}, {concentration0}, validate_args=False))",
    "softmax": "SoftmaxTransform()",
    "stick_breaking": "StickBreakingTransform()",
    "corr_cholesky": "CorrCholeskyTransform()",
    "reshape": "ReshapeTransform({int_event_in}, {int_event_out})",
    "lower_cholesky": "LowerCholeskyTransform()",
    "positive_definite": "PositiveDefiniteTransform()",
    "chain": "ComposeTransform([{parts}])",
    "inverse": "{0}.inv",
    "independent": "IndependentTransform({0}, int({plain_ndims}))",
    "concatenate": "IndependentTransform(CatTransform([{parts}], -1, {int_lengths}), 1)",
    "concatenate(dim,lengths,ndims)": "IndependentTransform("
    "CatTransform([{parts}], {axis_dim}, {int_lengths}), {int_ndims})",
    "stack": "IndependentTransform(s := StackTransform([{parts}], -1), 1 - s.domain.event_dim)",
    "stack(dim,ndims)": "IndependentTransform("
    "s := StackTransform([{parts}], {axis_dim}), {int_ndims} - s.domain.event_dim)",
}

# As a user writes them; ``value`` is x in the forward direction and y in the inverse one.
QUANTITIES = {
    "forward": "t(value)",
    "inverse": "t.inv(value)",
    "fldj": "t.log_abs_det_jacobian(value, t(value))",
    "ildj": "t.inv.log_abs_det_jacobian(value, t.inv(value))",
}

# What a transform says of itself. Points are asked where a set is declared.
DECLARED = {
    "increasing": "torch.as_tensor(t.sign > 0)",
    "injective": "torch.as_tensor(t.bijective)",
    "domain": "t.domain.check(value)",
    "codomain": "t.codomain.check(value)",
    "event_rank_in": "torch.as_tensor(t.domain.event_dim)",
    "event_rank_out": "torch.as_tensor(t.codomain.event_dim)",
    "forward_shape": "torch.as_tensor(t.forward_shape(torch.Size({shape})))",
    "inverse_shape": "torch.as_tensor(t.inverse_shape(torch.Size({shape})))",
}


def transform_expression(spec: Spec, plain: bool = False) -> str:
    """The constructor call, such as ``ComposeTransform([ExpTransform(), TanhTransform()])``."""
    return constructor(spec, TRANSFORMS, lambda part: transform_expression(part, plain), plain)


def has_log_det(transform: Transform) -> bool:
    """Whether the class of a transform, and of every transform that it is made of, defines a log-det."""
    parts = [*getattr(transform, "parts", []), *getattr(transform, "transforms", [])]
    parts += [transform.base_transform] if isinstance(transform, IndependentTransform) else []
    parts += [transform.inv] if isinstance(transform, _InverseTransform) else []
    if not all(map(has_log_det, parts)):
        return False
    return type(transform).log_abs_det_jacobian is not Transform.log_abs_det_jacobian


class TorchTransform(BoundTransform):
    """One torch transform at one dtype in one mode. NotOffered at construction when torch lacks it."""

    def __init__(self, spec: Spec, dtype: str, mode: str, plain: bool = False) -> None:
        self._spec = spec
        self._expression = transform_expression(spec, plain)
        self._dtype, self._mode = dtype, mode
        self._namespace = run(self._lines(1), dtype)
        self._functions: dict[tuple[str, str], Callable[..., torch.Tensor]] = {}

    def _lines(self, axes: int) -> str:
        """The lines that construct the transform for arrays with so many axes before those of an event."""
        bound = f"{BATCH_AXES} = {axes}  # before those of an event\n" if BATCH_AXES in self._expression else ""
        return f"{bound}t = {self._expression}\n"

    def _evaluate(self, quantity: str, value: Array) -> Array:
        lines = self._lines(1 if self.event_axes is None else value.ndim - self.event_axes)
        key = (quantity, lines)
        if key not in self._functions:
            self._functions[key] = function(QUANTITIES[quantity], run(lines, self._dtype), self._mode)
        tensor = to_torch(value, self._dtype)
        return offered(lambda: self._functions[key](tensor), quantity, self._dtype)

    def forward(self, x: Array) -> Array:
        return self._evaluate("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._evaluate("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        if not has_log_det(self._namespace["t"]):  # Else what fails on the way there would be taken for its failure.
            raise NotOffered("torch.distributions has no log-det for this class")
        return self._evaluate({"forward": "fldj", "inverse": "ildj"}[direction], value)

    def declared(self, name: str, value: Array | None) -> Array:
        if name in OF_SHAPES and name in DECLARED:
            lines, text = self._of_shape(name, value)
            namespace = self._namespace if lines == self._lines(1) else run(lines, self._dtype)
            return said({name: text}, name, namespace, self._dtype, None)
        return said(DECLARED, name, self._namespace, self._dtype, value)

    def _of_shape(self, name: str, shape: Array | None) -> tuple[str, str]:
        """The lines that construct the transform for arrays of this shape, and what asks it about the shape."""
        sizes = np.asarray(shape).tolist()
        axes = 1 if self.event_axes is None else len(sizes) - self.event_axes
        return self._lines(axes), DECLARED[name].format(shape=sizes)

    def with_parameters(self, form: str) -> TorchTransform:
        return TorchTransform(self._spec, self._dtype, self._mode, plain=form == "plain")

    def constructed(self) -> Sequence[object]:
        return [self._namespace["t"]]

    def component(self, quantity: str) -> Component:
        return components.of_transform(self._namespace["t"], quantity)

    def refused(self, quantity: str, value: Array) -> list[bool]:
        return refused(self._lines(1), QUANTITIES[quantity], self._dtype, value)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity in OF_SHAPES and quantity in DECLARED:
            return script(*self._of_shape(quantity, value), self._dtype, "eager", None)
        if quantity in DECLARED:
            asked = value if quantity in SETS else None
            return script(self._lines(1), DECLARED[quantity], self._dtype, "eager", asked)
        axes = 1 if self.event_axes is None else value.ndim + 1 - self.event_axes
        return script(self._lines(axes), QUANTITIES[quantity], self._dtype, self._mode, value)
