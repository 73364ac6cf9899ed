"""PyTorch's ``torch.distributions``. Importing this package imports no framework; constructing Adapter does."""

from adapters.torch.adapter import Adapter

__all__ = ["Adapter"]
