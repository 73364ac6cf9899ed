"""Environments are made once, mended when half made, and a failure is a value.

The packages installed here are built on the spot and found through pip's own configuration, as on a machine without
network: so the tests need none.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import zipfile
from pathlib import Path

import pytest

from conformance.execution import environments, frameworks, installation
from conformance.execution.environments import ensure, ensure_all, existing

WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(folder: Path, name: str, version: str, *, needs: tuple[str, ...] = (), body: str = "") -> None:
    info = f"{name}-{version}.dist-info"
    required = "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{name}.py": body,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{required}",
        f"{info}/WHEEL": WHEEL,
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    tag = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(folder / tag, "w") as wheel:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(path, text)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel directory that pip is configured to use, and a folder of adapters that want wheels from it."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name in [key for key in os.environ if key.startswith(("PIP_", "CONFORMANCE_"))]:
        monkeypatch.delenv(name)
    configuration = tmp_path / "pip.conf"
    configuration.write_text(f"[global]\nno-index = true\nfind-links = {wheels}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    adapters = tmp_path / "adapters"
    for name, text in {
        "first": "alpha==1.0  # a comment\n\n# another\nbeta==2.0  # --no-deps: it would drag gamma in\n",
        "second": "beta==2.0  # --no-deps\nalpha==1.0\n",
        "third": "alpha==1.0\nbeta==2.0\n",
    }.items():
        (adapters / name).mkdir(parents=True)
        (adapters / name / "requirements.txt").write_text(text)
    make_wheel(wheels, "alpha", "1.0")
    make_wheel(wheels, "beta", "2.0", needs=("gamma",))
    names = ("numpy", "first", "second", "third")
    monkeypatch.setattr(frameworks, "ADAPTERS_DIR", adapters)
    for module in (frameworks, environments):
        monkeypatch.setattr(module, "FRAMEWORKS", names)
    return tmp_path


@pytest.mark.slow
def test_made_once_through_pips_own_configuration(shop: Path) -> None:
    said: list[str] = []
    root = shop / "home" / "environments"
    assert existing("first", root).reason == "not installed"
    made = ensure("first", root, said.append)
    assert made.status == "ready", made.reason
    assert made.python is not None
    assert {made.packages["alpha"], made.packages["beta"]} == {"1.0", "2.0"}
    assert "gamma" not in made.packages
    assert len(said) == 2
    assert ensure("first", root, said.append) == made
    assert len(said) == 2, "a ready environment was made again"
    # The same requirements, in another order: nothing to install.
    assert ensure("second", root, said.append).python == made.python


@pytest.mark.slow
def test_a_failure_is_a_value_with_pips_reason_and_spares_the_others(shop: Path) -> None:
    said: list[str] = []
    root = shop / "home" / "environments"
    found = ensure_all(["third", "first", "numpy"], root, said.append)
    assert [found[name].status for name in found] == ["failed", "ready", "ready"]
    assert "gamma" in found["third"].reason
    assert "\n" not in found["third"].reason
    assert "gamma" in (shop / "home" / "logs" / "install-third.log").read_text()
    make_wheel(shop / "wheels", "gamma", "1.0")
    assert ensure("third", root, said.append).status == "ready", "a failure must not be for ever"


@pytest.mark.slow
def test_an_interrupted_installation_is_done_over(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = shop / "home" / "environments"

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environments, "_size", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure("first", root, lambda _: None)
    assert (root / "first" / "bin" / "python").exists()
    assert existing("first", root).status == "failed"
    assert ensure("first", root, lambda _: None).status == "ready"


@pytest.mark.slow
def test_changed_requirements_make_another_environment(shop: Path) -> None:
    root = shop / "home" / "environments"
    before = ensure("first", root, lambda _: None)
    make_wheel(shop / "wheels", "alpha", "1.1")
    (shop / "adapters" / "first" / "requirements.txt").write_text("alpha==1.1\n")
    assert existing("first", root).status == "failed"
    after = ensure("first", root, lambda _: None)
    assert after.packages["alpha"] == "1.1"
    assert "beta" not in after.packages
    assert after.fingerprint != before.fingerprint


def _ensure_first(root: Path, said: multiprocessing.Queue[str]) -> None:
    ensure("first", root, said.put)


@pytest.mark.slow
def test_two_runs_install_it_once(shop: Path) -> None:
    # Forked, so that both see the adapters and wheels of this test.
    context = multiprocessing.get_context("fork")
    said = context.Queue()
    runs = [context.Process(target=_ensure_first, args=(shop / "home" / "environments", said)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    lines = sorted(said.get(timeout=1) for _ in range(3))
    assert [line.split()[1] for line in lines] == ["another", "installing", "ready"]


def test_a_chosen_interpreter_is_used_and_nothing_is_installed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_PYTHON_FIRST", sys.executable)
    root = shop / "home" / "environments"
    assert ensure("first", root).python == Path(sys.executable)
    assert ensure("second", root).python == Path(sys.executable), "it shares the environment of the first"
    monkeypatch.setenv("CONFORMANCE_PYTHON_FIRST", str(shop / "nothing"))
    broken = ensure("first", root)
    assert broken.status == "failed"
    assert "does not run" in broken.reason
    assert not root.exists()


def test_an_unknown_framework_is_the_callers_error() -> None:
    with pytest.raises(ValueError, match=r"unknown framework 'theano'; known: numpy, torch"):
        ensure("theano")


@pytest.mark.slow
@pytest.mark.parametrize("needs_gpu_libraries", [False, True], ids=["imports without", "needs them"])
def test_torch_comes_without_its_gpu_packages_where_it_can(shop: Path, needs_gpu_libraries: bool) -> None:
    wheels = shop / "wheels"
    body = "import nvidia_cublas" if needs_gpu_libraries else ""
    make_wheel(wheels, "torch", "2.0", needs=("nvidia_cublas", "triton", "alpha"), body=body)
    make_wheel(wheels, "nvidia_cublas", "13.0")
    make_wheel(wheels, "triton", "3.0")
    (shop / "adapters" / "first" / "requirements.txt").write_text("torch==2.0\n")
    said: list[str] = []
    made = ensure("first", shop / "home" / "environments", said.append)
    assert made.status == "ready", made.reason
    assert {"torch", "alpha"} <= set(made.packages)
    assert ("nvidia_cublas" in made.packages) == needs_gpu_libraries
    assert any("CUDA" in line for line in said) == needs_gpu_libraries
    if not needs_gpu_libraries:
        # A CPU build that is on offer is taken as it is, its dependencies included.
        make_wheel(wheels, "torch", "2.0+cpu", needs=("alpha",))
        (shop / "adapters" / "first" / "requirements.txt").write_text("torch==2.0 \nalpha==1.0\n")
        assert ensure("first", shop / "home" / "environments", said.append).packages["torch"] == "2.0+cpu"


def test_the_telling_line() -> None:
    output = (
        "$ pip\nCollecting x\nERROR: Could not find a version that satisfies x\nERROR: No matching distribution for x\n"
    )
    assert installation._telling_line(output + "[notice] new pip\n\n") == "No matching distribution for x"
    assert installation._telling_line("$ venv\nTraceback\nOSError: No space left") == "OSError: No space left"
    assert installation._telling_line("$ venv\n") == ""
