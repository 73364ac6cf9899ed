"""Verdicts in words: is this subject safe in this framework and dtype, up to where, and what happens beyond.

Made from the safe ranges of a run's cells, in the variable that people hold: the safe y of an inverse, of a log density
or of a cdf is carried back to the x whose image rounds to it (``ends``). Nothing is promised beyond what was measured:
where the inputs were sampled, the words say how many were tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from adapters.interface.quantities import variable
from adapters.interface.spec import parse
from conformance.causes.ends import Truths, edge_of
from conformance.causes.numbers import bound
from conformance.causes.records import Cause, Remedy, SafeSide, Verdict
from conformance.causes.relative import relative_loss
from conformance.definitions.registry import distribution_definition, is_distribution, transform_definition
from conformance.findings.records import Finding
from conformance.findings.results import Cell
from conformance.floats.formats import Format, format_named

QUANTITIES = (
    *("log_prob", "log_prob_from_base", "prob", "cdf", "log_cdf", "survival", "log_survival"),
    *("fldj", "forward", "inverse", "ildj"),
)
"""What a verdict is made of, in the order in which it speaks of them. Quantiles are functions of no x and no y."""

NAMES = {
    "fldj": "log-det",
    "ildj": "log-det of the inverse",
    "log_prob_from_base": "log_prob scored by x",
    "prob": "density",
    "survival": "survival function",
    "log_survival": "log survival function",
}
MODES = ("eager", "graph")

MEASURED = "Measured, not proved: "
"""How the sentence begins that says how far the promise goes where inputs were sampled."""

BEYOND = {
    "spurious nan": "nan",
    "spurious ±inf": "infinite",
    "early overflow": "overflows early",
    "value wrong": "wrong",
    "wrong sign": "of the wrong sign",
    "precision lost": "imprecise",
    "flushed to zero": "0 instead of a small number",
    "out of codomain": "outside its range",
    "raised": "an exception",
}

Axes = tuple[str, str, str, str, str]
"""Framework, subject, dtype, mode and quantity."""

Side = tuple[float, str]
"""A float x and what happens beyond it; infinite where nothing ends."""


@dataclass(frozen=True)
class Range:
    """Where one quantity is safe, in x. ``broken``: not even in the middle of the ordinary inputs.

    apart: where it fails although it is right at the ordinary inputs around, in words; such inputs leave no interval.
    """

    low: Side
    high: Side
    variable: str
    broken: bool = False
    apart: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing ends it."""
        return not self.broken and not self.apart and math.isinf(self.low[0]) and math.isinf(self.high[0])


def verdicts_of(
    cells: Iterable[Cell],
    causes: Sequence[Cause],
    oracle: Truths,
    findings: Iterable[Finding] = (),
    remedies: Mapping[tuple[str, str, str], list[Remedy]] | None = None,
    ranges: Mapping[Axes, Range] | None = None,
) -> list[Verdict]:
    """One verdict for every framework, subject, dtype and mode (eager and graph) with a scored cell.

    findings: of the same run; they tell which causes concern a verdict. Without them a cause counts where its subjects,
    dtypes and modes hold the verdict's. remedies: by framework, subject and dtype; they were run in eager mode, and
    are shown there. ranges: what ``ranges_of`` these cells came to, where it was asked before.
    """
    ranges = ranges_of(cells := list(cells), oracle) if ranges is None else ranges
    groups: dict[tuple[str, str, str, str, str], list[Cell]] = {}
    for cell in cells:
        if cell.mode in MODES and cell.quantity in QUANTITIES:
            groups.setdefault((cell.framework, cell.version, cell.subject, cell.dtype, cell.mode), []).append(cell)
    told = _told(causes, findings)
    verdicts = []
    for (framework, version, subject, dtype, mode), members in groups.items():
        members = [cell for cell in members if cell.status != "not_offered"]
        if not any(cell.status == "scored" for cell in members):
            continue
        ids = [one.id for one in causes if (one.id, framework, subject, dtype, mode) in told]
        verdict = _verdict(members, framework, version, subject, dtype, mode, ids, ranges)
        if mode == "eager" and remedies:
            verdict = replace(verdict, remedies=remedies.get((framework, subject, dtype), []))
        verdicts.append(verdict)
    return verdicts


