"""What is made of a failing group: an accusation, a baseline's entry, or a doubt that accuses nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from conformance.certification.attribution import Attribution
from conformance.execution.plain import one_line
from conformance.findings.baseline import version_range
from conformance.findings.expectations import TO_FILL, KnownFailure
from conformance.findings.names import asked_at
from conformance.findings.records import Finding
from conformance.judging.accused import OBSERVED
from conformance.judging.confirm import NOT_SHOWN, shortened

Ruling = Literal["accused", "not reproduced", "doubted"]

UNFAITHFUL = "the adapter's script does not reproduce what the adapter answers"


def ruling(finding: Finding) -> Ruling:
    """Whether a finding stands, whatever the script of an adapter says.

    accused: it is confirmed, or it is a crash, a time-out, an exception or a wrong form, which is observed and needs no
    witness. not reproduced: the oracle and mpmath agree against the value, and the script prints another one; then
    either the script is not what the adapter evaluates or the answer depends on what is asked beside it, and both have
    to be mended. doubted: the second opinion does not share the oracle's.
    """
    if finding.confirmed or finding.kind in {kind.label for kind in OBSERVED}:
        return "accused"
    return "not reproduced" if finding.confirmed_by.startswith(NOT_SHOWN) else "doubted"


def baseline_entry(finding: Finding, cause: Attribution, test: str, profile: str) -> KnownFailure:
    """The entry of ``--write-known`` about ``cause``, first met by ``finding`` in ``test``."""
    worst = finding.worst
    met = f"{asked_at(finding.quantity, finding.subject, worst.input)} is {worst.got}"
    exact = f", exact {shortened(worst.exact)}" if finding.kind not in {kind.label for kind in OBSERVED} else ""
    # Without a name of the framework's own for it, what was asked is all there is to go by.
    asked = {} if cause.component else {"subject": cause.subject, "quantity": cause.quantity}
    mechanism = f"{cause.mechanism}: " if cause.mechanism else ""
    return KnownFailure(
        source=Path(),
        number=0,
        framework=finding.framework,
        cause=cause.cause or "*",
        component=one_line(cause.component) or "*",
        **asked,
        reason=one_line(f"to be filled in: {mechanism}{met}{exact} ({finding.kind}, {finding.severity})"),
        link=TO_FILL,
        versions=version_range(finding.version),
        seen=(test,),
        profile=profile,
    )
