"""A framework that really misbehaves, for tests of whatever drives workers. Load it with --adapter-file.

Transforms: ``exp`` (every quantity correct, in plain NumPy) and ``inverse(exp)``. Distributions: ``normal(loc=0.0,
scale=1.0)`` and ``transformed(normal(loc=0.0,scale=1.0),exp)``. Before any array is answered, its elements are looked
up in order in this table, and the first one found there acts; all other elements are answered as a sound framework
would. ``sample`` and ``entropy_estimate`` look their seed up instead. To be asked for the component of ildj of
``inverse(exp)`` is a segmentation fault too.

    input   what really happens
    1.0     segmentation fault
    2.0     hangs, sleeping
    2.25    hangs likewise, but the adapter makes no call with it (``left_out``)
    2.5     hangs inside a C call that holds the interpreter lock, with SIGTERM ignored: only SIGKILL ends it
    3.0     the process exits with status 7, without a word
    4.0     4 MB of garbage on stdout, 1 MB on stderr, then the right answer
    5.0     raises FloatingPointError("hostile input 5.0")
    6.0     allocates without bound, under an address-space limit of 256 MB more: MemoryError
    7.0     garbage on every open descriptor above 2 that takes it, the reply pipe included, then the right answer
    8.0     SystemExit(3)
    9.0     SIGABRT, as a failed assertion in C++ gives
    10.0    SIGKILL to itself, as the kernel does when memory is out
    11.0    recursion without end: RecursionError
    12.0    the answer has one element too few
    13.0    the answer is complex128, which does not travel
    14.0    NotOffered, although its neighbours are offered
    15.0    every descriptor above 2 is closed
    16.0    a whole frame on every descriptor above 2, of an exception that names rows which nobody asked

HOSTILE_START=segfault|hang|exit|raise in the environment acts the same way while the adapter is constructed, and
HOSTILE_FUSE=N makes every evaluation from the N-th on (N >= 1, counted per process) a segmentation fault.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from collections.abc import Callable

import numpy as np

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Component, Description, NotOffered, Reproduction, Spec
from adapters.interface.contract import Array

GARBAGE = b"\x00\xff{garbage}\n" * 400_000


FORGED = b'{"status": "raised", "type": "Error", "message": "forged", "left_out": [100000, "all"], "arrays": []}'


def segfault() -> None:
    ctypes.string_at(0)


def hang() -> None:
    while True:
        time.sleep(3600)


def hang_in_c() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.PyDLL(None).sleep(3600)  # PyDLL keeps the interpreter lock, so no other Python thread runs.


def leave() -> None:
    os._exit(7)


def shout() -> None:
    for descriptor, size in ((1, 4_000_000), (2, 1_000_000)):
        view = memoryview(GARBAGE)[:size]
        while len(view):
            view = view[os.write(descriptor, view) :]


def refuse() -> None:
    raise FloatingPointError("hostile input 5.0")


def allocate() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), hard))
    kept = []
    try:
        while True:
            kept.append(bytearray(16 << 20))
    finally:
        kept.clear()
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def scribble() -> None:
    for descriptor in _open_descriptors():
        with contextlib.suppress(OSError):
            os.write(descriptor, GARBAGE[:4096])


def close_all() -> None:
    for descriptor in _open_descriptors():
        with contextlib.suppress(OSError):
            os.close(descriptor)


def stop() -> None:
    sys.exit(3)


def abort() -> None:
    os.kill(os.getpid(), signal.SIGABRT)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def recurse() -> None:
    recurse()


def not_here() -> None:
    raise NotOffered("hostile input 14.0")


def forge() -> None:
    for descriptor in _open_descriptors():
        with contextlib.suppress(OSError):
            os.write(descriptor, len(FORGED).to_bytes(8, "big") + FORGED)


ACTIONS: dict[float, Callable[[], None]] = {
    1.0: segfault,
    2.0: hang,
    2.25: hang,
    2.5: hang_in_c,
    3.0: leave,
    4.0: shout,
    5.0: refuse,
    6.0: allocate,
    7.0: scribble,
    8.0: stop,
    9.0: abort,
    10.0: killed,
    11.0: recurse,
    14.0: not_here,
    15.0: close_all,
    16.0: forge,
}
START = {"segfault": segfault, "hang": hang, "exit": leave, "raise": refuse}
_evaluations = 0


def _open_descriptors() -> list[int]:
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]


def _act(value: Array) -> None:
    global _evaluations
    _evaluations += 1
    if 0 < int(os.environ.get("HOSTILE_FUSE", "0")) <= _evaluations:
        segfault()
    for element in np.asarray(value).reshape(-1):
        if float(element) in ACTIONS:
            ACTIONS[float(element)]()
            return


def _twist(value: Array, result: Array) -> Array:
    if np.any(value == 12.0):
        return result[:-1]
    if np.any(value == 13.0):
        return result.astype(np.complex128)
    return result


def _math(function: Callable[[Array], Array], value: Array) -> Array:
    # float64 inside, one rounding at the end: NumPy has no functions of its own for bfloat16.
    with np.errstate(all="ignore"):
        return function(value.astype(np.float64)).astype(value.dtype)


class HostileExp(BoundTransform):
    """exp or its inverse, sound except at the inputs of the table."""

    def __init__(self, inverted: bool) -> None:
        self._inverted = inverted

    def _answer(self, value: Array, function: Callable[[Array], Array]) -> Array:
        _act(value)
        return _twist(value, _math(function, value))

    def forward(self, x: Array) -> Array:
        return self._answer(x, np.log if self._inverted else np.exp)

    def inverse(self, y: Array) -> Array:
        return self._answer(y, np.exp if self._inverted else np.log)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        on_the_log_side = (direction == "forward") == self._inverted
        return self._answer(value, (lambda v: -np.log(v)) if on_the_log_side else (lambda v: v))

    why_left_out = "hostile input 2.25 never ends"

    def left_out(self, quantity: str, value: Array) -> Array:
        return np.asarray(value == 2.25)

    def refused(self, quantity: str, value: Array) -> list[bool]:
        try:
            _act(value)
        except FloatingPointError:
            return [True] * len(value)
        return super().refused(quantity, value)

    def component(self, quantity: str) -> Component:
        if self._inverted and quantity == "ildj":
            segfault()
        return super().component(quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        point = float(np.asarray(value).reshape(-1)[0])
        logarithmic = (quantity in ("inverse", "ildj")) != self._inverted
        function = {"forward": "exp", "inverse": "exp", "fldj": "float", "ildj": "float"}[quantity]
        if logarithmic:
            function = "math.log" if function == "exp" else "-math.log"
        function = "math.exp" if function == "exp" else function
        return Reproduction(f'import math\nprint(({function}(float.fromhex("{point.hex()}"))).hex())\n')


class HostileNormal(BoundDistribution):
    """A standard normal, or its exponential, sound except at the inputs (and seeds) of the table."""

    def __init__(self, dtype: str, exponentiated: bool) -> None:
        self._dtype, self._exponentiated = dtype, exponentiated

    def log_prob(self, y: Array) -> Array:
        _act(y)

        def density(value: Array) -> Array:
            x = np.log(value) if self._exponentiated else value
            return np.asarray(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - (x if self._exponentiated else 0.0))

        return _twist(y, _math(density, y))

    def sample(self, count: int, seed: int) -> Array:
        _act(np.asarray(float(seed)))
        draws = np.random.default_rng(seed).standard_normal(count)
        return (np.exp(draws) if self._exponentiated else draws).astype(self._dtype)

    def mean(self) -> Array:
        return np.asarray(np.exp(0.5) if self._exponentiated else 0.0, dtype=self._dtype)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        raise NotOffered("reproduction")


class Adapter(AdapterBase):
    """The door to the misbehaving framework."""

    name = "hostile"

    def __init__(self) -> None:
        START.get(os.environ.get("HOSTILE_START", ""), lambda: None)()

    def describe(self) -> Description:
        return Description("hostile", "1.0", {"numpy": np.__version__}, ("float16", "float32", "float64"))

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        if str(spec) not in ("exp", "inverse(exp)"):
            raise NotOffered(f"{spec}: only exp and inverse(exp)")
        return HostileExp(inverted=str(spec) != "exp")

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        known = ("normal(loc=0.0,scale=1.0)", "transformed(normal(loc=0.0,scale=1.0),exp)")
        if str(spec) not in known:
            raise NotOffered(f"{spec}: only {' and '.join(known)}")
        return HostileNormal(dtype, exponentiated=spec.name == "transformed")
