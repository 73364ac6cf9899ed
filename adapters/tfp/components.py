"""Where TensorFlow Probability computes a quantity: the private method that holds the mathematics.

Which one that is when a class has not all of them, its base classes decide by ``hasattr``; the order here is theirs.
"""

from __future__ import annotations

import sys
from typing import Any

from adapters.interface.naming import Component, defined, turned
from adapters.interface.quantities import DISTRIBUTION_DECLARED, MIRROR, OTHER_TAIL, TAILS

_MAPS = {
    "forward": ("_forward",),
    "inverse": ("_inverse",),
    "fldj": ("_forward_log_det_jacobian", "_inverse_log_det_jacobian", "_call_forward_log_det_jacobian"),
    "ildj": ("_inverse_log_det_jacobian", "_forward_log_det_jacobian", "_call_inverse_log_det_jacobian"),
}
_SAID = {
    "increasing": "_is_increasing",
    "injective": "_is_injective",
    "constant_log_det": "is_constant_jacobian",
    "event_rank_in": "forward_min_event_ndims",
    "event_rank_out": "inverse_min_event_ndims",
    "map_bits": "dtype",
    "forward_event_shape": "_forward_event_shape",
    "inverse_event_shape": "_inverse_event_shape",
}
"""Where a bijector says what it is."""
_LAWS = {
    "log_prob": ("_log_prob", "_prob"),
    "log_prob_from_base": ("_log_prob", "_prob"),
    "prob": ("_prob", "_log_prob"),
    "cdf": ("_cdf", "_log_cdf"),
    "log_cdf": ("_log_cdf",),
    "survival": ("_survival_function",),
    "log_survival": ("_log_survival_function",),
    "icdf": ("_quantile",),
    "entropy": ("_entropy",),
    "mean": ("_mean",),
    "variance": ("_variance", "_stddev"),
    "stddev": ("_stddev", "_variance"),
    "mode": ("_mode",),
    "covariance": ("_covariance",),
    "sample": ("_sample_n", "_call_sample_n"),
    "scored_sample": ("_sample_and_log_prob",),
    "scored_log_prob": ("_sample_and_log_prob",),
    "event_rank": ("_event_shape",),
    "law_bits": ("dtype",),
    "batch_shape": ("_batch_shape", "_parameter_properties"),
    "event_shape": ("_event_shape",),
}
_DERIVED = {
    "log_cdf": "_call_log_cdf",
    "survival": "_call_survival_function",
    "log_survival": "_call_log_survival_function",
}
"""Of a class that has only a cdf, the public method makes the rest from it."""


