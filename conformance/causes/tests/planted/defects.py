"""Defects to be planted, at least one for every mechanism that today's laws can see. Most have shipped somewhere.

The families that are loaded before all others, in this order, which is that of the kept matrix.
"""

from conformance.causes.tests.planted import elementwise, laws, maps_in_batches, promises, statistics, wider_laws
from conformance.causes.tests.planted.planting import PLANTS, plant

__all__ = [
    "PLANTS",
    "elementwise",
    "laws",
    "maps_in_batches",
    "plant",
    "promises",
    "statistics",
    "wider_laws",
]
