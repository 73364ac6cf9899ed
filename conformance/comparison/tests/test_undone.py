"""What the oracle cannot do costs itself only: it is undecided, with the reason, and everything else goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.numpy import Adapter as Reference
from conformance.certification.judgement import judge
from conformance.comparison.statistics import offers_of
from conformance.floats.enclosures import Kind
from conformance.floats.formats import format_named
from conformance.judging.cases import build_case
from conformance.judging.cells import cell_of
from conformance.judging.profile import profile_named
from conformance.laws.registry import LAWS
from conformance.oracle import oracle as room
from conformance.oracle.bulk import tier as vector_tier
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.blocks import block_truth
from conformance.oracle.statistics.truth import statistic
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

SUBJECT = "transformed(normal(loc=0.25,scale=1.5),tanh)"
AXES = {"framework": "numpy", "version": "1", "device": "cpu"}


def _failing(wanted: str, real: Any) -> Any:
    def block(subject: str, quantity: str, *rest: Any) -> Any:
        if quantity == wanted:
            raise ArithmeticError("no bound is\ndeclared")
        return real(subject, quantity, *rest)

    return block


@pytest.mark.slow
def test_a_quantity_that_fails_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setattr(room, "block_truth", _failing("cdf", block_truth))
    oracle = Oracle()
    # Neither may the polynomials answer in its place.
    monkeypatch.setattr(oracle._piecewise, "enclose", lambda *_: None)
    case = build_case(InProcess(Reference), oracle, SUBJECT, "float16", "eager", profile_named("quick"), 1)
    cells = {quantity: cell_of(case.measure(quantity), case, AXES) for quantity in ("log_prob", "cdf")}
    assert cells["log_prob"].status == "scored"
    assert cells["cdf"].status == "undecided"
    assert cells["cdf"].message == "ArithmeticError: no bound is declared"
    assert (case.measure("cdf").failures == Failure.UNDECIDED).all()
    assert capfd.readouterr().err.count("cdf of") == 1
    for law in ("L13", "L14"):
        assert not judge(LAWS[law], case).breaking


@pytest.mark.parametrize(
    ("subject", "quantity", "event", "width"),
    [("stick_breaking", "forward", 3, 4), ("stick_breaking", "inverse", 4, 3), ("stick_breaking", "ildj", 4, 1)],
)
def test_a_vector_that_fails_keeps_its_width(
    subject: str, quantity: str, event: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "block_truth", _failing(quantity, block_truth))
    monkeypatch.setattr(vector_tier, "enclose", lambda *_: None)
    oracle = Oracle()
    truth = oracle.truth(subject, quantity, np.full((5, event), 0.25), format_named("float64"))
    assert len(truth) == 5 * width
    assert (truth.kind == Kind.UNDECIDED).all()


@pytest.mark.slow
def test_a_statistic_that_fails_is_undecided_and_judges_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(subject: str, quantity: str) -> Any:
        if quantity == "mean":
            raise ArithmeticError("no bound is declared")
        return statistic(subject, quantity)

    monkeypatch.setattr("conformance.oracle.kept.statistics.statistic", failing)
    oracle = Oracle()
    case = build_case(InProcess(Reference), oracle, SUBJECT, "float32", "eager", profile_named("quick"), 1)
    offers = dict(offers_of(case, AXES, oracle))
    assert (offers["mean"].verdict, offers["mean"].message) == (
        "undecided",
        "ArithmeticError: no bound is declared",
    )
    assert offers["entropy"].verdict == offers["variance"].verdict == "right"
    assert oracle.statistic(SUBJECT, "mean").text == "undecided"


@pytest.mark.parametrize("df", ["1.2", "5.0"])
def test_any_degrees_of_freedom_will_do(df: str) -> None:
    oracle, fmt = Oracle(), format_named("float64")
    subject = f"student_t(df={df},loc=0.25,scale=1.5)"
    x = np.array([-1e8, -3.0, 0.1, 0.25, 7.5])
    for quantity in ("log_prob", "cdf"):
        truth = oracle.truth(subject, quantity, x, fmt)
        assert (truth.kind == Kind.FINITE).all()
        assert all(oracle.second_opinion(subject, quantity, value, fmt).agrees for value in x)
