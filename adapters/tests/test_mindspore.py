"""The adapter of MindSpore, run in its own environment and judged by plain mathematics."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.interface import parse
from adapters.mindspore.distributions import distribution, second_law
from adapters.tests.checking import (
    BASES,
    PLAIN_SUBJECTS,
    Reply,
    Request,
    ask,
    assert_reproductions_agree,
    distance_of_draws,
    misses,
    request,
    run_alone,
    spread,
)
from adapters.tests.probes import ROOT
from conformance.definitions.catalogue import DISTRIBUTION_SUBJECTS, ELEMENTWISE_SUBJECTS

pytestmark = pytest.mark.frameworks

MODES = ("eager", "graph")
DTYPES = ("float16", "float32", "float64")
PRESENT = {"shift", "scale", "exp", "affine", "inverse_box_cox", "softplus", "gumbel_cdf", "inverse", "transformed"}
PRESENT |= {parse(base).name for base in BASES}
DENSITY_ONLY = {"laplace", "student_t"}
DRAWN = {"count": 2000, "seed": 20240229}
REPRODUCED = (
    ("inverse_box_cox(power=0.5)", "forward"),
    ("affine(loc=0.75,scale=-2.5)", "fldj"),
    (BASES[0], "entropy"),
    (DISTRIBUTION_SUBJECTS[1], "log_prob"),
)
REFUSED = (("exp", "float64", "lazy"), ("exp", "bfloat16", "eager"), ("affine(loc=1.0)", "float64", "eager"))


def everything() -> list[Request]:
    """Every subject and quantity eagerly in all dtypes, and a share of them compiled, which takes a second each: every
    subject in one quantity."""
    transforms = [(s, q) for s in PLAIN_SUBJECTS for q in ("forward", "inverse", "fldj", "ildj")]
    others = [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("log_prob", "log_prob_from_base", "cdf")]
    others += [(s, q) for s in DISTRIBUTION_SUBJECTS + BASES for q in ("entropy", "mean", "variance")]
    asked = [request(s, q, d, "eager") for d in DTYPES for s, q in transforms + others]
    asked += [request(s, q, "float32", "graph") for s, q in spread(PLAIN_SUBJECTS, ("forward", "ildj"), 2)]
    asked += [request(s, "log_prob", "float64", "graph") for s in DISTRIBUTION_SUBJECTS]
    asked += [request(s, q, "float32", "graph") for s in BASES[:1] for q in ("cdf", "entropy")]
    asked += [request(DISTRIBUTION_SUBJECTS[1], q, "float32", "graph") for q in ("cdf", "entropy", "mean", "variance")]
    asked += [request(s, "sample", "float32", "eager", **DRAWN) for s in DISTRIBUTION_SUBJECTS]
    return asked


def reproduced() -> list[Request]:
    """Every script in every mode, and either dtype in its turn: each takes half a second."""
    turns = [(s, q, m, (at + turn) % 2) for turn, m in enumerate(MODES) for at, (s, q) in enumerate(REPRODUCED)]
    return [request(s, q, ("float16", "float32")[other], m, script=True) for s, q, m, other in turns]


@pytest.fixture(scope="module")
def answers() -> tuple[dict[str, Any], list[tuple[Request, Reply]]]:
    asked = everything() + reproduced()
    asked += [{"subject": s, "quantity": "forward", "dtype": d, "mode": m, "values": ["0x1p0"]} for s, d, m in REFUSED]
    description, replies = ask("mindspore", asked)
    return description, list(zip(asked, replies, strict=True))


def names(subject: str) -> set[str]:
    spec = parse(subject)
    return {spec.name}.union(*(names(str(part)) for part in spec.parts))


def test_the_description_is_measured(answers: Any) -> None:
    description = answers[0]
    assert description["version"] == "2.10.0"
    assert tuple(description["dtypes"]) == DTYPES
    assert tuple(description["modes"]) == MODES
    # Whether the threads that flush are tried at all depends on the machine: float32 multiplications are, in practice.
    assert set(description["flush_to_zero"]) == set(DTYPES)


def mirrored(asked: Request) -> bool:
    """MindSpore's cdf ignores that the map decreases, and answers P(Y >= y): a finding, not another subject."""
    return asked["quantity"] == "cdf" and "transformed" in asked["subject"] and "scale=-" in asked["subject"]


