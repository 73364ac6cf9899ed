"""Paddle's elementary operators as they run eagerly: the functions of ``paddle._C_ops``, which ``paddle.exp`` and its
like call, and the power of the tensor class itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from adapters.interface.operators import Watch

_SAME = (
    "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "asinh", "acosh", "atanh", "erf", "erfinv", "lgamma", "digamma",
)  # fmt: skip
_NAMES = {
    **{name: ("paddle." + name, name) for name in _SAME},
    "sigmoid": ("paddle.nn.functional.sigmoid", "sigmoid"),
    "softplus": ("paddle.nn.functional.softplus", "softplus"),
    "logsigmoid": ("paddle.nn.functional.log_sigmoid", "log_sigmoid"),
    "pow": ("paddle.pow", "pow"),
    "elementwise_pow": ("paddle.pow", "pow"),
}
"""By the name in ``_C_ops``: the public one, and what it is mathematically."""


@contextmanager
def watching(paddle: Any, watch: Watch) -> Iterator[None]:
    """While it is entered, what Paddle calls eagerly is noted, and replaced where the watch says so."""
    with ExitStack() as later:
        for name, (public, function) in _NAMES.items():
            _hang(later, paddle._C_ops, name, public, function, paddle, watch)
        tensor = paddle.base.core.eager.Tensor
        _hang(later, tensor, "__pow__", "paddle.Tensor.__pow__", "pow", paddle, watch)
        yield


def _hang(later: ExitStack, owner: Any, name: str, public: str, function: str, paddle: Any, watch: Watch) -> None:
    run = getattr(owner, name, None)
    if run is not None:
        later.callback(setattr, owner, name, run)
        setattr(owner, name, _wrapped(run, public, function, paddle, watch))


def _wrapped(run: Callable[..., Any], public: str, function: str, paddle: Any, watch: Watch) -> Callable[..., Any]:
    count = 2 if function == "pow" else 1

    def execute(*arguments: Any, **named: Any) -> Any:
        came = run(*arguments, **named)
        # A softplus of another sharpness is another function.
        sharp = function == "softplus" and arguments[1:2] not in ((), (1,), (1.0,))
        if sharp or len(arguments) < count or not hasattr(came, "numpy"):
            return came
        output = np.asarray(came.numpy())
        inputs = [_array(each, output) for each in arguments[:count]]
        other = watch.passed(public, function, inputs, output)
        return came if other is None else paddle.to_tensor(other)

    return execute


def _array(value: Any, like: Any) -> Any:
    return np.asarray(value.numpy()) if hasattr(value, "numpy") else np.asarray(value, like.dtype)
