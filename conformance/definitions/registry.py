"""From a subject's name to its definition."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from adapters.interface.spec import Spec, parse, written
from conformance.definitions import slices
from conformance.definitions.combinators import CannotCombine, chain, independent, inverse
from conformance.definitions.distributions import DistributionDefinition, bounded, half_lines, location_scale
from conformance.definitions.distributions.transformed import transformed
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.spaces import Shape
from conformance.definitions.transforms import (
    arrangement,
    cdfs,
    clipping,
    correlation,
    elementary,
    extremes,
    flows,
    heavy_tails,
    hyperbolic,
    linear,
    matrices,
    powers,
    simplex,
    splines,
    squashing,
    vectors,
)
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.parameters import BadParameter


class UnknownSubject(ValueError):
    """No definition goes by this name or takes these parameters. One line, with the valid names."""


TRANSFORMS: dict[str, Callable[..., TransformDefinition]] = {
    "identity": elementary.identity,
    "shift": elementary.shift,
    "scale": elementary.scale,
    "exp": elementary.exp,
    "log": elementary.log,
    "expm1": elementary.expm1,
    "log1p": elementary.log1p,
    "affine": elementary.affine,
    "reciprocal": elementary.reciprocal,
    "power": powers.power,
    "square": powers.square,
    "inverse_box_cox": powers.inverse_box_cox,
    "sigmoid": squashing.sigmoid,
    "tanh": squashing.tanh,
    "sinh": hyperbolic.sinh,
    "sinh_arcsinh": hyperbolic.sinh_arcsinh,
    "softsign": squashing.softsign,
    "softplus": squashing.softplus,
    "soft_clip": clipping.soft_clip,
    "generalized_pareto": clipping.generalized_pareto,
    "lambert_w_tail": heavy_tails.lambert_w_tail,
    "abs": elementary.absolute,
    "rational_quadratic_spline": splines.rational_quadratic_spline,
    "gumbel_cdf": extremes.gumbel_cdf,
    "frechet_cdf": extremes.frechet_cdf,
    "generalized_extreme_value_cdf": extremes.generalized_extreme_value_cdf,
    "weibull_cdf": cdfs.weibull_cdf,
    "rayleigh_cdf": cdfs.rayleigh_cdf,
    "kumaraswamy_cdf": cdfs.kumaraswamy_cdf,
    "moyal_cdf": cdfs.moyal_cdf,
    "gompertz_cdf": cdfs.gompertz_cdf,
    "shifted_gompertz_cdf": cdfs.shifted_gompertz_cdf,
    "normal_cdf": cdfs.normal_cdf,
    "stick_breaking": simplex.stick_breaking,
    "corr_cholesky": correlation.corr_cholesky,
    "softmax": simplex.softmax,
    "softmax_centered": simplex.softmax_centered,
    "ascending": vectors.ascending,
    "unit_vector": vectors.unit_vector,
    "correlation_cholesky": correlation.correlation_cholesky,
    "permute": arrangement.permute,
    "reshape": arrangement.reshape,
    "transpose": arrangement.transpose,
    "pad": arrangement.pad,
    "fill_triangular": arrangement.fill_triangular,
    "cumsum": linear.cumsum,
    "scale_matvec_diag": linear.scale_matvec_diag,
    "scale_matvec_tril": linear.scale_matvec_tril,
    "scale_matvec_lu": linear.scale_matvec_lu,
    "scale_matvec": linear.scale_matvec,
    "householder": linear.householder,
    "discrete_cosine_transform": linear.discrete_cosine_transform,
    "real_nvp": flows.real_nvp,
    "masked_autoregressive_flow": flows.masked_autoregressive_flow,
    "cholesky_outer_product": matrices.cholesky_outer_product,
    "cholesky_to_inv_cholesky": matrices.cholesky_to_inv_cholesky,
    "matrix_inverse_tril": matrices.matrix_inverse_tril,
    "lower_cholesky": matrices.lower_cholesky,
    "positive_definite": matrices.positive_definite,
}

DIAGONAL: dict[str, Callable[[TransformDefinition], TransformDefinition]] = {
    "transform_diagonal": matrices.transform_diagonal,
    "fill_scale_tril": matrices.fill_scale_tril,
}

SLICED: dict[str, Callable[..., TransformDefinition]] = {"concatenate": slices.concatenate, "stack": slices.stack}

COMBINATORS = ("chain", "inverse", "independent", *SLICED, *DIAGONAL)

DISTRIBUTIONS: dict[str, Callable[..., DistributionDefinition]] = {
    "normal": location_scale.normal,
    "uniform": bounded.uniform,
    "logistic": location_scale.logistic,
    "laplace": location_scale.laplace,
    "gumbel": location_scale.gumbel,
    "exponential": half_lines.exponential,
    "student_t": location_scale.student_t,
}


def is_distribution(subject: str | Spec) -> bool:
    """True where the subject names a distribution: bare, transformed or ready-made."""
    return _spec(subject).name in {"transformed", *DISTRIBUTIONS, *READY_MADE}


def is_ready_made(subject: str | Spec) -> bool:
    """True where the subject is a law by a name of its own that is made of a base and mostly a transform."""
    return _spec(subject).name in READY_MADE


def made_of(subject: str | Spec) -> Spec:
    """The base, and mostly the transform, that a ready-made law is; any other subject itself."""
    spec = _spec(subject)
    return parse(_call(spec, READY_MADE[spec.name])) if spec.name in READY_MADE else spec


def signature_of(name: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of a leaf of that name, and none of what has no definition of its own."""
    constructor = TRANSFORMS.get(name) or DISTRIBUTIONS.get(name) or READY_MADE.get(name)
    return inspect.signature(constructor).parameters if constructor is not None else {}


def transform_definition(subject: str | Spec) -> TransformDefinition:
    """The transform that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _transform(str(_spec(subject)))


def distribution_definition(subject: str | Spec) -> DistributionDefinition:
    """The distribution that ``subject`` names. UnknownSubject where there is none, SpecError for malformed text."""
    return _distribution(str(_spec(subject)))


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
        if spec.name in DISTRIBUTIONS:
            definition: DistributionDefinition = _call(spec, DISTRIBUTIONS[spec.name])
            return definition
        if spec.name in READY_MADE:
            return _distribution(str(made_of(spec)))
    except CannotCombine as problem:
        raise UnknownSubject(f"{text}: {problem}") from None
    raise UnknownSubject(
        f"unknown distribution {spec.name!r}; known: {', '.join((*DISTRIBUTIONS, *READY_MADE, 'transformed'))}"
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
