"""The stand-in's own elementary functions, which are watched as a framework's are; some of them are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.operators import Watch

Array = NDArray[Any]

_WATCHES: list[Watch] = []


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """While it is entered, every call of a function below is noted, and replaced where the watch says so."""
    _WATCHES.append(watch)
    try:
        yield
    finally:
        _WATCHES.remove(watch)


def operator(function: str) -> Callable[[Callable[[Array], Array]], Callable[[Array], Array]]:
    """Make the decorated function one of the stand-in's operators, called planted.NAME."""

    def declare(run: Callable[[Array], Array]) -> Callable[[Array], Array]:
        @wraps(run)
        def watched(x: Array) -> Array:
            came = np.asarray(run(x), x.dtype)
            for watch in _WATCHES:
                other = watch.passed(f"planted.{run.__name__}", function, [x], came)
                came = came if other is None else other
            return came

        return watched

    return declare


@operator("exp")
def exp(x: Array) -> Array:
    """The right one."""
    return np.exp(x)


@operator("log")
def log(x: Array) -> Array:
    """The right one."""
    return np.log(x)


@operator("log1p")
def log1p(x: Array) -> Array:
    """The right one."""
    return np.log1p(x)


@operator("tanh")
def tanh(x: Array) -> Array:
    """The right one."""
    return np.tanh(x)


@operator("exp")
def sloppy_exp(x: Array) -> Array:
    """Off by 100 ulp and more, wherever it is not 1."""
    return np.exp(x) * (1 + 128 * np.finfo(x.dtype).eps * np.abs(np.tanh(x)))


@operator("log1p")
def sloppy_log1p(x: Array) -> Array:
    """log(1 + x): a small x is gone."""
    return np.log(1 + x)


@operator("tanh")
def narrow_tanh(x: Array) -> Array:
    """float64 goes through float32."""
    return np.tanh(x.astype(np.float32)).astype(x.dtype)
