"""Everything that can be asked of a transform or a distribution: one row each, in one table.

The contract, the worker, laws, scoring, search, sweeps, causes and reports read it. To add a quantity is one row here,
its mathematics once in the oracle, and one line in the adapter of each framework that has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Of = Literal["transform", "distribution", "pair"]
Takes = Literal["x", "y", "q", "draws", "shape", "nothing"]
Unit = Literal["ulp", "nats"]
Tail = Literal["", "lower", "upper"]


@dataclass(frozen=True)
class Quantity:
    """One row.

    of: what it is asked of; a ``pair`` is of two distributions, the first of which is averaged over. takes: a point
    ``x`` before the map (or a base value), a point ``y`` after it (or a value of the distribution), a probability
    ``q``, a count and a seed (``draws``), the ``shape`` of an array, or nothing. unit: what an error is measured in;
    ``nats`` are logarithms, whose errors count by their size as well as in ulp of the result. mirror: the same quantity
    of the inverse map. tail: the probability on this side of y, or its logarithm. words: what it is, after "the".
    """

    name: str
    of: Of
    takes: Takes
    unit: Unit
    words: str
    mirror: str = ""
    tail: Tail = ""


TABLE: dict[str, Quantity] = {
    row.name: row
    for row in (
        Quantity("forward", "transform", "x", "ulp", "forward map", "inverse"),
        Quantity("inverse", "transform", "y", "ulp", "inverse map", "forward"),
        Quantity("fldj", "transform", "x", "nats", "log|det J| of the forward map", "ildj"),
        Quantity("ildj", "transform", "y", "nats", "log|det J| of the inverse map", "fldj"),
        Quantity("log_prob", "distribution", "y", "nats", "log density"),
        Quantity("log_prob_from_base", "distribution", "x", "nats", "log density at the image of a base value"),
        Quantity("prob", "distribution", "y", "ulp", "density"),
        Quantity("cdf", "distribution", "y", "ulp", "distribution function", tail="lower"),
        Quantity("log_cdf", "distribution", "y", "nats", "logarithm of the distribution function", tail="lower"),
        Quantity("survival", "distribution", "y", "ulp", "survival function", tail="upper"),
        Quantity("log_survival", "distribution", "y", "nats", "logarithm of the survival function", tail="upper"),
        Quantity("icdf", "distribution", "q", "ulp", "quantile function"),
        Quantity("sample", "distribution", "draws", "ulp", "samples"),
        Quantity("rsample", "distribution", "draws", "ulp", "reparameterised samples"),
        Quantity("scored_sample", "distribution", "draws", "ulp", "samples that come with their log densities"),
        Quantity("scored_log_prob", "distribution", "draws", "nats", "log density that comes with a sample"),
        Quantity("entropy", "distribution", "nothing", "nats", "entropy"),
        Quantity("entropy_estimate", "distribution", "draws", "nats", "one-sample estimates of the entropy"),
        Quantity("mean", "distribution", "nothing", "ulp", "mean"),
        Quantity("variance", "distribution", "nothing", "ulp", "variance"),
        Quantity("stddev", "distribution", "nothing", "ulp", "standard deviation"),
        Quantity("median", "distribution", "nothing", "ulp", "median"),
        Quantity("mode", "distribution", "nothing", "ulp", "mode"),
        Quantity("covariance", "distribution", "nothing", "ulp", "covariance matrix"),
        Quantity("kl", "pair", "nothing", "nats", "Kullback-Leibler divergence"),
        Quantity("cross_entropy", "pair", "nothing", "nats", "cross-entropy"),
    )
}

DECLARED: dict[str, Quantity] = {
    row.name: row
    for row in (
        Quantity("increasing", "transform", "nothing", "ulp", "declared direction (1 for rising, 0 for falling)"),
        Quantity("injective", "transform", "nothing", "ulp", "declaration of being one to one (1 for yes, 0 for no)"),
        Quantity(
            "constant_log_det", "transform", "nothing", "ulp", "declaration of a constant log-det (1 for yes, 0 for no)"
        ),
        Quantity("domain", "transform", "x", "ulp", "declared domain (1 where it holds the point)"),
        Quantity("codomain", "transform", "y", "ulp", "declared codomain (1 where it holds the point)"),
        Quantity("event_rank_in", "transform", "nothing", "ulp", "declared number of axes of an input event"),
        Quantity("event_rank_out", "transform", "nothing", "ulp", "declared number of axes of an output event"),
        Quantity("map_bits", "transform", "nothing", "ulp", "width of the declared dtype, in bits"),
        Quantity("forward_shape", "transform", "shape", "ulp", "declared shape of an image"),
        Quantity("inverse_shape", "transform", "shape", "ulp", "declared shape of an inverse image"),
        Quantity("forward_event_shape", "transform", "shape", "ulp", "declared event shape of an image"),
        Quantity("inverse_event_shape", "transform", "shape", "ulp", "declared event shape of an inverse image"),
        Quantity("support", "distribution", "y", "ulp", "declared support (1 where it holds the point)"),
        Quantity("event_rank", "distribution", "nothing", "ulp", "declared number of axes of a draw"),
        Quantity("law_bits", "distribution", "nothing", "ulp", "width of the declared dtype, in bits"),
        Quantity("batch_shape", "distribution", "nothing", "ulp", "declared batch shape"),
        Quantity("event_shape", "distribution", "nothing", "ulp", "declared event shape"),
    )
}
"""What an object may say of itself, in one vocabulary and in numbers (see ``Bound.declared``). Asked of points are the
sets: whether each is said to lie in them. What takes the shape of an array is asked about no array of it."""


def names(of: Of | None = None, *, takes: Iterable[Takes] = ("x", "y", "q", "draws", "nothing")) -> tuple[str, ...]:
    """The names of all rows of a kind that take one of these, in the table's order."""
    return tuple(row.name for row in TABLE.values() if of in (None, row.of) and row.takes in takes)


