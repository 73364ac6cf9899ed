"""``conformance causes``: what there is to mend, worst first."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from conformance.causes.markdown import counted
from conformance.causes.records import Cause
from conformance.cli.recorded import GRADES, Recorded, add_folder, ranked
from conformance.cli.wrapping import facts, paragraph, width
from conformance.comparison.plan import BadRequest, chosen
from conformance.execution.plain import one_line
from conformance.floats.formats import FORMATS

EPILOG = """\
examples:
  conformance causes --framework paddle                    what its maintainers would mend, in which order
  conformance causes --grade grave --dtype float32
  conformance causes --json | jq -r '.[].component'

A cause is one component and what is wrong with it; findings are what it breaks. Grades: grave, wrong at inputs that
people compute with; serious, wrong at extreme ones; minor, digits lost, or inputs that the default refuses.
With an id from the first column:
  conformance explain ID       all that is known about it
  conformance reproduce ID     run its script again
  conformance issue ID         Markdown for the framework's tracker

exit codes: 0 listed (also when there is none); 2 no such run or name, or its files are damaged; 3 cannot be written
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], about: str) -> None:
    """Add the command to ``commands``, told there in the words of ``about``."""
    parser = commands.add_parser(
        "causes",
        help=about,
        description="Lists the causes of the last comparison: id, grade, component, mechanism, and what each explains.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several = {"action": "append", "metavar": "NAME[,NAME]"}
    parser.add_argument("--framework", "--frameworks", help="of these frameworks only", **several)  # type: ignore[arg-type]
    parser.add_argument("--grade", "--grades", help=f"of these grades only: {', '.join(GRADES)}", **several)  # type: ignore[arg-type]
    parser.add_argument("--dtype", "--dtypes", help="that are seen in these dtypes", **several)  # type: ignore[arg-type]
    parser.add_argument("--json", action="store_true", help="print the records of causes.json as a JSON list")
    add_folder(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the causes; 0."""
    document = Recorded(options.folder).causes
    there = tuple(dict.fromkeys(cause.framework for cause in ranked(document.causes)))
    frameworks: tuple[str, ...] = there
    grades: tuple[str, ...] = GRADES
    dtypes = tuple(FORMATS)
    if options.framework:
        # A framework without a cause is no mistake: it is what everybody hopes for.
        frameworks = chosen("framework", options.framework, _compared(options.folder, there))
    if options.grade:
        grades = chosen("grade", options.grade, GRADES)
    if options.dtype:
        dtypes = chosen("dtype", options.dtype, tuple(FORMATS))
    kept = [
        cause
        for cause in ranked(document.causes)
        if cause.framework in frameworks
        and cause.grade in grades
        and any(name in dtypes for name in cause.breaks.dtypes)
    ]
    if options.json:
        print(as_json(kept))
        return 0
    columns = width()
    print(heading(kept, document.confirmed, len(document.causes), columns))
    for cause in kept:
        print()
        print(entry(cause, columns))
    if kept:
        print()
        print(paragraph(f"conformance explain {kept[0].id} says all that is known about the first.", columns))
    return 0


def as_json(records: object) -> str:
    """JSON in ASCII: what a framework said is harmless on a terminal too."""
    return json.dumps(msgspec.to_builtins(records), indent=1, ensure_ascii=True)


def heading(causes: Sequence[Cause], confirmed: int, every: int, columns: int) -> str:
    """How many there are, by grade, and how much of the run they explain."""
    grades = Counter(cause.grade for cause in causes)
    by_grade = ", ".join(f"{grades[grade]} {grade}" for grade in GRADES if grades[grade])  # type: ignore[index]
    explained = sum(cause.breaks.findings for cause in causes)
    shown = f"{len(causes)} causes" if len(causes) != 1 else "1 cause"
    of = f" of {every}" if len(causes) != every else ""
    words = f"{shown}{of}{f' ({by_grade})' if by_grade else ''}: {explained:,} of {confirmed:,} confirmed findings"
    unknown = sum(cause.breaks.findings for cause in causes if cause.mechanism == "unattributed")
    if unknown:
        words += f"; {unknown:,} could not be attributed"
    return paragraph(words, columns)


def entry(cause: Cause, columns: int) -> str:
    """One cause in a few lines."""
    breaks = cause.breaks
    default = " (the default refuses these inputs)" if cause.caught_by_default else ""
    head = f"{cause.id}  {cause.grade:<8} {one_line(f'{cause.framework} {cause.version}', 60)}"
    rows = [
        ("in", f"{cause.component}{default}"),
        ("by", cause.mechanism),
        ("so", cause.title),
        (
            "breaks",
            f"{breaks.findings:,} finding{'s' * (breaks.findings != 1)}, {breaks.points:,} inputs: "
            f"{counted(breaks.dtypes)}; {counted(breaks.laws)}; {len(breaks.subjects)} "
            f"subject{'s' * (len(breaks.subjects) != 1)}",
        ),
    ]
    if cause.known is not None:
        rows.append(("known", cause.known.reason))
    return f"{head}\n{facts(rows, columns)}"


def _compared(folder: Path, there: Sequence[str]) -> tuple[str, ...]:
    try:
        compared = [entry.name for entry in Recorded(folder).results.frameworks]
    except BadRequest:
        compared = []
    return tuple(dict.fromkeys([*compared, *there]))
