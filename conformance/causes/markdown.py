"""A cause as an issue that a maintainer accepts: what to run, what comes, what is true, why, and how to mend it.

A pure function of the records of a run: the terminal and the page print the same text. What a framework said is hostile
until it stands in a fence or a code span that it cannot leave.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from adapters.interface.quantities import DECLARED, DRAWN, NO_FUNCTIONS, SHAPES, STATISTICS, variable, words
from conformance.causes.naming import NARROWED
from conformance.causes.records import Cause, Example, Interval, Kernel, Peer, Script
from conformance.execution.plain import one_line, whole
from conformance.findings.names import elided
from conformance.findings.records import Machine, Number
from conformance.findings.results import FrameworkEntry
from conformance.floats.formats import format_named

SUITE = "a conformance suite for probability transforms, which compares with a certified oracle"

CERTIFIED = (
    " The exact value is certified by interval arithmetic, or two implementations agree on it; it was rounded once."
)

MOST_EVIDENCE, MOST_INTERVALS = 8, 3


def issue_of(cause: Cause, framework: FrameworkEntry, machine: Machine) -> str:
    """The Markdown of an issue about ``cause``, its first line the title as a heading; ends in a newline.

    Guarantee: it claims what was run and nothing beyond. Text that came from the framework is inert: in fences longer
    than any run of backticks inside, or escaped, control characters written as escapes, no HTML, no mentions, no links.
    """
    example = cause.example
    script = shown_script(cause)
    parts = [f"# {escaped(title_of(cause))}", _environment(cause, framework, machine), *_reproduction(cause, script)]
    parts += [_expected(cause), _actual(example), _analysis(cause)]
    parts += [*_better(cause), *_related(cause)]
    uncertified = example.quantity in DRAWN or example.quantity in DECLARED
    parts.append(f"---\n\nFound by {SUITE}.{'' if uncertified else CERTIFIED}")
    return "\n\n".join(parts) + "\n"


def title_of(cause: Cause) -> str:
    """The title of the issue, plain text on one line."""
    return one_line(cause.title, 200).rstrip(".")


def shown_script(cause: Cause) -> Script | None:
    """The script to show: a confirmed one, in the example's mode and dtype where there is one; None without any."""
    example = cause.example
    ranked = sorted(
        (script for script in cause.scripts if script.code and script.confirmed),
        key=lambda script: (
            (script.mode, script.dtype) != (example.mode, example.dtype),
            script.dtype != example.dtype,
        ),
    )
    return ranked[0] if ranked else None


def fence(text: str, language: str = "") -> str:
    """``text`` in a code block that it cannot end."""
    body = whole(text).rstrip("\n")
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", body)), default=0))
    return f"{ticks}{language}\n{body}\n{ticks}"


def code(text: str, limit: int = 300) -> str:
    """``text`` as a code span that it cannot leave, on one line."""
    body = one_line(text, limit)
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", body)), default=0))
    space = " " if body.startswith("`") or body.endswith("`") or not body else ""
    return f"{ticks}{space}{body}{space}{ticks}"


