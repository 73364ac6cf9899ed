"""From a subject's text to its definition: what its names construct, and which parameters and parts they take."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import lru_cache
from math import prod

from adapters.interface.spec import Spec, parse
from conformance.definitions.arguments import UnknownSubject, call, fits, no_params, only_part, whole
from conformance.definitions.combinators import CannotCombine, chain, independent, inline, inverse
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.distributions.transformed import transformed
from conformance.definitions.event_laws import EventLaw, independent_law, transformed_law
from conformance.definitions.kinds import PAIR, is_distribution, is_event_law, is_pair, spec_of, takes_number
from conformance.definitions.members import members_of, shape_of
from conformance.definitions.ready_made import COMPOSED, READY_MADE
from conformance.definitions.ready_made_events import READY_MADE_EVENTS
from conformance.definitions.spaces import Shape
from conformance.definitions.tables import (
    COMBINATORS,
    DIAGONAL,
    DISTRIBUTIONS,
    EVENT_LAWS,
    MIXTURES,
    SLICED,
    TRANSFORMS,
)
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.parameters import BadParameter

MOST_ENTRIES = 1024
"""Of an event. What a larger one costs is not even told in a second, and nothing of it would be paid for."""


def transform_definition(subject: str | Spec) -> TransformDefinition:
    """The transform that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _transform(str(spec_of(subject)))


def distribution_definition(subject: str | Spec) -> DistributionDefinition:
    """The distribution of numbers that ``subject`` names. UnknownSubject where there is none, SpecError for malformed
    text."""
    return _distribution(str(spec_of(subject)))


def event_law(subject: str | Spec) -> EventLaw:
    """The law of events that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _event_law(str(spec_of(subject)))


def definition_of(subject: str | Spec) -> TransformDefinition | DistributionDefinition | EventLaw:
    """Whatever ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    spec = spec_of(subject)
    if not is_distribution(spec):
        return transform_definition(spec)
    return event_law(spec) if is_event_law(spec) else distribution_definition(spec)


def made_of(subject: str | Spec) -> Spec:
    """The base, and mostly the transform, that a ready-made law is; any other subject itself."""
    spec = spec_of(subject)
    if spec.name in READY_MADE_EVENTS:
        return parse(call(spec, READY_MADE_EVENTS[spec.name]).subject)
    return parse(call(spec, READY_MADE[spec.name])) if spec.name in READY_MADE else spec


def composed_of(subject: str | Spec) -> Spec:
    """What frameworks make a ready-made law of, where that is known to be other parts than those of ``made_of``."""
    spec = spec_of(subject)
    return parse(call(spec, COMPOSED[spec.name])) if spec.name in COMPOSED else made_of(spec)


def entries_of(subject: str | Spec) -> tuple[Spec, ...]:
    """Of a subject that acts on each entry of an event by itself: what acts on the entries, as subjects of their own.

    They are the parts, but for a law of independent entries, whose entries are the members of its part.
    """
    spec = spec_of(subject)
    if is_distribution(spec):
        return tuple(members_of(only_part(spec), takes_number))
    return spec.parts


def has_tails(subject: str | Spec) -> bool:
    """Whether a law of numbers has a distribution function that is declared. All have but those whose is an integral
    without a closed form: of them nothing is asked that needs one. Of what no definition goes by nothing else is said
    here than of any law: whoever asks for its truth is told."""
    definition = _defined(subject)
    return definition is None or (definition.base or definition).cdf is not None


def is_circular(subject: str | Spec) -> bool:
    """Whether the subject is a law of an angle."""
    definition = _defined(subject)
    return definition is not None and definition.circular


def _defined(subject: str | Spec) -> DistributionDefinition | None:
    """The distribution of numbers; None where no definition goes by the name or takes the parameters, as of a batch."""
    try:
        return distribution_definition(subject)
    except UnknownSubject:
        return None


@lru_cache(maxsize=1024)
def _transform(text: str) -> TransformDefinition:
    spec = parse(text)
    if not spec.event:
        return _of_few_entries(text, _of_any_event(text, spec))
    definition = _transform(str(replace(spec, event=())))
    if not definition.event:
        raise UnknownSubject(f"{text}: {spec.name} maps numbers, and takes no event of shape {list(spec.event)}")
    _refuse_many(text, spec.event)
    try:
        definition.source_at(spec.event)
        definition.target_at(definition.output_event(spec.event))
    except ValueError as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    return _of_few_entries(text, replace(definition, event=spec.event))


def _of_few_entries(text: str, definition: TransformDefinition) -> TransformDefinition:
    """The definition; UnknownSubject where its events, or what they are mapped to, have too many entries."""
    if definition.event:
        _refuse_many(text, definition.event)
        _refuse_many(text, definition.output_event(definition.event))
    return definition


def _refuse_many(text: str, event: Shape) -> None:
    size = prod(event)
    if size > MOST_ENTRIES:
        raise UnknownSubject(f"{text}: an event of {size:,} entries; of more than {MOST_ENTRIES:,} none is asked")


