"""Where torch.distributions computes a quantity: the method that a class of torch really defines."""

from __future__ import annotations

from typing import Any

from torch.distributions import (
    Distribution,
    Independent,
    MixtureSameFamily,
    TransformedDistribution,
    kl,
    transforms,
)

from adapters.interface.naming import Component, defined, turned
from adapters.interface.quantities import DISTRIBUTION_DECLARED, MIRROR, TRANSFORM_DECLARED

_INVERSION = transforms._InverseTransform
_SLICED = (transforms.CatTransform, transforms.StackTransform)
_METHODS = {
    "forward": ("_call", "__call__"),
    "inverse": ("_inverse", "__call__"),  # A chain has no _inverse: its inverse is a chain of inverses, called.
    "fldj": ("log_abs_det_jacobian",),
    "ildj": ("log_abs_det_jacobian",),
}
_SAID = {
    "increasing": "sign",
    "injective": "bijective",
    "domain": "domain",
    "codomain": "codomain",
    "event_rank_in": "domain",
    "event_rank_out": "codomain",
    "forward_shape": "forward_shape",
    "inverse_shape": "inverse_shape",
}
"""Where a transform says what it is."""
_STATISTICS = {
    "sample": ("sample", "rsample"),
    "log_prob_from_base": ("log_prob",),
    "covariance": ("covariance_matrix",),
    "event_rank": ("event_shape",),
    "batch_shape": ("__init__",),
    "event_shape": ("__init__",),
}
"""Every class tells the shapes of its draws to its base class as it is made."""


def of_transform(transform: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a torch transform; inverses are those of the transform within."""
    if quantity in TRANSFORM_DECLARED:
        return Component(defined(type(transform), [_SAID.get(quantity, "")]))
    if isinstance(transform, _INVERSION):
        return of_transform(transform.inv, MIRROR[quantity])
    parts: list[Component] = []
    if isinstance(transform, transforms.ComposeTransform):
        inner = transform.parts[::-1] if turned(quantity) else transform.parts
        parts = [of_transform(part, quantity) for part in inner]
    elif isinstance(transform, transforms.IndependentTransform):
        parts = [of_transform(transform.base_transform, quantity)]
        if isinstance(transform.base_transform, _SLICED):  # It only adds up what they give for an event.
            return parts[0]
    elif isinstance(transform, _SLICED):
        parts = [of_transform(part, quantity) for part in transform.transforms]
    elif isinstance(transform, transforms.CumulativeDistributionTransform):
        method = {"forward": "cdf", "inverse": "icdf"}.get(quantity, "log_prob")
        parts = [of_distribution(transform.distribution, method)]
    return Component(defined(type(transform), _METHODS[quantity], [transforms.Transform]), parts)


def of_distribution(distribution: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a torch distribution."""
    names = _STATISTICS.get(quantity, (quantity,))
    name = defined(type(distribution), names, [Distribution])
    if not name and quantity == "stddev":  # The general one is the root of the class's own variance.
        return Component(defined(Distribution, ["stddev"]), [of_distribution(distribution, "variance")])
    if isinstance(distribution, Independent) and quantity not in DISTRIBUTION_DECLARED:
        return Component(name, [of_distribution(distribution.base_dist, quantity)])
    if isinstance(distribution, MixtureSameFamily) and name and quantity not in DISTRIBUTION_DECLARED:
        return Component(name, [of_distribution(distribution.component_distribution, quantity)])
    if quantity in ("batch_shape", "event_shape") and isinstance(distribution, TransformedDistribution):
        return Component(name, [of_distribution(distribution.base_dist, quantity)])
    if not name.startswith(f"{TransformedDistribution.__module__}.{TransformedDistribution.__qualname__}."):
        return Component(name)
    if quantity in DISTRIBUTION_DECLARED:
        return Component(name)
    # Gumbel and its like inherit from TransformedDistribution, and define some methods themselves.
    base, maps = distribution.base_dist, distribution.transforms
    if quantity in ("sample", "rsample", "icdf"):
        return Component(name, [of_distribution(base, quantity), *(of_transform(each, "forward") for each in maps)])
    steps = [of_transform(each, "forward") for each in maps] if quantity == "log_prob_from_base" else []
    for each in reversed(maps):
        steps += [of_transform(each, "inverse")] if quantity != "log_prob_from_base" else []
        steps += [of_transform(each, "fldj")] if quantity != "cdf" else []
    return Component(name, [*steps, of_distribution(base, "cdf" if quantity == "cdf" else "log_prob")])


def of_pair(first: Any, second: Any) -> Component:
    """The function that torch has registered for the divergence of two distributions of these classes."""
    function = kl._dispatch_kl(type(first), type(second))
    if function is NotImplemented:
        return Component("")
    parts = []
    if function is kl._kl_transformed_transformed:
        parts = [of_pair(first.base_dist, second.base_dist)]
    return Component(f"{function.__module__}.{function.__qualname__}", parts)
