"""Which kind of thing a subject is, told by its names alone: nothing is constructed."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from adapters.interface.spec import Spec, parse
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.ready_made_events import READY_MADE_EVENTS
from conformance.definitions.tables import DISTRIBUTIONS, EVENT_LAWS, MIXTURES, TRANSFORMS

PAIR = "pair"


def spec_of(subject: str | Spec) -> Spec:
    """The subject as it is parsed. SpecError for malformed text."""
    return parse(subject) if isinstance(subject, str) else subject


def is_distribution(subject: str | Spec) -> bool:
    """True where the subject names a distribution (bare, transformed, ready-made, of independent entries), or two."""
    spec = spec_of(subject)
    if spec.name == "independent":
        return any(map(is_distribution, spec.parts))
    laws = {*DISTRIBUTIONS, *MIXTURES, *EVENT_LAWS, *READY_MADE, *READY_MADE_EVENTS}
    return spec.name in {PAIR, "transformed"} | laws


def is_event_law(subject: str | Spec) -> bool:
    """True where the subject names a distribution whose draws are events, or two of them."""
    spec = spec_of(subject)
    if spec.name == PAIR:
        return bool(spec.parts) and all(map(is_event_law, spec.parts))
    if spec.name == "transformed":
        return any(map(is_event_law, spec.parts[:1]))
    return spec.name in {*EVENT_LAWS, *READY_MADE_EVENTS} or (spec.name == "independent" and is_distribution(spec))


def is_pair(subject: str | Spec) -> bool:
    """True where the subject names two distributions, which are asked together and for nothing else."""
    return spec_of(subject).name == PAIR


def is_ready_made(subject: str | Spec) -> bool:
    """True where the subject is a law by a name of its own that is made of a base and mostly a transform."""
    name = spec_of(subject).name
    return name in READY_MADE or name in READY_MADE_EVENTS


def signature_of(name: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of a leaf of that name, and none of what has no definition of its own."""
    tables = (TRANSFORMS, DISTRIBUTIONS, READY_MADE, EVENT_LAWS, READY_MADE_EVENTS)
    constructor = next((table[name] for table in tables if name in table), None)
    return inspect.signature(constructor).parameters if constructor is not None else {}


def takes_number(name: str, parameter: str) -> bool:
    """Whether a leaf of that name takes one number there, so that an array of them is a batch."""
    found = signature_of(name).get(parameter)
    # Annotations are texts: a whole number counts something, and a list is an array already.
    return found is not None and str(found.annotation).partition(" ")[0] == "float"
