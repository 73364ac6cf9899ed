"""Where MindSpore computes a quantity: the private method that holds the mathematics.

Which one that is when a class has not all of them, ``Distribution`` decides by ``hasattr``; the order here is its own.
"""

from __future__ import annotations

from typing import Any

from adapters.interface.naming import Component, defined
from adapters.interface.quantities import DISTRIBUTION_DECLARED, MIRROR

_MAPS = {
    "forward": ("_forward",),
    "inverse": ("_inverse",),
    "fldj": ("_forward_log_jacobian",),
    "ildj": ("_inverse_log_jacobian",),
}
_SAID = {"injective": "is_injective", "constant_log_det": "is_constant_jacobian", "map_bits": "dtype"}
"""Where a bijector says what it is."""
_LAWS = {
    "log_prob": ("_log_prob", "_prob"),
    "prob": ("_prob", "_log_prob"),
    "cdf": ("_cdf", "_log_cdf", "_survival_function", "_log_survival"),
    "log_cdf": ("_log_cdf",),
    "survival": ("_survival_function", "_log_survival"),
    "log_survival": ("_log_survival",),
    "entropy": ("_entropy",),
    "mean": ("_mean",),
    "variance": ("_var", "_sd"),
    "stddev": ("_sd", "_var"),
    "mode": ("_mode",),
    "kl": ("_kl_loss",),
    "cross_entropy": ("_cross_entropy",),
    "sample": ("_sample",),
    "law_bits": ("dtype",),
    "batch_shape": ("__init__",),
}

_DERIVED = {
    "log_cdf": "_calc_log_cdf_from_call_cdf",
    "survival": "_calc_survival_from_call_cdf",
    "log_survival": "_calc_log_survival_from_call_survival",
}
"""Of a class that has only a cdf, the public method makes the rest from it."""

_MADE_OF = {"prob": "log_prob", "log_cdf": "cdf", "survival": "cdf", "log_survival": "survival"}
"""What a transformed distribution makes of its own, and not of its base's."""


def of_bijector(msb: Any, bijector: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a bijector; inverses are those of the bijector within. ``msb``: the module."""
    if quantity in _SAID:
        return Component(defined(type(bijector), [_SAID[quantity]]))
    if isinstance(bijector, msb.Invert):
        return of_bijector(msb, bijector.bijector, MIRROR[quantity])
    return Component(defined(type(bijector), _MAPS[quantity], [msb.Bijector]))


def of_distribution(msb: Any, msd: Any, distribution: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a distribution; "" for what MindSpore has no method for."""
    general = [] if quantity in DISTRIBUTION_DECLARED else [msd.Distribution]
    name = defined(type(distribution), _LAWS.get(quantity, ()), general)
    if not name and quantity in _DERIVED:
        made = defined(msd.Distribution, [_DERIVED[quantity]])
        return Component(made, [Component(defined(type(distribution), _LAWS["cdf"], [msd.Distribution]))])
    # Gumbel inherits from it, and defines methods itself.
    if ".TransformedDistribution." not in name or quantity in DISTRIBUTION_DECLARED:
        return Component(name)
    if quantity in _MADE_OF:
        return Component(name, [of_distribution(msb, msd, distribution, _MADE_OF[quantity])])
    base, bijector = distribution.distribution, distribution.bijector
    steps = {"log_prob": ("inverse", "ildj"), "cdf": ("inverse",)}.get(quantity)
    law = of_distribution(msb, msd, base, quantity)
    if steps is None:
        return Component(name, [law, of_bijector(msb, bijector, "forward")])
    return Component(name, [*(of_bijector(msb, bijector, step) for step in steps), law])
