"""How fast a sweep's oracle and scoring are for every scalar function of the catalogue: ``ci/bench catalogue``.

Float32, one process, one core. Of each function some blocks of 2**20 floats are scored that are drawn at random from
the whole line, and as many around inputs drawn evenly from the ordinary interval, where the zeros of log-dets lie. The
answers are the truth rounded to the format, as good ones are; where no polynomial covers an input, the reference's.
"oracle and scoring" is all of the certified truth, distance, verdict and tally. The plain alternative in the same run
is the path without a compiler, which gives the same verdicts, on the first 2**16 floats of the ordinary blocks;
``--plain N`` times mpmath's second opinion too, at N ordinary inputs, which scores nothing. Polynomials are built
before anything is timed, and kept; processor time, since a busy machine changes it less than wall time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.benchmarks.oracle import DIGITS
from conformance.benchmarks.sweeps import Nobody
from conformance.comparison.plan import names_in
from conformance.definitions.registry import functions_of, is_distribution
from conformance.execution.home import home
from conformance.execution.request import Reply
from conformance.floats.enclosures import Kind
from conformance.floats.formats import FORMATS
from conformance.laws.attainable import reference_answers
from conformance.oracle.opinion.mp_numbers import CannotCompute
from conformance.oracle.opinion.second_opinion import Opinion
from conformance.oracle.piecewise.eval import enclose
from conformance.oracle.piecewise.table import EXPONENT_BIAS, FIRST_BLOCK, Table
from conformance.sweeps.blocks import BLOCK_BITS, Block, block_at, block_count, size_ordinal
from conformance.sweeps.chapters import tables_dir
from conformance.sweeps.request import scalar_subjects
from conformance.sweeps.scorer import Scorer

SINGLE = FORMATS["float32"]
LEAST = 50.0
"""Millions of inputs a second and core: 100 million on two."""
MOST_LEFT = 1 << 20
"""Floats of a line that may go one by one: they take a minute or two of a sweep."""
_GENERAL = 1 << 16


@dataclass(frozen=True)
class Speed:
    """Inputs a second: ``line`` over the whole line, ``ordinary`` around ordinary inputs, ``general`` there without a
    compiler, ``plain`` by mpmath (0 where it was not timed, or has no way). ``left``: how many floats of the whole line
    no polynomial covers, which go one by one, by balls, at some thousands a second."""

    line: float
    ordinary: float
    general: float
    plain: float
    left: int


def measure(subject: str, quantity: str, blocks: int, plain: int, seed: int, tables: Path | None) -> Speed:
    """The speeds of one function."""
    scorer = Scorer(Nobody(), subject, quantity, SINGLE, "eager", False, tables)
    slow = Scorer(Nobody(), subject, quantity, SINGLE, "eager", False, tables, compiled=False)
    generator = np.random.default_rng(seed)
    anywhere = generator.choice(block_count(SINGLE), blocks, replace=False).tolist()
    inputs = generator.uniform(scorer.frame.ordinary_low, scorer.frame.ordinary_high, max(blocks, plain))
    inputs = inputs.astype(np.float32)
    near = (inputs[:blocks].view(np.uint32) >> BLOCK_BITS).tolist()
    rates = []
    asked: list[tuple[Block, Reply]] = []
    for places in (anywhere, near):
        asked = [(block, answer(scorer, block)) for block in (block_at(int(at), SINGLE) for at in places)]
        scorer.score(*asked[0])  # Kernels are compiled, and what a case needs is worked out.
        rates.append(_inputs_per_second(scorer, asked))
    parts = [(Block(block.first, _GENERAL), _first_of(reply)) for block, reply in asked]
    slow.score(*parts[0])
    line, ordinary = rates
    general, by_mpmath = _inputs_per_second(slow, parts), _by_mpmath(subject, quantity, inputs[:plain])
    return Speed(line, ordinary, general, by_mpmath, left_to_balls(scorer.truth.table))


def left_to_balls(table: Table) -> int:
    """How many finite floats other than 0 no piece of ``table``, all of whose binades are built, covers."""

    def below(bits: int) -> int:
        return size_ordinal(float(np.int64(bits).view(np.float64)), SINGLE)

    def left(entry: int, first: int, shift: int) -> int:
        if entry >= 0:
            return 0
        if entry > FIRST_BLOCK:
            return below(first + (1 << shift)) - below(first)
        children = table.blocks[FIRST_BLOCK - entry].tolist()
        return sum(left(child, first + (at << (shift - 4)), shift - 4) for at, child in enumerate(children))

    low, high = (end + EXPONENT_BIAS for end in table.line.exponents)
    keys = [side + key for side in (0, 2048) for key in range(low, high + 1)]
    return sum(left(int(table.root[key]), (key & 2047) << 52, 52) for key in keys)


def answer(scorer: Scorer, block: Block) -> Reply:
    """The truth at the block, rounded to the format; the reference's answer where no polynomial gives it."""
    values = block.values(SINGLE)
    truth = enclose(scorer.truth.table, values.astype(np.float64))
    got = np.ldexp(truth.hi, np.clip(truth.exponent, -2200, 2200).astype(np.int32)).astype(np.float32)
    for kind, limit in ((Kind.POS_INF, np.inf), (Kind.NEG_INF, -np.inf), (Kind.OUTSIDE, np.nan)):
        got[truth.kind == kind] = limit
    rest = np.flatnonzero(truth.kind == Kind.UNDECIDED)
    if len(rest):
        known = reference_answers(scorer.case.subject, scorer.quantity, values[rest], SINGLE)
        got[rest] = np.nan if known is None else known
    return Reply("ok", got)


