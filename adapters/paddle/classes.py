"""The public classes of paddle.distribution."""

from __future__ import annotations

from typing import Any

from adapters.interface.classes import DISTRIBUTION, TRANSFORM, PublicClass, public_classes


def every(pd: Any) -> list[PublicClass]:
    """Transforms, then distributions. ``pd`` is ``paddle.distribution``, which documents both."""
    maps = {"paddle.distribution": pd, "paddle.distribution.transform": pd.transform}
    return [
        *public_classes(TRANSFORM, pd.Transform, maps),
        *public_classes(DISTRIBUTION, pd.Distribution, {"paddle.distribution": pd}),
    ]
