"""Verification of probability transforms against certified truth."""

from conformance.rooms import lend

__version__ = "0.1.0"

lend()
