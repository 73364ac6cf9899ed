"""The table of the reference's compiled loops compares what it says it compares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adapters.interface import evaluate
from conformance.benchmarks import reference


@pytest.mark.slow
def test_a_loop_has_the_bits_of_numpy_and_another_one_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reference.main(["exp"]) == 0
    assert "4 functions" in capsys.readouterr().out

    def otherwise_of_many(bound: Any, quantity: str, value: Any) -> Any:
        found = evaluate(bound, quantity, value)
        return np.full_like(found, 7) if len(value) == reference.MANY else found

    monkeypatch.setattr(reference, "evaluate", otherwise_of_many)
    assert reference.main(["exp"]) == 1


def test_what_is_no_map_of_numbers_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        reference.main(["stick_breaking"])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "stick_breaking" in said.err
