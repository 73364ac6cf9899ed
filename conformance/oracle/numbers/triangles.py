"""When a square matrix is triangular once its rows and columns are put into another order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter


def elimination_order(filled: Sequence[Iterable[int]]) -> list[int] | None:
    """An order of the indices in which the matrix is lower triangular; None where there is none.

    filled: for each row the columns of its entries that are not known to be 0. Its determinant is then the product of
    its diagonal, whatever the order.
    """
    graph = {row: [column for column in columns if column != row] for row, columns in enumerate(filled)}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:
        return None
