"""A whole search: the request checked, the framework started, every variant searched, and one document of it all."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from adapters.interface.quantities import LOG_QUANTITIES
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import MODES, BadRequest, chosen, chosen_subjects, defined_subject
from conformance.definitions.declared import spaces_of
from conformance.definitions.parameters import in_format
from conformance.definitions.registry import functions_of, is_pair
from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment, ensure
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.interpreters import choose
from conformance.floats.formats import FORMATS
from conformance.floats.ordinals import from_ordinal
from conformance.inputs.corpus import Kept, worst_cases, worst_rows
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.search.budget import Budget
from conformance.search.document import Document, Witness, line_document, rows_document
from conformance.search.ledger import Seen
from conformance.search.line import Line
from conformance.search.parameters import variants
from conformance.search.pick import LARGEST_ULP, thresholds_found, to_keep
from conformance.search.random_points import random_document
from conformance.search.scalar_search import asked_again, search_line
from conformance.search.vector_search import search_rows

MOST_KEPT = 6
"""Cases that one search adds to the corpus, per quantity, dtype and framework."""


@dataclass(frozen=True)
class Search:
    """A checked request. ``subject`` is one subject's canonical text; ``random`` is how many random points to try
    beside it. One of ``evaluations`` and ``seconds`` is set. ``adapter_file``: an adapter that lives elsewhere."""

    framework: str
    subject: str
    quantity: str
    dtype: str
    mode: str
    seed: int
    home: Path
    evaluations: int | None = None
    seconds: float | None = None
    parameters: bool = False
    random: int = 0
    timeout: float = 60.0
    adapter_file: Path | None = None


@dataclass
class Outcome:
    """The document, and what would be kept: subject -> cases."""

    document: Document
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    interrupted: bool = False


def checked(search: Search) -> Search:
    """The request with its canonical subject. Raises BadRequest, one line, for whatever does not exist, the subject
    with the numbers that the dtype has of it among that, and BeyondFormat where it has none."""
    if search.adapter_file is None:
        if len(chosen("framework", [search.framework], FRAMEWORKS)) > 1:
            raise BadRequest(f"a search takes one framework, not {search.framework!r}")
    elif not search.adapter_file.is_file():
        raise BadRequest(f"--adapter-file {search.adapter_file}: no such file")
    chosen("dtype", [search.dtype], tuple(FORMATS))
    chosen("mode", [search.mode], MODES)
    subjects = chosen_subjects([search.subject])
    if len(subjects) != 1:
        raise BadRequest(f"{search.subject!r} names several subjects: {'; '.join(subjects)}")
    if is_pair(subjects[0]):
        raise BadRequest(f"{subjects[0]} are two laws, which have no function to search")
    defined_subject(in_format(subjects[0], FORMATS[search.dtype]))
    valid = functions_of(subjects[0])
    if search.quantity not in valid:
        raise BadRequest(f"unknown quantity {search.quantity!r}; valid for {subjects[0]}: {', '.join(valid)}")
    if search.evaluations is None and search.seconds is None:
        raise BadRequest("a search needs --seconds or --evaluations")
    for name in ("evaluations", "seconds", "timeout"):
        value = getattr(search, name)
        if value is not None and not 0 < value < float("inf"):
            raise BadRequest(f"--{name} must be positive and finite")
    if search.seed < 0 or search.random < 0:
        raise BadRequest("--seed and --random must not be negative")
    if search.random and spaces_of(subjects[0])[0] is not None:
        raise BadRequest(f"--random tries points on a line, and {subjects[0]} takes events")
    return replace(search, subject=subjects[0])


def run_search(search: Search, say: Callable[[str], None] = lambda text: print(text, file=sys.stderr)) -> Outcome:
    """Search, and explain what was found. Ctrl-C ends it early: the outcome says so and holds what was seen.

    Raises BadRequest where the framework cannot be started or lacks the dtype, the mode or the quantity.
    """
    search = checked(search)
    environment = _environment(search, say)
    # A library that is being written may change without its version: its answers are never taken from the disk.
    journal = None if search.adapter_file else search.home / "journal"
    with FrameworkClient(environment, search.framework, journal, search.timeout, search.adapter_file) as client:
        return search_client(search, client, Oracle(oracle_dir(search.home)), say)


def search_client(search: Search, client: FrameworkClient, oracle: Oracle, say: Callable[[str], None]) -> Outcome:
    """``run_search`` of a checked request with a client that is there already; it is not closed."""
    started = time.monotonic()
    try:
        description = client.describe()
    except FrameworkUnusable as problem:
        raise BadRequest(f"{search.framework} cannot be started: {problem}") from None
    _offered(search, description)
    version, device = str(description["version"]), str(description["devices"][0])
    axes = {"framework": search.framework, "version": version, "device": device}
    flushes = bool(description.get("flush_to_zero", {}).get(search.dtype, False))
    witness = Witness(axes, oracle, client)
    outcome = Outcome(_head(search, axes))
    subjects = variants(search.subject, search.seed) if search.parameters else [search.subject]
    budget = Budget(search.evaluations, search.seconds)
    for number, subject in enumerate(subjects):
        case = build_case(
            client, oracle, subject, search.dtype, search.mode, PROFILES["default"], search.seed, flushes=flushes
        )
        try:
            part = _one(search, case, budget.share(len(subjects)), witness, outcome, say, client.close)
        except BadRequest as problem:
            # A variant that the framework refuses is news; the subject itself is what was asked for.
            if not number:
                raise
            say(f"  {problem}")
            continue
        if client.unusable is not None:
            # What was never answered must not be shown, or kept, as crashes.
            raise BadRequest(f"{search.framework} died and cannot be started again: {client.unusable}")
        outcome.document["subjects"].append(part)
        if outcome.interrupted:
            break
    outcome.document["seconds"] = round(time.monotonic() - started, 1)
    return outcome


def _one(
    search: Search,
    case: Case,
    budget: Budget,
    witness: Witness,
    outcome: Outcome,
    say: Callable[[str], None],
    hang_up: Callable[[], None],
) -> Document:
    began = time.monotonic()

    def told(rounds: int, points: int, ulp: float) -> None:
        say(f"  {case.subject}: round {rounds}, {points} points, {time.monotonic() - began:.1f} s, worst {ulp:.3g} ulp")

    quantity = search.quantity
    space = case.declared.home(quantity)
    if space is not None:
        kept = worst_rows(case.subject, quantity, case.fmt, space.size)
        rows = search_rows(case, quantity, budget, search.seed, kept, told)
        interrupted = rows.ended == "interrupted"
        seconds = time.monotonic() - began
        if interrupted:
            # An answer may be under way that nobody waits for any more: the next one would be mistaken for it.
            hang_up()
        document = rows_document(rows, case, quantity, None if interrupted else witness)
        inputs = [
            [float(value) for value in rows.rows[index]]
            for why, index, _ in rows.worst()
            if any(word not in (LARGEST_ULP,) for word in why) and np.isfinite(rows.rows[index].astype(float)).all()
        ]
    else:
        line = Line.of(case.fmt, case.inputs.frame(quantity))
        corpus = worst_cases(case.subject, quantity, case.fmt)

        def told_of(rounds: int, seen: Seen) -> None:
            finite = seen.ulp[np.isfinite(seen.ulp)]
            told(rounds, len(seen), float(finite.max()) if len(finite) else 0.0)

        found = search_line(case, quantity, line, budget, search.seed, corpus, told_of)
        interrupted = found.ended == "interrupted"
        seconds = time.monotonic() - began
        if interrupted:
            hang_up()
        document = line_document(found, case, quantity, None if interrupted else witness)
        if search.random and not interrupted:
            document["random"] = random_document(case, quantity, line, search.random, search.seed)
        ordinals = to_keep(
            found.seen, line, thresholds_found(found.seen, line), MOST_KEPT, log_quantity=quantity in LOG_QUANTITIES
        )
        inputs = [[float(value)] for value in from_ordinal(ordinals, line.fmt)]
    outcome.interrupted |= interrupted
    document["seconds"] = round(seconds, 1)
    outcome.kept[case.subject] = _kept(search, case, inputs[:MOST_KEPT], witness.axes)
    return document


def _kept(search: Search, case: Case, inputs: Sequence[Sequence[float]], axes: Any) -> list[Kept]:
    """The cases with what was found at each of them as a comment."""
    if not inputs:
        return []
    values = case.shaped(search.quantity, inputs)
    measure = asked_again(case, search.quantity, values, np.zeros(len(values), np.uint8))
    width = max(1, len(measure.got) // len(values))
    kept = []
    for index, value in enumerate(inputs):
        own = slice(index * width, (index + 1) * width)
        ulp = np.nan_to_num(measure.distances.ulp[own], nan=-1.0)
        at = index * width + int(np.argmax(ulp))
        if measure.failures[at] == Failure.NONE and not measure.distances.ulp[at] > 1.0:
            continue  # Seen among other inputs only, or nothing to speak of.
        off = f"{measure.distances.ulp[at]:.3g} ulp"
        said = f"{search.framework} {axes['version']} {search.mode}: {off}, {_ascii(measure.failures[at])}"
        kept.append(Kept(search.quantity, search.dtype, tuple(value), said))
    return kept


def _ascii(code: int) -> str:
    return Failure(int(code)).label.replace("±", "")


def _environment(search: Search, say: Callable[[str], None]) -> Environment:
    if search.adapter_file is not None:
        environment = choose(search.framework, search.home, search.adapter_file).environment
    else:
        environment = ensure(search.framework, search.home / "environments", say)
    if environment.python is None:
        raise BadRequest(f"{search.framework} cannot be started: {environment.reason}")
    return environment


def _offered(search: Search, description: dict[str, Any]) -> None:
    for kind in ("dtype", "mode"):
        offered, wanted = description[f"{kind}s"], getattr(search, kind)
        if wanted not in offered:
            raise BadRequest(f"{search.framework} has no {kind} {wanted} here; it has {', '.join(offered)}")


def _head(search: Search, axes: dict[str, str]) -> Document:
    return {
        "format": "conformance-search",
        "format_version": 1,
        **axes,
        "mode": search.mode,
        "dtype": search.dtype,
        "seed": search.seed,
        "asked": {"evaluations": search.evaluations, "seconds": search.seconds, "parameters": search.parameters},
        "seconds": 0.0,
        "subjects": [],
    }
