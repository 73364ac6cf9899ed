"""A user's function under the contract: which arguments it gets, what refusals say, and scripts that stand alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from adapters.formula import Adapter, Formula, FormulaError
from adapters.interface import NotOffered
from adapters.interface.scripts import halves

SUBJECT = "transformed(normal(loc=0.1,scale=2.0),tanh)"
POINT = {"LOC": 0.1, "SCALE": 2.0}

Make = Callable[..., Any]


@pytest.fixture(autouse=True)
def _searched_afterwards_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file called torch.py must not be found by the tests that come after."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def bound(tmp_path: Path) -> Make:
    """Binds a function of a file with the given text, at float32."""

    def make(text: str, function: str = "log_prob", dtype: str = "float32", name: str = "mine.py", **more: Any) -> Any:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        settings = {"quantity": "log_prob", "names": tuple(POINT), "points": {SUBJECT: POINT}} | more

        class Own(Adapter):
            formula = Formula("mine", "numpy", str(file), function, **settings)

        return Own().distribution(SUBJECT, dtype)

    return make


def test_what_is_generated_reads_back(tmp_path: Path) -> None:
    formula = Formula(
        "mine", "numpy", str(tmp_path / "it's.py"), "f", "cdf", ("A",), {"normal": {"A": 0.1}}, True, True
    )
    assert eval(repr(formula)) == formula


def test_a_file_s_name_recolours_no_terminal() -> None:
    assert (
        Formula("own_formula", "numpy", "/tmp/a\x1b[31m b\u202e.py", "f", "cdf").component == r"a\x1b[31m b\u202e.py:f"
    )


@pytest.mark.parametrize(
    ("signature", "call"),
    [
        ("y, loc, scale", "(value, loc=LOC, scale=SCALE)"),
        ("y, scale, loc, eps=1e-6", "(value, scale=SCALE, loc=LOC)"),
        ("y, *, Loc, SCALE", "(value, Loc=LOC, SCALE=SCALE)"),
        ("y, loc, scale, /", "(value, LOC, SCALE)"),
        ("loc, scale, y", "(loc=LOC, scale=SCALE, y=value)"),
        ("y=None, loc=0, scale=1", "(value, loc=LOC, scale=SCALE)"),
        ("y, **parameters", "(value, loc=LOC, scale=SCALE)"),
        ("y, *parameters", "(value, LOC, SCALE)"),
        ("*everything", "(value, LOC, SCALE)"),
    ],
)
def test_arguments_are_found_by_their_names(bound: Make, signature: str, call: str) -> None:
    made = bound(f"def log_prob({signature}):\n    return 0\n")
    assert f"mine.log_prob{call}" in made.reproduction("log_prob", np.float32(0.5)).code


@pytest.mark.parametrize(
    ("text", "function", "said"),
    [
        (
            "def log_prop(y): pass\ndef _own(): pass\nfrom math import log\n",
            "log_prob",
            "no log_prob (did you mean log_pro",
        ),
        ("number = 3\n", "number", "mine.py:number is no function but an int"),
        ("class Policy: pass\n", "Policy", "mine.py:Policy is a class"),
        ("class P:\n    def f(self, y, loc, scale): pass\n", "P.f", "It is a method: name it on an object"),
        ("class P:\n    def f(self, y, loc, scale): pass\np = P()\n", "p.g", "mine.py:p has no g; its functions: f"),
        ("def f(y, mean, std): pass\n", "f", "no loc and scale; write MEAN and STD in --as where LOC and SCALE stand"),
        ("def f(y, loc): pass\n", "f", "mine.py:f takes (y, loc), and no scale"),
        ("def f(y, loc, scale, beta): pass\n", "f", "Give beta a default, or name it in --as"),
        ("def f(loc, scale): pass\n", "f", "nothing that could be the value; expected: the value, loc and scale"),
        ("def f(y:\n", "f", "mine.py, line 1: SyntaxError: '(' was never closed"),
        ("import no_such_module\n", "f", "No module named 'no_such_module' (mine.py, line 1); the interpreter is"),
        ("\nraise SystemExit(2)\n", "f", "mine.py cannot be loaded: SystemExit: 2 (mine.py, line 2)"),
    ],
)
def test_what_cannot_be_called_is_said_in_one_line(bound: Make, text: str, function: str, said: str) -> None:
    with pytest.raises(FormulaError) as refused:
        bound(text, function)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("answer", "named"), [("None", "None"), ("[0.0]", "a list"), ("1.5", "a float")])
def test_what_is_no_array_is_no_answer(bound: Make, answer: str, named: str) -> None:
    made = bound(f"def log_prob(y, loc, scale):\n    return {answer}\n")
    with pytest.raises(FormulaError, match=f"answers with {named}, and not with a numpy.ndarray"):
        made.log_prob(np.zeros(3, np.float32))


def test_only_what_was_asked_is_offered(bound: Make) -> None:
    made = bound("def log_prob(y, loc, scale):\n    return y\n")
    for ask in (made.cdf, made.log_prob_from_base):
        with pytest.raises(NotOffered, match=r"mine\.py:log_prob computes log_prob"):
            ask(np.zeros(3, np.float32))
    with pytest.raises(NotOffered):
        made.sample(1, 1)
    assert made.component("log_prob") == "mine.py:log_prob"
    assert made.component("cdf") == ""


def test_a_file_is_loaded_once_and_fails_once(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("open(__file__ + '.seen', 'a').write('x')\n1 / 0\n", encoding="utf-8")

    class Own(Adapter):
        formula = Formula("mine", "numpy", str(tmp_path / "mine.py"), "f", "log_prob", (), {SUBJECT: {}})

    adapter = Own()
    for _ in range(3):
        with pytest.raises(FormulaError, match=r"ZeroDivisionError: division by zero \(mine.py, line 2\)"):
            adapter.distribution(SUBJECT)
    assert (tmp_path / "mine.py.seen").read_text() == "x"


REVEALING = """
import numpy as np
from beside import FACTOR

