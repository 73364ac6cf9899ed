"""Names find their definitions, and nothing else does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adapters.interface.scripts import OPTIONAL
from adapters.interface.spec import Spec, parse
from conformance.definitions.catalogue import CATALOGUE, DISTRIBUTION_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.float_numbers import FloatNumbers
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.ready_made_events import READY_MADE_EVENTS
from conformance.definitions.registry import (
    UnknownSubject,
    definition_of,
    distribution_definition,
    is_distribution,
    signature_of,
    transform_definition,
)
from conformance.definitions.spaces import Place
from conformance.definitions.tables import DISTRIBUTIONS, EVENT_LAWS, SLICED, TRANSFORMS

WEIGHTS = "hidden_bias=[0.5],shift=[[1.0],[2.0]],shift_bias=[0.5,0.5],log_scale=[[1.0],[0.5]],log_scale_bias=[0.5,0.5])"
MOMENTS = "moving_mean=[0.25],moving_variance=[0.0])"


@pytest.mark.parametrize("subject", TRANSFORM_SUBJECTS)
def test_every_transform_of_the_catalogue_is_defined(subject: str) -> None:
    definition = transform_definition(subject)
    assert not is_distribution(subject)
    assert definition.formula
    assert definition.reference
    low, high = definition.ordinary
    assert low < high
    assert definition.domain.contains(low)
    assert definition.domain.contains(high)


@pytest.mark.parametrize("subject", DISTRIBUTION_SUBJECTS)
def test_every_distribution_of_the_catalogue_is_defined(subject: str) -> None:
    definition = distribution_definition(subject)
    assert is_distribution(subject)
    assert definition.ordinary[0] < definition.ordinary[1]
    middle = sum(definition.ordinary) / 2
    assert definition.support.contains(middle)


def test_the_catalogue_lists_nothing_twice() -> None:
    assert len(set(CATALOGUE)) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("tanhh", "known: identity, shift"),
        ("affine(loc=1.0)", "affine takes loc, scale"),
        ("sigmoid(low=1.0)", "sigmoid: takes low and high together, or neither"),
        ("sigmoid(low=1.0,high=1.0)", "sigmoid: low must be below high = 1.0, not 1.0"),
        ("softplus(hinge_softness=0.0)", "softplus: hinge_softness must be nonzero, not 0.0"),
        ("softplus(softness=1.0)", r"softplus takes hinge_softness \(optional\), low \(optional\), not softness"),
        ("scale", "scale: takes exactly one of scale and log_scale"),
        ("scale(scale=2.0,log_scale=1.0)", "scale: takes exactly one of scale and log_scale"),
        ("sinh_arcsinh(skewness=0.5,tailweight=-1.0)", "sinh_arcsinh: tailweight must be positive, not -1.0"),
        ("weibull_cdf(scale=-1.0,concentration=2.0)", "weibull_cdf: scale must be positive, not -1.0"),
        ("weibull_cdf(scale=1.0)", "weibull_cdf takes scale, concentration, not scale"),
        ("rayleigh_cdf(scale=0.0)", "rayleigh_cdf: scale must be positive, not 0.0"),
        ("frechet_cdf(loc=0.0,scale=1.0,concentration=0.0)", "frechet_cdf: concentration must be positive"),
        ("generalized_extreme_value_cdf(loc=0.0,scale=0.0,concentration=0.0)", "scale must be positive, not 0.0"),
        ("kumaraswamy_cdf(concentration1=1.0,concentration0=-0.5)", "concentration0 must be positive, not -0.5"),
        ("moyal_cdf(loc=0.0,scale=-2.0)", "moyal_cdf: scale must be positive, not -2.0"),
        ("gompertz_cdf(concentration=1.0,rate=0.0)", "gompertz_cdf: rate must be positive, not 0.0"),
        ("shifted_gompertz_cdf(concentration=0.0,rate=1.0)", "shifted_gompertz_cdf: concentration must be positive"),
        ("soft_clip(hinge_softness=1.0)", "soft_clip: takes low, high or both"),
        ("soft_clip(low=2.0,high=1.0)", "soft_clip: low must be below high = 1.0, not 2.0"),
        ("soft_clip(low=2.0,hinge_softness=-1.0)", "soft_clip: hinge_softness must be positive, not -1.0"),
        ("generalized_pareto(loc=0.0,scale=0.0,concentration=1.0)", "generalized_pareto: scale must be positive"),
        ("lambert_w_tail(shift=0.0,scale=1.0,tailweight=0.0)", "lambert_w_tail: tailweight must be positive, not 0.0"),
        ("affine(loc=1.0,scale=0.0)", "scale must be nonzero"),
        ("gumbel_cdf(loc=1.0,scale=-1.0)", "gumbel_cdf: scale must be positive, not -1.0"),
        ("power(exponent=0.0)", "power: exponent must be nonzero, not 0.0"),
        ("chain", "at least one part"),
        ("inverse(tanh,exp)", "takes one transform"),
        ("independent(tanh,ndims=0)", "ndims from 1 to 3"),
        ("independent(stick_breaking,ndims=1)", "scalar part"),
        ("chain(stick_breaking,exp)", "a log-det of both has no meaning"),
        ("chain(exp,inverse_box_cox(power=0.5),inverse(normal_cdf))", "is defined nowhere"),
        (
            "chain(soft_clip(low=1.25),inverse(normal_cdf))",
            "what soft_clip gives is outside",
        ),
        ("chain(softmax_centered,inverse(stick_breaking))", "a log-det of both has no meaning"),
        ("chain(corr_cholesky,tanh)", "a log-det of both has no meaning"),
        ("independent(tanh,ndims=1.5)", "ndims must be a whole number"),
        ("tanh@3", "maps numbers, and takes no event"),
        ("softmax@1025", "an event of 1,025 entries; of more than 1,024 none is asked"),
        ("corr_cholesky@990", "an event of 2,025 entries; of more than 1,024 none is asked"),
        ("pad(before=2000.0,after=1.0,value=0.75)", "an event of 2,004 entries; of more than 1,024 none is asked"),
        ("lower_cholesky@100x100", "an event of 10,000 entries"),
        ("stick_breaking@2x3", "takes vectors"),
        ("corr_cholesky@4", "has 1, 3, 6, 10, ... entries, not 4"),
        ("chain(exp,inverse(stick_breaking))", "a log-det of both has no meaning"),
        ("tanh(exp)", "takes no parameters"),
        ("permute", "takes permutation"),
        ("permute(permutation=[0.0,0.0])", "a permutation of 0 .. 1"),
        ("permute(permutation=[1.0,0.0])@3", "takes vectors of 2 entries"),
        ("reshape(event_in=[2.0,3.0],event_out=[5.0])", "a shape of 6 entries"),
        ("transpose(event_in=[2.0,3.0],perm=[0.0])", "a shape of 1 axes"),
        ("pad(before=0.0,after=0.0,value=1.0)", "at least one entry"),
        ("fill_triangular(upper=1.0)", "true or false"),
        ("fill_triangular@5", "not 5"),
        ("scale_matvec_diag(scale_diag=[1.0,0.0])", "without a 0"),
        ("scale_matvec_tril(scale_tril=[[1.0,2.0],[0.0,1.0]])", "lower triangular"),
        ("scale_matvec_tril(scale_tril=[[1.0,0.0],[2.0,0.0]])", "without a 0 on its diagonal"),
        ("scale_matvec_lu(lower_upper=[[1.0]],permutation=[1.0,0.0])", "of the size 2"),
        ("scale_matvec(matrix=[[1.0,2.0],[2.0,4.0]])", "an invertible square matrix"),
        ("scale_matvec(matrix=[[1.0,2.0]])", "an invertible square matrix"),
        ("permute_blocks(lengths=[2.0,1.0],order=[0.0])", "a permutation of 0 .. 1, as lengths has"),
        ("permute_blocks(lengths=[2.0,0.0],order=[1.0,0.0])", "whole numbers above 0"),
        ("scale_matvec_blocks(lengths=[2.0,1.0],matrix=[[1.0]])", "a square matrix of 3 rows"),
        ("scale_matvec_blocks(lengths=[1.0,1.0],matrix=[[1.0,2.0],[0.0,1.0]])", "above the blocks on its diagonal"),
        ("scale_matvec_blocks(lengths=[1.0,1.0],matrix=[[0.0,0.0],[1.0,1.0]])", "of invertible blocks"),
        ("householder(reflection_axis=[0.0,0.0])", "not all 0"),
        (f"real_nvp(num_masked=2.0,hidden=[[1.0]],{WEIGHTS}", "1 or -1, as hidden takes"),
        (f"real_nvp(num_masked=0.5,hidden=[[1.0]],{WEIGHTS}", "a whole number"),
        (f"real_nvp(num_masked=1.0,hidden=[[1.0],[2.0]],{WEIGHTS}", "shift must have 2 rows of 2 numbers"),
        (f"real_nvp(num_masked=1.0,hidden=[1.0],{WEIGHTS}", "a list of rows"),
        (f"real_nvp(num_masked=1.0,hidden=[[1.0]],{WEIGHTS.replace('[0.5,0.5]', '[0.5]')}", "must have 2 numbers"),
        (
            f"masked_autoregressive_flow(hidden=[[1.0,0.0]],{WEIGHTS}",
            "entry 0 of the result must depend on those before",
        ),
        (f"masked_autoregressive_flow(hidden=[[1.0]],{WEIGHTS}", "hidden must take 2 numbers"),
        (f"glow(lower_upper=[[1.0]],permutation=[0.0],hidden=[[1.0]],{WEIGHTS}", "its network takes 2 numbers"),
        (f"batch_normalization(beta=[1.0,2.0],epsilon=0.5,gamma=[1.0],{MOMENTS}", "one number each for every feature"),
        (f"batch_normalization(beta=[1.0],epsilon=0.5,gamma=[0.0],{MOMENTS}", "gamma must be positive throughout"),
        (f"batch_normalization(beta=[1.0],epsilon=-0.5,gamma=[1.0],{MOMENTS}", "epsilon must be at least 0"),
        (f"batch_normalization(beta=[1.0],epsilon=0.0,gamma=[1.0],{MOMENTS}", "above -epsilon throughout"),
        ("cholesky_outer_product@2x3", "is square"),
        ("transform_diagonal(abs)", "a monotone scalar map"),
        ("transform_diagonal(stick_breaking)", "a monotone scalar map"),
        ("fill_scale_tril(exp,tanh)", "takes one transform"),
        ("fill_scale_tril(exp,diag_shift=0.5)", "takes no parameters"),
        ("reciprocal(negative=1.0)", "true or false"),
        ("discrete_cosine_transform(dct_type=1.0)", "dct_type must be 2 or 3, not 1.0"),
        ("discrete_cosine_transform(dct_type=2.0)@2x2", "takes vectors"),
        (
            "rational_quadratic_spline(bin_heights=[1.0,2.0],bin_widths=[2.0,2.0],knot_slopes=[1.0],range_min=0.0)",
            "add up to what bin_widths add up to",
        ),
        (
            "rational_quadratic_spline(bin_heights=[1.0,2.0],bin_widths=[2.0,1.0],knot_slopes=[1.0,2.0],range_min=0.0)",
            "one knot_slope less",
        ),
        (
            "rational_quadratic_spline(bin_heights=[1.0,-2.0],bin_widths=[-2.0,1.0],knot_slopes=[1.0],range_min=0.0)",
            "bin_widths must be positive throughout",
        ),
        ("concatenate(tanh,exp)", r"takes lengths, dim \(optional\), ndims \(optional\), not nothing"),
        ("concatenate(tanh,exp,lengths=[1.0])", "a length of at least 1 for each of its 2 parts"),
        ("concatenate(tanh,exp,lengths=[1.0,0.0])", "a length of at least 1 for each of its 2 parts"),
        ("concatenate(tanh,exp,lengths=[1.0,0.5])", "a list of whole numbers"),
        ("stack", "needs at least one part"),
        ("stack(tanh,exp,lengths=[1.0,1.0])", r"stack takes dim \(optional\), ndims \(optional\), not lengths"),
        ("stack(tanh,exp,dim=1.0)", "dim from -1 to 0 for ndims = 1, not 1"),
        ("stack(tanh,exp,ndims=3.0)", "ndims from 1 to 2, not 3"),
        ("stack(tanh,abs)", "maps of numbers that have an inverse, not abs"),
        ("stack(tanh,stick_breaking)", "maps of numbers that have an inverse, not stick_breaking"),
        ("stack(tanh,exp)@3", "1 axes and 2 entries along axis 0"),
        ("stack(tanh,exp,dim=0.0,ndims=2.0)@3x2", "2 axes and 2 entries along axis 0"),
    ],
)
def test_an_unknown_transform_is_named_on_one_line(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said) as caught:
        transform_definition(subject)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("zeta(loc=0.0,scale=1.0)", "known: normal"),
        ("normal(loc=0.25,scale=1.5)@3", "the parameters of a law give the shape of its draws"),
        ("normal(loc=0.0,scale=-1.0)", "must be positive"),
        ("uniform(low=1.0,high=0.0)", "low must be below high"),
        ("exponential(rate=0.0)", "must be positive"),
        ("transformed(normal(loc=0.0,scale=1.0))", "a base and a transform"),
        ("transformed(normal(loc=0.0,scale=1.0),abs)", "monotone scalar"),
        ("transformed(normal(loc=0.0,scale=1.0),power(exponent=2.0))", "leaves the domain"),
        ("transformed(normal(loc=0.0,scale=1.0),stick_breaking)", "monotone scalar"),
    ],
)
def test_an_unknown_distribution_is_named_on_one_line(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said) as caught:
        distribution_definition(subject)
    assert "\n" not in str(caught.value)


def test_direction_and_ranges_of_composites() -> None:
    falling = transform_definition("chain(affine(loc=0.5,scale=-1.5),exp)")
    assert falling.increasing is False
    assert str(falling.codomain) == "(0, inf)"
    back = transform_definition("inverse(chain(affine(loc=0.5,scale=2.0),tanh))")
    assert str(back.domain) == "(-1, 1)"
    assert back.increasing is True
    assert transform_definition("chain(affine(loc=1.0,scale=2.0),power(exponent=2.5))").domain.lo == -0.5
    assert transform_definition("inverse_box_cox(power=0.75)").domain.lo * 3 == -4


def test_domains_and_images_of_the_maps_with_parameters() -> None:
    ends = {
        "log1p": ("(-1, inf)", "(-inf, inf)"),
        "reciprocal": ("(0, inf)", "(0, inf)"),
        "reciprocal(negative=true)": ("(-inf, 0)", "(-inf, 0)"),
        "sigmoid(low=-1.25,high=3.0)": ("(-inf, inf)", "(-1.25, 3)"),
        "softplus(hinge_softness=0.25,low=1.5)": ("(-inf, inf)", "(1.5, inf)"),
        "softplus(hinge_softness=-0.25,low=1.5)": ("(-inf, inf)", "(-inf, 1.5)"),
        "soft_clip(high=2.0)": ("(-inf, inf)", "(-inf, 2)"),
        "frechet_cdf(loc=-0.5,scale=1.0,concentration=2.0)": ("(-0.5, inf)", "(0, 1)"),
        "generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=0.375)": ("(-29/6, inf)", "(0, 1)"),
        "generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=-0.5)": ("(-inf, 4.5)", "(0, 1)"),
        "generalized_extreme_value_cdf(loc=0.5,scale=2.0,concentration=0.0)": ("(-inf, inf)", "(0, 1)"),
        "generalized_pareto(loc=1.0,scale=1.0,concentration=0.0)": ("(-inf, inf)", "(1, inf)"),
        "generalized_pareto(loc=0.0,scale=1.0,concentration=-0.375)": ("(-inf, inf)", "(0, 8/3)"),
    }
    found = {s: (str(d.domain), str(d.codomain)) for s in ends for d in [transform_definition(s)]}
    assert found == ends


def test_the_number_of_coordinates_follows_the_parts() -> None:
    assert transform_definition("stick_breaking").output_event((3,)) == (4,)
    assert transform_definition("inverse(stick_breaking)").output_event((4,)) == (3,)
    assert transform_definition("chain(affine(loc=0.5,scale=2.0),stick_breaking)").output_event((3,)) == (4,)
    assert transform_definition("chain(inverse(stick_breaking),exp)").input_event((3,)) == (4,)


@pytest.mark.parametrize(
    ("subject", "event", "mapped"),
    [
        ("concatenate(exp,tanh,lengths=[2.0,1.0])", (3,), "eet"),
        ("concatenate(exp,tanh,dim=0.0,lengths=[1.0,2.0],ndims=2.0)@3x4", (3, 4), "eeeetttttttt"),
        ("concatenate(exp,tanh,dim=-2.0,lengths=[1.0,2.0],ndims=2.0)", (3, 2), "eetttt"),
        ("concatenate(exp,tanh,dim=1.0,lengths=[1.0,2.0],ndims=2.0)", (2, 3), "ettett"),
        ("concatenate(exp,tanh,dim=-1.0,lengths=[1.0,2.0],ndims=2.0)@1x3", (1, 3), "ett"),
        ("stack(exp,tanh,dim=0.0,ndims=2.0)@2x3", (2, 3), "eeettt"),
        ("stack(exp,tanh,dim=-1.0,ndims=2.0)", (2, 2), "etet"),
    ],
)
def test_every_part_has_its_own_slice(subject: str, event: tuple[int, ...], mapped: str) -> None:
    definition = transform_definition(subject)
    assert definition.event == event
    assert "".join(part.name[0] for part in definition.each(len(mapped))) == mapped
    floats = FloatNumbers()
    values = definition.forward(floats, [0.5] * len(mapped))
    assert [value > 1 for value in values] == [letter == "e" for letter in mapped]
    assert definition.inverse_candidate(floats, values) == pytest.approx([0.5] * len(mapped))


def test_the_space_of_slices_is_the_product_of_those_of_the_parts() -> None:
    target = transform_definition("concatenate(tanh,exp,lengths=[1.0,2.0])").target_at((3,))
    assert target.bounds == (-1.0, float("inf"))
    inside, beyond = [0.5, 2.0, 3.0], ([1.5, 2.0, 3.0], [0.5, -0.5, 3.0])
    assert target.place(inside, 24) == Place.INSIDE
    assert all(target.place(row, 24) == Place.OUTSIDE for row in beyond)
    assert str(transform_definition("stack(tanh,exp)").source_at((2,))) == "Product [2]"


ALWAYS_OFFERED = {"fill_triangular": {"upper"}, "reciprocal": {"negative"}}
"""Optional parameters that every framework with the map has."""


@pytest.mark.parametrize("name", sorted({*TRANSFORMS, *SLICED, *DISTRIBUTIONS, *OPTIONAL}))
def test_optional_parameters_are_the_same_for_definitions_and_adapters(name: str) -> None:
    signature = inspect.signature(
        {**TRANSFORMS, **SLICED, **DISTRIBUTIONS, **READY_MADE, **READY_MADE_EVENTS, **EVENT_LAWS}[name]
    ).parameters.values()
    optional = {p.name for p in signature if p.default is not p.empty}
    assert optional == OPTIONAL.get(name, ALWAYS_OFFERED.get(name, set()))


def _within(spec: Spec) -> Iterator[tuple[Spec, Callable[[Spec], Spec]]]:
    """Every spec in it, and how it looks with another in that place."""
    yield spec, lambda other: other
    for at, part in enumerate(spec.parts):
        for inner, put in _within(part):
            yield (
                inner,
                lambda other, at=at, put=put: replace(  # type: ignore[misc]
                    spec, parts=(*spec.parts[:at], put(other), *spec.parts[at + 1 :])
                ),
            )


@pytest.mark.parametrize("value", [None, True])
def test_what_is_no_number_is_refused_wherever_a_number_belongs(value: bool | None) -> None:
    """Every parameter of every definition in the catalogue, once."""
    seen, refused = set(), 0
    for subject in CATALOGUE:
        for spec, put in _within(parse(subject)):
            for name in {name for name in spec.params if (spec.name, name) not in seen}:
                seen.add((spec.name, name))
                text = str(put(replace(spec, params={**spec.params, name: value})))
                wanted = str(signature_of(spec.name)[name].annotation) if name in signature_of(spec.name) else "float"
                if (value is None and "None" in wanted) or (value is True and wanted == "bool"):
                    continue  # It may be left out, or is one of two things.
                with pytest.raises(UnknownSubject, match=f"{name} must be (a number|a list|true or|a whole)"):
                    definition_of(text)
                refused += 1
    assert refused > 150
