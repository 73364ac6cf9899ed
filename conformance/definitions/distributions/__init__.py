"""Every base distribution as mathematics, once: log density with its normalising constant, cdf, survival function.

cdf and survival are declared side by side, since 1 - cdf loses its tail; the audit checks that they add up to 1 and
that the derivative of the cdf is exp(log density).
"""

from __future__ import annotations

from conformance.definitions.distributions.definition import DistributionDefinition, NoQuantile, quantile_map

__all__ = ["DistributionDefinition", "NoQuantile", "quantile_map"]
