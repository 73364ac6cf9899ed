"""What ``ci/test`` decides for the user: on how many processes pytest runs, what runs beside it, what it returns."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import conformance

CHECKOUT = Path(conformance.__file__).resolve().parents[1]
THIS = str(Path(__file__).resolve().relative_to(CHECKOUT))


def spread(processors: int, *arguments: str) -> str:
    """The options that are added to these arguments on a machine with so many processors."""
    script = f'. ci/common.sh; getconf() {{ echo {processors}; }}; spread "$@"'
    done = subprocess.run(["bash", "-euc", script, "bash", *arguments], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "arguments", [(), ("adapters",), ("--junitxml", THIS), ("--junitxml=out.xml",), ("-m", "slow"), ("-x", "adapters")]
)
def test_many_tests_run_on_every_processor_but_on_four_at_most(arguments: tuple[str, ...]) -> None:
    assert spread(2, *arguments) == "-n 2 --dist worksteal"
    assert spread(64, *arguments) == "-n 4 --dist worksteal"
    assert spread(1, *arguments) == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("-n", "0"),
        ("-n3",),
        ("--numprocesses=3",),
        ("--dist", "loadfile"),
        ("-p", "no:xdist"),
        ("-k", "journal"),
        ("-s",),
        ("--pdb",),
        (THIS,),
        ("-x", f"{THIS}::test_many"),
    ],
)
def test_who_says_how_many_picks_a_few_or_debugs_is_not_overruled(arguments: tuple[str, ...]) -> None:
    assert spread(2, *arguments) == ""


TOLD = """#!/bin/sh
echo "$2 bytecode=${PYTHONDONTWRITEBYTECODE-kept}" >>"$0.log"
test "$2" != mypy || { sleep 0.2; echo "mypy has spoken"; }
test "$2" != "$FAILING"
"""
"""In the place of Python: notes the module that it is asked to run, and fails for one of them."""


@pytest.mark.parametrize("failing", ["", "mypy", "pytest", "ruff"])
def test_all_checks_run_each_failure_counts_and_bytecode_is_kept(failing: str, tmp_path: Path) -> None:
    shutil.copytree(CHECKOUT / "ci", tmp_path / "ci", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(TOLD)
    python.chmod(0o755)
    made_for = subprocess.run(["cksum"], stdin=(tmp_path / "pyproject.toml").open(), capture_output=True, check=True)
    (tmp_path / ".venv" / ".extras").write_bytes(made_for.stdout + b"dev,fast\n")
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "FAILING": failing}
    done = subprocess.run(["bash", "ci/test"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == int(failing != ""), done.stderr
    assert done.stdout.splitlines()[-1] == "mypy has spoken"
    told = sorted(python.with_name("python.log").read_text().splitlines())
    ran = ["conformance.execution", "mypy", "pytest", "ruff", "ruff"]
    assert told[1:] == [f"{module} bytecode=kept" for module in ran[1:]]
    assert told[0].startswith(ran[0])
