"""A stand-in framework: the NumPy reference, with composites that are made of its parts, and one defect at one part.

Where the defect changes no part's answer a composite's answer is the reference's; where it does, the composite is the
plain composition of its parts, as frameworks compute it. So a defect reaches everything that is built on its part.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface import Adapter as AdapterBase
from adapters.interface import BoundDistribution, BoundTransform, Component, Description, NotOffered, Reproduction, Spec
from adapters.interface.operators import Watch
from adapters.interface.quantities import LOG_QUANTITIES, MIRROR, OTHER_TAIL, TAILS
from adapters.numpy import Adapter as Reference
from adapters.numpy.event_batches import batch_shape as event_batch_shape
from conformance.causes.drafts import PLAIN
from conformance.causes.tests.planted import library
from conformance.definitions.registry import entries_of, is_distribution, is_event_law, is_pair, transform_definition
from conformance.definitions.tables import MIXTURES, SLICED
from conformance.tests.reference_answers import ReferenceAnswers, of_this_process

Array = NDArray[Any]

Right = Callable[..., Array]
"""right(value, quantity=..., of=...): the reference's answer, by default to the question that was asked."""


@dataclass(frozen=True)
class Plant:
    """One defect. place: name of a transform or distribution and a quantity, such as "tanh.fldj"; mechanisms: those
    that tell it rightly; subjects: what is asked. wrong(right, value, spec) is the defective answer; where parameters
    are arrays it is asked only with ``batches``, and of a batch of laws of events only with ``event_batches``. plain:
    it sits where parameters are plain Python numbers, and nowhere else. kernel: the function of the stand-in's library
    that is to blame, where it is one. dtypes: those that are asked."""

    name: str
    place: str
    mechanisms: tuple[str, ...]
    subjects: tuple[str, ...]
    about: str
    wrong: Callable[[Right, Array, Spec], Array]
    batches: bool = False
    event_batches: bool = False
    plain: bool = False
    kernel: str = ""
    dtypes: tuple[str, ...] = ("float32", "float64")

    @property
    def component(self) -> str:
        """What its cause must be named after."""
        return f"planted: {PLAIN}" if self.plain else f"planted.{self.place}"


class Adapter(AdapterBase):
    """See the module's docstring; without a plant it is the reference under another name. answers: the reference's."""

    name = "planted"

    def __init__(self, plant: Plant | None, plain: bool = False, answers: ReferenceAnswers | None = None) -> None:
        self._answers, self._whole = answers or of_this_process(), plant
        self._plant = plant if plant is not None and plant.plain == plain else None

    def given(self, form: str) -> Adapter:
        """The same, asked with parameters in this form."""
        return Adapter(self._whole, form == "plain", self._answers)

    def describe(self) -> Description:
        said = Reference().describe()
        return Description(self.name, "1.0", said.packages, said.dtypes, said.modes, said.devices, said.flush_to_zero)

    def watching(self, watch: Watch) -> AbstractContextManager[object]:
        return library.watching(watch)

    def _transform(self, spec: Spec, dtype: str, mode: str) -> BoundTransform:
        return _Transform(self, spec, dtype)

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        return _Distribution(self, spec, dtype)

    def right(self, spec: Spec, quantity: str, value: Array, dtype: str) -> Array:
        """The reference's answer."""
        return self._answers(spec, quantity, dtype, value)

    def drawn(self, spec: Spec, quantity: str, asked: Array, dtype: str) -> Array:
        """What comes by another method than ``sample``, which the law with the defect alone has; of the two answers of
        one call either may be wrong."""
        place = "" if self._plant is None else self._plant.place
        if place == f"{spec.name}.{quantity}":
            return self.answer(spec, quantity, asked, dtype)
        if quantity == "scored_sample" and place == f"{spec.name}.scored_log_prob":
            return self.right(spec, "sample", asked, dtype)
        raise NotOffered(quantity)

    def said(self, spec: Spec, name: str, value: Array | None, dtype: str) -> Array:
        """What is declared: by the defect where it is about that, else by the reference."""
        plant = self._plant
        if plant is None or plant.place != f"{spec.name}.{name}":
            return self._answers(spec, name, dtype, value)

        def right(at: Array | None = value) -> Array:
            return self._answers(spec, name, dtype, at)

        return plant.wrong(right, value, spec)  # type: ignore[arg-type]

    def answer(self, spec: Spec, quantity: str, value: Array, dtype: str) -> Array:
        """The answer of the part with the defect, of what is composed of it, or the reference's."""
        plant = self._plant
        if plant is not None and plant.place == f"{spec.name}.{quantity}" and _reached(plant, spec):

            def right(at: Array = value, quantity: str = quantity, of: Spec = spec, dtype: str = dtype) -> Array:
                return self.right(of, quantity, at, dtype)

            with np.errstate(all="ignore"):
                return plant.wrong(right, value, spec)
        own = self.right(spec, quantity, value, dtype)
        if plant is None or quantity == "sample" or (plant.place.startswith(f"{spec.name}.") and quantity != "ildj"):
            return own
        with np.errstate(all="ignore"):
            made = _joined(spec, quantity, value, lambda of, what, at: self.answer(of, what, at, dtype))
            sound = _joined(spec, quantity, value, lambda of, what, at: self.right(of, what, at, dtype))
        if made is None or sound is None or made.shape != own.shape or made.dtype != own.dtype:
            return own if made is None else made
        same = (made == sound) | (np.isnan(made) & np.isnan(sound))
        return np.where(same, own, made).astype(own.dtype)


