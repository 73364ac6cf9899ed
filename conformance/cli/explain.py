"""``conformance explain``: the truth at one input, with its certificate and a second opinion."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import Any

import numpy as np

from conformance.comparison.cases import event_of
from conformance.comparison.confirm import hex_text
from conformance.comparison.framework_run import oracle_dir
from conformance.comparison.plan import BadRequest, chosen_subjects
from conformance.definitions.registry import is_distribution
from conformance.execution.home import home
from conformance.floats.enclosures import Certificate, Kind
from conformance.floats.formats import FORMATS, Format, format_named
from conformance.floats.ordinals import from_ordinal, to_ordinal
from conformance.floats.rounding import round_enclosures
from conformance.oracle.oracle import Oracle


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``commands``."""
    parser = commands.add_parser(
        "explain",
        help="print the certified truth at one input",
        description="Prints the exact value of a quantity at exactly the float nearest to the input, to 30 digits.",
        epilog="example: conformance explain tanh fldj --dtype float32 -- -0x1p-3      (-- before a negative number)",
    )
    parser.add_argument("subject", help="such as tanh, or 'affine(loc=0.75,scale=-2.5)'")
    parser.add_argument("quantity", help="forward, inverse, fldj, ildj; log_prob, log_prob_from_base, cdf")
    parser.add_argument("input", nargs="+", help="decimal or C99 hexadecimal; several for an event")
    parser.add_argument("--dtype", default="float64", help=f"of: {', '.join(FORMATS)} (default %(default)s)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the truth; 0."""
    if options.dtype not in FORMATS:
        raise BadRequest(f"unknown dtype {options.dtype!r}; valid: {', '.join(FORMATS)}")
    fmt = format_named(options.dtype)
    subjects = chosen_subjects([options.subject])
    if len(subjects) != 1:
        raise BadRequest(f"{options.subject!r} names several subjects: {'; '.join(subjects)}")
    subject = subjects[0]
    valid = (
        ("log_prob", "log_prob_from_base", "cdf")
        if is_distribution(subject)
        else ("forward", "inverse", "fldj", "ildj")
    )
    if options.quantity not in valid:
        raise BadRequest(f"unknown quantity {options.quantity!r}; valid for {subject}: {', '.join(valid)}")
    if not event_of(subject) and len(options.input) > 1:
        raise BadRequest(f"{subject} takes one number, not {len(options.input)}")
    row = np.array([nearest_float(text, fmt) for text in options.input])
    values = row[None, :] if event_of(subject) else row
    oracle = Oracle(oracle_dir(home()))
    try:
        truth = oracle.truth(subject, options.quantity, values, fmt)
        if not len(truth):
            raise ValueError("an event is longer")
    except ValueError as problem:
        raise BadRequest(f"{subject} does not take {len(row)} numbers for {options.quantity}: {problem}") from None
    nearest, decided = round_enclosures(truth, fmt)
    kind = Kind(int(truth.kind[0]))
    print(f"{options.quantity} of {subject} at {' '.join(str(v) for v in row)} ({hex_text(row)}) in {fmt.name}")
    if kind != Kind.FINITE:
        print(f"  truth      {kind.name.lower().replace('_', ' ')}")
        return 0
    at = values[0]
    print(f"  exact      {oracle.digits(subject, options.quantity, at)}")
    doubt = "" if decided.all() else "  undecided"
    print(f"  rounded    {' '.join(str(v) for v in nearest)}  ({hex_text(nearest)}){doubt}")
    print(f"  condition  {truth.condition[0]:.3g}")
    print(f"  certificate {Certificate(int(truth.certificate[0])).name.lower()}")
    opinion = oracle.second_opinion(subject, options.quantity, at, fmt)
    print(f"  mpmath     {opinion.value_text} ({'agrees' if opinion.agrees else 'does not confirm'})")
    return 0


def nearest_float(text: str, fmt: Format) -> Any:
    """The scalar of ``fmt`` nearest to what ``text`` says, rounded once, ties to even. BadRequest for no number."""
    with np.errstate(over="ignore"):
        first = np.array([_number(text)]).astype(fmt.dtype)
    if "x" in text.lower() or not np.isfinite(first.astype(np.float64))[0] or first[0] == 0:
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
        raise BadRequest(f"{text!r} is beyond every format; say inf") from None
    except ValueError:
        raise BadRequest(f"{text!r} is not a decimal or hexadecimal number") from None
