"""The public classes of torch.distributions."""

from __future__ import annotations

from torch import distributions
from torch.distributions import transforms

from adapters.interface.classes import DISTRIBUTION, TRANSFORM, PublicClass, public_classes


def every() -> list[PublicClass]:
    """Transforms under the module that documents them, then distributions."""
    maps = {"torch.distributions.transforms": transforms, "torch.distributions": distributions}
    laws = {"torch.distributions": distributions}
    return [
        *public_classes(TRANSFORM, transforms.Transform, maps),
        *public_classes(DISTRIBUTION, distributions.Distribution, laws),
    ]
