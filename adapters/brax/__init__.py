"""The tanh-normal of brax's PyTorch training notebook. Importing this package imports no framework."""

from adapters.brax.adapter import Adapter

__all__ = ["Adapter"]
