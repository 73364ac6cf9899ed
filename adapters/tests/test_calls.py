"""Constructor calls: as the constructors were told, with parameters by their names."""

from __future__ import annotations

import re
from collections import OrderedDict
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from adapters.interface.calls import call_of, recording
from adapters.interface.classes import DISTRIBUTION, PublicClass, public_classes
from adapters.interface.spec import parse
from conformance.coverage.measuring import decisions_of, measure, subjects_and_parts
from conformance.definitions.catalogue import CATALOGUE
from conformance.execution.client import FrameworkClient
from conformance.execution.environments import existing


class Law:
    def __init__(self, validate_args: bool = True) -> None:
        self.validate_args = validate_args


class Gamma(Law):
    def __init__(self, alpha: Any, rate: Any, *more: Any, flag: bool = False, **other: Any) -> None:
        super().__init__(validate_args=False)
        self.alpha, self.rate, self.more = alpha, rate, more


class _Private(Gamma):
    def __init__(self, scale: Any) -> None:
        super().__init__(1.0, 1.0 / np.asarray(scale))


class Pushed(Law):
    def __init__(self, base: Law, maps: list[Any]) -> None:
        super().__init__()
        self.base, self.maps = base, maps


NAMESPACE = ModuleType("laws")
vars(NAMESPACE).update(Law=Law, Gamma=Gamma, Pushed=Pushed)
EVERY = public_classes(DISTRIBUTION, Law, {"laws": NAMESPACE})
SPEC = parse("gamma(concentration=2.5,rate=1.5,weights=[0.25,0.75])")


def told(make: Any) -> str:
    with recording(EVERY) as found:
        made = make()
    return call_of(made, SPEC, found)


def test_parameters_stand_by_their_names() -> None:
    assert told(lambda: Gamma(np.float32(2.5), rate=np.array([1.5]))) == "Gamma(alpha=concentration, rate)"
    assert told(lambda: Gamma(0.4, -1.5)) == "Gamma(alpha=1/concentration, rate=-rate)"
    assert told(lambda: Gamma(np.log(2.5), 7, flag=True)) == "Gamma(alpha=log concentration, rate=7, flag=True)"
    assert told(lambda: Gamma([0.25, 0.75], None, validate_args=False)) == "Gamma(alpha=weights, rate=None)"
    assert told(lambda: Gamma(np.ones(3), "x", dtype=np.float32)) == "Gamma(alpha=an array, rate='x', dtype)"


def test_objects_stand_by_their_own_calls_and_the_outermost_call_counts() -> None:
    pushed = told(lambda: Pushed(Gamma(2.5, 1.5), [_Private(2.5), object()]))
    assert pushed == ("Pushed(base=Gamma(alpha=concentration, rate), maps=[_Private(scale=concentration), object])")


def test_nothing_is_changed_and_what_raises_raises() -> None:
    before = [vars(one)["__init__"] for one in (Law, Gamma, _Private, Pushed)]
    kept = Gamma(2.5, 1.5)
    with recording(EVERY) as found:
        assert call_of(object(), SPEC, found) == "object()"  # There is no constructor to ask.
        assert call_of(kept, SPEC, found) == ""  # It was made before.
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'rate'"):
            Gamma(2.5)  # type: ignore[call-arg]
    assert [vars(one)["__init__"] for one in (Law, Gamma, _Private, Pushed)] == before


def test_of_a_compiled_class_nothing_is_known_and_the_others_are_told() -> None:
    compiled = PublicClass(DISTRIBUTION, "laws.OrderedDict", OrderedDict)
    with recording([compiled, *EVERY]) as found:
        assert call_of(OrderedDict(), SPEC, found) == ""
        assert call_of(Gamma(2.5, 1.5), SPEC, found) == "Gamma(alpha=concentration, rate)"


def test_the_parameters_of_a_subject_differ_so_that_each_is_told_by_its_value() -> None:
    for subject in subjects_and_parts():
        values = [str(value) for value in parse(subject).params.values()]
        assert len(values) == len(set(values)), subject


UNTOLD = {
    "event_in": "read off the array",
    "negative": "the input says which half-line is meant",
    "before": "in one list with after",
    "after": "in one list with before",
}
KEEPERS = {"function": tuple, "BatchNormalization": object}
"""Types of what keeps parameters to itself, by the types of those that it may keep: a function arrays, a layer all."""
HANDED = re.compile(r"=(?!(?:True|False|None)\b)([A-Za-z]\w*)(?=[,)])")
"""Names that arguments are told by: of a parameter, or of the type of what is none."""
ARGUMENT = re.compile(r"(\w+)=")


@pytest.mark.frameworks
@pytest.mark.parametrize("framework", ["torch", "tfp", "paddle", "mindspore"])
def test_every_parameter_is_found_in_the_call_that_the_framework_was_made(framework: str) -> None:
    environment = existing(framework)
    if environment.python is None:
        pytest.skip(f"{framework}: {environment.reason}")
    with FrameworkClient(environment, framework) as client:
        calls = measure(client, decisions_of(framework)).calls
    told = 0
    for subject, call in calls.items():
        spec = parse(subject)
        assert not spec.parts
        handed = set(HANDED.findall(call)) - set(spec.params)
        assert handed <= set(KEEPERS), (subject, call)
        kept = tuple(KEEPERS[one] for one in handed)
        told_by_value = {name for name, value in spec.params.items() if not isinstance(value, bool)}
        told += not kept
        # An argument that is named after a parameter and told otherwise has been given something else.
        assert not set(ARGUMENT.findall(call)) & told_by_value, (subject, call)
        for name in told_by_value - set(UNTOLD):
            if not isinstance(spec.params[name], kept):
                assert re.search(rf"\b{name}\b", call), (subject, call)
    assert told > 35
    law = "inverse_gamma(concentration=2.5,scale=1.5)"
    assert law in CATALOGUE
    expected = {
        "torch": {law: "InverseGamma(concentration, rate=scale)"},
        "tfp": {
            law: "InverseGamma(concentration, scale)",
            "exponential(rate=1.5)": "Exponential(rate, force_probs_to_zero_outside_support=True)",
            "affine(loc=0.75,scale=-2.5)": "Chain(bijectors=[Shift(shift=loc), Scale(scale)])",
        },
        "paddle": {"power(exponent=2.5)": "PowerTransform(power=exponent)"},
        "mindspore": {
            "normal(loc=0.25,scale=1.5)": "Normal(mean=loc, sd=scale, dtype)",
            "softplus(hinge_softness=0.25)": "Softplus(sharpness=1/hinge_softness)",
        },
    }
    assert {subject: calls[subject] for subject in expected[framework]} == expected[framework]
