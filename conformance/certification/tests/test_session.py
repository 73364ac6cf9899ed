"""One session over a broken framework in a real worker: what is accused, what is excused, what is left undecided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from conformance.certification.messages import failure_text, finding_text
from conformance.certification.selection import select
from conformance.certification.session import Certification, Unit
from conformance.findings.records import Reproduction
from conformance.oracle.oracle import Oracle, SecondOpinion
from conformance.tests.broken import adapter as broken

UNIT = Unit("mine", "tanh", "L01", "float32", "eager")


@pytest.fixture(scope="module")
def certification(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Certification]:
    names = ("subjects", "laws", "modes", "dtypes", "known_failures", "no_shipped_list", "write_known")
    options = dict.fromkeys(names)
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(broken.VARIABLE, "log_det_with_the_wrong_sign")
        patch.delenv("CONFORMANCE_PYTHON_MINE", raising=False)
        chosen = select(
            {
                **options,
                **{"frameworks": ["mine"], "profile": "quick", "conformance_home": home, "fail_on": "minor"},
                "adapter_file": broken.__file__,
            }
        )
        running = Certification(chosen, shown=1)
    yield running
    running.close()


def test_ids_name_every_axis() -> None:
    assert UNIT.id == "mine-tanh-L01-float32"
    assert Unit("torch", "exp", "L02", "float64", "compile").id == "torch-exp-L02-float64-compile"


def test_units_are_neighbours_where_they_share_a_case_and_laws_fit_their_subjects(certification: Certification) -> None:
    units = list(certification.units())
    cases = [(unit.subject, unit.dtype, unit.mode) for unit in units]
    assert len(set(cases)) == sum(1 for before, after in zip([None, *cases], cases, strict=False) if before != after)
    assert len({unit.id for unit in units}) == len(units)
    laws = {unit.law for unit in units if unit.subject.startswith("transformed")}
    assert "L08" in laws
    assert "L05" not in laws


def test_parameters_that_a_format_does_not_hold_are_skipped_with_the_reason(certification: Certification) -> None:
    outcome = certification.run(Unit("mine", "power(exponent=1e-08)", "L01", "float16", "eager"))
    assert not outcome.judgement.points
    assert not outcome.findings
    assert list(outcome.absent.values()) == ["power(exponent=1e-08): 1e-08 is beyond float16"]


def test_a_wrong_sign_is_accused_with_a_reproduction(certification: Certification) -> None:
    outcome = certification.run(UNIT)
    (accusation,) = outcome.findings
    finding = accusation.finding
    assert (finding.kind, finding.quantity, finding.confirmed) == ("wrong sign", "fldj", True)
    assert finding.reproduction.confirmed
    assert certification.frameworks["mine"].asked[-1].quantities == ("fldj", "ildj")
    failed = [(one["law"], one["kind"]) for one in certification.frameworks["mine"].failed]
    assert ("L01", "wrong sign") in failed


class Doubting(Oracle):
    """An oracle whose second opinion never agrees with the first."""

    def second_opinion(self, subject: str, quantity: str, x: Any, fmt: Any) -> SecondOpinion:
        opinion = super().second_opinion(subject, quantity, x, fmt)
        return SecondOpinion(opinion.value_text, False)


def test_what_the_second_opinion_does_not_share_accuses_nobody(
    certification: Certification, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(certification, "oracle", Doubting(tmp_path))
    outcome = certification.run(UNIT)
    assert not outcome.findings
    assert outcome.unconfirmed
    assert "fldj: wrong sign" in outcome.unconfirmed[0]


def test_the_same_unit_twice_gives_the_same_findings(certification: Certification) -> None:
    assert certification.run(UNIT).findings == certification.run(UNIT).findings


def test_findings_beyond_the_first_are_counted_by_a_line(certification: Certification) -> None:
    outcome = certification.run(Unit("mine", "tanh", "L02", "float32", "eager"))
    assert len(outcome.findings) == 1
    assert outcome.others
    text = failure_text("a title", outcome.findings, outcome.others)
    assert f"and {len(outcome.others)} more:" in text
    assert outcome.others[0] in text


def test_a_script_is_printed_once(certification: Certification) -> None:
    (accusation,) = certification.run(UNIT).findings
    twice = failure_text("a title", [accusation, accusation])
    assert twice.count("load_adapter(None") == 1
    assert twice.count("with the script above") == 1
    without = structs.replace(accusation.finding, reproduction=Reproduction())
    assert "reproduce" not in finding_text(replace(accusation, finding=without))
