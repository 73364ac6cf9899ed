"""The numbers of a subject as a framework receives them: floats of the dtype under test."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isinf

from adapters.interface.spec import parse
from conformance.floats.formats import Format
from conformance.floats.rounding import round_rational


class BeyondFormat(ValueError):
    """A parameter is no number of the format. One line, with the parameter, its value and the format."""


@lru_cache(maxsize=4096)
def in_format(subject: str, fmt: Format) -> str:
    """The canonical text of ``subject`` with every number replaced by the nearest float of ``fmt``, rounded once.

    Truth belongs to that subject: a framework that is handed 0.1 at float32 has 0.100000001490116... and nothing else.
    BeyondFormat where a number is too large for the format, or too small to be anything but 0 in it.
    """

    def nearest(value: float) -> float:
        exact = Fraction(value)
        found = round_rational(exact.numerator, exact.denominator, fmt)
        if isinf(found) or (found == 0 and value != 0):
            raise BeyondFormat(f"{subject}: {value!r} is beyond {fmt.name}")
        return found

    return str(parse(subject).with_numbers(nearest))
