"""A framework is held to what it promises: its own subject and quantity, and nothing beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mpmath
import numpy as np
import pytest

from adapters.interface.quantities import TABLE
from adapters.numpy import Adapter
from conformance.definitions.catalogue import CATALOGUE, FURTHER_SUBJECTS
from conformance.definitions.registry import definition_of, functions_of
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.in_process import InProcess
from conformance.execution.request import Reply, Request
from conformance.floats.formats import FORMATS
from conformance.judging.cases import build_case
from conformance.judging.cells import cell_of
from conformance.judging.profile import PROFILES
from conformance.laws import promises
from conformance.laws.promises import PromiseError, promise_of, promises_of, read_promises
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.sweeps.scorer import Scorer

F32 = FORMATS["float32"]

ENTRY = """
[[promise]]
subject = "softplus"
quantities = ["forward", "fldj"]
relative = 0.001
absolute = 0.0
of = "value"
source = "its documentation says so"
"""


class Approximate:
    """The reference, all of whose answers are off by ``share`` of themselves; ``framework`` names it."""

    framework = "approximate"

    def __init__(self, share: float) -> None:
        self._reference, self._share = InProcess(Adapter), share

    def evaluate(self, request: Request) -> Reply:
        reply = self._reference.evaluate(request)
        if reply.values is not None:
            return replace(reply, values=(reply.values * (1.0 + self._share)).astype(reply.values.dtype))
        return reply


@pytest.fixture
def promising(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "approximate").mkdir()
    (tmp_path / "approximate" / promises.FILE).write_text(ENTRY)
    monkeypatch.setattr(promises, "ADAPTERS_DIR", tmp_path)
    promise_of.cache_clear()
    promises_of.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What one test was told of made-up files holds for no other."""
    yield
    promise_of.cache_clear()
    promises_of.cache_clear()


def failures(subject: str, quantity: str, share: float) -> set[Failure]:
    case = build_case(Approximate(share), Oracle(), subject, "float32", "eager", PROFILES["quick"], 0)
    values = np.array([-2.0, -0.5, 0.75, 3.0], np.float32)
    measure = case.measure_at(quantity, values, np.zeros(4, np.uint8))
    return {Failure(code) for code in measure.failures.tolist()}


@pytest.mark.usefixtures("promising")
@pytest.mark.parametrize(
    ("subject", "quantity", "share", "verdict"),
    [
        ("softplus", "forward", 9e-4, Failure.NONE),
        ("softplus", "forward", 1.1e-3, Failure.PRECISION_LOST),
        ("softplus", "fldj", 9e-4, Failure.NONE),
        ("softplus(hinge_softness=0.5)", "forward", 9e-4, Failure.NONE),  # Whatever its parameters are.
        ("softplus", "ildj", 9e-4, Failure.PRECISION_LOST),  # A quantity of which nothing is promised.
        ("sigmoid", "forward", 9e-4, Failure.PRECISION_LOST),
        ("chain(softplus,sigmoid)", "forward", 9e-4, Failure.PRECISION_LOST),
        ("inline(softplus)", "forward", 9e-4, Failure.NONE),
        ("inline(softplus)", "forward", 1.1e-3, Failure.PRECISION_LOST),
    ],
)
def test_it_holds_for_its_own_subject_and_quantity(subject: str, quantity: str, share: float, verdict: Failure) -> None:
    found = failures(subject, quantity, share)
    assert found == {verdict} if quantity != "ildj" else verdict in found


@pytest.mark.usefixtures("promising")
@pytest.mark.parametrize("twice", [False, True])
def test_an_inverse_inherits_what_its_map_is_promised_the_other_way_round(twice: bool) -> None:
    subject = "inverse(inline(inverse(softplus)))" if twice else "inline(inverse(softplus(hinge_softness=0.5)))"
    promised = {quantity for quantity in TABLE if promise_of("approximate", subject, quantity)}
    assert promised == ({"forward", "fldj"} if twice else {"inverse", "ildj"})
    own = promise_of("approximate", "softplus", "forward")
    assert promise_of("approximate", subject, "forward" if twice else "inverse") is own


