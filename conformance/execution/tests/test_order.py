"""Which framework begins first."""

from conformance.execution.frameworks import FRAMEWORKS, slowest_first


def test_every_framework_begins_once_and_the_slowest_first() -> None:
    order = slowest_first(FRAMEWORKS)
    assert sorted(order) == sorted(FRAMEWORKS)
    assert order == ["tfp", "mindspore", "numpy", "torch", "paddle", "brax"]
    assert slowest_first(["numpy", "another"]) == ["another", "numpy"]
