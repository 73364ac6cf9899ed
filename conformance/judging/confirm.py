"""From a group of failing points to a finding: the exact digits, a second opinion, a reproduction that was run.

ACCEPTANCE A18: an accusation is confirmed independently before it is printed. The second opinion is mpmath's, on the
definition's forward map and nothing else of the oracle; the reproduction is a script in the framework's own API, run
in the framework's own environment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import DECLARED, DRAWN, LOG_QUANTITIES, SAMPLES, STATISTICS
from adapters.interface.scripts import with_line
from conformance.definitions.registry import functions_of, statistic_event
from conformance.definitions.spaces import Shape
from conformance.execution.aside import settled
from conformance.execution.request import Request, SnippetReply
from conformance.findings.identity import id_of
from conformance.findings.names import asked_at, named
from conformance.findings.records import Finding, Grade, Inputs, Number, Reproduction, Worst
from conformance.floats.enclosures import Certificate, Enclosures, Kind
from conformance.floats.formats import Format
from conformance.floats.regions import Region
from conformance.floats.rounding import round_enclosures
from conformance.judging.accused import OBSERVED, Accused
from conformance.judging.blame import blame_for
from conformance.judging.groups import Group
from conformance.laws.case import Case
from conformance.oracle.pointwise.nearest import correctly_rounded
from conformance.scoring.failures import Failure

NOT_SHOWN = "none: the script does not show it"
"""How ``confirmed_by`` begins where two code bases agree against a value that the script does not print."""


def _held_against(quantity: str, subject: str) -> str:
    """What is asked of the oracle: of draws the distribution function, or the density where a law has no other."""
    if quantity == "scored_log_prob":
        return "log_prob"
    if quantity in SAMPLES:
        return "cdf" if "cdf" in functions_of(subject) else "log_prob"
    return quantity


class Reproducer(Protocol):
    """The part of a framework client that fetches and runs scripts."""

    def reproduction(self, request: Request) -> SnippetReply: ...

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply: ...


class Opinions(Protocol):
    """The part of the oracle that explains itself."""

    def digits(
        self, subject: str, quantity: str, x: NDArray[Any], digits: int = 30, fmt: Format | None = None
    ) -> str: ...

    def second_opinion(self, subject: str, quantity: str, x: NDArray[Any], fmt: Format) -> Any: ...


def finding_of(
    group: Group, case: Case, axes: Mapping[str, str], oracle: Opinions, framework: Reproducer | None = None
) -> Finding:
    """The finding, with ``known`` still None and no cause yet.

    axes: framework, version, device. Without a ``framework`` no script is fetched or run. ``confirmed`` is False where
    mpmath does not share the oracle's opinion or cannot form one, and where a value is accused and there is a script
    that does not show it; such a finding is kept, marked, and is no accusation.
    """
    fmt = case.fmt
    at = group.worst
    measure = group.measure
    truth = measure.truth[np.array([at])]
    got = np.asarray(measure.got[at])
    x = group.input
    subject = measure.of or case.subject
    asked = _held_against(group.quantity, subject)
    exact = _exact(oracle, subject, asked, x, int(measure.component[at]), truth, case.fmt)
    expected = _expected(subject, asked, x, truth, fmt)
    shown: Callable[[NDArray[Any]], str] = decimal_text
    if measure.shapes is not None:
        said, true = measure.shapes[at]
        shown, expected, exact = _sizes, np.array(true, np.int64), str(list(true))
        if group.kind == Failure.DECLARED_WRONG:  # What raises declares nothing.
            got = np.array(said, np.int64)
    confirmed_by, confirmed = _confirmation(group, subject, asked, x, fmt, truth.kind[0], oracle)
    off = measure.distances[np.array([at])]
    reproduction = Reproduction() if framework is None else _reproduce(group, case, framework)
    if reproduction.ran and not reproduction.confirmed:
        if group.kind in OBSERVED:
            # It was seen, in a process that was asked for these very rows; a script is no better witness than that.
            confirmed_by = f"{confirmed_by}; the script does not show it"
        else:
            confirmed_by, confirmed = f"{NOT_SHOWN} ({confirmed_by})", False
    finding = Finding(
        id="",
        law=group.law,
        framework=axes["framework"],
        version=axes["version"],
        device=axes["device"],
        mode=case.mode,
        dtype=fmt.name,
        subject=case.subject,
        quantity=group.quantity,
        region=group.region.label,
        kind=group.kind.label,
        severity=cast(Grade, group.grade.label),
        attainable=str(measure.attainable[at]),
        count=group.count,
        points=group.total,
        inputs=Inputs(from_hex=hex_text(group.low), to_hex=hex_text(group.high)),
        worst=Worst(
            input=decimal_text(x),
            input_hex=hex_text(x),
            got=shown(got),
            got_hex=hex_text(got) or NO_SIZES,
            exact=exact,
            expected=shown(np.asarray(expected)),
            expected_hex=hex_text(np.asarray(expected)) or NO_SIZES,
            ulp=json_number(off.ulp[0]),
            bits=json_number(off.bits[0]),
            nats=json_number(off.nats[0]) if group.quantity in LOG_QUANTITIES else None,
            excess_bits=json_number(off.excess[0]),
        ),
        blame=None if framework is None else blame_for(case, group.quantity, x),
        certificate=Certificate(int(truth.certificate[0])).name.lower(),
        confirmed_by=confirmed_by,
        confirmed=confirmed,
        reproduction=reproduction,
        note=_note(group, subject, reproduction.printed),
        summary="",
    )
    finding.id = id_of(msgspec.structs.asdict(finding))
    finding.summary = _summary(finding, group)
    return finding


NO_SIZES = "nan"
"""The hexadecimal text of the shape of a number, which has no axes."""


def _note(group: Group, subject: str, printed: str) -> str:
    """What a reader has to know besides: how the inputs came about, what was off, what the script shows in addition."""
    notes = [group.note] if group.note else []
    event = statistic_event(subject, group.quantity) if group.quantity in STATISTICS else ()
    if event and group.kind not in OBSERVED:
        place = entry_of(int(group.measure.component[group.worst]), event)
        notes.append(f"{place}; {group.count} of {group.total} entries")
    if group.measure.calls is not None:
        notes.append(group.measure.calls[group.worst][1])
    if group.region == Region.OUTSIDE:
        notes.append("validation of arguments was off")
    if group.kind not in OBSERVED and len(printed.splitlines()) > 1:
        notes.append("equal calls have different answers")
    return "; ".join(notes)


def entry_of(component: int, event: Shape) -> str:
    """Which entry of an event a component is, in words; counted from 0."""
    return f"entry {[int(at) for at in np.unravel_index(component, event)]} of shape {list(event)}"


def decimal_text(values: NDArray[Any]) -> str:
    """Shortest decimal that reads back as the same float of the array's own dtype; vectors space-separated."""
    return " ".join(str(value) for value in np.atleast_1d(values).ravel())