def _first_of(reply: Reply) -> Reply:
    assert reply.values is not None
    return Reply("ok", reply.values[:_GENERAL])


def _inputs_per_second(scorer: Scorer, asked: Sequence[tuple[Block, Reply]]) -> float:
    began = time.process_time()
    for block, reply in asked:
        scorer.score(block, reply)
    return sum(block.count for block, _ in asked) / (time.process_time() - began)


def _by_mpmath(subject: str, quantity: str, inputs: NDArray[Any]) -> float:
    began, done = time.process_time(), 0
    for x in inputs.astype(np.float64).tolist():
        try:
            Opinion(subject, quantity, [x], DIGITS).values()
        except (CannotCompute, ArithmeticError, ValueError, TypeError):
            continue
        done += 1
    return done / (time.process_time() - began) if done else 0.0


def chosen(which: Sequence[str], quantities: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(subject, quantity) of the catalogue: ``which`` are "maps", "laws" or subjects; no quantities are all."""
    for subject in scalar_subjects():
        if subject in which or ("laws" if is_distribution(subject) else "maps") in which:
            for quantity in functions_of(subject):
                if not quantities or quantity in quantities:
                    yield subject, quantity


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and a line about all of it; 1 where a line is slower than asked or goes by balls, else 0.

    SystemExit of 2, with one line on standard error, for what makes no sense.
    """
    parser = argparse.ArgumentParser(prog="ci/bench catalogue", description=__doc__)
    parser.add_argument("which", nargs="*", default=["maps", "laws"], help="maps, laws, or subjects of the catalogue")
    parser.add_argument("--quantity", action="append", default=[], metavar="NAME[,NAME]", help="these alone")
    parser.add_argument("--blocks", type=int, default=4, help="of either kind, of 2**20 floats (default %(default)s)")
    parser.add_argument("--plain", type=int, default=0, metavar="N", help="time mpmath too, at N inputs of each")
    parser.add_argument(
        "--least",
        type=float,
        default=LEAST,
        help="what is slower over the whole line is named (default %(default)g M/s)",
    )
    given = parser.parse_args(arguments)
    quantities = names_in(given.quantity)
    wrong = mistake(given.which, quantities, given.blocks)
    cells = [] if wrong else list(chosen(given.which, quantities))
    if not cells:
        parser.exit(2, f"{parser.prog}: {wrong or 'nothing of the catalogue is chosen'}\n")
    print(f"{'M inputs/s: line':>16}{'ordinary':>10}{'/ general':>11}{'/ mpmath':>14}{'by balls':>15}  function")
    rates, ratios, below = [], [], []
    with np.errstate(invalid="ignore", over="ignore"):
        for subject, quantity in cells:
            speed = measure(subject, quantity, given.blocks, max(0, given.plain), 1, tables_dir(home()))
            rates.append(speed.line / 1e6)
            ratios.append(speed.ordinary / speed.general)
            plain = f"{speed.ordinary / speed.plain:,.0f}" if speed.plain else "-"
            name = f"{quantity} of {subject}"
            row = f"{rates[-1]:>16,.0f}{speed.ordinary / 1e6:>10,.0f}{ratios[-1]:>11,.0f}{plain:>14}"
            row += f"{speed.left:>15,}  {name}"
            print(row, flush=True)
            below += [row] if speed.line < given.least * 1e6 or speed.left > MOST_LEFT else []
    print(
        f"\n{len(cells)} functions: median {median(rates):,.0f} M inputs/s over the whole line, "
        f"least {min(rates):,.0f}; {median(ratios):,.0f} times the general path (median)"
    )
    print(
        f"{len(below)} below {given.least:g} M inputs/s, or with more than {MOST_LEFT:,} floats by balls"
        + "".join(f"\n{row}" for row in below)
    )
    return 1 if below else 0


def mistake(which: Sequence[str], quantities: Sequence[str], blocks: int) -> str:
    """The first thing that makes no sense, on one line; "" where all does."""
    every = block_count(SINGLE)
    if not 1 <= blocks <= every:
        return f"--blocks {blocks}: from 1 to {every}, which are all of {SINGLE.name}"
    subjects = scalar_subjects()
    offered = {quantity for subject in subjects for quantity in functions_of(subject)}
    for names, known in ((which, {"maps", "laws", *subjects}), (quantities, offered)):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                return f"nothing is called {name!r} here" + (f" (did you mean {near[0]}?)" if near else "")
    return ""


if __name__ == "__main__":
    raise SystemExit(main())