TRANSFORM_DECLARED = tuple(row.name for row in DECLARED.values() if row.of == "transform")
DISTRIBUTION_DECLARED = tuple(row.name for row in DECLARED.values() if row.of == "distribution")
SETS = tuple(row.name for row in DECLARED.values() if row.takes in ("x", "y"))
OF_SHAPES = tuple(row.name for row in DECLARED.values() if row.takes == "shape")
"""What is declared of an array's shape."""
SHAPES = (*OF_SHAPES, "batch_shape", "event_shape")
"""Declarations that are shapes: one number for each axis, and none for a number without axes."""
TRANSFORM_QUANTITIES = names("transform")
DISTRIBUTION_QUANTITIES = names("distribution")
DISTRIBUTION_FUNCTIONS = names("distribution", takes=("x", "y", "q"))
"""What a distribution has a value of at every point."""
OF_VECTORS = ("covariance",)
"""Statistics of a distribution of vectors, and of no other."""
OF_LAWS = tuple(name for name in names("distribution", takes=("nothing",)) if name not in OF_VECTORS)
"""Statistics of one distribution."""
OF_PAIRS = names("pair")
"""Statistics of two."""
STATISTICS = (*OF_LAWS, *OF_VECTORS, *OF_PAIRS)
DRAWN = names("distribution", takes=("draws",))
"""What takes a count and a seed."""
SAMPLES = tuple(name for name in DRAWN if TABLE[name].unit == "ulp")
"""Of these the draws themselves."""
NO_FUNCTIONS = (*DRAWN, *STATISTICS, *DECLARED)
"""What a law asks for and is no function of one input: draws, statistics, and what an object declares."""
LOG_QUANTITIES = frozenset(row.name for row in TABLE.values() if row.unit == "nats")
TAILS = tuple(row.name for row in TABLE.values() if row.tail)
"""The probability below or above y, and its logarithm."""
OTHER_TAIL = {
    row.name: other.name
    for row in TABLE.values()
    for other in TABLE.values()
    if row.tail and other.tail not in ("", row.tail) and row.unit == other.unit
}
"""The same of the other side."""
EVENT_FUNCTIONS = tuple(name for name in DISTRIBUTION_FUNCTIONS if name not in (*TAILS, "icdf"))
"""What a law of events has a value of at every point: "below" and quantiles are said of numbers."""
EVENT_STATISTICS = ("entropy", "mean", "variance", "stddev", "mode")
"""Of a law of events: one number, and events entry by entry."""
DENSITIES = ("log_prob", "log_prob_from_base", "prob")
"""What jumps where the density does."""
LOG_DETS = tuple(name for name in TRANSFORM_QUANTITIES if name in LOG_QUANTITIES)
LOG_SUMS = (*LOG_DETS, "log_prob", "log_prob_from_base")
"""Sums of logarithms, such as that of a base's density and a log-det."""
MIRROR = {row.name: row.mirror for row in TABLE.values() if row.mirror}
"""What is asked of a map when a quantity of its inverse is asked."""


def functions(of: Of) -> tuple[str, ...]:
    """What has a value at every point of its domain."""
    return names(of, takes=("x", "y", "q"))


def variable(name: str) -> str:
    """x, y or q: what the quantity is a function of. What takes no point speaks of values, y."""
    takes = (TABLE.get(name) or DECLARED[name]).takes
    return takes if takes in ("x", "q") else "y"


def words(name: str) -> str:
    """What the quantity is, after "the"."""
    return (TABLE.get(name) or DECLARED[name]).words
