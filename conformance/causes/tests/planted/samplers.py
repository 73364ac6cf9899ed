"""Defects of samplers whose draws follow the law as a whole: in its tails, among themselves, and under a seed."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

NORMAL = "normal(loc=0.25,scale=1.5)"
LOGISTIC = "logistic(loc=0.25,scale=1.5)"
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
GUMBEL = "gumbel(loc=0.25,scale=1.5)"


@plant("normal.sample", "sampling", NORMAL, dtypes="float32, float64")
def tails_cut_off(right: Right, asked: Array, spec: Spec) -> Array:
    """No draw is farther from loc than 1.9 scale, as of a table that ends there."""
    draws = right()
    ends = np.array([spec.params["loc"] + side * 1.9 * spec.params["scale"] for side in (-1, 1)])
    return np.clip(draws, *ends.astype(draws.dtype))


@plant("logistic.sample", "sampling", LOGISTIC)
def draws_in_pairs(right: Right, asked: Array, spec: Spec) -> Array:
    """Half as many are drawn, and each is used twice."""
    count, seed = asked
    return np.repeat(right(np.array([(count + 1) // 2, seed])), 2)[:count]


@plant("gumbel.sample", "sampling", GUMBEL)
def one_seed_for_all(right: Right, asked: Array, spec: Spec) -> Array:
    """The generator is made with a seed of its own."""
    return right(np.array([asked[0], 1]))


@plant("normal.sample", "sampling", NORMAL)
def seed_set_too_late(right: Right, asked: Array, spec: Spec) -> Array:
    """The generator goes on where it was, and its seed is never set."""
    _DRAWN.append(asked)
    return right(np.array([asked[0], len(_DRAWN)]))


@plant("normal.rsample", "sampling", NORMAL, dtypes="float32, float64")
def reparameterised_by_the_variance(right: Right, asked: Array, spec: Spec) -> Array:
    """loc + scale^2 z, by the method that carries gradients alone."""
    draws = right(quantity="sample")
    loc, scale = (np.asarray(spec.params[name], draws.dtype) for name in ("loc", "scale"))
    return loc + scale * (draws - loc)


@plant("transformed.scored_log_prob", "wrong formula", TANH_NORMAL)
def log_det_added_to_the_density_of_a_draw(right: Right, asked: Array, spec: Spec) -> Array:
    """The log-det of the map is added where a draw is scored in one call, and subtracted everywhere else."""
    draws = right(quantity="sample")
    slope = right(draws, quantity="ildj", of=spec.parts[1])
    return right(draws, quantity="log_prob") - 2 * slope


_DRAWN: list[Array] = []
"""The requests so far."""
