"""From arrays of the four dtypes to pairs and back, in blocks; and the two bound classes of the interface.

float32 and float64 are computed in pairs of their own precision. float16 and bfloat16 are computed in plain float64
(``pairs.Word``) and rounded at the end, by way of float32 where it is bfloat16: at most 2**-15 ulp beyond half an ulp.
Calls of half a million numbers and more in float32 go through one compiled loop where there is one, with the same bits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from adapters.interface import (
    BoundDistribution,
    BoundTransform,
    Component,
    NotOffered,
    Reproduction,
    Spec,
    SpecError,
    fresh_copy,
)
from adapters.interface.contract import Array
from adapters.interface.quantities import DECLARED, DISTRIBUTION_FUNCTIONS, OF_PAIRS, SETS, STATISTICS
from adapters.interface.scripts import literal
from adapters.numpy import components
from adapters.numpy.bases import build_base
from adapters.numpy.combinators import build
from adapters.numpy.compiled import faster
from adapters.numpy.divergence import Both
from adapters.numpy.pairs import Pair, Word
from adapters.numpy.pushforward import Pushforward
from adapters.numpy.ready_made import NO_LOG_TAILS, READY_MADE, law_of
from adapters.numpy.transforms import Map

DTYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32, "float64": np.float64}
_BLOCK = 8192  # Rows at a time: the many temporaries of pair arithmetic then stay in the processor's cache.
MANY = 1 << 19  # From here on a compiled loop (``compiled``) has paid for its making within one call.


def evaluate(function: Callable[[Pair], Pair], value: Array, dtype: str, event_rank: int = 0) -> Array:
    """``function`` of the array, block by block, in the dtype's precision. No floating-point warning leaves."""
    short = dtype in ("float16", "bfloat16")
    of, wide = (Word.of, np.float64) if short else (Pair.of, DTYPES[dtype])
    with np.errstate(all="ignore"):
        working = fresh_copy(value, dtype).astype(wide, copy=False)
        loop = _loop(function) if dtype == "float32" and event_rank == 0 and working.size >= MANY else None
        if loop:
            return loop(working.reshape(-1)).reshape(working.shape)
        rows = working.reshape(-1, *working.shape[working.ndim - event_rank :])
        blocks = [function(of(rows[at : at + _BLOCK])).value() for at in range(0, max(len(rows), 1), _BLOCK)]
        result = np.concatenate(blocks)
        shape = working.shape[: working.ndim - event_rank] + result.shape[1:]
        return result.reshape(shape).astype(DTYPES[dtype])


@functools.lru_cache(maxsize=64)
def _loop(function: Callable[[Pair], Pair]) -> Callable[[Array], Array] | None:
    """``function`` of many numbers of float32 at once; None where NumPy does it."""
    return faster(lambda numbers: function(Pair.of(numbers)).value(), np.float32)


def rounded(spec: Spec, dtype: str) -> Spec:
    """The subject with its parameters as the dtype has them. SpecError where one is beyond the dtype."""

    def nearest(value: float) -> float:
        with np.errstate(over="ignore"):
            found = float(np.float64(value).astype(DTYPES[dtype]))
        if not np.isfinite(found) or (found == 0) != (value == 0):
            raise SpecError(f"{spec}: {value!r} is beyond {dtype}")
        return found

    return spec.with_numbers(nearest)


_CALLS = {
    "fldj": 'bound.log_det_jacobian(value, "forward")',
    "ildj": 'bound.log_det_jacobian(value, "inverse")',
    **{name: f"bound.{name}(value)" for name in ("forward", "inverse", *DISTRIBUTION_FUNCTIONS)},
    **{name: f"bound.{name}()" for name in STATISTICS},
    **{name: f'bound.declared("{name}", {"value" if name in SETS else None})' for name in DECLARED},
}


def script(kind: str, subject: Spec, dtype: str, quantity: str, value: Array) -> Reproduction:
    """A script that evaluates one point through this package's public interface."""
    if quantity not in _CALLS:
        raise NotOffered(f"a script for {quantity}, which takes a count and a seed")
    call = _CALLS[quantity]
    lines = ["import ml_dtypes", "import numpy as np", "", "from adapters.numpy import Adapter", ""]
    lines.append(f'bound = Adapter().{kind}("{subject}", "{dtype}")')
    if "value" in call:
        lines.append(f"value = np.array([{literal(value)}]).astype({DTYPES[dtype].__module__}.{dtype})")
    lines.append(f"result = {call}")
    lines.append("print(*[float(v).hex() for v in np.ravel(result)])")
    return Reproduction("\n".join(lines).replace("astype(numpy.", "astype(np.") + "\n")


def _between(ends: tuple[float, float], value: Array | None) -> Array:
    """Per row whether it lies in the closed interval."""
    wide = np.asarray(value, np.float64)
    return (ends[0] <= wide) & (wide <= ends[1])


