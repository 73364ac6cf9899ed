"""A file appears whole or not at all, whoever else writes it, and whatever happens meanwhile."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.whole import write_whole


def test_parts_are_joined_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "one" / "two" / "file"
    write_whole(str(path), b"ab", b"", b"cd")
    write_whole(str(path), b"e")
    assert path.read_bytes() == b"e"
    assert os.listdir(path.parent) == ["file"]


def test_what_fails_leaves_what_was_there_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    write_whole(str(path), b"before")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        write_whole(str(path), b"after")
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["file"]


def test_many_writers_of_one_file_leave_one_of_their_texts(tmp_path: Path) -> None:
    texts = [bytes([at]) * 5000 for at in range(64)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_whole(str(tmp_path / "file"), text), texts))
    assert (tmp_path / "file").read_bytes() in texts
    assert os.listdir(tmp_path) == ["file"]
