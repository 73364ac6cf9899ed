"""From a subject's name to its definition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from adapters.interface.quantities import (
    EVENT_FUNCTIONS,
    EVENT_STATISTICS,
    OF_LAWS,
    OF_PAIRS,
    OF_VECTORS,
    functions,
    variable,
)
from adapters.interface.spec import Spec, parse, written
from conformance.definitions.combinators import CannotCombine, chain, independent, inverse
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.distributions.transformed import transformed
from conformance.definitions.event_laws import EventLaw, independent_law, transformed_law
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


class UnknownSubject(ValueError):
    """No definition goes by this name or takes these parameters. One line, with the valid names."""


PAIR = "pair"


def is_distribution(subject: str | Spec) -> bool:
    """True where the subject names a distribution (bare, transformed, ready-made, of independent entries), or two."""
    spec = _spec(subject)
    if spec.name == "independent":
        return any(map(is_distribution, spec.parts))
    laws = {*DISTRIBUTIONS, *MIXTURES, *EVENT_LAWS, *READY_MADE, *READY_MADE_EVENTS}
    return spec.name in {PAIR, "transformed"} | laws


def is_event_law(subject: str | Spec) -> bool:
    """True where the subject names a distribution whose draws are events, or two of them."""
    spec = _spec(subject)
    if spec.name == PAIR:
        return bool(spec.parts) and all(map(is_event_law, spec.parts))
    if spec.name == "transformed":
        return any(map(is_event_law, spec.parts[:1]))
    return spec.name in {*EVENT_LAWS, *READY_MADE_EVENTS} or (spec.name == "independent" and is_distribution(spec))


def takes_events(subject: str | Spec) -> bool:
    """Whether the inputs of the subject's quantities are events, and not numbers."""
    spec = _spec(subject)
    return is_event_law(spec) if is_distribution(spec) else bool(transform_definition(spec).event)


def functions_of(subject: str | Spec) -> tuple[str, ...]:
    """What the subject has a value of at every point."""
    if is_pair(subject):
        return ()
    if is_event_law(subject):
        # Of a law that is no image by its own words nobody has a base value.
        image = _spec(subject).name == "transformed"
        return tuple(one for one in EVENT_FUNCTIONS if image or variable(one) != "x")
    if not is_distribution(subject):
        return functions("transform")
    if not has_tails(subject):
        return EVENT_FUNCTIONS
    # Where the turn begins that an angle's quantiles are counted from is a convention, and no framework has them.
    definition = _defined(subject)
    skipped = ("icdf",) if definition is not None and definition.circular else ()
    return tuple(one for one in functions("distribution") if one not in skipped)


def has_tails(subject: str | Spec) -> bool:
    """Whether a law of numbers has a distribution function that is declared. All have but those whose is an integral
    without a closed form: of them nothing is asked that needs one. Of what no definition goes by nothing else is said
    here than of any law: whoever asks for its truth is told."""
    definition = _defined(subject)
    return definition is None or (definition.base or definition).cdf is not None


def _defined(subject: str | Spec) -> DistributionDefinition | None:
    """The distribution of numbers; None where no definition goes by the name or takes the parameters, as of a batch."""
    try:
        return distribution_definition(subject)
    except UnknownSubject:
        return None


def statistics_of(subject: str | Spec) -> tuple[str, ...]:
    """The statistics of a distribution that are asked; the covariance of vectors alone, since how the entries of a
    matrix are put in a row is nowhere agreed upon."""
    if is_pair(subject):
        return OF_PAIRS
    if not is_event_law(subject):
        return OF_LAWS if has_tails(subject) else tuple(one for one in OF_LAWS if one != "median")
    return (*EVENT_STATISTICS, *OF_VECTORS) if len(event_law(subject).event) == 1 else EVENT_STATISTICS


def statistic_event(subject: str | Spec, quantity: str) -> Shape:
    """The shape of a statistic: () where it is one number, and for what is no statistic of events."""
    if quantity == "entropy" or quantity not in (*EVENT_STATISTICS, *OF_VECTORS) or not is_event_law(subject):
        return ()
    event = event_law(subject).event
    return event * 2 if quantity in OF_VECTORS else event


def is_pair(subject: str | Spec) -> bool:
    """True where the subject names two distributions, which are asked together and for nothing else."""
    return _spec(subject).name == PAIR


def bases_of(pair: str | Spec) -> tuple[str, str] | None:
    """The subjects of the two bases of a pair whose laws are bare, or go through the same map; else None."""
    first, second = (made_of(part) for part in _spec(pair).parts)
    bare = [spec for spec in (first, second) if spec.name != "transformed"]
    if len(bare) == 2:
        return str(first), str(second)
    return None if bare or first.parts[1] != second.parts[1] else (str(first.parts[0]), str(second.parts[0]))


