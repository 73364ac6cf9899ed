"""A request is checked before any work begins."""

from pathlib import Path
from typing import Any

import pytest

from adapters.interface.quantities import TAILS
from conformance.comparison.plan import DEFAULT_MODES, MODES, Asked, BadRequest, chosen_subjects, make_plan
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.further import DEAR_LAWS
from conformance.definitions.registry import takes_events
from conformance.floats.formats import FORMATS
from conformance.judging.profile import LEANLY
from conformance.laws.registry import LAWS


def test_everything_is_chosen_by_default(tmp_path: Path) -> None:
    plan = make_plan(home=tmp_path)
    assert plan.subjects == CATALOGUE
    assert plan.modes == DEFAULT_MODES
    assert "torch" in plan.frameworks


def test_a_leading_name_selects_every_subject_of_the_catalogue_that_begins_so() -> None:
    """A further one is named by its text: what takes one subject finds one behind rayleigh_cdf, and normal is none."""
    chosen = chosen_subjects(["power"])
    assert chosen == tuple(subject for subject in CATALOGUE if subject.startswith("power("))
    assert len(chosen) > 2
    assert any(subject.startswith("power(") for subject in FURTHER_SUBJECTS)
    assert len(chosen_subjects(["rayleigh_cdf"])) == 1
    with pytest.raises(BadRequest):
        chosen_subjects(["normal"])


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


def test_further_subjects_are_asked_leanly_by_who_takes_them_in(tmp_path: Path) -> None:
    plan = make_plan(home=tmp_path, further=True)
    assert plan.subjects == CATALOGUE + FURTHER_SUBJECTS
    everything = Asked(tuple(FORMATS), DEFAULT_MODES, tuple(LAWS))
    assert {plan.asked(subject) for subject in CATALOGUE} == {everything}
    lean = Asked(("float32", "float64"), ("eager",), LEANLY["laws"])
    dear = Asked(
        ("float32",), ("eager",), tuple(law for law in lean.laws if law != "L12"), ("log_prob", *TAILS, "icdf")
    )
    assert {plan.asked(subject) for subject in FURTHER_SUBJECTS if subject not in DEAR_LAWS} == {lean}
    assert {plan.asked(subject) for subject in DEAR_LAWS} == {dear}
    assert {plan.only(subject) for subject in DEAR_LAWS} == {dear.quantities}
    assert "prob" not in dear.quantities
    assert set(lean.laws) < set(LAWS)


def test_a_further_subject_that_is_named_is_asked_as_any_other(tmp_path: Path) -> None:
    named = FURTHER_SUBJECTS[0]
    plan = make_plan(home=tmp_path, subjects=[named], further=True)
    assert plan.subjects == (named,)
    assert plan.asked(named) == Asked(plan.dtypes, plan.modes, plan.laws)


@pytest.mark.parametrize("named", [{"dtypes": ["bfloat16"]}, {"modes": ["graph"]}, {"laws": ["L09"]}])
def test_what_is_named_is_asked_of_further_subjects_too(named: dict[str, Any], tmp_path: Path) -> None:
    asked = make_plan(home=tmp_path, further=True, **named).asked(FURTHER_SUBJECTS[0])
    for kind, lean in LEANLY.items():
        assert list(getattr(asked, kind)) == named.get(kind, list(lean))


def test_of_further_events_fewer_are_asked_and_of_whoever_is_named_as_many_as_ever(tmp_path: Path) -> None:
    plan, event = make_plan(home=tmp_path, further=True), "ascending@20"
    assert plan.profile_of(event).rows < plan.profile_of("ascending").rows == plan.profile.rows
    assert plan.profile_of(event).budget < plan.profile_of("ascending").budget == plan.profile.budget
    number = next(subject for subject in FURTHER_SUBJECTS if not takes_events(subject))
    assert plan.profile_of(number).density == plan.profile.density
    assert make_plan(home=tmp_path, further=True, subjects=[event]).profile_of(event) == plan.profile
