"""The notebook's one transform, tanh: its value and its log-det."""

from __future__ import annotations

import inspect

import numpy as np

from adapters.brax import formulas
from adapters.interface import BoundTransform, Component, NotOffered, Reproduction, Spec
from adapters.interface.contract import Array
from adapters.interface.scripts import literal
from adapters.torch.source import COPIES, to_numpy, to_torch

IMPORTS = "import math\nimport torch\nimport torch.nn.functional as F\n\n"
_TEXT = {"forward": "squash(x)", "fldj": "log_det(x)"}
_NO_INVERSE = "brax's notebook never inverts the tanh: it keeps the value before it"


def script(text: str, dtype: str, value: Array | None = None, lines: str = "") -> Reproduction:
    """The formulas that ``text`` needs, then ``text`` printed at ``value``; the point fills vector registers."""
    functions = dict(inspect.getmembers(formulas, inspect.isfunction))
    needed: list[str] = []

    def need(source: str) -> None:
        for name in functions:
            if f"{name}(" in source and name not in needed:
                body = inspect.getsource(functions[name])
                need(body.split(":\n", 1)[1])
                needed.append(name)

    need(text)
    parts = [
        IMPORTS,
        *(inspect.getsource(functions[name]) + "\n" for name in needed),
        f"dtype = torch.{dtype}\n",
        lines,
    ]
    if value is not None:
        parts.append(f"x = torch.tensor([{literal(np.asarray(value).reshape(()))}] * {COPIES}, dtype=dtype)\n")
    shown = f"result = {text}\nprint(float(result[0]).hex())\n"
    return Reproduction("".join([*parts, shown]), "" if value is None else f"x = x[:1]\n{shown}")


def named(text: str) -> Component:
    """The formula that ``text`` calls; "" for a text that calls none."""
    function = getattr(formulas, text.partition("(")[0], None)
    return Component(f"{function.__module__}.{function.__qualname__}" if function else "")


class BraxTransform(BoundTransform):
    """tanh at one dtype. NotOffered at construction for anything else, and for the inverse direction."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        if str(spec) != "tanh":
            raise NotOffered(f"{spec}: brax's notebook has tanh only")
        self._dtype = dtype

    def forward(self, x: Array) -> Array:
        return to_numpy(formulas.squash(to_torch(x, self._dtype)))

    def inverse(self, y: Array) -> Array:
        raise NotOffered(_NO_INVERSE)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        if direction != "forward":
            raise NotOffered(_NO_INVERSE)
        return to_numpy(formulas.log_det(to_torch(value, self._dtype)))

    def component(self, quantity: str) -> Component:
        return named(_TEXT.get(quantity, ""))

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        if quantity not in _TEXT:
            raise NotOffered(_NO_INVERSE)
        return script(_TEXT[quantity], self._dtype, value)
