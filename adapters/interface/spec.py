"""Subject names: the one textual form of a transform or distribution with its parameters.

``affine(loc=0.75,scale=-2.5)``, ``chain(affine(loc=0.5,scale=2.0),tanh)``, ``inverse(tanh)``,
``transformed(normal(loc=0.25,scale=1.5),tanh)``. Parts come before parameters. In ``chain`` the FIRST part is
applied first, whatever order a framework uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


class SpecError(ValueError):
    """The text is not a subject name. The message says where and why, on one line."""


@dataclass(frozen=True)
class Spec:
    """A name, its nested parts and its numeric parameters; ``str`` gives the canonical text that parses back."""

    name: str
    parts: tuple[Spec, ...] = ()
    params: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        inside = [str(part) for part in self.parts]
        inside += [f"{key}={value!r}" for key, value in sorted(self.params.items())]
        return f"{self.name}({','.join(inside)})" if inside else self.name

    def names(self) -> str:
        """The text without its numbers: ``transformed(normal,tanh)``."""
        inside = ",".join(part.names() for part in self.parts)
        return f"{self.name}({inside})" if inside else self.name

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and str(self) == str(other)


_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[-+]?[0-9.][-+0-9.eE]*)|(?P<mark>[(),=]))")


@lru_cache(maxsize=4096)
def parse(text: str) -> Spec:
    """Return the Spec that ``text`` names; ``parse(str(spec)) == spec`` holds for every Spec.

    Raises SpecError, with the position, for anything that does not follow the grammar.
    """
    tokens: list[tuple[str, str, int]] = []
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if not match:
            raise SpecError(f"subject {text!r}: unexpected character {stripped[at]!r} at position {at}")
        kind = match.lastgroup or ""
        tokens.append((kind, match.group(kind), match.start(kind)))
        at = match.end()
    spec, used = _read(text, tokens, 0)
    if used != len(tokens):
        raise SpecError(f"subject {text!r}: unexpected {tokens[used][1]!r} at position {tokens[used][2]}")
    return spec


def _read(text: str, tokens: list[tuple[str, str, int]], at: int) -> tuple[Spec, int]:
    def token(index: int) -> tuple[str, str, int]:
        return tokens[index] if index < len(tokens) else ("end", "end of text", len(text))

    kind, name, position = token(at)
    if kind != "word":
        raise SpecError(f"subject {text!r}: expected a name at position {position}, found {name!r}")
    at += 1
    parts: list[Spec] = []
    params: dict[str, float] = {}
    if token(at)[1] != "(":
        return Spec(name), at
    at += 1
    while True:
        if token(at)[0] == "word" and token(at + 1)[1] == "=":
            key = token(at)[1]
            kind, value, position = token(at + 2)
            if kind != "number":
                raise SpecError(f"subject {text!r}: {key} needs a number at position {position}, found {value!r}")
            try:
                params[key] = float(value)
            except ValueError:
                raise SpecError(f"subject {text!r}: {value!r} at position {position} is not a number") from None
            if params[key] in (float("inf"), float("-inf")):
                raise SpecError(f"subject {text!r}: {value} at position {position} is beyond every format")
            at += 3
        else:
            part, at = _read(text, tokens, at)
            parts.append(part)
        mark = token(at)[1]
        at += 1
        if mark == ")":
            return Spec(name, tuple(parts), params), at
        if mark != ",":
            raise SpecError(f"subject {text!r}: expected ',' or ')' at position {token(at - 1)[2]}, found {mark!r}")
