"""Shared: one synthetic run, its page, and one real browser for the whole session."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reports import build
from reports.tests import synthetic, synthetic_actions, synthetic_causes
from reports.tests.browser import CHROMIUM, Browser

Json = dict[str, Any]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser takes seconds to start and to show a page, in whichever test it is first."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def run_pair() -> tuple[Json, Json]:
    """A large synthetic run; tests that change it take a deep copy."""
    results = synthetic.results()
    return results, synthetic.findings(results)


@pytest.fixture(scope="session")
def few(run_pair: tuple[Json, Json]) -> Json:
    """The results of a small run: two subjects, every framework; tests that change it take a deep copy."""
    results = dict(run_pair[0])
    keep = ("tanh", "transformed(normal(loc=0.25,scale=1.5),tanh)")
    for key, field in (("cells", "subject"), ("subjects", "id"), ("statistics", "subject"), ("law_results", "subject")):
        results[key] = [row for row in results[key] if row[field] in keep]
    return results


@pytest.fixture
def small_pair(few: Json) -> tuple[Json, Json]:
    """A small run to break."""
    results = copy.deepcopy(few)
    return results, synthetic.findings(results, 12)


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory, run_pair: tuple[Json, Json]) -> Path:
    """The page of the large run, with its causes."""
    folder = tmp_path_factory.mktemp("page")
    results, findings = synthetic.write(folder, *run_pair, synthetic_causes.document(*run_pair))
    (folder / "actions.json").write_text(json.dumps(synthetic_actions.document()), encoding="utf-8")
    return build(results, findings, folder / "index.html").out


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, where there is one."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the page was not looked at in a real browser")
    with Browser() as started:
        started.size(1400, 1000)
        yield started
