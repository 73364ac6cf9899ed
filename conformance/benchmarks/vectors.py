"""How fast truth about vectors is, against a plain mpmath loop at 50 digits: the vector rows of ``ci/bench``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from mpmath import mp
from numpy.typing import NDArray

from conformance.definitions.spaces.triangular import triangle_size
from conformance.floats.formats import FORMATS
from conformance.oracle.bulk.tier import enclose
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.blocks import block_truth

DIGITS = 50
EVENTS = {"stick_breaking": 10, "corr_cholesky": 45}
"""Ten sticks; the 45 entries below the diagonal of a 10 x 10 matrix."""
QUANTITIES = ("fldj", "forward")


def stick_breaking_log_det(x: Sequence[Any]) -> Any:
    """The sum of the logarithms of all n + 1 weights."""
    n, total = len(x), mp.zero
    for i, value in enumerate(x):
        shifted = value - mp.log(n - i)
        total -= mp.log1p(mp.exp(-shifted)) + (n - i) * mp.log1p(mp.exp(shifted))
    return total


def stick_breaking(x: Sequence[Any]) -> list[Any]:
    """The weights."""
    n, rest, weights = len(x), mp.one, []
    for i, value in enumerate(x):
        share = 1 / (1 + mp.exp(mp.log(n - i) - value))
        weights.append(rest * share)
        rest *= 1 - share
    return [*weights, rest]


def corr_cholesky_log_det(x: Sequence[Any]) -> Any:
    """sech(x_ij) once for every entry of its row from j on, and once more for tanh's own slope."""
    entries, total = iter(x), mp.zero
    for i in range(1, triangle_size(len(x), -1)):
        for j in range(i):
            total += (i - j + 1) * mp.log(mp.sech(next(entries)))
    return total


def corr_cholesky(x: Sequence[Any]) -> list[Any]:
    """The entries of the factor in C order, by what each row leaves of 1."""
    n = triangle_size(len(x), -1)
    entries = iter(x)
    factor: list[Any] = []
    for i in range(n):
        rest, row = mp.mpf(1), []
        for _ in range(i):
            row.append(mp.tanh(next(entries)) * mp.sqrt(rest))
            rest -= row[-1] * row[-1]
        factor += [*row, mp.sqrt(rest), *[mp.mpf(0)] * (n - 1 - i)]
    return factor


PLAIN: dict[tuple[str, str], Callable[[Sequence[Any]], Any]] = {
    ("stick_breaking", "fldj"): stick_breaking_log_det,
    ("stick_breaking", "forward"): stick_breaking,
    ("corr_cholesky", "fldj"): corr_cholesky_log_det,
    ("corr_cholesky", "forward"): corr_cholesky,
}


def mpmath_loop(subject: str, quantity: str, x: NDArray[Any]) -> list[Any]:
    """The quantity at each event, one after the other, at 50 digits."""
    formula = PLAIN[subject, quantity]
    with mp.workdps(DIGITS):
        return [formula([mp.mpf(value) for value in row]) for row in x.astype(np.float64).tolist()]


def measure(subject: str, quantity: str, repeats: int, seed: int) -> list[tuple[str, float, int]]:
    """(way, median events per second, events) for float32, ways taking turns ``repeats`` times."""
    generator = np.random.default_rng(seed)
    single, event = FORMATS["float32"], EVENTS[subject]
    many = generator.normal(size=(32768, event)).astype(np.float32)
    few = many[: 2000 // event]
    oracle = Oracle()
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        f"mpmath, {DIGITS} digits": (len(few), lambda: mpmath_loop(subject, quantity, few)),
        "Arb per event, float32": (len(few) // 4, lambda: block_truth(subject, quantity, few[: len(few) // 4], single)),
        "float64 balls, float32": (len(many), lambda: enclose(subject, quantity, many, single)),
        "oracle, float32": (len(many), lambda: oracle.truth(subject, quantity, many, single)),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, (count, run) in ways.items():
            started = time.perf_counter()
            run()
            rates[name].append(count / (time.perf_counter() - started))
    return [(name, statistics.median(found), ways[name][0]) for name, found in rates.items()]


def main(subjects: Sequence[str], repeats: int) -> None:
    """Print the rows of these vector subjects."""
    for subject in subjects:
        for quantity in QUANTITIES:
            rows = measure(subject, quantity, repeats, seed=1)
            print(f"\n{subject} {quantity}, events of {EVENTS[subject]} coordinates")
            for name, rate, _ in rows:
                print(f"{'':<12}{name:<28}{rate:>14,.0f}{rate / rows[0][1]:>10,.1f}")