def is_ready_made(subject: str | Spec) -> bool:
    """True where the subject is a law by a name of its own that is made of a base and mostly a transform."""
    name = _spec(subject).name
    return name in READY_MADE or name in READY_MADE_EVENTS


def made_of(subject: str | Spec) -> Spec:
    """The base, and mostly the transform, that a ready-made law is; any other subject itself."""
    spec = _spec(subject)
    if spec.name in READY_MADE_EVENTS:
        return parse(_call(spec, READY_MADE_EVENTS[spec.name]).subject)
    return parse(_call(spec, READY_MADE[spec.name])) if spec.name in READY_MADE else spec


def composed_of(subject: str | Spec) -> Spec:
    """What frameworks make a ready-made law of, where that is known to be other parts than those of ``made_of``."""
    spec = _spec(subject)
    return parse(_call(spec, COMPOSED[spec.name])) if spec.name in COMPOSED else made_of(spec)


def entries_of(subject: str | Spec) -> tuple[Spec, ...]:
    """Of a subject that acts on each entry of an event by itself: what acts on the entries, as subjects of their own.

    They are the parts, but for a law of independent entries, whose entries are the members of its part.
    """
    spec = _spec(subject)
    if is_distribution(spec):
        return tuple(members_of(_only_part(spec), takes_number))
    return spec.parts


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


def transform_definition(subject: str | Spec) -> TransformDefinition:
    """The transform that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _transform(str(_spec(subject)))


def distribution_definition(subject: str | Spec) -> DistributionDefinition:
    """The distribution of numbers that ``subject`` names. UnknownSubject where there is none, SpecError for malformed
    text."""
    return _distribution(str(_spec(subject)))


def event_law(subject: str | Spec) -> EventLaw:
    """The law of events that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _event_law(str(_spec(subject)))


def definition_of(subject: str | Spec) -> TransformDefinition | DistributionDefinition | EventLaw:
    """Whatever ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    spec = _spec(subject)
    if not is_distribution(spec):
        return transform_definition(spec)
    return event_law(spec) if is_event_law(spec) else distribution_definition(spec)


@lru_cache(maxsize=4096)
def result_event(subject: str, quantity: str, event: Shape) -> Shape:
    """The shape of ``quantity`` of ``subject`` at one input event of shape ``event``: () where it is one number."""
    if quantity not in ("forward", "inverse") or is_distribution(subject):
        return ()
    definition = transform_definition(subject)
    return (definition.output_event if quantity == "forward" else definition.input_event)(event) if event else ()


def _spec(subject: str | Spec) -> Spec:
    return parse(subject) if isinstance(subject, str) else subject


@lru_cache(maxsize=1024)
def _transform(text: str) -> TransformDefinition:
    spec = parse(text)
    if not spec.event:
        return _of_any_event(text, spec)
    definition = _transform(str(replace(spec, event=())))
    if not definition.event:
        raise UnknownSubject(f"{text}: {spec.name} maps numbers, and takes no event of shape {list(spec.event)}")
    try:
        definition.source_at(spec.event)
        definition.target_at(definition.output_event(spec.event))
    except ValueError as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    return replace(definition, event=spec.event)


def _of_any_event(text: str, spec: Spec) -> TransformDefinition:
    try:
        if spec.name == "chain":
            _no_params(spec)
            return chain(*[_transform(str(part)) for part in spec.parts])
        if spec.name == "inverse":
            _no_params(spec)
            return inverse(_transform(str(_only_part(spec))))
        if spec.name == "independent":
            unknown = set(spec.params) - {"ndims"}
            if unknown:
                raise UnknownSubject(f"independent takes ndims, not {', '.join(sorted(unknown))}")
            return independent(_transform(str(_only_part(spec))), whole(spec, "ndims", 1))
        if spec.name in SLICED:
            given = inspect.signature(SLICED[spec.name]).parameters
            _fits(spec, {name: one for name, one in given.items() if one.kind is one.KEYWORD_ONLY})
            return SLICED[spec.name](*[_transform(str(part)) for part in spec.parts], **spec.params)
        if spec.name in DIAGONAL:
            _no_params(spec)
            return DIAGONAL[spec.name](_transform(str(_only_part(spec))))
    except (CannotCombine, BadParameter) as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    if spec.name not in TRANSFORMS:
        raise UnknownSubject(f"unknown transform {spec.name!r}; known: {', '.join((*TRANSFORMS, *COMBINATORS))}")
    definition: TransformDefinition = _call(spec, TRANSFORMS[spec.name])
    return definition


@lru_cache(maxsize=1024)
def _distribution(text: str) -> DistributionDefinition:
    spec = parse(text)
    try:
        if spec.name == "transformed":
            _no_params(spec)
            if len(spec.parts) != 2:
                raise UnknownSubject(f"transformed takes a base and a transform, not {len(spec.parts)} parts")
            base = _distribution(str(spec.parts[0]))
            return transformed(base, _transform(str(spec.parts[1])))
        if spec.name == PAIR:
            return _both(text, spec)
        if spec.name in MIXTURES:
            return _mixture(spec)
        if spec.name in DISTRIBUTIONS:
            definition: DistributionDefinition = _call(spec, DISTRIBUTIONS[spec.name])
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
    if spec.event:
        raise UnknownSubject(f"{text}: the parameters of a law give the shape of its draws")
    try:
        if spec.name in EVENT_LAWS:
            law: EventLaw = _call(spec, EVENT_LAWS[spec.name])
            return law
        if spec.name in READY_MADE_EVENTS:
            made = _call(spec, READY_MADE_EVENTS[spec.name])
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
            _no_params(spec)
            return transformed_law(_event_law(str(spec.parts[0])), _transform(str(spec.parts[1])))
        if spec.name == "independent" and set(spec.params) <= {"ndims"}:
            part = _only_part(spec)
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
    _fits(spec, {name: one for name, one in given.items() if one.kind is one.KEYWORD_ONLY})
    for part in spec.parts:
        if is_pair(part) or is_event_law(part) or not is_distribution(part):
            raise CannotCombine(f"{spec.name} takes laws of numbers, and {part.name} is none")
        if not has_tails(part):
            raise CannotCombine(f"{spec.name} takes laws whose distribution function is declared; {part.name} has none")
    return MIXTURES[spec.name](*[_distribution(str(part)) for part in spec.parts], **spec.params)


def _both(text: str, spec: Spec) -> DistributionDefinition:
    _no_params(spec)
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
    _no_params(spec)
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


def _call(spec: Spec, constructor: Callable[..., Any]) -> Any:
    """The definition. Which parameters there are is the constructor's signature; what they may be, it says itself."""
    _fits(spec, inspect.signature(constructor).parameters, parts=False)
    try:
        return constructor(**spec.params)
    except BadParameter as problem:
        raise UnknownSubject(str(problem)) from None


