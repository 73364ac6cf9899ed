"""Where a definition leaves more than one answer open, nobody is accused of giving one of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.numpy import Adapter as Reference
from conformance.definitions.declared import declared
from conformance.definitions.spaces import CorrelationCholesky
from conformance.execution.request import Reply
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region
from conformance.judging.cases import build_case
from conformance.judging.profile import PROFILES
from conformance.laws.case import Case
from conformance.laws.l14_own_samples import _inherent
from conformance.laws.measure import Measure
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure
from conformance.tests.in_process import InProcess

F32 = np.float32


def case_of(subject: str, dtype: str = "float32") -> Case:
    return build_case(InProcess(Reference), Oracle(), subject, dtype, "eager", PROFILES["quick"], 1)


def scored(
    case: Case, quantity: str, x: list[Any], got: Any, region: Region = Region.ORDINARY, fate: Any = None
) -> list[Failure]:
    values = np.array(x).astype(case.fmt.dtype)
    reply = Reply("ok", np.asarray(got).astype(case.fmt.dtype), fate)
    measure: Measure = case.score(quantity, values, np.full(len(values), region, np.uint8), reply)
    return [Failure(int(code)) for code in measure.failures]


@pytest.mark.parametrize("subject", ["affine(loc=0.75,scale=-2.5)", "abs", "inverse(affine(loc=0.75,scale=-2.5))"])
def test_a_log_det_that_is_the_same_everywhere_need_not_look_at_its_input(subject: str) -> None:
    case = case_of(subject)
    right = float(case.ask("fldj", np.array([0.5], F32)).values[0])  # type: ignore[index]
    assert scored(case, "fldj", [0.5, np.nan], [right, right]) == [Failure.NONE, Failure.NONE]
    assert scored(case, "fldj", [0.5, np.nan], np.array(right)) == [Failure.NONE, Failure.NONE]


def test_a_log_det_need_not_look_at_an_entry_that_it_does_not_depend_on() -> None:
    case = case_of("ascending")
    assert scored(case, "fldj", [[np.nan, 0.5, 0.25]], [0.75]) == [Failure.NONE]
    assert scored(case, "fldj", [[1.0, np.nan, 0.25]], [0.25]) == [Failure.VALUE_WRONG]


def test_an_event_one_of_whose_entries_is_beyond_the_format_is_lost_either_way() -> None:
    case = case_of("positive_definite")
    event = [[[-2.0, 0.0, 0.0], [-6.0, -1.0, 0.0], [4.0, -2.5, 90.0]]]
    assert set(scored(case, "forward", event, np.full((1, 3, 3), np.nan))) == {Failure.NONE}
    event[0][2][2] = 9.0
    assert Failure.SPURIOUS_NAN in scored(case, "forward", event, np.full((1, 3, 3), np.nan))


def test_a_matrix_that_roundings_make_singular_need_not_be_factored() -> None:
    case, raised = case_of("cholesky_outer_product"), np.array([3], np.uint8)
    got = np.full((1, 3, 3), np.nan)
    near, far = 1.0 - 2.0**-22, 1.0 - 2.0**-10
    for entry, failure in ((near, Failure.NONE), (far, Failure.RAISED)):
        event = [[[1.0, entry, 0.0], [entry, 1.0, 0.0], [0.0, 0.0, 1.0]]]
        assert set(scored(case, "inverse", event, got, Region.BOUNDARY, raised)) == {failure}


def test_an_orthogonal_map_is_held_against_the_length_of_the_event() -> None:
    """A fast transform brings every entry into every result: half an ulp of 1.9 is no fault where 2e-16 is left."""
    subject, x = "discrete_cosine_transform(dct_type=2.0)", [[-0.0625, -1.875, -0.0625 - 2.0**-20]]
    for quantity, asked in (("forward", subject), ("inverse", f"inverse({subject})")):
        case = case_of(asked)
        right = case.ask("forward", np.array(x, F32)).values if quantity == "forward" else None
        if right is None:
            right = case.ask("inverse", np.array(x, F32)).values
        assert right is not None
        entry = int(np.abs(right).argmin())
        off = [right + np.eye(3, dtype=F32)[entry] * F32(share * 2.0**-22) for share in (1.0, 64.0)]
        kinds = [scored(case, quantity, x, got)[entry] for got in off]
        assert kinds[0] in (Failure.NONE, Failure.INHERENT)
        assert kinds[1] not in (Failure.NONE, Failure.INHERENT)


def test_so_is_a_composition_that_an_orthogonal_map_ends() -> None:
    dct, x = "discrete_cosine_transform(dct_type=2.0)", [[0.015876833, 1.170129, 0.01513105]]
    case = case_of(f"chain(abs,{dct})")
    right = case.ask("forward", np.array(x, F32)).values
    assert right is not None
    off = [right + np.eye(3, dtype=F32)[1] * F32(share * 2.0**-23) for share in (0.5, 64.0)]
    assert [scored(case, "forward", x, got)[1] in (Failure.NONE, Failure.INHERENT) for got in off] == [True, False]
    assert declared(f"chain({dct},exp)").normwise == {"inverse"}
    assert declared(f"inverse(chain({dct},exp))").normwise == {"forward"}
    assert declared("chain(abs,exp)").normwise == set()


def test_any_other_log_det_has_to() -> None:
    assert scored(case_of("tanh"), "fldj", [np.nan], [0.0]) == [Failure.VALUE_WRONG]
    assert scored(case_of("power(exponent=3.0)"), "fldj", [np.nan], [0.0]) == [Failure.VALUE_WRONG]


def test_an_input_outside_the_domain_may_be_refused() -> None:
    case, raised = case_of("inverse(tanh)"), np.array([3], np.uint8)
    assert scored(case, "forward", [1.5], [np.nan], Region.OUTSIDE, raised) == [Failure.NONE]
    assert scored(case, "forward", [1.5], [2.0], Region.OUTSIDE) == [Failure.OUTSIDE_ACCEPTED]
    assert scored(case, "forward", [0.5], [np.nan], Region.ORDINARY, raised) == [Failure.RAISED]


def test_the_end_of_an_open_support_may_have_density_zero() -> None:
    case = case_of("transformed(laplace(loc=0.25,scale=1.5),exp)")
    assert scored(case, "log_prob", [0.0, 0.0], [np.inf, -np.inf]) == [Failure.NONE, Failure.NONE]
    assert scored(case, "log_prob", [0.0], [1.0]) == [Failure.VALUE_WRONG]
    assert scored(case, "log_prob", [2.0**-100], [-np.inf]) == [Failure.SPURIOUS_INF]


def test_a_log_density_is_held_against_its_terms() -> None:
    """Near this y two logarithms of size 117 and more cancel: half an ulp of them is no fault, a thousandth is."""
    case = case_of("transformed(laplace(loc=0.25,scale=1.5),exp)", "float64")
    y = crossing(lambda x: float(case.ask("log_prob", np.array([x])).values[0]))  # type: ignore[index]
    right = case.ask("log_prob", np.array([y])).values
    assert right is not None
    size = abs(np.log(y))
    assert size > 3
    assert abs(right[0]) < 1e-12
    kinds = scored(case, "log_prob", [y, y], [right[0] + 16 * size * 2.0**-52, right[0] + 64 * size * 2.0**-52])
    assert kinds == [Failure.PRECISION_LOST, Failure.PRECISION_LOST]
    reply = Reply("ok", right + np.array([16, 64]) * size * 2.0**-52, None)
    measure = case.score("log_prob", np.array([y, y]), np.zeros(2, np.uint8), reply)
    assert measure.usable.tolist() == [True, False]


def crossing(value: Callable[[float], float]) -> float:
    """The float64 below 1 at which ``value``, positive at 2^-300, changes its sign."""
    low, high = 2.0**-300, 1.0
    assert value(low) > 0 > value(high)
    while np.nextafter(low, 1.0) < high:
        middle = low + (high - low) / 2 if high < 4 * low else (low * high) ** 0.5
        low, high = (middle, high) if value(middle) > 0 else (low, middle)
    return low


def row(last: float) -> NDArray[np.float16]:
    """A 3 by 3 factor in float16 whose third row leaves 1 - last^2 - 2^-10 for its diagonal."""
    rows = [[1.0, 0.0, 0.0], [0.25, np.sqrt(1 - 0.0625), 0.0], [2.0**-5, last, np.sqrt(1 - 2.0**-10 - last**2)]]
    return np.array([rows]).astype(np.float16)


def test_an_exhausted_row_of_a_correlation_factor_claims_nothing() -> None:
    fmt = FORMATS["float16"]
    rows = np.concatenate([row(0.9990), row(0.9960), row(0.5)])
    assert CorrelationCholesky((3, 3)).thin(rows, fmt).tolist() == [True, True, False]
    case = case_of("corr_cholesky", "float16")
    for last, expected in ((0.9990, Failure.NONE), (0.5, Failure.SPURIOUS_INF)):
        reply = Reply("ok", np.full((1, 3), -np.inf, np.float16), None)
        measure = case.score("inverse", row(last), np.zeros(1, np.uint8), reply)
        assert {Failure(int(code)) for code in measure.failures} == {expected}


def test_a_simplex_is_met_exactly_or_not_at_all() -> None:
    """2^-60 beside a half and a half rounds to a sum of 1, which it is not."""
    rows = np.array([[0.5, 0.25, 0.25 - 2.0**-54, 2.0**-54], [0.5, 0.25, 0.25, 2.0**-60]])
    assert declared("stick_breaking").on_codomain(rows, FORMATS["float64"]).tolist() == [True, False]


def test_a_draw_next_to_a_jump_may_have_density_zero_and_one_on_the_edge_is_inherent() -> None:
    """logit(0.75) = 1.0986 is where the density ends; 1.09375 is the bfloat16 before it, and 1 the edge of tanh."""
    jump = case_of("transformed(uniform(low=0.25,high=0.75),inverse(sigmoid))", "bfloat16")
    edge = case_of("transformed(normal(loc=0.25,scale=1.5),tanh)", "bfloat16")
    for case, y, expected in ((jump, 1.09375, Failure.NONE), (edge, 1.0, Failure.INHERENT)):
        reply = Reply("ok", np.array([-np.inf]).astype(case.fmt.dtype), None)
        values = np.array([y]).astype(case.fmt.dtype)
        measure = _inherent(case, case.score("log_prob", values, np.zeros(1, np.uint8), reply))
        assert Failure(int(measure.failures[0])) == expected
        assert measure.usable.all()
