"""The search for compositions that go wrong, one surprise after another, each shrunk to its simplest subject."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from conformance.fuzzing.compositions import compositions
from conformance.fuzzing.examination import Examiner, Signature, Surprise

BATCH = 60
"""Compositions drawn before the clock is looked at and a new surprise may begin."""


@dataclass(frozen=True)
class Budget:
    """When to stop: after so many seconds, or so many examined compositions; None: without that limit."""

    seconds: float | None = None
    examples: int | None = None


def surprises(
    examiner: Examiner,
    budget: Budget,
    seed: int,
    say: Callable[[str], None] = lambda text: None,
) -> Iterator[Surprise]:
    """Every surprise once, by component and family of mechanism, at the simplest subject that shows it.

    The same seed draws the same compositions. Shrinking goes on past the budget, for one surprise at most.
    """
    started, seen = time.monotonic(), set[Signature]()
    round_, drawn = 0, examiner.examined

    def left() -> bool:
        enough = budget.examples is not None and examiner.examined - drawn >= budget.examples
        return not enough and (budget.seconds is None or time.monotonic() - started < budget.seconds)

    while left():
        caught: list[Surprise] = []
        target: list[Signature] = []

        def shows(subject: str, caught: list[Surprise] = caught, target: list[Signature] = target) -> bool:
            if not target and not left():
                return False
            for one in examiner.surprises(subject):
                # The first that comes is the one that is shrunk; what else a simpler subject shows has its own turn.
                if one.signature not in seen and (not target or one.signature == target[0]):
                    if not target:
                        say(f"{one.component}: {one.mechanism} in {subject}; looking for a simpler subject")
                        target.append(one.signature)
                    caught.append(one)
                    return True
            return False

        round_ += 1
        try:
            _find(shows, seed * 1_000_003 + round_)
        except NoSuchExample:
            say(f"{examiner.examined - drawn} compositions, {time.monotonic() - started:.0f} s: nothing new")
            continue
        best = min(caught, key=lambda one: (len(one.subject), one.subject))
        seen.add(best.signature)
        yield best


def _find(shows: Callable[[str], bool], seed: int) -> str:
    return find(
        compositions(),
        shows,
        random=random.Random(seed),
        settings=settings(
            max_examples=BATCH,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
