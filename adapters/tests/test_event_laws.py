"""Laws of events: what each framework calls by such a name is the published one, and the reference is right."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from adapters.interface import NotOffered, SpecError
from adapters.numpy import Adapter
from adapters.tests.checking import ask, assert_reproductions_agree, in_hex
from adapters.tests.published_events import PUBLISHED
from conformance.definitions.catalogue import PAIR_SUBJECTS
from conformance.definitions.declared import spaces_of
from conformance.definitions.registry import event_law, is_event_law, statistic_event, statistics_of
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.oracle.oracle import Oracle
from conformance.scoring.distance import distances

SUBJECTS = tuple(PUBLISHED)
NORMALS, LOGNORMALS, DIAGONAL, TRIL, COVARIANCE, PRECISION, SIMPLEX, DIRICHLET = SUBJECTS[:8]
LOW_RANK, PERTURBED, ANY, STUDENT, MATRIX, LKJ, LKJ_CHOLESKY, WISHART, *MORE = SUBJECTS[8:]
*WISHARTS, SPHERE, POWER, CIRCLE, POLE, HALVES, FIVE, FLAT, RELAXED, EXP_RELAXED, PEAKED, MATRIX_STUDENT = MORE
CONCRETE = (RELAXED, EXP_RELAXED)
OFFERED = {
    "torch": {
        NORMALS,
        LOGNORMALS,
        TRIL,
        COVARIANCE,
        PRECISION,
        SIMPLEX,
        DIRICHLET,
        LOW_RANK,
        LKJ_CHOLESKY,
        WISHART,
        *WISHARTS,
        *CONCRETE,
        PEAKED,
    },
    "tfp": {NORMALS, LOGNORMALS, DIAGONAL, TRIL, COVARIANCE, DIRICHLET, *SUBJECTS[8:]} - {*WISHARTS},
    "paddle": {NORMALS, LOGNORMALS, TRIL, COVARIANCE, PRECISION, DIRICHLET, LKJ_CHOLESKY, PEAKED},
    "mindspore": set[str](),
    "numpy": set(SUBJECTS),
}


def _asked(subject: str, quantity: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "quantity": quantity, "dtype": "float32", "mode": "eager", **more}


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", OFFERED)
def test_every_answer_is_the_published_one(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", sys.executable)  # The reference runs where the tests do.
    asked = []
    for subject, law in PUBLISHED.items():
        values = [in_hex(row) for row in law.at.tolist()]
        asked += [_asked(subject, "log_prob", values=values, component=True, script=True)]
        asked += [_asked(subject, "prob", values=values, component=True), _asked(subject, "event_rank")]
        asked += [_asked(subject, "entropy", component=True), _asked(subject, "sample", count=5, seed=3)]
        if event_law(subject).base is not None:  # Of others every value is a base value.
            asked += [_asked(subject, "log_prob_from_base", values=[in_hex([0.5, -1.0, 2.0])])]
    _, replies = ask(framework, asked)
    told = set()
    for question, reply in zip(asked, replies, strict=True):
        subject, quantity, law = question["subject"], question["quantity"], PUBLISHED[question["subject"]]
        if reply["status"] == "not offered":
            continue
        assert quantity != "log_prob_from_base", question
        told.add(subject)
        assert reply["status"] == "ok", (question, reply)
        got = np.array([float.fromhex(text) for text in reply["values"]])
        if quantity == "sample":
            assert reply["shape"] == [5, *law.at.shape[1:]]
            continue
        if (framework, subject) == ("tfp", FLAT):  # Which has one density for all events: the laws tell that.
            got = np.broadcast_to(got, (len(law.at),) if quantity in ("log_prob", "prob") else got.shape)
        if quantity == "entropy" and law.entropy is None:
            continue
        expected: Any = law.logpdf(law.at)
        if quantity != "log_prob":
            expected = {"prob": np.exp(expected), "event_rank": law.at.ndim - 1, "entropy": law.entropy}[quantity]
        np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-5, err_msg=f"{framework} {subject} {quantity}")
        assert "component" not in reply or (reply["component"][0] and not reply["unseen"]), (question, reply)
    assert told == OFFERED[framework]
    scripts = [pair for pair in zip(asked, replies, strict=True) if pair[0].get("script") and pair[1]["status"] == "ok"]
    if scripts:
        assert_reproductions_agree(framework, scripts)


LEAST = {"torch": 42, "tfp": 64, "paddle": 14, "numpy": 84}
"""Statistics of events that are offered, so that the test looks at some."""


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", LEAST)
def test_statistics_of_events_are_the_laws_and_named_after_what_runs(
    framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_NUMPY", sys.executable)
    asked = [
        _asked(subject, quantity, component=True)
        for subject in (*SUBJECTS, *(one for one in PAIR_SUBJECTS if is_event_law(one)))
        for quantity in statistics_of(subject)
        if quantity != "entropy"
    ]
    _, replies = ask(framework, asked)
    oracle, looked = Oracle(), 0
    for question, reply in zip(asked, replies, strict=True):
        if reply["status"] == "not offered":
            continue
        subject, quantity = question["subject"], question["quantity"]
        assert reply["status"] == "ok", (question, reply)
        assert tuple(reply["shape"]) == statistic_event(subject, quantity), question
        assert reply["component"][0], question
        # What was given as a covariance is handed back; the reference keeps what it has integrated.
        if framework != "numpy" and (framework, subject, quantity) != ("torch", COVARIANCE, "covariance"):
            assert not reply["unseen"], (question, reply)
        looked += 1
        got = [float.fromhex(text) for text in reply["values"]]
        truth = [one.text for one in oracle.statistics(subject, quantity)]
        if "nan" not in truth:  # What is right then the law says.
            np.testing.assert_allclose(
                got, [float(text) for text in truth], rtol=2e-5, atol=1e-6, err_msg=str(question)
            )
    assert looked >= LEAST[framework]


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["torch", "tfp", "paddle"])
def test_an_image_of_independent_entries_is_the_law_that_its_text_says(framework: str) -> None:
    """Written out, in the map that each of them has; a base value is scored by the framework's own cache."""
    base = "independent(normal(loc=[0.25,-1.5,0.75],scale=[1.5,0.625,2.5]),ndims=1.0)"
    subject = f"transformed({base},{'softmax_centered' if framework == 'tfp' else 'stick_breaking'})"
    law = PUBLISHED[SIMPLEX]
    at = law.at[2:]  # Weights that differ from the last: a logarithm of 1 is 0 and nothing else, which no ball shows.
    values = [in_hex(row) for row in at.tolist()]
    x = [in_hex([0.5, -1.0, 2.0])]
    asked = [_asked(subject, "log_prob", values=values), _asked(subject, "log_prob_from_base", values=x)]
    _, replies = ask(framework, asked)
    got = [[float.fromhex(text) for text in reply.get("values", [])] for reply in replies]
    wide = format_named("float64")
    for quantity, rows, answers in (("log_prob", at, got[0]), ("log_prob_from_base", [[0.5, -1.0, 2.0]], got[1])):
        if framework == "paddle" and quantity == "log_prob_from_base":
            assert not answers
            continue
        truth = Oracle().truth(subject, quantity, np.array(rows), wide)
        assert answers == pytest.approx(np.ldexp(truth.hi, truth.exponent).tolist(), rel=2e-5), quantity


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_reference_is_right_to_a_ulp(subject: str, dtype: str) -> None:
    fmt, oracle, bound = format_named(dtype), Oracle(), Adapter().distribution(subject, dtype)
    y = spaces_of(subject)[1].draw(fmt, 24, (11,))  # type: ignore[union-attr]
    for quantity in ("log_prob", "prob"):
        truth, got = oracle.truth(subject, quantity, y, fmt), getattr(bound, quantity)(y)
        off = distances(got, truth, fmt).ulp[truth.kind == Kind.FINITE]
        assert len(off) > len(y) // 2
        assert off.max() <= 0.51 if quantity == "log_prob" else off.max() <= 1.0
        assert np.isneginf(got[truth.kind == Kind.NEG_INF].astype(np.float64)).all()


