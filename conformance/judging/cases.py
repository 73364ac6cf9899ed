"""From names to cases: which subjects, dtypes and modes a framework is put under law with, and at which points."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import variable
from adapters.interface.spec import Spec, parse
from conformance.definitions.declared import declared, spaces_of
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import FloatNumbers, image_of
from conformance.definitions.intervals import UNIT, Interval
from conformance.definitions.parameters import in_format
from conformance.definitions.registry import (
    distribution_definition,
    event_law,
    functions_of,
    is_distribution,
    is_event_law,
    is_pair,
    made_of,
    transform_definition,
)
from conformance.definitions.spaces import Space
from conformance.floats.enclosures import Enclosures, Kind, as_float
from conformance.floats.formats import Format, format_named
from conformance.floats.regions import Frame, Region, regions_of
from conformance.inputs.corpus import worst_cases, worst_rows
from conformance.inputs.scalar_points import ROLES, Points, scalar_points
from conformance.judging.budget import affordable, picked, too_large
from conformance.judging.profile import Profile
from conformance.laws.case import Case, Framework, Truth
from conformance.laws.inputs import Inputs
from conformance.oracle.alike import Alike

_MOST = 2.0**1000
"""What is ordinary ends here at the latest: points are drawn between two floats."""

ORDINARY_SHARES = (2.0**-10, 1.0 - 2.0**-10)
"""Where people ask for quantiles."""


def build_case(
    client: Framework,
    oracle: Truth,
    subject: str,
    dtype: str,
    mode: str,
    profile: Profile,
    seed: int,
    role: str = "expectation",
    flushes: bool = False,
    only: tuple[str, ...] = (),
    inside: bool = False,
) -> Case:
    """One case. Its points depend on subject, quantity, dtype, profile, seed and role, and on nothing else.

    only, inside: see ``Plan.quantities`` and ``Plan.inside``.
    """
    fmt = format_named(dtype)
    exact = in_format(subject, fmt)

    def points(quantity: str) -> Points:
        return standard_points(oracle, subject, quantity, fmt, profile, seed, role, inside)

    declared(exact)  # A subject that no definition goes by is refused here, before anything is asked about it.
    inputs = Inputs(
        points=points,
        frame=lambda quantity: frame_of(oracle, exact, quantity),
        regions=lambda quantity, values: regions_at(oracle, exact, quantity, values, fmt),
        terms=_log_det_terms(oracle, exact),
        too_large=too_large(exact, functions_of(subject), profile),
        paid=lambda quantity, region: picked(region, _paid(exact, quantity, profile, len(region))),
    )
    return Case(subject, mode, fmt, client, oracle, inputs, flushes, seed, only)


def _paid(subject: str, quantity: str, profile: Profile, most: int) -> int:
    """How many of ``most`` events are asked; of what is too large one is left, which nobody asks the oracle about."""
    count = affordable(subject, quantity, profile)
    return most if count is None else max(count, 1)


def _log_det_terms(oracle: Truth, subject: str) -> Callable[[str, NDArray[Any]], NDArray[np.float64]] | None:
    """The largest term in a sum of logarithms: the log-det of a transformed log density (its other term is what is
    missing to the whole) or among those of a chain, or any term of a density of events. None where there is no sum."""
    distribution = is_distribution(subject)
    spec = parse(subject)
    if is_event_law(subject):
        return lambda quantity, values: _event_terms(oracle, spec, quantity, values.astype(np.float64))
    if distribution:
        if distribution_definition(subject).base is None or is_pair(subject):
            return None
        spec = made_of(spec).parts[1]
    elif not _holds_chain(spec) or transform_definition(subject).event:
        return None

    def sizes(quantity: str, values: NDArray[Any]) -> NDArray[np.float64]:
        return _log_dets(oracle, spec, quantity in ("fldj", "log_prob_from_base"), values.astype(np.float64))[0]

    return sizes


def _event_terms(oracle: Truth, spec: Spec, quantity: str, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of a law of events the largest of the entries' log densities and the log-det; of a density of its own, the
    largest of the terms that it is the sum of; 0 where none is known. Sizes only are wanted, so float64 serves."""
    law, wide = event_law(spec), format_named("float64")
    if law.log_terms is not None:
        flat = at.reshape(len(at), -1).tolist()
        terms = np.array([[abs(term) for term in law.log_terms(FloatNumbers(), row)] for row in flat])
        return np.where(np.isfinite(terms), terms, 0.0).max(axis=1)
    size = np.zeros(len(at))
    if law.base is not None:
        transform, forward = str(made_of(spec).parts[1]), quantity == "log_prob_from_base"
        size = _sizes(oracle.truth(transform, "fldj" if forward else "ildj", at, wide))
        if not forward:
            at = as_float(oracle.truth(transform, "inverse", at, wide)).reshape(len(at), *law.source.shape)
    for member, column in zip((law.base or law).members, at.reshape(len(at), -1).T, strict=True):
        size = np.maximum(size, _sizes(oracle.truth(member, "log_prob", np.ascontiguousarray(column), wide)))
    return size


