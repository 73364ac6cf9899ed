"""A framework's public classes, found by looking, and which of them an object is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

TRANSFORM, DISTRIBUTION = "transform", "distribution"
KINDS = (TRANSFORM, DISTRIBUTION)


@dataclass(frozen=True)
class PublicClass:
    """A transform or distribution class under the name that the framework's documentation gives it.

    ``kind``: one of KINDS. ``name``: namespace and class, such as ``torch.distributions.transforms.ExpTransform``.
    """

    kind: str
    name: str
    made: type

    @property
    def source(self) -> str:
        """Where the class really stands: what one would grep for."""
        return f"{self.made.__module__}.{self.made.__qualname__}"

    def to_json(self) -> list[str]:
        """Kind, name and source, which is what crosses the wire."""
        return [self.kind, self.name, self.source]


def public_classes(kind: str, base: type, namespaces: Mapping[str, ModuleType]) -> list[PublicClass]:
    """Every class below ``base``, itself included, under a name without a leading underscore in one of ``namespaces``.

    ``namespaces``: documented name -> module; a class that several hold is named after the first. ``__all__`` is not
    asked: TFP's lacks two of its distributions. What stands under two names is one class, under its own.
    """
    found: dict[type, PublicClass] = {}
    for documented, module in namespaces.items():
        # By dir and getattr, since a namespace may load what it holds when it is asked for it.
        public: dict[str, Any] = {name: getattr(module, name, None) for name in dir(module) if not name.startswith("_")}
        for name, made in sorted(public.items()):
            if isinstance(made, type) and issubclass(made, base):
                own = made.__name__
                shown = own if public.get(own) is made else name
                found.setdefault(made, PublicClass(kind, f"{documented}.{shown}", made))
    return sorted(found.values(), key=lambda each: each.name)


def made_of(roots: Iterable[object], classes: Sequence[PublicClass]) -> list[int]:
    """The places of those of ``classes`` that ``roots`` and their parts are instances of: exactly, not by inheritance.

    Parts are what transforms hold in their attributes, in containers too, and what a distribution holds that is a map
    of another, so that it holds a transform. What else a distribution keeps is no part: the chi-squared law inside
    torch's Student's t serves its draws, and nothing that is asked. Nothing is called.
    """
    maps, laws = (tuple(each.made for each in classes if each.kind == kind) for kind in KINDS)
    met: set[type] = set()
    seen: dict[int, object] = {}  # Holds what it has seen, or an id would be given out twice.
    waiting = list(roots)
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen[id(here)] = here
        # By inheritance here: a private class, such as torch's inverse, is no public one and holds one.
        if isinstance(here, maps + laws):
            met.add(type(here))
            held = list(_held(getattr(here, "__dict__", {})))
            if isinstance(here, maps) or any(isinstance(each, maps) for each in held):
                waiting += held
        else:
            waiting += _held(here)
    return [place for place, each in enumerate(classes) if each.made in met]


def _held(container: object) -> Iterator[object]:
    """What a container holds, what is in containers inside it included; nothing of what is no container."""
    waiting, seen = [container], dict[int, object]()
    while waiting:
        here = waiting.pop()
        inside: Iterable[object] = ()
        if isinstance(here, Mapping):
            inside = here.values()
        elif isinstance(here, list | tuple | set | frozenset):
            inside = here
        if id(here) not in seen:
            seen[id(here)] = here
            for each in inside:
                yield each
                waiting.append(each)
