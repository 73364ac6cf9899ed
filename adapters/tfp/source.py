"""One text for two uses: what the adapter evaluates and what a reproduction prints.

Modes: "eager"; "function" (``tf.function``, a graph); "xla" (``tf.function`` compiled by XLA).
TFP keeps a cache per bijector keyed on the identity of tensors. Every eager call therefore gets a new bijector and
a new tensor from a new NumPy copy; in a graph the cache lives only while the one call is traced.
"""

from __future__ import annotations

import functools
import os
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered, Reproduction, fresh_copy
from adapters.interface.kernels import missing_kernel
from adapters.interface.scripts import first_line, literal

Array = NDArray[Any]

MODES = ("eager", "function", "xla")
DTYPES = ("float16", "bfloat16", "float32", "float64")
COPIES = 16
_COMPILE = {"function": "autograph=False", "xla": "autograph=False, jit_compile=True"}
_KEPT_GRAPHS = 64
_COLLECTING = "_get_protocol_attrs"

# How TFP refuses a dtype that its documentation excludes, and TensorFlow a graph that XLA cannot compile.
_REFUSALS = ("see docstring for supported types", "Detected unsupported operations when trying to compile graph")


def constant(value: float, dtype: str) -> str:
    """A parameter: a scalar tensor of the tested dtype, since TFP rejects one of another dtype.

    Without a dtype: the plain Python number.
    """
    if not dtype:
        return repr(value)
    return f"tf.constant({value!r}, tf.{dtype})"


@dataclass(frozen=True)
class Call:
    """``setup`` binds ``b`` or ``d``; ``text`` is an expression of it and of ``argument`` ("" for constants)."""

    setup: str
    text: str
    dtype: str
    mode: str
    argument: str = "x"

    def script(self, value: Array) -> Reproduction:
        """Source that prints the result of this call at the single point ``value`` as ``float.hex`` text.

        The point is repeated: below the size of a vector register Eigen's eager kernels compute in another way than
        they do in the arrays of a run (float64 tanh: other bits on half of the inputs).
        """
        lines = ["import numpy as np", "import tensorflow as tf", "import tensorflow_probability as tfp", ""]
        lines += ["tfb, tfd = tfp.bijectors, tfp.distributions", self.setup]
        if self.argument:
            copies = f"[{literal(value)}] * {COPIES}"
            lines.append(f"x = tf.constant({copies}, tf.{self.dtype})  # enough to fill a vector register")
        asking = [f"result = {self.text}"]
        if self.mode != "eager":
            lines.append(f"compiled = tf.function(lambda {self.argument}: {self.text}, {_COMPILE[self.mode]})")
            asking = [f"result = compiled({self.argument})"]
        asking.append("first = np.atleast_1d(result.numpy())[0]")
        asking.append(
            "print(*(float(v).hex() for v in np.ravel(first)))" if value.ndim else "print(float(first).hex())"
        )
        alone = "\n".join(["x = x[:1]", *asking, ""]) if self.argument == "x" else ""
        return Reproduction("\n".join([*lines, *asking, ""]), alone)


def all_of(call: Call) -> Reproduction:
    """A script that prints the whole of a vector, as the first and only row of an array."""
    return replace(call, text=f"tf.expand_dims({call.text}, 0)").script(np.zeros(0))


class Runner:
    """TensorFlow and TFP, imported on construction and held to one thread; runs calls."""

    def __init__(self) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import tensorflow as tf
        import tensorflow_probability as tfp

        tf.get_logger().setLevel("ERROR")
        # TensorFlow asks of each argument whether it has a protocol, and Python before 3.12 collects a protocol's names
        # anew at every such question: a fifth of an eager call.
        if hasattr(typing, _COLLECTING):
            setattr(typing, _COLLECTING, functools.cache(getattr(typing, _COLLECTING)))
        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            pass  # TensorFlow was at work in this process before; its threads stay as they are.
        self.tf = tf
        self.tfp = tfp
        self._graph = functools.lru_cache(maxsize=_KEPT_GRAPHS)(self._new_graph)

    def names(self, setup: str) -> dict[str, Any]:
        """The namespace after the imports and ``setup``."""
        names: dict[str, Any] = {"tf": self.tf, "tfb": self.tfp.bijectors, "tfd": self.tfp.distributions}
        exec(setup, names)
        return names

    def _function(self, call: Call) -> Callable[..., Any]:
        function: Callable[..., Any] = eval(f"lambda {call.argument}: {call.text}", self.names(call.setup))
        return function

    def _new_graph(self, call: Call) -> Callable[..., Any]:
        names = {"tf": self.tf, "function": self._function(call)}
        compiled: Callable[..., Any] = eval(f"tf.function(function, {_COMPILE[call.mode]})", names)
        return compiled

    def run(self, call: Call, *inputs: Array | int) -> Array:
        """What TFP answers, unchanged: its dtype, its shape.

        Raises NotOffered where TFP refuses on purpose or TensorFlow has no kernel, TypeError for an input of another
        dtype than the bound one, and what TFP raises.
        """
        try:
            function = self._function(call) if call.mode == "eager" else self._graph(call)
            result: Array = function(*(self._tensor(value, call.dtype) for value in inputs)).numpy()
            return result
        except Exception as error:
            # "Cannot convert a symbolic tensor" is a NotImplementedError too, and a defect.
            refused = isinstance(error, NotImplementedError) and "symbolic" not in str(error)
            lacking = missing_kernel(error, call.dtype)
            if lacking:
                raise NotOffered(lacking) from error
            if refused or any(text in str(error) for text in _REFUSALS):
                raise NotOffered(f"{call.text} in {call.dtype}, {call.mode}: {first_line(error)}") from error
            raise

    def _tensor(self, value: Array | int, dtype: str) -> Any:
        if isinstance(value, int):  # A seed; the pair makes sampling stateless.
            return self.tf.constant([value & 0x7FFFFFFF, value >> 31 & 0x7FFFFFFF], self.tf.int32)
        return self.tf.constant(fresh_copy(value, dtype))