def _reached(plant: Plant, spec: Spec) -> bool:
    """Whether the defect sits in this subject, which may be a batch by its parameters."""
    if is_event_law(spec) and not is_pair(spec):
        return plant.event_batches or event_batch_shape(spec) == ()
    arrays = any(isinstance(number, tuple) for part in (spec, *spec.parts) for number in part.params.values())
    return plant.batches or not arrays


def _joined(spec: Spec, quantity: str, x: Array, ask: Callable[[Spec, str, Array], Array]) -> Array | None:
    """A composite's answer from those of its parts; None where there are no parts."""
    if spec.name == "transformed":
        base, mapped = spec.parts
        if quantity == "log_prob":
            return ask(base, "log_prob", ask(mapped, "inverse", x)) + ask(mapped, "ildj", x)
        if quantity == "log_prob_from_base":
            return ask(base, "log_prob", x) - ask(mapped, "fldj", x)
        if quantity == "cdf":
            below = ask(base, "cdf", ask(mapped, "inverse", x))
            return (1 - below).astype(below.dtype) if _falling(mapped) else below
        if quantity in TAILS:
            own = OTHER_TAIL[quantity] if _falling(mapped) else quantity
            return ask(base, own, ask(mapped, "inverse", x))
        if quantity == "icdf" and not _falling(mapped):
            return ask(mapped, "forward", ask(base, "icdf", x))
        return None
    if spec.name in MIXTURES:
        return _mixed(spec, quantity, x, ask)
    if spec.name == "inverse":
        return ask(spec.parts[0], MIRROR[quantity], x)
    if spec.name == "independent" and is_distribution(spec):
        if quantity != "log_prob":
            return None
        columns = np.moveaxis(x.reshape(*x.shape[:-1], -1), -1, 0)
        if len(entries_of(spec)) != len(columns):  # A batch of such laws.
            return None
        terms = [ask(one, "log_prob", np.array(at)) for one, at in zip(entries_of(spec), columns, strict=True)]
        return np.sum(terms, axis=0, dtype=x.dtype)
    if spec.name == "independent":
        each = ask(spec.parts[0], quantity, x.reshape(-1))
        if each.size != x.size:
            return each
        each, axes = each.reshape(x.shape), tuple(range(-int(spec.params.get("ndims", 1)), 0))
        return each.sum(axis=axes, dtype=each.dtype) if quantity in ("fldj", "ildj") else each
    if spec.name in SLICED:
        return _side_by_side(spec, quantity, x, ask)
    if spec.name == "chain":
        return _chained(spec, quantity, x, ask)
    if quantity == "ildj":
        return -ask(spec, "fldj", ask(spec, "inverse", x))
    return None


def _mixed(spec: Spec, quantity: str, x: Array, ask: Callable[[Spec, str, Array], Array]) -> Array | None:
    """A density, or a tail, of a mixture by those of its parts; of laws of several families by their logarithms."""
    own = "log_prob" if quantity == "log_prob_from_base" else quantity
    if own not in ("log_prob", "prob", *TAILS):
        return None
    if spec.name == "mixture" and own not in LOG_QUANTITIES:
        logarithm = _mixed(spec, f"log_{own}", x, ask)
        return None if logarithm is None else np.exp(logarithm)
    answers = np.stack(np.broadcast_arrays(*(ask(part, own, x) for part in spec.parts)))
    weights = np.reshape(spec.params["weights"], (-1, *(1,) * (answers.ndim - 1))).astype(answers.dtype)
    if own in LOG_QUANTITIES:
        return np.asarray(np.logaddexp.reduce(answers + np.log(weights), axis=0))
    return np.asarray((weights * answers).sum(axis=0))


