from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.execution import FrameworkClient, existing
from conformance.execution.frameworks import ADAPTERS_DIR

HOSTILE = ADAPTERS_DIR / "tests" / "hostile.py"


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[Callable[..., FrameworkClient]]:
    """Makes clients of the misbehaving framework, with real worker processes and short time limits."""
    made: list[FrameworkClient] = []

    def make(journal: Path | None = None, timeout: float = 5.0, **options: Any) -> FrameworkClient:
        client = FrameworkClient(existing("numpy"), "hostile", journal, timeout, HOSTILE, start_timeout=60.0, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
