"""What a certifying session says before and after its tests. Text of a framework is made harmless here."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping

import conformance
from conformance.certification.session import Certification, Running
from conformance.execution.plain import one_line
from conformance.oracle.kept.values import ORACLE_VERSION

LINES = 40
"""Lines of one section; what is left out is counted, and stands in the JUnit file."""


def header(session: Certification) -> Iterator[str]:
    """Versions and environments: what the verdicts are about."""
    plan, selection = session.selection.plan, session.selection
    yield (
        f"conformance {conformance.__version__}, oracle {ORACLE_VERSION}, profile {plan.profile.name}, "
        f"seed {plan.seed}, gate points, on {platform.system()} {platform.machine()}"
    )
    yield f"  a test fails by findings that are {' or '.join(selection.failing_grades)}"
    for name, running in session.frameworks.items():
        said = running.description
        packages = ", ".join(f"{package} {version}" for package, version in said.get("packages", {}).items())
        flushing = [dtype for dtype, flushes in said.get("flush_to_zero", {}).items() if flushes]
        yield one_line(f"{name} {said['version']} ({packages}), {said['devices'][0]}, modes {', '.join(said['modes'])}")
        yield f"  python: {running.why}"
        yield f"  flushes subnormals to zero: {one_line(', '.join(flushing) or 'no')}"
        yield f"  known failures listed: {_listed(running)}"


def summary(session: Certification) -> Iterator[tuple[str, list[str]]]:
    """Sections, a title and lines each: what was not offered, what was known, what did not fail a test."""
    for name, running in session.frameworks.items():
        if running.absent:
            absent = [f"{words}: {_places(places)}" for words, places in sorted(running.absent.items())]
            yield f"not offered by {name}", _first(absent)
        if running.used:
            used = [f"{one_line(entry)} [{entry.link}], met {_times(count)}" for entry, count in running.used.items()]
            yield f"known failures of {name}", _first(used)
        if running.mild:
            yield (
                f"findings about {name} that fail no test (--fail-on {session.selection.fail_on})",
                _first(list(running.mild)),
            )


def _listed(running: Running) -> str:
    files = dict.fromkeys(str(entry.source) for entry in running.known)
    unseen = sum(entry.to_fill for entry in running.known)
    where = f" in {', '.join(files)}" if files else ""
    return f"{len(running.known)}{where}" + (f" ({unseen} with link and reason to be filled in)" if unseen else "")


def _places(places: Mapping[str, set[str]]) -> str:
    told = [f"{', '.join(sorted(quantities))} of {subject}" for subject, quantities in sorted(places.items())]
    return one_line("; ".join(told[:3])) + (f"; and of {len(told) - 3} more" if len(told) > 3 else "")


def _first(lines: list[str]) -> list[str]:
    return lines if len(lines) <= LINES else [*lines[: LINES - 1], f"and {len(lines) - LINES + 1} more"]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
