"""From names to cases: which subjects, dtypes and modes a framework is put under law with, and at which points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.interface.spec import Spec, parse
from conformance.comparison.profile import Profile
from conformance.definitions.catalogue import EVENT_SIZE
from conformance.definitions.distributions import DistributionDefinition
from conformance.definitions.float_numbers import image_of
from conformance.definitions.intervals import Interval
from conformance.definitions.registry import distribution_definition, is_distribution, transform_definition
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format, format_named
from conformance.floats.regions import Frame, regions_of
from conformance.inputs.corpus import worst_cases, worst_rows
from conformance.inputs.scalar_points import Points, scalar_points
from conformance.inputs.vector_points import (
    correlation_regions,
    correlation_rows,
    real_rows,
    row_regions,
    simplex_regions,
    simplex_rows,
)
from conformance.laws.case import Case, Framework, Truth
from conformance.laws.l14_own_samples import as_float
from conformance.oracle.alike import Alike
from conformance.oracle.pointwise.correlation_truth import exhausted, regular
from conformance.scoring.tolerance import tolerance_for


def build_cases(
    client: Framework,
    description: Mapping[str, Any],
    oracle: Truth,
    subjects: Sequence[str],
    dtypes: Iterable[str],
    modes: Iterable[str],
    profile: Profile,
    seed: int,
    role: str = "expectation",
) -> Iterator[Case]:
    """Every case of one framework: subjects by modes by dtypes, of those that its description names."""
    offered_dtypes = [name for name in dtypes if name in description["dtypes"]]
    offered_modes = [name for name in modes if name in description["modes"]]
    for subject in subjects:
        for mode in offered_modes:
            for dtype in offered_dtypes:
                flushes = bool(description.get("flush_to_zero", {}).get(dtype, False))
                yield build_case(client, oracle, subject, dtype, mode, profile, seed, role, flushes)


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
) -> Case:
    """One case. Its points depend on subject, quantity, dtype, profile, seed and role, and on nothing else."""
    fmt = format_named(dtype)
    correlations = _factors_correlations(subject)

    def points(quantity: str) -> Points:
        return standard_points(oracle, subject, quantity, fmt, profile, seed, role)

    return Case(
        subject=subject,
        is_distribution=is_distribution(subject),
        mode=mode,
        fmt=fmt,
        framework=client,
        oracle=oracle,
        points=points,
        frame=lambda quantity: frame_of(oracle, subject, quantity),
        regions=lambda quantity, values: regions_at(oracle, subject, quantity, values, fmt),
        codomain=lambda quantity: codomain_of(subject, quantity),
        tolerance=lambda quantity: tolerance_for(quantity, fmt),
        flushes=flushes,
        seed=seed,
        event=event_of(subject),
        simplex=_on_simplex(subject),
        jumps=_jumps(subject),
        interior=regular if correlations else None,
        unclear=(lambda rows: exhausted(rows, fmt)) if correlations else None,
        support=_support(subject),
        terms=_log_det_terms(oracle, subject),
    )


def event_of(subject: str) -> int:
    """The number of coordinates of an input event of ``subject``; 0 for scalar subjects."""
    if is_distribution(subject):
        return 0
    return EVENT_SIZE if transform_definition(subject).event_rank_in else 0


def _support(subject: str) -> tuple[float, float]:
    if not is_distribution(subject):
        return -np.inf, np.inf
    support = distribution_definition(subject).support
    return float(support.lo), float(support.hi)


def _log_det_terms(oracle: Truth, subject: str) -> Callable[[str, NDArray[Any]], NDArray[np.float64]] | None:
    """The largest log-det in a sum of logarithms: a transformed log density (its other term is what is missing to the
    whole), or the log-det of a chain. None where there is no sum."""
    distribution = is_distribution(subject)
    spec = parse(subject)
    if distribution:
        if distribution_definition(subject).base is None:
            return None
        spec = spec.parts[1]
    elif not _holds_chain(spec) or transform_definition(subject).event_rank_in:
        return None

    def sizes(quantity: str, values: NDArray[Any]) -> NDArray[np.float64]:
        return _log_dets(oracle, spec, quantity in ("fldj", "log_prob_from_base"), values.astype(np.float64))[0]

    return sizes


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
        return np.where(log_det.kind == Kind.FINITE, np.abs(as_float(log_det)), 0.0), value
    size = np.zeros(len(at))
    for part in spec.parts if forward else reversed(spec.parts):
        here, at = _log_dets(oracle, part, forward, at)
        size = np.maximum(size, here)
    return size, at


def _jumps(subject: str) -> tuple[float, ...]:
    """The finite ends of the support at which the density falls from a nonzero value to 0 all the way along."""
    if not is_distribution(subject):
        return ()
    definition = distribution_definition(subject)
    if (definition.base or definition).name != "uniform":
        return ()
    return tuple(float(end) for end in (definition.support.lo, definition.support.hi) if np.isfinite(float(end)))


def _on_simplex(subject: str) -> bool:
    """Whether results of the forward map are points of a simplex."""
    if is_distribution(subject):
        return False
    definition = transform_definition(subject)
    return definition.event_rank_in > 0 and definition.output_event(EVENT_SIZE) == EVENT_SIZE + 1


def _factors_correlations(subject: str) -> bool:
    return not is_distribution(subject) and transform_definition(subject).name == "corr_cholesky"


def codomain_of(subject: str, quantity: str) -> tuple[float, float] | None:
    """The closed interval that finite results lie in, or None where there is no bound."""
    if quantity == "cdf":
        return (0.0, 1.0)
    if is_distribution(subject) or quantity not in ("forward", "inverse"):
        return None
    definition = transform_definition(subject)
    interval = definition.codomain if quantity == "forward" else definition.domain
    return float(interval.lo), float(interval.hi)


def standard_points(
    oracle: Truth, subject: str, quantity: str, fmt: Format, profile: Profile, seed: int, role: str
) -> Points:
    """The inputs at which ``quantity`` of ``subject`` is judged. Nobody writes to them: laws and modes share them."""
    event = event_of(subject)
    if event:
        definition = transform_definition(subject)
        points = _rows(definition, quantity, event, fmt, profile, seed, role)
        rows = worst_rows(subject, quantity, fmt, points.values.shape[1])
        region = _row_regions(definition, quantity, rows, fmt)
        return Points(np.concatenate([points.values, rows]), np.concatenate([points.region, region]), False)
    corpus = tuple(worst_cases(subject, quantity, fmt))
    return _scalars(Alike(oracle), subject, quantity, fmt, profile, seed, role, corpus)


@lru_cache(maxsize=16)
def _scalars(
    alike: Alike[Truth],
    subject: str,
    quantity: str,
    fmt: Format,
    profile: Profile,
    seed: int,
    role: str,
    corpus: tuple[float, ...],
) -> Points:
    frame = frame_of(alike.oracle, subject, quantity)
    return scalar_points(fmt, frame, density=profile.density, seed=seed, role=role, corpus=corpus)


def _row_regions(definition: TransformDefinition, quantity: str, rows: NDArray[Any], fmt: Format) -> NDArray[np.uint8]:
    """The regions of kept rows, as those that the generators of ``_rows`` give."""
    if quantity not in ("forward", "fldj"):
        if definition.name == "stick_breaking":
            return simplex_regions(rows)
        if definition.name == "corr_cholesky":
            return correlation_regions(rows)
    return row_regions(rows, fmt)


def _rows(
    definition: TransformDefinition, quantity: str, event: int, fmt: Format, profile: Profile, seed: int, role: str
) -> Points:
    rows = real_rows(fmt, event, density=profile.rows, seed=seed, role=role)
    if quantity in ("forward", "fldj"):
        return rows
    if definition.name == "stick_breaking":
        return simplex_rows(fmt, definition.output_event(event), density=profile.rows, seed=seed, role=role)
    if definition.name == "corr_cholesky":
        return correlation_rows(fmt, event, density=profile.rows, seed=seed, role=role)
    # Elementwise inverses of an event: the rows must lie in the codomain.
    low, high = float(definition.codomain.lo), float(definition.codomain.hi)
    wide = rows.values.astype(np.float64)
    inside = ((wide >= low) & (wide <= high) | ~np.isfinite(wide)).all(axis=1)
    return Points(rows.values[inside], rows.region[inside], False)


def regions_at(oracle: Truth, subject: str, quantity: str, values: NDArray[Any], fmt: Format) -> NDArray[np.uint8]:
    """The regions of inputs of ``quantity`` that are none of the standard points, one per row."""
    if values.ndim > 1:
        return _row_regions(transform_definition(subject), quantity, values, fmt)
    return regions_of(values, fmt, frame_of(oracle, subject, quantity))


def frame_of(oracle: Truth, subject: str, quantity: str) -> Frame:
    """Where the valid and the ordinary inputs of ``quantity`` lie."""
    if not is_distribution(subject):
        transform = transform_definition(subject)
        if quantity in ("forward", "fldj"):
            return _frame(transform.domain, transform.ordinary)
        return _frame(transform.codomain, _image(oracle, subject))
    distribution: DistributionDefinition = distribution_definition(subject)
    if quantity == "log_prob_from_base" and distribution.base is not None and distribution.transform is not None:
        base, domain = distribution.base, distribution.transform.domain
        low, high = max(base.support.lo, domain.lo), min(base.support.hi, domain.hi)
        ordinary = (max(base.ordinary[0], float(low)), min(base.ordinary[1], float(high)))
        return Frame(float(low), float(high), *ordinary)
    return _frame(distribution.support, distribution.ordinary)


def _frame(domain: Interval, ordinary: tuple[float, float]) -> Frame:
    return Frame(float(domain.lo), float(domain.hi), float(ordinary[0]), float(ordinary[1]))


def _image(oracle: Truth, subject: str) -> tuple[float, float]:
    """The image of the ordinary inputs of a monotone transform, as floats a shade inside."""
    return _image_cached(subject, _Keyed(oracle))


class _Keyed:
    """The oracle as a cache key: the image depends on the subject only."""

    def __init__(self, oracle: Truth) -> None:
        self.oracle = oracle

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed)


@lru_cache(maxsize=512)
def _image_cached(subject: str, keyed: _Keyed) -> tuple[float, float]:
    definition = transform_definition(subject)
    low, high = definition.ordinary
    if definition.increasing is None:
        low, high = max(0.0, low), high  # |x|: the inverse is the branch of the non-negative numbers.
    ends = keyed.oracle.truth(subject, "forward", np.array([low, high]), format_named("float64"))
    first, second = sorted(float(value) for value in as_float(ends))
    if not first < second:
        # The oracle could not do it. What is ordinary matters little where nothing is judged.
        return image_of(definition.forward, (low, high))
    return first, second
