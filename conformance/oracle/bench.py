"""How fast the oracle is, as ratios against a plain mpmath loop at 50 digits, all in one run.

``ci/bench`` runs it. The machine's speed drifts, so the ways take turns; medians are printed, and ratios of medians.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from mpmath import mp
from numpy.typing import NDArray

from conformance.floats.formats import FORMATS, Format
from conformance.oracle import vector_bench
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise_tier import PiecewiseTier
from conformance.oracle.points import scalar_point
from conformance.oracle.scalar_truth import ScalarTruth
from conformance.oracle.ziv import precision_cap

DIGITS = 50
PLAIN: dict[str, Callable[[Any], Any]] = {
    # With the digits to spare that cancellation wants; nothing here certifies anything.
    "tanh": lambda x: mp.log(mp.sech(x) ** 2),
    "sigmoid": lambda x: -mp.log1p(mp.exp(-x)) - mp.log1p(mp.exp(x)),
    "softplus": lambda x: -mp.log1p(mp.exp(-x)),
}


def mpmath_loop(subject: str, x: NDArray[Any]) -> None:
    """log|f'| at each point, one after the other, at 50 digits."""
    formula = PLAIN[subject]
    with mp.workdps(DIGITS):
        for value in x:
            formula(mp.mpf(float(value)))


def arb_loop(subject: str, x: NDArray[Any], fmt: Format) -> None:
    """The certified enclosure of log|f'| at each point, by ball arithmetic with rising precision."""
    truth, cap = ScalarTruth(subject, "fldj"), precision_cap(fmt)
    for value in x:
        scalar_point(truth, float(value), fmt, cap)


def measure(subject: str, repeats: int, seed: int) -> list[tuple[str, float, int]]:
    """(way, median points per second, points) for one subject, ways taking turns ``repeats`` times."""
    generator = np.random.default_rng(seed)
    single, double = FORMATS["float32"], FORMATS["float64"]
    few = generator.uniform(-8.0, 8.0, 4000)
    many = generator.uniform(-8.0, 8.0, 2_000_000).astype(np.float32)
    oracle = Oracle()
    tier = PiecewiseTier(subject, "fldj", single)
    tier.enclose(many)  # The table is built once for all time.
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        f"mpmath, {DIGITS} digits": (len(few), lambda: mpmath_loop(subject, few)),
        "Arb per point, float32": (len(few), lambda: arb_loop(subject, few.astype(np.float32), single)),
        "Arb per point, float64": (len(few), lambda: arb_loop(subject, few, double)),
        "piecewise alone, float32": (len(many), lambda: tier.enclose(many)),
        "oracle, float32": (len(many), lambda: oracle.truth(subject, "fldj", many, single)),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, (count, run) in ways.items():
            started = time.perf_counter()
            run()
            rates[name].append(count / (time.perf_counter() - started))
    return [(name, statistics.median(found), ways[name][0]) for name, found in rates.items()]


def main() -> int:
    """Print the table; 0."""
    known = [*PLAIN, *vector_bench.EVENTS]
    parser = argparse.ArgumentParser(prog="ci/bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", default=known, help=f"of: {', '.join(known)}")
    parser.add_argument("--repeats", type=int, default=5, help="turns; medians are printed (default %(default)s)")
    options = parser.parse_args()
    for subject in options.subjects:
        if subject not in known:
            parser.error(f"unknown subject {subject!r}; valid: {', '.join(known)}")
    print(f"{'log-det of':<12}{'way':<28}{'points/s':>14}{'ratio':>10}")
    for subject in [each for each in options.subjects if each in PLAIN]:
        rows = measure(subject, max(1, options.repeats), seed=1)
        base = rows[0][1]
        for name, rate, _ in rows:
            print(f"{subject:<12}{name:<28}{rate:>14,.0f}{rate / base:>10,.1f}")
    vector_bench.main([each for each in options.subjects if each in vector_bench.EVENTS], max(1, options.repeats))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
