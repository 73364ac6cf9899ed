"""Draws under a seed: the same request has the same draws, and another seed has others.

That a seed reproduces draws is a promise without probabilities, bit by bit, in one process and in one mode. That
another seed has other draws is not: where a law saturates, all draws are one number. The test needs no law. Under
independence all orders of the 2n draws of both requests are equally likely, given what was drawn; that the second n
repeat the first, where these hold c_1, c_2, ... of each value, then has a probability of

    n! / (c_1! c_2! ...)  :  (2n)! / ((2 c_1)! (2 c_2)! ...),

which is 1 where all are one number, 1 / (2n - 1) where all but one are, and below 1e-14000 where 4096 differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import scipy  # It loads scipy.special once that is asked for.
from numpy.typing import NDArray

from conformance.execution.request import Reply
from conformance.laws.case import Case
from conformance.laws.draws_measure import FALSE_ALARM, of_the_call
from conformance.laws.law import Check
from conformance.scoring.failures import Failure


def seeded(case: Case, first: Reply, count: int) -> Iterator[Check]:
    """The request that ``first`` answered once more, and with the next seed; nothing where no answer comes to that."""
    draws = first.values
    if draws is None:
        return
    same = case.ask("sample", count=count, again=1)
    if _alike(same, draws):
        assert same.values is not None
        differ = _rows(same.values) != _rows(draws)
        failure = Failure.SEED_IGNORED if differ.any() else Failure.NONE
        said = f"{np.count_nonzero(differ)} of {count} draws are others when asked again with the same seed"
        yield Check(of_the_call(case, failure, said if differ.any() else ""), "the same seed again")
    other = case.ask("sample", count=count, seed=case.seed + 1)
    if _alike(other, draws):
        assert other.values is not None
        equal = bool((_rows(other.values) == _rows(draws)).all())
        failure = Failure.SEED_IGNORED if equal and by_chance(draws) < math.log(FALSE_ALARM) else Failure.NONE
        said = f"the same {count} draws with another seed" if failure else ""
        yield Check(of_the_call(case, failure, said), f"another seed (false-alarm rate {FALSE_ALARM:.0e})")


def by_chance(draws: NDArray[np.generic]) -> float:
    """The logarithm of the probability that as many draws of the same law are the same in turn: see the module."""
    _, counts = np.unique(_rows(draws), return_counts=True)
    total = len(draws)
    gammaln = scipy.special.gammaln
    ways = gammaln(total + 1) - gammaln(counts + 1).sum()
    return float(ways - gammaln(2 * total + 1) + gammaln(2 * counts + 1).sum())


def _alike(reply: Reply, draws: NDArray[np.generic]) -> bool:
    """Whether draws came in the form of the first ones, which is judged elsewhere."""
    return reply.values is not None and (reply.values.shape, reply.values.dtype) == (draws.shape, draws.dtype)


def _rows(draws: NDArray[np.generic]) -> NDArray[np.void]:
    """Each draw as its bytes, (N,)."""
    flat = np.ascontiguousarray(draws).reshape(len(draws), -1)
    return flat.view(np.dtype((np.void, flat.shape[1] * flat.itemsize))).ravel()