def _sizes(shape: NDArray[Any]) -> str:
    """A shape, or the nan that stands for none."""
    return str(shape.tolist())


def hex_text(values: NDArray[Any]) -> str:
    """C99 hexadecimal text of every element, space-separated; nan, inf and -inf as such."""
    return " ".join(float(value).hex() for value in np.atleast_1d(values).ravel())


def json_number(value: Any) -> Number:
    """A float that strict JSON can hold: non-finite ones as "nan", "inf", "-inf"."""
    number = float(value)
    if math.isfinite(number):
        return number
    return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"


def _expected(subject: str, quantity: str, x: NDArray[Any], truth: Enclosures, fmt: Format) -> Any:
    if quantity in (*STATISTICS, *DECLARED):  # 30 digits are all that is known, and a whole number is exact.
        return round_enclosures(truth, fmt)[0][0]
    return correctly_rounded(subject, quantity, x, truth, fmt)[0]


_LIMITS = {Kind.POS_INF: "inf (the limit)", Kind.NEG_INF: "-inf (the limit)", Kind.NAN: "nan"}


def _exact(
    oracle: Opinions, subject: str, quantity: str, x: NDArray[Any], component: int, truth: Enclosures, fmt: Format
) -> str:
    kind = int(truth.kind[0])
    if kind == Kind.OUTSIDE:
        return "none, since the input is outside the domain"
    if quantity in STATISTICS and kind in _LIMITS:
        none = "none alone (the density is constant)" if quantity == "mode" else "nan (it does not exist)"
        return {Kind.POS_INF: "inf", Kind.NEG_INF: "-inf", Kind.NAN: none}[Kind(kind)]
    if kind in (Kind.POS_INF, Kind.NEG_INF) and np.isfinite(x.astype(np.float64)).all():
        return f"{'' if kind == Kind.POS_INF else '-'}inf (the limit, or a number beyond every format)"
    if kind in _LIMITS:
        return _LIMITS[Kind(kind)]
    if quantity in DECLARED:
        return f"{float(truth.hi[0] * 2.0 ** truth.exponent[0]):g}"
    parts = oracle.digits(subject, quantity, x, fmt=fmt).split()
    return parts[component] if component < len(parts) else parts[0]