def single_inside(asked: Request) -> bool:
    """Where MindSpore keeps constants in single precision that should be double: findings, not another subject.

    Anything else must be good to double precision. It is not when parameters are given as float64 tensors, which
    MindSpore's distributions turn into float32 ones; Python numbers with ``dtype=`` keep their precision.
    """
    subject, quantity = asked["subject"], asked["quantity"]
    base = names(subject) & {"normal", "gumbel", "student_t"}
    kept = {"normal": {"cdf", "entropy"}, "gumbel": {"entropy", "mean", "variance"}, "student_t": {"log_prob"}}
    return asked["dtype"] == "float64" and any(quantity in kept[name] for name in base)


def test_every_answer_is_the_function_that_its_subject_names(answers: Any) -> None:
    answered = [(a, r) for a, r in answers[1] if r["status"] == "ok" and a["quantity"] != "sample"]
    assert len(answered) > 150
    problems = []
    for asked, reply in answered:
        if mirrored(asked):
            reply = reply | {"values": [(1 - float.fromhex(value)).hex() for value in reply["values"]]}
        # Its softplus cancels by itself; a sharpness makes the ordinary points extreme ones.
        bent = asked["subject"].startswith("softplus(")
        single = single_inside(asked) or (bent and asked["dtype"] == "float64")
        problems += misses(asked | {"dtype": "float32"} if single else asked, reply)
    assert not problems, "\n".join(problems)


def test_draws_follow_the_distribution(answers: Any) -> None:
    drawn = [(a, r) for a, r in answers[1] if r["status"] == "ok" and a["quantity"] == "sample"]
    assert len(drawn) == sum(names(s) <= PRESENT - DENSITY_ONLY for s in DISTRIBUTION_SUBJECTS)
    for asked, reply in drawn:
        # 2.2/sqrt(2000): a false alarm in 1 of 8000, and the seed is fixed.
        assert distance_of_draws(asked["subject"], [float.fromhex(v) for v in reply["values"]]) < 0.05, asked


def test_only_what_mindspore_lacks_is_not_offered(answers: Any) -> None:
    for asked, reply in answers[1][: -len(REFUSED)]:
        subject, quantity = asked["subject"], asked["quantity"]
        lacking = not names(subject) <= PRESENT or quantity == "log_prob_from_base"
        lacking |= bool(names(subject) & DENSITY_ONLY) and quantity != "log_prob"
        lacking |= subject in ELEMENTWISE_SUBJECTS and ("log_scale" in subject or "low=" in subject)
        bent = subject.startswith("transformed")
        lacking |= bent and quantity in ("entropy", "variance")
        lacking |= bent and quantity == "mean" and "affine" not in subject
        assert reply["status"] == ("not offered" if lacking else "ok"), (asked, reply)


def test_what_is_refused_is_named(answers: Any) -> None:
    (_, mode), (_, dtype), (_, short) = answers[1][-len(REFUSED) :]
    assert mode["status"] == dtype["status"] == "not offered"
    assert "eager, graph" in mode["message"]
    assert "float16, float32, float64" in dtype["message"]
    assert short["status"] == "raised"
    assert "loc, scale" in short["message"]


def test_reproductions_print_what_the_adapter_answered(answers: Any) -> None:
    pairs = [(asked, reply) for asked, reply in answers[1] if asked.get("script")]
    assert len(pairs) == len(MODES) * len(REPRODUCED)
    assert_reproductions_agree("mindspore", pairs)


