"""The tests that ``pytest --pyargs conformance --framework NAME`` collects. The plugin supplies their parameters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.certification.messages import failure_text
from conformance.certification.session import Certification, Unit
from conformance.laws.registry import LAWS

Record = Callable[[str, object], None]


def test_law(unit: Unit, certification: Certification, record_property: Record) -> None:
    """One law holds for one subject at one dtype: passes, fails, is a known failure (xfail), or is not offered."""
    for axis in ("framework", "subject", "law", "dtype", "mode"):
        record_property(axis, getattr(unit, axis))
    for axis in ("version", "device"):
        record_property(axis, certification.frameworks[unit.framework].axes[axis])
    outcome = certification.run(unit)
    judgement = outcome.judgement
    record_property("points", judgement.points)
    record_property("undecided", judgement.undecided)
    if outcome.absent:
        record_property("not offered", "; ".join(f"{name}: {words}" for name, words in outcome.absent.items()))
    if outcome.findings:
        record_property("findings", " ".join(finding["id"] for finding in outcome.findings))
        others = [*outcome.others, *(f"known: {entry}" for entry in outcome.known)]
        pytest.fail(failure_text(LAWS[unit.law].title, outcome.findings, others), pytrace=False)
    if outcome.unconfirmed:
        pytest.skip(f"undecided: a second opinion does not share the verdict: {'; '.join(outcome.unconfirmed)}")
    if outcome.known:
        entry = outcome.known[0]
        record_property("known", entry.link)
        pytest.xfail(f"{entry.reason} [{entry.link}]")
    if not judgement.points:
        words = dict.fromkeys(outcome.absent.values()) or {"no points to judge": None}
        pytest.skip(f"not offered: {'; '.join(words)}")
    if judgement.undecided == judgement.points:
        pytest.skip("undecided: the oracle reached its precision cap at every point")


def test_known_failures(framework: str, certification: Certification) -> None:
    """No entry in the list of known failures is stale (as far as this session examined what it names)."""
    found = certification.stale(framework)
    if found:
        pytest.fail("\n".join(str(one) for one in found), pytrace=False)
