"""The coverage of one framework, asked of its own process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from adapters.interface.classes import DISTRIBUTION, KINDS, TRANSFORM
from adapters.interface.spec import Spec, parse
from conformance.coverage.decisions import FILE, Decision, load_decisions
from conformance.coverage.judging import Coverage, judge
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.further import DEAR_LAWS, FURTHER_LAWS, FURTHER_MAPS
from conformance.definitions.registry import is_distribution
from conformance.execution.client import FrameworkClient
from conformance.execution.frameworks import ADAPTERS_DIR
from conformance.execution.request import Request


def subjects_and_parts() -> list[str]:
    """The subjects of the default comparison, but for further parameters and sizes of what it has anyway, then the maps
    and laws that they are made of.

    A framework may have a base without the transform that the catalogue puts it through: MindSpore's Exponential.
    """
    asked = (*CATALOGUE, *FURTHER_LAWS, *DEAR_LAWS)
    parts = [str(part) for subject in asked for part in _parts(parse(subject))]
    return list(dict.fromkeys([*asked, *FURTHER_MAPS, *parts]))


def leaves_of(subjects: Iterable[str]) -> list[str]:
    """The maps and laws without parts that ``subjects`` are made of, each once, in the order in which they come."""
    parts = [part for subject in subjects for part in _parts(parse(subject))]
    return list(dict.fromkeys(str(part) for part in parts if not part.parts))


def measure(client: FrameworkClient, decisions: list[Decision], kinds: Collection[str] = KINDS) -> Coverage:
    """The coverage of the framework that ``client`` asks, for classes of ``kinds``.

    Raises FrameworkUnusable where it cannot be had.
    """
    description = client.describe()
    dtypes = description["dtypes"]
    dtype = "float32" if "float32" in dtypes else dtypes[0]
    asked = [Request(each, _any_quantity(each), dtype, description["modes"][0]) for each in subjects_and_parts()]
    found, calls = client.public_classes(asked)
    of_kinds = [each for each in found if each.kind in kinds]
    judged = judge(of_kinds, [each for each in decisions if each.kind in kinds], str(description["version"]))
    own = {one: text for one, text in calls.items() if not parse(one).parts and _kind(one) in kinds}
    return replace(judged, calls=own)


def decisions_of(framework: str, adapter_file: Path | None = None) -> list[Decision]:
    """What was decided beside the adapter; beside the file of somebody's own. Raises DecisionError."""
    folder = adapter_file.parent if adapter_file else ADAPTERS_DIR / framework
    return load_decisions(folder / FILE)


def _any_quantity(subject: str) -> str:
    """It only says of which kind the subject is."""
    return "log_prob" if _kind(subject) == DISTRIBUTION else "forward"


def _kind(subject: str) -> str:
    return DISTRIBUTION if is_distribution(subject) else TRANSFORM


def _parts(spec: Spec) -> list[Spec]:
    return [inner for part in spec.parts for inner in (part, *_parts(part))]
