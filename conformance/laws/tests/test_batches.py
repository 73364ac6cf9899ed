"""Batches of parameters: their axes stand in front, each member is a subject, and no two members are one map."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from adapters.interface.spec import parse
from adapters.numpy import Adapter
from conformance.definitions.catalogue import CATALOGUE, EVENT_LAW_SUBJECTS
from conformance.definitions.registry import definition_of, event_law, is_distribution, transform_definition
from conformance.laws.batches import CROSSED, batched, crossed, expected_shape, fits, member

LU = "scale_matvec_lu(lower_upper=[[2.5,-0.75],[0.5,-1.75]],permutation=[1.0,0.0])"
DIRECTION = "power_spherical(concentration=2.5,mean_direction=[0.5,-0.5,0.5,0.5])"
RELAXED = "relaxed_one_hot_categorical(logits=[0.75,-1.5,0.25,-0.5],temperature=0.375)"
COUNTED = ("spherical_uniform", "flat_dirichlet")
"""Laws of events whose only parameter counts something."""
ARRAYS = [s for s in CATALOGUE if not is_distribution(s) and transform_definition(s).batched]


def test_vectors_and_matrices_are_among_them() -> None:
    assert {parse(subject).name for subject in ARRAYS} == {
        "rational_quadratic_spline",
        "scale_matvec_diag",
        "scale_matvec_tril",
        "scale_matvec_lu",
        "scale_matvec",
        "householder",
    }


@pytest.mark.parametrize("subject", ["cumsum", next(s for s in CATALOGUE if s.startswith("real_nvp")), "softmax"])
def test_an_event_is_not_taken_for_a_batch(subject: str) -> None:
    assert batched(subject, (3,)) is None


def test_numbers_and_arrays_have_the_axes_in_front_and_what_counts_is_repeated() -> None:
    assert batched("scale(scale=2.0)", (2, 1)) == "scale(scale=[[2.0],[2.5]])"
    text = batched(LU, (2,))
    assert text is not None
    assert np.shape(parse(text).params["lower_upper"]) == (2, 2, 2)
    assert parse(text).params["permutation"] == ((1.0, 0.0), (1.0, 0.0))


@pytest.mark.parametrize("shape", [(3,), (2, 1), (1,)])
@pytest.mark.parametrize("subject", ARRAYS)
def test_members_are_subjects_that_differ_and_the_reference_gives_what_each_gives_alone(
    subject: str, shape: tuple[int, ...]
) -> None:
    text = batched(subject, shape)
    assert text is not None
    alone = [member(subject, index) for index in range(prod(shape))]
    definition = transform_definition(subject)
    event = definition.event
    x = np.random.default_rng(2).uniform(-1.0, 1.0, event).astype(np.float32)
    for quantity in ("forward", "inverse", "fldj"):
        answers = [_asked(one, quantity, x) for one in alone]
        together = _asked(text, quantity, x)
        assert fits(together.shape, expected_shape(subject, quantity, event, (), shape))
        assert together.reshape(len(alone), -1).tolist() == [answer.ravel().tolist() for answer in answers]
        constant = quantity == "fldj" and subject.startswith("householder")
        assert constant or len({answer.tobytes() for answer in answers}) == len(alone)


def _asked(subject: str, quantity: str, x: np.ndarray) -> np.ndarray:
    bound = Adapter().transform(subject, "float32")
    if quantity == "fldj":
        return bound.log_det_jacobian(x)
    return np.asarray(getattr(bound, quantity)(x))


@pytest.mark.parametrize("subject", EVENT_LAW_SUBJECTS)
def test_members_of_a_batch_of_laws_of_events_are_laws_that_differ(subject: str) -> None:
    text = batched(subject, (2, 1))
    assert (text is None) == (parse(subject).name in COUNTED)
    if text is None:
        return
    alone = [member(subject, index) for index in range(2)]
    assert len({str(definition_of(one)) for one in alone}) == 2  # UnknownSubject for what is no law.
    bound, event = Adapter().distribution(text, "float32"), event_law(subject).event
    y = Adapter().distribution(subject, "float32").sample(1, 3)[0]
    together = bound.log_prob(y)
    assert together.shape == expected_shape(subject, "log_prob", event, (), (2, 1))
    each = [Adapter().distribution(one, "float32").log_prob(y[None])[0] for one in alone]
    assert together.ravel().tolist() == each
    assert each[0] != each[1]
    assert bound.sample(5, 1).shape == (5, 2, 1, *event)
    assert (bound.declared("batch_shape", None).tolist(), tuple(bound.declared("event_shape", None))) == ([2, 1], event)


def test_what_a_definition_refuses_is_repeated_and_not_multiplied() -> None:
    text = batched(DIRECTION, (2,))
    assert text == ("power_spherical(concentration=[2.5,3.125],mean_direction=[[0.5,-0.5,0.5,0.5],[0.5,-0.5,0.5,0.5]])")
    assert "temperature=0.375)" in str(batched(RELAXED, (2,)))


def test_crossed_parameters_have_axes_that_only_together_are_the_batch() -> None:
    assert crossed("normal(loc=0.5,scale=2.0)") == "normal(loc=[[0.5],[0.5]],scale=[2.0,2.5,1.5])"
    assert crossed("transformed(exponential(rate=2.0),power(exponent=2.0))") is not None
    assert crossed("chi2(df=3.5)") is None
    assert crossed("mixture(normal(loc=0.5,scale=2.0),laplace(loc=0.5,scale=2.0),weights=[0.5,0.5])") is None
    assert crossed("relaxed_bernoulli(logits=0.75,temperature=0.375)") is None
    assert crossed("transformed(relaxed_bernoulli(logits=0.75,temperature=0.375),exp)") is None
    for subject in EVENT_LAW_SUBJECTS:
        text = crossed(subject)
        if text is not None:
            assert Adapter().distribution(text, "float32").declared("batch_shape", None).tolist() == list(CROSSED)