LENGTHS_SCRIPT = """
import sys
import numpy as np
from adapters.mindspore.source import Runner

runner = Runner()
# The first calls of an operator are spread over threads on trial, and threads flush subnormal numbers: none here.
values = np.concatenate([np.linspace(-20, 20, 90), 10.0 ** np.linspace(-4, 3, 10)])
from adapters.interface import parse
from adapters.mindspore.distributions import MindSporeDistribution
from adapters.mindspore.transforms import MindSporeTransform
from dataclasses import replace
for dtype in ("float16", "float32", "float64"):
    calls = [MindSporeTransform(runner, parse("softplus"), dtype, "graph")._calls[q] for q in ("inverse", "fldj")]
    law = MindSporeDistribution(runner, parse("transformed(normal(loc=0.25,scale=1.5),exp)"), dtype, "graph")
    calls.append(law._call("log_prob"))
    # Each length is a graph of its own, of 0.4 s: all of them in one dtype, and a call each in the others.
    chosen = {"float16": calls[:1], "float32": calls, "float64": calls[1:2]}[dtype]
    for call in chosen:
        for length in (1, 3, 16, 100) if dtype == "float32" else (1, 100):
            x = values[:length].astype(dtype)
            any_length, one_length = (runner.run(replace(call, any_length=each), x) for each in (True, False))
            assert any_length.dtype == one_length.dtype and any_length.tobytes() == one_length.tobytes(), (call, length)
            print(dtype, call.text, length)
"""


def test_a_graph_for_any_length_has_the_bits_of_one_for_each() -> None:
    assert len(run_alone("mindspore", LENGTHS_SCRIPT, ROOT).splitlines()) == 3 * 4 + 2 * 2


CONSTANTS_SCRIPT = """
from adapters.interface import NotOffered, parse
from adapters.mindspore.distributions import MindSporeDistribution, QUANTITIES
from adapters.mindspore.source import Runner

runner, compiled = Runner(), []
runner._callable = lambda call, ask=runner._callable: compiled.append(call) or ask(call)
asked = ("entropy", "mean", "variance", "stddev", "mode", "kl", "cross_entropy")


def told(ask):
    try:
        answer = ask()
    except Exception as problem:
        return type(problem).__name__
    return answer.dtype.name, answer.tobytes()


for subject, dtypes in SUBJECTS.items():
    for dtype in dtypes:
        law = MindSporeDistribution(runner, parse(subject), dtype, "graph")
        together = {quantity: told(lambda: law.statistic(quantity)) for quantity in asked}
        able = [quantity for quantity in asked if len(together[quantity]) == 2]
        joint = {call for call in compiled if call.mode == "graph" and call.beside}
        assert len(joint) == 1 and len({call for call in compiled if call.mode == "graph" and not call.beside
            and call.text in [QUANTITIES[each] for each in able]}) == 0, compiled
        assert together == {quantity: told(lambda: runner.run(law._call(quantity))) for quantity in asked}, subject
        compiled.clear()
        print(subject, dtype, *able)
"""


def test_one_graph_for_all_constants_of_an_object_has_the_bits_of_one_for_each() -> None:
    """uniform has no mode, which its one graph would fail of. Every form and every dtype has its turn: to compile a
    graph takes 0.3 s, and an object has up to eight."""
    subjects = {
        "uniform(low=0.25,high=0.75)": ["float16"],
        "beta(concentration1=1.5,concentration0=2.5)": ["float32", "float64"],
        "pair(normal(loc=0.25,scale=1.5),normal(loc=-0.5,scale=0.75))": ["float64"],
    }
    lines = run_alone("mindspore", f"SUBJECTS = {subjects}\n{CONSTANTS_SCRIPT}", ROOT).splitlines()
    assert [len(line.split()) - 2 for line in lines] == [4, 5, 5, 2]


