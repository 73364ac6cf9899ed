"""The elementary operators that a framework calls while it computes something: which, with what, and what came out.

An adapter that can watch its framework has ``Adapter.watching``. What is watched is the framework's own call of its own
operator, whose answer goes on unchanged unless somebody asked to put another in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

ARGUMENTS = {
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "sqrt", "rsqrt"), 1),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan"), 1),
    **dict.fromkeys(("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"), 1),
    **dict.fromkeys(("sigmoid", "softplus", "log_sigmoid"), 1),
    **dict.fromkeys(("erf", "erfc", "erfinv", "ndtri", "lgamma", "digamma"), 1),
    "pow": 2,
}
"""The elementary functions that operators are compared with, and how many numbers each is a function of."""

MOST = 64
"""Operators of one call that are kept; a loop calls the same ones again and again."""


@dataclass(frozen=True)
class Operator:
    """One call of an operator, entry by entry. name: in the framework's own words, as one would grep for it, such as
    "torch.log1p"; function: what it is mathematically, a name of ``ARGUMENTS``; inputs: an array per argument, of the
    output's shape and dtype."""

    name: str
    function: str
    inputs: tuple[Array, ...]
    output: Array


@dataclass
class Watch:
    """Collects the operators of one call in their order. instead: by place in that order what an operator's output is
    replaced by, of the same shape and dtype."""

    instead: Mapping[int, Array] = field(default_factory=dict)
    seen: list[Operator] = field(default_factory=list)

    def passed(self, name: str, function: str, inputs: Sequence[Array], output: Array) -> Array | None:
        """Note one call; what has to go on in the place of its output, None where that goes on itself.

        Of an operator whose inputs have another dtype than its output nothing is kept, since then it is another one.
        """
        output = np.asarray(output)
        numbers = [np.asarray(each) for each in inputs]
        if len(numbers) != ARGUMENTS[function] or any(each.dtype != output.dtype for each in numbers):
            return None
        try:
            numbers = [np.broadcast_to(each, output.shape).copy() for each in numbers]
        except ValueError:
            return None
        place = len(self.seen)
        if place >= MOST:
            return None
        self.seen.append(Operator(name, function, tuple(numbers), output.copy()))
        other = self.instead.get(place)
        if other is None or other.shape != output.shape or other.dtype != output.dtype:
            return None
        return other
