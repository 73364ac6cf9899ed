"""``pytest --pyargs conformance --framework torch``: one test per framework, subject, law, dtype and mode.

Without ``--framework`` the plugin changes nothing, except that an installed package collects no test of its own; in a
session that is not pointed at this package it does not even add its options, so that other projects' options of the
same names stay theirs.

Exit codes are pytest's: 0 all laws hold (known failures aside), 1 some are broken, 4 a name does not exist, a
framework cannot be started or several processes are asked for (one line says which), 5 nothing of what was asked is
offered, so that nothing was judged.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.certification.session import Certification

# Nothing of the project is imported before it is needed: in most sessions it never is.
PACKAGE = Path(__file__).resolve().parent
CHECKOUT = (PACKAGE.parent / "pyproject.toml").is_file()
TESTS = PACKAGE / "certification" / "suite.py"
SESSION = pytest.StashKey["Certification"]()
STRANGERS = pytest.StashKey[list[str]]()

# Every spelling that ``conformance compare`` takes; the last one names the attribute.
_LISTS = (
    ("framework frameworks", "framework to certify, such as torch (repeat, or separate by commas)"),
    ("transform transforms subject subjects", "transform or distribution, by name; default: the catalogue"),
    ("dtype dtypes", "float16, bfloat16, float32, float64 or all; default: float32,float64"),
    ("law laws", "laws by identifier, such as L01,L02; default: all"),
    ("mode modes", "execution modes, or all; default: eager and graph"),
)
_TEXTS = (
    ("profile", "quick", "NAME", "how many points: quick (the default), default, thorough"),
    ("conformance-home", None, "DIR", "where environments and the oracle's cache are kept"),
    ("adapter-file", None, "PATH", "Python file with a class Adapter, to certify a library under a name of your own"),
    ("fail-on", "serious", "GRADE", "the mildest finding that fails a test: grave, serious (the default) or minor"),
    (
        "write-known",
        None,
        "FILE",
        "write what fails to FILE, one entry per cause; with --known-failures FILE it is green",
    ),
)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options, where this session is pointed at the package."""
    config = pluginmanager.get_plugin("pytestconfig")
    if not isinstance(config, pytest.Config) or not _addressed(config):
        return
    group = parser.getgroup("conformance", "conformance: laws of probability transforms")
    for spellings, text in _LISTS:
        names = [f"--{name}" for name in spellings.split()]
        group.addoption(*names, dest=_attribute(names[-1]), action="append", metavar="NAMES", help=text)
    for name, default, metavar, text in _TEXTS:
        group.addoption(f"--{name}", dest=_attribute(name), default=default, metavar=metavar, help=text)
    group.addoption(
        "--known-failures",
        dest=_attribute("known-failures"),
        action="append",
        metavar="FILE",
        help="known failures besides those that are listed beside the adapter (repeat for several files)",
    )
    group.addoption(
        "--no-shipped-list",
        dest=_attribute("no-shipped-list"),
        action="store_true",
        help="leave the list beside the adapter out, so that --known-failures replaces it",
    )


def _attribute(option: str) -> str:
    name = option.removeprefix("--")
    return name.replace("-", "_") if name == "conformance-home" else f"conformance_{name.replace('-', '_')}"


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
    return config.getoption(_attribute(name), None)


def pytest_configure(config: pytest.Config) -> None:
    """Check every name, before anything is collected."""
    if not _option(config, "frameworks"):
        options = ("adapter-file", "subjects", "dtypes", "laws", "modes", "known-failures", "no-shipped-list")
        lonely = [name for name in (*options, "write-known") if _option(config, name)]
        if lonely:
            # A session that certifies nothing must not be green.
            raise pytest.UsageError(f"--{lonely[0]} says nothing without --framework NAME")
        return
    if config.getoption("dist", "no") != "no":  # pytest-xdist's; -n sets it.
        # Stale known failures, baselines and the summary are about all tests, of which each process would see some.
        raise pytest.UsageError(
            "--framework certifies in one process, which sees every failure, and its frameworks run in their own: "
            "leave -n out, or say -n 0"
        )
    from conformance.rooms import RoomTaken, claim

    try:
        config.stash[STRANGERS] = claim()
    except RoomTaken as problem:
        raise pytest.UsageError(str(problem)) from None
    from conformance.certification.selection import select
    from conformance.certification.session import Certification
    from conformance.certification.tally import Tally
    from conformance.comparison.plan import BadRequest

    names = [*(spellings.split()[-1] for spellings, _ in _LISTS), *(name for name, *_ in _TEXTS)]
    names += ["known-failures", "no-shipped-list"]
    try:
        selection = select({name.replace("-", "_"): _option(config, name) for name in names})
        config.stash[SESSION] = Certification(selection)
    except BadRequest as problem:
        raise pytest.UsageError(str(problem)) from None
    config.pluginmanager.register(Tally(config.stash[SESSION]), "conformance-tally")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers, however the session ended."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        session.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A certifying session collects the laws and nothing else: this project's own tests are not the user's, and those
    of an installed package are nobody's."""
    if SESSION in config.stash and collection_path.is_file():
        return collection_path != TESTS and collection_path.name != "__init__.py"
    if not CHECKOUT and collection_path.is_file() and PACKAGE in collection_path.parents:
        return True
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
    if session is not None:
        from conformance.certification.terminal import header

        return [*header(session), *config.stash[STRANGERS]]
    if not CHECKOUT and _addressed(config):
        return ["conformance: no framework is named, so nothing of it is collected; say --framework NAME"]
    return []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """List what was not offered and which known failures were met: nothing is skipped silently."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        from conformance.certification.terminal import summary

        for title, lines in summary(session):
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(line)
