"""Registers the plugin in a checkout where the project is not installed (installed, its entry point has done so), and
keeps the collector away from what stays."""

from __future__ import annotations

import gc
from collections.abc import Generator

import pytest

from conformance import pytest_plugin


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Registering it here still lets it add its options: the hook is a historic one."""
    if not pluginmanager.is_registered(pytest_plugin):
        pluginmanager.register(pytest_plugin, pytest_plugin.__name__)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests stay until the end: to look for garbage among them took a third of what collecting took."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()
