"""What is asked of a subject by its name: its definition, its kind, and which quantities it has.

Everything that other rooms import is here; how a definition comes about is told in ``kinds`` and ``construction``.
"""

from __future__ import annotations

from functools import lru_cache

from adapters.interface.quantities import (
    EVENT_FUNCTIONS,
    EVENT_STATISTICS,
    OF_LAWS,
    OF_PAIRS,
    OF_VECTORS,
    functions,
    variable,
)
from adapters.interface.spec import Spec
from conformance.definitions.arguments import UnknownSubject, whole
from conformance.definitions.construction import (
    composed_of,
    definition_of,
    distribution_definition,
    entries_of,
    event_law,
    has_tails,
    is_circular,
    made_of,
    transform_definition,
)
from conformance.definitions.kinds import (
    PAIR,
    is_distribution,
    is_event_law,
    is_pair,
    is_ready_made,
    signature_of,
    spec_of,
    takes_number,
)
from conformance.definitions.spaces import Shape

__all__ = [
    "PAIR",
    "UnknownSubject",
    "bases_of",
    "composed_of",
    "definition_of",
    "distribution_definition",
    "entries_of",
    "event_law",
    "functions_of",
    "has_tails",
    "is_distribution",
    "is_event_law",
    "is_pair",
    "is_ready_made",
    "made_of",
    "result_event",
    "signature_of",
    "statistic_event",
    "statistics_of",
    "takes_events",
    "takes_number",
    "transform_definition",
    "whole",
]


def takes_events(subject: str | Spec) -> bool:
    """Whether the inputs of the subject's quantities are events, and not numbers."""
    spec = spec_of(subject)
    return is_event_law(spec) if is_distribution(spec) else bool(transform_definition(spec).event)


def functions_of(subject: str | Spec) -> tuple[str, ...]:
    """What the subject has a value of at every point."""
    if is_pair(subject):
        return ()
    if is_event_law(subject):
        # Of a law that is no image by its own words nobody has a base value.
        image = spec_of(subject).name == "transformed"
        return tuple(one for one in EVENT_FUNCTIONS if image or variable(one) != "x")
    if not is_distribution(subject):
        return functions("transform")
    if not has_tails(subject):
        return EVENT_FUNCTIONS
    # Where the turn begins that an angle's quantiles are counted from is a convention, and no framework has them.
    skipped = ("icdf",) if is_circular(subject) else ()
    return tuple(one for one in functions("distribution") if one not in skipped)


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


def bases_of(pair: str | Spec) -> tuple[str, str] | None:
    """The subjects of the two bases of a pair whose laws are bare, or go through the same map; else None."""
    first, second = (made_of(part) for part in spec_of(pair).parts)
    bare = [spec for spec in (first, second) if spec.name != "transformed"]
    if len(bare) == 2:
        return str(first), str(second)
    return None if bare or first.parts[1] != second.parts[1] else (str(first.parts[0]), str(second.parts[0]))


@lru_cache(maxsize=4096)
def result_event(subject: str, quantity: str, event: Shape) -> Shape:
    """The shape of ``quantity`` of ``subject`` at one input event of shape ``event``: () where it is one number."""
    if quantity not in ("forward", "inverse") or is_distribution(subject):
        return ()
    definition = transform_definition(subject)
    return (definition.output_event if quantity == "forward" else definition.input_event)(event) if event else ()
