"""The plugin as its users meet it: real pytest sessions, elsewhere and in the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from conformance.certification.tests.sessions import CHECKOUT, SMALL, library, session
from conformance.tests.broken import adapter as broken

pytestmark = pytest.mark.slow


def test_a_framework_without_failures(tmp_path: Path) -> None:
    done = session(tmp_path, "--framework", "numpy", "--transform", "exp,tanh", *SMALL, "-v", "--junitxml=out.xml")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("numpy-exp-L01-float32", "numpy-exp-L03-float32", "numpy-tanh-L01-float32"):
        assert re.search(rf"test_law\[{name}\] PASSED", done.stdout)
    assert re.search(r"test_known_failures\[numpy\] PASSED", done.stdout)
    assert "5 passed" in done.stdout
    import numpy

    assert f"numpy {numpy.__version__}" in done.stdout
    assert f"python: {sys.executable}, importable in the running interpreter" in done.stdout
    case = ElementTree.parse(tmp_path / "out.xml").findall(".//testcase")[0]
    properties = {one.get("name"): one.get("value") for one in case.iter("property")}
    axes = {"framework": "numpy", "subject": "exp", "law": "L01", "dtype": "float32", "mode": "eager", "device": "cpu"}
    assert axes.items() <= properties.items()
    assert int(properties["points"] or 0) > 100


def test_a_failure_says_what_was_asked_what_came_and_how_to_see_it(tmp_path: Path) -> None:
    options = (*library(tmp_path), "--transform", "tanh", "--laws", "L02", "--dtypes", "float32", "--junitxml=out.xml")
    done = session(tmp_path, *options, defect="cancelling_tanh")
    assert done.returncode == 1
    text = done.stdout
    assert "L02 is broken: log-determinants and log densities equal the oracle's at extreme inputs" in text
    assert "by mine 1.0 (eager, cpu)" in text
    for line in (
        r"asked +fldj of tanh, float32",
        r"at x = +-?\S+ \(-?0x1\.\w+p[-+]\d+\)",
        r"got +-inf \(-inf\)",
        r"exact +-\d+\.\d{20,}",
        r"distance +inf ulp, 24 of 24 bits lost .*nats",
        r"failure +spurious ±inf \(grave\)",
        # Two thresholds, at either side of 0, each with its nearest input that does not fail so.
        r"where +\d+ of \d+ saturation results; inputs from -\S+ to -9\.\d+ \(not at .+, -[89]\.\S+\) and from 9\.",
        r"component +\S+",
        r"confirmed +by mpmath; truth is certified",
        r"reproduce +\(run in the environment of mine, it misbehaves\)",
        r"printed +-inf",
    ):
        assert re.search(line, text), line
    assert "session.py" not in text, "no traceback of the suite's own"
    case = next(
        one for one in ElementTree.parse(tmp_path / "out.xml").iter("testcase") if "L02" in str(one.get("name"))
    )
    failure = case.find("failure")
    assert failure is not None
    assert "spurious ±inf" in str(failure.text)
    script = text.split("misbehaves)\n\n")[1].split("\n\n  printed")[0]
    code = "\n".join(line.removeprefix("    ") for line in script.splitlines())
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), broken.VARIABLE: "cancelling_tanh"}
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert again.stdout.strip() == "-inf", "what is printed can be pasted and shows the same"


KNOWN = """
[[failure]]
law = "L01"
subject = "tanh"
quantity = "fldj"
dtype = "float32"
reason = "the sign is known to be wrong"
link = "https://example.org/thread/7"
versions = "<2"
"""


def test_a_known_failure_is_expected_and_a_stale_one_is_an_error(tmp_path: Path) -> None:
    options = (*library(tmp_path, KNOWN), "--transform", "tanh", *SMALL, "-rx")
    met = session(tmp_path, *options, defect="log_det_with_the_wrong_sign")
    assert met.returncode == 0, met.stdout
    assert "1 xfailed" in met.stdout
    assert "the sign is known to be wrong [https://example.org/thread/7]" in met.stdout
    assert "known failures of mine" in met.stdout
    stale = session(tmp_path, *options)
    assert stale.returncode == 1
    assert "test_known_failures[mine]" in stale.stdout
    assert "stale known failure: nothing that it names failed at float32, eager" in stale.stdout
    assert "known_failures.toml, entry 1" in stale.stdout


def test_a_second_failure_is_not_excused_by_the_first(tmp_path: Path) -> None:
    known = KNOWN.replace('dtype = "float32"', 'dtype = "float32"\nkind = "spurious nan"')
    done = session(
        tmp_path, *library(tmp_path, known), "--transform", "tanh", *SMALL, defect="log_det_with_the_wrong_sign"
    )
    assert done.returncode == 1
    assert "wrong sign" in done.stdout


TEMPLATE = CHECKOUT / "ci" / "templates" / "my_adapter.py"


def test_the_template_certifies_and_what_it_lacks_is_skipped_aloud(tmp_path: Path) -> None:
    options = ("--framework", "mylib", "--adapter-file", str(TEMPLATE), "--transform", "tanh,exp", *SMALL, "-rs")
    done = session(tmp_path, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 2 skipped" in done.stdout
    assert "not offered: mylib has no tanh" in done.stdout
    assert "not offered by mylib" in done.stdout
    assert "mylib has no tanh: fldj, forward, ildj, inverse of tanh" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--framework", "torhc"), "unknown framework 'torhc' (did you mean 'torch'?); valid: numpy, torch"),
        (("--framework", "mine", "--adapter-file", "absent.py"), "absent.py: there is no such file"),
        (("--adapter-file", "absent.py"), "--adapter-file says nothing without --framework NAME"),
        (("--framework", ""), "no framework is named"),
    ],
)
def test_what_does_not_exist_is_one_line_and_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = session(tmp_path, *arguments)
    assert done.returncode == 4
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert told in lines[0]


@pytest.mark.parametrize("processes", [("-n", "2"), ("--dist=load", "--tx=popen")], ids=" ".join)
def test_several_processes_are_refused_in_one_line(tmp_path: Path, processes: tuple[str, ...]) -> None:
    """Each would see a part of the failures, and call no known one stale."""
    done = session(tmp_path, "--framework", "numpy", "--transform", "exp", *SMALL, *processes)
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if line.strip()]
    assert line.endswith("leave -n out, or say -n 0")
    alone = session(tmp_path, "--framework", "numpy", "--transform", "exp", *SMALL, "-n", "0")
    assert "3 passed" in alone.stdout


def test_a_framework_that_does_not_start_is_one_line(tmp_path: Path) -> None:
    done = session(tmp_path, *library(tmp_path), defect="no_such_defect")
    assert done.returncode == 4
    assert "unknown defect 'no_such_defect'" in done.stderr


def test_a_malformed_list_of_known_failures_is_one_line(tmp_path: Path) -> None:
    done = session(tmp_path, *library(tmp_path, KNOWN.replace("reason", "because")))
    assert done.returncode == 4
    assert "known_failures.toml, entry 1: unknown key 'because'" in done.stderr


def test_other_projects_do_not_notice_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n"
        "    parser.addoption('--framework', default='theirs')\n"
        "    parser.addoption('--laws', default='theirs')\n"
    )
    (tmp_path / "test_theirs.py").write_text(
        "def test_theirs(pytestconfig):\n    assert pytestconfig.getoption('framework') == 'mine'\n"
    )
    done = session(tmp_path, "--framework", "mine", target=())
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    # pytest itself names every installed plugin in its header.
    said = [line for line in done.stdout.splitlines() if not line.startswith("plugins:")]
    assert "conformance" not in "\n".join(said).replace(str(tmp_path), "")


def test_without_a_framework_no_law_is_collected(tmp_path: Path) -> None:
    done = session(tmp_path, "--collect-only", "-q", target=("--pyargs", "conformance.findings"))
    assert "test_store.py" in done.stdout
    whole = session(tmp_path, "--collect-only", "-q", target=("--pyargs", "conformance.certification"))
    assert "test_plugin.py" in whole.stdout
    assert "suite.py" not in whole.stdout


def test_the_checkout_needs_no_installation(tmp_path: Path) -> None:
    """In the checkout the package's conftest registers the plugin, and only the laws are collected."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("CONFORMANCE_", "PYTEST_"))}
    environment |= {"CONFORMANCE_HOME": str(tmp_path)}
    options = ("--framework", "numpy", "--transform", "exp", *SMALL, "-q", "-p", "no:cacheprovider", "--collect-only")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "conformance", *options],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line] == [
        "test_law[numpy-exp-L01-float32]",
        "test_law[numpy-exp-L03-float32]",
        "test_known_failures[numpy]",
    ]
