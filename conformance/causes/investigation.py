"""One framework's findings investigated: traced to components, sorted into causes, their scripts run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from adapters.interface.quantities import NO_FUNCTIONS, TAILS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.better import better_for
from conformance.causes.drafts import Draft, Key, drafts_of
from conformance.causes.kernels import Watching, kernel_of
from conformance.causes.lines import Line
from conformance.causes.naming import NARROWED
from conformance.causes.records import Better, Cause, Remedy
from conformance.causes.remedies import remedies_for
from conformance.causes.scripts import Reproducer, run_scripts
from conformance.causes.suspects import Suspect
from conformance.causes.tracing import AskerFor, Namer, Traced, trace_all
from conformance.causes.writing import cause_of
from conformance.execution import progress
from conformance.execution.request import Request
from conformance.findings.records import Finding
from conformance.laws.case import Framework, Truth

_BLAME = {
    "forward": "inverse",
    "inverse": "inverse",
    "fldj": "log-det",
    "ildj": "log-det",
    "log_prob": "base",
    **dict.fromkeys((*TAILS, "prob", "icdf"), "base"),
}


class Client(Framework, Namer, Reproducer, Watching, Protocol):
    """A framework client, as far as an investigation needs it."""

    def refuses(self, requests: Sequence[Request]) -> Sequence[Sequence[bool]]: ...

    def rest(self) -> None: ...


def drafts_for(
    client: Any,
    oracle: Truth,
    framework: str,
    suspects: Sequence[Suspect],
    lines: Mapping[Key, Line],
    flushing: Mapping[str, bool],
    seed: int,
) -> tuple[list[Draft], AskerFor]:
    """Every suspect in exactly one draft, and the askers that were used. ``client``: a Framework that is a Namer."""
    askers: dict[tuple[str, str], FrameworkAsker] = {}

    def asker_for(dtype: str, mode: str) -> FrameworkAsker:
        key = (dtype, mode)
        if key not in askers:
            askers[key] = FrameworkAsker(client, oracle, dtype, mode, bool(flushing.get(dtype)), seed)
        return askers[key]

    traced = trace_all(suspects, asker_for, client)
    return drafts_of(framework, traced, lines, asker_for, flushing), asker_for


def investigate(
    client: Client,
    oracle: Truth,
    framework: str,
    version: str,
    suspects: Sequence[Suspect],
    lines: Mapping[Key, Line],
    flushing: Mapping[str, bool],
    seed: int,
    dialect: str = "",
) -> list[Cause]:
    """The causes of one framework, worst first; the suspects' findings are completed in place.

    dialect: the framework in whose functions remedies are written; empty: its own.

    A cause none of whose findings is confirmed is no accusation and is left out; so are such findings of others.
    """
    _ask_defaults(client, suspects)
    drafts, asker_for = drafts_for(client, oracle, framework, suspects, lines, flushing, seed)
    causes = []
    for index, draft in enumerate(drafts, 1):
        progress.step(f"{framework}: causes", index, len(drafts), draft.component)
        scripts = run_scripts(draft, client, asker_for)
        draft.members = [one for one in draft.members if one.suspect.finding.confirmed]
        if not draft.members:
            continue
        cause = cause_of(draft, scripts, version)
        cause = replace(cause, kernel=kernel_of(draft, client, asker_for, flushing))
        cause = replace(cause, better=_better(cause, oracle), remedies=_remedies(cause, draft, client, oracle, dialect))
        causes.append(cause)
        for member in draft.members:
            _mark(member, cause)
        client.rest()
    return causes


def _better(cause: Cause, oracle: Truth) -> Better | None:
    """The reference's formula for the example, where it has one that is right there."""
    example = cause.example
    if example.quantity in NO_FUNCTIONS or cause.mechanism == NARROWED:
        return None
    return better_for(example.subject, example.quantity, example.input_hex, example.dtype, oracle)


def _remedies(cause: Cause, draft: Draft, client: Client, oracle: Truth, dialect: str) -> list[Remedy]:
    """What to write instead, run at the inputs that the cause's findings show of its example's subject."""
    if cause.mechanism == NARROWED:  # Its findings are of other parameters.
        return []
    example = cause.example
    axes = (example.subject, example.quantity, example.dtype)
    shown = [one.suspect for one in draft.members]
    inputs = [one.x for one in shown if (one.finding.subject, one.finding.quantity, one.finding.dtype) == axes]
    return remedies_for(cause, client, oracle, inputs, dialect)


def _mark(member: Traced, cause: Cause) -> None:
    finding: Finding = member.suspect.finding
    finding.cause, finding.component = cause.id, cause.component
    traced = (member.leaf.subject, member.leaf.quantity) != (finding.subject, finding.quantity)
    if traced and finding.quantity in ("log_prob", "log_prob_from_base"):
        finding.blame = _BLAME.get(member.leaf.quantity)  # type: ignore[assignment]


def _ask_defaults(client: Client, suspects: Sequence[Suspect]) -> None:
    """Which of the shown inputs the framework refuses as users have it; what is refused is minor (ACCEPTANCE A21)."""
    asked = [one for one in suspects if one.finding.quantity not in NO_FUNCTIONS and one.finding.kind != "raised"]
    requests = []
    for one in asked:
        finding = one.finding
        requests.append(Request(finding.subject, finding.quantity, finding.dtype, finding.mode, one.x[None]))
    for one, refused in zip(asked, client.refuses(requests), strict=True):
        if refused and all(refused):
            one.finding.caught_by_default = True
            one.finding.severity = "minor"