def of_bijector(tfp: Any, bijector: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a bijector; inverses are those of the bijector within."""
    tfb = tfp.bijectors
    if quantity in _SAID:
        return Component(defined(type(bijector), [_SAID[quantity]]))
    if isinstance(bijector, tfb.Invert):
        return of_bijector(tfp, bijector.bijector, MIRROR[quantity])
    if isinstance(bijector, tfb.FFJORD):  # Which has the log-det of a call that gives the value.
        return Component(defined(tfb.FFJORD, ["_augmented_inverse" if turned(quantity) else "_augmented_forward"]))
    if isinstance(bijector, tfb.Inline):
        # It has what it is handed, another's methods here, and makes the log-det that it has not of the other one.
        handed = _MAPS[quantity][0] in vars(bijector)
        inner = of_bijector(tfp, bijector._forward.__self__, quantity if handed else MIRROR[quantity])
        return Component(defined(tfb.Inline, ["_maybe_implement" if handed else _MAPS[quantity][-1]]), [inner])
    parts: list[Component] = []
    if isinstance(bijector, tfb.Chain):  # Its last bijector works on x first.
        inner = bijector.bijectors if turned(quantity) else reversed(bijector.bijectors)
        parts = [of_bijector(tfp, part, quantity) for part in inner]
    elif isinstance(bijector, tfb.Blockwise.__bases__[0]):  # Of parts that are no composite tensors it is that class.
        parts = [of_bijector(tfp, part, quantity) for part in bijector.bijectors]
    elif isinstance(bijector, tfb.TransformDiagonal):
        parts = [of_bijector(tfp, bijector.diag_bijector, quantity)]
    return Component(defined(type(bijector), _MAPS[quantity], [tfb.Bijector]), parts)


def of_distribution(tfp: Any, distribution: Any, quantity: str) -> Component:
    """The component of ``quantity`` of a distribution."""
    tfd = tfp.distributions
    name = defined(type(distribution), _LAWS.get(quantity, ()), [tfd.Distribution])
    if name.endswith("TransformedDistribution._stddev") and not distribution.bijector.is_constant_jacobian:
        # That one refuses a bent map, and the public method takes the root of the class's own variance.
        return of_distribution(tfp, distribution, "variance")
    if not name and quantity in _DERIVED:
        made = defined(tfd.Distribution, [_DERIVED[quantity]])
        below = ("_cdf", "_log_cdf") if quantity == "log_cdf" else ("_log_cdf", "_cdf")  # The order of its own.
        own = defined(type(distribution), below, [tfd.Distribution])
        return Component(made, [Component(own, _mixed(tfp, distribution, quantity))])
    mixed = _mixed(tfp, distribution, quantity)
    if mixed:
        return Component(name, mixed)
    if isinstance(distribution, (tfd.Independent, tfd.Sample)) and quantity not in DISTRIBUTION_DECLARED:
        inner = "log_prob" if quantity == "prob" else quantity  # Of which they make the density.
        return Component(name, [of_distribution(tfp, distribution.distribution, inner)])
    if quantity in ("scored_sample", "scored_log_prob"):
        return Component(name)
    if quantity in ("batch_shape", "event_shape") and isinstance(distribution, tfd.TransformedDistribution.__mro__[1]):
        return Component(name, [of_distribution(tfp, distribution.distribution, quantity)])
    # Gumbel and its like inherit from it, and define methods themselves.
    if "TransformedDistribution." not in name or quantity in DISTRIBUTION_DECLARED:
        return Component(name)
    if quantity == "prob":
        return Component(name, [of_distribution(tfp, distribution, "log_prob")])
    base, bijector = distribution.distribution, distribution.bijector
    if quantity in ("log_prob", "log_prob_from_base"):
        first = of_bijector(tfp, bijector, "forward" if quantity == "log_prob_from_base" else "inverse")
        return Component(name, [first, of_bijector(tfp, bijector, "fldj"), _density(tfp, base)])
    if quantity in OTHER_TAIL:
        rising = bijector._internal_is_increasing()  # A tensor, or None where nobody knows.
        law = of_distribution(tfp, base, quantity if rising is None or bool(rising) else OTHER_TAIL[quantity])
        return Component(name, [of_bijector(tfp, bijector, "inverse"), law])
    if name.endswith("._stddev"):
        quantity = "stddev"
    step = "ildj" if quantity == "entropy" else "forward"
    return Component(name, [of_distribution(tfp, base, quantity), of_bijector(tfp, bijector, step)])


def _mixed(tfp: Any, distribution: Any, quantity: str) -> list[Component]:
    """What a mixture asks its components for; nothing where the distribution is none, or declares something."""
    tfd = tfp.distributions
    if quantity in DISTRIBUTION_DECLARED:
        return []
    if isinstance(
        distribution, tfd.Mixture.__mro__[1]
    ):  # Of components that are no composite tensors it is that class.
        components = distribution.components
    elif isinstance(distribution, tfd.MixtureSameFamily.__mro__[1]):
        components = [distribution.components_distribution]
    else:
        return []
    asked = "log_cdf" if quantity in TAILS else "log_prob" if quantity == "prob" else quantity
    return [of_distribution(tfp, one, asked) for one in components]


def of_pair(tfp: Any, first: Any, second: Any, quantity: str) -> Component:
    """The function that is registered for the divergence of two distributions of these classes."""
    kl = kullback_leibler(tfp)
    function = kl._registered_kl(type(first), type(second))
    if function is None:
        return Component("")
    parts = []
    if function.__name__ == "_kl_transformed_transformed":
        parts = [of_pair(tfp, first.distribution, second.distribution, "kl")]
    own = Component(f"{function.__module__}.{function.__qualname__}", parts)
    if quantity == "kl":
        return own
    made = defined(tfp.distributions.Distribution, ["_cross_entropy"])
    return Component(made, [own, of_distribution(tfp, first, "entropy")])


def kullback_leibler(tfp: Any) -> Any:
    """The module that keeps what is registered."""
    return sys.modules[tfp.distributions.kl_divergence.__module__]


def _density(tfp: Any, base: Any) -> Component:
    """What a transformed distribution calls of its base: of one that is transformed itself, not its log_prob."""
    name = defined(type(base), ["experimental_local_measure"], [tfp.distributions.Distribution])
    if not name:
        return of_distribution(tfp, base, "log_prob")
    steps = [of_bijector(tfp, base.bijector, step) for step in ("inverse", "fldj")]
    return Component(name, [*steps, _density(tfp, base.distribution)])
