"""The public classes of mindspore.nn.probability."""

from __future__ import annotations

from typing import Any

from adapters.interface.classes import DISTRIBUTION, TRANSFORM, PublicClass, public_classes


def every(msb: Any, msd: Any) -> list[PublicClass]:
    """Bijectors, then distributions; ``msb`` and ``msd`` are the modules that document them."""
    maps = {"mindspore.nn.probability.bijector": msb}
    laws = {"mindspore.nn.probability.distribution": msd}
    return [
        *public_classes(TRANSFORM, msb.Bijector, maps),
        *public_classes(DISTRIBUTION, msd.Distribution, laws),
    ]