def _fits(spec: Spec, parameters: Mapping[str, inspect.Parameter], parts: bool = True) -> None:
    """UnknownSubject unless the subject has these parameters, and parts only where they are taken."""
    required = {name for name, parameter in parameters.items() if parameter.default is parameter.empty}
    if (spec.parts and not parts) or not required <= set(spec.params) <= set(parameters):
        given = ", ".join((*(() if parts else map(str, spec.parts)), *spec.params)) or "nothing"
        takes = ", ".join(name if name in required else f"{name} (optional)" for name in parameters)
        raise UnknownSubject(f"{spec.name} takes {takes or 'no parameters'}, not {given}")
    for name, value in spec.params.items():
        wanted = _kind(str(parameters[name].annotation), value)
        if wanted:
            raise UnknownSubject(f"{spec.name}: {name} must be {wanted}, not {written(value)}")


def _kind(annotation: str, value: Any) -> str:
    """What a parameter of this annotation is, where ``value`` is of another kind; empty where it may be that. How many
    numbers there are and which, its constructor says itself."""
    kind, _, optional = annotation.partition(" | ")
    if (value is None and optional) or (isinstance(value, bool) and kind == "bool"):
        return ""
    if kind == "bool":
        return "true or false"
    if kind in ("float", "int"):
        return "" if isinstance(value, float) else "a number"
    return "a list of numbers" if value is None or isinstance(value, bool) else ""


def whole(spec: Spec, name: str, default: int) -> int:
    """A parameter that counts something. UnknownSubject for what is no whole number."""
    value = spec.params.get(name, float(default))
    if not isinstance(value, float) or value != int(value):
        raise UnknownSubject(f"{spec.name}: {name} must be a whole number, not {written(value)}")
    return int(value)


def _only_part(spec: Spec) -> Spec:
    if len(spec.parts) != 1:
        raise UnknownSubject(f"{spec.name} takes one transform, not {len(spec.parts)}")
    return spec.parts[0]


def _no_params(spec: Spec) -> None:
    if spec.params:
        raise UnknownSubject(f"{spec.name} takes no parameters, not {', '.join(spec.params)}")
