"""One text for two uses: what the adapter evaluates and what a reproduction prints.

Modes: "eager" (dygraph) and "to_static" (``paddle.jit.to_static`` with full_graph=False: a full graph takes the process
down with some of these classes). Paddle then leaves functions of fewer than ten operations to the eager mode, so the
environment variable MIN_GRAPH_SIZE is set to 0: what is measured is the graph that such a function is part of.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered, Reproduction, fresh_copy
from adapters.interface.kernels import missing_kernel
from adapters.interface.scripts import first_line, literal

Array = NDArray[Any]

MODES = ("eager", "to_static")
DTYPES = ("float16", "bfloat16", "float32", "float64")
COPIES = 16
_KEPT_GRAPHS = 256


def constant(value: float, dtype: str) -> str:
    """A parameter: a scalar tensor of the tested dtype, since the transforms take nothing else.

    Without a dtype: the plain Python number.
    """
    if not dtype:
        return repr(value)
    return f'paddle.to_tensor({value!r}, dtype="{dtype}")'


@dataclass(frozen=True)
class Call:
    """``setup`` binds ``t`` or ``d``; ``text`` is an expression of it and, unless ``constant``, of ``x``."""

    setup: str
    text: str
    dtype: str
    mode: str
    constant: bool = False

    def script(self, value: Array) -> Reproduction:
        """Source that prints the result of this call at the single point ``value`` as ``float.hex`` text.

        The point is repeated: Eigen computes the last elements of an array, too few to fill a vector register, in
        another way than the body.
        """
        lines = ["import os", "", 'os.environ["GLOG_v"] = "0"']
        if self.mode == "to_static":
            lines.append('os.environ["MIN_GRAPH_SIZE"] = "0"  # compile functions of fewer than ten operations too')
        lines += ["import numpy as np", "import paddle", "import paddle.distribution as pd", "", self.setup]
        argument = "" if self.constant else "x"
        if argument:
            copies = f"[{literal(value)}] * {COPIES}"
            lines.append(f'x = paddle.to_tensor(np.array({copies}, dtype="{self.dtype}"))  # fills a vector register')
        asking = [f"result = {self.text}"]
        if self.mode != "eager":
            # A name of its own, for the reason given at Runner._new_graph: scripts are run in one process, too.
            name = "call_" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]
            lines += ["", "", f"def {name}({argument}):", f"    return {self.text}", "", ""]
            lines.append(f"compiled = paddle.jit.to_static({name}, full_graph=False)")
            asking = [f"result = compiled({argument})"]
        asking.append("first = np.atleast_1d(result.numpy())[0]")
        asking.append(
            "print(*(float(v).hex() for v in np.ravel(first)))" if value.ndim else "print(float(first).hex())"
        )
        alone = "\n".join(["x = x[:1]", *asking, ""]) if argument else ""
        return Reproduction("\n".join([*lines, *asking, ""]), alone)


def all_of(call: Call) -> Reproduction:
    """A script that prints the whole of a vector, as the first and only row of an array."""
    return replace(call, text=f"paddle.unsqueeze({call.text}, 0)").script(np.zeros(0))


class Runner:
    """Paddle, imported on construction, on the CPU; runs calls."""

    def __init__(self) -> None:
        os.environ["GLOG_v"] = "0"  # noqa: SIM112 - its real name; higher levels print megabytes
        os.environ["MIN_GRAPH_SIZE"] = "0"
        # Else what was compiled early in a long run is compiled, and what comes later is not.
        os.environ["SOT_ENABLE_COMPILE_TIME_LIMIT"] = "0"
        import paddle

        paddle.set_device("cpu")
        self.paddle = paddle
        self._graphs = 0
        self._graph = functools.lru_cache(maxsize=_KEPT_GRAPHS)(self._new_graph)

    def names(self, setup: str) -> dict[str, Any]:
        """The namespace after the imports and ``setup``."""
        names: dict[str, Any] = {"paddle": self.paddle, "pd": self.paddle.distribution}
        exec(setup, names)
        return names

    def _function(self, call: Call, line: int = 0) -> Callable[..., Any]:
        text = "\n" * line + f"lambda {'' if call.constant else 'x'}: {call.text}"
        function: Callable[..., Any] = eval(f"({text})", self.names(call.setup))
        return function

    def _new_graph(self, call: Call) -> Callable[..., Any]:
        # Paddle keeps what it compiled by code object, and takes two equal ones for one, whatever their globals. Code
        # objects differ when their line numbers do.
        self._graphs += 1
        compiled: Callable[..., Any] = self.paddle.jit.to_static(self._function(call, self._graphs), full_graph=False)
        return compiled

    def run(self, call: Call, *inputs: Array) -> Array:
        """What Paddle answers, unchanged: its dtype, its shape.

        Raises NotOffered where Paddle raises NotImplementedError or has no kernel, TypeError for an input of another
        dtype than the bound one, and what Paddle raises.
        """
        copies = [fresh_copy(value, call.dtype) for value in inputs]
        try:
            function = self._function(call) if call.mode == "eager" else self._graph(call)
            result: Array = function(*(self.paddle.to_tensor(copy) for copy in copies)).numpy()
            return result
        except NotImplementedError as error:
            raise NotOffered(f"{call.text}: paddle raises NotImplementedError {first_line(error)}") from error
        except Exception as error:
            lacking = missing_kernel(error, call.dtype)
            if lacking is None:
                raise
            raise NotOffered(lacking) from error
