"""``conformance actions``: the deterministic action of a tanh-squashed policy, and what the usual short cuts cost."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import msgspec

from conformance.actions.answers import answers_of
from conformance.actions.document import document_of
from conformance.actions.policies import CLIP, DRAWS, Policy, truth_of
from conformance.actions.records import ActionsDocument
from conformance.actions.telling import (
    ANSWERS,
    STATED,
    TRUTHS,
    answer_rows,
    meanings,
    meanings_of_answers,
    meanings_of_stated,
    scripts,
    stated_rows,
    truth_rows,
)
from conformance.cli.causes import as_json
from conformance.cli.table import aligned
from conformance.cli.wrapping import paragraph, width
from conformance.cli.written import write_report
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest, chosen, defined_subject
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.findings.store import write_document
from conformance.floats.formats import FORMATS, Format, format_named
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics.problem import NotProvable

DEFAULT = ("0,0.25", "0,1", "0.5,0.5", "2,0.5", "2,1", "4,3", "10,0.125", "0,5")

EPILOG = f"""\
examples:
  conformance actions                                         eight policies, the truth
  conformance actions --policy 0.3,0.8 --policy 6,0.5         your own: loc,scale of the normal variable before tanh
  conformance actions --framework torch,tfp,brax              what they make of their own draws; what to write instead
  conformance actions --framework torch --markdown            the same as tables to paste
  conformance actions --framework torch,brax --out reports/out    actions.json there, and a page in that run's report

{meanings(CLIP, DRAWS)}

With frameworks also: what each has for the statistics, then what it makes of draws.
{meanings_of_stated(DRAWS)}

{meanings_of_answers(CLIP)}

exit codes: 0 told; 2 no such policy, framework or dtype; 3 a framework cannot be started, or nothing can be written
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "actions",
        help=about,
        description="For tanh(X), X normal, as policies in reinforcement learning have it: the deterministic action\n"
        "(the mode), median, mean and entropy, certified, and what the usual short cuts are off by, in nats.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--policy", action="append", metavar="LOC,SCALE", help=f"one policy (default: {' '.join(DEFAULT)})"
    )
    parser.add_argument(
        "--framework", "--frameworks", action="append", metavar="NAME[,NAME]",
        help=f"also what these make of their own draws: {', '.join(FRAMEWORKS)}",
    )  # fmt: skip
    parser.add_argument("--dtype", default="float32", help=f"of: {', '.join(FORMATS)} (default %(default)s)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR",
        help="also write actions.json there; where a comparison lies there, its page tells it too",
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print it as JSON")
    form.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print it; 0, or 3 where a framework cannot be started."""
    chosen("dtype", [options.dtype], tuple(FORMATS))
    fmt = format_named(options.dtype)
    frameworks = chosen("framework", options.framework, FRAMEWORKS) if options.framework else ()
    policies = [_policy(text, fmt) for text in options.policy or DEFAULT]
    with Oracle(oracle_dir(home())) as oracle:
        truths = []
        for at, policy in enumerate(policies, 1):
            print(f"  policy {at}/{len(policies)}  {policy.subject}", file=sys.stderr)
            try:
                truths.append(truth_of(policy, fmt, oracle))
            except NotProvable as problem:
                raise BadRequest(f"{policy.subject}: {problem}") from None
        answers = [one for name in frameworks for one in answers_of(name, truths, fmt, oracle)]
    document = document_of(fmt.name, truths, answers)
    if options.json:
        print(as_json(msgspec.to_builtins(document)))
    else:
        lines = _markdown if options.markdown else lambda rows: aligned(rows, names=1)
        print("\n".join(lines([TRUTHS, *truth_rows(document)])))
        if document.frameworks:
            for table in ([STATED, *stated_rows(document)], [ANSWERS, *answer_rows(document)]):
                print()
                print("\n".join(lines(table)))
            print("\n".join(_remedies(document)))
    code = _written(options.out, document) if options.out else 0
    return code or (3 if any(one.status == "failed" for one in answers) else 0)


def _written(folder: Path, document: ActionsDocument) -> int:
    """0; 3 where it cannot be written, 2 where the report refuses."""
    try:
        write_document(folder / "actions.json", document)
    except OSError as problem:
        print(f"conformance: cannot write to {folder}: {problem.strerror or problem}", file=sys.stderr)
        return 3
    print(f"actions:  {folder / 'actions.json'}", file=sys.stderr)
    if not (folder / "results.json").exists():
        return 0
    with contextlib.redirect_stdout(sys.stderr):
        return write_report(folder)


def _policy(text: str, fmt: Format) -> Policy:
    """BadRequest for what is no pair of a number and a positive one; both are rounded to the dtype."""
    words = text.split(",")
    try:
        loc, scale = (float(fmt.dtype.type(float(word))) for word in words)
    except ValueError:
        raise BadRequest(f"--policy {text}: a policy is LOC,SCALE, two numbers, such as 0.5,1.25") from None
    if not isfinite(loc) or not isfinite(scale) or scale <= 0:
        raise BadRequest(f"--policy {text}: loc is a finite number and scale a positive one of {fmt.name}")
    policy = Policy(loc, scale)
    defined_subject(policy.subject)
    return policy


def _remedies(document: ActionsDocument) -> list[str]:
    """What to write for the score and for the mode, once for each framework, and whether it was right."""
    lines: list[str] = []
    for framework, what, script, right in scripts(document):
        lines += ["", *paragraph(f"{framework}, {what}: write this. {script.words} {right}", width()).splitlines(), ""]
        lines += [f"    {line}".rstrip() for line in script.code.rstrip().splitlines()]
    return lines


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *others = ["| " + " | ".join(row) + " |" for row in rows]
    return [head, "|" + "---|" * len(rows[0]), *others]
