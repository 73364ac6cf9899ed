"""The search for compositions that go wrong, one surprise after another, each shrunk to its simplest subject."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from conformance.definitions.spaces import Shape
from conformance.fuzzing.compositions import batches, compositions
from conformance.fuzzing.examination import Examiner, Signature, Surprise

Drawn = tuple[str, tuple[Shape, Shape]]
"""A composition, and the batch shapes of inputs and parameters that it is asked in."""

MOST_DRAWN = 20
"""Compositions drawn for each that is to be examined: of a framework that has few of them no more come."""

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
    expected: Callable[[Surprise], bool] = lambda one: False,
) -> Iterator[Surprise]:
    """Every surprise once, by component and family of mechanism, at the simplest subject that shows it.

    The same seed draws the same compositions. Shrinking goes on past the budget, for one surprise at most. expected:
    which are none: they are passed over.
    """
    started, seen = time.monotonic(), set[Signature]()
    round_, drawn, before = 0, examiner.examined, examiner.asked

    def left() -> bool:
        wanted, done = budget.examples, examiner.examined - drawn
        enough = wanted is not None and (done >= wanted or examiner.asked - before >= MOST_DRAWN * wanted)
        return not enough and (budget.seconds is None or time.monotonic() - started < budget.seconds)

    parts = compositions(examiner.offers)
    while left():
        caught: list[Surprise] = []
        target: list[Signature] = []

        def shows(asked: Drawn, caught: list[Surprise] = caught, target: list[Signature] = target) -> bool:
            if not target and not left():
                return False
            subject, (inputs, parameters) = asked
            for one in examiner.surprises(subject, inputs, parameters):
                if expected(one):
                    continue
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
            _find(shows, seed * 1_000_003 + round_, parts)
        except NoSuchExample:
            say(f"{examiner.examined - drawn} compositions, {time.monotonic() - started:.0f} s: nothing new")
            continue
        best = min(caught, key=lambda one: (len(one.subject), one.subject, len(one.inputs) + len(one.parameters)))
        seen.add(best.signature)
        yield best


def _find(shows: Callable[[Drawn], bool], seed: int, drawn: st.SearchStrategy[str]) -> Drawn:
    return find(
        st.tuples(drawn, batches()),
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
