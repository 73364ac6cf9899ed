"""Mixtures as frameworks construct them: components of one family as one batched law, weights for each batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adapters.interface.contract import NotOffered
from adapters.interface.spec import Spec, SpecError, Value

MIXTURES = ("mixture", "mixture_same_family")


def in_one_batch(spec: Spec) -> Spec:
    """``spec`` with one part in the place of several of one family, whose parameters stand along a last axis.

    NotOffered where the parts are not laws of one family with numbers, or arrays of numbers, for parameters: no class
    takes those. SpecError where there are none, or where their arrays do not broadcast.
    """
    if not spec.parts:
        raise SpecError(f"{spec}: {spec.name} takes laws")
    first = spec.parts[0]
    if any(part.parts or part.name != first.name or set(part.params) != set(first.params) for part in spec.parts):
        raise NotOffered(f"{spec.name} of laws that are not of one family")
    params = {name: _along_last([part.params[name] for part in spec.parts], spec) for name in first.params}
    return replace(spec, parts=(replace(first, params=params),))


def with_weights_for_each(spec: Spec) -> Spec:
    """``spec`` with its weights repeated for every member of the batch that the parameters of its parts make."""
    shape = _batch_shape(spec)
    if not shape:
        return spec
    weights = np.array(spec.params.get("weights"))
    return replace(spec, params={**spec.params, "weights": _tuples(np.broadcast_to(weights, shape + weights.shape))})


def _batch_shape(spec: Spec) -> tuple[int, ...]:
    arrays = [np.array(value) for part in spec.parts for value in part.params.values() if isinstance(value, tuple)]
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        raise SpecError(f"{spec}: its arrays do not broadcast") from None


def _along_last(values: list[Value], spec: Spec) -> Value:
    try:
        arrays = [np.array(value) for value in values]
        numbers = all(array.dtype == np.float64 for array in arrays)
        joined = np.stack(np.broadcast_arrays(*arrays), axis=-1)
    except ValueError:
        raise SpecError(f"{spec}: its arrays do not broadcast") from None
    if not numbers:  # Truth values, or none.
        raise NotOffered(f"{spec.name} of laws whose parameters are no numbers")
    return _tuples(joined)


def _tuples(array: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Value:
    def tupled(value: object) -> Value:
        return tuple(map(tupled, value)) if isinstance(value, list) else float(value)  # type: ignore[arg-type]

    return tupled(array.tolist())
