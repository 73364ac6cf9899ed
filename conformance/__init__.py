"""Verification of probability transforms against certified truth."""

__version__ = "0.1.0"
