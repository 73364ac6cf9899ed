"""The adapter around one function: one quantity of the subjects that its parameters make, and nothing else.

Guarantee: the function gets fresh tensors of its own framework, of exactly the dtype under test, and what it answers is
judged as it comes. What it raises passes through.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from adapters.formula.loading import VALUE, call_of, function_of, loaded, loading_lines, module_name
from adapters.formula.request import Formula, FormulaError
from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Component, Description, NotOffered, Reproduction, Spec
from adapters.interface.contract import Array
from adapters.interface.operators import Watch
from adapters.interface.scripts import literal
from adapters.interface.tensors import Tensors


class Adapter(AdapterBase):
    """Constructing it imports the framework; the user's file is loaded when its function is first asked for."""

    formula: Formula

    def __init__(self) -> None:
        self.name = self.formula.name
        package = f"adapters.{self.formula.framework}"
        self._host: AdapterBase = importlib.import_module(package).Adapter()
        self._tensors: Tensors = importlib.import_module(f"{package}.tensors").TENSORS
        self._known: Any = None

    def describe(self) -> Description:
        """The framework's, in whose eager mode the function runs; the version says which framework that is."""
        host = self._host.describe()
        return replace(
            host, framework=self.name, version=f"{self.formula.framework} {host.version}", modes=host.modes[:1]
        )

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return self._host.watching(watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        return FormulaTransform(self._call(spec, dtype))

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        return FormulaDistribution(self._call(spec, dtype))

    def _call(self, spec: Spec, dtype: str) -> Call:
        point = self.formula.points.get(str(spec))
        if point is None:
            raise NotOffered(f"{self.formula.component} was not asked about {spec}")
        own = {name: point[name] for name in self.formula.names}
        return Call(self.formula, self._tensors, self._module(), own, dtype)

    def _module(self) -> Any:
        # Loaded once, and failed once: a file may take long, and leaves traces.
        if self._known is None:
            try:
                self._known = loaded(self.formula)
            except FormulaError as problem:
                self._known = problem
        if isinstance(self._known, FormulaError):
            raise FormulaError(*self._known.args)
        return self._known


class Call:
    """The function with one set of parameters, at one dtype."""

    def __init__(self, formula: Formula, tensors: Tensors, module: Any, point: dict[str, float], dtype: str) -> None:
        self.formula, self._tensors, self._dtype = formula, tensors, dtype
        self._text = call_of(function_of(module, formula), formula)
        # The nearest float of the dtype, rounded once from the number in the subject.
        rounded = {name: float(np.asarray(value).astype(_kind(dtype))) for name, value in point.items()}
        self._lines = "".join(
            f"{name} = {value!r}\n" if formula.numbers else f"{name} = {tensors.number(value, dtype)}\n"
            for name, value in rounded.items()
        )
        names: dict[str, Any] = {module_name(formula): module}
        exec(tensors.imports + self._lines, names)
        self._evaluate = eval(f"lambda {VALUE}: {self._text}", names)

    def answer(self, quantity: str, value: Array) -> Array:
        """What the function answers, unchanged; of a column's answer (N, 1) the column's entries.

        NotOffered for another quantity than the function's, FormulaError for what is no tensor.
        """
        if quantity != self.formula.quantity:
            raise NotOffered(f"{self.formula.component} computes {self.formula.quantity}")
        rows = np.asarray(value)[:, None] if self.formula.column else value
        came = self._evaluate(self._tensors.tensor(rows, self._dtype))
        array = self._tensors.array(came)
        if array is None:
            said = f"answers with {_named(came)}, and not with a {self._tensors.kind}"
            raise FormulaError(f"{self.formula.component} {said}")
        return array[:, 0] if self.formula.column and array.shape == (len(rows), 1) else array

    def component(self, quantity: str) -> Component:
        """The user's own name of the function."""
        return Component(self.formula.component if quantity == self.formula.quantity else "")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        """A script that loads the user's file by its path and prints the answer at ``value``.

        The value is repeated, because below the size of a vector register kernels may take another path.
        """
        if quantity != self.formula.quantity:
            raise NotOffered(f"a script for {quantity}")
        tensors, point = self._tensors, literal(value)
        if self.formula.column:
            point = f"[{point}]"
        asking = f"result = {self._text}\nfirst = np.atleast_1d({tensors.shown('result')})[0]\n"
        asking += "print(*[float(v).hex() for v in np.ravel(first)])\n"
        row = f"{VALUE} = {tensors.row(f'[{point}] * {tensors.copies}', self._dtype)}  # fills vector registers\n"
        code = f"{loading_lines(self.formula, tensors.imports)}\n{self._lines}{row}{asking}"
        return Reproduction(code, f"{VALUE} = {VALUE}[:1]\n{asking}")


class FormulaTransform(BoundTransform):
    """The function as one quantity of a transform."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def forward(self, x: Array) -> Array:
        return self._call.answer("forward", x)

    def inverse(self, y: Array) -> Array:
        return self._call.answer("inverse", y)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._call.answer("fldj" if direction == "forward" else "ildj", value)

    def component(self, quantity: str) -> Component:
        return self._call.component(quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return self._call.reproduction(quantity, value)


class FormulaDistribution(BoundDistribution):
    """The function as one quantity of a distribution."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def log_prob(self, y: Array) -> Array:
        return self._call.answer("log_prob", y)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._call.answer("log_prob_from_base", x)

    def function(self, quantity: str, value: Array) -> Array:
        return self._call.answer(quantity, value)

    def sample(self, count: int, seed: int) -> Array:
        raise NotOffered(f"{self._call.formula.component} draws nothing")

    def component(self, quantity: str) -> Component:
        return self._call.component(quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return self._call.reproduction(quantity, value)


def _kind(dtype: str) -> Any:
    return importlib.import_module("ml_dtypes").bfloat16 if dtype == "bfloat16" else np.dtype(dtype)


def _named(value: Any) -> str:
    """The class of an answer in words: "None", "a list", "a numpy.ndarray"."""
    if value is None:
        return "None"
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
