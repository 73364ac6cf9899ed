"""The table of the reference's compiled loops compares what it says it compares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.interface import evaluate
from adapters.numpy import bound as numpy_bound
from conformance.benchmarks import reference


@pytest.mark.slow
def test_a_loop_has_the_bits_of_numpy_and_another_one_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reference.main(["exp"]) == 0
    assert "4 functions" in capsys.readouterr().out

    def otherwise_of_many(bound: Any, quantity: str, value: Any) -> Any:
        found = evaluate(bound, quantity, value)
        return np.full_like(found, 7) if len(value) == numpy_bound.MANY else found

    monkeypatch.setattr(reference, "evaluate", otherwise_of_many)
    assert reference.main(["exp"]) == 1


def test_numpy_beside_numpy_is_no_comparison(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numpy_bound, "faster", lambda *_: None)
    numpy_bound._loop.cache_clear()
    assert reference.main(["exp"]) == 1
    assert capsys.readouterr().out.count("no loop") == 4
    numpy_bound._loop.cache_clear()


@pytest.mark.parametrize("which", [["stick_breaking"], ["tanh", "exq"], ["laws"]])
def test_what_is_no_map_of_numbers_is_one_line_and_exit_code_2(
    which: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        reference.main(which)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert which[-1] in said.err