def escaped(text: str, limit: int = 2000) -> str:
    """``text`` as running words on one line: nothing in it is markup, a link, a mention or a reference."""
    body = re.sub(r"([\\`*<>\[\]|~$&])", r"\\\1", one_line(text, limit))
    body = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", body)
    body = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([#+=-])(?=[#+=-]*(?:\s|$))", r"\\\1", body))
    body = re.sub(r"@(?=\w)", f"@{_NOTHING}", re.sub(r"#(?=\d)", f"#{_NOTHING}", body))
    return re.sub(r"(?i)\bwww\.", f"www{_NOTHING}.", re.sub(r":(?=//)", f":{_NOTHING}", body))


_NOTHING = "&#8203;"
"""A zero-width space: a name that is not notified, a number that is not linked."""


def nowhere(example: Example) -> bool:
    """Whether nothing was asked of any point: of a statistic, of draws, of what is declared."""
    return example.quantity in NO_FUNCTIONS and example.input == "nan"


def distance(example: Example) -> str:
    """How far off the example is: in ulp and bits, in nats where that is what counts; what is infinite is left out."""
    parts = []
    if example.nats is not None and math.isfinite(float(example.nats)):
        parts.append(f"{number(example.nats)} nats")
    # At an exact 0 an ulp is the smallest subnormal and tells nothing.
    if example.exact == "0" and math.isfinite(_value(example.got_hex)):
        parts.append(f"{number(abs(_value(example.got_hex)))} away from exactly 0")
    elif math.isfinite(float(example.ulp)):
        parts.append(f"{number(example.ulp)} units in the last place")
    parts.append(f"{number(example.bits)} of {format_named(example.dtype).precision} bits lost")
    return ", ".join(parts)


def _value(text: str) -> float:
    """The number that hexadecimal text is; NaN for a vector, and for what is none."""
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError):
        return math.nan


def number(value: Number) -> str:
    """Three significant digits."""
    return f"{float(value):.3g}"


def where(interval: Interval) -> str:
    """One interval in words, without markup."""
    axis = variable(interval.quantity)
    place = (
        f"{interval.low} <= {axis} <= {interval.high}" if interval.low != interval.high else f"{axis} = {interval.low}"
    )
    return f"{place}: {interval.failing:,} of {interval.asked:,} inputs fail"


def peer_text(peer: Peer) -> str:
    """What another framework does at the same input, in words, without markup."""
    name = f"{peer.framework} {peer.version}"
    if peer.verdict == "not offered":
        return f"{name} does not offer it"
    same = ", the same bits" if peer.same_bits else ""
    off = "" if peer.ulp is None else f", {number(peer.ulp)} ulp off"
    return f"{name} is {peer.verdict}: {peer.got}{off}{same}"


def kernel_text(kernel: Kernel) -> str:
    """What is wrong with the kernel under a component and how that is known, after its name, without markup."""
    off = float(kernel.ulp)
    at = " and ".join(kernel.input_hex.split())
    said = f"answers {kernel.got} at {at} in {kernel.dtype}"
    if math.isfinite(off):
        said = f"is off by {number(off)} units in the last place at {at} in {kernel.dtype}, and the method with it: "
        said += f"it answers {kernel.got}"
    exact = f" where {kernel.function} is exactly {kernel.exact}" if kernel.exact else ""
    return (
        f"{said}{exact}. With the exact value in its place the method is right: "
        f"at {kernel.explained} of {kernel.tried} failing inputs that were tried."
    )


def counted(counts: Mapping[str, int], most: int = 6) -> str:
    """Names and counts, the most frequent first, without markup."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(ranked) - most} more" if len(ranked) > most else ""
    return ", ".join(f"{name} ({count:,})" for name, count in ranked[:most]) + more


def _environment(cause: Cause, framework: FrameworkEntry, machine: Machine) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in framework.packages.items())
    rows = [
        ("version", f"{cause.framework} {cause.version}"),
        ("packages", packages),
        ("device", ", ".join(framework.devices[:1])),
        ("mode, dtype", f"{cause.example.mode}, {cause.example.dtype}"),
        ("Python, platform", f"{machine.python}, {machine.platform}"),
        ("processor", machine.cpu),
    ]
    return "### Environment\n\n" + "\n".join(f"- {name}: {code(value)}" for name, value in rows if value)


def _reproduction(cause: Cause, script: Script | None) -> list[str]:
    if script is None:
        return ["### Reproduction\n\nNo script shows it by itself: it was seen when the suite evaluated its inputs."]
    as_file = "Save it as `reproduce.py` and run `python reproduce.py`"
    if script.mode != "eager":
        as_file += f" ({code(script.mode)} mode compiles the source, which `python -c` does not keep)"
    said = f"It prints results as `float.hex` text. In {code(script.mode)} mode and {code(script.dtype)} it printed:"
    parts = [
        f"### Reproduction\n\n{as_file}.",
        fence(script.code, "python"),
        said,
        fence(script.printed or "(nothing)", "text"),
    ]
    if script.single:
        parts += [
            "One value alone, without the others that fill a vector register, printed:",
            fence(script.single, "text"),
        ]
    return parts


def _expected(cause: Cause) -> str:
    example = cause.example
    subject = code(example.subject)
    if cause.mechanism == NARROWED:
        subject += " with the longer parameters of the script"
    asked = f"the {words(example.quantity)}"
    place, bits = elided(example.input), elided(example.input_hex)
    exactly = "exactly " * (place == example.input)
    at = "" if nowhere(example) else f" at {exactly}{variable(example.quantity)} = {code(place)} ({code(bits)})"
    lines = [
        "### Expected",
        f"{asked[0].upper()}{asked[1:]} of {subject}{at}:",
        f"- exact: {code(example.exact)}",
        ""
        if example.quantity in SHAPES
        else f"- the nearest {code(example.dtype)}: {code(example.expected)} ({code(example.expected_hex)})",
    ]
    return f"{lines[0]}\n\n{lines[1]}\n\n{lines[2]}\n{lines[3]}".rstrip()


def _actual(example: Example) -> str:
    same = example.got == example.got_hex  # inf and nan
    if example.quantity in NO_FUNCTIONS and example.quantity not in STATISTICS:
        said = "it cannot be read, as the script shows" if example.got == "nan" else code(example.got)
        return f"### Actual\n\n{said[0].upper()}{said[1:]}."
    return f"### Actual\n\n{code(example.got)}{'' if same else f' ({code(example.got_hex)})'}: {distance(example)}."


def _analysis(cause: Cause) -> str:
    if cause.mechanism == "unattributed":
        lead = f"Seen through {code(cause.component)}; which part of it is at fault was not established."
    else:
        lead = f"Component: {code(cause.component)}. Mechanism: {cause.mechanism}."
    if cause.caught_by_default:
        lead += " The default validation of arguments refuses these inputs; it was switched off to ask."
    points = []
    if cause.kernel is not None:
        points.append(f"The kernel under it: {code(cause.kernel.name)} {escaped(kernel_text(cause.kernel))}")
    points += [escaped(text) for text in cause.evidence[:MOST_EVIDENCE]]
    points += [
        f"{code(interval.subject)}, {interval.quantity}, {interval.dtype}: {code(where(interval))}"
        for interval in sorted(cause.intervals, key=lambda one: not _shown(one, cause.example))[:MOST_INTERVALS]
    ]
    points += [f"At the same input {code(peer_text(peer))}" for peer in cause.peers if peer.verdict != "not offered"]
    breaks = cause.breaks
    points.append(
        f"Seen in {breaks.findings:,} {'place' if breaks.findings == 1 else 'places'} ({breaks.points:,} inputs): "
        f"dtypes {code(counted(breaks.dtypes))}; modes {code(counted(breaks.modes))}; "
        f"quantities {code(counted(breaks.quantities))}; subjects {code(counted(breaks.subjects, 4))}"
    )
    return "### Analysis\n\n" + lead + "\n\n" + "\n".join(f"- {point}" for point in points)


def _shown(interval: Interval, example: Example) -> bool:
    """Whether the interval is about what the example shows."""
    same = ("subject", "quantity", "dtype")
    return all(getattr(interval, name) == getattr(example, name) for name in same)


def _better(cause: Cause) -> list[str]:
    parts = []
    if cause.better is not None:
        better = cause.better
        parts += [f"### A formula that holds\n\n{escaped(better.words)}"]
        if better.code:
            parts += [fence(better.code, "python")]
        parts += [
            f"At the same input it gives {code(better.printed)}, {number(better.ulp)} units in the last place off."
        ]
    for remedy in cause.remedies:
        if remedy.right:
            many = "the failing input" if len(remedy.inputs) == 1 else f"{len(remedy.inputs)} failing inputs"
            parts += [f"### Until then\n\n{escaped(remedy.words)} It was run at {many} and is right there."]
            parts += [fence(remedy.code, "python")] if remedy.code else []
            break
    return parts


def _related(cause: Cause) -> list[str]:
    lines = []
    thread = cause.thread or (cause.known.link if cause.known else "")
    if re.fullmatch(r"https?://[\w./#?=&%+:~-]+", thread):
        lines.append(f"- Known thread: <{thread}>")
    return ["### Related\n\n" + "\n".join(lines)] if lines else []