@pytest.mark.usefixtures("promising")
@pytest.mark.parametrize(
    "subject", ["independent(softplus,ndims=1)", "transformed(normal(loc=0.25,scale=1.5),softplus)"]
)
def test_what_adds_errors_of_its_own_inherits_nothing(subject: str) -> None:
    assert not any(promise_of("approximate", subject, quantity) for quantity in TABLE)


@pytest.mark.usefixtures("promising")
def test_what_is_said_of_an_inverse_itself_counts_for_it(tmp_path: Path) -> None:
    said = ENTRY.replace("softplus", "inverse(softplus)").replace("forward", "inverse").replace("0.001", "0.01")
    (tmp_path / "approximate" / promises.FILE).write_text(ENTRY + said)
    found = [promise_of("approximate", "inverse(softplus)", quantity) for quantity in ("inverse", "ildj")]
    assert [promise and promise.relative for promise in found] == [0.01, 0.001]


@pytest.mark.usefixtures("promising")
def test_a_cell_says_by_what_it_was_judged() -> None:
    case = build_case(Approximate(9e-4), Oracle(), "softplus", "float32", "eager", PROFILES["quick"], 0)
    axes = {"framework": "approximate", "version": "1", "device": "cpu"}
    told = {quantity: cell_of(case.measure(quantity), case, axes) for quantity in ("forward", "inverse")}
    assert told["forward"].promise == "off by at most 0.001 of the value: its documentation says so"
    assert told["forward"].failures.get("precision lost", 0) == 0
    assert told["inverse"].failures["precision lost"]
    assert told["inverse"].promise == ""


@pytest.mark.usefixtures("promising")
@pytest.mark.parametrize(("quantity", "told"), [("forward", False), ("inverse", True)])
def test_answers_that_keep_one_promise_may_differ_by_their_place(quantity: str, told: bool) -> None:
    class Alone(Approximate):
        """The reference, off by 1e-6 of itself where one value is asked: what 16 ulp allow once and not twice."""

        def evaluate(self, request: Request) -> Reply:
            self._share = 1.4e-6 if request.rows == 1 else 0.0
            return super().evaluate(request)

    case = build_case(Alone(0.0), Oracle(), "softplus", "float32", "eager", PROFILES["quick"], 0)
    found = [check.measure for check in LAWS["L22"].check(case) if check.measure.quantity == quantity]
    assert any((measure.failures == Failure.POSITION).any() for measure in found) == told


@pytest.mark.usefixtures("promising")
@pytest.mark.parametrize("share", [9e-4, 1e-8])
def test_what_keeps_a_promise_is_no_sign_of_a_narrower_dtype(share: float) -> None:
    """1e-8 is what a parameter in float32 leaves; what is promised nothing is told by the other."""
    subject = "softplus(hinge_softness=0.5)"
    case = build_case(Approximate(share), Oracle(), subject, "float64", "eager", PROFILES["quick"], 0)
    told = {check.measure.quantity for check in LAWS["L15"].check(case) if check.measure.failures.any()}
    assert not told & {"forward", "fldj"}
    assert ("inverse" in told) == (share > 1e-6)


@pytest.mark.usefixtures("promising")
def test_sweeps_judge_by_it_too() -> None:
    assert not Scorer(Approximate(0.0), "softplus", "forward", F32, "eager", False).compiled


@pytest.mark.parametrize("framework", [*FRAMEWORKS, "", "nobody"])
def test_what_is_shipped_is_about_subjects_that_have_the_quantity(framework: str) -> None:
    for (name, quantity), promise in promises_of(framework).items():
        named = [one for one in CATALOGUE + FURTHER_SUBJECTS if promise_of(framework, one, quantity) is promise]
        assert named, f"{name} is no subject that is asked"
        assert all(definition_of(subject) and quantity in functions_of(subject) for subject in named)
        assert len(promise.source) > 40


