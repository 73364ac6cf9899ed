"""Which of the frameworks' public classes the suite covers, as the page tells it."""

from __future__ import annotations

from typing import Any, get_args

from conformance.findings.results import ClassStatus, SubjectKind
from reports.load import Loaded
from reports.text import fragment

Json = dict[str, Any]
STATUSES: tuple[ClassStatus, ...] = get_args(ClassStatus)
KINDS: tuple[SubjectKind, ...] = get_args(SubjectKind)


def coverage(loaded: Loaded) -> list[Json]:
    """One record for each framework that has classes: counts by kind and status, names by status and reason."""
    subjects = {row["id"] for row in loaded.results["subjects"]}
    made = []
    for row in loaded.results["frameworks"]:
        classes = row.get("classes")
        if classes:
            made.append(
                {
                    "name": row["name"],
                    "version": row.get("version") or "",
                    "href": fragment("framework", row["name"]),
                    "counts": counts(classes),
                    "groups": _groups(classes, subjects),
                }
            )
    return made


def counts(classes: list[Json] | None) -> list[Json]:
    """Per kind that there is: how many classes, and how many of each status."""
    rows: list[Json] = []
    for kind in KINDS:
        own = [each["status"] for each in classes or () if each["kind"] == kind]
        by_status = {str(status): own.count(status) for status in STATUSES}
        rows += [{"kind": kind, "total": len(own), **by_status}] if own else []
    return rows


def known(loaded: Loaded) -> bool:
    """Whether the run recorded classes at all; earlier releases of the suite did not."""
    return any(row.get("classes") is not None for row in loaded.results["frameworks"])


def _groups(classes: list[Json], subjects: set[str]) -> list[Json]:
    groups: dict[tuple[str, str, str], Json] = {}
    for status in STATUSES:
        for each in classes:
            if each["status"] != status:
                continue
            key = (each["kind"], status, each["reason"])
            group = groups.setdefault(key, {"kind": key[0], "status": status, "reason": key[2], "classes": []})
            shown = [subject for subject in each["subjects"] if subject in subjects]
            group["classes"].append(
                {
                    "short": each["name"].rpartition(".")[2],
                    "name": each["name"],
                    "href": fragment("subject", shown[0]) if shown else None,
                }
            )
    return sorted(groups.values(), key=lambda group: KINDS.index(group["kind"]))
