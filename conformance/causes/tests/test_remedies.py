"""What to write instead: run in the framework's own environment, and shown only where it was seen to be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import msgspec
import numpy as np
import pytest

from conformance.causes import remedies
from conformance.causes.dialects import Dialect, printed_rows
from conformance.causes.formula_table import NoFormula
from conformance.causes.records import Cause
from conformance.causes.remedies import Entry, Table, remedies_for, table_of
from conformance.causes.tests.examples import POWER_CAUSE
from conformance.definitions.catalogue import CATALOGUE
from conformance.execution.client import FrameworkClient
from conformance.execution.request import SnippetReply
from conformance.oracle.oracle import Oracle

TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"
BARE = "normal(loc=0.25,scale=1.5)"


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(None) as made:
        yield made


def cause(subject: str, quantity: str, at: float, framework: str = "torch", dtype: str = "float32") -> Cause:
    example = msgspec.structs.replace(
        POWER_CAUSE.example, subject=subject, quantity=quantity, dtype=dtype, input_hex=float(at).hex()
    )
    return msgspec.structs.replace(POWER_CAUSE, framework=framework, example=example)


class Deaf:
    """A client in whose environment every script fails."""

    def snippet(self, code: str, fresh: bool = False) -> SnippetReply:
        return SnippetReply("raised", message="RuntimeError: no")


@pytest.mark.parametrize("framework", ["torch", "paddle", "tfp", "mindspore", "brax"])
def test_every_table_reads_and_every_entry_concerns_somebody(framework: str) -> None:
    table = table_of(framework)
    assert table is not None
    for entry in table.entries:
        assert any(fnmatchcase(subject, entry.subject) for subject in [*CATALOGUE, BARE]), entry
        assert entry.words.endswith(".")


def test_a_formula_is_translated_and_what_has_no_counterpart_is_refused() -> None:
    functions = {"log1p": "lib.log1p({0})", "exp": "lib.exp({0})", "abs": "lib.abs({0})"}
    dialect = Dialect("import lib\n\n$name = lib.array($values, '$working')", "print(result, '$dtype')", functions)
    text = dialect.formula("sigmoid", "fldj", [np.array(2.0)], "float16")
    assert "-(m + 2 * lib.log1p(lib.exp(-m)))" in text
    assert "x = lib.array([float.fromhex(\"0x1.0000000000000p+1\")], 'float32')" in text
    assert text.endswith("print(result, 'float16')\n")
    with pytest.raises(NoFormula, match="tanh"):
        dialect.formula("tanh", "forward", [np.array(2.0)], "float32")


def test_a_script_imports_what_it_uses() -> None:
    for framework, imports in (("torch", ["import math", "import torch"]), ("tfp", ["import math", "import os"])):
        table = table_of(framework)
        assert table is not None
        text = table.dialect.formula("tanh", "fldj", [np.array(2.0)], "float32")
        assert text.splitlines()[0] == imports[0]
        assert [line for line in text.splitlines() if line.startswith(("import", "from"))][:2] == imports
        assert "Fraction" not in text
        assert "distributions" not in text
    mindspore = table_of("mindspore")
    assert mindspore is not None
    text = mindspore.dialect.formula("softplus", "inverse", [np.array(2.0)], "float32")
    assert all(f"def {name}(x)" in text for name in ("exp", "expm1", "log", "log1p"))
    text = mindspore.dialect.formula("softplus", "forward", [np.array(2.0)], "float32")
    assert all(f"def {name}(x)" in text for name in ("exp", "log", "log1p"))  # log, since log1p calls it.
    assert "def expm1" not in text
    text = mindspore.dialect.formula("tanh", "inverse", [np.array(0.5)], "float32")
    assert "def exp" not in text


def test_only_numbers_are_read() -> None:
    assert printed_rows("0x1p+0 nan", 2, np.dtype(np.float32)) is not None
    for text in ("", "<script>", "0x1p+0 0x1p+0 0x1p+0"):
        assert printed_rows(text, 2, np.dtype(np.float32)) is None


def test_a_script_that_fails_is_no_remedy(oracle: Oracle) -> None:
    assert remedies_for(cause("tanh", "fldj", 2.0**-14), Deaf(), oracle) == []
    assert remedies_for(cause("tanh", "fldj", 2.0**-14, "numpy"), Deaf(), oracle) == []


@pytest.mark.frameworks
def test_torch_scores_its_saturated_samples_with_a_cache(
    oracle: Oracle, client_of: Callable[[str], FrameworkClient]
) -> None:
    first, second = remedies_for(cause(TANH_NORMAL, "log_prob", 1.0), client_of("torch"), oracle)
    assert "cache_size=1" in first.code
    assert first.inputs[0].startswith("9.0109")
    assert first.right
    assert all(np.isfinite(float(text)) for text in first.printed)
    assert "log_abs_det_jacobian(x, torch.tanh(x))" in second.code


@pytest.mark.frameworks
def test_a_remedy_that_is_not_right_is_not_shown(
    oracle: Oracle, client_of: Callable[[str], FrameworkClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = table_of("torch")
    assert found is not None
    usual = Entry("tanh", "fldj", "The usual formula.", "result = torch.log(1 - torch.tanh(value) ** 2)")
    right = Entry("tanh", "fldj", "Right.", "result = -torch.log1p(torch.sinh(value) ** 2)")
    bare = Dialect(found.dialect.head, found.dialect.foot)
    rows: list[Any] = [np.float32(2.0**-10), np.float32(2.0**-8)]
    monkeypatch.setattr(remedies, "table_of", lambda framework: Table(bare, (usual, right)))
    [shown] = remedies_for(cause("tanh", "fldj", 2.0**-14), client_of("torch"), oracle, rows)
    assert shown.words == "Right."
    assert len(shown.inputs) == len(shown.printed) == 3


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["paddle", "tfp"])
def test_the_formula_is_right_in_other_frameworks(
    framework: str, oracle: Oracle, client_of: Callable[[str], FrameworkClient]
) -> None:
    assert remedies_for(cause("tanh", "fldj", 2.0**-14, framework), client_of(framework), oracle)
    assert remedies_for(cause(TANH_NORMAL, "log_prob", 1.0, framework), client_of(framework), oracle)
