"""Whether a session judged anything at all: one that did not is not green."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.comparison.plan import BadRequest

if TYPE_CHECKING:
    from conformance.certification.session import Certification


class Tally:
    """A plugin for one certifying session; reports carry the numbers."""

    def __init__(self, session: Certification) -> None:
        self._session = session
        self._decided: dict[str, int] = {}
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what the law tests decided, by framework."""
        said: dict[str, Any] = dict(report.user_properties)
        if report.when == "call" and "points" in said:
            name = str(said["framework"])
            self._decided[name] = self._decided.get(name, 0) + int(said["points"]) - int(said["undecided"])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Exit code 5, as where nothing was collected, if nothing of a framework was judged; and the baseline."""
        idle = [name for name, points in self._decided.items() if not points]
        for name in idle:
            self._lines.append(f"{name}: nothing of what was asked is offered, or could be judged: this is not a pass")
        if idle and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
        if self._session.selection.write_known is not None and not session.config.option.collectonly:
            try:
                path, count = self._session.write_baseline()
                told = f"{count} causes" if count != 1 else "one cause"
                self._lines.append(
                    f"{told} written to {path}, reason and link to be filled in; green with --known-failures {path}"
                )
            except BadRequest as problem:
                self._lines.append(str(problem))
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say so, last of all."""
        for line in self._lines:
            terminalreporter.write_line(f"conformance: {line}", bold=True)
