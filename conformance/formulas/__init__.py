"""Functions that people wrote themselves, put under the laws over a grid of parameters, without an adapter."""
