"""Where environments, journals, caches and logs are kept."""

from __future__ import annotations

import os
from pathlib import Path

import conformance


def home() -> Path:
    """The project's own directory; it is created by those who write into it.

    ``CONFORMANCE_HOME`` when set; else ``.conformance`` in the checkout that the package is imported from; else, for
    an installed package, ``bijector-conformance`` in the user's cache directory.
    """
    chosen = os.environ.get("CONFORMANCE_HOME")
    if chosen:
        return Path(chosen).expanduser().resolve()
    checkout = Path(conformance.__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "adapters").is_dir():
        return checkout / ".conformance"
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser().resolve() / "bijector-conformance"


def environments_dir() -> Path:
    """Default folder of the frameworks' environments."""
    return home() / "environments"


def journal_dir() -> Path:
    """Default folder of the frameworks' journalled replies."""
    return home() / "journal"
