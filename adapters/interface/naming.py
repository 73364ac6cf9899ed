"""Which function of a framework computes a quantity, in the framework's own words.

A name is the one to grep for: module, class and method where the code really stands, found through the inheritance of
the very objects that an adapter evaluates. What only hands on (a public method that checks its arguments, a wrapper
that turns a map round) is passed through; what puts objects together (a chain, a transformed distribution) is named
itself and lists its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.interface.quantities import MIRROR, variable


class Component(str):
    """A fully qualified name, ``torch.distributions.transforms.TanhTransform._inverse``; "" where nothing is known.

    ``parts``: of a composite, the components that it calls, in the order in which they work on the input.
    """

    parts: tuple[Component, ...]

    def __new__(cls, name: str, parts: Iterable[Component] = ()) -> Component:
        made = super().__new__(cls, name)
        made.parts = tuple(parts)
        return made

    def every(self) -> list[str]:
        """Its name and those of all its parts."""
        return [str(self), *(name for part in self.parts for name in part.every())]

    def to_json(self) -> list[Any]:
        """The name, then each part in the same form."""
        return [str(self), *(part.to_json() for part in self.parts)]

    @classmethod
    def from_json(cls, tree: Any) -> Component:
        """The component that ``to_json`` wrote; one without a name for anything else."""
        if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
            return cls("")
        return cls(tree[0], (cls.from_json(part) for part in tree[1:]))


def definer(kind: type, names: Sequence[str], general: Iterable[type] = ()) -> type | None:
    """The class that defines the first of ``names`` which any class of ``kind`` below ``general`` defines."""
    general = set(general)
    for name in names:
        for each in kind.__mro__:
            if name in vars(each) and each not in general:
                return each
    return None


def defined(kind: type, names: Sequence[str], general: Iterable[type] = ()) -> str:
    """Where ``kind`` has the first of ``names`` that it has, as module.Class.name; "" where it has none of them.

    ``general``: classes whose methods only hand on or refuse, so that what they define does not count.
    """
    for name in names:
        owner = definer(kind, [name], general)
        if owner is not None:
            return f"{owner.__module__}.{owner.__qualname__}.{name}"
    return ""


def turned(quantity: str) -> bool:
    """Whether the quantity starts from the output side, so that a chain's parts work on it last one first."""
    return quantity in MIRROR and variable(quantity) == "y"
