"""The names of components, in the frameworks' own environments: each function ran when its quantity was asked."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from adapters.interface import Adapter, Component
from adapters.interface.naming import defined
from adapters.interface.quantities import DISTRIBUTION_FUNCTIONS, STATISTICS
from adapters.tests.checking import BASES, ask, interpreter, request
from adapters.tests.probe import code_objects
from conformance.definitions.catalogue import (
    BARE_SUBJECTS,
    DISTRIBUTION_SUBJECTS,
    READY_MADE_SUBJECTS,
    TRANSFORM_SUBJECTS,
)

TORCH, TFP = "torch.distributions.", "tensorflow_probability.python."
PADDLE, MINDSPORE = "paddle.distribution.", "mindspore.nn.probability."
POWER, BENT = "power(exponent=2.5)", "transformed(normal(loc=0.25,scale=1.5),tanh)"
NAMED = {
    "torch": {
        (POWER, "ildj"): TORCH + "transforms.PowerTransform.log_abs_det_jacobian",
        (POWER, "inverse"): TORCH + "transforms.PowerTransform._inverse",
        (BENT, "log_prob"): TORCH + "transformed_distribution.TransformedDistribution.log_prob",
        (BASES[0], "log_prob"): TORCH + "normal.Normal.log_prob",
    },
    "tfp": {
        ("tanh", "fldj"): TFP + "bijectors.tanh.Tanh._forward_log_det_jacobian",
        ("softplus", "ildj"): TFP + "bijectors.softplus.Softplus._inverse_log_det_jacobian",
        ("affine(loc=0.75,scale=-2.5)", "forward"): TFP + "bijectors.composition.Composition._forward",
        ("unit_vector", "ildj"): TFP + "bijectors.unit_vector.UnitVector._inverse_log_det_jacobian",
        ("transform_diagonal(softplus)", "fldj"): TFP
        + "bijectors.transform_diagonal.TransformDiagonal._forward_log_det_jacobian",
    },
    "paddle": {("tanh", "ildj"): PADDLE + "transform.TanhTransform._forward_log_det_jacobian"},
    "mindspore": {
        ("softplus", "fldj"): MINDSPORE + "bijector.softplus.Softplus._forward_log_jacobian",
        ("inverse(softplus)", "forward"): MINDSPORE + "bijector.softplus.Softplus._inverse",
        (BASES[0], "variance"): MINDSPORE + "distribution.normal.Normal._sd",
    },
    "brax": {("tanh", "fldj"): "adapters.brax.formulas.log_det"},
}


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", NAMED)
def test_what_is_named_is_what_ran(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of another size the functions are those of the same map.
    maps = [subject for subject in TRANSFORM_SUBJECTS if "@" not in subject]
    subjects = [(s, q) for s in maps for q in ("forward", "inverse", "fldj", "ildj")]
    laws = (*DISTRIBUTION_FUNCTIONS, *STATISTICS)
    subjects += [(s, q) for s in DISTRIBUTION_SUBJECTS + READY_MADE_SUBJECTS + BARE_SUBJECTS + BASES for q in laws]
    asked = [request(s, q, "float32", "eager", component=True) for s, q in subjects]
    if framework == "brax":
        monkeypatch.setenv("CONFORMANCE_PYTHON_BRAX", str(interpreter("torch")))
    # What another test has had it compute and keep would not run again.
    _, replies = ask(framework, asked, fresh=True)
    answered = {key: reply for key, reply in zip(subjects, replies, strict=True) if reply["status"] == "ok"}
    assert len(answered) >= (3 if framework == "brax" else 50)
    wrong = {key: (r["component"], r["unseen"]) for key, r in answered.items() if r["unseen"] or not r["component"][0]}
    assert not wrong
    for key, name in NAMED[framework].items():
        assert answered[key]["component"][0] == name
    if framework == "tfp":
        parts = [part[0] for part in answered["affine(loc=0.75,scale=-2.5)", "forward"]["component"][1:]]
        assert parts == [TFP + "bijectors.scale.Scale._forward", TFP + "bijectors.shift.Shift._forward"]
        below = answered["fill_scale_tril(softplus)", "inverse"]["component"][1:]
        assert below[0] == [
            TFP + "bijectors.transform_diagonal.TransformDiagonal._inverse",
            [TFP + "bijectors.softplus.Softplus._inverse"],
        ]


@pytest.mark.frameworks
def test_what_cannot_be_constructed_in_a_dtype_has_the_names_that_it_has_in_others() -> None:
    asked = [request(BASES[4], "mean", dtype, "eager", named=True) for dtype in ("float32", "bfloat16")]
    assert [reply["component"] for reply in ask("tfp", asked)[1]] == [[TFP + "distributions.gumbel.Gumbel._mean"]] * 2


def test_every_name_of_the_reference_is_there() -> None:
    adapter: Adapter = importlib.import_module("adapters.numpy").Adapter()
    named = [adapter.transform(s).component(q) for s in TRANSFORM_SUBJECTS for q in ("forward", "ildj")]
    named += [adapter.distribution(s).component(q) for s in DISTRIBUTION_SUBJECTS for q in ("log_prob", "cdf", "mean")]
    for component in named:
        for name in component.every():
            assert code_objects(name), component.to_json()


def test_an_adapter_that_says_nothing_has_names_all_the_same() -> None:
    hostile: Any = importlib.import_module("adapters.tests.hostile").Adapter()
    bound = hostile.distribution("transformed(normal(loc=0.0,scale=1.0),exp)", "float64")
    assert bound.component("log_prob") == "hostile.transformed(normal,exp).log_prob"
    assert bound.component("log_prob").parts == ()


def test_the_first_name_that_a_class_has_is_taken_from_where_it_is_defined() -> None:
    kind = type("Own", (np.ndarray,), {"mean": None})
    assert defined(kind, ["mean"]).endswith(".Own.mean")
    assert defined(kind, ["sum"]) == "numpy.ndarray.sum"
    assert defined(kind, ["sum"], [np.ndarray]) == ""
    assert defined(kind, ["nothing", "var"]) == "numpy.ndarray.var"


def test_a_component_survives_its_json() -> None:
    chain = Component("a.Chain.f", [Component("a.First.f", [Component("b.g")]), Component("a.Second.f")])
    again = Component.from_json(chain.to_json())
    assert again == chain
    assert [part.to_json() for part in again.parts] == [["a.First.f", ["b.g"]], ["a.Second.f"]]
    for damaged in (None, [], [3], "a.b", {"name": "a"}):
        assert Component.from_json(damaged) == ""
