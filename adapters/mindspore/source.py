"""One text for two uses: what the adapter evaluates and what a reproduction prints.

Modes: "eager" (PYNATIVE_MODE) and "graph" (GRAPH_MODE). In graph mode MindSpore compiles only a Cell that is called
as ``cell(x)``; a direct call of a bijector's method would run eagerly whatever the context says. The mode belongs to
the process, so it is set before every call. A cell is told to expect vectors of any length: it has the same bits as one
that is compiled for a length (adapters/tests/test_mindspore.py), and compiling for each takes a hundred times as long.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import NotOffered, Reproduction, fresh_copy
from adapters.interface.kernels import missing_kernel
from adapters.interface.scripts import first_line, literal

Array = NDArray[Any]

MODES = ("eager", "graph")
DTYPES = ("float16", "float32", "float64")
COPIES = 16
CALLS = 16
"""Equal calls that a script makes. MindSpore tries an operator five times each on one thread and in two and four parts,
and settles on the best of them (where it goes on to finer parts, the first value is in a part of its own as before)."""
_CONTEXT = {"eager": "PYNATIVE_MODE", "graph": "GRAPH_MODE"}
_COMPILER = "mindspore.graph.api"
_KEPT_CELLS = 64
"""Callables that are kept, the latest asked for; a compiled graph holds some 3 MB."""

IMPORTS = """\
import mindspore as ms
import mindspore.nn.probability.bijector as msb
import mindspore.nn.probability.distribution as msd

"""


@dataclass(frozen=True)
class Call:
    """``setup`` binds ``t`` or ``d``; ``text`` is an expression of it and, unless ``constant``, of ``x``.

    Both are written over ``ms``, ``msb`` (bijectors) and ``msd`` (distributions).
    """

    setup: str
    text: str
    dtype: str
    mode: str
    constant: bool = False
    any_length: bool = True
    """Compiled once for vectors of every length, instead of once for each length."""
    beside: tuple[str, ...] = ()
    """More constants of the object, which the same graph computes; ``call`` then returns them all."""

    @property
    def _object(self) -> str:
        return self.setup.partition(" ")[0]

    def body(self) -> str:
        """Source that binds ``call``, a function of ``x`` (of nothing, for a constant)."""
        argument = "" if self.constant else "x"
        lines = [f"ms.set_context(mode=ms.{_CONTEXT[self.mode]})", self.setup]
        if self.mode == "eager":
            lines += ["", "", f"def call({argument}):", f"    return {self.text}"]
        else:
            name = self._object
            inner = f"self, {argument}" if argument else "self"
            text = ", ".join(f"self.{each}" for each in (self.text, *self.beside))
            lines += ["", "", "class Compiled(ms.nn.Cell):", f"    def __init__(self, {name}):"]
            lines += ["        super().__init__()", f"        self.{name} = {name}", ""]
            lines += [f"    def construct({inner}):", f"        return {text}", "", "", f"call = Compiled({name})"]
            if argument and self.any_length:
                lines += [
                    f"call.set_inputs(ms.Tensor(shape=[None], dtype=ms.{self.dtype}))  # one graph for any length"
                ]
        return "\n".join(lines) + "\n"

    def script(self, value: Array) -> Reproduction:
        """Source that prints the result of this call at the single point ``value`` as ``float.hex`` text."""
        opening = 'import os\n\nos.environ["GLOG_v"] = "3"\nimport numpy as np\n' + IMPORTS
        shown = "float(np.atleast_1d({}.asnumpy())[0]).hex()"
        if value.ndim:
            shown = "' '.join(float(v).hex() for v in np.ravel(np.atleast_1d({}.asnumpy())[0]))"
            return replace(self, any_length=False)._script(value, opening, shown)
        return self._script(value, opening, shown)

    def _script(self, value: Array, opening: str, shown: str) -> Reproduction:
        if self.constant:
            return Reproduction(f"{opening}{self.body()}\n\nprint({shown.format('call()')})\n")
        copies = f"[{literal(value)}] * {COPIES}"
        point = f'x = ms.Tensor(np.array({copies}, dtype="{self.dtype}"))  # fills a vector register'
        alone = f'x = ms.Tensor(np.array([{literal(value)}], dtype="{self.dtype}"))'
        asking = f"print({shown.format('call(x)')})\n"
        several = asking
        if self.mode == "eager":
            # The first calls of an operator are spread over threads on trial, and threads flush subnormal numbers. One
            # value alone is never spread, and has one answer.
            results = f"results = [{shown.format('call(x)')} for _ in range({CALLS})]"
            ending = 'print(*sorted(set(results)), sep="\\n")  # one line, unless equal calls have different answers'
            several = f"{results}\n{ending}\n"
        return Reproduction(f"{opening}{self.body()}\n\n{point}\n{several}", f"{alone}\n{asking}")


def all_of(call: Call) -> Reproduction:
    """A script that prints the whole of a vector, as the first and only row of an array."""
    return replace(call, text=f"ms.ops.expand_dims({call.text}, 0)").script(np.zeros(0))


def _while_compiling(error: Exception) -> bool:
    """Whether ``error`` came before anything was computed, from the compiler of graphs."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return any(frame.f_globals.get("__name__") == _COMPILER and frame.f_code.co_name == "compile" for frame in frames)


