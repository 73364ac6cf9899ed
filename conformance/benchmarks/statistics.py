"""How long a certified entropy, mean or variance takes, by law: ``ci/bench statistics``.

The three of a law are worked out one after the other, from nothing and several times, and medians are printed (a
variance rests on the integral of the mean, which is kept, and the moments of weights on the lattice of their entropy),
beside that of mpmath's quadrature of the same
integral, which proves nothing; of a law of events all entries count as one statistic. Processor time of one process: a
busy machine changes it less than wall time.
"""

from __future__ import annotations

import argparse
import statistics
import time

from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, EVENT_LAW_SUBJECTS, READY_MADE_SUBJECTS
from conformance.definitions.registry import event_law, is_event_law, statistic_event
from conformance.oracle.opinion.mp_numbers import CannotCompute
from conformance.oracle.opinion.second_opinion import BASE_DIGITS, Opinion
from conformance.oracle.statistics import truth
from conformance.oracle.statistics.entries import entries
from conformance.oracle.statistics.problem import NotProvable

QUANTITIES = ("entropy", "mean", "variance")
SUBJECTS = DISTRIBUTION_SUBJECTS + READY_MADE_SUBJECTS + EVENT_LAW_SUBJECTS


def milliseconds(subject: str, repeats: int) -> list[float | None]:
    """Medians over ``repeats``, one for each of QUANTITIES; None where the statistic is not decided."""
    turns: list[list[float | None]] = []
    for _ in range(repeats):
        truth.forget()
        turns.append([_once(subject, name) for name in QUANTITIES])
    columns = [[each for each in column if each is not None] for column in zip(*turns, strict=True)]
    return [statistics.median(column) if column else None for column in columns]


def _once(subject: str, quantity: str) -> float | None:
    began = time.process_time()
    try:
        if not statistic_event(subject, quantity):
            truth.statistic(subject, quantity)
        elif any(one.reason for one in entries(event_law(subject), quantity, truth.statistic)):
            return None
    except NotProvable:
        return None
    return 1000 * (time.process_time() - began)


def plain_milliseconds(subject: str, quantity: str) -> float | None:
    """mpmath's time for the same, once; None where it has no way, and for laws of events."""
    if is_event_law(subject):
        return None
    began = time.process_time()
    try:
        Opinion(subject, quantity, [0.0], BASE_DIGITS).values()
    except CannotCompute:
        return None
    return 1000 * (time.process_time() - began)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="ci/bench statistics", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="of each (default %(default)s)")
    parser.add_argument("--plain", action="store_true", help="also time mpmath's quadrature, once each: minutes")
    given = parser.parse_args()
    print("| law | " + " | ".join(f"{name}, ms" for name in QUANTITIES) + " |")
    print("|---|" + "---|" * len(QUANTITIES))
    took: dict[str, list[float]] = {name: [] for name in QUANTITIES}
    ratios: list[float] = []
    for subject in SUBJECTS:
        cells = []
        for name, own in zip(QUANTITIES, milliseconds(subject, max(given.repeats, 1)), strict=True):
            if own is None:
                cells.append("undecided")
                continue
            took[name].append(own)
            plain = plain_milliseconds(subject, name) if given.plain else None
            ratios += [plain / own] if plain else []
            cells.append(f"{own:.0f}" + (f" (mpmath {plain:.0f})" if plain else ""))
        print(f"| `{subject}` | " + " | ".join(cells) + " |", flush=True)
    means = [f"{statistics.mean(took[name]):.0f}" for name in QUANTITIES]
    print("| average | " + " | ".join(means) + " |")
    everything = [each for some in took.values() for each in some]
    print(f"\n{len(everything)} statistics, {statistics.mean(everything):.0f} ms each on average")
    if ratios:
        print(f"mpmath's quadrature takes {statistics.median(ratios):.1f} times as long (median)")


if __name__ == "__main__":
    main()
