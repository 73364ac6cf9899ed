"""Plain float64 in the place of pairs, for results of half as many bits."""

from __future__ import annotations

import operator
from collections.abc import Callable

import ml_dtypes
import numpy as np
import pytest

from adapters.numpy import Adapter
from adapters.numpy import functions as fn
from adapters.numpy.events.entries import event, flat, per_event
from adapters.numpy.pairs import Pair, Word, every, some, where
from adapters.numpy.tails import ndtr, on

VALUES = np.array([0.3, 1.0, 2.75, 40.0, 1e-9])
OTHER = np.array([1.5, -0.125, 7.0, 1e-20, 3.0])


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_whatever_meets_a_word_is_a_word_of_the_plain_result(operation: Callable[..., Pair]) -> None:
    word, pair = Word(VALUES), Pair.of(OTHER)
    for left, right, expected in (
        (word, Word(OTHER), operation(VALUES, OTHER)),
        (word, pair, operation(VALUES, OTHER)),
        (pair, word, operation(OTHER, VALUES)),
        (word, 3.0, operation(VALUES, 3.0)),
        (3.0, word, operation(3.0, VALUES)),
    ):
        found = operation(left, right)
        assert isinstance(found, Word)
        np.testing.assert_array_equal(found.hi, expected)
        assert not found.lo.any()


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "sqrt", "reciprocal", "sigmoid", "log1m_exp", "tanh"])
def test_a_function_of_a_word_is_a_word_with_the_leading_word_of_a_pair(name: str) -> None:
    function = getattr(fn, name)
    at = -VALUES if name == "log1m_exp" else VALUES
    found = function(Word(at))
    assert isinstance(found, Word)
    np.testing.assert_allclose(found.hi, function(Pair.of(at)).hi, rtol=2.0**-50)


def test_choices_shapes_and_events_of_words_are_words() -> None:
    word, pair = Word(VALUES), Pair.of(OTHER)
    for chosen in (where(VALUES > 1, word, pair), where(VALUES > 1, pair, word)):
        assert isinstance(chosen, Word)
    assert isinstance(on(VALUES > 1, fn.exp, word), Word)
    assert isinstance(on(VALUES > 1e9, fn.exp, word), Word)
    entries = flat(Word(np.arange(6.0).reshape(2, 3)), 1)
    assert [type(entry) for entry in entries] == [Word] * 3
    assert isinstance(event(entries, (3,)), Word)
    assert isinstance(ndtr(word), Word)
    assert isinstance(per_event(Word(np.ones((2, 3))), 1, Word(np.array(2.0))), Word)


def test_sixteen_bits_reach_what_lies_next_to_one() -> None:
    """log(1 - e**-t), and e**-t is far below the last place of 1."""
    law = Adapter().distribution("weibull(scale=1.5,concentration=2.5)", "bfloat16")
    found = law.log_cdf(np.array([7.90625], ml_dtypes.bfloat16))
    assert float(found[0]) == pytest.approx(-np.exp(-((7.90625 / 1.5) ** 2.5)), rel=2.0**-8, abs=0.0)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (5, 1000)])
def test_every_and_some_are_all_and_any(shape: tuple[int, ...]) -> None:
    """Of arrays that lie anyhow in memory too, and where one element is another."""
    for value in (True, False):
        answers = np.full(shape, value)
        for some_of in (answers, answers[..., ::2] if shape else answers, np.isfinite(np.where(answers, 1.0, np.nan))):
            assert every(some_of) == some_of.all()
            assert some(some_of) == some_of.any()
        if answers.size:
            answers[(-1,) * len(shape)] = not value
            assert every(answers) == answers.all()
            assert some(answers) == answers.any()
