"""The cache gives back what was stored, and trusts nothing that was damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from conformance.floats.enclosures import Enclosures, Kind
from conformance.floats.formats import format_named
from conformance.oracle.kept import values as cache
from conformance.oracle.kept.files import CHECKSUM_BYTES
from conformance.oracle.kept.values import TruthCache, key_of
from conformance.oracle.oracle import Oracle
from conformance.oracle.pointwise import blocks

F32 = format_named("float32")
X = np.array([0.5, -1.0, 3.0, np.inf, 1e-40], np.float32)


def same(a: Enclosures, b: Enclosures) -> bool:
    return all(np.array_equal(getattr(a, f), getattr(b, f), equal_nan=True) for f in a.__dataclass_fields__)


def only_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.truth")
    return path


def test_a_second_run_reads_what_the_first_one_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Oracle(tmp_path).truth("tanh", "fldj", X, F32)

    def refuse(*_: object) -> Enclosures:
        raise AssertionError("computed again")

    monkeypatch.setattr("conformance.oracle.oracle.block_truth", refuse)
    again = Oracle(tmp_path).truth("tanh", "fldj", X, F32)
    assert same(first, again)
    # What fails is undecided, and is never kept.
    assert (Oracle(tmp_path).truth("tanh", "forward", X, F32).kind == Kind.UNDECIDED).all()


@pytest.mark.parametrize("damage", ["flipped", "truncated", "empty", "foreign"])
def test_a_damaged_file_is_named_set_aside_and_recomputed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    true = Oracle(tmp_path).truth("tanh", "fldj", X, F32)
    path = only_file(tmp_path)
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[-40] ^= 1
    elif damage == "truncated":
        del content[-7:]
    else:
        content = bytearray(b"" if damage == "empty" else b"something else entirely")
    path.write_bytes(bytes(content))
    recomputed = Oracle(tmp_path).truth("tanh", "fldj", X, F32)
    assert same(true, recomputed)
    said = capsys.readouterr().err
    assert str(path) in said
    assert "corrupt" in said
    assert path.with_name(path.name + ".corrupt").read_bytes() == bytes(content)
    assert same(Oracle(tmp_path).truth("tanh", "fldj", X, F32), true)
    assert capsys.readouterr().err == ""


def test_a_planted_value_does_not_survive_its_checksum(tmp_path: Path) -> None:
    """A whole, well-formed payload under a checksum that is not its own."""
    true = Oracle(tmp_path).truth("tanh", "fldj", X, F32)
    path = only_file(tmp_path)
    wrong = true[np.arange(len(true))]
    wrong.hi[0] *= 1.0000001
    path.write_bytes(path.read_bytes()[: len(cache._MAGIC) + CHECKSUM_BYTES] + cache._pack(wrong))
    assert same(Oracle(tmp_path).truth("tanh", "fldj", X, F32), true)


def test_exponents_beyond_32_bits_survive(tmp_path: Path) -> None:
    kept = TruthCache(tmp_path)
    truth = blocks.block_truth("tanh", "fldj", X, F32)
    truth.exponent[1] = -(2**40)
    kept.store("ab", truth)
    again = kept.load("ab")
    assert again is not None
    assert same(again, truth)
    again.hi[0] = 0.25  # What was undecided is filled in later, in place.


def test_keys_tell_apart_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    base = key_of("tanh", "fldj", X, F32)
    assert key_of("tanh", "fldj", X.copy(), F32) == base
    zeros = np.zeros(4, np.float32)
    others = {
        key_of("tanh", "ildj", X, F32),
        key_of("sigmoid", "fldj", X, F32),
        key_of("tanh", "fldj", np.nextafter(X, np.float32(9)), F32),
        key_of("tanh", "fldj", X, format_named("bfloat16")),
        key_of("tanh", "fldj", zeros, F32),
        key_of("tanh", "fldj", zeros.reshape(2, 2), F32),
        key_of("tanh", "fldj", -zeros, F32),
    }
    assert len(others | {base}) == 8
    monkeypatch.setattr(cache, "ORACLE_VERSION", "another")
    assert key_of("tanh", "fldj", X, F32) != base


def test_an_unwritable_folder_costs_the_cache_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    truth = Oracle(blocked).truth("tanh", "fldj", X, F32)
    assert same(truth, blocks.block_truth("tanh", "fldj", X, F32))
    assert "cannot" in capsys.readouterr().err


def test_processes_give_the_same_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.oracle.oracle.SMALLEST_SHARED_WORK", 10)
    monkeypatch.setattr("conformance.oracle.oracle._BLOCK", 30)
    x = np.linspace(-9, 9, 100).astype(np.float32)
    with Oracle(processes=2) as oracle:
        shared = oracle.truth("sigmoid", "fldj", x, F32)
    assert same(shared, Oracle().truth("sigmoid", "fldj", x, F32))
