"""One composition under law: what is wrong with it that is not wrong with its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from adapters.interface.quantities import DISTRIBUTION_QUANTITIES, TRANSFORM_QUANTITIES
from adapters.interface.spec import Spec, parse
from conformance.causes.collecting import Collected, collect
from conformance.causes.drafts import Draft
from conformance.causes.investigation import drafts_for
from conformance.causes.naming import SUBNORMAL, UNATTRIBUTED, family_of
from conformance.definitions.registry import is_distribution, transform_definition
from conformance.definitions.spaces import Shape
from conformance.definitions.tables import COMBINATORS
from conformance.execution.request import Request
from conformance.findings.records import GRADES, Finding
from conformance.floats.formats import format_named
from conformance.fuzzing.composing import inherent
from conformance.judging.cases import build_case
from conformance.judging.profile import Profile
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle

PROFILE = Profile("fuzz", 16, "a few points of every region: many subjects, each looked at for a second")

LEFT_OUT = ("L14",)
"""Laws that need thousands of draws of one subject."""

Signature = tuple[str, str]
"""Component and family of mechanism."""


@dataclass(frozen=True)
class Surprise:
    """Something wrong with ``subject`` at a component that its parts alone don't show: the gravest finding of it.

    inputs, parameters: the batch shapes that the laws of batches asked it in.
    """

    subject: str
    inputs: Shape
    parameters: Shape
    component: str
    mechanism: str
    finding: Finding

    @property
    def signature(self) -> Signature:
        """What makes it another surprise than the next."""
        return self.component, family_of(self.mechanism)


class Examiner:
    """Examines compositions for one framework at one dtype in eager mode. Parts are examined once each."""

    def __init__(
        self, client: Any, oracle: Oracle, description: dict[str, Any], dtype: str, seed: int, least: str
    ) -> None:
        self._client, self._oracle, self._dtype, self._seed = client, oracle, dtype, seed
        self._flushing = description["flush_to_zero"]
        device = (description.get("devices") or ["cpu"])[0]
        self._axes = {"framework": description["framework"], "version": description["version"], "device": device}
        self._grades = GRADES[: GRADES.index(least) + 1]
        self._of_parts: dict[str, set[str]] = {}
        self._found: dict[tuple[str, Shape, Shape], list[Surprise]] = {}
        self._offered: dict[str, bool] = {}
        self.asked = self.examined = 0

    def offers(self, leaf: str) -> bool:
        """Whether the framework has this map or law by itself."""
        if leaf not in self._offered:
            quantity = "log_prob" if is_distribution(leaf) else "forward"
            event = () if is_distribution(leaf) else transform_definition(leaf).event
            at = np.full((1, *event), 0.5, format_named(self._dtype).dtype)
            reply = self._client.evaluate(Request(leaf, quantity, self._dtype, values=at))
            self._offered[leaf] = reply.status != "not_offered"
        return self._offered[leaf]

    def surprises(self, subject: str, inputs: Shape = (), parameters: Shape = ()) -> list[Surprise]:
        """What is wrong with the subject and not with its parts, gravest first. inputs, parameters: the batch shapes
        that the laws of batches ask it in. Asked the same again, it says the same; ``examined`` counts what the
        framework has."""
        self.asked += 1
        asked = (subject, inputs, parameters)
        if asked not in self._found:
            self._found[asked] = self._examined(subject, inputs, parameters)
        return self._found[asked]

    def _examined(self, subject: str, inputs: Shape, parameters: Shape) -> list[Surprise]:
        excused = set().union(*(self._components(part) for part in _leaves(parse(subject))))
        found = []
        for draft in self._drafts(subject, inputs, parameters):
            if draft.component == UNATTRIBUTED or draft.component in excused or draft.component.endswith(SUBNORMAL):
                continue
            # A part's declarations compute nothing, and stand where its functions do.
            if draft.mechanism == "what is declared" and _owner(draft.component) in map(_owner, excused):
                continue
            worst = min(
                (member.suspect.finding for member in draft.members), key=lambda one: GRADES.index(one.severity)
            )
            found.append(Surprise(subject, inputs, parameters, draft.component, draft.mechanism, worst))
        return sorted(found, key=lambda one: GRADES.index(one.finding.severity))

    def _components(self, part: str) -> set[str]:
        """The functions that compute the part by itself: what is wrong with them is no surprise in a composition."""
        if part not in self._of_parts:
            distribution = is_distribution(part)
            quantities = DISTRIBUTION_QUANTITIES if distribution else TRANSFORM_QUANTITIES
            asked = [Request(part, quantity, self._dtype) for quantity in quantities]
            self._of_parts[part] = {name for each in self._client.components(asked) for name in each.every()}
        return self._of_parts[part]

    def _drafts(self, subject: str, inputs: Shape, parameters: Shape) -> list[Draft]:
        collected = Collected()
        case = build_case(
            self._client,
            self._oracle,
            subject,
            self._dtype,
            "eager",
            PROFILE,
            self._seed,
            flushes=bool(self._flushing.get(self._dtype)),
        )
        case = replace(case, inputs=replace(case.inputs, batches=((inputs, parameters),)))
        if not any(case.measure(quantity).offered for quantity in case.quantities):
            return []
        self.examined += 1
        collect(case, [law for law in LAWS if law not in LEFT_OUT], self._axes, self._oracle, collected)
        # What only conditioning excuses is what a composition in working precision costs, whoever composes.
        suspects = [
            one
            for one in collected.suspects
            if one.finding.confirmed
            and one.finding.severity in self._grades
            and not one.finding.attainable
            and not inherent(self._oracle, one.finding)
        ]
        if not suspects:
            return []
        name = self._axes["framework"]
        drafts, _ = drafts_for(self._client, self._oracle, name, suspects, collected.lines, self._flushing, self._seed)
        return drafts


def _owner(component: str) -> str:
    return component.rpartition(".")[0]


def _leaves(spec: Spec) -> Iterable[str]:
    """What the subject is made of: its elementary maps, their inverses, and its base."""
    if spec.name in COMBINATORS or spec.name == "transformed":
        for part in spec.parts:
            yield from _leaves(part)
    else:
        yield str(spec)
        if not is_distribution(spec):
            yield f"inverse({spec})"