def test_the_reference_promises_nothing() -> None:
    assert promises_of("numpy") == {}


def _approximated(u: mpmath.mpf) -> mpmath.mpf:
    """E_1(u) as Barry, Parlange and Li (J. Hydrology 227, 2000) interpolate between its behaviour next to 0 and at
    infinity: the constants follow from either, and the power of u in between was fitted."""
    g = mpmath.exp(-mpmath.euler)
    b = mpmath.sqrt(2 * (1 - g) / (g * (2 - g)))
    far = (1 - g) * (g**2 - 6 * g + 12) / (3 * g * (2 - g) ** 2 * b)
    q = mpmath.mpf(20) / 47 * u ** mpmath.sqrt(mpmath.mpf(31) / 26)
    h = 1 / (1 + u * mpmath.sqrt(u)) + far * q / (1 + q)
    fall = mpmath.exp(-u) / (g + (1 - g) * mpmath.exp(-u / (1 - g)))
    return fall * mpmath.log1p(g / u - (1 - g) / (h + b * u) ** 2)


def test_the_approximation_of_barry_parlange_and_li_is_off_by_what_is_promised_of_it() -> None:
    """What TFP's horseshoe law computes, whose density is a multiple of e^u E_1(u): the rest is for its rounding."""
    with mpmath.workdps(40):
        powers = [mpmath.exp(mpmath.mpf(k) / 20) for k in range(-1200, 161)]
        worst = max(abs(_approximated(u) / mpmath.e1(u) - 1) for u in powers)
    assert 6.2e-4 < worst < 6.3e-4
    shipped = promises_of("tfp")
    assert shipped["horseshoe", "prob"].relative == shipped["horseshoe", "log_prob"].absolute == 7e-4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENTRY + "more = 1\n", "more"),
        (ENTRY.replace("absolute = 0.0\n", ""), "absolute"),
        (ENTRY.replace("fldj", "fldx"), "fldx"),
        (ENTRY.replace('"value"', '"batch"'), "batch"),
        (ENTRY.replace("0.001", "0.0"), "nothing, or everything"),
        (ENTRY.replace("0.001", "1.5"), "nothing, or everything"),
        (ENTRY + ENTRY, "entry 2: softplus forward is promised a second time"),
        (ENTRY + "[", "place"),
        (ENTRY.replace("[[promise]]", "[[promises]]"), "promises"),
        ("more = 1\n" + ENTRY, "more"),
        ("promise = 5", "no array of tables"),
        ("promise = [5]", "no array of tables"),
        (ENTRY.replace("0.001", '"x"'), r"entry 1: .*relative"),
        (ENTRY.replace("absolute = 0.0", "absolute = false"), r"entry 1: .*absolute"),
        (ENTRY.replace("0.001", "1" + "0" * 400), "nothing, or everything"),
        (ENTRY.replace('["forward", "fldj"]', "5"), r"entry 1: .*quantities"),
        (ENTRY.replace('["forward", "fldj"]', "[]"), "entry 1: no quantities, so nothing is promised"),
        (ENTRY.replace('"fldj"', "[5]"), r"entry 1: \[\[5\]\] is no quantity"),
        (ENTRY.replace('"softplus"', "5"), r"entry 1: .*subject"),
        (ENTRY.replace('"value"', "5"), r"entry 1: .*of"),
        (ENTRY.replace('"value"', '"""a\nb"""'), r"entry 1: .*neither"),
        (ENTRY.replace('"its documentation says so"', "5"), r"entry 1: .*source"),
    ],
)
def test_what_is_malformed_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(PromiseError, match=told) as raised:
        read_promises(text, "place")
    assert "\n" not in str(raised.value)


def test_every_quantity_of_the_table_may_be_promised() -> None:
    names = ", ".join(f'"{quantity}"' for quantity in TABLE)
    assert len(read_promises(ENTRY.replace('"forward", "fldj"', names), "place")) == len(TABLE)
