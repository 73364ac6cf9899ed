"""What a framework's whole part of a comparison came to, kept between runs.

Guarantee: what is found is what would be computed again. The key covers everything that the part follows from: the
framework's environment, adapter and processor; the reference's, which is a witness of what can be attained; every
module of the suite; the plan; and the finished sweeps. Answers come from the journal, and the parts lie in its folder:
whoever deletes it has the frameworks asked, and everything judged, anew. A part is not kept where the framework would
not start or the oracle itself failed, which may not happen again.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Mapping
from functools import lru_cache

from conformance.causes.peers import Answer, Question
from conformance.comparison.framework_run import FrameworkResult, run_framework
from conformance.comparison.plan import Plan
from conformance.execution.environments import Environment
from conformance.execution.fingerprint import adapter_source, digest, processor
from conformance.execution.frameworks import ADAPTERS_DIR, REFERENCE
from conformance.oracle.kept.files import CheckedFiles
from conformance.rooms import PACKAGE

_MAGIC = b"conformance result 1\n"
_UNRELATED = ("tests", "benchmarks", "cli", "bundled", "__pycache__")
"""Folders of the package that no result comes from."""
_LATER = "known_failures.toml"
"""What is known of a framework is marked when every part is there."""
_TEXTS = (".py", ".txt", ".json", ".toml")


def found(plan: Plan, environment: Environment) -> FrameworkResult | None:
    """What ``result_of`` returned when the same was asked before; None where nothing is kept."""
    return _files(plan, ".result").load(key_of(plan, environment), _result)


def result_of(plan: Plan, environment: Environment) -> FrameworkResult:
    """``run_framework``, whose result is kept."""
    result = run_framework(plan, environment)
    keep(plan, environment, result)
    return result


def keep(plan: Plan, environment: Environment, result: FrameworkResult) -> None:
    """Have ``found`` find ``result``, if the same would come out again."""
    if result.settled:
        _files(plan, ".result").store(key_of(plan, environment), pickle.dumps(result, protocol=5))


def answers_of(
    plan: Plan, environments: Mapping[str, Environment], ask: Callable[[], dict[str, dict[Question, Answer]]]
) -> dict[str, dict[Question, Answer]]:
    """``ask``: every framework's answers at the others' examples, which follow from what each of them came to."""
    key = digest("answers", *(key_of(plan, environments[name]) for name in plan.frameworks))
    files = _files(plan, ".answers")
    known = files.load(key, _answers)
    if known is None:
        known = ask()
        files.store(key, pickle.dumps(known, protocol=5))
    return known


def _files(plan: Plan, suffix: str) -> CheckedFiles:
    return CheckedFiles(plan.home / "journal" / "results", suffix, _MAGIC)


def key_of(plan: Plan, environment: Environment) -> str:
    """The key of one framework's part of ``plan``: sha256 in hex."""
    tables = sorted((ADAPTERS_DIR / environment.framework).glob("*.toml"))
    sweeps = sorted((plan.home / "sweeps").glob("*.json"))
    asked = (plan.subjects, plan.dtypes, plan.modes, plan.laws, plan.profile, plan.seed, plan.role, plan.timeout)
    narrowed = (plan.quantities, plan.inside, environment.dialect, plan.sweeps is None, plan.lean)
    return digest(
        environment.framework,
        environment.fingerprint,
        adapter_source(environment.framework, environment.adapter_file),
        adapter_source(REFERENCE, None),
        processor(),
        suite_source(),
        repr(asked),
        repr(narrowed),
        repr([(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in sweeps]),
        *(path.read_bytes() for path in tables if path.name != _LATER),
    )


@lru_cache(maxsize=1)
def suite_source() -> str:
    """A digest of every file of the package that a result may come from: sha256 in hex."""
    total = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.suffix in _TEXTS and not set(inside.parts[:-1]) & set(_UNRELATED):
            total.update(str(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


# Files of our own, in a folder of our own, each with its checksum: whoever can write there can run anything already.


def _result(payload: bytes) -> FrameworkResult:
    result = pickle.loads(payload)
    if not isinstance(result, FrameworkResult):
        raise ValueError("no result")
    return result


def _answers(payload: bytes) -> dict[str, dict[Question, Answer]]:
    answers = pickle.loads(payload)
    if not isinstance(answers, dict):
        raise ValueError("no answers")
    return answers
