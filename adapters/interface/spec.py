"""Subject names: the one textual form of a transform or distribution with its parameters.

``affine(loc=0.75,scale=-2.5)``, ``chain(affine(loc=0.5,scale=2.0),tanh)``, ``inverse(tanh)``,
``transformed(normal(loc=0.25,scale=1.5),tanh)``. Parts come before parameters. In ``chain`` the FIRST part is
applied first, whatever order a framework uses.

A parameter is a number, ``true``, ``false``, ``none``, or a list of those, nested for a matrix:
``scale_tril=[[1.5,0.0],[0.5,2.0]]``. ``@`` after the whole gives the shape of an event, where the default is not meant:
``stick_breaking@20``, ``transpose@2x5``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

Value = float | bool | None | tuple["Value", ...]
"""A parameter: numbers are floats, lists are tuples."""

MOST_NESTED = 16
MOST_CHARACTERS = 20_000
LONGEST_AXIS = 10_000


class SpecError(ValueError):
    """The text is not a subject name. The message says where and why, on one line."""


@dataclass(frozen=True)
class Spec:
    """A name, its nested parts and its parameters (Values); ``str`` gives the canonical text that parses back.

    ``event`` is the shape of an input event where the text names one, else ().
    """

    name: str
    parts: tuple[Spec, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    event: tuple[int, ...] = ()

    def __str__(self) -> str:
        inside = [str(part) for part in self.parts]
        inside += [f"{key}={written(value)}" for key, value in sorted(self.params.items())]
        text = f"{self.name}({','.join(inside)})" if inside else self.name
        return f"{text}@{'x'.join(map(str, self.event))}" if self.event else text

    def names(self) -> str:
        """The text without its numbers: ``transformed(normal,tanh)``."""
        inside = ",".join(part.names() for part in self.parts)
        return f"{self.name}({inside})" if inside else self.name

    def with_numbers(self, change: Callable[[float], float]) -> Spec:
        """The same subject with every number of every parameter changed."""
        params = {key: _changed(value, change) for key, value in self.params.items()}
        return replace(self, parts=tuple(part.with_numbers(change) for part in self.parts), params=params)

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and str(self) == str(other)


def vanishes(text: str, number: float) -> bool:
    """Whether ``text``, a decimal or hexadecimal number, names something else than the 0 that it was read as."""
    digits = re.split("[pP]", text)[0] if "x" in text.lower() else re.split("[eE]", text)[0]
    return number == 0 and re.search("[1-9a-fA-F]", digits) is not None


def written(value: Value) -> str:
    """A parameter as it stands in a subject."""
    if isinstance(value, tuple):
        return f"[{','.join(map(written, value))}]"
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _changed(value: Value, change: Callable[[float], float]) -> Value:
    if isinstance(value, tuple):
        return tuple(_changed(item, change) for item in value)
    return value if value is None or isinstance(value, bool) else change(value)


_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<shape>@[0-9x]+)|(?P<number>[-+]?[0-9.][-+0-9.eE]*)|(?P<mark>[(),=\[\]]))"
)
_WORDS: dict[str, Value] = {"true": True, "false": False, "none": None}


@lru_cache(maxsize=4096)
def parse(text: str) -> Spec:
    """Return the Spec that ``text`` names; ``parse(str(spec)) == spec`` holds for every Spec.

    Raises SpecError, with the position, for anything that does not follow the grammar, for a number that no float64
    holds (1e400, 1e-400), and for what is nested deeper than MOST_NESTED.
    """
    if len(text) > MOST_CHARACTERS:
        raise SpecError(f"subject {text[:40]!r}...: {len(text)} characters; at most {MOST_CHARACTERS} are read")
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
    reader = _Reader(text, tokens)
    spec = reader.subject(0)
    if reader.kind() == "shape":
        spec = replace(spec, event=reader.shape())
    if reader.at != len(tokens):
        raise SpecError(f"subject {text!r}: unexpected {tokens[reader.at][1]!r} at position {tokens[reader.at][2]}")
    return spec


class _Reader:
    """Recursive descent over the tokens of ``text``; ``at`` is the next one."""

    def __init__(self, text: str, tokens: list[tuple[str, str, int]]) -> None:
        self.text, self.tokens, self.at = text, tokens, 0

    def token(self, ahead: int = 0) -> tuple[str, str, int]:
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else ("end", "end of text", len(self.text))

    def kind(self) -> str:
        return self.token()[0]

    def wrong(self, message: str) -> SpecError:
        shown = self.text if len(self.text) <= 200 else f"{self.text[:200]}..."
        return SpecError(f"subject {shown!r}: {message}")

    def subject(self, depth: int) -> Spec:
        kind, name, position = self.token()
        if kind != "word":
            raise self.wrong(f"expected a name at position {position}, found {name!r}")
        if depth > MOST_NESTED:
            raise self.wrong(f"nested deeper than {MOST_NESTED} at position {position}")
        self.at += 1
        parts: list[Spec] = []
        params: dict[str, Value] = {}
        if self.token()[1] != "(":
            return Spec(name)
        self.at += 1
        while True:
            if self.kind() == "word" and self.token(1)[1] == "=":
                key = self.token()[1]
                self.at += 2
                if key in params:
                    raise self.wrong(f"{key} is given twice, again at position {self.token()[2]}")
                params[key] = self.value(key, 0)
            else:
                parts.append(self.subject(depth + 1))
            _, mark, position = self.token()
            self.at += 1
            if mark == ")":
                return Spec(name, tuple(parts), params)
            if mark != ",":
                raise self.wrong(f"expected ',' or ')' at position {position}, found {mark!r}")

    def value(self, key: str, depth: int) -> Value:
        kind, text, position = self.token()
        if depth > MOST_NESTED:
            raise self.wrong(f"nested deeper than {MOST_NESTED} at position {position}")
        if text == "[":
            return self.items(key, depth)
        self.at += 1
        if kind == "word" and text in _WORDS:
            return _WORDS[text]
        if kind != "number":
            raise self.wrong(f"{key} needs a number at position {position}, found {text!r}")
        try:
            number = float(text)
        except ValueError:
            raise self.wrong(f"{text!r} at position {position} is not a number") from None
        if number in (float("inf"), float("-inf")):
            raise self.wrong(f"{text} at position {position} is beyond every format")
        if vanishes(text, number):
            raise self.wrong(f"{text} at position {position} is below every format")
        return number

    def items(self, key: str, depth: int) -> tuple[Value, ...]:
        self.at += 1
        items: list[Value] = []
        while True:
            items.append(self.value(key, depth + 1))
            _, mark, position = self.token()
            self.at += 1
            if mark == "]":
                return tuple(items)
            if mark != ",":
                raise self.wrong(f"expected ',' or ']' at position {position}, found {mark!r}")

    def shape(self) -> tuple[int, ...]:
        _, text, position = self.token()
        self.at += 1
        sizes = text[1:].split("x")
        if not all(size.isdigit() and 0 < int(size) <= LONGEST_AXIS for size in sizes):
            raise self.wrong(
                f"{text!r} at position {position} is no shape; write @3 or @2x5, of sizes from 1 to {LONGEST_AXIS:,}"
            )
        return tuple(map(int, sizes))
