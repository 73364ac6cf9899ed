"""What the other frameworks answer where one is wrong: who is right at the same input, and who shares the formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from adapters.interface.quantities import NO_FUNCTIONS
from conformance.causes.asking import FrameworkAsker
from conformance.causes.lines import NOT_A_FAULT
from conformance.causes.naming import NARROWED, UNATTRIBUTED
from conformance.causes.records import Cause, Kernel, Peer
from conformance.causes.tracing import AskerFor
from conformance.findings.records import Finding
from conformance.floats.formats import format_named
from conformance.judging.confirm import decimal_text, hex_text, json_number


@dataclass(frozen=True)
class Question:
    """A cause's example: ``quantity`` of ``subject`` at the input ``at`` (float.hex text) in ``dtype``."""

    subject: str
    quantity: str
    dtype: str
    at: str


@dataclass(frozen=True)
class Answer:
    """One framework's answer to a Question. got: float.hex text of every element; verdict: see ``Peer``."""

    verdict: str
    shown: str = ""
    got: str = ""
    ulp: float | None = None


def question_of(cause: Cause) -> Question | None:
    """The cause's example as a question; None where there is no input to ask at, or its parameters were others."""
    example = cause.example
    if example.quantity in NO_FUNCTIONS or cause.mechanism in (UNATTRIBUTED, NARROWED):
        return None
    return Question(example.subject, example.quantity, example.dtype, example.input_hex)


def answers_of(asker_for: AskerFor, questions: Iterable[Question], dtypes: Iterable[str]) -> dict[Question, Answer]:
    """A framework's answers in eager mode, judged as the comparison judges them."""
    groups: dict[tuple[str, str, str], list[Question]] = {}
    offered = set(dtypes)
    for question in questions:
        groups.setdefault((question.subject, question.quantity, question.dtype), []).append(question)
    answers: dict[Question, Answer] = {}
    for (_, _, dtype), some in groups.items():
        if dtype in offered:
            answers |= _answered(asker_for(dtype, "eager"), some)
        else:
            answers |= dict.fromkeys(some, Answer("not offered"))
    return answers


def _answered(asker: FrameworkAsker, questions: Sequence[Question]) -> dict[Question, Answer]:
    fmt = format_named(questions[0].dtype)
    rows = [[float.fromhex(word) for word in question.at.split()] for question in questions]
    subject, quantity = questions[0].subject, questions[0].quantity
    x = asker.case(subject).shaped(quantity, rows)
    reply = asker.ask(subject, quantity, x)
    if reply.status == "not_offered":
        return dict.fromkeys(questions, Answer("not offered"))
    if reply.values is None or len(np.atleast_1d(reply.values)) not in (1, len(x)):
        return dict.fromkeys(questions, Answer("wrong", reply.message))
    values = np.atleast_1d(reply.values)
    if len(values) != len(x):
        values = np.broadcast_to(values, (len(x), *values.shape[1:]))
    values = values.astype(fmt.dtype)
    codes = asker.judge(subject, quantity, x, values)
    ulp = asker.ulp(subject, quantity, x, values)
    return {
        question: Answer(
            "right" if codes[at] in NOT_A_FAULT else "wrong",
            decimal_text(values[at]),
            hex_text(values[at]),
            float(ulp[at]),
        )
        for at, question in enumerate(questions)
    }


def with_peers(
    causes: Sequence[Cause],
    findings: Iterable[Finding],
    answers: Mapping[str, Mapping[Question, Answer]],
    versions: Mapping[str, str],
) -> list[Cause]:
    """The causes with what every other framework answers, those that are right first, and linked where two frameworks
    give the same wrong bits at one input: they share a formula."""
    homes = _homes(findings)
    links: dict[str, set[str]] = {cause.id: set() for cause in causes}
    told: dict[str, list[Peer]] = {}
    for cause in causes:
        question = question_of(cause)
        told[cause.id] = []
        for name, given in answers.items():
            if name == cause.framework or question is None or question not in given:
                continue
            peer = _peer(cause, name, versions.get(name, ""), given[question])
            told[cause.id].append(peer)
            if peer.same_bits and peer.verdict == "wrong":
                other = homes.get((name, question.subject, question.quantity, question.dtype))
                if other in links:
                    links[cause.id].add(other)
                    links[other].add(cause.id)
    order = {"right": 0, "wrong": 1, "not offered": 2}
    return [
        msgspec.structs.replace(
            cause,
            kernel=_shared(cause, causes),
            peers=sorted(told[cause.id], key=lambda peer: (order[peer.verdict], float(peer.ulp or 0), peer.framework)),
            linked=sorted(links[cause.id]),
        )
        for cause in causes
    ]


def _shared(cause: Cause, causes: Iterable[Cause]) -> Kernel | None:
    """The cause's kernel with the other causes, of whatever framework, that it is shown to lie under."""
    if cause.kernel is None:
        return None
    others = [one.id for one in causes if one is not cause and one.kernel and one.kernel.name == cause.kernel.name]
    return msgspec.structs.replace(cause.kernel, shared=sorted(others))


def _peer(cause: Cause, name: str, version: str, answer: Answer) -> Peer:
    accused = cause.example.got_hex
    return Peer(
        framework=name,
        version=version,
        verdict=answer.verdict,  # type: ignore[arg-type]
        got=answer.shown,
        got_hex=answer.got,
        ulp=None if answer.ulp is None else json_number(answer.ulp),
        same_bits=accused in answer.got.split(),
    )


def _homes(findings: Iterable[Finding]) -> dict[tuple[str, str, str, str], str]:
    """The cause that explains a framework's findings in one quantity, subject and dtype: the gravest's."""
    homes: dict[tuple[str, str, str, str], tuple[int, str]] = {}
    for finding in findings:
        if finding.cause:
            key = (finding.framework, finding.subject, finding.quantity, finding.dtype)
            rank = ("grave", "serious", "minor").index(finding.severity)
            homes[key] = min(homes.get(key, (9, "")), (rank, finding.cause))
    return {key: cause for key, (_, cause) in homes.items()}