def _confirmation(
    group: Group, subject: str, quantity: str, x: NDArray[Any], fmt: Format, kind: int, oracle: Opinions
) -> tuple[str, bool]:
    if group.kind in OBSERVED:
        return "observation", True
    # A limit, at an infinite input too, is what the definition declares; there is no computed number to compare.
    at_limit = quantity not in STATISTICS and not np.isfinite(x.astype(np.float64)).all()
    if kind != Kind.FINITE or at_limit:
        return "definition", True
    opinion = oracle.second_opinion(subject, quantity, x, fmt)
    return ("mpmath", True) if opinion.agrees else (f"none: {opinion.value_text}", False)


def _reproduce(group: Group, case: Case, framework: Reproducer) -> Reproduction:
    """The script and what it printed. Where it does not misbehave in the worker, which has a long past, it is run in a
    process of its own, as a reader would run it: some frameworks' answers depend on what ran before, and the same run
    again must not confirm other findings."""
    if group.quantity in DRAWN:
        return Reproduction()
    request = Request(
        subject=case.subject, quantity=group.quantity, dtype=case.fmt.name, mode=case.mode, values=group.input
    )
    if group.measure.shapes is not None and group.measure.calls is not None:
        request = group.measure.calls[group.worst][0]
    script = framework.reproduction(request)
    if not script.code:
        return Reproduction(printed=script.message)
    code = script.code
    if group.kind == Failure.DTYPE_CHANGED and _RESULT in code:
        code = with_line(code, "print(result.dtype)")
    accused = accused_of(group, case)
    ran = framework.snippet(code)
    printed, confirmed = accused.shown_by(ran)
    if not confirmed:
        later = framework.snippet(code, fresh=True)
        again, confirmed = accused.shown_by(later)
        ran, printed = (later, again) if confirmed else (ran, printed)
    code, _ = settled(code, ran)
    return Reproduction(code=code, printed=printed, confirmed=confirmed, ran=True)


def accused_of(group: Group, case: Case) -> Accused:
    """What counts as seeing the shown point of a group fail again."""
    at, measure = np.array([group.worst]), group.measure
    accused = Accused.of(
        case,
        group.quantity,
        group.kind,
        float(measure.got[group.worst]),
        measure.truth[at],
        int(measure.component[group.worst]),
        None if measure.terms is None else measure.terms[at],
    )
    accused = replace(accused, anywhere=group.law == "L22")
    if measure.shapes is not None:
        accused = replace(accused, shape=measure.shapes[group.worst][0])
    if measure.attainable[group.worst]:
        # Conditioning excused nothing here, and so it does not excuse what the script prints.
        accused = replace(accused, tolerance=replace(accused.tolerance, granted=0.0))
    return accused


_RESULT = "\nresult = "
"""How a script names what its call returned, where it has one name for it."""


def shortened(exact: str, digits: int = 12) -> str:
    """``exact`` with at most ``digits`` significant digits, cut and not rounded, its exponent kept."""
    number, mark, exponent = exact.partition("e")
    if not number.lstrip("-").replace(".", "").isdigit():
        return exact
    kept, seen = "", 0
    for character in number:
        if character.isdigit() and (seen or character != "0"):
            seen += 1
        if seen > digits and "." in kept:
            return f"{kept}…{mark}{exponent}"
        kept += character
    return exact


def _summary(finding: Finding, group: Group) -> str:
    worst = finding.worst
    said = f"{asked_at(finding.quantity, finding.subject, worst.input)} is {worst.got}"
    note = f" ({finding.note})" if finding.note else ""
    asked = f"{finding.quantity} of {named(finding.subject)}"
    if group.kind == Failure.DTYPE_CHANGED and not group.measure.message:
        return f"{asked}: {group.measure.returned_dtype} came for {finding.dtype}{note}"
    if group.kind in OBSERVED or (group.quantity in DRAWN and group.measure.message):
        said = ": ".join(filter(None, (finding.kind, group.measure.message)))
        return f"{asked}: {said}{note}"
    if finding.quantity in STATISTICS:
        return f"{said}; exact: {shortened(worst.exact)}{note}."
    return f"{said}; exact: {shortened(worst.exact)}. {group.count} of {group.total} {finding.region} points{note}."
