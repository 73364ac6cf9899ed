"""What can be asked for, and the one line that says what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.certification.selection import offered, select
from conformance.comparison.plan import BadRequest
from conformance.definitions.catalogue import CATALOGUE
from conformance.findings.expectations import ExpectationError

NAMES = ("frameworks", "subjects", "dtypes", "laws", "modes", "adapter_file", "known_failures", "no_shipped_list")


def options(**chosen: Any) -> dict[str, Any]:
    fixed = {"frameworks": ["numpy"], "profile": "quick", "conformance_home": "/nowhere", "fail_on": "serious"}
    return {**dict.fromkeys(NAMES), "write_known": None, **fixed, **chosen}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"frameworks": ["torhc"]}, "unknown framework 'torhc' (did you mean 'torch'?); valid: numpy, torch"),
        ({"subjects": ["tahn"]}, "did you mean tanh?"),
        ({"subjects": ["affine(loc=1"]}, "affine(loc=1"),
        ({"dtypes": ["float8"]}, "unknown dtype 'float8' (did you mean 'float64'?); valid: float16"),
        ({"laws": ["L99"]}, "unknown law 'L99'"),
        ({"modes": ["fast"]}, "unknown mode 'fast'"),
        ({"profile": "slow"}, "unknown profile 'slow'; valid: quick"),
        ({"adapter_file": "absent.py"}, "absent.py: there is no such file"),
        ({"fail_on": "severe"}, "--fail-on severe: one of grave, serious, minor"),
        ({"write_known": "/absent/folder/known.toml"}, "--write-known /absent/folder/known.toml: cannot be written"),
        ({"adapter_file": __file__, "frameworks": ["one,two"]}, "exactly one --framework"),
        ({"adapter_file": __file__, "frameworks": ["../x"]}, "exactly one --framework"),
    ],
)
def test_what_does_not_exist_is_told_on_one_line(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(BadRequest) as caught:
        select(options(**chosen))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_defaults() -> None:
    plan = select(options()).plan
    assert (plan.frameworks, plan.subjects, plan.dtypes) == (("numpy",), CATALOGUE, ("float32", "float64"))
    assert (plan.role, plan.home) == ("gate", Path("/nowhere"))


def test_lists_may_be_separated_by_commas_or_repeated() -> None:
    plan = select(options(frameworks=["numpy,torch", "tfp"], subjects=["softplus", "tanh"], laws=["l01,L03"])).plan
    assert plan.frameworks == ("numpy", "torch", "tfp")
    assert plan.subjects == ("softplus", "tanh")
    assert plan.laws == ("L01", "L03")
    assert len(select(options(dtypes=["all"])).plan.dtypes) == 4


def _entry(path: Path, **axes: str) -> Path:
    words = {"reason": "a reason", "link": "https://example.org/1", "versions": ">=0", **axes}
    path.write_text("[[failure]]\n" + "".join(f'{key} = "{value}"\n' for key, value in words.items()))
    return path


def test_known_failures_lie_beside_the_adapter_and_in_the_files_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("")
    beside = _entry(tmp_path / "known_failures.toml")
    mine = options(frameworks=["mine"], adapter_file=str(tmp_path / "mine.py"))
    chosen = select(mine)
    assert chosen.plan.frameworks == ("mine",)
    assert [entry.source for entry in chosen.known_failures("mine")] == [beside]
    named = _entry(tmp_path / "named.toml", cause="0123456789ab")
    other = _entry(tmp_path / "other.toml", framework="theirs")
    also = select({**mine, "known_failures": [str(named), str(other)]})
    assert [entry.source for entry in also.known_failures("mine")] == [named, beside]
    instead = select({**mine, "known_failures": [str(named)], "no_shipped_list": True})
    assert [entry.source for entry in instead.known_failures("mine")] == [named]
    absent = select({**mine, "known_failures": [str(tmp_path / "absent.toml")]})
    with pytest.raises(ExpectationError, match=r"absent\.toml: there is no such file"):
        absent.known_failures("mine")


def test_the_grades_that_fail() -> None:
    assert select(options(fail_on="grave")).failing_grades == ("grave",)
    assert select(options()).failing_grades == ("grave", "serious")


def test_only_what_the_framework_has_is_asked() -> None:
    plan = select(options(dtypes=["all"], modes=["all"])).plan
    said = {"dtypes": ["float32", "float16"], "modes": ["eager", "xla"]}
    assert offered(plan, said) == [("eager", "float16"), ("xla", "float16"), ("eager", "float32"), ("xla", "float32")]
