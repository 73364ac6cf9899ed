"""How fast a sweep's oracle and scoring are, as ratios against a plain mpmath loop at 50 digits, all in one run.

``ci/bench sweep`` runs it, on one core. Blocks are drawn at random from all 2**32 inputs, so every kind of stretch has
its share; what the plain loop computes is the value alone, at a few of the same inputs. "oracle and scoring" is all of
the certified truth, distance, verdict and tally; the general path is the one without a compiler. Where a framework's
environment is installed, the last line is that framework's part of the same blocks, transport included.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from conformance.benchmarks.oracle import CASES, DIGITS, Case, mpmath_loop
from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing
from conformance.execution.home import home
from conformance.execution.request import Reply, Request
from conformance.floats.formats import FORMATS
from conformance.sweeps.blocks import Block, block_at, block_count
from conformance.sweeps.scorer import Scorer

_SINGLE = FORMATS["float32"]
_BLOCKS = 24
_POINTS = 2000
_GENERAL = 1 << 16


class Nobody:
    """The scorer's framework: it is never asked here."""

    def evaluate(self, request: Request) -> Reply:
        raise NotImplementedError


def measure(case: Case, framework: str, repeats: int, seed: int) -> list[tuple[str, float]]:
    """(way, median of inputs per second), ways taking turns ``repeats`` times."""
    generator = np.random.default_rng(seed)
    chosen = generator.choice(block_count(_SINGLE), _BLOCKS, replace=False)
    blocks = [block_at(int(index), _SINGLE) for index in chosen]
    scorers = {
        way: Scorer(Nobody(), case.subject, case.quantity, _SINGLE, "eager", False, None, way) for way in (True, False)
    }
    environment = existing(framework, home() / "environments")
    with FrameworkClient(environment, framework) as client:
        replies = [_reply(case, block, client if environment.python is not None else None) for block in blocks]
        some = np.concatenate([_finite(block)[:: max(1, block.count * _BLOCKS // _POINTS)] for block in blocks])

        def loop() -> int:
            mpmath_loop(case, some)
            return len(some)

        def swept() -> int:
            for block, reply in zip(blocks, replies, strict=True):
                scorers[True].score(block, reply)
            return sum(block.count for block in blocks)

        def general() -> int:
            for block, reply in zip(blocks[:4], replies, strict=False):
                part = Block(block.first, _GENERAL)
                assert reply.values is not None
                scorers[False].score(part, Reply("ok", reply.values[:_GENERAL]))
            return 4 * _GENERAL

        def asked() -> int:
            for block in blocks:
                _reply(case, block, client)
            return sum(block.count for block in blocks)

        ways: dict[str, Callable[[], int]] = {
            f"mpmath, {DIGITS} digits": loop,
            "oracle and scoring": swept if scorers[True].compiled else general,
            "the general path": general,
        }
        if environment.python is not None:
            ways[f"{framework}, for comparison"] = asked
        rates: dict[str, list[float]] = {name: [] for name in ways}
        with np.errstate(invalid="ignore"):
            for turn in range(repeats + 1):
                for name, run in ways.items():
                    started = time.perf_counter()
                    count = run()
                    if turn:  # In the first turn kernels are compiled.
                        rates[name].append(count / (time.perf_counter() - started))
    return [(name, statistics.median(found)) for name, found in rates.items()]


def _finite(block: Block) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        wide = block.values(_SINGLE).astype(np.float64)
    return wide[np.isfinite(wide) & (np.abs(wide) < 1e4)]


def _reply(case: Case, block: Block, client: FrameworkClient | None) -> Reply:
    if client is None:
        return Reply("ok", np.zeros(block.count, np.float32))
    values = block.values(_SINGLE)
    return client.evaluate(Request(case.subject, case.quantity, "float32", "eager", values, first=block.first))


def main() -> int:
    """Print the table; 0."""
    parser = argparse.ArgumentParser(prog="ci/bench sweep", description=__doc__)
    parser.add_argument("subjects", nargs="*", default=["tanh", "exp"], help=f"of: {', '.join(CASES)}")
    parser.add_argument("--framework", default="torch", help="whose answers are scored (default %(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="turns; medians are printed (default %(default)s)")
    options = parser.parse_args()
    print(f"{'quantity':<24}{'way':<26}{'inputs/s':>13}{'ratio':>9}")
    for subject in options.subjects:
        if subject not in CASES:
            parser.error(f"unknown subject {subject!r}; valid: {', '.join(CASES)}")
        case = CASES[subject]
        rows = measure(case, options.framework, max(1, options.repeats), seed=1)
        for name, rate in rows:
            print(f"{subject + ' ' + case.quantity:<24}{name:<26}{rate:>13,.0f}{rate / rows[0][1]:>9,.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
