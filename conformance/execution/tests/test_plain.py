"""Hostile text comes out inert and short."""

from __future__ import annotations

import unicodedata

import pytest

from conformance.execution.plain import block, one_line

HOSTILE = [
    "\x1b]0;title\x07\x1b[31mred\x1b[0m",
    "a\rb\x08c\x00d\x9b31m",
    "turned \u202e round \u2066 and \u200b hidden \ufeff",
    "half \ud800 of a pair",
    "one\nline\u2028two\u2029three\x85four",
    "\U000e0041 tag",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("shown", [one_line, block])
def test_nothing_invisible_is_left(text: str, shown: type[str]) -> None:
    for character in str(shown(text)).replace("\n", " "):
        assert character == " " or unicodedata.category(character)[0] not in "CZ", ascii(character)
    str(shown(text)).encode("utf-8")


def test_an_escape_is_told_and_an_ordinary_message_stays() -> None:
    assert one_line("\x1b[31mred") == "\\x1b[31mred"
    assert one_line("ein Umläut → ∞\n  and more") == "ein Umläut → ∞ and more"
    assert one_line(ValueError("words")) == "words"


@pytest.mark.parametrize("size", [301, 5_000, 3_000_000])
def test_what_is_long_keeps_its_two_ends(size: int) -> None:
    shown = one_line("begin" + "x" * size + "end")
    assert len(shown) <= 300
    assert shown.startswith("begin")
    assert shown.endswith("end")
    assert " … " in shown
    assert len(one_line("\x1b" * size)) <= 300


def test_a_block_keeps_its_lines_up_to_a_number() -> None:
    assert block("a\n  b\nc") == "a\n  b\nc"
    shown = block("\n".join(f"line {number}" for number in range(100)), lines=5).splitlines()
    assert shown == ["line 0", "line 1", "line 2", "line 3", "… 96 more lines"]
    assert all(len(line) <= 450 for line in block((" " * 9_000 + "z" * 9_000 + "\n") * 3).splitlines())
