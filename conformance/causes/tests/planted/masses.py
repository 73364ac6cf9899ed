"""Defects of densities that do not integrate to 1: in one tail, in an unlisted cell, in float16 alone.

There a constant is not told from another formula, since each log density is rounded by as much."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

TRUNCATED = "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)"
CAUCHY = "truncated_cauchy(loc=0.25,scale=1.5,low=-1.0,high=12.0)"


@plant("truncated_normal.log_prob", "wrong constant", TRUNCATED)
def density_without_its_constant_above(right: Right, y: Array, spec: Spec) -> Array:
    """The whole law's density, which is not divided by the mass between the ends, above loc."""
    whole = right(of=Spec("normal", (), {name: spec.params[name] for name in ("loc", "scale")}))
    return np.where(y > spec.params["loc"], np.where(np.isinf(right()), right(), whole), right())


@plant("truncated_normal.log_prob", "wrong formula", TRUNCATED)
def empty_cell_of_a_table(right: Right, y: Array, spec: Spec) -> Array:
    """The density comes of a table of cells of a sixteenth, one of which is empty."""
    low, high = np.array([-0.8125, -0.75], y.dtype)
    return np.where((y > low) & (y < high), np.asarray(-np.inf, y.dtype), right())


@plant("truncated_cauchy.log_prob", "wrong formula", CAUCHY, dtypes="float16, float32")
def constant_of_a_narrow_table(right: Right, y: Array, spec: Spec) -> Array:
    """In float16 the mass between the ends is rounded to a sixteenth, as by a table: the density integrates to 1.06."""
    return right() + np.asarray(np.log(1.0625), y.dtype) if y.dtype == np.float16 else right()


@plant("truncated_normal.log_prob", "wrong formula", TRUNCATED, dtypes="float16, float32")
def half_of_a_narrow_density(right: Right, y: Array, spec: Spec) -> Array:
    """In float16 both sides of loc are one formula of the distance, whose factor of 1/2 is taken off above."""
    off = np.where(y > spec.params["loc"], np.log(2.0), 0.0).astype(y.dtype)
    return right() - off if y.dtype == np.float16 else right()
