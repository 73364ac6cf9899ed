"""A stand-in framework with one defect at a time, and what is told of each.

Each module of defects adds its own to ``PLANTS`` as it is loaded (``planting.py``).
"""

from conformance.causes.tests.planted import (
    circular,
    compounds,
    defects,
    edges,
    event_statistics,
    masses,
    mixed_defects,
    noise,
    samplers,
    shapes,
    special_functions,
    through_inverses,
)

__all__ = [
    "circular",
    "compounds",
    "defects",
    "edges",
    "event_statistics",
    "masses",
    "mixed_defects",
    "noise",
    "samplers",
    "shapes",
    "special_functions",
    "through_inverses",
]
