"""Sessions that must not be green, and those that must: baselines, grades, scripts that deceive, nothing offered."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from conformance.certification.tests.sessions import SMALL, library, session

pytestmark = pytest.mark.slow

TANH = ("--transform", "tanh", *SMALL)


def test_what_was_written_as_known_is_green_and_then_stale(tmp_path: Path) -> None:
    options = library(tmp_path)
    written = session(tmp_path, *options, *TANH, "--write-known", "known.toml", defect="log_det_with_the_wrong_sign")
    assert written.returncode == 0, written.stdout
    assert "written to known.toml, reason and link to be filled in; green with --known-failures" in written.stdout
    text = (tmp_path / "known.toml").read_text()
    assert text.count("[[failure]]") == 1, "the log-det of the inverse is the forward one's, at the inverse"
    assert 'link = "none: to be filled in"' in text
    assert "to be filled in: fldj of tanh at" in text
    known = ("--known-failures", "known.toml")
    green = session(tmp_path, *options, *TANH, *known, defect="log_det_with_the_wrong_sign")
    assert green.returncode == 0, green.stdout
    assert "known failures listed: 1 in known.toml (1 with link and reason to be filled in)" in green.stdout
    stale = session(tmp_path, *options, *TANH, *known)
    assert stale.returncode == 1
    assert "stale known failure: nothing that it names failed where it had been seen" in stale.stdout
    # A part of the tests says nothing about what was seen in others.
    part = session(tmp_path, *options, *TANH, *known, "-k", "L03 or known")
    assert part.returncode == 0, part.stdout
    other = session(tmp_path, *options, *TANH, *known, "--profile", "default", "-k", "L01 or known")
    assert "stale" not in other.stdout, "other points may miss it"


def test_another_failure_than_the_written_ones_is_red(tmp_path: Path) -> None:
    sign = "log_det_with_the_wrong_sign"
    session(tmp_path, *library(tmp_path), *TANH, "--write-known", "known.toml", defect=sign)
    also = library(tmp_path, more=RAISE)
    red = session(tmp_path, *also, *TANH, "--known-failures", "known.toml", defect=sign)
    assert red.returncode == 1
    assert "a message" in red.stdout
    assert "test_law[mine-tanh-L03-float32]" in red.stdout
    assert "test_law[mine-tanh-L01-float32]" not in red.stdout


def test_a_minor_finding_fails_only_where_it_was_asked_for(tmp_path: Path) -> None:
    options = (*library(tmp_path), "--transform", "tanh", "--dtype", "float32", "--law", "L02")
    mild = session(tmp_path, *options, "--fail-on", "grave", defect="no_limit_at_infinity")
    assert mild.returncode == 0, mild.stdout
    assert "findings about mine that fail no test (--fail-on grave)" in mild.stdout
    strict = session(tmp_path, *options, "--fail-on", "minor", defect="no_limit_at_infinity")
    assert strict.returncode == 1


# What a library's own script prints is another library's answer, a right one.
DECEIT = """
def _script(kind, spec, quantity, value):
    said = float(np.ravel(evaluate(Reference().transform(str(spec), value.dtype.name), quantity, value.reshape(1)))[0])
    return Reproduction(f"print({said.hex()!r})\\n")
"""
CRASH = "_Transform.forward = lambda self, x: os.abort()\n"
RAISE = "def _broken(self, x): raise RuntimeError('a message')\n_Transform.forward = _broken\n"
SIGN = (
    "_Transform.log_det_jacobian = lambda self, value, direction='forward': (np.abs(value) + 1).astype(value.dtype)\n"
)


@pytest.mark.parametrize(
    ("fault", "law", "told"),
    [(CRASH, "L03", "crashed"), (RAISE, "L03", "raised"), (SIGN, "L01", "wrong sign")],
    ids=["crash", "exception", "sign"],
)
def test_no_script_talks_a_failure_away(tmp_path: Path, fault: str, law: str, told: str) -> None:
    options = (*library(tmp_path, more=DECEIT + fault), "--transform", "tanh", "--dtype", "float32", "--law", law)
    done = session(tmp_path, *options, "--junitxml=out.xml")
    assert done.returncode == 1, done.stdout
    assert told in done.stdout
    skipped = ElementTree.parse(tmp_path / "out.xml").findall(".//skipped")
    assert not skipped
    if fault is SIGN:
        assert "the adapter's script does not reproduce what the adapter answers" in done.stdout


def test_where_nothing_is_offered_nothing_passed(tmp_path: Path) -> None:
    nothing = "def _none(*any): raise NotOffered('no transforms here')\nAdapter._transform = _none\n"
    options = library(tmp_path, more=f"from adapters.interface import NotOffered\n{nothing}")
    done = session(tmp_path, *options, *TANH)
    assert done.returncode == 5, done.stdout
    assert "mine: nothing of what was asked is offered, or could be judged: this is not a pass" in done.stdout


HOSTILE = """
from adapters.interface import NotOffered
def _none(self, y): raise NotOffered(chr(27) + "]0;owned" + chr(7) + "z" * 5000 + chr(0x202E))
_Transform.inverse = _none
"""


def test_words_of_a_library_are_inert_and_short(tmp_path: Path) -> None:
    options = (*library(tmp_path, more=HOSTILE), "--transform", "tanh,exp", "--dtypes", "float32", "-rsx")
    done = session(tmp_path, *options, "--law", "L05,L03", "--junitxml=out.xml")
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert r"\x1b]0;owned" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) < 500
    xml = (tmp_path / "out.xml").read_text()
    assert "z" * 500 not in xml
    assert ElementTree.fromstring(xml).findall(".//property[@name='not offered']")


def test_words_of_a_library_that_does_not_start_are_inert_too(tmp_path: Path) -> None:
    more = "raise RuntimeError(chr(27) + ']0;owned' + chr(7) + chr(0x202E))\n"
    done = session(tmp_path, *library(tmp_path, more=more), *TANH)
    assert done.returncode == 4
    assert "RuntimeError" in done.stderr
    assert not set("\x1b\x07\u202e") & set(done.stderr)


def test_what_a_subject_lacks_is_told_in_one_line_for_all_its_laws(tmp_path: Path) -> None:
    nothing = "def _none(self, spec, *any): raise NotOffered(f'mine has no {spec}')\nAdapter._distribution = _none\n"
    options = library(tmp_path, more=f"from adapters.interface import NotOffered\n{nothing}")
    subject = "transformed(normal(loc=0.25,scale=1.5),tanh)"
    done = session(tmp_path, *options, "--transform", f"{subject},exp", "--dtype", "float32", "-rs")
    # A law that has nothing to ask of exp says so in a line of its own.
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED") and "mine has no" in line]
    assert re.match(r"SKIPPED \[\d+\] .*: not offered: mine has no transformed\(normal", line)
    assert len(line) < 200


def test_the_junit_run_warns_of_nothing(tmp_path: Path) -> None:
    options = ("--framework", "numpy", "--subject", "exp", "--law", "L01", "--dtype", "float32", "--mode", "eager")
    done = session(tmp_path, *options, "--junitxml=out.xml")
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout
    assert "2 passed" in done.stdout


@pytest.mark.parametrize(
    "option", [("--write-known", "x.toml"), ("--known-failures", "x.toml"), ("--no-shipped-list",)]
)
def test_an_option_without_a_framework_is_refused(tmp_path: Path, option: tuple[str, ...]) -> None:
    done = session(tmp_path, *option)
    assert done.returncode == 4
    assert f"{option[0]} says nothing without --framework NAME" in done.stderr
