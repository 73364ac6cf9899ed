"""A request is checked before any work begins."""

from pathlib import Path

import pytest

from conformance.comparison.plan import DEFAULT_MODES, MODES, BadRequest, chosen_subjects, make_plan
from conformance.definitions.catalogue import CATALOGUE


def test_everything_is_chosen_by_default(tmp_path: Path) -> None:
    plan = make_plan(home=tmp_path)
    assert plan.subjects == CATALOGUE
    assert plan.modes == DEFAULT_MODES
    assert "torch" in plan.frameworks


def test_a_leading_name_selects_every_subject_that_begins_so() -> None:
    chosen = chosen_subjects(["affine"])
    assert chosen == tuple(subject for subject in CATALOGUE if subject.startswith("affine("))
    assert len(chosen) > 3


def test_commas_inside_parentheses_belong_to_the_subject() -> None:
    chosen = chosen_subjects(["tanh,chain(affine(loc=0.5,scale=2.0),exp),sigmoid"])
    assert chosen == ("tanh", "chain(affine(loc=0.5,scale=2.0),exp)", "sigmoid")


def test_a_subject_outside_the_catalogue_is_made_canonical() -> None:
    assert chosen_subjects(["affine(scale=2,loc=1)"]) == ("affine(loc=1.0,scale=2.0)",)


def test_all_modes_can_be_asked_for(tmp_path: Path) -> None:
    assert make_plan(home=tmp_path, modes=["all"]).modes == MODES
    assert make_plan(home=tmp_path, modes=["eager,all"]).modes == MODES


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"frameworks": ["troch"]}, "did you mean 'torch'"),
        ({"subjects": ["tahn"]}, "did you mean tanh?"),
        ({"subjects": ["affine(loc=1)"]}, "affine takes"),
        ({"subjects": ["chain(tanh"]}, "expected"),
        ({"dtypes": ["float8"]}, "float16, bfloat16"),
        ({"laws": ["L99"]}, "L01"),
        ({"modes": ["fast"]}, "eager"),
        ({"profile": "endless"}, "quick"),
        ({"frameworks": [","]}, "no framework is named"),
        ({"subjects": [" "]}, "no transform is named"),
        ({"dtypes": [""]}, "no dtype is named"),
        ({"laws": [" ,"]}, "no law is named"),
        ({"modes": [""]}, "no mode is named"),
    ],
)
def test_what_does_not_exist_is_refused_on_one_line_with_the_way_out(
    wrong: dict[str, object], named: str, tmp_path: Path
) -> None:
    with pytest.raises(BadRequest) as refused:
        make_plan(home=tmp_path, **wrong)  # type: ignore[arg-type]
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)
