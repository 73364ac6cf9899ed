"""TensorFlow Probability: ``tfp.bijectors`` over TensorFlow. Nothing heavy is imported before ``Adapter()``."""

from adapters.tfp.adapter import Adapter

__all__ = ["Adapter"]
