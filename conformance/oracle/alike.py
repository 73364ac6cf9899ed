"""An oracle as part of a cache key."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Alike(Generic[T]):
    """Equal to every other of its kind: whichever oracle answers, what it says is the same."""

    def __init__(self, oracle: T) -> None:
        self.oracle = oracle

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alike)
