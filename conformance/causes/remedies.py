"""What a user writes instead today, in the framework's own API: run at a cause's failing inputs and seen to be right.

Candidates are the entries of ``adapters/<framework>/remedies.toml`` and, after them, the reference's formula translated
into the framework's functions. Each is run in the framework's own environment; what the oracle's scoring does not call
right at every failing input is not shown.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, TRANSFORM_QUANTITIES
from adapters.interface.spec import Spec, parse
from conformance.causes.better import Truths, scored
from conformance.causes.dialects import Dialect, printed_rows
from conformance.causes.ends import saturation
from conformance.causes.formula_table import NoFormula, words_of
from conformance.causes.formulas import as_row, formula_names
from conformance.causes.records import Cause, Remedy
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.request import SnippetReply
from conformance.findings.records import Finding
from conformance.floats.enclosures import Kind
from conformance.floats.formats import Format, format_named

MOST_INPUTS = 8
MOST_REMEDIES = 2
ASKED = (*DISTRIBUTION_FUNCTIONS, *TRANSFORM_QUANTITIES)
SUBJECT_DTYPES = ("float32",)


class Runner(Protocol):
    """The part of a framework client that runs scripts."""

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply: ...


@dataclass(frozen=True)
class Entry:
    """One entry of a table. ``answers``: the quantity that the code computes where it is not the one asked about: then
    its inputs are the floats x whose image rounds to the end of the codomain, which is where own samples fail."""

    subject: str
    quantity: str
    words: str
    code: str
    answers: str = ""


@dataclass(frozen=True)
class Table:
    """What ``remedies.toml`` of a framework holds."""

    dialect: Dialect
    entries: tuple[Entry, ...]


@cache
def table_of(framework: str) -> Table | None:
    """The table beside the framework's adapter, or None where there is none. ``like`` names another framework whose
    functions and entries hold here too."""
    path = ADAPTERS_DIR / framework / "remedies.toml"
    if not path.is_file():
        return None
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    entries = tuple(Entry(**one) for one in found.get("remedy", ()))
    if "like" in found:
        other = table_of(found["like"])
        return other and Table(other.dialect, entries + other.entries)
    return Table(Dialect(found["head"], found["foot"], found.get("functions", {}), found.get("sources", {})), entries)


def remedies_for(
    cause: Cause, client: Runner, oracle: Truths, inputs: Sequence[NDArray[Any]] | None = None, dialect: str = ""
) -> list[Remedy]:
    """``remedies_at`` for the subject, quantity and dtype of the cause's example: at its input and at ``inputs``.

    dialect: the framework in whose functions they are written, where the cause is not its own but a function's that
    somebody wrote: a formula then comes before what is said about the framework's classes.
    """
    example = cause.example
    rows = [
        as_row(example.input_hex, example.dtype, example.subject, example.quantity),
        *sorted(inputs or (), key=_exotic),
    ]
    own = dialect or cause.framework
    axes = (example.subject, example.quantity, example.dtype)
    return remedies_at(own, *axes, rows, client, oracle, formula_first=bool(dialect))


def remedies_at(
    framework: str,
    subject: str,
    quantity: str,
    dtype: str,
    inputs: Sequence[NDArray[Any]],
    client: Runner,
    oracle: Truths,
    formula_first: bool = False,
) -> list[Remedy]:
    """Up to two remedies, each right at every input it was run at: the first eight of ``inputs`` (each a scalar or one
    event) at which there is a right answer, see ``_answerable``. Run in eager mode.

    What the table's entries advise comes before the reference's formula, or after it where that is wanted first.
    """
    table = table_of(framework)
    if table is None or quantity not in ASKED:
        return []
    fmt = format_named(dtype)
    rows = _answerable(inputs, subject, quantity, fmt, oracle)
    found = []
    sources = [_of_table(table, subject, quantity, rows, fmt, oracle), _of_formula(table, subject, quantity, rows, fmt)]
    for answers, words, code, at in chain(*sources[:: -1 if formula_first else 1]):
        remedy = _run(words, code, at, subject, answers, fmt, client, oracle)
        if remedy is not None and remedy.right:
            found.append(remedy)
        if len(found) == MOST_REMEDIES:
            break
    return found


def remedies_of_subjects(
    framework: str, findings: Iterable[Finding], client: Runner, oracle: Truths, formula_first: bool = False
) -> dict[tuple[str, str], list[Remedy]]:
    """By subject and dtype, one remedy for each quantity with confirmed findings, the first of ``remedies_at``.

    Only in float32, which is what most people compute in, and in eager mode: scripts are what a run's time goes into.
    """
    inputs: dict[tuple[str, str, str], list[NDArray[Any]]] = {}
    for one in findings:
        if one.confirmed and one.mode == "eager" and one.dtype in SUBJECT_DTYPES:
            for text in (one.worst.input_hex, one.inputs.from_hex, one.inputs.to_hex):
                row = as_row(text, one.dtype, one.subject, one.quantity)
                inputs.setdefault((one.subject, one.quantity, one.dtype), []).append(row)
    found: dict[tuple[str, str], list[Remedy]] = {}
    for subject, quantity, dtype in sorted(inputs, key=lambda key: (key[0], _place(key[1]))):
        rows = sorted(inputs[subject, quantity, dtype], key=_exotic)
        for remedy in remedies_at(framework, subject, quantity, dtype, rows, client, oracle, formula_first)[:1]:
            found.setdefault((subject, dtype), []).append(remedy)
    return found


def _exotic(row: NDArray[Any]) -> tuple[bool, float]:
    """How far an input is from those that people compute with: not finite, or many binades from 1."""
    size = np.abs(np.atleast_1d(row).astype(np.float64))
    with np.errstate(divide="ignore"):
        away = np.abs(np.log2(size[size > 0]))
    return not np.isfinite(size).all(), float(away.max(initial=0.0))


def _place(quantity: str) -> int:
    return ASKED.index(quantity) if quantity in ASKED else len(ASKED)


Candidate = tuple[str, str, str, list[NDArray[Any]]]
"""What is computed, the words, the script and its inputs, of something that might help."""


def _of_table(
    table: Table, subject: str, quantity: str, rows: list[NDArray[Any]], fmt: Format, oracle: Truths
) -> Iterator[Candidate]:
    """What the table's entries advise."""
    dialect, dtype = table.dialect, fmt.name
    parameters = parameters_of(parse(subject))
    for entry in table.entries:
        if not (fnmatchcase(subject, entry.subject) and fnmatchcase(quantity, entry.quantity)):
            continue
        at = saturating(subject, fmt, oracle) if entry.answers else rows
        if at:
            lines = string.Template(entry.code.strip()).safe_substitute(parameters)
            variable = "x" if entry.answers else "value"
            answers = entry.answers or quantity
            words = entry.words
            if entry.answers:
                words += f" It was run at x = {', '.join(str(x) for x in at)}, whose image rounds to the end."
            yield answers, words, dialect.script("", lines, variable, at, dtype), at


