"""How fast the oracle is, as ratios against a plain mpmath loop at 50 digits, all in one run.

``ci/bench`` runs it. The machine's speed drifts, so the ways take turns; medians are printed, and ratios of medians.
All points of a request count, also those that the polynomials leave to Arb; the last column says which share they
answer. A "first request" builds its table, which any later one finds in memory or on disk.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from mpmath import mp
from numpy.typing import NDArray

from conformance.benchmarks import vectors as vector_bench
from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import FORMATS, Format
from conformance.floats.ordinals import from_ordinal, to_ordinal
from conformance.oracle.oracle import Oracle
from conformance.oracle.piecewise.tier import PiecewiseTier
from conformance.oracle.pointwise.points import scalar_point
from conformance.oracle.pointwise.scalar_truth import ScalarTruth
from conformance.oracle.pointwise.shared import forget
from conformance.oracle.pointwise.ziv import precision_cap
from conformance.oracle.tiers import TIER_PIECEWISE

DIGITS = 50


@dataclass(frozen=True)
class Case:
    """A quantity of a subject from ``low`` to ``high``, and a plain formula for it at one point.

    The formula has the digits to spare that cancellation wants there; nothing about it certifies anything.
    """

    subject: str
    quantity: str
    low: float
    high: float
    formula: Callable[[Any], Any]


@cache
def _constant(of: str) -> Any:
    """A normal's or Student's constant, worked out once as a plain loop would."""
    if of == "normal":
        return -mp.log(2 * mp.pi) / 2 - mp.log(mp.mpf(1.5))
    return mp.loggamma(2.5) - mp.loggamma(2) - mp.log(4 * mp.pi) / 2 - mp.log(mp.mpf(1.5))


def _student(x: Any) -> Any:
    return _constant("student") - mp.mpf(2.5) * mp.log1p(((x - 0.25) / 1.5) ** 2 / 4)


def _tanh_normal(y: Any) -> Any:
    z = (mp.atanh(y) - 0.25) / 1.5
    return _constant("normal") - z * z / 2 - mp.log1p(-y * y)


def _gumbel_cdf_slope(x: Any) -> Any:
    z = (x - 0.5) / 2
    return -z - mp.exp(-z) - mp.log(2)


CASES: dict[str, Case] = {
    "tanh": Case("tanh", "fldj", -8.0, 8.0, lambda x: mp.log(mp.sech(x) ** 2)),
    "sigmoid": Case("sigmoid", "fldj", -8.0, 8.0, lambda x: -mp.log1p(mp.exp(-x)) - mp.log1p(mp.exp(x))),
    "softplus": Case("softplus", "fldj", -8.0, 8.0, lambda x: -mp.log1p(mp.exp(-x))),
    "exp": Case("exp", "forward", -8.0, 8.0, mp.exp),
    "normal_cdf": Case("normal_cdf", "forward", -8.0, 8.0, lambda x: mp.erfc(-x / mp.sqrt(2)) / 2),
    "gumbel_cdf": Case("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", -8.0, 8.0, _gumbel_cdf_slope),
    "student_t": Case("student_t(df=4.0,loc=0.25,scale=1.5)", "log_prob", -8.0, 8.0, _student),
    "tanh_normal": Case("transformed(normal(loc=0.25,scale=1.5),tanh)", "log_prob", -1.0, 1.0, _tanh_normal),
}
WIDTH = 300_000
"""Points of one float64 cloud: spread evenly over the interval, or one beside the other."""


def mpmath_loop(case: Case, x: NDArray[Any]) -> None:
    """The plain formula at each point, one after the other, at 50 digits."""
    with mp.workdps(DIGITS):
        for value in x:
            case.formula(mp.mpf(float(value)))


def arb_loop(case: Case, x: NDArray[Any], fmt: Format) -> None:
    """The certified enclosure at each point, by ball arithmetic with rising precision."""
    forget()
    truth, cap = ScalarTruth(case.subject, case.quantity), precision_cap(fmt)
    for value in x:
        scalar_point(truth, float(value), fmt, cap)


@dataclass(frozen=True)
class Row:
    """One way: the median of its points per second, and the share of points that polynomials answered (or nan)."""

    way: str
    rate: float
    covered: float


def measure(case: Case, repeats: int, seed: int) -> list[Row]:
    """Every way for one case, taking turns ``repeats`` times, on one core."""
    generator = np.random.default_rng(seed)
    single, double = FORMATS["float32"], FORMATS["float64"]
    few = generator.uniform(case.low, case.high, 2000)
    many = generator.uniform(case.low, case.high, 2_000_000).astype(np.float32)
    many = many[np.abs(many) < case.high]
    cloud = generator.uniform(case.low, case.high, WIDTH)
    first = int(to_ordinal(np.array([case.high * 0.3]), double)[0])
    dense = from_ordinal(np.arange(first, first + WIDTH), double)
    oracle, tiers = Oracle(), {fmt.name: PiecewiseTier(case.subject, case.quantity, fmt) for fmt in (single, double)}

    def ask(who: Oracle, x: NDArray[Any], fmt: Format) -> Enclosures:
        forget()
        return who.truth(case.subject, case.quantity, x, fmt)

    ways: dict[str, tuple[int, Callable[[], object]]] = {
        f"mpmath, {DIGITS} digits": (len(few), lambda: mpmath_loop(case, few)),
        "Arb per point, float32": (len(few), lambda: arb_loop(case, few.astype(np.float32), single)),
        "Arb per point, float64": (len(few), lambda: arb_loop(case, few, double)),
        "piecewise alone, float32": (len(many), lambda: tiers["float32"].enclose(many)),
        "oracle, float32": (len(many), lambda: ask(oracle, many, single)),
        "piecewise alone, float64": (WIDTH, lambda: tiers["float64"].enclose(cloud)),
        "oracle, float64": (WIDTH, lambda: ask(oracle, cloud, double)),
        "the same, first request": (WIDTH, lambda: ask(Oracle(), cloud, double)),
        "oracle, float64, dense": (WIDTH, lambda: ask(oracle, dense, double)),
        "dense, first request": (WIDTH, lambda: ask(Oracle(), dense, double)),
    }
    covered: dict[str, float] = {}
    for name, (_, run) in ways.items():  # Tables are built once for all time, and kernels compiled.
        found = run()
        covered[name] = float((found.tier == TIER_PIECEWISE).mean()) if isinstance(found, Enclosures) else float("nan")
        if name.startswith("piecewise") and isinstance(found, Enclosures):
            covered[name] = float((found.kind != Kind.UNDECIDED).mean())
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, (count, run) in ways.items():
            started = time.perf_counter()
            run()
            rates[name].append(count / (time.perf_counter() - started))
    return [Row(name, statistics.median(found), covered[name]) for name, found in rates.items()]


def main() -> int:
    """Print the table; 0."""
    known = [*CASES, *vector_bench.EVENTS]
    parser = argparse.ArgumentParser(prog="ci/bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", default=known, help=f"of: {', '.join(known)}")
    parser.add_argument("--repeats", type=int, default=5, help="turns; medians are printed (default %(default)s)")
    options = parser.parse_args()
    for subject in options.subjects:
        if subject not in known:
            parser.error(f"unknown subject {subject!r}; valid: {', '.join(known)}")
    print(f"{'quantity':<24}{'way':<26}{'points/s':>13}{'ratio':>9}{'polynomials':>13}")
    for subject in [each for each in options.subjects if each in CASES]:
        case = CASES[subject]
        rows = measure(case, max(1, options.repeats), seed=1)
        for row in rows:
            share = "" if np.isnan(row.covered) else f"{row.covered:.2%}"
            ratio = row.rate / rows[0].rate
            print(f"{subject + ' ' + case.quantity:<24}{row.way:<26}{row.rate:>13,.0f}{ratio:>9,.1f}{share:>13}")
    vector_bench.main([each for each in options.subjects if each in vector_bench.EVENTS], max(1, options.repeats))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
