"""Subject names: what is written parses back, and everything else is a SpecError with a position."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.interface import Spec, SpecError, parse

names = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,9}", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    numbers | st.booleans() | st.none(),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple),
    max_leaves=6,
)
leaves = st.builds(lambda name, params: Spec(name, (), params), names, st.dictionaries(names, values, max_size=3))
specs = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, parts, params: Spec(name, tuple(parts), params),
        names,
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(names, values, max_size=2),
    ),
    max_leaves=8,
)
events = st.lists(st.integers(1, 10_000), max_size=3).map(tuple)


def exactly(value: Any) -> Any:
    """A value with its bits and its type: 1.0 is not true, and -0.0 is not 0.0."""
    if isinstance(value, tuple):
        return [exactly(item) for item in value]
    return value.hex() if isinstance(value, float) else value


@pytest.mark.slow
@given(specs, events)
@settings(deadline=None, max_examples=50)
def test_text_parses_back(spec: Spec, event: tuple[int, ...]) -> None:
    spec = replace(spec, event=event)
    again = parse(str(spec))
    assert again == spec
    assert str(again) == str(spec)
    assert hash(again) == hash(spec)
    assert again.event == event
    assert [exactly(value) for value in again.params.values()] == [exactly(spec.params[key]) for key in again.params]


def test_lists_words_and_events_are_read_as_what_they_are() -> None:
    spec = parse("f(g(a=[[1.5,-2.0],[0.0,3.0]]),b=true,c=none,d=[false,2.0])@2x5")
    assert spec.event == (2, 5)
    assert spec.parts[0].params == {"a": ((1.5, -2.0), (0.0, 3.0))}
    assert [exactly(spec.params[key]) for key in "bcd"] == [True, None, [False, (2.0).hex()]]
    assert parse("f(a=0.0,b=-0e5)").params == {"a": 0.0, "b": 0.0}


def test_every_number_is_changed_and_nothing_else() -> None:
    spec = parse("f(g(a=[[1.5,-2.0]]),b=true,c=none,d=[false,2.0])@3")
    assert str(spec.with_numbers(lambda number: 2 * number)) == "f(g(a=[[3.0,-4.0]]),b=true,c=none,d=[false,4.0])@3"


@pytest.mark.slow
@given(specs, st.text(" \t\n", max_size=3))
@settings(deadline=None, max_examples=50)
def test_white_space_means_nothing(spec: Spec, space: str) -> None:
    spaced = str(spec).replace("(", f"({space}").replace(",", f"{space},{space}").replace(")", f"{space})")
    assert parse(space + spaced + space) == spec


@pytest.mark.slow
@given(st.text(max_size=40))
@settings(deadline=None, max_examples=100)
def test_any_other_text_raises_one_line(text: str) -> None:
    try:
        spec: Spec | str = parse(text)
    except SpecError as problem:
        spec = str(problem)
    assert len(spec.splitlines()) == 1 if isinstance(spec, str) else parse(str(spec)) == spec


@pytest.mark.parametrize(
    "text", ["", "exp)", "exp(", "affine(loc=)", "affine(loc=1.0,)", "chain(,)", "exp exp", "f(a=1.2.3)", "f(a=b)", "é"]
)
def test_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("f(a=[])", "a needs a number at position 5"),
        ("f(a=[1.0)", "expected ',' or ']' at position 8"),
        ("f(a=[1.0;2.0])", "position 8"),
        ("f(a=1.0,a=2.0)", "a is given twice, again at position 10"),
        ("f(a=1e400)", "beyond every format"),
        ("f(a=[1.0,1e-400])", "below every format"),
        ("f@0", "no shape"),
        ("f@2xx3", "no shape"),
        ("f@10001", "no shape; write @3 or @2x5, of sizes from 1 to 10,000"),
        ("f@100000x100000", "no shape"),
        ("f@2(a=1.0)", "unexpected"),
        ("chain(f@2,g)", "expected ',' or '\\)'"),
        (f"f(a={'[' * 40}1.0{']' * 40})", "nested deeper than 16"),
        (f"{'inverse(' * 40}f{')' * 40}", "nested deeper than 16"),
        (f"f(a=[{'1.0,' * 20_000}1.0])", "characters; at most 20000 are read"),
    ],
)
def test_what_is_wrong_is_said_on_one_short_line(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_the_first_part_of_a_chain_comes_first() -> None:
    spec = parse("chain(affine(loc=0.5,scale=-2.0),tanh)")
    assert [part.name for part in spec.parts] == ["affine", "tanh"]
    assert spec.parts[0].params == {"loc": 0.5, "scale": -2.0}
