"""MindSpore: ``mindspore.nn.probability``. Nothing heavy is imported before ``Adapter()``."""

from adapters.mindspore.adapter import Adapter

__all__ = ["Adapter"]
