"""Sentences that repeat what stands beside them: a mark in its place, which the page replaces again."""

from __future__ import annotations

from collections.abc import Iterable

MARKS = [chr(code) for code in range(0x80, 0xA0)]
"""Control characters: ``visible`` leaves none in any text of a run, so each of them is a mark and nothing else."""


def marked(sentence: str, values: Iterable[str | None], everywhere: bool = False) -> str:
    """``sentence`` with the mark of its number for each value, at its first place or everywhere.

    Values beyond the marks stay.
    """
    for mark, value in zip(MARKS, values, strict=False):
        if value:
            sentence = sentence.replace(value, mark, -1 if everywhere else 1)
    return sentence
