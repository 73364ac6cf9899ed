"""The processes that share a comparison's work."""

from __future__ import annotations

import gc
import os

import pytest

from conformance.comparison.truths import process_pool


@pytest.mark.slow
def test_its_processes_see_the_variables_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the one that they are forked from is older."""
    for folder in ("/one", "/two"):
        monkeypatch.setenv("CONFORMANCE_HOME", folder)
        with process_pool(1) as pool:
            assert pool.submit(os.getenv, "CONFORMANCE_HOME").result() == folder
    monkeypatch.delenv("CONFORMANCE_HOME")
    with process_pool(1) as pool:
        assert pool.submit(os.getenv, "CONFORMANCE_HOME").result() is None


@pytest.mark.slow
def test_what_was_imported_is_no_business_of_a_collector_in_the_processes() -> None:
    with process_pool(1) as executor:
        assert executor.submit(gc.get_freeze_count).result() > 10_000