def _of_any_event(text: str, spec: Spec) -> TransformDefinition:
    try:
        if spec.name == "chain":
            no_params(spec)
            return chain(*[_transform(str(part)) for part in spec.parts])
        if spec.name == "inline":
            no_params(spec)
            return inline(_transform(str(only_part(spec))))
        if spec.name == "inverse":
            no_params(spec)
            return inverse(_transform(str(only_part(spec))))
        if spec.name == "independent":
            unknown = set(spec.params) - {"ndims"}
            if unknown:
                raise UnknownSubject(f"independent takes ndims, not {', '.join(sorted(unknown))}")
            return independent(_transform(str(only_part(spec))), whole(spec, "ndims", 1))
        if spec.name in SLICED:
            given = inspect.signature(SLICED[spec.name]).parameters
            fits(spec, {name: one for name, one in given.items() if one.kind is one.KEYWORD_ONLY})
            return SLICED[spec.name](*[_transform(str(part)) for part in spec.parts], **spec.params)
        if spec.name in DIAGONAL:
            no_params(spec)
            return DIAGONAL[spec.name](_transform(str(only_part(spec))))
    except (CannotCombine, BadParameter) as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    if spec.name not in TRANSFORMS:
        raise UnknownSubject(f"unknown transform {spec.name!r}; known: {', '.join((*TRANSFORMS, *COMBINATORS))}")
    definition: TransformDefinition = call(spec, TRANSFORMS[spec.name])
    return definition


def _no_shape(text: str, spec: Spec) -> None:
    if spec.event:
        raise UnknownSubject(f"{text}: the parameters of a law give the shape of its draws")


@lru_cache(maxsize=1024)
def _distribution(text: str) -> DistributionDefinition:
    spec = parse(text)
    _no_shape(text, spec)
    try:
        if spec.name == "transformed":
            no_params(spec)
            if len(spec.parts) != 2:
                raise UnknownSubject(f"transformed takes a base and a transform, not {len(spec.parts)} parts")
            base = _distribution(str(spec.parts[0]))
            return transformed(base, _transform(str(spec.parts[1])))
        if spec.name == PAIR:
            return _both(text, spec)
        if spec.name in MIXTURES:
            return _mixture(spec)
        if spec.name in DISTRIBUTIONS:
            definition: DistributionDefinition = call(spec, DISTRIBUTIONS[spec.name])
            return definition
        if spec.name in READY_MADE:
            return _distribution(str(made_of(spec)))
    except (CannotCombine, BadParameter) as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    known = ", ".join((*DISTRIBUTIONS, *MIXTURES, *READY_MADE, "transformed"))
    raise UnknownSubject(f"unknown distribution {spec.name!r}; known: {known}")


@lru_cache(maxsize=1024)
def _event_law(text: str) -> EventLaw:
    spec = parse(text)
    _no_shape(text, spec)
    try:
        if spec.name in EVENT_LAWS:
            law: EventLaw = call(spec, EVENT_LAWS[spec.name])
            return law
        if spec.name in READY_MADE_EVENTS:
            made = call(spec, READY_MADE_EVENTS[spec.name])
            law = _event_law(made.subject)
            return replace(
                law,
                marginals=made.marginals or law.marginals,
                moments=made.moments or law.moments,
                peak=made.peak or law.peak,
                family=made.family or law.family,
            )
        if spec.name == PAIR:
            return _both_of_events(text, spec)
        if spec.name == "transformed" and len(spec.parts) == 2:
            no_params(spec)
            return transformed_law(_event_law(str(spec.parts[0])), _transform(str(spec.parts[1])))
        if spec.name == "independent" and set(spec.params) <= {"ndims"}:
            part = only_part(spec)
            if is_event_law(part):
                raise CannotCombine("independent() needs a law of numbers")
            shape = shape_of(part, takes_number)
            members = [str(member) for member in members_of(part, takes_number)]
            laws = [_distribution(member) for member in members]
            return independent_law(shape, members, laws, whole(spec, "ndims", 1))
    except (CannotCombine, ValueError) as problem:
        if isinstance(problem, UnknownSubject):
            raise
        raise UnknownSubject(f"{text}: {problem}") from None
    raise UnknownSubject(f"{text} is no law of events: independent(LAW,ndims=1), or transformed(one, MAP)")


def _mixture(spec: Spec) -> DistributionDefinition:
    """The law that is mixed from the parts."""
    given = inspect.signature(MIXTURES[spec.name]).parameters
    fits(spec, {name: one for name, one in given.items() if one.kind is one.KEYWORD_ONLY})
    for part in spec.parts:
        if is_pair(part) or is_event_law(part) or not is_distribution(part):
            raise CannotCombine(f"{spec.name} takes laws of numbers, and {part.name} is none")
        if not has_tails(part):
            raise CannotCombine(f"{spec.name} takes laws whose distribution function is declared; {part.name} has none")
    return MIXTURES[spec.name](*[_distribution(str(part)) for part in spec.parts], **spec.params)


def _both(text: str, spec: Spec) -> DistributionDefinition:
    no_params(spec)
    if len(spec.parts) != 2:
        raise UnknownSubject(f"{PAIR} takes two distributions, not {len(spec.parts)} parts")
    for part in spec.parts:
        if is_pair(part) or is_event_law(part) or not is_distribution(part):
            raise UnknownSubject(f"{text}: {PAIR} takes distributions, and {part.name} is none")
    first, second = (_distribution(str(part)) for part in spec.parts)
    return replace(
        first,
        formula="log p(X) - log q(X), X of law p",
        reference=f"{first.reference}; {second.reference}",
        other=second,
    )


def _both_of_events(text: str, spec: Spec) -> EventLaw:
    no_params(spec)
    if len(spec.parts) != 2:
        raise UnknownSubject(f"{PAIR} takes two distributions, not {len(spec.parts)} parts")
    if any(map(is_pair, spec.parts)):
        raise UnknownSubject(f"{text}: {PAIR} takes distributions, and {PAIR} is none")
    first, second = (_event_law(str(part)) for part in spec.parts)
    if first.event != second.event:
        raise UnknownSubject(f"{text}: two laws of events of shapes {list(first.event)} and {list(second.event)}")
    return replace(
        first,
        formula="log p(X) - log q(X), X of law p",
        reference="; ".join(dict.fromkeys((first.reference, second.reference))),
        other=second,
    )
