"""What is refused before a function is called; the rest is seen through ``conformance check`` and its processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.comparison.plan import BadRequest, Plan
from conformance.formulas.asked import ABOUT_BATCHES, Asked, asked_for, plan_for
from conformance.formulas.trial import try_out
from conformance.oracle.oracle import Oracle

Make = Callable[..., tuple[Asked, Plan]]


@pytest.fixture
def asking(tmp_path: Path) -> Make:
    """A request about a file that is there, and its plan."""
    (tmp_path / "mine.py").write_text("def log_prob(y, loc): return y\n", encoding="utf-8")

    def make(*grid: str, **more: Any) -> tuple[Asked, Plan]:
        asked = asked_for(f"{tmp_path / 'mine.py'}:log_prob", "normal(loc=LOC,scale=2)", "numpy", grid=grid)
        return asked, plan_for(asked, tmp_path, tmp_path / "home", **more)

    return make


def test_a_dtype_that_the_framework_lacks_is_said(asking: Make) -> None:
    asked, plan = asking(dtypes=["float32,bfloat16"])
    with pytest.raises(BadRequest, match="numpy has no bfloat16 here; it has float16, float32"):
        try_out(None, Oracle(), asked, plan, {"dtypes": ["float16", "float32"]})  # type: ignore[arg-type]


def test_a_grid_without_a_float_of_the_dtype_is_said(asking: Make) -> None:
    asked, plan = asking("LOC=1e30", dtypes=["float16"])
    with pytest.raises(BadRequest, match="no point of the grid is a number of float16"):
        try_out(None, Oracle(), asked, plan, {"dtypes": ["float16"]})  # type: ignore[arg-type]


def test_the_plan_asks_for_what_was_promised_and_nothing_else(asking: Make) -> None:
    asked, plan = asking("LOC=0.5,2")
    assert plan.frameworks == ("mine",)
    assert plan.host == "numpy"
    assert plan.subjects == asked.subjects == ("normal(loc=0.5,scale=2.0)", "normal(loc=2.0,scale=2.0)")
    assert (plan.quantities, plan.inside, plan.dtypes, plan.modes) == (("log_prob",), True, ("float32",), ("eager",))
    assert plan.laws
    assert not set(plan.laws) & set(ABOUT_BATCHES)


@pytest.mark.parametrize(
    ("file", "name"), [("my_policy.py", "my_policy"), ("torch.py", "own_formula"), ("2.py", "own_formula")]
)
def test_results_are_listed_under_the_file_s_name_where_that_is_free(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).write_text("def log_det(x): return x\n", encoding="utf-8")
    asked = asked_for(f"{tmp_path / file}:log_det", "tanh", "torch")
    assert asked.formula.name == name
    assert asked.formula.component == f"{file}:log_det"
    assert asked.guessed
