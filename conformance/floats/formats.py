"""The four binary floating-point formats that frameworks compute in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np


@dataclass(frozen=True)
class Format:
    """A binary format of IEEE 754-2019, section 3.3: radix 2, gradual underflow, infinities and NaN.

    precision: significant bits, the hidden one included. emin and emax: exponents of the smallest and of the largest
    normal binade, so that every normal v satisfies 2**emin <= |v| < 2**(emax + 1). bits: storage width.
    """

    name: str
    precision: int
    emin: int
    emax: int
    dtype: np.dtype[Any]
    bits: int

    @property
    def max_finite(self) -> float:
        """The largest finite value, exact as a Python float."""
        return (2.0 - 2.0 ** (1 - self.precision)) * 2.0**self.emax

    @property
    def min_normal(self) -> float:
        """The smallest positive normal value, exact as a Python float."""
        return 2.0**self.emin

    @property
    def min_subnormal(self) -> float:
        """The smallest positive value, exact as a Python float."""
        return 2.0**self.lowest_exponent

    @property
    def lowest_exponent(self) -> int:
        """The exponent of one unit in the last place of every subnormal."""
        return self.emin - self.precision + 1

    @property
    def unsigned(self) -> np.dtype[Any]:
        """The unsigned integer type of the same width."""
        return np.dtype(f"u{self.bits // 8}")


FORMATS: dict[str, Format] = {
    fmt.name: fmt
    for fmt in (
        Format("float16", 11, -14, 15, np.dtype(np.float16), 16),
        Format("bfloat16", 8, -126, 127, np.dtype(ml_dtypes.bfloat16), 16),
        Format("float32", 24, -126, 127, np.dtype(np.float32), 32),
        Format("float64", 53, -1022, 1023, np.dtype(np.float64), 64),
    )
}


def format_named(name: str) -> Format:
    """The format called ``name``; ValueError, on one line with the valid names, otherwise."""
    if name not in FORMATS:
        raise ValueError(f"unknown dtype {name!r}; valid: {', '.join(FORMATS)}")
    return FORMATS[name]
