"""Names in capitals, and what they run through."""

from __future__ import annotations

import inspect

import pytest

from conformance.comparison.plan import BadRequest
from conformance.definitions.ready_made import READY_MADE
from conformance.definitions.tables import DISTRIBUTIONS, TRANSFORMS
from conformance.floats.formats import FORMATS
from conformance.floats.rounding import round_rational
from conformance.formulas.grid import DEFAULTS, grid_of, names_in, points_of, with_values, written

TANH_NORMAL = "transformed(normal(loc=LOC,scale=SCALE),tanh)"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (TANH_NORMAL, {"LOC": "loc", "SCALE": "scale"}),
        ("transformed( normal( loc = Mu , scale=1E5 ), tanh )", {"Mu": "loc"}),
        ("chain(affine(loc=A,scale=S),affine(loc=A,scale=T))", {"A": "loc", "S": "scale", "T": "scale"}),
        ("scale_matvec_tril(scale_tril=[[D,0.0],[1.5,E]])", {"D": "scale_tril", "E": "scale_tril"}),
        ("scale_matvec_diag(scale_diag=[1E5,D,.5E2])", {"D": "scale_diag"}),
        ("transformed(Normal(loc=0,scale=1),TANH)", {}),
        ("fill_triangular(upper=true)", {}),
        ("tanh", {}),
    ],
)
def test_names_are_what_stands_where_a_number_would(text: str, names: dict[str, str]) -> None:
    assert names_in(text) == names
    assert list(names_in(text)) == list(names)


def test_a_name_is_replaced_wherever_it_stands() -> None:
    text = "chain(affine(loc=A,scale=AB),affine(loc=A,scale=2.0))"
    assert with_values(text, {"A": 0.1, "AB": -3.0}) == "chain(affine(loc=0.1,scale=-3.0),affine(loc=0.1,scale=2.0))"


def test_the_usual_grid_holds_what_the_definition_allows() -> None:
    grid = grid_of(TANH_NORMAL, [])
    points, told = points_of(TANH_NORMAL, grid, [])
    assert list(points.values())[:2] == [{"LOC": 0.0, "SCALE": 0.125}, {"LOC": 0.0, "SCALE": 1.0}]
    assert len(points) == 9, "a scale of a normal distribution is positive"
    assert "transformed(normal(loc=10.0,scale=20.0),tanh)" in points
    assert told == [], "nobody asked for a negative scale"
    affine, _ = points_of("affine(loc=L,scale=S)", grid_of("affine(loc=L,scale=S)", []), [])
    assert len(affine) == 12, "that of an affine map is not"


def test_values_are_given_by_name_in_any_case() -> None:
    given = ["scale=0.5,2,0.5", "LOC=-3"]
    grid = grid_of(TANH_NORMAL, given)
    assert grid == {"LOC": (-3.0,), "SCALE": (0.5, 2.0)}
    points, _ = points_of(TANH_NORMAL, grid, given)
    assert list(points) == [f"transformed(normal(loc=-3.0,scale={scale}),tanh)" for scale in ("0.5", "2.0")]
    assert written(next(iter(points.values()))) == "LOC=-3, SCALE=0.5"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["SCALE=-1,2"], ["LOC=0, SCALE=-1: normal: scale must be positive, not -1.0"]),
        (["LOC=0", "SCALE=-1,2"], ["LOC=0, SCALE=-1: normal: scale must be positive, not -1.0"]),
        (["LOC=0"], []),
    ],
)
def test_what_was_asked_for_and_is_left_out_is_told(given: list[str], told: list[str]) -> None:
    _, said = points_of(TANH_NORMAL, grid_of(TANH_NORMAL, given), given)
    assert said[: len(told)] == told
    assert bool(said) == bool(told)


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        (TANH_NORMAL, ["FOO=1"], "the parameters in --as are LOC, SCALE"),
        ("tanh", ["FOO=1"], "--as has no parameter in upper case"),
        (TANH_NORMAL, ["LOC"], "write --grid NAME=0.5,2"),
        (TANH_NORMAL, ["LOC=a"], "'a' is not a number"),
        (TANH_NORMAL, ["LOC=inf"], "inf is not finite"),
        (TANH_NORMAL, ["LOC=1,1e-400"], "1e-400 is below every format"),
        (TANH_NORMAL, ["LOC=,"], "no value"),
        (TANH_NORMAL, ["LOC=1", "loc=2"], "given twice"),
        (TANH_NORMAL, ["SCALE=-1"], "scale must be positive, not -1.0"),
        (TANH_NORMAL, [f"LOC={','.join(map(str, range(60)))}"], "at most 100"),
        ("transformed(normal(loc=LOC,scal=SCALE),tanh)", [], "normal takes loc, scale, not loc, scal"),
        ("permute(permutation=[A,0.0])", [], "A stands for permutation, for which there are no usual values"),
        ("transformed(normal(loc=LOC,scale=SCALE),tan)", [], "unknown transform 'tan'"),
        ("transformed(normal(loc=LOC,scale=SCALE),tanh", [], "expected ',' or ')'"),
        ("transformed(Normal(loc=LOC,scale=SCALE),tanh)", [], "unknown distribution 'Normal'"),
        ("", [], "expected a name"),
    ],
)
def test_a_mistake_is_one_line(text: str, given: list[str], said: str) -> None:
    with pytest.raises(BadRequest) as refused:
        points_of(text, grid_of(text, given), given)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_usual_values_are_floats_of_every_format_and_of_parameters_that_exist() -> None:
    constructors = (*DISTRIBUTIONS.values(), *READY_MADE.values(), *TRANSFORMS.values())
    takes = {name for one in constructors for name in inspect.signature(one).parameters}
    assert set(DEFAULTS) <= takes
    for value in {value for values in DEFAULTS.values() for value in values}:
        for fmt in FORMATS.values():
            assert round_rational(*value.as_integer_ratio(), fmt) == value
