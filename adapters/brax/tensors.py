"""The notebook's formulas run on torch, and so do functions beside them. Importing this module imports torch."""

from adapters.torch.tensors import TENSORS

__all__ = ["TENSORS"]
