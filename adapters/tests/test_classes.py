"""A namespace's classes, and what an object is made of."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from adapters.interface.classes import DISTRIBUTION, TRANSFORM, made_of, public_classes
from adapters.worker import Worker, load_adapter


class Map:
    def __init__(self, *parts: Any) -> None:
        self.parts = parts


class Exp(Map):
    pass


class Power(Exp):
    pass


class _Turned(Map):
    pass


class Law:
    def __init__(self, *kept: Any) -> None:
        self._kept = kept


class Normal(Law):
    pass


class Pushed(Law):
    pass


def module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


MAPS = module("maps", Map=Map, Exp=Exp, _Turned=_Turned, Power=Power, Law=Law, identity=Exp(), count=3, text=str)
LAWS = module("laws", Law=Law, Normal=Normal, Pushed=Pushed, Exp=Exp, Alias=Normal)
EVERY = [*public_classes(TRANSFORM, Map, {"a.maps": MAPS}), *public_classes(DISTRIBUTION, Law, {"a.laws": LAWS})]


def named(roots: list[object]) -> list[str]:
    return [EVERY[place].name for place in made_of(roots, EVERY)]


def test_a_namespace_has_the_classes_below_the_base_once_and_not_the_private_ones() -> None:
    assert [each.name for each in EVERY] == ["a.maps.Exp", "a.maps.Map", "a.maps.Power", "a.laws.Law", "a.laws.Normal",
                                             "a.laws.Pushed"]  # fmt: skip
    assert EVERY[0].to_json() == ["transform", "a.maps.Exp", f"{__name__}.Exp"]


def test_a_class_of_two_namespaces_is_named_after_the_first() -> None:
    both = public_classes(TRANSFORM, Map, {"a.laws": LAWS, "a.maps": MAPS})
    assert [each.name for each in both] == ["a.laws.Exp", "a.maps.Map", "a.maps.Power"]


def test_parts_are_met_in_containers_and_behind_private_classes() -> None:
    assert named([Map([(_Turned({"of": Power()}),)])]) == ["a.maps.Map", "a.maps.Power"]
    assert named([[Exp()], Exp]) == ["a.maps.Exp"], "a class that is held is no object"


def test_what_an_object_inherits_from_is_no_part_of_it() -> None:
    assert named([Power()]) == ["a.maps.Power"]


def test_a_law_s_parts_count_where_it_is_a_map_of_another() -> None:
    assert named([Pushed(Normal(), [Exp()])]) == ["a.maps.Exp", "a.laws.Normal", "a.laws.Pushed"]
    assert named([Pushed(Normal(), 3.0)]) == ["a.laws.Pushed"], "a helper is no part"


def test_circles_end_and_nothing_is_called() -> None:
    class Loud(Map):
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    ring: list[Any] = [Loud()]
    ring.append(ring)
    ring[0].parts = (ring, ring[0])
    law = Pushed(ring)
    law._kept = (law, {"ring": ring})
    assert named([law, ring]) == ["a.laws.Pushed"]


def test_an_adapter_that_says_nothing_has_no_classes() -> None:
    worker = Worker(lambda: load_adapter("numpy", None))
    question = {"subject": "exp", "quantity": "forward", "dtype": "float32", "mode": "eager"}
    header, _ = worker.answer({"op": "classes", "questions": [question]}, [])
    assert header == {"status": "ok", "classes": [], "made_of": [[]], "calls": [""]}


@pytest.mark.parametrize("questions", [None, "exp", [3], {}])
def test_a_request_for_nothing_is_refused(questions: Any) -> None:
    worker = Worker(lambda: load_adapter("numpy", None))
    header, _ = worker.answer({"op": "classes", "questions": questions}, [])
    assert (header["status"], header["type"]) == ("raised", "RequestError")


def test_a_class_goes_by_its_own_name_where_that_is_public() -> None:
    both = public_classes(TRANSFORM, Map, {"lib": module("lib", Another=Exp, Exp=Exp, Turned=_Turned, Old=_Turned)})
    assert [each.name for each in both] == ["lib.Exp", "lib.Old"]
