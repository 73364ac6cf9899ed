"""What a search found, as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.judging.confirm import shortened
from conformance.scoring.failures import ACCUSES_NOBODY
from conformance.search.document import Document
from conformance.search.pick import LARGEST_EXCESS

MOST_THRESHOLDS = 8


def text_of(document: Document) -> str:
    """The whole document; of several variants all by name, the three with the most excess bits in full."""
    parts = sorted(document["subjects"], key=lambda part: (-_bits(part), -_failing(part)))
    who = f"{document['framework']} {document['version']} {document['mode']} {document['dtype']}"
    lines: list[str] = []
    if len(parts) > 1:
        lines += [f"{who}: {len(parts)} variants, the worst first", ""]
        lines += ["  excess bits  failing  of points  variant"]
        lines += [
            f"  {_bits(part):>11.1f}  {_failing(part):>7}  {part['points']:>9}  {part['subject']}" for part in parts
        ]
        lines.append("")
        parts = parts[:3]
    for part in parts:
        lines += [*_part(part, who, document["seed"]), ""]
    return "\n".join(lines).rstrip()


def _bits(part: Document) -> float:
    """The most excess bits among results that are numbers."""
    return max((float(one["excess_bits"]) for one in part["worst"] if LARGEST_EXCESS in one["why"]), default=0.0)


def _failing(part: Document) -> int:
    fine = tuple(one.label for one in ACCUSES_NOBODY)
    return sum(count for label, count in part["failures"].items() if label not in fine)


def _part(part: Document, who: str, seed: int) -> Iterator[str]:
    yield f"{part['quantity']} of {part['subject']} in {who}"
    yield (
        f"  {part['points']} points in {part['seconds']:g} s and {part['rounds']} rounds, seed {seed}, ended by "
        f"{part['ended']}: {part['coverage']}"
    )
    yield "  " + ", ".join(f"{count} {label}" for label, count in part["failures"].items())
    if "random" in part:
        chance = part["random"]
        kinds = ", ".join(chance["kinds"]) or "none"
        yield (
            f"  {chance['points']} random points: worst {_short(chance['worst_ulp'])} ulp, "
            f"{_short(chance['excess_bits'])} excess bits, kinds of failure: {kinds}"
        )
    if not part["worst"]:
        yield "  no error was seen"
    for number, one in enumerate(part["worst"]):
        yield ""
        yield from _worst(one, with_code=number == 0)
    if part["thresholds"]:
        yield ""
        yield "  neighbouring floats between which the error jumps"
        for pair in part["thresholds"][:MOST_THRESHOLDS]:
            yield from _pair(pair)


def _worst(one: Document, with_code: bool) -> Iterator[str]:
    why = [*one["why"], *[one["kind"]] * (one["kind"] not in one["why"])]
    yield f"  {'; '.join(why)} ({one['region']})"
    yield f"    input   {one['input']}  {one['input_hex']}"
    yield f"    got     {one['got']}  {one['got_hex']}"
    if "exact" in one:
        yield f"    exact   {one['exact']}"
    nats = "" if one["nats"] is None else f", {_short(one['nats'])} nats"
    yield f"    error   {_short(one['ulp'])} ulp{nats}, {_short(one['excess_bits'])} bits beyond conditioning"
    if one["gone"]:
        yield "    seen among other inputs; not when asked without them: the result depends on its neighbours"
    if one["confirmed"] is None:
        yield "    not explained: interrupted"
        return
    if one["confirmed"]:
        yield f"    confirmed by {one['confirmed_by']}"
    else:
        yield f"    NOT confirmed: {shortened(str(one['confirmed_by']), 30)}"
    script = one["reproduction"]
    verdict = "shows it" if script["confirmed"] else "does not show it"
    yield f"    the framework's own script {verdict}: {script['printed']}"
    if with_code:
        yield from ("      " + line for line in script["code"].rstrip().splitlines())


def _pair(pair: Document) -> Iterator[str]:
    near = f", and {pair['others_near']} lower jumps close by" if pair["others_near"] else ""
    yield f"    by {pair['bits']:.1f} bits, worse {pair['worse']}{near}"
    for name in ("below", "above"):
        side = pair[name]
        yield f"      {side['input']:<24} {side['input_hex']:<24} {_short(side['ulp'])} ulp, {side['kind']}"


def _short(number: Any) -> str:
    return number if isinstance(number, str) else "none" if number is None else f"{number:.4g}"