def _sizes(truth: Enclosures) -> NDArray[np.float64]:
    """The sizes of these numbers; 0 where they are none."""
    return np.where(truth.kind == Kind.FINITE, np.abs(as_float(truth)), 0.0)


def _holds_chain(spec: Spec) -> bool:
    return spec.name == "chain" or (spec.name == "inverse" and _holds_chain(spec.parts[0]))


def _log_dets(
    oracle: Truth, spec: Spec, forward: bool, at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The largest log-det among the parts of ``spec`` on the way from ``at``, 0 where none is known, and where the way
    ends. Sizes only are wanted, so float64 serves for what lies between the parts."""
    if spec.name == "inverse" and _holds_chain(spec):
        return _log_dets(oracle, spec.parts[0], not forward, at)
    if spec.name != "chain":
        wide = format_named("float64")
        log_det = oracle.truth(str(spec), "fldj" if forward else "ildj", at, wide)
        value = as_float(oracle.truth(str(spec), "forward" if forward else "inverse", at, wide))
        return _sizes(log_det), value
    size = np.zeros(len(at))
    for part in spec.parts if forward else reversed(spec.parts):
        here, at = _log_dets(oracle, part, forward, at)
        size = np.maximum(size, here)
    return size, at


def standard_points(
    oracle: Truth,
    subject: str,
    quantity: str,
    fmt: Format,
    profile: Profile,
    seed: int,
    role: str,
    inside: bool = False,
) -> Points:
    """The inputs at which ``quantity`` of ``subject`` is judged. Nobody writes to them: laws and modes share them.

    inside: those of them that are not outside the domain.
    """
    exact = in_format(subject, fmt)
    space = spaces_of(exact)[variable(quantity) == "y"]
    if space is not None:
        kept = worst_rows(subject, quantity, fmt, space.size)
        rows = np.concatenate([_drawn(space, fmt, profile.rows, seed, role), kept.reshape(-1, *space.shape)])
        drawn = Points(rows, space.regions(rows, fmt), False)
        if not is_distribution(exact) and transform_definition(exact).needs_moderate:
            drawn = _at(drawn, drawn.region == Region.ORDINARY)
        drawn = _at(drawn, picked(drawn.region, _paid(exact, quantity, profile, len(drawn))))
        return _at(drawn, drawn.region != Region.OUTSIDE) if inside else drawn
    corpus = tuple(worst_cases(subject, quantity, fmt))
    points = _scalars(fmt, frame_of(oracle, exact, quantity), profile, seed, role, corpus)
    # Beyond the turn it is a convention what lies below an angle: of laws of angles that is not asked.
    if not inside and not (is_distribution(exact) and distribution_definition(exact).circular):
        return points
    frame, wide = frame_of(oracle, exact, quantity), points.values.astype(np.float64)
    # An infinite input is SPECIAL wherever it lies.
    return _at(points, ~((wide < frame.domain_low) | (wide > frame.domain_high)) & (points.region != Region.OUTSIDE))


def _at(points: Points, kept: NDArray[np.bool_] | NDArray[np.intp]) -> Points:
    return Points(points.values[kept], points.region[kept], points.exhaustive)


@lru_cache(maxsize=64)
def _drawn(space: Space, fmt: Format, count: int, seed: int, role: str) -> NDArray[Any]:
    """Every quantity of a subject, and every mode, is asked at the same events of its space."""
    return space.draw(fmt, count, (seed, ROLES.index(role)))


@lru_cache(maxsize=16)
def _scalars(fmt: Format, frame: Frame, profile: Profile, seed: int, role: str, corpus: tuple[float, ...]) -> Points:
    """The log density, the density and the tails of a law are asked at the same floats."""
    return scalar_points(fmt, frame, density=profile.density, seed=seed, role=role, corpus=corpus)


def regions_at(oracle: Truth, subject: str, quantity: str, values: NDArray[Any], fmt: Format) -> NDArray[np.uint8]:
    """The regions of inputs of ``quantity`` that are none of the standard points, one per row."""
    if not len(values):
        return np.zeros(0, np.uint8)
    if is_event_law(subject):
        space = event_law(subject).source if variable(quantity) == "x" else event_law(subject).space
        return space.regions(values, fmt)
    if values.ndim > 1:
        definition = transform_definition(subject)
        home = definition.target_at if variable(quantity) == "y" else definition.source_at
        return home(values.shape[1:]).regions(values, fmt)
    return regions_of(values, fmt, frame_of(oracle, subject, quantity))


def frame_of(oracle: Truth, subject: str, quantity: str) -> Frame:
    """Where the valid and the ordinary inputs of ``quantity`` lie."""
    if not is_distribution(subject):
        transform = transform_definition(subject)
        if variable(quantity) == "x":
            return _frame(transform.domain, transform.ordinary)
        return _frame(transform.codomain, _image(oracle, subject))
    if quantity == "icdf":
        return _frame(UNIT, ORDINARY_SHARES)
    distribution: DistributionDefinition = distribution_definition(subject)
    if quantity == "log_prob_from_base" and distribution.base is not None and distribution.transform is not None:
        base, domain = distribution.base, distribution.transform.domain
        low, high = max(base.support.lo, domain.lo), min(base.support.hi, domain.hi)
        ordinary = (max(base.ordinary[0], float(low)), min(base.ordinary[1], float(high)))
        return Frame(float(low), float(high), *ordinary)
    return _frame(distribution.support, distribution.ordinary)


def _frame(domain: Interval, ordinary: tuple[float, float]) -> Frame:
    # In this order nan, where floats know of no image, becomes an end too.
    low, high = max(-_MOST, float(ordinary[0])), min(_MOST, float(ordinary[1]))
    return Frame(float(domain.lo), float(domain.hi), low, high)


def _image(oracle: Truth, subject: str) -> tuple[float, float]:
    """The image of the ordinary inputs of a monotone transform, as floats a shade inside."""
    return _image_cached(subject, Alike(oracle))


@lru_cache(maxsize=512)
def _image_cached(subject: str, alike: Alike[Truth]) -> tuple[float, float]:
    definition = transform_definition(subject)
    low, high = definition.ordinary
    if definition.increasing is None:
        low, high = max(0.0, low), high  # |x|: the inverse is the branch of the non-negative numbers.
    ends = alike.oracle.truth(subject, "forward", np.array([low, high]), format_named("float64"))
    first, second = sorted(float(value) for value in as_float(ends))
    if not first < second:
        # The oracle could not do it. What is ordinary matters little where nothing is judged.
        return image_of(definition.forward, (low, high))
    return first, second