def _side_by_side(spec: Spec, quantity: str, x: Array, ask: Callable[[Spec, str, Array], Array]) -> Array:
    definition = transform_definition(spec)
    flat = x.reshape(*x.shape[: x.ndim - len(definition.event)], -1)
    each = np.empty_like(flat)
    assert definition.which is not None
    which = np.asarray(definition.which(flat.shape[-1]))
    for index, part in enumerate(spec.parts):
        at = flat[..., which == index]
        each[..., which == index] = ask(part, quantity, at.reshape(-1)).reshape(at.shape)
    return each.sum(axis=-1, dtype=each.dtype) if quantity in ("fldj", "ildj") else each.reshape(x.shape)


def _chained(spec: Spec, quantity: str, x: Array, ask: Callable[[Spec, str, Array], Array]) -> Array:
    back = quantity in ("inverse", "ildj")
    total: Array | None = None
    for part in spec.parts[::-1] if back else spec.parts:
        if quantity in ("fldj", "ildj"):
            term = ask(part, quantity, x)
            total = term if total is None else total + term
        x = ask(part, "inverse" if back else "forward", x)
    return x if total is None else total


def _falling(spec: Spec) -> bool:
    scale = spec.params.get("scale", 1.0)
    while isinstance(scale, tuple):  # A batch's members are multiples of one number.
        scale = scale[0]
    return bool(spec.name == "affine" and scale < 0)


class _Transform(BoundTransform):
    def __init__(self, adapter: Adapter, spec: Spec, dtype: str) -> None:
        self._adapter, self._spec, self._dtype = adapter, spec, dtype

    def forward(self, x: Array) -> Array:
        return self._adapter.answer(self._spec, "forward", x, self._dtype)

    def inverse(self, y: Array) -> Array:
        return self._adapter.answer(self._spec, "inverse", y, self._dtype)

    def log_det_jacobian(self, value: Array, direction: str = "forward") -> Array:
        return self._adapter.answer(self._spec, {"forward": "fldj", "inverse": "ildj"}[direction], value, self._dtype)

    def with_parameters(self, form: str) -> _Transform:
        return _Transform(self._adapter.given(form), self._spec, self._dtype)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._adapter.said(self._spec, name, value, self._dtype)

    def component(self, quantity: str) -> Component:
        return Component(f"planted.{self._spec.name}.{quantity}")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        raise NotImplementedError


class _Distribution(BoundDistribution):
    def __init__(self, adapter: Adapter, spec: Spec, dtype: str) -> None:
        self._adapter, self._spec, self._dtype = adapter, spec, dtype

    def log_prob(self, y: Array) -> Array:
        return self._adapter.answer(self._spec, "log_prob", y, self._dtype)

    def log_prob_from_base(self, x: Array) -> Array:
        return self._adapter.answer(self._spec, "log_prob_from_base", x, self._dtype)

    def function(self, quantity: str, value: Array) -> Array:
        return self._adapter.answer(self._spec, quantity, value, self._dtype)

    def statistic(self, quantity: str) -> Array:
        return self._adapter.answer(self._spec, quantity, np.zeros(()), self._dtype)

    def sample(self, count: int, seed: int) -> Array:
        return self._adapter.answer(self._spec, "sample", np.array([count, seed]), self._dtype)

    def rsample(self, count: int, seed: int) -> Array:
        return self._adapter.drawn(self._spec, "rsample", np.array([count, seed]), self._dtype)

    def scored_sample(self, count: int, seed: int) -> Array:
        return self._adapter.drawn(self._spec, "scored_sample", np.array([count, seed]), self._dtype)

    def scored_log_prob(self, count: int, seed: int) -> Array:
        return self._adapter.drawn(self._spec, "scored_log_prob", np.array([count, seed]), self._dtype)

    def with_parameters(self, form: str) -> _Distribution:
        return _Distribution(self._adapter.given(form), self._spec, self._dtype)

    def declared(self, name: str, value: Array | None) -> Array:
        return self._adapter.said(self._spec, name, value, self._dtype)

    def component(self, quantity: str) -> Component:
        return Component(f"planted.{self._spec.name}.{quantity}")

    def reproduction(self, quantity: str, value: Array) -> Reproduction:
        raise NotImplementedError
