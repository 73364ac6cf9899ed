"""The reference implementation in plain NumPy: what is attainable at the working precision.

Importing this package computes nothing; constructing Adapter imports the implementation.
"""

from adapters.numpy.adapter import Adapter

__all__ = ["Adapter"]
