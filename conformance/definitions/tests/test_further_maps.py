"""The flow of a linear field and the smooth floor, against what is known of them by other ways."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from adapters.interface.spec import parse
from conformance.definitions.catalogue import CATALOGUE
from conformance.definitions.declared import codomain_of
from conformance.definitions.further import FURTHER_MAPS
from conformance.definitions.registry import UnknownSubject, transform_definition
from conformance.floats.enclosures import as_float
from conformance.floats.formats import FORMATS
from conformance.floats.regions import Region
from conformance.judging.cases import standard_points
from conformance.judging.profile import PROFILES
from conformance.oracle.numbers.balls import BallNumbers
from conformance.oracle.oracle import Oracle
from conformance.scoring.failures import Failure, classify
from conformance.scoring.tolerance import default_tolerance

F32, F64 = FORMATS["float32"], FORMATS["float64"]
ORACLE = Oracle()
BALLS = BallNumbers()
FIELDS = {
    "complex": [[0.75, -1.5], [1.25, -0.5]],
    "real": [[-0.75, 0.5], [1.25, 0.375]],
    "double": [[0.75, 0.5], [-0.125, 0.25]],
    "multiple of the identity": [[0.625, 0.0], [0.0, 0.625]],
    "rotation": [[0.0, -0.5], [0.5, 0.0]],
}
TEMPERATURES = (0.75, 2.5, 0.1, 64.0)


def flow(rows: list[list[float]]) -> str:
    return f"linear_flow(field=[{','.join(f'[{a},{b}]' for a, b in rows)}])"


@pytest.mark.parametrize("field", FIELDS)
def test_a_linear_flow_is_the_exponential_that_arb_certifies(field: str) -> None:
    rows, definition = FIELDS[field], transform_definition(flow(FIELDS[field]))
    before, ctx.prec = ctx.prec, 200
    try:
        for sign, mapped in ((1, definition.forward), (-1, definition.inverse_candidate)):
            exact = arb_mat([[arb(sign * v) for v in row] for row in rows]).exp()
            columns = [mapped(BALLS, unit) for unit in ([arb(1), arb(0)], [arb(0), arb(1)])]
            for i in range(2):
                for j in range(2):
                    assert columns[j][i].overlaps(exact[i, j])
                    assert columns[j][i].rad() < arb(2) ** -150
    finally:
        ctx.prec = before


@pytest.mark.parametrize("field", FIELDS)
def test_mpmath_agrees_and_the_log_det_is_the_trace(field: str) -> None:
    rows = FIELDS[field]
    x = np.array([[0.75, -1.25], [-0.375, 2.5]])
    with mp.workdps(40):
        matrix = mp.expm(mp.matrix(rows))
        wanted = [float(v) for row in x.tolist() for v in matrix * mp.matrix(row)]
    np.testing.assert_allclose(as_float(ORACLE.truth(flow(rows), "forward", x, F64)), wanted, rtol=1e-15, atol=1e-16)
    trace = rows[0][0] + rows[1][1]
    for quantity, sign in (("fldj", 1.0), ("ildj", -1.0)):
        np.testing.assert_allclose(
            as_float(ORACLE.truth(flow(rows), quantity, x, F64)), sign * trace, rtol=1e-15, atol=1e-30
        )


def documented(x: mp.mpf, t: mp.mpf) -> mp.mpf:
    """TFP's formula on [1/2, 3/2], from its documentation, and the constant that it adds."""
    a = 1 / (_logistic(0.5 / t) - _logistic(-0.5 / t))
    b = -_logistic(-0.5 / t) * a
    return a * _logistic((x - 1) / t) + b + _logistic(-0.5 / t)


