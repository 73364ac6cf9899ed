"""Where Paddle computes a quantity: the method that holds the mathematics.

Which one that is when a class has not all of them, ``Transform`` decides by ``hasattr``; the order here is its own.
"""

from __future__ import annotations

from typing import Any

from adapters.interface.naming import Component, defined, turned
from adapters.interface.quantities import DISTRIBUTION_DECLARED, SETS, TRANSFORM_DECLARED

_MAPS = {
    "forward": ("_forward",),
    "inverse": ("_inverse",),
    "fldj": ("_forward_log_det_jacobian", "_inverse_log_det_jacobian"),
    "ildj": ("_inverse_log_det_jacobian", "_forward_log_det_jacobian"),
}
_SAID = {
    "injective": ("_is_injective",),
    "domain": ("_domain",),
    "codomain": ("_codomain",),
    "event_rank_in": ("_domain",),
    "event_rank_out": ("_codomain",),
    "forward_shape": ("_forward_shape",),
    "inverse_shape": ("_inverse_shape",),
}
"""Where a transform says what it is."""
_LAWS = {
    "sample": ("sample", "rsample"),
    "log_prob_from_base": ("log_prob",),
    "event_rank": ("event_shape",),
    "batch_shape": ("__init__",),
    "event_shape": ("__init__",),
}
"""Every class tells the shapes of its draws to its base class as it is made."""


def of_transform(pd: Any, transform: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a transform. ``pd`` is ``paddle.distribution``."""
    if quantity in SETS:
        # A variable that has a constraint of its own is what is asked.
        asked = defined(type(getattr(transform, _SAID[quantity][0])), ["constraint"], [pd.variable.Variable])
        if asked:
            return Component(asked)
    if quantity in TRANSFORM_DECLARED:
        return Component(defined(type(transform), _SAID.get(quantity, ())))
    parts: list[Component] = []
    if isinstance(transform, pd.ChainTransform):
        inner = transform.transforms[::-1] if turned(quantity) else transform.transforms
        parts = [of_transform(pd, part, quantity) for part in inner]
    elif isinstance(transform, pd.IndependentTransform):
        parts = [of_transform(pd, transform._base, quantity)]
        if isinstance(transform._base, pd.StackTransform):  # It only adds up what that gives for an event.
            return parts[0]
    elif isinstance(transform, pd.StackTransform):
        parts = [of_transform(pd, part, quantity) for part in transform.transforms]
    return Component(defined(type(transform), _MAPS[quantity], [pd.Transform]), parts)


def of_distribution(pd: Any, distribution: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a distribution."""
    general = [] if quantity in DISTRIBUTION_DECLARED else [pd.Distribution]
    name = defined(type(distribution), _LAWS.get(quantity, (quantity,)), general)
    if not name and quantity == "prob":  # The general one is the exponential of the class's log_prob.
        return of_distribution(pd, distribution, "log_prob")
    if isinstance(distribution, pd.Independent) and quantity not in DISTRIBUTION_DECLARED:
        return Component(
            name, [of_distribution(pd, distribution._base, "log_prob" if quantity == "prob" else quantity)]
        )
    if quantity in ("batch_shape", "event_shape") and isinstance(distribution, pd.TransformedDistribution):
        return Component(name, [of_distribution(pd, distribution._base, quantity)])
    # Gumbel inherits from it, and defines methods itself.
    if ".TransformedDistribution." not in name or quantity in DISTRIBUTION_DECLARED:
        return Component(name)
    base, maps = distribution._base, distribution._transforms
    if quantity in ("sample", "rsample"):
        maps = [of_transform(pd, each, "forward") for each in maps]
        return Component(name, [of_distribution(pd, base, quantity), *maps])
    steps = [of_transform(pd, each, step) for each in reversed(maps) for step in ("inverse", "fldj")]
    return Component(name, [*steps, of_distribution(pd, base, quantity)])


def has_rsample(pd: Any, distribution: Any) -> bool:
    """Whether the class defines it, and so does that of every distribution that it transforms."""
    if type(distribution).rsample is pd.Distribution.rsample:
        return False
    if isinstance(distribution, pd.TransformedDistribution) and hasattr(distribution, "_base"):
        return has_rsample(pd, distribution._base)
    return True


def reparameterised_in_float32(pd: Any, distribution: Any) -> bool:
    """Whether the docstring of ``rsample`` says "The data type is float32", or does so of what is transformed."""
    if isinstance(distribution, (pd.Normal, pd.Exponential, pd.Gamma, pd.Gumbel)):
        return True
    return isinstance(distribution, pd.TransformedDistribution) and reparameterised_in_float32(pd, distribution._base)


def of_pair(first: Any, second: Any) -> Component:
    """The method of the first distribution, or the function that is registered for two of these classes."""
    inner = (first._base, second._base) if type(first).__name__ == "LogNormal" else (first, second)
    return Component(defined(type(inner[0]), ["kl_divergence"]))
