"""The spaces that transforms map between: one module per family."""

from conformance.definitions.spaces.correlation import Correlation, CorrelationCholesky, RoundedFactors
from conformance.definitions.spaces.definite import PositiveDefinite
from conformance.definitions.spaces.ordered import Ordered
from conformance.definitions.spaces.product import Product, Reals
from conformance.definitions.spaces.simplex import LogSimplex, Simplex, SurfaceSimplex
from conformance.definitions.spaces.space import Family, Place, Shape, Space
from conformance.definitions.spaces.sphere import RoundedSphere, Sphere
from conformance.definitions.spaces.triangular import LowerTriangular

__all__ = [
    "Correlation",
    "CorrelationCholesky",
    "Family",
    "LogSimplex",
    "LowerTriangular",
    "Ordered",
    "Place",
    "PositiveDefinite",
    "Product",
    "Reals",
    "RoundedFactors",
    "RoundedSphere",
    "Shape",
    "Simplex",
    "Space",
    "Sphere",
    "SurfaceSimplex",
]
