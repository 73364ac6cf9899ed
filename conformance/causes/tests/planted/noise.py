"""Defects of samplers in batches of laws: whose noise has another shape than the draws, so that members share it."""

from __future__ import annotations

import numpy as np

from adapters.interface import Spec
from conformance.causes.tests.planted.adapter import Array, Right
from conformance.causes.tests.planted.planting import MULTIVARIATE, plant

LAPLACE = "laplace(loc=0.25,scale=1.5)"
EXPONENTIAL = "exponential(rate=1.5)"


@plant("laplace.sample", "sampling", LAPLACE, batches=True)
def noise_of_the_shape_of_loc(right: Right, asked: Array, spec: Spec) -> Array:
    """loc + scale z, with a z for each loc: where scale has more axes its members share it."""
    standard = Spec("laplace", (), {"loc": _times_zero(spec.params["loc"]), "scale": 1.0})
    loc, scale, z = (np.asarray(spec.params["loc"]), np.asarray(spec.params["scale"]), right(of=standard))
    z = z.reshape(len(z), *(1,) * max(scale.ndim - loc.ndim, 0), *loc.shape)
    return np.asarray(loc + scale * z).astype(z.dtype)


@plant("exponential.sample", "sampling", EXPONENTIAL, batches=True)
def noise_of_the_shape_of_the_sample(right: Right, asked: Array, spec: Spec) -> Array:
    """z/rate, with as many z as draws are asked for, whatever the shape of rate is."""
    rate = np.asarray(spec.params["rate"])
    z = right(of=Spec("exponential", (), {"rate": 1.0}))
    return np.asarray(z.reshape(len(z), *(1,) * rate.ndim) / rate).astype(z.dtype)


@plant("multivariate_normal.sample", "sampling", MULTIVARIATE, event_batches=True)
def noise_of_one_event_for_a_batch(right: Right, asked: Array, spec: Spec) -> Array:
    """loc + L z, with a vector z for each draw, whatever the batch shape is."""
    loc, lower = (np.asarray(spec.params[name]) for name in ("loc", "scale_tril"))
    if loc.ndim == 1 and lower.ndim == 2:
        return right()
    unit = {"loc": (0.0,) * loc.shape[-1], "scale_tril": tuple(map(tuple, np.eye(loc.shape[-1]).tolist()))}
    z = right(of=Spec("multivariate_normal", (), unit))
    batch = np.broadcast_shapes(loc.shape[:-1], lower.shape[:-2])
    z = z.reshape(len(z), *(1,) * len(batch), -1)
    return np.asarray(loc + np.einsum("...ij,...j->...i", lower, z)).astype(z.dtype)


def _times_zero(value: object) -> object:
    return tuple(map(_times_zero, value)) if isinstance(value, tuple) else 0.0