def _logistic(u: mp.mpf) -> mp.mpf:
    return 1 / (1 + mp.exp(-u))


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_smooth_floor_is_the_documented_one_and_has_its_slope(temperature: float) -> None:
    subject, x = f"softfloor(temperature={temperature})", np.array([0.53125, 0.875, 1.0, 1.125, 1.4375])
    with mp.workdps(60):
        t = mp.mpf(temperature)
        values = [documented(mp.mpf(v), t) for v in x.tolist()]
        slopes = [mp.log(mp.diff(lambda v: documented(v, t), mp.mpf(v))) for v in x.tolist()]
        y = np.array([float(v) for v in values])
        starts = zip(y.tolist(), x.tolist(), strict=True)
        back = [mp.findroot(lambda v, at=at: documented(v, t) - mp.mpf(at), start) for at, start in starts]
        turned = [-mp.log(mp.diff(lambda v: documented(v, t), v)) for v in back]
    inside = y < transform_definition(subject).codomain.hi  # Of a steep one 3/2 is all but reached.
    there, again = (("forward", x, values), ("fldj", x, slopes)), (("inverse", y, back), ("ildj", y, turned))
    for quantity, at, wanted in (*there, *again):
        got = as_float(ORACLE.truth(subject, quantity, at, F64))
        kept = inside if quantity in ("inverse", "ildj") else slice(None)
        np.testing.assert_allclose(got[kept], np.array([float(v) for v in wanted])[kept], rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_steps_meet_where_they_end_and_tend_to_the_identity(temperature: float) -> None:
    ends = transform_definition(f"softfloor(temperature={temperature})").codomain
    with mp.workdps(40):
        exact = [documented(mp.mpf(x), mp.mpf(temperature)) for x in (0.5, 1.5)]
    assert [float(ends.lo), float(ends.hi)] == pytest.approx([float(v) for v in exact], rel=4e-16)
    assert float(exact[1] - exact[0]) == 1.0
    if temperature == 64.0:
        wide = as_float(ORACLE.truth("softfloor(temperature=64.0)", "forward", np.array([0.625, 1.25]), F64))
        np.testing.assert_allclose(wide, [0.625, 1.25], atol=0.01)


def test_a_step_alone_has_neighbours_beyond_its_ends() -> None:
    """No other branch has: tanh of 1/x reaches no more than 1, on either branch of it."""
    step = "softfloor(temperature=0.75)"
    for subject in (step, f"inverse({step})", f"chain({step},exp)", f"inline({step})"):
        assert codomain_of(subject, "forward") is None
        assert codomain_of(subject, "inverse") is None
    assert codomain_of("chain(reciprocal,tanh)", "forward") == (0.0, 1.0)
    assert codomain_of("inverse(chain(reciprocal,tanh))", "inverse") == (0.0, 1.0)
    assert codomain_of("chain(reciprocal,tanh)", "inverse") == (0.0, np.inf)
    truth = ORACLE.truth("chain(reciprocal,tanh)", "forward", np.array([0.05], np.float32), F32)
    bounds, known = codomain_of("chain(reciprocal,tanh)", "forward"), default_tolerance(F32)
    got = classify(np.array([1.0000001], np.float32), truth, F32, log_quantity=False, codomain=bounds, tolerance=known)
    assert got.tolist() == [Failure.OUT_OF_CODOMAIN]


@pytest.mark.parametrize(
    "subject",
    [
        "linear_flow(field=[[1.0]])",
        "linear_flow(field=[[1.0,0.0,0.0],[0.0,1.0,0.0],[0.0,0.0,1.0]])",
        "linear_flow(field=[1.0,2.0])",
        "linear_flow(field=[[1.0,0.0],[0.0,1.0]])@3",
        "softfloor(temperature=0.0)",
        "softfloor(temperature=-1.0)",
        "softfloor(temperature=1e-10)",
        "softfloor(temperature=1025.0)",
        "linear_flow(field=[[1.0,-3.5],[0.0,1.0]])",
        "softfloor",
        "inline",
        "inline(tanh,exp)",
        "inline(tanh,ndims=1.0)",
    ],
)
def test_what_they_do_not_take_is_refused_in_one_line(subject: str) -> None:
    with pytest.raises(UnknownSubject) as raised:
        transform_definition(subject)
    assert "\n" not in str(raised.value)


def test_of_a_flow_ordinary_events_alone_are_asked() -> None:
    flows = [subject for subject in FURTHER_MAPS if transform_definition(subject).needs_moderate]
    assert flows
    # And of what is made of one: the solver is the same.
    made = [
        wrapped.format(flows[0])
        for wrapped in ("inverse({})", "inline({})", "chain({},tanh)", "inverse(chain({},tanh))")
    ]
    for subject in [*flows, *made]:
        for quantity in ("forward", "inverse", "fldj", "ildj"):
            found = standard_points(ORACLE, subject, quantity, F64, PROFILES["quick"], 0, "expectation")
            assert len(found) >= 16
            assert (found.region == Region.ORDINARY).all()


@pytest.mark.parametrize("subject", FURTHER_MAPS)
def test_a_further_map_is_none_of_the_catalogue_s(subject: str) -> None:
    assert parse(subject).name not in {parse(one).name for one in CATALOGUE}


@pytest.mark.parametrize("part", ["tanh", "softmax_centered", "chain(affine(loc=0.5,scale=2.0),tanh)"])
def test_what_is_handed_a_map_s_functions_is_that_map(part: str) -> None:
    own, other = transform_definition(f"inline({part})"), transform_definition(part)
    assert (own.domain, own.codomain, own.event, own.formula) == (
        other.domain,
        other.codomain,
        other.event,
        other.formula,
    )
    x = np.array([[0.25, -0.75, 0.5]] if own.event else [0.25, -0.125])
    for quantity in ("forward", "fldj"):
        wrapped, bare = (ORACLE.truth(subject, quantity, x, F64) for subject in (f"inline({part})", part))
        assert as_float(wrapped).tolist() == as_float(bare).tolist()
