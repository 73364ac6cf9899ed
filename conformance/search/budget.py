"""How long a search goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

BATCH = 8192
"""Points per request to the framework where time is the limit."""

_ROUNDS = 24
"""Rounds that a search of a given number of evaluations gets at least: fewer cannot zoom to single floats."""


@dataclass(frozen=True)
class Budget:
    """evaluations: at most so many points (inputs). seconds: no round begins later than this. At least one is given.

    A search is the same for the same seed and the same ``evaluations``; where ``seconds`` ends it, it is the
    beginning of the same sequence of batches.
    """

    evaluations: int | None = None
    seconds: float | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def batch(self) -> int:
        """Points per round."""
        if self.evaluations is None:
            return BATCH
        return max(256, min(BATCH, self.evaluations // _ROUNDS))

    def left(self, used: int) -> int:
        """How many points may still be evaluated; 0 when the search is over."""
        if self.seconds is not None and time.monotonic() - self.started >= self.seconds:
            return 0
        return max(0, self.evaluations - used) if self.evaluations is not None else 2 * BATCH

    def share(self, parts: int) -> Budget:
        """One of ``parts`` equal shares, beginning now."""
        evaluations = None if self.evaluations is None else self.evaluations // parts
        return Budget(evaluations, None if self.seconds is None else self.seconds / parts)
