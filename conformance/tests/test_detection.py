"""Every check is able to fail (ACCEPTANCE A17): broken frameworks are caught, by the law and under the name planned."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

from conformance.definitions.registry import is_pair
from conformance.execution.bisection import Limits
from conformance.execution.client import FrameworkClient
from conformance.execution.interpreters import choose
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import ACCUSES_NOBODY, Failure
from conformance.tests.broken import adapter as broken
from conformance.tests.broken.adapter import DEFECTS, VARIABLE, Defect
from conformance.tests.detection import Row, defect_row, reference_row, row_of, table
from conformance.tests.reference_answers import ReferenceAnswers, session_folder

IN_PROCESS = {name: defect for name, defect in DEFECTS.items() if not defect.process}
UNPLANTED = {*ACCUSES_NOBODY, Failure.NOT_OFFERED, Failure.GRADIENT_WRONG}
"""Gradients have no law yet; the others are no failures."""


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(session_folder(tmp_path_factory, "truth"))


@pytest.fixture(scope="session")
def answers(tmp_path_factory: pytest.TempPathFactory) -> ReferenceAnswers:
    return ReferenceAnswers(session_folder(tmp_path_factory, "answers"))


_rows: dict[str, Row] = {}


@cache
def row(name: str, oracle: Oracle, answers: ReferenceAnswers) -> Row:
    _rows[name] = defect_row(DEFECTS[name], oracle, answers)
    return _rows[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, defect in IN_PROCESS.items() if not defect.escapes])
def test_a_planted_defect_is_caught_by_its_law_under_its_name(
    name: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    defect = DEFECTS[name]
    seen = row(name, oracle, answers)
    assert seen.caught(defect), (
        f"{defect.law} does not see {defect.kind!r} in: {defect.about}\n"
        f"broken: {seen.broken}\nfound: {seen.found}\n\n{table(_rows)}"
    )


@pytest.mark.parametrize("name", [name for name, defect in IN_PROCESS.items() if defect.escapes])
def test_what_is_known_to_escape_still_does(name: str, oracle: Oracle, answers: ReferenceAnswers) -> None:
    seen = row(name, oracle, answers)
    assert not seen.broken, f"{name} is caught now: take its escapes=True away\n{seen.told}"


SITES = sorted({(defect.subject, defect.dtype) for defect in DEFECTS.values()})


@pytest.mark.slow
@pytest.mark.parametrize(("subject", "dtype"), SITES, ids=lambda value: str(value))
def test_the_framework_without_a_defect_breaks_no_law(
    subject: str, dtype: str, oracle: Oracle, answers: ReferenceAnswers
) -> None:
    seen = reference_row(subject, dtype, oracle, answers)
    assert seen.points > (1 if is_pair(subject) else 1000)  # Two laws are asked for two numbers.
    assert not seen.broken, "\n".join(f"{law}: {line}" for law, lines in seen.told.items() for line in lines)


def test_every_law_is_shown_to_be_able_to_fail() -> None:
    assert {defect.law for defect in DEFECTS.values() if not defect.escapes} == set(LAWS)


def test_every_kind_of_failure_is_planted() -> None:
    planted = {defect.kind for defect in DEFECTS.values() if not defect.escapes}
    assert planted == {failure.label for failure in Failure if failure not in UNPLANTED}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, defect in DEFECTS.items() if defect.process])
def test_a_defect_that_takes_the_process_down_is_caught(
    name: str, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a real worker: one guilty input costs that input, and the finding has its name."""
    defect: Defect = DEFECTS[name]
    monkeypatch.setenv(VARIABLE, name)
    monkeypatch.delenv("CONFORMANCE_PYTHON_BROKEN", raising=False)
    file = Path(broken.__file__)
    environment = choose("broken", file.parent, file).environment
    assert environment.python == Path(sys.executable)
    # A busy machine must not cut the search for the guilty input short.
    limits = Limits(seconds=300.0)
    with FrameworkClient(environment, "broken", None, timeout=2.0, adapter_file=file, limits=limits) as client:
        seen = row_of(client, oracle, defect.subject, defect.dtype)
    assert seen.broken == {defect.law: {defect.kind}}
    assert "1 of 5 special points" in seen.told[defect.law][0]