class Runner:
    """MindSpore, imported on construction, on the CPU; runs calls."""

    def __init__(self) -> None:
        os.environ["GLOG_v"] = "3"  # noqa: SIM112 - its real name
        import mindspore

        self.ms = mindspore
        mindspore.set_context(device_target="CPU")
        self._folder = tempfile.TemporaryDirectory(prefix="mindspore-cells-")
        sys.path.append(self._folder.name)
        self._made = 0
        self._kept: OrderedDict[Call, str] = OrderedDict()
        """Calls and the modules that hold them."""
        # What a graph lacks comes out only as it is compiled, which would happen at every question.
        self._lacking: dict[Call, str] = {}
        self._uncompiled: dict[Call, tuple[type[Exception], tuple[Any, ...]]] = {}
        """What compiling a graph for any length raised: no input changes it, and each attempt takes as long. Only of
        what it is made: an exception that has been raised holds the frames of its call, and their arrays."""
        self._joint: dict[Call, Call | None] = {}
        """The graph that computes a constant, by the constant; None where it has one of its own."""

    @staticmethod
    def names(setup: str) -> dict[str, Any]:
        """The namespace after the imports and ``setup``."""
        names: dict[str, Any] = {}
        exec(IMPORTS + setup, names)
        return names

    def _callable(self, call: Call) -> Callable[..., Any]:
        if call in self._kept:
            self._kept.move_to_end(call)
        else:
            self._kept[call] = self._new(call)
            if len(self._kept) > _KEPT_CELLS:
                self._forget(self._kept.popitem(last=False)[1])
        function: Callable[..., Any] = sys.modules[self._kept[call]].call
        return function

    def _new(self, call: Call) -> str:
        # MindSpore compiles from the source of ``construct`` and imports the module that holds it, so there is one.
        self._made += 1
        name = f"mindspore_cell_{self._made}"
        Path(self._folder.name, f"{name}.py").write_text(IMPORTS + call.body(), encoding="utf-8")
        importlib.invalidate_caches()
        importlib.import_module(name)
        return name

    def _forget(self, module: str) -> None:
        """Let go of a callable, whose compiled graphs MindSpore frees with it."""
        del sys.modules[module]
        Path(self._folder.name, f"{module}.py").unlink()

    def run(self, call: Call, *inputs: Array, fresh: bool = False) -> Array:
        """What MindSpore answers, unchanged: its dtype, its shape. ``fresh`` constructs the object anew.

        Raises NotOffered where MindSpore raises NotImplementedError or has no kernel, TypeError for an input of another
        dtype than the bound one, and what MindSpore raises.
        """
        copies = [fresh_copy(value, call.dtype) for value in inputs]
        self.ms.set_context(mode=getattr(self.ms, _CONTEXT[call.mode]))
        if any(copy.ndim != 1 or not copy.size for copy in copies):
            call = replace(call, any_length=False)
        if call in self._lacking:
            raise NotOffered(self._lacking[call])
        if call in self._uncompiled:
            kind, arguments = self._uncompiled[call]
            raise kind(*arguments)
        try:
            if fresh and call in self._kept:
                self._forget(self._kept.pop(call))
            result: Array = self._callable(call)(*(self.ms.Tensor(copy) for copy in copies)).asnumpy()
            return result
        except Exception as error:
            lacking = missing_kernel(error, call.dtype)
            if isinstance(error, NotImplementedError):
                lacking = f"{call.text}: mindspore raises NotImplementedError {first_line(error)}"
            # TransformedDistribution's way of saying that it has no mean.
            if lacking is None and "must be implemented for non-linear transformation" in str(error):
                lacking = f"{call.text}: mindspore raises ValueError {first_line(error)}"
            if lacking is None:
                if call.any_length and not fresh and _while_compiling(error):
                    self._uncompiled[call] = (type(error), error.args)
                raise
            self._lacking[call] = lacking
            if isinstance(error, NotImplementedError) and call.mode == "eager":
                # The Python that raised is what a graph is made of.
                self._lacking[replace(call, mode="graph")] = lacking
            raise NotOffered(lacking) from error

    def constant(self, call: Call, others: Sequence[Call]) -> Array:
        """What ``run`` answers, with the same bits (adapters/tests/test_mindspore.py), by one graph for ``call`` and
        ``others``: constants of one object in graph mode. To compile one for each takes three times as long.

        What does not run eagerly is left out, since it would let the whole graph fail, and compiled by itself.
        """
        if call not in self._joint:
            able = [each for each in {call: None, **dict.fromkeys(others)} if self._runs(each)]
            joint = replace(able[0], beside=tuple(each.text for each in able[1:])) if len(able) > 1 else None
            self._joint |= dict.fromkeys((call, *others)) | dict.fromkeys(able, joint)
        joint = self._joint[call]
        if joint is None:
            return self.run(call)
        self.ms.set_context(mode=getattr(self.ms, _CONTEXT[joint.mode]))
        try:
            results = self._callable(joint)()
        except Exception:  # Each by itself says what it lacks.
            self._joint |= {each: None for each, other in self._joint.items() if other == joint}
            return self.run(call)
        result: Array = results[(joint.text, *joint.beside).index(call.text)].asnumpy()
        return result

    def _runs(self, call: Call) -> bool:
        try:
            self.run(replace(call, mode="eager"))
        except Exception:
            return False
        return True
