"""Registers the plugin in a checkout where the project is not installed (installed, its entry point has done so)."""

from __future__ import annotations

import pytest

from conformance import pytest_plugin


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Registering it here still lets it add its options: the hook is a historic one."""
    if not pluginmanager.is_registered(pytest_plugin):
        pluginmanager.register(pytest_plugin, pytest_plugin.__name__)
