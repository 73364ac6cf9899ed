"""Random compositions on the real frameworks: nothing is wrong at a component that nobody has named before.

The same compositions are drawn every time; ``conformance fuzz`` draws others. What differs from framework to framework
is how many fit into half a minute. Of brax, which has one bijector, nothing that is drawn is offered.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import asdict

from conformance.causes.naming import family_of
from conformance.causes.records import Mechanism
from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.home import home
from conformance.findings.expectations import KnownFailure, first_match, load_known_failures
from conformance.fuzzing.examination import Examiner, Surprise
from conformance.fuzzing.run import Budget, surprises
from conformance.oracle.oracle import Oracle

pytestmark = [pytest.mark.frameworks, pytest.mark.slow]

SEED = 20240229
EXAMPLES = {"torch": 20, "tfp": 8, "paddle": 20, "mindspore": 6}


NUMERICAL = {"range", "accuracy", "missing support mask", "limit at a special value", "flush to zero"}
"""What goes wrong with numbers is told apart differently in every composition; a wrong formula or shape is not."""


def kind_of(mechanism: str) -> str:
    family = family_of(mechanism)
    return "numerical" if family in NUMERICAL else family


def is_known(one: Surprise, entries: list[KnownFailure]) -> bool:
    """Whether the framework's list names the component in this release, and what is wrong there is numerical or of a
    kind that is named for it; or names the finding by its other axes."""
    for entry in entries:
        if entry.component != "*" and fnmatchcase(one.component, entry.component):
            named = [kind_of(each) for each in get_args(Mechanism) if each in entry.reason.partition(":")[0]]
            if kind_of(one.mechanism) in ("numerical", *named) and entry.in_range(one.finding.version):
                return True
    others = [entry for entry in entries if entry.component == "*"]
    return first_match(others, asdict(one.finding)) is not None


def test_what_is_numerical_is_a_family_of_mechanisms() -> None:
    assert {family_of(each) for each in get_args(Mechanism)} >= NUMERICAL


@pytest.mark.parametrize("framework", EXAMPLES)
def test_nothing_is_wrong_where_nobody_knows_of_it(framework: str, tmp_path: Path) -> None:
    entries = load_known_failures(ADAPTERS_DIR / framework / "known_failures.toml", missing="refuse")
    environment = existing(framework, home() / "environments")
    if environment.python is None:
        pytest.skip(f"{framework} is not installed: {environment.reason}")
    with FrameworkClient(environment, framework, None) as client:
        description = client.describe()
        examiner = Examiner(client, Oracle(tmp_path), description, "float32", SEED, "serious")
        found = list(
            surprises(examiner, Budget(examples=EXAMPLES[framework]), SEED, print, lambda one: is_known(one, entries))
        )
    told = [
        f"{one.component}, {one.mechanism}: {one.finding.quantity} of {one.subject} at {one.finding.worst.input}, "
        f"batches {one.inputs} and {one.parameters}: {one.finding.summary} {one.finding.note}"
        for one in found
    ]
    assert not told, "\n".join(told)
    assert examiner.examined >= EXAMPLES[framework] // 2
