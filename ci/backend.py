"""Builds the wheel: setuptools, over a tree in which ``adapters`` and ``reports`` lie inside ``conformance``.

Both names are other projects' too, and pip lets the wheel that comes last overwrite the files of the first without a
word. conformance/rooms.py makes the short names importable all the same. An editable installation leaves files alone,
so it is setuptools' own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).resolve().parents[1]
_FILES = ("pyproject.toml", "README.md", "LICENSE")
_CACHES = ("__pycache__", "*.pyc", "*.egg-info")


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """PEP 517: write the wheel, return its name."""
    with _tree(inside="conformance/bundled"):
        return build_meta.build_wheel(os.path.abspath(wheel_directory), config_settings)


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: Any = None) -> str:
    """PEP 517: write the wheel's metadata, return the name of its folder."""
    with _tree(inside="conformance/bundled"):
        return build_meta.prepare_metadata_for_build_wheel(os.path.abspath(metadata_directory), config_settings)


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    """PEP 517: write the archive of the sources, this file among them; the layout is the checkout's."""
    with _tree(inside="") as tree:
        shutil.copytree(ROOT / "ci", tree / "ci", ignore=shutil.ignore_patterns(*_CACHES))
        (tree / "MANIFEST.in").write_text("graft ci\n", encoding="utf-8")
        return build_meta.build_sdist(os.path.abspath(sdist_directory), config_settings)


@contextlib.contextmanager
def _tree(inside: str) -> Iterator[Path]:
    """A copy of what is built, as the working directory; ``adapters`` and ``reports`` under ``inside``.

    The tests stay out of a wheel: they are this project's own, and nobody who installs it means to run them.
    """
    unwanted = shutil.ignore_patterns(*_CACHES, "out", *["tests"] * bool(inside))
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in _FILES:
            shutil.copy2(ROOT / name, tree)
        shutil.copytree(ROOT / "conformance", tree / "conformance", ignore=unwanted)
        for name in ("adapters", "reports"):
            shutil.copytree(ROOT / name, tree / inside / name, ignore=unwanted)
        if inside:
            (tree / inside / "__init__.py").write_text('"""What conformance/rooms.py lends by short names."""\n')
        os.chdir(tree)
        try:
            yield tree
        finally:
            os.chdir(before)
