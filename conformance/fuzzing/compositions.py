"""Compositions as Hypothesis draws them: chains, inverses and events of catalogue entries with other parameters.

Every text that is drawn is a subject that the definitions take. Simpler ones come first in the order in which
Hypothesis shrinks: fewer parts, then parts without parameters, then parameters near 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from adapters.interface.spec import Spec, SpecError, parse
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.registry import (
    UnknownSubject,
    definition_of,
    is_distribution,
    transform_definition,
)
from conformance.definitions.spaces import Shape
from conformance.definitions.tables import COMBINATORS

Offered = Callable[[str], bool]
"""Whether a framework has this leaf."""


def everything(leaf: str) -> bool:
    """Whatever is in the catalogue."""
    return True


MOST_PARTS = 4

NUMBERS = (1.25, 0.75, 2.5, 0.3, -1.5, 7.0, 0.01, 100.0)
"""Numbers that parameters are given besides the catalogue's own; some full-length ones among them."""


def leaves(offered: Offered = everything) -> tuple[list[str], list[str], list[str]]:
    """The names of the catalogue's elementary maps of numbers and of events, and of its bases, simplest first; of
    them those that are ``offered``.

    Maps that are no bijections stay out: what a composition's inverse is through one, each framework says in its own
    way (TFP's and Paddle's give both preimages).
    """
    numbers: dict[str, Spec] = {}
    events: dict[str, Spec] = {}
    bases: dict[str, Spec] = {}
    waiting = [parse(subject) for subject in (*TRANSFORM_SUBJECTS, *DISTRIBUTION_SUBJECTS)]
    while waiting:
        spec = waiting.pop()
        waiting += spec.parts
        if spec.name in COMBINATORS or spec.name == "transformed":
            continue
        if not is_distribution(spec) and not transform_definition(spec).bijective:
            continue
        if not offered(str(spec)):
            continue
        home = bases if is_distribution(spec) else events if transform_definition(spec).event else numbers
        home.setdefault(str(spec), spec)

    def simplest(found: dict[str, Spec]) -> list[str]:
        return sorted(found, key=lambda text: (len(found[text].params), text))

    return simplest(numbers), simplest(events), simplest(bases)


def known(text: str) -> bool:
    """Whether the definitions take this subject."""
    try:
        definition_of(text)
    except (UnknownSubject, SpecError):
        return False
    return True


def with_other_numbers(text: str) -> st.SearchStrategy[str]:
    """The subject itself, or with one of its numbers changed, as long as the definitions take it."""
    spec = parse(text)
    names = [name for name, value in spec.params.items() if isinstance(value, float)]
    if not names:
        return st.just(text)
    changed = [
        str(Spec(spec.name, spec.parts, {**spec.params, name: number}, spec.event))
        for name in names
        for number in NUMBERS
    ]
    return st.sampled_from([text, *filter(known, changed)])


def scalars(offered: Offered = everything) -> st.SearchStrategy[str]:
    """Maps of numbers."""
    leaf = _one_of(leaves(offered)[0]).flatmap(with_other_numbers)
    one = st.one_of(leaf, leaf.map(lambda text: f"inverse({text})"))
    return st.one_of(one, st.lists(one, min_size=2, max_size=MOST_PARTS).map(_chain)).filter(known)


def events(offered: Offered = everything) -> st.SearchStrategy[str]:
    """Maps of events."""
    numbers, vectors, _ = leaves(offered)
    number = _one_of(numbers).flatmap(with_other_numbers)
    vector = _one_of(vectors)
    joined = scalars(offered).map(lambda text: f"independent({text},ndims=1)")
    before = st.tuples(number, vector).map(_chain)
    between = st.tuples(number, vector, vector.map(lambda text: f"inverse({text})")).map(_chain)
    return st.one_of(joined, slices(offered), before, between).filter(known)


def slices(offered: Offered = everything) -> st.SearchStrategy[str]:
    """Maps of numbers side by side: on vectors, and on the rows of events with two axes."""
    parts = st.lists(scalars(offered), min_size=1, max_size=MOST_PARTS)
    cut = st.tuples(parts, st.lists(st.integers(1, 2), min_size=MOST_PARTS, max_size=MOST_PARTS))
    where = st.sampled_from(["", ",dim=0.0,ndims=2.0", ",dim=-2.0,ndims=2.0"])
    return st.one_of(
        st.tuples(parts, where).map(lambda drawn: f"stack({','.join(drawn[0])}{drawn[1]})"),
        st.tuples(cut, where).map(lambda drawn: _concatenated(*drawn[0], drawn[1])),
    ).filter(known)


def distributions(offered: Offered = everything) -> st.SearchStrategy[str]:
    """A base seen through a map of numbers."""
    base = _one_of(leaves(offered)[2]).flatmap(with_other_numbers)
    return st.tuples(base, scalars(offered)).map(lambda pair: f"transformed({pair[0]},{pair[1]})").filter(known)


def compositions(offered: Offered = everything) -> st.SearchStrategy[str]:
    """Any of them that is made of parts, in canonical text."""
    return (
        st.one_of(scalars(offered), events(offered), distributions(offered))
        .map(lambda text: str(parse(text)))
        .filter(_composed)
    )


def batches() -> st.SearchStrategy[tuple[Shape, Shape]]:
    """The batch shapes of a call's inputs and of its parameters, which broadcast: ranks 0 to 3, axes of 1 to 3."""
    drawn = mutually_broadcastable_shapes(num_shapes=2, min_dims=0, max_dims=3, min_side=1, max_side=3)
    return drawn.map(lambda shapes: (shapes.input_shapes[0], shapes.input_shapes[1]))


def _one_of(names: Sequence[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(names) if names else st.nothing()


def _composed(text: str) -> bool:
    spec = parse(text)
    return bool(spec.parts) and (spec.name != "inverse" or _composed(str(spec.parts[0])))


def _concatenated(parts: Sequence[str], lengths: Sequence[int], where: str) -> str:
    cut = ",".join(f"{length}.0" for length in lengths[: len(parts)])
    return f"concatenate({','.join(parts)},lengths=[{cut}]{where})"


def _chain(parts: Sequence[str]) -> str:
    return f"chain({','.join(parts)})"
