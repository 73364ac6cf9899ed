"""Elementwise NumPy code as a program: it is run once on an array that only records what is done to it.

Guarantee: ``record(function)`` gives the operations that ``function`` does to one array, element by element, in their
order and with NumPy's own choice of dtypes. Whatever is no operation on elements, or takes its way by a value other
than by choosing between two elements, is ``Untraceable``. The formulas of this package are straight lines of such
operations, so that one compiled loop can do in one pass what NumPy does in two thousand (``compiled``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_TRUTHS = {
    np.bitwise_and: "and",
    np.bitwise_or: "or",
    np.invert: "not",
    np.logical_and: "and",
    np.logical_or: "or",
    np.logical_not: "not",
}
_COMPARED = {
    np.less: "less",
    np.less_equal: "less_equal",
    np.greater: "greater",
    np.greater_equal: "greater_equal",
    np.equal: "equal",
    np.not_equal: "not_equal",
    np.signbit: "signbit",
    np.isnan: "isnan",
    np.isinf: "isinf",
    np.isfinite: "isfinite",
}
_NUMBERS = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.true_divide: "divide",
    np.floor_divide: "floor_divide",
    np.negative: "negative",
    np.absolute: "absolute",
    np.square: "square",
    np.sqrt: "sqrt",
    np.rint: "rint",
    np.floor: "floor",
    np.copysign: "copysign",
    np.maximum: "maximum",
    np.minimum: "minimum",
    np.ldexp: "ldexp",
}
"""What is compiled, by what its operands are converted to: truth values, their common dtype, that of the result. Any
other function of elements is "external": NumPy or SciPy does it, between one loop and the next."""


class Untraceable(Exception):
    """The function is no straight line of operations on elements."""


@dataclass(frozen=True)
class Step:
    """One operation: its name or, of an external one, the function; the steps whose results it takes; the dtype of its
    result. ``value`` is that of a "constant"."""

    operation: Any
    operands: tuple[int, ...]
    dtype: np.dtype[Any]
    value: Any = None


@dataclass
class Program:
    """Steps in an order in which they can be done, none of them twice. Step 0 is the input."""

    steps: list[Step] = field(default_factory=list)
    result: int = 0
    _known: dict[Any, int] = field(default_factory=dict)

    def add(self, operation: Any, operands: tuple[int, ...], dtype: Any, value: Any = None) -> int:
        """The step that does this, an earlier one where there is one."""
        step = Step(operation, operands, np.dtype(dtype), value)
        key = (operation, operands, step.dtype, None if value is None else value.tobytes())
        if key not in self._known:
            self._known[key] = len(self.steps)
            self.steps.append(step)
        return self._known[key]

    def constant(self, value: Any) -> int:
        number = np.asarray(value)
        return self.add("constant", (), number.dtype, number.reshape(()))


class _Either:
    """The bytes of answers that are not known yet: each may be among them."""

    def __contains__(self, _: object) -> bool:
        return True


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of one element, as far as anybody can see, that records what is done to it."""

    shape, ndim = (1,), 1

    def __init__(self, program: Program, at: int) -> None:
        self._program, self._at = program, at

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._program.steps[self._at].dtype

    @property
    def size(self) -> int:
        raise Untraceable("how many there are is asked")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Untraceable("an array of values is wanted")

    def _refused(self, *_: Any) -> Any:
        raise Untraceable("the way depends on a value")

    __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = any = all = _refused

    def tobytes(self) -> _Either:
        return _Either()

    def astype(self, dtype: Any, copy: bool = True) -> Traced:
        """The elements converted."""
        return self if np.dtype(dtype) == self.dtype else self._done("cast", (self,), dtype)

    def _done(self, operation: Any, operands: tuple[Any, ...], dtype: Any) -> Traced:
        at = tuple(one._at if isinstance(one, Traced) else self._program.constant(one) for one in operands)
        return Traced(self._program, self._program.add(operation, at, dtype))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        out = options.pop("out", None)
        if method != "__call__" or options or ufunc.signature is not None:
            raise Untraceable(f"{ufunc.__name__}.{method}")
        if out is not None:  # "a &= b": whoever holds a sees it.
            if len(out) != 1 or out[0] is not inputs[0]:
                raise Untraceable("a result that is written elsewhere")
            found = self.__array_ufunc__(ufunc, method, *inputs)
            inputs[0]._at = found.astype(inputs[0].dtype)._at
            return inputs[0]
        with np.errstate(all="ignore"):
            seen = ufunc(*_seen(inputs))
        if ufunc is np.frexp:
            return tuple(self._done(name, inputs, part.dtype) for name, part in zip(_FREXP, seen, strict=True))
        if isinstance(seen, tuple):
            raise Untraceable(ufunc.__name__)
        if ufunc in _COMPARED:
            return self._done(_COMPARED[ufunc], _converted(inputs, np.result_type(*_seen(inputs))), bool)
        if ufunc in _TRUTHS and seen.dtype == np.bool_:
            return self._done(_TRUTHS[ufunc], _converted(inputs, bool), bool)
        if ufunc is np.ldexp:
            inputs = (*_converted(inputs[:1], seen.dtype), *_converted(inputs[1:], np.int32))
        elif ufunc in _NUMBERS:
            inputs = _converted(inputs, seen.dtype)
        elif len(inputs) > 1 and any(isinstance(one, Traced) and one.dtype != np.float64 for one in inputs):
            raise Untraceable(f"{ufunc.__name__} of several dtypes")  # A number beside it is kept as a float64.
        return self._done(_NUMBERS.get(ufunc, ufunc), inputs, seen.dtype)

    def __array_function__(self, function: Any, _: Any, inputs: Any, options: Any) -> Any:
        if not options and function is np.where and len(inputs) == 3:
            seen = np.where(True, *_seen(inputs[1:]))
            return self._done("where", (inputs[0], *_converted(inputs[1:], seen.dtype)), seen.dtype)
        if not options and function in _FILLED and isinstance(inputs[0], Traced):
            return _FILLED[function](np.ones(1, inputs[0].dtype), *inputs[1:])
        if not options and function is np.clip and len(inputs) == 3:
            return np.minimum(np.maximum(inputs[0], inputs[1]), inputs[2])
        if function in (np.shape, np.ndim):
            return self.shape if function is np.shape else self.ndim
        raise Untraceable(function.__name__)


