"""Maps of events that are several arrays: the arrays stand one after another in a vector, cut at declared lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from conformance.definitions.transforms.arrangement import permute
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.linear import Row, scale_matvec
from conformance.definitions.transforms.parameters import BadParameter, permutation_of, whole_numbers
from conformance.definitions.transforms.parameters import (
    matrix as rows_of,
)


def permute_blocks(lengths: Row, order: Row) -> TransformDefinition:
    """A vector of blocks of these ``lengths`` with its blocks in another order: block order[i] becomes the i-th."""
    places = cut("permute_blocks", lengths)
    chosen = permutation_of("permute_blocks", "order", order)
    if len(chosen) != len(places):
        raise BadParameter("permute_blocks", "order", order, f"a permutation of 0 .. {len(places) - 1}, as lengths has")
    entries = tuple(float(place) for block in chosen for place in places[block])
    params = {"lengths": lengths, "order": order}
    return replace(permute(entries), name="permute_blocks", params=params, formula="the blocks of x in another order")


def scale_matvec_blocks(lengths: Row, matrix: tuple[Row, ...]) -> TransformDefinition:
    """y = A x where x and y are cut into blocks of these ``lengths``, and A into blocks likewise: those
    above its diagonal are 0, those on it invertible."""
    name = "scale_matvec_blocks"
    places = cut(name, lengths)
    rows = rows_of(name, "matrix", matrix)
    n = places[-1][-1] + 1
    if len(rows) != n or len(rows[0]) != n:
        raise BadParameter(name, "matrix", matrix, f"a square matrix of {n} rows, as lengths add up to")
    for block in places:
        if any(v for i in block for v in rows[i][block[-1] + 1 :]):
            raise BadParameter(name, "matrix", matrix, "without numbers other than 0 above the blocks on its diagonal")
        try:
            scale_matvec(tuple(rows[i][block[0] : block[-1] + 1] for i in block))
        except BadParameter:
            raise BadParameter(name, "matrix", matrix, "of invertible blocks on its diagonal") from None
    return replace(scale_matvec(matrix), name=name, params={"lengths": lengths, "matrix": matrix}, batched=())


def cut(name: str, lengths: Row) -> list[Sequence[int]]:
    """The places of every block."""
    sizes = whole_numbers(name, "lengths", lengths)
    if min(sizes) < 1:
        raise BadParameter(name, "lengths", lengths, "a list of whole numbers above 0")
    return [range(start, end) for start, end in pairwise([0, *accumulate(sizes)])]
