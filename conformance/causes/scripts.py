"""The scripts of a cause: one is run for every mode and dtype that it shows in, and stands for its other findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from adapters.interface.quantities import DRAWN
from adapters.interface.scripts import with_line
from conformance.causes.asking import FrameworkAsker
from conformance.causes.drafts import Draft
from conformance.causes.records import Script
from conformance.causes.suspects import Suspect
from conformance.causes.tracing import AskerFor
from conformance.causes.writing import ranked
from conformance.execution.aside import settled
from conformance.execution.request import Request, SnippetReply
from conformance.findings.records import Reproduction
from conformance.judging.accused import OBSERVED
from conformance.judging.confirm import NOT_SHOWN, accused_of
from conformance.scoring.failures import Failure

TRIES = 3
"""Scripts tried for one cause, mode and dtype, before its findings there are called unconfirmed."""

_RESULT = "\nresult = "
"""How a script names what its call returned, where it has one name for it."""


class Reproducer(Protocol):
    """The part of a framework client that fetches and runs scripts."""

    def reproduction(self, request: Request) -> SnippetReply: ...

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply: ...


def run_scripts(draft: Draft, client: Reproducer, asker_for: AskerFor) -> list[Script]:
    """Fetch every finding's script and run one per mode and dtype: that of the most everyday of the gravest findings.

    Where that one does not misbehave the next is tried, TRIES at most; where none does, the findings of that mode and
    dtype are no longer confirmed. Findings without a script (a sampler that raises has none) are left as they are.
    """
    places: dict[tuple[str, str], list[Suspect]] = {}
    for member in ranked(draft.members):
        finding = member.suspect.finding
        places.setdefault((finding.mode, finding.dtype), []).append(member.suspect)
    ran = []
    for (mode, dtype), suspects in places.items():
        with_script = [one for one in suspects if _fetch(one, client)]
        script = _one_of(with_script, client, asker_for(dtype, mode))
        if script is None:
            continue
        ran.append(script)
        if not script.confirmed:
            for suspect in with_script:
                finding = suspect.finding
                if suspect.group.kind in OBSERVED:
                    # It was seen, in a process that was asked for these very rows; no script is a better witness.
                    finding.confirmed_by = f"{finding.confirmed_by}; the script does not show it"
                elif finding.confirmed:
                    finding.confirmed, finding.confirmed_by = False, f"{NOT_SHOWN} ({finding.confirmed_by})"
    return ran


def _fetch(suspect: Suspect, client: Reproducer) -> bool:
    """Put the script of a finding into it, not yet run; False where it has none."""
    finding = suspect.finding
    if finding.quantity in DRAWN:
        return False
    request = Request(finding.subject, finding.quantity, finding.dtype, finding.mode, suspect.x)
    calls = suspect.measure.calls
    if calls is not None:
        request = calls[suspect.group.worst][0]
    reply = client.reproduction(request)
    code = reply.code
    if code and finding.kind == Failure.DTYPE_CHANGED.label and _RESULT in code:
        code = with_line(code, "print(result.dtype)")
    if code and calls is not None and request.values is not None and request.values.shape != suspect.x.shape:
        code = with_line(code, "print(list(result.shape))")
    finding.reproduction = Reproduction(code=code, printed="" if code else reply.message)
    return bool(code)


def _one_of(suspects: Sequence[Suspect], client: Reproducer, asker: FrameworkAsker) -> Script | None:
    """The first script that misbehaves, or the last that was tried."""
    script = None
    for suspect in suspects[:TRIES]:
        script = _run(suspect, client, asker)
        if script.confirmed:
            break
    return script


def _run(suspect: Suspect, client: Reproducer, asker: FrameworkAsker) -> Script:
    """Run one script. Where it does not misbehave in the worker, which has a long past, it is run in a process of its
    own, as a reader would run it: some frameworks' answers depend on what ran before."""
    finding = suspect.finding
    accused = accused_of(suspect.group, asker.case(finding.subject))
    code = finding.reproduction.code
    ran = client.snippet(code)
    printed, confirmed = accused.shown_by(ran)
    if not confirmed:
        later = client.snippet(code, fresh=True)
        again, shown = accused.shown_by(later)
        if shown:
            ran, printed, confirmed = later, again, shown
    code, finding.single = settled(code, ran)
    finding.reproduction = Reproduction(code=code, printed=printed, confirmed=confirmed, ran=True)
    if suspect.group.kind not in OBSERVED and len(printed.splitlines()) > 1:
        finding.note = "; ".join(filter(None, (finding.note, "equal calls have different answers")))
    return Script(
        mode=finding.mode,
        dtype=finding.dtype,
        finding=finding.id,
        code=code,
        printed=printed,
        confirmed=confirmed,
        single=finding.single,
    )
