"""``pytest --pyargs conformance --framework torch``: one test per framework, subject, law, dtype and mode.

Without ``--framework`` the plugin collects nothing and changes nothing; in a session that is not pointed at this
package it does not even add its options, so that other projects' options of the same names stay theirs.

Exit codes are pytest's: 0 all laws hold (known failures aside), 1 some are broken, 4 a name does not exist or a
framework cannot be started (one line says which).
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.certification.session import Certification

# Nothing of the project is imported before it is needed: in most sessions it never is.
PACKAGE = Path(__file__).resolve().parent
TESTS = PACKAGE / "certification" / "suite.py"
SESSION = pytest.StashKey["Certification"]()

_LISTS = (
    ("--framework", "framework", "framework to certify, such as torch (repeat, or separate by commas)"),
    ("--transform", "subjects", "transform or distribution, with or without parameters; default: the catalogue"),
    ("--dtypes", "dtypes", "float16, bfloat16, float32, float64 or all; default: float32,float64"),
    ("--laws", "laws", "laws by identifier, such as L01,L02; default: all"),
    ("--modes", "modes", "execution modes, or all; default: eager and graph"),
)
_TEXTS = (
    ("--profile", "quick", "NAME", "how many points: quick (the default), default, thorough"),
    ("--conformance-home", None, "DIR", "where environments and the oracle's cache are kept"),
    ("--adapter-file", None, "PATH", "Python file with a class Adapter, to certify a library under a name of your own"),
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, where this session is pointed at the package."""
    config = pluginmanager.get_plugin("pytestconfig")
    if not isinstance(config, pytest.Config) or not _addressed(config):
        return
    group = parser.getgroup("conformance", "conformance: laws of probability transforms")
    for option, dest, text in _LISTS:
        names = (option, "--subjects") if option == "--transform" else (option,)
        group.addoption(*names, dest=f"conformance_{dest}", action="append", metavar="NAMES", help=text)
    for option, default, metavar, text in _TEXTS:
        dest = "conformance_" + option.removeprefix("--").removeprefix("conformance-").replace("-", "_")
        group.addoption(option, dest=dest, default=default, metavar=metavar, help=text)


def _addressed(config: pytest.Config) -> bool:
    """Whether an argument names the package (``--pyargs conformance``, or a path of it), or pytest runs in it."""
    here = config.invocation_params.dir.resolve()
    if here == PACKAGE.parent or PACKAGE in (here, *here.parents):
        return True
    arguments = [str(argument) for argument in config.invocation_params.args]
    for before, argument in zip(["", *arguments], arguments, strict=False):
        if before == "-p":  # That loads a plugin, maybe this one, and says nothing about what is tested.
            continue
        name = argument.partition("::")[0]
        if name == "conformance" or name.startswith("conformance."):
            return True
        path = Path(os.path.abspath(here / name))
        if path.exists() and (path == PACKAGE.parent or PACKAGE in (path, *path.parents)):
            return True
    return False


def _option(config: pytest.Config, name: str) -> Any:
    return config.getoption(f"conformance_{name}", None)


def pytest_configure(config: pytest.Config) -> None:
    """Check every name, before anything is collected."""
    if not _option(config, "framework"):
        lonely = [name for name in ("adapter_file", "subjects", "dtypes", "laws", "modes") if _option(config, name)]
        if lonely:
            # A session that certifies nothing must not be green.
            raise pytest.UsageError(f"--{lonely[0].replace('_', '-')} says nothing without --framework NAME")
        return
    from conformance.certification.messages import SHOWN
    from conformance.certification.selection import select
    from conformance.certification.session import Certification
    from conformance.comparison.plan import BadRequest

    names = ("framework", "subjects", "dtypes", "laws", "modes", "profile", "home", "adapter_file")
    try:
        selection = select({name: _option(config, name) for name in names})
        config.stash[SESSION] = Certification(selection, SHOWN)
    except BadRequest as problem:
        raise pytest.UsageError(str(problem)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers, however the session ended."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        session.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A certifying session collects the laws and nothing else: this project's own tests are not the user's."""
    if SESSION in config.stash and collection_path.is_file():
        return collection_path != TESTS and collection_path.name != "__init__.py"
    return None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """The file with the laws is no ``test_*.py``, so that nothing collects it in other sessions."""
    if SESSION in parent.config.stash and file_path == TESTS:
        module: pytest.Module = pytest.Module.from_parent(parent, path=file_path)
        return module
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The parameters of the two tests in that file."""
    session = metafunc.config.stash.get(SESSION, None)
    if session is None or Path(str(metafunc.module.__file__)) != TESTS:
        return
    if "unit" in metafunc.fixturenames:
        units = list(session.units())
        metafunc.parametrize("unit", units, ids=[unit.id for unit in units])
    elif "framework" in metafunc.fixturenames:
        metafunc.parametrize("framework", list(session.frameworks))


@pytest.fixture(scope="session")
def certification(request: pytest.FixtureRequest) -> Certification:
    """The running frameworks of a certifying session."""
    return request.config.stash[SESSION]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Versions and environments: what the verdicts are about."""
    session = config.stash.get(SESSION, None)
    return list(_header(session)) if session is not None else []


def _header(session: Certification) -> Iterator[str]:
    import conformance
    from conformance.oracle.cache import ORACLE_VERSION

    plan = session.selection.plan
    yield (
        f"conformance {conformance.__version__}, oracle {ORACLE_VERSION}, profile {plan.profile.name}, "
        f"seed {plan.seed}, gate points, on {platform.system()} {platform.machine()}"
    )
    for name, running in session.frameworks.items():
        said = running.description
        packages = ", ".join(f"{package} {version}" for package, version in said.get("packages", {}).items())
        flushing = [dtype for dtype, flushes in said.get("flush_to_zero", {}).items() if flushes]
        yield f"{name} {said['version']} ({packages}), {said['devices'][0]}, modes {', '.join(said['modes'])}"
        yield f"  python: {running.why}"
        yield f"  flushes subnormals to zero: {', '.join(flushing) or 'no'}"
        yield f"  known failures listed: {len(running.known)}"


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """List what was not offered and which known failures were met: nothing is skipped silently."""
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    for name, running in session.frameworks.items():
        if running.absent:
            terminalreporter.section(f"not offered by {name}")
            for words, places in sorted(running.absent.items()):
                terminalreporter.write_line(f"{words}: {', '.join(sorted(places))}")
        if running.used:
            terminalreporter.section(f"known failures of {name}")
            for entry, count in running.used.items():
                terminalreporter.write_line(f"{entry} [{entry.link}], met {count} times")
