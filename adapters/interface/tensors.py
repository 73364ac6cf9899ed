"""How the tensors of one framework are written and read, for functions that no adapter was written for.

Each framework's folder has a module ``tensors`` with one object, TENSORS. Its texts are evaluated and printed in
scripts alike, so that what a script hands over is what was handed over when the function was judged.
"""

from __future__ import annotations

import abc
from typing import Any

from adapters.interface.contract import Array


class Tensors(abc.ABC):
    """One framework's tensors: from NumPy arrays and back, and the same as source text in the framework's own API.

    copies: how often a script repeats its one value, since vector registers and scalar tails may differ.
    """

    imports: str
    kind: str
    copies: int = 16

    @abc.abstractmethod
    def tensor(self, array: Array, dtype: str) -> Any:
        """A fresh tensor with the bits of ``array``. TypeError for an array of another dtype than ``dtype``."""

    @abc.abstractmethod
    def array(self, tensor: Any) -> Array | None:
        """The bits, dtype and shape of ``tensor``; None where it is no tensor of this framework."""

    @abc.abstractmethod
    def row(self, values: str, dtype: str) -> str:
        """Source of a tensor of ``values``, a nested list in source text."""

    def number(self, value: float, dtype: str) -> str:
        """Source of a tensor of rank 0."""
        return self.row(repr(value), dtype)

    @abc.abstractmethod
    def shown(self, name: str) -> str:
        """Source of a NumPy array whose elements convert to float, for the tensor called ``name``."""