def ranges_of(cells: Iterable[Cell], oracle: Truths) -> dict[Axes, Range]:
    """Where each scored cell of numbers is safe: all that the oracle is asked for a verdict."""
    return {
        _axes(cell): _range(cell, format_named(cell.dtype), oracle)
        for cell in cells
        if cell.mode in MODES and cell.quantity in QUANTITIES and cell.status == "scored" and cell.curve is not None
    }


def _axes(cell: Cell) -> Axes:
    return cell.framework, cell.subject, cell.dtype, cell.mode, cell.quantity


def _told(causes: Sequence[Cause], findings: Iterable[Finding]) -> set[tuple[str, str, str, str, str]]:
    exact = {(one.cause, one.framework, one.subject, one.dtype, one.mode) for one in findings if one.cause}
    if exact:
        return exact
    return {
        (one.id, one.framework, subject, dtype, mode)
        for one in causes
        for subject in one.breaks.subjects
        for dtype in one.breaks.dtypes
        for mode in one.breaks.modes
    }


def _verdict(
    cells: Sequence[Cell],
    framework: str,
    version: str,
    subject: str,
    dtype: str,
    mode: str,
    ids: list[str],
    known: Mapping[Axes, Range],
) -> Verdict:
    order = sorted(cells, key=lambda cell: QUANTITIES.index(cell.quantity))
    failed = [cell for cell in order if cell.status != "scored"]
    scored = [cell for cell in order if cell.status == "scored"]
    said = [f"{_named([cell])} {_status(cell)}." for cell in failed]
    safe: Literal["everywhere", "inside", "nowhere", "unknown"]
    low = high = None
    if any(cell.curve is None for cell in scored):
        # Events of several coordinates have no interval.
        safe, text = _of_events(scored, dtype)
        said.insert(0, text)
        variable = "x"
    else:
        ranges = {cell.quantity: known[_axes(cell)] for cell in scored}
        variable = "y" if any(one.variable == "y" and not one.whole for one in ranges.values()) else "x"
        safe, texts = _sentences(scored, ranges, dtype)
        said = [*texts, *said]
        held = [one for one in ranges.values() if not one.broken and not one.apart and one.variable == variable]
        if safe == "inside" and held:
            low, high = (_side(side) for side in _tightest(held))
        said += [text for cell in scored if (text := relative_loss(cell, NAMES.get(cell.quantity, cell.quantity)))]
    if failed and safe == "everywhere":
        safe = "unknown"
    return Verdict(
        framework=framework,
        version=version,
        subject=subject,
        dtype=dtype,
        mode=mode,
        variable=variable,
        safe=safe,
        low=low,
        high=high,
        text=" ".join(said),
        causes=ids,
        remedies=[],
    )


def _range(cell: Cell, fmt: Format, oracle: Truths) -> Range:
    """The safe range of a cell in x, or in its own variable where the map has no inverse to speak of."""
    transform = _transform(cell.subject)
    of_y = variable(cell.quantity) == "y" and transform is not None
    found = cell.safe_range
    whole = ((-math.inf, ""), (math.inf, ""))
    if not cell.failures:
        return Range(*whole, variable="x")
    if found is None:
        return _without_interval(cell)
    low, high = float(found.low), float(found.high)
    if bound(low, 1) == bound(high, -1) or low >= high:
        # A point is no range.
        return _without_interval(cell)
    first, last = _ends(cell, of_y)
    ordinary = cell.regions.get("ordinary")
    if ordinary is not None and not ordinary.unusable:
        # The interval stops at a subnormal number in its middle, and the ordinary inputs beyond are right again.
        for value, end in ((low, first), (high, last)):
            if abs(value) < fmt.min_normal and abs(end) > fmt.min_normal:
                return _without_interval(cell)
    sides = [
        (-math.inf if _reaches(low, first, False, fmt) else low, ""),
        (math.inf if _reaches(high, last, True, fmt) else high, ""),
    ]
    if not of_y:
        return Range(sides[0], sides[1], "x")
    assert transform is not None
    edges = [
        edge_of(transform, fmt, y, at == 1, oracle) if math.isfinite(y) else None for at, (y, _) in enumerate(sides)
    ]
    if any(edge is None and math.isfinite(side[0]) for edge, side in zip(edges, sides, strict=True)):
        return Range(sides[0], sides[1], "y")
    carried: list[Side] = [
        side if edge is None else ((-math.inf, math.inf)[at], "") if edge.unlimited else (edge.x, edge.why)
        for at, (edge, side) in enumerate(zip(edges, sides, strict=True))
    ]
    if transform_definition(transform).increasing is False:
        carried = [(-x if math.isinf(x) else x, why) for x, why in reversed(carried)]
    return Range(carried[0], carried[1], "x")


