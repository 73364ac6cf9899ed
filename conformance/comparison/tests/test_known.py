"""A law result is known only where everything that broke it is."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from conformance.comparison.known import mark_known
from conformance.findings.results import LawResult
from conformance.findings.tests.documents import finding

RESULT = LawResult(
    framework="tanh_elsewhere",
    mode="eager",
    dtype="float32",
    subject="tanh",
    law="L02",
    status="fail",
    checks=9,
    failed=1,
)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"severity": "grave"}, "fail"),
        ({"severity": "serious"}, "fail"),
        ({"severity": "minor", "quantity": "forward"}, "fail"),
        ({"severity": "minor", "quantity": "fldj"}, "known"),
    ],
)
def test_only_a_minor_finding_about_a_log_quantity_leaves_a_law_whole(change: dict[str, Any], status: str) -> None:
    unlisted = finding(framework="tanh_elsewhere", **change)
    result = replace(RESULT)
    mark_known([unlisted], [result])
    assert unlisted.known is None
    assert result.status == status
