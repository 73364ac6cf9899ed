"""The wheel beside another project's package called ``adapters``: real wheels, pip and fresh environments."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import conformance

pytestmark = pytest.mark.slow

CHECKOUT = Path(conformance.__file__).resolve().parents[1]
STRANGER = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "stranger"\nversion = "9.9"\n[tool.setuptools]\npackages = ["adapters", "reports"]\n'
    ),
    "adapters/__init__.py": 'WHOSE = "theirs"\n',
    "adapters/heads.py": "HEADS = 12\n",
    "reports/__init__.py": 'WHOSE = "theirs"\n',
}
THEIRS = "import adapters, adapters.heads, reports; print(adapters.WHOSE, adapters.heads.HEADS, reports.WHOSE)"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    unwanted = ("PYTEST_", "CONFORMANCE_", "PYTHONPATH")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    environment["CONFORMANCE_HOME"] = str(cwd / "home")
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The project's wheel and that of a small project whose packages have the same names, built once for all
    processes of a test run."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= "wheels"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "built").exists():
            _build(folder)
            (folder / "built").touch()
    return {"ours": next(folder.glob("bijector*.whl")), "theirs": next(folder.glob("stranger*.whl"))}


def _build(folder: Path) -> None:
    source = folder / "stranger"
    for name, text in STRANGER.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    for place in (CHECKOUT, source):
        built = run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, place, cwd=folder)
        if "No matching distribution" in built.stderr or "NewConnectionError" in built.stderr:
            pytest.skip("pip cannot fetch what builds a wheel here")
        assert built.returncode == 0, built.stderr


def environment_with(folder: Path, wheels: list[Path]) -> Path:
    """A fresh environment with the wheels installed in this order; what they need, and pip, is this one's."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    for wheel in wheels:
        # Compiled is what is imported, when it is.
        done = pip(python, "install", "--no-compile", "--no-deps", "--no-index", wheel, cwd=folder)
        assert done.returncode == 0, done.stderr
    where = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).stdout.strip()
    Path(where, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def pip(python: Path, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """pip of the environment of the tests, at work in that of ``python``."""
    return run(sys.executable, "-m", "pip", "--python", python, "-q", *arguments, cwd=cwd)


@pytest.mark.parametrize("order", [("ours", "theirs"), ("theirs", "ours")], ids=" then ".join)
def test_neither_overwrites_the_other_and_both_work(
    tmp_path: Path, wheels: dict[str, Path], order: tuple[str, str]
) -> None:
    python = environment_with(tmp_path, [wheels[name] for name in order])
    assert run(python, "-c", THEIRS, cwd=tmp_path).stdout == "theirs 12 theirs\n"
    command = run(python.with_name("conformance"), "explain", "tanh", "fldj", "0.5", "--dtype", "float32", cwd=tmp_path)
    assert command.returncode == 0, command.stderr
    assert "another package called adapters is installed here" in command.stderr
    options = ("--pyargs", "conformance", "--framework", "numpy", "--subject", "exp", "--law", "L01")
    certified = run(python, "-m", "pytest", *options, "--dtype", "float32", "--mode", "eager", cwd=tmp_path)
    assert certified.returncode == 0, certified.stdout + certified.stderr
    assert "another package called adapters is installed here" in certified.stdout
    assert "2 passed" in certified.stdout
    # In a process that is not the suite's own, the name is theirs, and the suite says so rather than fail obscurely.
    mixed = run(python, "-c", "import adapters, conformance.definitions.registry", cwd=tmp_path)
    assert mixed.returncode == 1
    assert "is another project's, and this suite has one of that name too" in mixed.stderr.splitlines()[-1]
    gone = pip(python, "uninstall", "-y", "bijector-conformance", cwd=tmp_path)
    assert gone.returncode == 0, gone.stderr
    assert run(python, "-c", THEIRS, cwd=tmp_path).stdout == "theirs 12 theirs\n"


def test_alone_the_short_names_are_there_and_no_test_of_ours_is_collected(
    tmp_path: Path, wheels: dict[str, Path]
) -> None:
    python = environment_with(tmp_path, [wheels["ours"]])
    short = run(python, "-c", "import conformance, adapters.numpy, reports; print(adapters.__file__)", cwd=tmp_path)
    assert Path(short.stdout.strip()).parts[-4:] == ("conformance", "bundled", "adapters", "__init__.py"), short.stderr
    nothing = run(python, "-m", "pytest", "--pyargs", "conformance", cwd=tmp_path)
    assert nothing.returncode == 5, nothing.stdout + nothing.stderr
    assert "no framework is named, so nothing of it is collected" in nothing.stdout
    assert "error" not in nothing.stdout
