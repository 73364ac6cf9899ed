"""TensorFlow's elementary operators as they run eagerly: every generated wrapper hands name and inputs to one function.

https://www.tensorflow.org/api_docs/python/tf/math has the functions around them. TensorFlow's own callbacks
(``tensorflow.python.framework.op_callbacks``) see the same calls, and cannot yet put another output in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from adapters.interface.operators import Watch

_MATH = (
    "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh",
    "Tanh", "Asinh", "Acosh", "Atanh", "Sigmoid", "Softplus", "Erf", "Erfc", "Erfinv", "Ndtri", "Lgamma", "Digamma",
    "Pow",
)  # fmt: skip


@contextmanager
def watching(tf: Any, watch: Watch) -> Iterator[None]:
    """While it is entered, what TensorFlow calls eagerly is noted, and replaced where the watch says so."""
    from tensorflow.python import pywrap_tfe

    run = pywrap_tfe.TFE_Py_FastPathExecute
    pywrap_tfe.TFE_Py_FastPathExecute = _wrapped(run, tf, watch)
    try:
        yield
    finally:
        pywrap_tfe.TFE_Py_FastPathExecute = run


def _wrapped(run: Callable[..., Any], tf: Any, watch: Watch) -> Callable[..., Any]:
    def execute(context: Any, operator: str, name: Any, *arguments: Any) -> Any:
        came = run(context, operator, name, *arguments)
        if operator not in _MATH or not hasattr(came, "numpy"):  # While a graph is traced there is no value yet.
            return came
        function = operator.lower()
        output = np.asarray(came.numpy())
        inputs = [_array(each, output) for each in arguments[: 2 if function == "pow" else 1]]
        other = watch.passed(f"tf.math.{function}", function, inputs, output)
        return came if other is None else tf.constant(other)

    return execute


def _array(value: Any, like: Any) -> Any:
    return np.asarray(value.numpy()) if hasattr(value, "numpy") else np.asarray(value, like.dtype)