def _without_interval(cell: Cell) -> Range:
    """What there is to say where no interval around the middle is safe: 0 is the middle of many, and there a framework
    that flushes subnormal numbers is off, and right at every ordinary input."""
    bad = {name for name, region in cell.regions.items() if region.unusable and name != "outside"}
    low, high = (-math.inf, ""), (math.inf, "")
    if "ordinary" in bad:
        return Range(low, high, variable="x", broken=True)
    return Range(low, high, variable="x", apart=", ".join(_APART[name] for name in sorted(bad)))


_APART = {
    "near zero": "numbers near zero",
    "subnormal": "subnormal numbers",
    "saturation": "saturated inputs",
    "range end": "the ends of the range",
    "boundary": "inputs next to the boundary",
    "special": "0, the infinities and nan",
}


def _transform(subject: str) -> str | None:
    """The map between x and y; None for a bare distribution, whose y is x."""
    if not is_distribution(subject):
        return subject
    spec = parse(subject)
    return str(spec.parts[1]) if spec.name == "transformed" else None


def _ends(cell: Cell, of_y: bool) -> tuple[float, float]:
    """The ends of the inputs that the quantity takes."""
    if is_distribution(cell.subject):
        definition = distribution_definition(cell.subject)
        if of_y or definition.transform is None or definition.base is None:
            return float(definition.support.lo), float(definition.support.hi)
        return float(definition.base.support.lo), float(definition.base.support.hi)
    transform = transform_definition(cell.subject)
    interval = transform.codomain if of_y else transform.domain
    return float(interval.lo), float(interval.hi)


def _reaches(value: float, end: float, upper: bool, fmt: Format) -> bool:
    """Whether a safe range reaches the end of all inputs: the end itself, or the last finite float."""
    if math.isinf(end):
        return abs(value) >= fmt.max_finite * 0.5 and (value > 0) == upper
    return value >= end if upper else value <= end


def _tightest(ranges: Sequence[Range]) -> tuple[Side, Side]:
    return max((one.low for one in ranges), key=lambda s: s[0]), min((one.high for one in ranges), key=lambda s: s[0])


def _side(side: Side) -> SafeSide | None:
    return None if math.isinf(side[0]) else SafeSide(value=repr(side[0]), value_hex=side[0].hex(), why=side[1])


def _sentences(
    cells: Sequence[Cell], ranges: Mapping[str, Range], dtype: str
) -> tuple[Literal["everywhere", "inside", "nowhere"], list[str]]:
    """What is safe where: one sentence for the quantities of each range, the narrowest first."""
    alike: dict[Range, list[Cell]] = {}
    for cell in cells:
        alike.setdefault(ranges[cell.quantity], []).append(cell)
    inside = [one for one in alike if not one.broken and not one.apart and not one.whole]
    said = []
    for one in inside:
        said.append(f"{_safe(alike[one], alike)} for {_interval(one)}; {_beyond(alike[one])}.")
    for one in (one for one in alike if one.broken):
        said.append(f"{_named(alike[one])} cannot be used even in the middle of the ordinary inputs.")
    for one in (one for one in alike if one.apart):
        said.append(f"{_safe(alike[one], alike)} at all ordinary inputs, but not at {one.apart}.")
    whole = [cell for one in alike if one.whole for cell in alike[one]]
    if whole:
        said.append(f"{_safe(whole, alike)} everywhere.")
    said[0] = said[0].replace(";", f" in {dtype};", 1) if inside else f"{said[0][:-1]} in {dtype}."
    said.append(_tried(cells))
    if inside or len(alike) > 1:
        return "inside", said
    if whole:
        return "everywhere", said
    return ("inside" if any(one.apart for one in alike) else "nowhere"), said


