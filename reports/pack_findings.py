"""The findings as columns, worst first: what was asked, the shown point, and the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from conformance.causes.records import CausesDocument
from conformance.findings.identity import IDENTITY, id_of
from reports.columns import columns, folded
from reports.derived import bits_of, brief_of, carried, decimal_of, hex_of, trimmed
from reports.load import Loaded
from reports.marks import marked
from reports.numbers import seen
from reports.summary import badness
from reports.text import safe_link

Json = dict[str, Any]
AS_THEY_ARE = (
    "law", "framework", "version", "device", "mode", "dtype", "subject", "quantity", "region", "kind", "severity",
    "count", "points", "blame", "certificate", "confirmed_by", "confirmed",
)  # fmt: skip
OR_NONE = ("note", "component", "attainable", "single")


@dataclass(frozen=True)
class PackedFindings:
    """Everything that the page holds of the findings, worst first; how many keep their scripts is said last."""

    rest: Json
    worst: Json
    printed: Sequence[str | None]
    code: Sequence[str | None]

    def with_scripts(self, details: int) -> Json:
        """``findings`` and ``worst``: a finding says whether one of the worst points is its.

        Only the ``details`` worst findings keep their scripts.
        """
        own = {name: folded(_first(getattr(self, name), details)) for name in ("printed", "code")} if self.code else {}
        return {"findings": {**self.rest, "columns": self.rest["columns"] | own}, "worst": self.worst}


def _first(values: Sequence[str | None], count: int) -> list[str | None]:
    return [value if at < count else None for at, value in enumerate(values)]


def pack_findings(loaded: Loaded, document: CausesDocument | None) -> PackedFindings:
    """The findings of a run as columns."""
    owner = {id: cause.id for cause in (document.causes if document else []) for id in cause.findings}
    ordered = sorted(loaded.findings, key=badness)
    findings, worst = [], []
    for finding in ordered:
        packed, point = _finding(finding), finding.get("worst")
        packed["cause"] = owner.get(finding["id"]) or finding.get("cause") or None
        packed["worst"] = int(point is not None)
        if point is not None:
            worst.append(_worst(point, finding["dtype"]))
        findings.append(packed)
    printed = [(finding.get("reproduction") or {}).get("printed") for finding in ordered]
    return PackedFindings(columns(findings), columns(worst), printed, [_script(finding) for finding in ordered])


def _finding(finding: Json) -> Json:
    span, known = finding.get("inputs") or {}, finding.get("known") or {}
    reproduction = finding.get("reproduction") or {}
    packed: Json = {"id": carried(finding["id"], _identity(finding))}
    packed |= {key: finding.get(key) for key in AS_THEY_ARE}
    packed |= {key: finding.get(key) or None for key in OR_NONE}
    packed |= {"from_hex": trimmed(span.get("from_hex")), "to_hex": trimmed(span.get("to_hex"))}
    packed |= {"known": known.get("reason"), "link": safe_link(known.get("link"))}
    packed["known_versions"] = known.get("versions")
    packed |= {"reproduced": reproduction.get("confirmed"), "ran": reproduction.get("ran", True)}
    packed["caught"] = finding.get("caught_by_default") or None
    packed["summary"] = _summary(finding) if finding.get("summary") is not None else None
    return packed


def _identity(finding: Json) -> str | None:
    """The id as the page works it out, of texts alone."""
    return id_of(finding) if all(isinstance(finding.get(name), str) for name in IDENTITY) else None


def _summary(finding: Json) -> str:
    """Most summaries are one sentence about the fields: subject and note before what may stand inside them."""
    point = finding.get("worst") or {}
    exact = point.get("exact")
    told = (finding.get("subject"), finding.get("note"), finding.get("quantity"), point.get("input"), exact)
    counts = (finding.get("count"), finding.get("points"))
    rest = (
        brief_of(exact),
        point.get("got"),
        finding.get("region"),
        *(None if each is None else str(each) for each in counts),
    )
    return marked(finding["summary"], (*told, *rest))


def _worst(point: Json, dtype: str) -> Json:
    packed: Json = {key: point.get(key) for key in ("input", "got", "exact")}
    packed["expected"] = carried(point.get("expected"), decimal_of(point.get("exact"), dtype))
    for key in ("input", "got", "expected"):
        packed[f"{key}_hex"] = carried(point.get(f"{key}_hex"), hex_of(point.get(key), dtype))
    packed |= {key: seen(point.get(key)) for key in ("ulp", "bits", "nats", "excess_bits")}
    return packed | {"bits": carried(packed["bits"], seen(bits_of(packed["ulp"], dtype)))}


def _script(finding: Json) -> str | None:
    """The scripts of a subject differ in the dtype and in the numbers of the shown point."""
    code = (finding.get("reproduction") or {}).get("code")
    numbers = ((finding.get("worst") or {}).get("input_hex") or "").split(" ")
    return marked(code, (finding["dtype"], *numbers), everywhere=True) if code else None