class NumpyTransform(BoundTransform):
    """One transform of the reference implementation at one dtype."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        self._spec, self._dtype = spec, dtype
        self._map: Map = build(rounded(spec, dtype))
        self.ranks = (self._map.event_rank, self._map.output_rank)

    def _evaluate(self, function: Callable[[Pair], Pair], value: Array, rank: int) -> Array:
        if np.ndim(value) < rank:
            raise ValueError(
                f"{self._spec} takes events with {rank} axes, not an array of shape {list(np.shape(value))}"
            )
        return evaluate(function, value, self._dtype, rank)

    def forward(self, x: Array) -> Array:
        return self._evaluate(self._map.forward, x, self._map.event_rank)

    def inverse(self, y: Array) -> Array:
        return self._evaluate(self._map.inverse, y, self._map.output_rank)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        if direction == "forward":
            return self._evaluate(self._map.fldj, value, self._map.event_rank)
        return self._evaluate(self._map.ildj, value, self._map.output_rank)

    def declared(self, name: str, value: Array | None) -> Array:
        if name in ("event_rank_in", "event_rank_out"):
            return np.asarray(self.ranks[name == "event_rank_out"])
        if name in ("increasing", "domain", "codomain") and self._map.increasing is not None and self.ranks == (0, 0):
            if name == "increasing":
                return np.asarray(self._map.increasing)
            return _between(self._map.domain if name == "domain" else self._map.codomain, value)
        raise NotOffered(f"{name} is not declared")

    def has_loop(self, quantity: str) -> bool:
        """Whether MANY numbers and more go through a compiled loop."""
        single = self._dtype == "float32" and self.ranks == (0, 0)
        return single and _loop(getattr(self._map, quantity)) is not None

    def component(self, quantity: str) -> Component:
        return components.of_map(self._map, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("transform", self._spec, self._dtype, quantity, value)


@functools.lru_cache(maxsize=64)
def _law(spec: Spec) -> Pushforward:
    """The law of numbers of a subject. It has no dtype, so that its statistics are worked out once for all of them."""
    if spec.name in READY_MADE:
        return law_of(spec)
    if spec.name != "transformed":
        return Pushforward(build_base(spec), None)
    if len(spec.parts) == 2 and not spec.params:
        return Pushforward(build_base(spec.parts[0]), build(spec.parts[1]))
    raise SpecError(f"{spec}: transformed takes a base and a transform")


class NumpyDistribution(BoundDistribution):
    """One base distribution, transformed or bare, at one dtype."""

    def __init__(self, spec: Spec, dtype: str) -> None:
        self._spec, self._dtype = spec, dtype
        exact = rounded(spec, dtype)
        self._law = _law(exact.parts[0] if spec.name == "pair" and spec.parts else exact)
        self._both = Both(exact, self._law) if spec.name == "pair" else None

    def _not_of_two(self, what: str) -> None:
        if self._both is not None:
            raise NotOffered(f"{what} of two distributions")

    def log_prob(self, y: Array) -> Array:
        self._not_of_two("log_prob")
        return evaluate(self._law.log_prob, y, self._dtype)

    def log_prob_from_base(self, x: Array) -> Array:
        self._not_of_two("log_prob_from_base")
        if self._spec.name in READY_MADE:
            raise NotOffered("a ready-made law is not asked by a base value")
        return evaluate(self._law.log_prob_from_base, x, self._dtype)

    def function(self, quantity: str, value: Array) -> Array:
        self._not_of_two(quantity)
        if self._spec.name in NO_LOG_TAILS and quantity in ("log_cdf", "log_survival"):
            raise NotOffered(f"{quantity} of {self._spec.name}: the way back to its base underflows")
        return evaluate(getattr(self._law, quantity), value, self._dtype)

    def sample(self, count: int, seed: int) -> Array:
        self._not_of_two("sample")
        draws = self._law.base.draw(np.random.default_rng(seed), count)
        if self._spec.name in READY_MADE:  # Nobody scores a draw by the base value, so that nothing rounds in between.
            return evaluate(self._law.forward, draws.astype(np.float64), "float64").astype(DTYPES[self._dtype])
        return evaluate(self._law.forward, draws.astype(DTYPES[self._dtype]), self._dtype)

    def _rounded(self, value: Any) -> Array:
        kind = np.float64 if self._dtype == "float64" else np.float32
        with np.errstate(all="ignore"):
            rounded = value if isinstance(value, float) else Pair.constant(value, kind).hi
            return np.asarray(rounded).astype(kind).astype(DTYPES[self._dtype])

    def statistic(self, quantity: str) -> Array:
        if (self._both is None) == (quantity in OF_PAIRS):
            raise NotOffered(f"{quantity} of {self._spec.names()}")
        return self._rounded(getattr(self._both or self._law, quantity)())

    def declared(self, name: str, value: Array | None) -> Array:
        if name in ("batch_shape", "event_shape") and self._both is None:
            return np.zeros(0, np.int64)
        if name != "support" or self._both is not None:
            raise NotOffered(f"{name} is not declared")
        ends = self._law.forward(Pair.of(np.array(self._law.base.support))).hi
        return _between((float(ends.min()), float(ends.max())), value)

    def component(self, quantity: str) -> Component:
        return components.of_law(self._law, quantity)

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        return script("distribution", self._spec, self._dtype, quantity, value)
