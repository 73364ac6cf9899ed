"""The public classes of tfp.bijectors and tfp.distributions; ``tfp.experimental`` promises nothing and is left out."""

from __future__ import annotations

from typing import Any

from adapters.interface.classes import DISTRIBUTION, TRANSFORM, PublicClass, public_classes


def every(tfp: Any) -> list[PublicClass]:
    """Bijectors, then distributions. The Keras networks that stand beside the flows are neither."""
    maps, laws = tfp.bijectors, tfp.distributions
    return [
        *public_classes(TRANSFORM, maps.Bijector, {"tfp.bijectors": maps}),
        *public_classes(DISTRIBUTION, laws.Distribution, {"tfp.distributions": laws}),
    ]
