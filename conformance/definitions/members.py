"""The members of a law whose parameters are arrays where its definition takes numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, Value
from conformance.definitions.spaces import Shape

TakesNumber = Callable[[str, str], bool]
"""(name of a leaf, its parameter) -> whether the definition takes one number there."""

SHARED_BY_A_BATCH = {"relaxed_one_hot_categorical": "temperature", "exp_relaxed_one_hot_categorical": "temperature"}
"""Numbers that a batch of laws shares: TFP documents this one as without axes, and torch says nothing of its shape."""

NOT_BROADCAST = ("mixture", "relaxed_bernoulli", "logit_relaxed_bernoulli")
"""Laws that promise no broadcasting: the components of a mixture of several families are documented to have one batch
shape, and of a temperature beside other parameters torch says nothing."""


def shape_of(spec: Spec, takes_number: TakesNumber) -> Shape:
    """What the arrays in the place of numbers broadcast to; () without any. ValueError where they do not."""
    shapes = [shape_of(part, takes_number) for part in spec.parts]
    try:
        for name, value in spec.params.items():
            if isinstance(value, tuple) and takes_number(spec.name, name):
                shapes.append(_numbers(value).shape)
        return np.broadcast_shapes(*shapes)
    except (ValueError, TypeError):
        raise ValueError(f"{spec}: its arrays are no arrays of numbers that broadcast") from None


def _numbers(value: Value) -> NDArray[np.float64]:
    found = np.array(value)
    if found.dtype != np.float64:  # Truth values, or rows of several lengths.
        raise ValueError
    return found


def members_of(spec: Spec, takes_number: TakesNumber) -> list[Spec]:
    """Each member as a subject of its own, in C order of ``shape_of``."""
    shape = shape_of(spec, takes_number)
    return [_member(spec, shape, index, takes_number) for index in np.ndindex(*shape)]


def _member(spec: Spec, shape: Shape, index: Shape, takes_number: TakesNumber) -> Spec:
    def at(name: str, value: Value) -> Value:
        if not isinstance(value, tuple) or not takes_number(spec.name, name):
            return value
        return float(np.broadcast_to(_numbers(value), shape)[index])

    params = {name: at(name, value) for name, value in spec.params.items()}
    parts = tuple(_member(part, shape, index, takes_number) for part in spec.parts)
    return replace(spec, parts=parts, params=params)
