"""What can be asked for, and the one line that says what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.certification.selection import offered, select
from conformance.comparison.plan import BadRequest
from conformance.definitions.catalogue import CATALOGUE

NAMES = ("framework", "subjects", "dtypes", "laws", "modes", "home", "adapter_file")


def options(**chosen: Any) -> dict[str, Any]:
    return {**dict.fromkeys(NAMES), "framework": ["numpy"], "profile": "quick", "home": "/nowhere", **chosen}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"framework": ["torhc"]}, "unknown framework 'torhc' (did you mean 'torch'?); valid: numpy, torch"),
        ({"subjects": ["tahn"]}, "did you mean 'tanh'?"),
        ({"subjects": ["affine(loc=1"]}, "affine(loc=1"),
        ({"dtypes": ["float8"]}, "unknown dtype 'float8' (did you mean 'float64'?); valid: float16"),
        ({"laws": ["L99"]}, "unknown law 'L99'"),
        ({"modes": ["fast"]}, "unknown mode 'fast'"),
        ({"profile": "slow"}, "unknown profile 'slow'; valid: quick"),
        ({"adapter_file": "absent.py"}, "absent.py: there is no such file"),
        ({"adapter_file": __file__, "framework": ["one,two"]}, "exactly one --framework"),
        ({"adapter_file": __file__, "framework": ["../x"]}, "exactly one --framework"),
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
    plan = select(options(framework=["numpy,torch", "tfp"], subjects=["affine", "tanh"], laws=["l01,L03"])).plan
    assert plan.frameworks == ("numpy", "torch", "tfp")
    assert plan.subjects == ("affine(loc=0.75,scale=-2.5)", "affine(loc=-1.25,scale=3.0)", "tanh")
    assert plan.laws == ("L01", "L03")
    assert len(select(options(dtypes=["all"])).plan.dtypes) == 4


def test_known_failures_lie_beside_the_adapter() -> None:
    assert select(options()).known_failures("torch").parts[-3:] == ("adapters", "torch", "known_failures.toml")
    mine = select(options(framework=["mine"], adapter_file=__file__))
    assert mine.plan.frameworks == ("mine",)
    assert mine.known_failures("mine") == Path(__file__).with_name("known_failures.toml")


def test_only_what_the_framework_has_is_asked() -> None:
    plan = select(options(dtypes=["all"], modes=["all"])).plan
    said = {"dtypes": ["float32", "float16"], "modes": ["eager", "xla"]}
    assert offered(plan, said) == [("eager", "float16"), ("xla", "float16"), ("eager", "float32"), ("xla", "float32")]
