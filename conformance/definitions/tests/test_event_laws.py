"""Laws of events: what they are made of, what they refuse, and what is known of their entries."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from conformance.definitions.catalogue import EVENT_LAW_SUBJECTS
from conformance.definitions.declared import declared, spaces_of
from conformance.definitions.registry import (
    UnknownSubject,
    definition_of,
    entries_of,
    event_law,
    functions_of,
    is_distribution,
    is_event_law,
    made_of,
    statistics_of,
    takes_events,
)
from conformance.definitions.transforms.location_scale import Given, covariance_of

NORMALS = "independent(normal(loc=[0.25,-1.5],scale=[1.5,0.625]),ndims=1.0)"


@pytest.mark.parametrize("subject", EVENT_LAW_SUBJECTS)
def test_every_law_of_the_catalogue_is_defined(subject: str) -> None:
    law = event_law(subject)
    assert definition_of(subject) is law
    assert is_distribution(subject)
    assert takes_events(subject)
    assert spaces_of(subject) == (law.source, law.space)
    assert (len(law.members) > 0) + (law.base is not None) + (law.log_terms is not None) == 1
    assert "log_prob" in functions_of(subject)
    assert not {"cdf", "icdf"} & set(functions_of(subject))
    assert statistics_of(subject)[:5] == ("entropy", "mean", "variance", "stddev", "mode")
    assert declared(subject).target == law.space


def test_an_array_in_the_place_of_a_number_gives_each_entry_a_law_of_its_own() -> None:
    subject = "independent(log_normal(loc=[[0.25],[-1.5]],scale=[1.5,0.625,2.5]),ndims=2.0)"
    law = event_law(subject)
    assert law.event == (2, 3)
    assert law.members[1] == "log_normal(loc=0.25,scale=0.625)"
    assert law.members[5] == "log_normal(loc=-1.5,scale=2.5)"
    assert tuple(map(str, entries_of(subject))) == law.members == law.marginals


def test_an_independent_transform_is_no_law() -> None:
    assert not is_distribution("independent(tanh,ndims=1.0)")
    assert is_distribution(NORMALS)
    assert not is_event_law("transformed(normal(loc=0.0,scale=1.0),tanh)")
    assert is_event_law(f"transformed({NORMALS},softmax_centered)")


def test_only_an_image_has_base_values() -> None:
    assert "log_prob_from_base" in functions_of(f"transformed({NORMALS},softmax_centered)")
    assert "log_prob_from_base" not in functions_of(NORMALS)


def test_a_multivariate_normal_law_is_independent_entries_through_a_linear_map() -> None:
    subject = "multivariate_normal(covariance_matrix=[[4.0,1.0],[1.0,2.5]],loc=[0.25,-1.5])"
    assert str(made_of(subject)) == (
        "transformed(independent(normal(loc=[0.0,0.0],scale=[1.0,1.0]),ndims=1.0),"
        "location_scale(covariance_matrix=[[4.0,1.0],[1.0,2.5]],loc=[0.25,-1.5]))"
    )
    assert event_law(subject).marginals[0] == "normal(loc=0.25,scale=2.0)"


def spreads(given: Given) -> list[Fraction]:
    rows = covariance_of("location_scale", given)
    return [rows[i][i] for i in range(len(rows))]


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("scale_diag", (1.5, 0.5), [Fraction(9, 4), Fraction(1, 4)]),
        ("scale_tril", ((1.5, 0.0), (2.0, 0.5)), [Fraction(9, 4), Fraction(17, 4)]),
        ("covariance_matrix", ((1.5, 0.25), (0.25, 0.5)), [Fraction(3, 2), Fraction(1, 2)]),
        ("precision_matrix", ((2.0, 1.0), (1.0, 1.0)), [Fraction(1), Fraction(2)]),
        ("scale_matrix", ((1.5, 2.0), (-1.0, 0.5)), [Fraction(25, 4), Fraction(5, 4)]),
    ],
)
def test_the_variances_of_the_entries_are_exact(parameter: str, value: Any, expected: list[Fraction]) -> None:
    assert spreads({parameter: value}) == expected


def test_the_variances_of_entries_of_a_perturbed_diagonal_are_exact() -> None:
    factor = ((2.0,), (-1.0,))
    assert spreads({"cov_diag": (1.5, 0.5), "cov_factor": factor}) == [Fraction(11, 2), Fraction(3, 2)]
    # A = [[7.5, -3], [-3, 2]].
    given: dict[str, Any] = {"scale_diag": (1.5, 0.5), "scale_perturb_diag": (1.5,), "scale_perturb_factor": factor}
    assert spreads(given) == [Fraction(261, 4), Fraction(13)]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("independent(normal(loc=0.25,scale=1.5),ndims=1.0)", "arrays with 1 axis"),
        ("independent(normal(loc=[0.25,1.5],scale=1.5),ndims=2.0)", "arrays with 2 axes"),
        ("independent(normal(loc=[0.25,1.5],scale=[1.0,2.0,3.0]),ndims=1.0)", "no arrays of numbers that broadcast"),
        ("independent(normal(loc=[true,false],scale=1.0),ndims=1.0)", "no arrays of numbers that broadcast"),
        ("independent(normal(loc=[0.25,1.5],scale=[1.0,-2.0]),ndims=1.0)", "scale must be positive, not -2.0"),
        (f"independent({NORMALS},ndims=1.0)", "needs a law of numbers"),
        ("log_normal(loc=[0.25,1.5],scale=1.0)", r"loc must be a number, not \[0.25,1.5\]"),
        ("normal(loc=[0.25,1.5],scale=1.0)", r"loc must be a number, not \[0.25,1.5\]"),
        (f"{NORMALS}@3", "the parameters of a law give the shape"),
        (f"transformed({NORMALS},exp)", "needs a map of events with 1 axis"),
        (f"transformed({NORMALS},softmax)", "needs a map with an inverse and a log-det"),
        (f"transformed({NORMALS},cholesky_outer_product)", "needs a map of events with 1 axis"),
        (f"transformed({NORMALS},scale_matvec_diag(scale_diag=[1.0,2.0,3.0]))", "vectors of 3 entries"),
        ("transformed(independent(exponential(rate=[1.0,2.0]),ndims=1.0),softmax_centered)", "any real numbers"),
        (f"transformed(transformed({NORMALS},softmax_centered),softmax_centered)", "a base with independent entries"),
        ("multivariate_normal(loc=[0.25,1.5])", "takes exactly one of"),
        ("multivariate_normal(loc=[0.25],scale_diag=[1.5,1.0])", "loc has 1 entries, and scale_diag is for 2"),
        ("multivariate_normal(loc=[0.25],scale_diag=[-1.5])", "positive throughout"),
        ("multivariate_normal(loc=[0.25,0.5],scale_tril=[[1.0,0.0],[1.0,-1.0]])", "positive on its diagonal"),
        ("multivariate_normal(loc=[0.25,0.5],covariance_matrix=[[1.0,0.5],[0.25,1.0]])", "positive definite"),
        ("multivariate_normal(loc=[0.25,0.5],precision_matrix=[[1.0,2.0],[2.0,1.0]])", "positive definite"),
        ("dirichlet(concentration=[1.0])", "two or more positive numbers"),
        ("dirichlet(concentration=[1.0,0.0])", "two or more positive numbers"),
        ("multivariate_normal(cov_diag=[1.0,-1.0],cov_factor=[[1.0],[0.5]],loc=[0.25,0.5])", "positive throughout"),
        ("multivariate_normal(cov_diag=[1.0,1.0],cov_factor=[[1.0]],loc=[0.25,0.5])", "2 rows of 1"),
        ("multivariate_normal(cov_diag=[1.0,1.0],loc=[0.25,0.5])", "takes exactly one of"),
        ("multivariate_normal(loc=[0.25,0.5],scale_matrix=[[1.0,2.0],[2.0,4.0]])", "square and invertible"),
        (
            "multivariate_normal(loc=[0.25,0.5],scale_diag=[1.0,1.0],scale_perturb_diag=[-0.5],"
            "scale_perturb_factor=[[1.0],[1.0]])",
            "square and invertible",
        ),
        ("multivariate_student_t(df=0.0,loc=[0.25],scale_tril=[[1.0]])", "positive"),
        ("multivariate_student_t(df=2.0,loc=[0.25,0.5],scale_tril=[[1.0]])", "loc has 2 entries"),
        ("matrix_normal(loc=[[0.25,0.5]],scale_column=[[1.0]],scale_row=[[1.0]])", "loc is 1 by 2"),
        ("matrix_normal(loc=[[0.25]],scale_column=[[1.0]],scale_row=[[-1.0]])", "positive on its diagonal"),
        ("lkj(concentration=1.5,dimension=1.0)", "a whole number from 2 to 32"),
        ("lkj(concentration=0.0,dimension=3.0)", "positive"),
        ("lkj_cholesky(concentration=1.5,dimension=2.5)", "a whole number"),
        ("wishart(df=1.0,scale_tril=[[1.0,0.0],[0.5,1.0]])", "above 1 for matrices of 2 rows"),
        ("wishart(df=3.0)", "takes exactly one of"),
        ("wishart(covariance_matrix=[[1.0,2.0],[2.0,1.0]],df=3.0)", "positive definite"),
        ("spherical_uniform(dimension=1.0)", "a whole number from 2 to 1024"),
        ("power_spherical(concentration=1.0,mean_direction=[0.5,0.5])", "whose squares add up to 1"),
        ("power_spherical(concentration=0.0,mean_direction=[0.0,1.0])", "positive"),
        ("von_mises_fisher(concentration=1.0,mean_direction=[1.0])", "two or more numbers whose squares add up to 1"),
        ("von_mises_fisher(concentration=-1.0,mean_direction=[0.0,1.0])", "positive"),
        ("flat_dirichlet(size=1.0)", "a whole number from 2 to 1024"),
        ("flat_dirichlet(size=2.5)", "a whole number"),
        ("relaxed_one_hot_categorical(logits=[0.5],temperature=1.0)", "two or more numbers"),
        ("exp_relaxed_one_hot_categorical(logits=[0.5,1.0],temperature=0.0)", "positive"),
        ("relaxed_one_hot_categorical(logits=[0.5,1.0],temperature=[0.5,1.0])", "must be a number"),
        ("transformed(dirichlet(concentration=[1.0,0.5]),softmax_centered)", "a base with independent entries"),
        ("logistic_normal(loc=[0.25,0.5],scale=[1.0])", "the same number of entries"),
    ],
)
def test_what_makes_no_law_is_refused_in_one_line(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject, match=said) as refused:
        definition_of(subject)
    assert "\n" not in str(refused.value)


_FORMS = (
    "scale_diag, or scale_tril, or covariance_matrix, or precision_matrix, or scale_matrix, "
    "or scale_diag and scale_perturb_diag and scale_perturb_factor, or cov_diag and cov_factor"
)
_NOT_POSITIVE = "must be positive on its diagonal, not [[1.0,0.0],[0.5,-1.0]]"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("wishart(df=3.0)", "wishart: takes exactly one of scale_tril, or covariance_matrix, or precision_matrix"),
        ("location_scale(loc=[0.25])", f"location_scale: takes exactly one of {_FORMS}"),
        ("multivariate_normal(loc=[0.25])", f"multivariate_normal: takes exactly one of {_FORMS}"),
        ("wishart(df=3.0,scale_tril=[[1.0,0.0],[0.5,-1.0]])", f"wishart: scale_tril {_NOT_POSITIVE}"),
        (
            "wishart(df=3.0,precision_matrix=[[1.0,2.0],[2.0,1.0]])",
            "wishart: precision_matrix must be symmetric and positive definite, not [[1.0,2.0],[2.0,1.0]]",
        ),
        (
            "multivariate_student_t(df=2.0,loc=[0.25,0.5],scale_tril=[[1.0,0.0],[0.5,-1.0]])",
            f"multivariate_student_t: scale_tril {_NOT_POSITIVE}",
        ),
        (
            "multivariate_student_t(df=2.0,loc=[0.25,0.5],scale_tril=[[1.0]])",
            "multivariate_student_t: loc has 2 entries, and scale_tril is for 1",
        ),
        (
            "multivariate_student_t(df=2.0,loc=0.25,scale_tril=[[1.0]])",
            "multivariate_student_t: loc must be a list of numbers, not 0.25",
        ),
        (
            "multivariate_normal(loc=[0.25,0.5],scale_tril=[[1.0,0.0],[0.5,-1.0]])",
            f"multivariate_normal: scale_tril {_NOT_POSITIVE}",
        ),
        (
            "multivariate_normal(loc=[0.25],scale_diag=[-1.5])",
            "multivariate_normal: scale_diag must be positive throughout, not [-1.5]",
        ),
        (
            "multivariate_normal(loc=[0.25,0.5],scale_matrix=[[1.0,2.0],[2.0,4.0]])",
            "multivariate_normal: scale_matrix must be such that the matrix is square and invertible, "
            "not [[1.0,2.0],[2.0,4.0]]",
        ),
        (
            "multivariate_normal(cov_diag=[1.0,1.0],cov_factor=[[1.0]],loc=[0.25,0.5])",
            "multivariate_normal: cov_factor must be 2 rows of 1, not [[1.0]]",
        ),
        (
            "multivariate_normal(loc=[0.25,0.5],scale_diag=[1.0,1.0],scale_perturb_diag=[-0.5],"
            "scale_perturb_factor=[[1.0],[1.0]])",
            "multivariate_normal: scale_perturb_factor must be such that the matrix is square and invertible, "
            "not [[1.0],[1.0]]",
        ),
        (
            "multivariate_normal(loc=[0.25],scale_diag=[1.0,1.0])",
            "multivariate_normal: loc has 1 entries, and scale_diag is for 2",
        ),
        (
            "matrix_normal(loc=[[0.25],[0.5]],scale_column=[[1.0]],scale_row=[[1.0,0.0],[0.5,-1.0]])",
            f"matrix_normal: scale_row {_NOT_POSITIVE}",
        ),
        (
            "matrix_normal(loc=[[0.25,0.5]],scale_column=[[1.0]],scale_row=[[1.0]])",
            "matrix_normal: loc is 1 by 2, scale_row for 1 rows, scale_column for 1",
        ),
        (
            "matrix_location_scale(loc=[[0.25],[0.5]],scale_column=[[1.0]],scale_row=[[1.0,0.0],[0.5,-1.0]])",
            f"matrix_location_scale: scale_row {_NOT_POSITIVE}",
        ),
    ],
)
def test_a_refusal_names_the_law_that_was_written_and_what_that_takes(subject: str, said: str) -> None:
    with pytest.raises(UnknownSubject) as refused:
        definition_of(subject)
    assert str(refused.value) == said
