"""``conformance explain``: the truth at one input, or a cause or finding of the last run, in words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt, prod
from typing import Any

import numpy as np

from adapters.interface.quantities import (
    DISTRIBUTION_FUNCTIONS,
    OF_LAWS,
    OF_PAIRS,
    OF_VECTORS,
    STATISTICS,
    TRANSFORM_QUANTITIES,
    variable,
    words,
)
from adapters.interface.spec import vanishes
from conformance.causes.records import Cause
from conformance.cli.causes import as_json
from conformance.cli.others import answers_of
from conformance.cli.recorded import Recorded, add_folder
from conformance.cli.told import cause_text, told_finding
from conformance.cli.wrapping import facts, width
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import MODES, BadRequest, chosen, chosen_subjects
from conformance.definitions.parameters import in_format
from conformance.definitions.registry import (
    event_law,
    functions_of,
    is_distribution,
    is_event_law,
    statistics_of,
    takes_events,
    transform_definition,
)
from conformance.definitions.spaces import Shape
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.home import home
from conformance.floats.enclosures import Certificate, Kind
from conformance.floats.formats import FORMATS, Format, format_named
from conformance.floats.ordinals import from_ordinal, to_ordinal
from conformance.floats.rounding import round_enclosures
from conformance.judging.confirm import hex_text, json_number
from conformance.oracle.oracle import Oracle
from conformance.oracle.statistics.truth import Statistic

EPILOG = f"""\
examples:
  conformance explain tanh fldj 0x1p-14 --dtype float32
  conformance explain tanh fldj --dtype float32 -- -0x1p-3             (-- before a negative number)
  conformance explain tanh fldj 9.5 --dtype float32 --framework torch,tfp    what they answer, and how far off
  conformance explain "log_normal(loc=0.25,scale=1.5)" mode            a statistic is asked at no input
  conformance explain 3f9c21d0ab54                                     a cause or a finding of the last run

Quantities: {", ".join(TRANSFORM_QUANTITIES)} of a map (fldj: log|det J| of the forward map, ildj: of the inverse).
Of a distribution, {", ".join(DISTRIBUTION_FUNCTIONS)}
(log_prob_from_base: the density at the image of a base value). Without an input
{", ".join(OF_LAWS)}, of vectors {OF_VECTORS[0]}; of two, pair(P,Q), {" and ".join(OF_PAIRS)}.

