"""Subject names: what is written parses back, and everything else is a SpecError with a position."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.interface import Spec, SpecError, parse

names = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,9}", fullmatch=True)
numbers = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.builds(lambda name, params: Spec(name, (), params), names, st.dictionaries(names, numbers, max_size=3))
specs = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda name, parts, params: Spec(name, tuple(parts), params),
        names,
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(names, numbers, max_size=2),
    ),
    max_leaves=8,
)


@given(specs)
@settings(deadline=None, max_examples=50)
def test_text_parses_back(spec: Spec) -> None:
    again = parse(str(spec))
    assert again == spec
    assert str(again) == str(spec)
    assert hash(again) == hash(spec)
    assert [value.hex() for value in again.params.values()] == [spec.params[key].hex() for key in again.params]


@given(specs, st.text(" \t\n", max_size=3))
@settings(deadline=None, max_examples=50)
def test_white_space_means_nothing(spec: Spec, space: str) -> None:
    spaced = str(spec).replace("(", f"({space}").replace(",", f"{space},{space}").replace(")", f"{space})")
    assert parse(space + spaced + space) == spec


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


def test_the_first_part_of_a_chain_comes_first() -> None:
    spec = parse("chain(affine(loc=0.5,scale=-2.0),tanh)")
    assert [part.name for part in spec.parts] == ["affine", "tanh"]
    assert spec.parts[0].params == {"loc": 0.5, "scale": -2.0}
