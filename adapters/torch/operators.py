"""torch's elementary operators as they run: what the dispatcher is asked for below autograd.

https://docs.pytorch.org/docs/stable/torch.overrides.html, and torch.utils._python_dispatch for the mode.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from adapters.interface.operators import Watch
from adapters.torch.source import to_numpy, to_torch

_SAME = (
    "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "asinh", "acosh", "atanh", "sigmoid", "erf", "erfc", "erfinv", "lgamma", "digamma",
)  # fmt: skip
_NAMES = {
    **{name: ("torch." + name, name) for name in _SAME},
    "pow": ("torch.pow", "pow"),
    "softplus": ("torch.nn.functional.softplus", "softplus"),
    "log_sigmoid_forward": ("torch.nn.functional.logsigmoid", "log_sigmoid"),
    "special_ndtri": ("torch.special.ndtri", "ndtri"),
}
"""By the dispatcher's name: the public one, and what it is mathematically."""


class Watching(TorchDispatchMode):  # type: ignore[misc]
    """While it is entered, what torch calls is noted, and replaced where the watch says so."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        came = func(*args, **(kwargs or {}))
        known = _NAMES.get(func.overloadpacket.__name__)
        # An operator in place has no input left to look at, and a softplus of another sharpness is another function.
        if known is None or "out" in (kwargs or {}) or (known[1] == "softplus" and args[1:2] not in ((), (1,), (1.0,))):
            return came
        pair = isinstance(came, tuple)
        output = came[0] if pair else came
        inputs = [_array(each, output) for each in args[: 2 if known[1] == "pow" else 1]]
        other = self._watch.passed(*known, inputs, to_numpy(output))
        if other is None:
            return came
        replaced = to_torch(other, str(output.dtype).removeprefix("torch."))
        return (replaced, *came[1:]) if pair else replaced


def _array(value: Any, like: torch.Tensor) -> Any:
    """An argument as an array; a Python number takes part in the tensor's dtype."""
    return to_numpy(value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=like.dtype))
