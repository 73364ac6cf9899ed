"""Sweeps: every float of a format through one function of one framework, scored by the oracle as it goes."""
