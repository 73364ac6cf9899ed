"""Text from frameworks is hostile: make every string safe to show, and subject names pleasant to read."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

# Characters that change how the text around them is drawn (bidirectional controls), that cannot be seen (zero width,
# C0 and C1 controls), or that cannot be encoded (lone surrogates). Each is shown as its escape instead.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """``text`` with every invisible or direction-changing character replaced by its Python escape; \\t and \\n stay.

    The result encodes in UTF-8 and reads left to right in the order of its characters.
    """
    if text.isascii() and text.isprintable():  # Almost every one of the millions of strings of a large run.
        return text
    return _INVISIBLE.sub(_escape, text.replace("\r\n", "\n"))


def visible_everywhere(value: Any) -> Any:
    """``visible`` applied to every string, keys included, of a JSON value."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [visible_everywhere(item) for item in value]
    if isinstance(value, dict):
        return {visible(str(key)): visible_everywhere(item) for key, item in value.items()}
    return value


def safe_link(text: object) -> str | None:
    """``text`` when it is one https or http address and nothing else, otherwise None."""
    if isinstance(text, str) and re.fullmatch(r"https?://[\w.-]+(?::\d+)?(?:/[^\s\"'<>\\]*)?", text):
        return text
    return None


def program(text: str) -> Markup:
    """``text`` as the content of an element: quotes, of which programs are full, mean nothing there."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def fragment(*parts: str) -> str:
    """The page address ``#a/b`` of a view; parts are encoded as encodeURIComponent does, but for what names are full of
    and an address may hold."""
    return "#" + "/".join(quote(part, safe="!'()*~=,[]") for part in parts)


def _split(inside: str) -> list[str]:
    """Cut at the commas that stand outside parentheses."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(inside):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(inside[start:at])
            start = at + 1
    return [*parts, inside[start:]]


def subject_label(subject: str) -> tuple[str, str]:
    """(main, small): ``transformed(B,T)`` becomes (T, "of B"); anything else is (itself, "").

    >>> subject_label("transformed(normal(loc=0.25,scale=1.5),tanh)")
    ('tanh', 'of normal(loc=0.25, scale=1.5)')
    """
    if subject.startswith("transformed(") and subject.endswith(")"):
        parts = _split(subject[len("transformed(") : -1])
        if len(parts) == 2:
            return parts[1].replace(",", ", "), "of " + parts[0].replace(",", ", ")
    return subject.replace(",", ", "), ""


def is_tanh_normal(subject: str) -> bool:
    """True for the tanh of a normal variable: the policy of reinforcement learning."""
    return re.fullmatch(r"transformed\(normal\([^()]*\),tanh\)", subject) is not None
