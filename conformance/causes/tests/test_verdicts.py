"""Verdicts from measured cells: in x, in readable numbers, saying what happens at the end and how far they go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from adapters.interface import evaluate
from adapters.numpy import Adapter
from conformance.causes.ends import edge_of, saturation
from conformance.causes.numbers import bound, outwards, readable
from conformance.causes.verdicts import ranges_of, verdicts_of
from conformance.execution.request import Reply, Request
from conformance.findings.results import Cell
from conformance.floats.formats import format_named
from conformance.floats.rounding import round_enclosures
from conformance.judging.cases import build_case
from conformance.judging.cells import cell_of
from conformance.judging.profile import profile_named
from conformance.oracle.oracle import Oracle

TANH_NORMAL = "transformed(normal(loc=0.25,scale=1.5),tanh)"


class InProcess:
    """The reference adapter, or a textbook formula where it has one, asked in this process."""

    def __init__(self, formulas: dict[str, Any] | None = None) -> None:
        self.formulas = formulas or {}

    def evaluate(self, request: Request) -> Reply:
        assert request.values is not None
        with np.errstate(all="ignore"):
            if request.quantity in self.formulas:
                values = self.formulas[request.quantity](request.values)
            else:
                kind = "distribution" if request.subject.startswith("transformed") else "transform"
                bound_object = getattr(Adapter(), kind)(request.subject, request.dtype)
                values = evaluate(bound_object, request.quantity, request.values)
        return Reply("ok", values, np.zeros(len(values), np.uint8))


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle(None) as made:
        yield made


def cells(subject: str, dtype: str, oracle: Oracle, quantities: dict[str, Any]) -> list[Cell]:
    """Measured cells of the quantities named; a formula of None is the reference's own."""
    client = InProcess({name: formula for name, formula in quantities.items() if formula})
    case = build_case(client, oracle, subject, dtype, "eager", profile_named("quick"), 3)
    axes = {"framework": "numpy", "version": "1", "device": "cpu"}
    return [_as_cell(cell_of(case.measure(name), case, axes)) for name in quantities]


def _as_cell(found: Any) -> Cell:
    return found if isinstance(found, Cell) else msgspec.convert(found, Cell)


def atanh_log_prob(y: Any) -> Any:
    """As frameworks without a cache score it: nan at y = 1."""
    z = (np.arctanh(y) - np.float32(0.25)) / np.float32(1.5)
    return -z * z / 2 - np.float32(np.log(1.5 * np.sqrt(2 * np.pi))) - np.log1p(-y) - np.log1p(y)


def test_a_range_of_y_is_told_in_x_with_what_happens_at_its_end(oracle: Oracle) -> None:
    [verdict] = verdicts_of(cells(TANH_NORMAL, "float32", oracle, {"log_prob": atanh_log_prob}), [], oracle)
    assert verdict.text.startswith("Safe for |x| < 9.01 (there tanh(x) rounds to 1) in float32; beyond: nan.")
    assert "Measured, not proved" in verdict.text
    assert verdict.variable == "x" and verdict.safe == "inside"  # noqa: PT018 - one thought
    assert verdict.high is not None
    assert verdict.high.why == "there tanh(x) rounds to 1"
    high = np.float32(float.fromhex(verdict.high.value_hex))
    fmt = format_named("float32")
    both = np.array([high, np.nextafter(high, np.float32(np.inf))])
    assert list(round_enclosures(oracle.truth("tanh", "forward", both, fmt), fmt)[0]) == [np.float32(1 - 2**-24), 1]


def test_the_reference_is_safe_everywhere(oracle: Oracle) -> None:
    both: dict[str, Any] = {"log_prob": None, "cdf": None}
    [verdict] = verdicts_of(cells(TANH_NORMAL, "float32", oracle, both), [], oracle)
    assert (verdict.safe, verdict.low, verdict.high) == ("everywhere", None, None)
    assert verdict.text.startswith("Safe everywhere in float32.")


def test_sixteen_bits_are_tried_whole_and_said_to_be(oracle: Oracle) -> None:
    [verdict] = verdicts_of(cells("tanh", "float16", oracle, {"forward": None}), [], oracle)
    assert verdict.text == "Safe everywhere in float16. Every float was tried."