CALLS_SCRIPT = """
import gc
import traceback
import weakref
import numpy as np
from adapters.interface import NotOffered, parse
from adapters.mindspore.distributions import MindSporeDistribution
from adapters.mindspore.source import CALLS, COPIES, Runner
from adapters.mindspore.transforms import MindSporeTransform

runner = Runner()
for subject, quantity in (("inverse_box_cox(power=0.5)", "inverse"), ("inverse(exp)", "fldj")):
    call = MindSporeTransform(runner, parse(subject), "float64", "eager")._calls[quantity]
    x = np.full(COPIES, -5.562684646268003e-309 if quantity == "inverse" else 1e-323)
    many = [runner.run(call, x)[0].tobytes() for _ in range(4 * CALLS)]
    assert set(many[:CALLS]) == set(many), call
    assert len({runner.run(call, x[:1]).tobytes() for _ in range(4 * CALLS)}) == 1, call
    print(call.text, len(set(many)))

compiled = []
runner._callable = lambda call, ask=runner._callable: compiled.append(call) or ask(call)
law = MindSporeDistribution(runner, parse("laplace(loc=0.25,scale=1.5)"), "float32", "graph")
for length in (1, 2, 7):
    try:
        law.cdf(np.full(length, 0.5, np.float32))
    except NotOffered as absent:
        print(absent)
assert len(compiled) == 1, compiled

eagerly = MindSporeDistribution(runner, parse("laplace(loc=0.25,scale=0.5)"), "float32", "eager")
law = MindSporeDistribution(runner, parse("laplace(loc=0.25,scale=0.5)"), "float32", "graph")
for one in (eagerly, law):
    try:
        one.cdf(np.full(2, 0.5, np.float32))
    except NotOffered as absent:
        print(absent)
assert [call.mode for call in compiled[1:]] == ["eager"], compiled

gamma = MindSporeDistribution(runner, parse("gamma(concentration=2.5,rate=1.5)"), "float64", "graph")
inputs = []
for length in (1, 2, 7):
    x = np.full(length, 0.5)
    inputs.append(weakref.ref(x))
    try:
        gamma.cdf(x)
    except TypeError as refusal:
        print(type(refusal).__name__, str(refusal).splitlines()[0], len(traceback.format_exception(refusal)))
    del x
assert len(compiled) == 3, compiled
gc.collect()
assert [one() is None for one in inputs] == [True] * 3, inputs
"""


def test_a_script_calls_often_enough_and_what_cannot_be_compiled_is_tried_once() -> None:
    lines = run_alone("mindspore", CALLS_SCRIPT, ROOT).splitlines()
    assert len(lines) == 10
    assert lines[5] == lines[6]
    assert "NotImplementedError" in lines[5]
    first, *others = (line.rpartition(" ") for line in lines[7:])
    assert all(one[0] == first[0] and int(one[2]) < int(first[2]) for one in others)


FORGETTING_SCRIPT = """
import gc
import sys
import weakref
import numpy as np
from adapters.interface import parse
from adapters.mindspore import source
from adapters.mindspore.transforms import MindSporeTransform

source._KEPT_CELLS = 2
runner = source.Runner()
x = np.linspace(0.5, 1.5, 7, dtype=np.float32)


def asked(power):
    call = MindSporeTransform(runner, parse(f"inverse_box_cox(power={power})"), "float32", "graph")._calls["forward"]
    answer = runner.run(call, x).tobytes()
    return weakref.ref(sys.modules[runner._kept[call]].call), answer


cells, answers = zip(*(asked(power) for power in (0.5, 2.0, 0.375)))
gc.collect()
assert [cell() is None for cell in cells] == [True, False, False], cells
assert len([name for name in sys.modules if name.startswith("mindspore_cell_")]) == 2
assert asked(0.5)[1] == answers[0]
print("freed")
"""


def test_graphs_that_were_not_asked_for_lately_are_freed() -> None:
    assert len(run_alone("mindspore", FORGETTING_SCRIPT, ROOT).splitlines()) == 1


def test_a_second_law_has_the_numbers_of_its_own_form() -> None:
    first = parse("half_normal(scale=1.5)")
    for text, loc in (("half_normal(scale=2.5)", "0.0"), ("half_normal(loc=0.25,scale=2.5)", "0.25")):
        told = second_law(first, parse(text), "float32")
        assert told == f'"HalfNormal", ms.Tensor({loc}, ms.float32), ms.Tensor(2.5, ms.float32)'


def test_a_law_that_refuses_python_numbers_is_made_of_tensors() -> None:
    gamma, normal = parse("gamma(concentration=2.5,rate=48.0)"), parse("normal(loc=0.25,scale=1.5)")
    given = "ms.Tensor(2.5, ms.float64), ms.Tensor(48.0, ms.float64)"
    assert distribution(gamma, "float64") == f"msd.Gamma({given}, dtype=ms.float64)"
    assert second_law(gamma, gamma, "float64") == f'"Gamma", {given}'
    assert distribution(normal, "float64") == "msd.Normal(0.25, 1.5, dtype=ms.float64)"
