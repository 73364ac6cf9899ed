"""One text for two uses: what the adapter evaluates and what a reproduction prints.

Modes: "eager" (PYNATIVE) and "graph" (GRAPH: a Cell that is called as ``cell(x)``; nothing else is compiled).
"""

from __future__ import annotations

import functools
import linecache
import os
import sys
import textwrap
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered
from adapters.interface.scripts import first_line, literal

Array = NDArray[Any]

MODES = ("eager", "graph")
DTYPES = ("float16", "bfloat16", "float32", "float64")
COPIES = 16
_CONTEXT = {"eager": "PYNATIVE_MODE", "graph": "GRAPH_MODE"}
_KEPT_GRAPHS = 64
_REFUSALS = ("is not implemented for", "must be implemented for non-linear transformation")

_IMPORTS = """\
import mindspore as ms
import mindspore.nn.probability.bijector as msb
import mindspore.nn.probability.distribution as msd
import numpy as np
"""

_CELL = """\
class Net(ms.nn.Cell):
    def __init__(self):
        super().__init__()
        self.{name} = {constructor}

    def construct(self{arguments}):
        return self.{text}
"""


def constant(value: float, dtype: str) -> str:
    """A parameter: a scalar tensor of the tested dtype."""
    return f"ms.Tensor({value!r}, ms.{dtype})"


@dataclass(frozen=True)
class Call:
    """``text`` is a call of ``name`` (``t`` or ``d``), which ``constructor`` makes, with ``x`` unless ``constant``."""

    name: str
    constructor: str
    text: str
    dtype: str
    mode: str
    constant: bool = False

    def cell(self) -> str:
        """The class whose instances are compiled in the graph mode."""
        arguments = "" if self.constant else ", x"
        return _CELL.format(name=self.name, constructor=self.constructor, text=self.text, arguments=arguments)

    def script(self, value: Array) -> str:
        """Source that prints the result of this call at the single point ``value`` as ``float.hex`` text.

        The point is repeated: fewer elements than a vector register holds are computed in another way than the body of
        an array (float32 logarithms: other bits on most inputs).
        """
        lines = [_IMPORTS, f"ms.set_context(mode=ms.{_CONTEXT[self.mode]})"]
        if not self.constant:
            copies = f"[{literal(value)}] * {COPIES}"
            lines.append(f'x = ms.Tensor(np.array({copies}, dtype="{self.dtype}"))  # fills a vector register')
        if self.mode == "eager":
            lines += [f"{self.name} = {self.constructor}", f"result = {self.text}"]
        else:
            lines += ["", "", self.cell(), "", f"result = Net()({'' if self.constant else 'x'})"]
        lines.append("print(float(np.atleast_1d(result.asnumpy())[0]).hex())")
        return "\n".join(lines) + "\n"


class Runner:
    """MindSpore, imported on construction, on the CPU and on one thread; runs calls."""

    def __init__(self) -> None:
        os.environ["GLOG_v"] = "3"  # noqa: SIM112 - its real name; only errors are logged
        import mindspore as ms
        from mindspore.nn.probability import bijector, distribution

        ms.set_context(device_target="CPU", runtime_num_threads=1)
        self.ms = ms
        self._names = {"ms": ms, "msb": bijector, "msd": distribution}
        self._graphs = 0
        self._graph = functools.lru_cache(maxsize=_KEPT_GRAPHS)(self._new_graph)

    def _eager(self, call: Call) -> Callable[..., Any]:
        names = self._names | {call.name: eval(call.constructor, dict(self._names))}
        function: Callable[..., Any] = eval(f"lambda {'' if call.constant else 'x'}: {call.text}", names)
        return function

    def _new_graph(self, call: Call) -> Callable[..., Any]:
        # The compiler reads the source of ``construct``, so the class needs a module and lines that inspect can find.
        self._graphs += 1
        module = types.ModuleType(f"{__name__}.graph{self._graphs}")
        module.__dict__.update(self._names)
        source, file = call.cell(), f"<{module.__name__}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        sys.modules[module.__name__] = module
        exec(compile(source, file, "exec"), module.__dict__)
        cell: Callable[..., Any] = module.__dict__["Net"]()
        return cell

    def run(self, call: Call, *inputs: Array, seed: int | None = None) -> Array:
        """What MindSpore answers, unchanged: its dtype, its shape. With a seed, everything is built anew after it.

        Raises NotOffered where MindSpore says that it has no implementation, TypeError for an input of another dtype
        than the bound one, and what MindSpore raises.
        """
        for value in inputs:
            if value.dtype.name != call.dtype:
                raise TypeError(f"bound at {call.dtype}, called with {value.dtype.name}")
        self.ms.set_context(mode=getattr(self.ms, _CONTEXT[call.mode]))
        try:
            if seed is not None:
                self.ms.set_seed(seed)
            build = self._eager if call.mode == "eager" else self._graph if seed is None else self._new_graph
            result: Array = build(call)(*(self.ms.Tensor(np.array(value)) for value in inputs)).asnumpy()
            return result
        except Exception as error:
            if isinstance(error, NotImplementedError) or any(text in str(error) for text in _REFUSALS):
                raise NotOffered(f"{call.text}: {textwrap.shorten(first_line(error), 160)}") from error
            raise
