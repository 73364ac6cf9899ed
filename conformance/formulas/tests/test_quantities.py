"""What a function computes, by its name."""

from __future__ import annotations

import pytest

from adapters.interface.quantities import functions
from conformance.comparison.plan import BadRequest
from conformance.formulas.quantities import other_reading, quantity_of, told_by


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("log_prob", "log_prob"),
        ("policy.log_prob", "log_prob"),
        ("tanh_normal_logpdf", "log_prob"),
        ("logProb", "log_prob"),
        ("log_prob_from_base", "log_prob_from_base"),
        ("log_prob_pre_tanh", "log_prob_from_base"),
        ("log_abs_det_jacobian", "fldj"),
        ("forward_log_det_jacobian", "fldj"),
        ("inverse_log_det_jacobian", "ildj"),
        ("cdf", "cdf"),
        ("forward", "forward"),
        ("inverse", "inverse"),
        ("neg_log_prob", None),
        ("negativeLogLikelihood", None),
        ("nll", None),
        ("d_log_prob", None),
        ("icdf", "icdf"),
        ("log_cdf", "log_cdf"),
        ("survival_function", "survival"),
        ("pdf", "prob"),
        ("cdf_ratio", None),
        ("score", None),
        ("log_prob.mean_of", None),
    ],
)
def test_usual_names_tell_it_and_no_others(name: str, quantity: str | None) -> None:
    assert told_by(name) == quantity


@pytest.mark.parametrize(
    ("function", "subject", "said", "named"),
    [
        ("score", "normal(loc=0.0,scale=1.0)", None, "what does score compute? Say --quantity, one of log_prob (of y)"),
        ("log_prob", "tanh", None, "tanh is a transform, which has forward (of x)"),
        ("f", "normal(loc=0.0,scale=1.0)", "fldj", "normal is a distribution, which has log_prob (of y)"),
        ("f", "tanh", "slope", "unknown quantity 'slope'"),
    ],
)
def test_a_quantity_that_is_not_there_is_one_line(function: str, subject: str, said: str | None, named: str) -> None:
    with pytest.raises(BadRequest) as refused:
        quantity_of(function, subject, said)
    assert named in str(refused.value)


def test_the_word_of_the_user_comes_before_the_name() -> None:
    assert quantity_of("log_prob", "normal(loc=0.0,scale=1.0)", "cdf") == "cdf"


def test_a_reading_is_mistaken_for_one_of_the_same_kind() -> None:
    for quantities in (functions("transform"), functions("distribution")):
        for quantity in quantities:
            other = other_reading(quantity)
            assert not other or (other in quantities and other_reading(other) == quantity)
    assert other_reading("log_prob") == "log_prob_from_base"
    assert other_reading("cdf") == ""
