"""From measures to groups, cells, clusters, blame and statistics, on the reference and on broken frameworks."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from adapters.interface import BoundDistribution, Spec
from adapters.interface.quantities import OF_LAWS
from adapters.numpy import Adapter as Reference
from conformance.comparison.run import clusters_of
from conformance.comparison.statistics import offers_of
from conformance.execution.request import Reply, Request
from conformance.findings.results import Cell
from conformance.findings.tests.documents import ACCURACY
from conformance.findings.tests.documents import cell as scored
from conformance.judging.blame import blame_for
from conformance.judging.cases import build_case
from conformance.judging.cells import MODERATE, cell_of
from conformance.judging.confirm import decimal_text, hex_text, shortened
from conformance.judging.groups import groups_of
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.laws.law import Check
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

AXES = {"framework": "numpy", "version": "0", "device": "cpu"}
TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"


class Altered(InProcess):
    """The reference with one quantity of one subject changed by ``alter``."""

    def __init__(self, subject: str, quantity: str, alter: object) -> None:
        super().__init__(Reference)
        self._what, self._alter = (subject, quantity), alter

    def evaluate(self, request: Request) -> Reply:
        reply = super().evaluate(request)
        if (request.subject, request.quantity) != self._what or reply.values is None:
            return reply
        assert request.values is not None
        values = self._alter(request.values, reply.values)  # type: ignore[operator]
        return Reply("ok", np.asarray(values, reply.values.dtype), reply.fate)


def case_of(framework: InProcess, subject: str, dtype: str = "float32") -> Case:
    return build_case(framework, Oracle(), subject, dtype, "eager", PROFILES["quick"], 1)


def test_one_group_per_kind_and_region_shows_the_worst_and_counts_the_rest() -> None:
    def alter(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.where(x == np.float32(2.0), np.nan, np.where(np.abs(x - 1.0) < 0.25, y + 0.5, y))

    case = case_of(Altered("tanh", "fldj", alter), "tanh")
    checks = list(LAWS["L01"].check(case))
    groups = {group.kind: group for group in groups_of("L01", checks, case)}
    assert set(groups) == {Failure.SPURIOUS_NAN, Failure.VALUE_WRONG}
    wrong, nan = groups[Failure.VALUE_WRONG], groups[Failure.SPURIOUS_NAN]
    assert nan.count == 1
    assert float(nan.input) == 2.0
    assert 0.75 < float(wrong.low) < float(wrong.high) < 1.25
    assert wrong.count > 1
    assert wrong.measure.distances.nats[wrong.worst] == pytest.approx(0.5, abs=1e-5)


def test_the_reference_has_no_group() -> None:
    case = case_of(InProcess(Reference), "tanh")
    assert not [group for law in LAWS.values() for group in groups_of(law.id, law.check(case), case)]


def test_a_cell_of_a_16_bit_format_is_an_exact_maximum() -> None:
    case = case_of(InProcess(Reference), "tanh", "bfloat16")
    cell = cell_of(case.measure("fldj"), case, AXES)
    assert cell.coverage == "exact maximum"
    assert cell.points == 65283
    assert cell.accuracy is not None
    assert float(cell.accuracy.worst_ulp) <= 0.5
    assert cell.stability is not None
    assert cell.stability.share == 1.0
    assert sum(cell.tiers.values()) == cell.points


def test_the_safe_range_ends_where_the_results_do() -> None:
    case = case_of(Altered("tanh", "fldj", lambda x, y: np.where(np.abs(x) > 20.0, np.inf, y)), "tanh")
    span = cell_of(case.measure("fldj"), case, AXES).safe_range
    assert span is not None
    assert 19.0 < float(span.high) <= 20.0
    assert -20.0 <= float(span.low) < -19.0


@pytest.mark.parametrize("subject", ["linear_flow(field=[[0.75,-1.5],[1.25,-0.5]])", "softmax_centered"])
def test_a_cell_of_ordinary_events_alone_says_why(subject: str) -> None:
    case = case_of(InProcess(Reference), subject)
    (measure,) = (one.measure for one in LAWS["L03"].check(case) if one.measure.quantity == "forward")
    cell, moderate = cell_of(measure, case, AXES), subject.startswith("linear_flow")
    assert (cell.status, cell.message) == ("scored", MODERATE if moderate else "")
    assert (set(cell.regions) == {"ordinary"}) is moderate


def test_not_offered_is_a_status_and_no_score() -> None:
    case = case_of(InProcess(Reference), "tanh")
    measure = case.measure_at("fldj", np.zeros(1, np.float32), np.zeros(1, np.uint8))
    assert measure.offered
    missing = case.score("fldj", np.zeros(1, np.float32), np.zeros(1, np.uint8), Reply("not_offered", message="none"))
    cell = cell_of(missing, case, AXES)
    assert cell.status == "not_offered"
    assert cell.accuracy is None
    assert not Check(missing).failed.any()


@pytest.mark.parametrize(
    ("part", "subject", "quantity"),
    [
        ("base", "normal(loc=0.25,scale=1.5)", "log_prob"),
        ("inverse", "tanh", "inverse"),
        ("log-det", "tanh", "ildj"),
    ],
)
def test_a_wrong_log_prob_is_blamed_on_its_part(part: str, subject: str, quantity: str) -> None:
    case = case_of(Altered(subject, quantity, lambda x, y: y + 0.25), TANH_NORMAL)
    assert blame_for(case, "log_prob", np.array(0.5, np.float32)) == part


def test_nobody_is_blamed_where_every_part_is_right() -> None:
    assert blame_for(case_of(InProcess(Reference), TANH_NORMAL), "log_prob", np.array(0.5, np.float32)) is None


def test_cells_that_share_a_worst_input_are_clustered_across_frameworks_only() -> None:
    def cell(framework: str, worst: float, at: str) -> Cell:
        return scored(framework=framework, accuracy=replace(ACCURACY, worst_ulp=worst, worst_input_hex=at))

    cells = [cell("a", 9.0, "0x1p+0"), cell("b", 9.0, "0x1p+0"), cell("c", 9.0, "0x1p+1"), cell("c", 9.0, "0x1p+1")]
    cells += [cell("d", 0.5, "0x1p+2"), cell("e", 0.5, "0x1p+2")]
    (cluster,) = clusters_of(cells)
    assert cluster.members == ["a eager", "b eager"]


@pytest.mark.parametrize(
    ("subject", "factor", "verdicts"),
    [
        ("normal(loc=0.25,scale=1.5)", 1.0, ["right"] * 6),
        ("normal(loc=0.25,scale=1.5)", 1.25, ["wrong"] * 6),
        ("cauchy(loc=0.25,scale=1.5)", 1.0, ["right"] * 6),
    ],
)
def test_the_table_of_statistics_says_what_the_law_says(subject: str, factor: float, verdicts: list[str]) -> None:
    class Scaled(Reference):
        def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
            bound = super()._distribution(spec, dtype, mode)
            for name in OF_LAWS:
                right = getattr(bound, name)
                setattr(bound, name, lambda right=right: right() * np.float32(factor))
            return bound

    oracle = Oracle()
    case = build_case(InProcess(Scaled), oracle, subject, "float32", "eager", PROFILES["quick"], 1)
    offers = [offer for _, offer in offers_of(case, {"framework": "x", "version": "1"}, oracle)]
    assert [offer.verdict for offer in offers] == verdicts
    assert sum(offer.ulp is not None for offer in offers) == (3 if subject.startswith("cauchy") else 6)


@pytest.mark.parametrize(
    ("exact", "short"),
    [
        ("-4.12272454939204743631e-308", "-4.12272454939…e-308"),
        ("0.000123456789012345678", "0.000123456789012…"),
        ("inf (the limit)", "inf (the limit)"),
        ("1.5", "1.5"),
    ],
)
def test_exact_values_are_cut_without_losing_the_exponent(exact: str, short: str) -> None:
    assert shortened(exact) == short


def test_inputs_read_back_as_the_same_floats() -> None:
    values = np.array([0.1, -1e-45, np.inf, np.nan], np.float32)
    back = [float.fromhex(word) for word in hex_text(values).split()]
    np.testing.assert_array_equal(np.array(back, np.float32), values)
    assert decimal_text(values[:1]) == "0.1"


def test_points_do_not_depend_on_anything_but_their_names(tmp_path: Path) -> None:
    first = case_of(InProcess(Reference), "sigmoid").inputs.points("inverse")
    second = build_case(
        InProcess(Reference), Oracle(tmp_path), "sigmoid", "float32", "eager", PROFILES["quick"], 1
    ).inputs.points("inverse")
    np.testing.assert_array_equal(first.values, second.values)


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [
        (lambda draws: np.where(np.arange(len(draws)) % 2, np.nan, draws), Failure.SPURIOUS_NAN, "2048 of 4096"),
        (lambda draws: np.where(np.arange(len(draws)) < 3, np.inf, draws), Failure.OUT_OF_CODOMAIN, "3 of 4096"),
        (lambda draws: np.where(np.arange(len(draws)) < 3, 1.5, draws), Failure.OUT_OF_CODOMAIN, "3 of 4096"),
        (lambda draws: np.where(np.arange(len(draws)) < 3, 1.0, draws), None, ""),
    ],
)
@pytest.mark.slow
def test_draws_are_numbers_in_the_closed_support(spoil: object, kind: Failure | None, said: str) -> None:
    class Sampler(InProcess):
        def evaluate(self, request: Request) -> Reply:
            reply = super().evaluate(request)
            if request.quantity != "sample":
                return reply
            assert reply.values is not None
            return Reply("ok", spoil(reply.values).astype(reply.values.dtype), None)  # type: ignore[operator]

    checks = list(LAWS["L14"].check(case_of(Sampler(Reference), TANH_NORMAL)))
    form = checks[0].measure
    assert Failure(int(form.failures[0])) == (kind or Failure.NONE)
    assert said in form.message
    assert checks[0].broken.any() == (kind is not None)


@pytest.mark.parametrize(
    ("subject", "dtype", "draw", "kind"),
    [
        ("transformed(laplace(loc=0.25,scale=1.5),exp)", "float16", np.inf, Failure.NONE),
        ("transformed(laplace(loc=0.25,scale=1.5),exp)", "bfloat16", np.inf, Failure.SPURIOUS_INF),
        ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "float16", 1.0996, Failure.NONE),
        ("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "float16", 1.11, Failure.OUT_OF_CODOMAIN),
    ],
)
def test_a_draw_may_overflow_or_be_rounded_past_a_jump(subject: str, dtype: str, draw: float, kind: Failure) -> None:
    class Sampler(InProcess):
        def evaluate(self, request: Request) -> Reply:
            reply = super().evaluate(request)
            if request.quantity == "sample" and reply.values is not None:
                reply.values[7] = draw
            return reply

    form = next(iter(LAWS["L14"].check(case_of(Sampler(Reference), subject, dtype)))).measure
    assert Failure(int(form.failures[0])) == kind