def _of_formula(
    table: Table, subject: str, quantity: str, rows: list[NDArray[Any]], fmt: Format
) -> Iterator[Candidate]:
    """The reference's formula, where it has one that translates."""
    if rows:
        try:
            names = formula_names(subject, quantity)
            code = table.dialect.formula(subject, quantity, rows, fmt.name)
        except NoFormula:
            return
        words = "The reference's formula in this framework's functions. " + " ".join(words_of(name) for name in names)
        yield quantity, words, code, rows


def _run(
    words: str,
    code: str,
    rows: list[NDArray[Any]],
    subject: str,
    quantity: str,
    fmt: Format,
    client: Runner,
    oracle: Truths,
) -> Remedy | None:
    reply = client.snippet(code)
    got = printed_rows(reply.stdout, len(rows), fmt.dtype) if reply.status == "ok" else None
    if got is None:
        return None
    score = scored(subject, quantity, np.stack(rows), got.ravel(), fmt, oracle)
    right = score.recommendable(subject)
    return Remedy(
        words=words,
        code=code,
        inputs=[_text(row) for row in rows],
        printed=[_text(row) for row in got],
        right=right,
    )


def _answerable(
    rows: Sequence[NDArray[Any]], subject: str, quantity: str, fmt: Format, oracle: Truths
) -> list[NDArray[Any]]:
    """The first inputs, each once, at which something is right: a nan outside the domain, which is asked for only where
    the first of them lies there."""
    kept: dict[bytes, NDArray[Any]] = {}
    refused = {Kind.OUTSIDE, Kind.UNDECIDED}
    for at, row in enumerate(rows):
        here = np.asarray(row).astype(fmt.dtype)
        kinds = {Kind(kind) for kind in oracle.truth(subject, quantity, here[None], fmt).kind}
        if at == 0 and Kind.UNDECIDED not in kinds:
            refused -= kinds
        if not kinds & refused:
            kept.setdefault(here.tobytes(), here)
        if len(kept) == MOST_INPUTS:
            break
    return list(kept.values())


def saturating(subject: str, fmt: Format, oracle: Truths) -> list[NDArray[Any]]:
    """On each side the first float whose image rounds to the end of the codomain, and half as much again."""
    if not is_distribution(subject) or parse(subject).name != "transformed":
        return []
    transform = str(parse(subject).parts[1])
    if transform_definition(transform).increasing is None:
        return []
    found = []
    for upper in (True, False):
        x = saturation(transform, fmt, upper, oracle)
        if x is not None and np.isfinite(x):
            found += [np.array(x).astype(fmt.dtype), np.array(1.5 * x).astype(fmt.dtype)]
    return found


def parameters_of(spec: Spec) -> dict[str, str]:
    """normal_loc, affine_scale, ...: the parameters of every part, by the part's name."""
    found = {f"{spec.name}_{key}": repr(value) for key, value in spec.params.items()}
    for part in spec.parts:
        found = {**parameters_of(part), **found}
    return found


def _text(row: NDArray[Any]) -> str:
    return " ".join(str(value) for value in np.atleast_1d(row).ravel())
