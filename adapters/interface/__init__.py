"""The one interface that every framework is seen through.

This package imports the standard library and NumPy only, because it runs inside every framework's
own environment. It is the ground floor of the project: ``conformance`` may import it, never the reverse.
"""

from adapters.interface.classes import PublicClass
from adapters.interface.contract import (
    Adapter,
    BoundDistribution,
    BoundTransform,
    Description,
    NotOffered,
    Reproduction,
    evaluate,
    fresh_copy,
)
from adapters.interface.naming import Component
from adapters.interface.spec import Spec, SpecError, parse

__all__ = [
    "Adapter",
    "BoundDistribution",
    "BoundTransform",
    "Component",
    "Description",
    "NotOffered",
    "PublicClass",
    "Reproduction",
    "Spec",
    "SpecError",
    "evaluate",
    "fresh_copy",
    "parse",
]
