"""Variants of a subject: the same maps with other parameters, each exact in every dtype."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from adapters.interface.spec import Spec, SpecError, parse
from conformance.definitions.registry import UnknownSubject, definition_of

CHOICES: dict[str, tuple[float, ...]] = {
    "loc": (0.0, -3.5, 100.0),
    "scale": (0.0625, 1.0, 16.0, -1.0, -0.0625),
    "exponent": (0.5, 2.0, 3.0, -1.0, 0.125, 8.0),
    "power": (0.0, 0.0078125, 1.0, 2.0, -0.5, -2.0),
    "rate": (0.0625, 1.0, 16.0),
    "df": (0.5, 1.0, 2.0, 30.0, 200.0),
    "low": (-100.0, -1.0, 0.0),
    "high": (0.875, 1.0, 100.0),
}
"""Values with at most 8 significant bits, on both sides of where formulas branch: 0 and 1, small, large, negative."""

MOST_VARIANTS = 24


def variants(subject: str, seed: int) -> list[str]:
    """``subject`` first, then at most MOST_VARIANTS - 1 others: one parameter changed at a time, as far as the
    definition takes the value; drawn at random, in a fixed order for a given seed, where there are more."""
    spec = parse(subject)
    others = list(dict.fromkeys(str(one) for one in _changed(spec) if _defined(one) and str(one) != str(spec)))
    if len(others) > MOST_VARIANTS - 1:
        generator = np.random.default_rng([seed, 66])
        chosen = np.sort(generator.choice(len(others), MOST_VARIANTS - 1, replace=False))
        others = [others[index] for index in chosen]
    return [str(spec), *others]


def _changed(spec: Spec) -> Iterator[Spec]:
    """Every spec that differs in one parameter, of this part or of a part within."""
    for name in sorted(spec.params):
        for value in CHOICES.get(name, ()):
            yield replace(spec, params={**spec.params, name: value})
    for index, part in enumerate(spec.parts):
        for other in _changed(part):
            yield replace(spec, parts=(*spec.parts[:index], other, *spec.parts[index + 1 :]))


def _defined(spec: Spec) -> bool:
    try:
        definition_of(spec)
    except (UnknownSubject, SpecError):
        return False
    return True
