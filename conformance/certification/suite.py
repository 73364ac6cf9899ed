"""The tests that ``pytest --pyargs conformance --framework NAME`` collects. The plugin supplies their parameters."""

from __future__ import annotations

import pytest

from conformance.certification.messages import failure_text, unfaithful_text
from conformance.certification.session import Certification, Outcome, Unit
from conformance.execution.plain import one_line
from conformance.findings.baseline import about
from conformance.judging.budget import OVER_BUDGET
from conformance.laws.registry import LAWS


def test_law(unit: Unit, certification: Certification, request: pytest.FixtureRequest) -> None:
    """One law holds for one subject at one dtype: passes, fails, is a known failure (xfail), or is not offered."""
    outcome = certification.run(unit)
    # Not by ``record_property``, which warns at every use that JUnit's second family has no place for properties.
    axes = certification.frameworks[unit.framework].axes
    request.node.user_properties.extend(_properties(unit, axes, outcome))
    if outcome.findings:
        others = [*outcome.others, *(f"known: {entry}" for entry in outcome.known)]
        pytest.fail(failure_text(LAWS[unit.law].title, outcome.findings, others), pytrace=False)
    if outcome.unfaithful:
        pytest.fail(unfaithful_text(outcome.unfaithful), pytrace=False)
    if outcome.unconfirmed:
        pytest.skip(f"undecided: a second opinion does not share the verdict: {_several(outcome.unconfirmed)}")
    if outcome.written:
        causes = dict.fromkeys(about(entry) for entry in outcome.written)
        pytest.xfail(f"written as known: {_several(list(causes))}")
    if outcome.known:
        entry = outcome.known[0]
        pytest.xfail(f"{one_line(entry.reason)} [{entry.link}]")
    judgement = outcome.judgement
    if not judgement.points:
        # The same words for every law and dtype of a subject, so that pytest folds them into one line.
        words = list(dict.fromkeys(outcome.absent.values())) or ["nothing to judge"]
        large = [word for word in words if word.startswith(OVER_BUDGET)]
        pytest.skip(_several(large) if large else f"not offered: {_several(words)}")
    if judgement.undecided == judgement.points:
        oracle = certification.oracle
        reasons = [oracle.why_undecided(unit.subject, quantity) for quantity in judgement.quantities]
        told = "; ".join(dict.fromkeys(filter(None, reasons))) or "the oracle reached its precision cap at every point"
        pytest.skip(f"undecided: {told}")


def test_known_failures(framework: str, certification: Certification) -> None:
    """No entry in the lists of known failures is stale (as far as this session examined what it names)."""
    found = certification.stale(framework)
    if found and certification.selection.write_known is None:
        pytest.fail("\n".join(str(one) for one in found), pytrace=False)


def _properties(unit: Unit, axes: dict[str, str], outcome: Outcome) -> list[tuple[str, object]]:
    """What the JUnit file says of a unit besides its outcome; JUnit writes them, and ``Tally`` counts by them."""
    judgement = outcome.judgement
    found: list[tuple[str, object]] = [(axis, getattr(unit, axis)) for axis in ("framework", "subject", "law")]
    found += [("dtype", unit.dtype), ("mode", unit.mode)]
    found += [(axis, one_line(axes[axis])) for axis in ("version", "device")]
    found += [("points", judgement.points), ("undecided", judgement.undecided)]
    if outcome.absent:
        absent = "; ".join(f"{name}: {one_line(words)}" for name, words in outcome.absent.items())
        found.append(("not offered", absent))
    accused = [*outcome.findings, *outcome.unfaithful]
    if accused:
        found.append(("findings", " ".join(one.finding.id for one in accused)))
        found.append(("components", " ".join(dict.fromkeys(one.cause.words for one in accused))))
    if outcome.mild:
        found.append(("below --fail-on", "; ".join(outcome.mild)))
    if outcome.known:
        found.append(("known", outcome.known[0].link))
    return found


def _several(texts: list[str]) -> str:
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return f"{one_line(texts[0], 160)}{more}"