def _safe(cells: Sequence[Cell], alike: Mapping[Range, list[Cell]]) -> str:
    if len(alike) == 1:
        return "Safe"
    return f"{_named(cells)} {'is' if len(cells) == 1 else 'are'} safe"


def _named(cells: Sequence[Cell]) -> str:
    names = [NAMES.get(cell.quantity, cell.quantity) for cell in cells]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _interval(one: Range) -> str:
    """|x| < 9.01 (there tanh(x) rounds to 1), or the two sides with what happens at each."""
    (low, low_why), (high, high_why) = one.low, one.high
    v = one.variable
    low_text, high_text = bound(low, 1), bound(high, -1)
    if math.isinf(low):
        return f"{v} < {high_text}{_in_brackets(high_why)}"
    if math.isinf(high):
        return f"{v} > {low_text}{_in_brackets(low_why)}"
    if low == -high:
        return f"|{v}| < {high_text}{_in_brackets(high_why)}"
    whys = [f"{side}, {why.removeprefix('there ')}" for side, why in (("below", low_why), ("above", high_why)) if why]
    return f"{low_text} < {v} < {high_text}{_in_brackets(', '.join(whys))}"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _tried(cells: Sequence[Cell]) -> str:
    """How far the promise goes: every float, or the inputs that were tried."""
    counts = [cell.points for cell in cells if cell.coverage != "exact maximum"]
    if not counts:
        return "Every float was tried."
    some = "for some of these every float, for the others " if len(counts) < len(cells) else ""
    many = f"{min(counts):,}" if min(counts) == max(counts) else f"{min(counts):,} to {max(counts):,}"
    return f"{MEASURED}{some}{many} inputs were tried, and inside every one of them can be used."


def _beyond(cells: Sequence[Cell]) -> str:
    """What is seen beyond the range: the kinds of failure, most frequent first."""
    kinds: dict[str, int] = {}
    for cell in cells:
        for kind, count in cell.failures.items():
            kinds[kind] = kinds.get(kind, 0) + count
    names = [BEYOND[kind] for kind in sorted(kinds, key=lambda kind: -kinds[kind]) if kind in BEYOND]
    return f"beyond: {' or '.join(names[:2])}" if names else "beyond: not right"


def _status(cell: Cell) -> str:
    words = {"raised": "raises an exception", "crashed": "takes the process down", "timed_out": "does not end"}
    return words.get(cell.status, "is undecided, since the oracle cannot do it")


def _of_events(cells: Sequence[Cell], dtype: str) -> tuple[Literal["everywhere", "inside", "unknown"], str]:
    """Vectors: shares of usable results instead of an interval."""
    parts = []
    fine = True
    for cell in cells:
        total = sum(region.points for name, region in cell.regions.items() if name != "outside")
        bad = sum(region.unusable for name, region in cell.regions.items() if name != "outside")
        fine &= not bad
        if bad:
            ordinary = cell.regions.get("ordinary")
            where = f", {ordinary.unusable:,} of them at ordinary events" if ordinary and ordinary.unusable else ""
            parts.append(f"{_named([cell])}: {bad:,} of {total:,} results cannot be used{where}")
    if fine:
        return "everywhere", f"Right or usable at every tried event in {dtype}."
    return "inside", f"Of the tried events in {dtype}, {'; '.join(parts)}."
