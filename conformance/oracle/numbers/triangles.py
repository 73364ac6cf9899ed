"""When a square matrix is triangular, or is so in blocks, once its rows and columns are put into another order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter

import numpy as np
import scipy  # It loads scipy.sparse once that is asked for: few subjects have such matrices.


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


def blocks(filled: Sequence[Iterable[int]]) -> list[tuple[list[int], list[int]]]:
    """The diagonal blocks, each by its rows and its columns, of the finest order in which the matrix is triangular in
    blocks: the size of its determinant is the product of theirs. One block where it is singular whatever its entries.

    filled: as in ``elimination_order``. Source: Duff & Reid, ACM Trans. Math. Softw. 4 (1978) 137-147: a matching of
    rows and columns, then the strongly connected components of the graph of the matrix.
    """
    size = len(filled)
    edges = np.array([(row, column) for row, columns in enumerate(filled) for column in columns]).reshape(-1, 2).T
    matrix = scipy.sparse.csr_array((np.ones(edges.shape[1]), (edges[0], edges[1])), shape=(size, size))
    own = scipy.sparse.csgraph.maximum_bipartite_matching(matrix, perm_type="column")
    if (own < 0).any():
        return [(list(range(size)), list(range(size)))]
    count, label = scipy.sparse.csgraph.connected_components(matrix[:, own], connection="strong")
    return [(rows.tolist(), own[rows].tolist()) for rows in (np.flatnonzero(label == one) for one in range(count))]