def test_the_reference_has_batches_of_inputs_and_one_event_as_well() -> None:
    bound, y = Adapter().distribution(TRIL, "float64"), PUBLISHED[TRIL].at
    rows = bound.log_prob(y)
    assert bound.log_prob(y[0]).shape == ()
    assert np.array_equal(bound.log_prob(y.reshape(3, 1, 3)), rows[:, None])


@pytest.mark.parametrize(
    ("subject", "problem"),
    [
        ("independent(normal(loc=0.25,scale=1.5),ndims=1.0)", SpecError),
        ("multivariate_normal(loc=[0.25],scale_diag=[1.0],scale_tril=[[1.0]])", SpecError),
        ("multivariate_normal(loc=[0.25,1.0],covariance_matrix=[[1.0,2.0],[2.0,1.0]])", SpecError),
        ("transformed(independent(normal(loc=[0.25],scale=[1.5]),ndims=1.0),exp)", NotOffered),
    ],
)
def test_what_the_reference_does_not_take(subject: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        Adapter().distribution(subject, "float64")


def test_what_the_reference_has_no_value_of() -> None:
    bound = Adapter().distribution(TRIL, "float64")
    for call in (bound.cdf, bound.icdf, bound.log_prob_from_base):
        with pytest.raises(NotOffered):
            call(PUBLISHED[TRIL].at)
