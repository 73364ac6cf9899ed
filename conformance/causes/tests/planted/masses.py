"""Defects of densities that do not integrate to 1: in one tail, and in a cell that no listed point lies in."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.defects import plant

TRUNCATED = "truncated_normal(loc=0.25,scale=1.5,low=-1.0,high=2.5)"


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