def log_prob(y, loc, scale):
    assert type(loc) is type(scale) is {kind}, type(loc)
    assert float(loc) == float(y.dtype.type(loc)), loc
    return (y * FACTOR + y.dtype.type(loc)) / y.dtype.type(scale)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dtype", "numbers", "kind"),
    [
        ("float32", False, "np.float32"),
        ("float64", False, "np.float64"),
        ("bfloat16", False, "y.dtype.type"),
        ("float16", True, "float"),
        ("float32", True, "float"),
    ],
)
def test_the_script_prints_what_the_adapter_answers(
    bound: Make, tmp_path: Path, dtype: str, numbers: bool, kind: str
) -> None:
    """Loaded by its path, with what lies beside it; parameters are the nearest floats of the dtype."""
    (tmp_path / "beside.py").write_text("FACTOR = 3\n", encoding="utf-8")
    made = bound(REVEALING.format(kind=kind), dtype=dtype, numbers=numbers)
    real = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    value = np.array([0.3, -0.7]).astype(real)
    answer = made.log_prob(value)
    assert answer.dtype == value.dtype
    expected = (value * 3 + np.asarray(0.1).astype(real)) / np.asarray(2.0).astype(real)
    np.testing.assert_array_equal(answer, expected)
    code, alone = halves(made.reproduction("log_prob", value[1]).code)
    script = tmp_path / "script.py"
    script.write_text(f"{code}{made.reproduction('log_prob', value[1]).single}{alone}", encoding="utf-8")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, cwd="/", check=True)
    assert ran.stdout.split() == [float(answer[1]).hex()] * 2


def test_a_column_is_a_row_of_one_value_each(bound: Make) -> None:
    summed = "def log_prob(y, loc, scale):\n    assert y.shape[1:] == (1,)\n    return (y * 2).sum(-1)\n"
    kept = "def log_prob(y, loc, scale):\n    return y * 2\n"
    for text in (summed, kept):
        made = bound(text, column=True)
        np.testing.assert_array_equal(made.log_prob(np.array([0.25, 0.5], np.float32)), [0.5, 1.0])
        assert "value = np.array([[float.fromhex" in made.reproduction("log_prob", np.float32(0.25)).code


@pytest.mark.parametrize("name", ["random.py", "torch.py", "np.py", "value.py", "LOC.py", "my-policy.py", "2nd.py"])
def test_a_file_may_have_any_name(bound: Make, name: str) -> None:
    """It takes nobody's place: what it imports, and what a script imports, is the real one."""
    made = bound("import random\nassert random.random\ndef log_prob(y, loc, scale):\n    return y\n", name=name)
    np.testing.assert_array_equal(made.log_prob(np.ones(2, np.float32)), [1.0, 1.0])
    printed: list[str] = []
    exec(made.reproduction("log_prob", np.float32(0.5)).code, {"print": printed.append})
    assert printed == [(0.5).hex()]


def test_what_a_function_does_to_its_argument_stays_there(bound: Make) -> None:
    made = bound("def log_prob(y, loc, scale):\n    y *= 0\n    return y\n")
    value = np.ones(2, np.float32)
    made.log_prob(value)
    np.testing.assert_array_equal(value, [1.0, 1.0])
