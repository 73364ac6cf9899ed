"""Functions as people write them, right and wrong, for the tests of ``conformance check``."""

from __future__ import annotations

NUMPY = """
import math
import numpy as np
from helper import SHIFT

calls = 0


def log_det_textbook(x):
    return np.log(1 - np.tanh(x) ** 2)


def log_det(x):
    m = np.abs(x)
    near = -np.log1p(np.sinh(np.minimum(m, 1)) ** 2)
    far = 2 * (math.log(2) - m - np.log1p(np.exp(-2 * m)))
    return np.where(m < 1, near, far) + SHIFT


def log_prob(y, mu, sigma):
    z = (y - mu) / sigma
    return -(z * (z / 2)) - (np.log(sigma) + 0.5 * math.log(2 * math.pi)) + SHIFT


def log_prob_state(y, mu, sigma):
    global calls
    calls += 1
    return log_prob(y, mu, sigma) + calls


def log_prob_random(y, mu, sigma):
    return np.random.default_rng().normal(size=y.shape).astype(y.dtype)


def log_prob_raises(y, mu, sigma):
    raise ValueError("\\x1b[31mnever\\nagain")


def log_prob_careful(y, mu, sigma):
    if (np.abs(y) > 30).any():
        raise ValueError("too far out")
    return log_prob(y, mu, sigma)


def log_prob_branches(y, mu, sigma):
    return y if y > 0 else -y


def log_prob_sum(y, mu, sigma):
    return log_prob(y, mu, sigma).sum(-1)


def log_prob_wide(y, mu, sigma):
    return log_prob(y, mu, sigma) * np.float64(1)


def log_prob_list(y, mu, sigma):
    return list(y)


def log_prob_centred(y, mu, sigma):
    return log_prob(y - y.mean(), mu, sigma)


def log_prob_dies(y, mu, sigma):
    import os
    os._exit(3)


def log_prob_squashed(x, mu, sigma):
    return log_prob(x, mu, sigma) - log_det(x)


def log_prob_half(y, mu, sigma):
    return log_prob(y, mu, sigma) / 2
"""

HELPER = "SHIFT = 0\n"

TORCH = """
import math
import torch
from torch.nn.functional import softplus


def log_det_textbook(x):
    return torch.log(1 - torch.tanh(x) ** 2)


def log_det_stable(x):
    return 2 * (math.log(2) - x - softplus(-2 * x))


def log_det(x):
    m = torch.abs(x)
    near = -torch.log1p(torch.sinh(torch.clamp(m, max=1)) ** 2)
    far = 2 * (math.log(2) - m - torch.log1p(torch.exp(-2 * m)))
    return torch.where(m < 1, near, far)


def log_prob(y, loc, scale):
    x = torch.atanh(y)
    return torch.distributions.Normal(loc, scale, validate_args=False).log_prob(x) - torch.log(1 - y ** 2)


def log_prob_clamped(y, loc, scale):
    return log_prob(y.clamp(-1 + 1e-6, 1 - 1e-6), loc, scale)
"""
