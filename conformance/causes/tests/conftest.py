"""What the tests of causes share: one process of each framework, since to import one takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing


@pytest.fixture(scope="package")
def client_of() -> Iterator[Callable[[str], FrameworkClient]]:
    """The client of a framework, started where a test first asks for it; skips the test where it is not installed."""
    clients: dict[str, FrameworkClient] = {}
    with ExitStack() as running:

        def of(framework: str) -> FrameworkClient:
            if framework not in clients:
                environment = existing(framework)
                if environment.python is None:
                    pytest.skip(f"{framework} is not installed: {environment.reason}")
                clients[framework] = running.enter_context(FrameworkClient(environment, framework))
            return clients[framework]

        yield of
