"""A second opinion that is kept is the one that would be formed again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from conformance.floats.formats import format_named
from conformance.oracle.kept import opinions
from conformance.oracle.opinion.second_opinion import SecondOpinion, second_opinion
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise.blocks import block_truth

F32 = format_named("float32")
ASKED = [("tanh", "fldj", 1.25), ("gumbel_cdf(loc=0.5,scale=2.0)", "fldj", -1e5), ("stick_breaking", "forward", None)]


def the_input(x: float | None) -> NDArray[np.float32]:
    return np.array([0.5, -1.0, 3.0] if x is None else x, np.float32)


def refuse(*_: object) -> SecondOpinion:
    raise AssertionError("formed again")


@pytest.mark.parametrize(("subject", "quantity", "x"), ASKED)
def test_it_is_formed_once_and_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subject: str, quantity: str, x: float | None
) -> None:
    at = the_input(x)
    first = Oracle(tmp_path).second_opinion(subject, quantity, at, F32)
    assert first == second_opinion(subject, quantity, at, block_truth(subject, quantity, at[None], F32), F32)
    monkeypatch.setattr(opinions, "second_opinion", refuse)
    assert Oracle(tmp_path).second_opinion(subject, quantity, at, F32) == first
    with pytest.raises(AssertionError, match="formed again"):
        Oracle().second_opinion(subject, quantity, at, F32)


def test_a_damaged_opinion_is_named_set_aside_and_formed_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Oracle(tmp_path).second_opinion("tanh", "fldj", np.float32(1.25), F32)
    (path,) = tmp_path.rglob("*.opinion")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"true", b"null"))
    assert path.read_bytes() != content
    assert Oracle(tmp_path).second_opinion("tanh", "fldj", np.float32(1.25), F32) == first
    said = capsys.readouterr().err
    assert str(path) in said
    assert "corrupt" in said
    assert path.with_name(path.name + ".corrupt").is_file()
    assert path.read_bytes() == content


def test_another_enclosure_is_another_question(tmp_path: Path) -> None:
    """Where the oracle changes its mind, the opinion on what it said before is no opinion on what it says now."""
    x = the_input(1.25)
    truth = block_truth("tanh", "fldj", x[None], F32)
    kept = opinions.SecondOpinions(tmp_path)
    assert kept.opinion("tanh", "fldj", x, truth, F32).agrees
    assert not kept.opinion("tanh", "fldj", x, replace(truth, hi=truth.hi * 1.001), F32).agrees
    assert kept.opinion("tanh", "fldj", x, truth, F32).agrees


def test_keys_tell_apart_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    x = the_input(1.25)
    truth = block_truth("tanh", "fldj", x[None], F32)
    keys = {
        opinions.opinion_key("tanh", "fldj", x, truth, F32),
        opinions.opinion_key("sigmoid", "fldj", x, truth, F32),
        opinions.opinion_key("tanh", "ildj", x, truth, F32),
        opinions.opinion_key("tanh", "fldj", np.float32(-1.25), truth, F32),
        opinions.opinion_key("tanh", "fldj", np.repeat(x, 2), truth, F32),
        opinions.opinion_key("tanh", "fldj", x, replace(truth, err=truth.err * 2), F32),
        opinions.opinion_key("tanh", "fldj", x, truth, format_named("float64")),
    }
    assert len(keys) == 7
    monkeypatch.setattr(opinions, "source_digest", lambda _: "another source")
    assert opinions.opinion_key("tanh", "fldj", x, truth, F32) not in keys