_FREXP = ("mantissa", "exponent")
_FILLED: dict[Any, Callable[..., Any]] = {
    np.zeros_like: np.zeros_like,
    np.ones_like: np.ones_like,
    np.full_like: np.full_like,
}


def _seen(inputs: tuple[Any, ...]) -> list[Any]:
    """Operands of which NumPy chooses the dtypes that it would choose: a number of Python's stays one."""
    if any(not isinstance(one, Traced) and np.size(one) != 1 for one in inputs):
        raise Untraceable("an array of its own")
    return [np.ones(1, one.dtype) if isinstance(one, Traced) else one for one in inputs]


def _converted(inputs: tuple[Any, ...], dtype: Any) -> tuple[Any, ...]:
    with np.errstate(all="ignore"):
        return tuple(one.astype(dtype) if isinstance(one, Traced) else np.asarray(one, dtype) for one in inputs)


def record(function: Callable[[Any], Any], dtype: Any) -> Program:
    """The program of ``function``, which takes an array of ``dtype`` and gives one. Untraceable where there is none."""
    program = Program()
    first = Traced(program, program.add("input", (), dtype))
    try:
        found = function(first)
    except (TypeError, ValueError, AttributeError) as unknown:  # What NumPy says of an array that is none.
        raise Untraceable(str(unknown)) from unknown
    program.result = found._at if isinstance(found, Traced) else program.constant(found)
    return program
