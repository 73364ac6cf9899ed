"""Registers the plugin in a checkout where the project is not installed (installed, its entry point has done so)."""

from __future__ import annotations

import pytest

PLUGIN = "conformance.pytest_plugin"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if not pluginmanager.has_plugin(PLUGIN):
        pluginmanager.import_plugin(PLUGIN)
