"""The tanh-normal policy of brax's notebook ``notebooks/training_torch.ipynb``, its mathematics written anew on torch.

Every function takes tensors of one dtype and works elementwise, as the notebook's agent does before it sums over the
action axis. The notebook never inverts the tanh: it stores and scores the value BEFORE the tanh.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F


def squash(x: torch.Tensor) -> torch.Tensor:
    """y = tanh(x)."""
    return torch.tanh(x)


def log_det(x: torch.Tensor) -> torch.Tensor:
    """log(1 - tanh(x)^2) as 2 (log 2 - x - softplus(-2x)), in nats."""
    return 2 * (math.log(2) - x - F.softplus(-2 * x))


def log_normalizer(scale: torch.Tensor) -> torch.Tensor:
    """log(scale sqrt(2 pi))."""
    return 0.5 * math.log(2 * math.pi) + torch.log(scale)


def log_prob_before(x: torch.Tensor, loc: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """log density of tanh(x) given x, where x is normal."""
    return -0.5 * ((x - loc) / scale).square() - log_normalizer(scale) - log_det(x)


def draw(loc: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """A draw before the tanh."""
    return torch.normal(loc, scale)


def entropy_estimate(loc: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """The normal's entropy plus the log-det at ONE fresh draw: unbiased, and different at each call."""
    return 0.5 + log_normalizer(scale) + log_det(draw(loc, scale))
