"""Batch normalisation with moments that no longer move: an affine map of each feature, as a layer of a flow."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from conformance.definitions.numbers import Element, NumberSystem
from conformance.definitions.transforms.definition import TransformDefinition
from conformance.definitions.transforms.events import event_map, same_length
from conformance.definitions.transforms.parameters import BadChoice, BadParameter, finite, vector

Row = tuple[float, ...]


def batch_normalization(
    beta: Row, epsilon: float, gamma: Row, moving_mean: Row, moving_variance: Row
) -> TransformDefinition:
    """y_i = (x_i - beta_i) / gamma_i sqrt(moving_variance_i + epsilon) + moving_mean_i, which undoes the normalisation
    of feature i: a flow's inverse normalises. Vectors of one number for each feature, every gamma above 0 and epsilon
    not below.

    BadParameter and BadChoice, on one line, for what does not fit; so for a variance that is not above -epsilon.
    Sources: Ioffe & Szegedy, Batch Normalization, ICML 2015, algorithm 1, with the moments of inference (algorithm 2);
    as a layer of a flow Dinh, Sohl-Dickstein & Bengio, Density estimation using Real NVP, ICLR 2017, section 3.7.
    """
    name = "batch_normalization"
    given = {"beta": beta, "gamma": gamma, "moving_mean": moving_mean, "moving_variance": moving_variance}
    rows = {parameter: vector(name, parameter, value) for parameter, value in given.items()}
    finite(name, epsilon=epsilon)
    size = len(beta)
    if {len(row) for row in rows.values()} != {size}:
        raise BadChoice(name, f"{', '.join(given)} have one number each for every feature")
    if min(gamma) <= 0:
        raise BadParameter(name, "gamma", gamma, "positive throughout")
    if epsilon < 0:
        raise BadParameter(name, "epsilon", epsilon, "at least 0")
    if min(moving_variance) + epsilon <= 0:
        raise BadParameter(name, "moving_variance", moving_variance, "above -epsilon throughout")

    def deviation(ns: NumberSystem, i: int) -> Element:
        return ns.sqrt(ns.const(moving_variance[i]) + ns.const(epsilon))

    def forward(ns: NumberSystem, x: Sequence[Element]) -> list[Element]:
        return [
            (v - ns.const(beta[i])) / ns.const(gamma[i]) * deviation(ns, i) + ns.const(moving_mean[i])
            for i, v in enumerate(x)
        ]

    def inverse(ns: NumberSystem, y: Sequence[Element]) -> list[Element]:
        return [
            (v - ns.const(moving_mean[i])) / deviation(ns, i) * ns.const(gamma[i]) + ns.const(beta[i])
            for i, v in enumerate(y)
        ]

    scales = [sqrt(variance + epsilon) / by for variance, by in zip(moving_variance, gamma, strict=True)]
    shifts = list(zip(scales, beta, moving_mean, strict=True))
    return event_map(
        name,
        forward,
        inverse,
        "(x - beta) / gamma * sqrt(moving_variance + epsilon) + moving_mean",
        "Ioffe & Szegedy 2015, algorithms 1 and 2",
        params={"epsilon": epsilon, **given},
        event=(size,),
        output_shape=same_length(size),
        input_shape=same_length(size),
        # Either constant is a sum of two, which whoever multiplies out adds first.
        added=(max(abs(b) * s + abs(m) for s, b, m in shifts), max(abs(m) / s + abs(b) for s, b, m in shifts)),
    )