def test_a_log_det_that_is_right_in_nats_alone_reads_so(oracle: Oracle) -> None:
    def usual(x: Any) -> Any:
        return 2 * (np.float32(np.log(2)) - x - np.logaddexp(0, -2 * x))

    [verdict] = verdicts_of(cells("tanh", "float32", oracle, {"fldj": usual}), [], oracle)
    assert verdict.safe == "everywhere"
    found = re.search(
        r"safe in nats, but its relative accuracy is lost .* below \|x\| of about ([\de.-]+)", verdict.text
    )
    assert found
    assert 1e-3 < float(found[1].rstrip(".,")) < 0.1
    [fine] = verdicts_of(cells("tanh", "float32", oracle, {"fldj": None}), [], oracle)
    assert "nats" not in fine.text


def test_a_formula_that_is_never_right_is_safe_nowhere(oracle: Oracle) -> None:
    [verdict] = verdicts_of(cells("tanh", "float32", oracle, {"forward": lambda x: x + np.float32(3)}), [], oracle)
    assert (verdict.safe, verdict.low) == ("nowhere", None)
    assert "cannot be used even in the middle" in verdict.text


def test_a_decreasing_map_turns_the_sides(oracle: Oracle) -> None:
    subject = "transformed(gumbel(loc=0.25,scale=1.5),affine(loc=0.75,scale=-2.5))"

    def one_minus(y: Any) -> Any:
        x = (y - np.float32(0.75)) / np.float32(-2.5)
        return 1 - np.exp(-np.exp(-(x - np.float32(0.25)) / np.float32(1.5)))

    [verdict] = verdicts_of(cells(subject, "float32", oracle, {"cdf": one_minus}), [], oracle)
    assert verdict.low is None
    assert verdict.high is not None
    assert 3 < float(verdict.high.value) < 30


@pytest.mark.parametrize(("dtype", "expected"), [("float32", "9.0109"), ("float64", "19.061"), ("float16", "4.5078")])
def test_where_tanh_reaches_one(dtype: str, expected: str, oracle: Oracle) -> None:
    fmt = format_named(dtype)
    assert str(saturation("tanh", fmt, True, oracle)).startswith(expected)
    assert saturation("exp", fmt, True, oracle) is None
    edge = edge_of("exp", fmt, fmt.max_finite, True, oracle)
    assert edge is not None
    assert edge.why == f"there exp(x) is beyond {dtype}"


def test_numbers_promise_no_more_than_is_known() -> None:
    assert [readable(outwards(v, d)) for v, d in ((9.0109367, -1), (9.0109367, 1), (-9.0109367, 1))] == [
        "9.01",
        "9.02",
        "-9.01",
    ]
    assert [readable(v) for v in (0.0, 1000.0, 1.5e38, 5e-8, 123456.0)] == ["0", "1000", "1.5e38", "5e-8", "1.23e5"]
    assert bound(1 - 2**-24, -1) == "1 - 6.3e-8"
    assert bound(-(1 - 2**-24), 1) == "-(1 - 6.3e-8)"


def test_flushed_subnormal_numbers_around_0_do_not_make_ordinary_inputs_unusable(oracle: Oracle) -> None:
    def flushing(x: Any) -> Any:
        y = np.tanh(x.astype(np.float64)).astype(np.float32)
        return np.where(np.abs(x) < np.finfo(np.float32).tiny, np.float32(0), y)

    (verdict,) = verdicts_of(cells("tanh", "float32", oracle, {"forward": flushing}), [], oracle)
    assert verdict.safe == "inside"
    assert "safe at all ordinary inputs, but not at" in verdict.text.lower()
    assert "subnormal numbers" in verdict.text
    assert "cannot be used" not in verdict.text


def test_ranges_that_are_known_are_not_asked_for_again(oracle: Oracle) -> None:
    some = cells("tanh", "float32", oracle, {"fldj": np.sin, "inverse": np.arctan})
    ranges = ranges_of(some, oracle)
    assert set(ranges) == {(cell.framework, cell.subject, cell.dtype, cell.mode, cell.quantity) for cell in some}
    assert verdicts_of(some, [], None, ranges=ranges) == verdicts_of(some, [], oracle)  # type: ignore[arg-type]
