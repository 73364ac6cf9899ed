"""PaddlePaddle: ``paddle.distribution``. Nothing heavy is imported before ``Adapter()``."""

from adapters.paddle.adapter import Adapter

__all__ = ["Adapter"]
