"""``conformance actions``: the deterministic action of a tanh-squashed policy, and what the usual short cuts cost."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite, isnan
from typing import Any

from conformance.actions.answers import Answers, answers_of
from conformance.actions.policies import CLIP, DRAWS, Policy, Truth, truth_of
from conformance.cli.causes import as_json
from conformance.cli.table import aligned
from conformance.cli.wrapping import paragraph, width
from conformance.comparison.confirm import json_number
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest, chosen, defined_subject
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.execution.plain import one_line
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

mode: the action of the largest density, in a certified bracket; two where they tie. short by: how many nats of log
density tanh(loc), which is the median, and the mean action lack of the mode's. one draw: the standard deviation of
-log p of one draw, which is often used as the entropy. clipped: the share of draws beyond {CLIP}, and by how many nats
log p of the clip is off for the median one of them. rounded: the share of actions that round to 1 or -1 in the dtype,
and what rounding the others costs at worst of {DRAWS} draws, whoever inverts them again.

exit codes: 0 told; 2 no such policy, framework or dtype; 3 a framework cannot be started, or nothing can be written
"""


_TRUTHS = (
    *("loc, scale", "mode", "at x", "median short by", "mean", "short by", "entropy", "base's", "one draw"),
    *("clipped", "off by", "rounded to 1", "others off by"),
)
_ANSWERS = ("framework", "loc, scale", "draws at 1", "log_prob lost", "others off by", "scored by x: lost", "off by")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``commands``."""
    parser = commands.add_parser(
        "actions",
        help="the mode of tanh-squashed policies, and what the usual short cuts are off by",
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
        answers = [one for name in frameworks for one in answers_of(name, policies, fmt, oracle)]
    if options.json:
        records = {"policies": [_record(one) for one in truths], "frameworks": [_record(one) for one in answers]}
        print(as_json({"dtype": fmt.name, **records}))
        return _code(answers)
    lines = _markdown if options.markdown else lambda rows: aligned(rows, names=1)
    print("\n".join(lines(_truth_rows(truths))))
    if answers:
        print()
        print("\n".join(lines(_answer_rows(answers))))
        print("\n".join(_remedies(answers)))
    return _code(answers)


def _code(answers: Sequence[Answers]) -> int:
    return 3 if any(one.status == "failed" for one in answers) else 0


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


def _truth_rows(truths: Sequence[Truth]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_TRUTHS]
    for one in truths:
        rows.append(
            (
                f"{one.policy.loc:g}, {one.policy.scale:g}",
                " ".join(f"{float(text):.7g}" if "(" not in text and "to" not in text else text for text in one.mode),
                " ".join(f"{x if abs(x) > 1e-40 else 0.0:.5g}" for x in one.mode_x),
                _nats(one.nats_of_median),
                f"{float(one.mean):.6g}",
                _nats(one.nats_of_mean),
                _nats(one.entropy),
                _nats(one.base_entropy),
                _nats(one.spread),
                _share(one.clipped),
                _nats(one.nats_of_clip),
                _share(one.saturated),
                _nats(one.nats_of_rounding),
            )
        )
    return rows


def _answer_rows(answers: Sequence[Answers]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_ANSWERS]
    for one in answers:
        where = f"{one.policy.loc:g}, {one.policy.scale:g}"
        if one.status != "ok":
            rows.append((one.framework, where, one_line(f"{one.status}: {one.message}", 60), "", "", "", ""))
            continue
        cells = [text for scored in (one.again, one.kept) for text in _cells(scored)]
        rows.append((one.framework, where, _share(one.saturated), *cells))
    return rows


def _cells(scored: Any) -> tuple[str, str]:
    if not scored.offered:
        return "not offered", ""
    return _share(scored.lost), "-" if scored.lost == 1 else f"{scored.worst:.1e}"


def _remedies(answers: Sequence[Answers]) -> list[str]:
    """What to write instead, once for each framework."""
    lines: list[str] = []
    for name in dict.fromkeys(one.framework for one in answers):
        remedy = next((one.remedy for one in answers if one.framework == name and one.remedy), None)
        if remedy is not None:
            lines += ["", *paragraph(f"{name}: write this instead. {remedy.words}", width()).splitlines(), ""]
            lines += [f"    {line}" for line in remedy.code.rstrip().splitlines()]
    return lines


def _nats(value: float) -> str:
    return "-" if isnan(value) else f"{value:.4g}"


def _share(value: float) -> str:
    return "0" if value < 1e-14 else f"{100 * value:.3g} %"


def _markdown(rows: Sequence[Sequence[str]]) -> list[str]:
    head, *others = ["| " + " | ".join(row) + " |" for row in rows]
    return [head, "|" + "---|" * len(rows[0]), *others]


def _record(one: Truth | Answers) -> dict[str, Any]:
    found = asdict(one)
    remedy = one.remedy if isinstance(one, Answers) else None
    if remedy is not None:
        found["remedy"] = {"words": remedy.words, "code": remedy.code}
    plain: dict[str, Any] = _plain(found)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return json_number(value) if isinstance(value, float) else value
