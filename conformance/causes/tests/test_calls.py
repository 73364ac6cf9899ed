"""A part is to blame only where the composite calls it: two that make a tail in the same wrong way have it each."""

from __future__ import annotations

import pytest

from adapters.interface import BoundDistribution, Component, Spec
from conformance.causes.collecting import Collected, collect
from conformance.causes.investigation import drafts_for
from conformance.causes.tests.planted.adapter import Adapter
from conformance.causes.tests.planted.defects import PLANTS
from conformance.causes.tests.planted.matrix import PROFILE, SEED
from conformance.judging.cases import build_case
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess

SUBJECT = "transformed(normal(loc=0.25,scale=1.5),exp)"
OWN, BASES = "planted.transformed.log_cdf", "planted.normal.log_cdf"
AXES = {"framework": "planted", "version": "1.0", "device": "cpu"}


class Telling(Adapter):
    """The stand-in whose log_cdf is the logarithm of an underflowed cdf, which also tells what it is made of."""

    def __init__(self, made_of: str) -> None:
        super().__init__(PLANTS["log_of_an_underflowed_cdf"])
        self._made_of = made_of

    def _distribution(self, spec: Spec, dtype: str, mode: str) -> BoundDistribution:
        bound = super()._distribution(spec, dtype, mode)
        named = bound.component

        def component(quantity: str) -> Component:
            name = named(quantity)
            return Component(name, [Component(self._made_of)]) if name == OWN else name

        bound.component = component  # type: ignore[method-assign]
        return bound


@pytest.mark.slow
@pytest.mark.parametrize(("made_of", "blamed"), [("planted.transformed.cdf", OWN), (BASES, BASES)])
def test_a_bases_tail_is_to_blame_only_where_it_ran(made_of: str, blamed: str) -> None:
    oracle, framework = Oracle(), InProcess(lambda: Telling(made_of))
    case = build_case(framework, oracle, SUBJECT, "float32", "eager", PROFILE, SEED)
    collected = Collected()
    collect(case, tuple(LAWS), AXES, oracle, collected)
    drafts, _ = drafts_for(framework, oracle, "planted", collected.suspects, collected.lines, {}, SEED)
    assert {draft.component for draft in drafts} == {blamed}
