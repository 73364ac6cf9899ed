"""The causes of a run as the page prints them: by framework and grade, each with its issue, and what stands beside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from conformance.causes.markdown import MOST_EVIDENCE, MOST_INTERVALS, issue_of, nowhere, where
from conformance.causes.records import Cause, CausesDocument, Example, Verdict
from conformance.execution.frameworks import REFERENCE
from conformance.findings.names import elided
from conformance.findings.records import Machine
from conformance.findings.results import FrameworkEntry
from reports.load import SEVERITIES, Loaded
from reports.load_causes import worst_first
from reports.marks import marked
from reports.text import fragment, is_tanh_normal, safe_link, subject_label

Json = dict[str, Any]
OPEN = 6
"""So many causes of a framework stand open on the front page."""


@dataclass(frozen=True)
class Group:
    """The causes of one framework, worst first."""

    framework: str
    version: str
    href: str
    grades: dict[str, int]
    open: list[Cause]
    folded: list[Cause]


def groups(document: CausesDocument, loaded: Loaded) -> list[Group]:
    """One for each framework that started and is accused of something, or could be: the reference only with causes."""
    made = []
    for row in loaded.results["frameworks"]:
        own = worst_first([cause for cause in document.causes if cause.framework == row["name"]])
        if row["status"] != "ready" or (row["name"] == REFERENCE and not own):
            continue
        grades: dict[str, int] = {grade: sum(cause.grade == grade for cause in own) for grade in SEVERITIES}
        href = fragment("framework", row["name"])
        made.append(Group(row["name"], str(row["version"] or ""), href, grades, own[:OPEN], own[OPEN:]))
    return made


def issues(document: CausesDocument, loaded: Loaded) -> dict[str, str]:
    """The Markdown of every cause, by its id, with marks for what its article in the page says word for word."""
    machine = msgspec.convert({**dict.fromkeys(("cpu", "platform", "python"), ""), "cores": 0,
                               **(loaded.run.get("machine") or {})}, Machine)  # fmt: skip
    entries = {row["name"]: msgspec.convert(row, FrameworkEntry) for row in loaded.results["frameworks"]}
    return {
        cause.id: marked(issue_of(cause, entries[cause.framework], machine), _said(cause)) for cause in alike(document)
    }


def alike(document: CausesDocument) -> list[Cause]:
    """The causes so that those whose texts are alike follow each other, where deflate finds them."""
    return sorted(document.causes, key=lambda cause: (cause.example.subject, cause.framework, cause.component))


def _said(cause: Cause) -> list[str]:
    """What a cause's article says word for word, as ``issueText`` of static/js/68-causes.js finds it there: first what
    most issues have, since there are marks for so many texts only."""
    better = [(cause.better.words, cause.better.code)] if cause.better else []
    advice = [*((each.words, each.code) for each in cause.remedies), *better]
    codes, words = [code for _, code in advice if code], [words for words, _ in advice]
    places = [where(row) for row in cause.intervals[:MOST_INTERVALS]]
    told = [_inert(text) for text in (cause.title.rstrip("."), *words, *cause.evidence[:MOST_EVIDENCE])]
    rest = [*places, *_example(cause.example), *(each.code for each in cause.scripts)]
    return [cause.component, *told, *(text.rstrip("\n") for text in (*codes, *rest))]


MARKED = {"evidence": MOST_EVIDENCE, "places": MOST_INTERVALS}
"""Of the sentences and intervals of an article so many at the most stand in an issue."""


def _example(example: Example) -> list[str]:
    """The numbers of "What comes, and what is true", in the order of the page."""
    asked = [elided(example.input), elided(example.input_hex)]
    came = [example.got, example.got_hex, example.exact, example.expected, example.expected_hex]
    if nowhere(example):
        return came if example.exact != "nan" else []
    return asked + came


def _inert(text: str) -> str:
    """Most texts as an issue escapes them (``escaped`` of causes/markdown.py); one that it escapes otherwise
    is not found there, and stays in it. Letters are ASCII, as to ``inert`` of static/js/68-causes.js."""
    special = re.sub(r"([\\`*<>\[\]|~$&])", r"\\\1", text)
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", special, flags=re.ASCII)


def told_of(cause: Cause) -> list[str]:
    """What the page's script knows of a cause that its article says again, as ``toldOf`` of static/js/22-parts.js."""
    example = cause.example
    return [cause.title, cause.id, cause.component, label(example.subject), example.quantity, example.dtype]


def light(document: CausesDocument | None) -> list[Json]:
    """What the page's script knows of a cause: everything else stands in the page."""
    if document is None:
        return []
    return [
        {
            "id": cause.id,
            "framework": cause.framework,
            "grade": cause.grade,
            "title": cause.title,
            "component": cause.component,
            "mechanism": cause.mechanism,
            "caught": cause.caught_by_default,
            "count": cause.breaks.findings,
            "subjects": list(cause.breaks.subjects),
            "linked": cause.linked,
            "example": [getattr(cause.example, key) for key in ("subject", "quantity", "mode", "dtype", "input")],
        }
        for cause in worst_first(document.causes)
    ]


def links(document: CausesDocument) -> dict[str, Cause]:
    """Causes by id."""
    return {cause.id: cause for cause in document.causes}


def thread(cause: Cause) -> str | None:
    """The address of the known thread, where it is one."""
    return safe_link(cause.thread) or (safe_link(cause.known.link) if cause.known else None)


def question(document: CausesDocument | None, loaded: Loaded) -> Verdict | None:
    """The verdict that stands open on the front page: the policy of reinforcement learning in the first framework."""
    if document is None:
        return None
    order = [row["name"] for row in loaded.results["frameworks"] if row["name"] != REFERENCE] + [REFERENCE]
    ranked = sorted(
        document.verdicts,
        key=lambda row: (
            not is_tanh_normal(row.subject),
            order.index(row.framework) if row.framework in order else len(order),
            row.dtype != "float32",
            row.mode != "eager",
        ),
    )
    return ranked[0] if ranked else None


def label(subject: str) -> str:
    """A subject as people read it."""
    return " ".join(part for part in subject_label(subject) if part)


def places(cause: Cause, most: int = 12) -> list[Json]:
    """The first intervals, in words."""
    return [
        {"what": f"{label(row.subject)} {row.quantity}, {row.dtype}", "where": where(row)}
        for row in cause.intervals[:most]
    ]