exit codes: 0 explained; 2 no such subject, quantity, number or id, or the run's files are damaged; 3 a framework cannot
be started, or the output cannot be written
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "explain",
        help=about,
        usage="conformance explain SUBJECT QUANTITY INPUT... [--dtype D] [--framework F] [--mode M] [--json]\n"
        "       conformance explain CAUSE_OR_FINDING_ID [--from DIR] [--json]",
        description="Prints the exact value of a quantity at exactly the float nearest to the input, to 30 digits;\n"
        "with --framework what a framework answers there. Given an id, that cause or finding of the last run in words.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="+", metavar="WHAT", help="a subject, a quantity and an input; or one id")
    parser.add_argument("--dtype", help=f"of: {', '.join(FORMATS)} (default float64)")
    parser.add_argument(
        "--framework", "--frameworks", action="append", metavar="NAME[,NAME]",
        help=f"also ask these what they answer: {', '.join(FRAMEWORKS)}",
    )  # fmt: skip
    parser.add_argument("--mode", default="eager", help=f"of: {', '.join(MODES)} (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    add_folder(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print it; 0, or 3 where a framework that was asked cannot be started."""
    if len(options.what) == 1:
        return _recorded(options)
    if len(options.what) == 2 and options.what[1] not in STATISTICS:
        raise BadRequest(f"at which input? conformance explain {' '.join(options.what)} 0.5")
    return _truth(options)


def _recorded(options: argparse.Namespace) -> int:
    wanted = options.what[0]
    if options.framework or options.dtype:
        raise BadRequest("--framework and --dtype go with SUBJECT QUANTITY INPUT, and not with an id")
    if not set(wanted.lower()) <= set("0123456789abcdef"):
        subjects = chosen_subjects([wanted])
        quantity = "log_prob" if is_distribution(subjects[0]) else "fldj"
        raise BadRequest(f"what about it? conformance explain '{subjects[0]}' {quantity} 0.5, or an id of the last run")
    recorded = Recorded(options.folder)
    found = recorded.find(wanted)
    if options.json:
        print(as_json(found))
    elif isinstance(found, Cause):
        print(cause_text(found, width()))
    else:
        print(told_finding(found, recorded.cause_of(found.id)))
    return 0


def _truth(options: argparse.Namespace) -> int:
    subject, quantity, *texts = options.what
    dtype = options.dtype or "float64"
    chosen("dtype", [dtype], tuple(FORMATS))
    chosen("mode", [options.mode], MODES)
    frameworks = chosen("framework", options.framework, FRAMEWORKS) if options.framework else ()
    fmt = format_named(dtype)
    subject, values = _checked(subject, quantity, texts, fmt)
    oracle = Oracle(oracle_dir(home()))
    truth = oracle.truth(subject, quantity, values, fmt)
    statistics = oracle.statistics(in_format(subject, fmt), quantity) if quantity in STATISTICS else ()
    nearest, decided = round_enclosures(truth, fmt)
    kind = Kind(int(truth.kind[0]))
    row = values.ravel()
    said: dict[str, Any] = {
        "subject": subject,
        "quantity": quantity,
        "dtype": dtype,
        "input": " ".join(str(value) for value in row),
        "input_hex": hex_text(row),
        "truth": _told(statistics) if statistics else kind.name.lower().replace("_", " "),
    }
    if kind == Kind.FINITE:
        opinion = oracle.second_opinion(subject, quantity, values[0], fmt)
        said |= {
            "exact": _told(statistics) if statistics else oracle.digits(subject, quantity, values[0], fmt=fmt),
            "rounded": " ".join(str(value) for value in nearest),
            "rounded_hex": hex_text(nearest),
            "decided": bool(decided.all()),
            "condition": json_number(truth.condition[0]),
            "certificate": Certificate(int(truth.certificate[0])).name.lower(),
            "mpmath": {"value": opinion.value_text, "agrees": bool(opinion.agrees)},
        }
    answers = answers_of(frameworks, options.mode, subject, quantity, values, fmt, oracle)
    if options.json:
        print(as_json({**said, "answers": answers}))
    else:
        print(_text(said))
        if answers:
            print(facts(((answer.framework, answer.text()) for answer in answers), width()))
    return 3 if any(answer.status == "failed" for answer in answers) else 0


def _told(statistics: Sequence[Statistic]) -> str:
    """Every entry of a statistic; where nothing is known of one, why."""
    return next((one.reason for one in statistics if one.reason), " ".join(one.shown for one in statistics))


def _checked(text: str, quantity: str, numbers: list[str], fmt: Format) -> tuple[str, Any]:
    """The subject's canonical text and its input as an array of one row."""
    subjects = chosen_subjects([text])
    if len(subjects) != 1:
        raise BadRequest(f"{text!r} names several subjects: {'; '.join(subjects)}")
    subject = subjects[0]
    if quantity in STATISTICS and is_distribution(subject):
        chosen("quantity", [quantity], statistics_of(subject))
        if numbers:
            raise BadRequest(f"the {words(quantity)} of a distribution is asked at no input")
        return subject, np.full(1, np.nan).astype(fmt.dtype)
    chosen("quantity", [quantity], functions_of(subject) or statistics_of(subject))
    row = np.array([nearest_float(number, fmt) for number in numbers])
    if not takes_events(subject):
        if len(numbers) > 1:
            raise BadRequest(f"{subject} takes one number, not {len(numbers)}")
        return subject, row
    try:
        return subject, row.reshape(1, *_event_of(subject, quantity, len(numbers)))
    except ValueError as problem:
        raise BadRequest(f"{subject} does not take {len(numbers)} numbers for {quantity}: {problem}") from None


def _event_of(subject: str, quantity: str, count: int) -> Shape:
    """The event that so many numbers make: a vector, or a square matrix. ValueError where they make none."""
    back = variable(quantity) == "y"
    if is_event_law(subject):
        law = event_law(subject)
        shape = (law.space if back else law.source).shape
        if prod(shape) != count:
            raise ValueError(f"an event has {prod(shape)} of them")
        return shape
    definition = transform_definition(subject)
    usual = definition.output_event(definition.event) if back else definition.event
    n = isqrt(count)
    shape = usual if prod(usual) == count else (count,) if len(usual) == 1 else (n, n)
    if prod(shape) != count:
        raise ValueError(f"an event has {prod(usual)} of them")
    (definition.target_at if back else definition.source_at)(shape)
    (definition.input_event if back else definition.output_event)(shape)
    return shape


def _text(said: dict[str, Any]) -> str:
    place = "" if said["quantity"] in STATISTICS else f" at {said['input']} ({said['input_hex']})"
    lines = [f"{said['quantity']} of {said['subject']}{place} in {said['dtype']}"]
    if "exact" not in said:
        return f"{lines[0]}\n  truth      {said['truth']}"
    mpmath = said["mpmath"]
    return "\n".join(
        [
            *lines,
            f"  exact      {said['exact']}",
            f"  rounded    {said['rounded']}  ({said['rounded_hex']}){'' if said['decided'] else '  undecided'}",
            f"  condition  {float(said['condition']):.3g}",
            f"  certificate {said['certificate']}",
            f"  mpmath     {mpmath['value']} ({'agrees' if mpmath['agrees'] else 'does not confirm'})",
        ]
    )


def nearest_float(text: str, fmt: Format) -> Any:
    """The scalar of ``fmt`` nearest to what ``text`` says, rounded once, ties to even.

    BadRequest for no number, and for one that is beyond the format: what is not called inf does not become inf, and
    what is not called 0 does not become 0.
    """
    number = _number(text)
    with np.errstate(over="ignore"):
        first = np.array([number]).astype(fmt.dtype)
    if not np.isfinite(first.astype(np.float64))[0]:
        if text.strip().lower().lstrip("+-") not in ("inf", "infinity", "nan"):
            raise BadRequest(
                f"{text} is beyond {fmt.name}, whose largest number is {fmt.max_finite:.6g}; say inf for infinity"
            )
        return first[0]
    if vanishes(text, float(first[0])):
        raise BadRequest(f"{text} is 0 in {fmt.name}, whose smallest number is {fmt.min_subnormal:.6g}; say 0 for zero")
    if "x" in text.lower() or first[0] == 0:
        return first[0]
    exact = Fraction(text.strip().replace("_", ""))
    around = from_ordinal(to_ordinal(first, fmt) + np.arange(-1, 2), fmt)
    finite = [one for one in around if np.isfinite(float(one))]
    return min(
        finite, key=lambda one: (abs(Fraction(float(one)) - exact), int(to_ordinal(np.array([one]), fmt)[0]) & 1)
    )


def _number(text: str) -> float:
    try:
        return float.fromhex(text) if "0x" in text.lower() else float(text)
    except OverflowError:
        raise BadRequest(f"{text} is beyond every format; say inf for infinity") from None
    except ValueError:
        entries = text.replace(",", " ").split()
        way_out = f"; the entries of an event are words of their own: {' '.join(entries)}" if len(entries) > 1 else ""
        raise BadRequest(f"{text!r} is not a decimal or hexadecimal number{way_out}") from None
