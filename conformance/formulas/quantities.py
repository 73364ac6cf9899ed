"""Which quantity a function computes, told by its name where the name is a usual one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adapters.interface.quantities import functions, variable
from adapters.interface.spec import parse
from conformance.comparison.plan import BadRequest, chosen
from conformance.definitions.registry import functions_of, is_distribution, is_pair

USUAL: Mapping[str, tuple[str, ...]] = {
    "log_prob_from_base": ("logprobfrombase", "logprobfromx", "logprobpretanh", "logprobbefore"),
    "ildj": ("ildj", "inverselogdet", "logdetinverse"),
    "fldj": ("fldj", "logabsdet", "logdet", "ladj"),
    "log_prob": ("logprob", "logpdf", "logdensity", "loglikelihood"),
}
"""Quantity -> words, written together, that a function's name holds; the first that fits."""

WHOLE: Mapping[str, str] = {
    "prob": "prob",
    "pdf": "prob",
    "density": "prob",
    "cdf": "cdf",
    "log_cdf": "log_cdf",
    "logcdf": "log_cdf",
    "survival": "survival",
    "survival_function": "survival",
    "sf": "survival",
    "log_survival": "log_survival",
    "logsf": "log_survival",
    "log_sf": "log_survival",
    "icdf": "icdf",
    "quantile": "icdf",
    "ppf": "icdf",
    "forward": "forward",
    "transform": "forward",
    "squash": "forward",
    "inverse": "inverse",
    "inv": "inverse",
    "unsquash": "inverse",
}
"""Names that say it only as the whole name: an icdf is no cdf."""

_SHORT: Mapping[str, str] = {
    "log_prob_from_base": "the same, of the x before the transform",
    "fldj": "log|det J| at x",
    "ildj": "that of the inverse, at y",
}

MEANINGS: Mapping[str, str] = {
    name: _SHORT.get(name, f"of {variable(name)}") for name in (*functions("distribution"), *functions("transform"))
}

_TURNED = re.compile(r"(^|_)(neg|negative|minus|nll|grad|d)(_|$)")


def quantity_of(function: str, subject: str, said: str | None) -> str:
    """The quantity: ``said``, or the one that the name of the function tells.

    Raises BadRequest, one line, where the name tells none, or one that a subject of this kind does not have.
    """
    if is_pair(subject):
        raise BadRequest(f"{_head(subject)} are two laws, and a function is checked as one; change --as")
    there = functions_of(subject)
    meant = ", ".join(f"{name} ({MEANINGS[name]})" for name in there)
    if said is not None:
        quantity = chosen("quantity", [said], tuple(MEANINGS))[0]
    else:
        told = told_by(function)
        if told is None:
            raise BadRequest(f"what does {function} compute? Say --quantity, one of {meant}")
        quantity = told
    if quantity not in there:
        kind = "distribution" if is_distribution(subject) else "transform"
        raise BadRequest(
            f"{function} computes {quantity}, and {_head(subject)} is a {kind}, which has {meant}; "
            f"change --as, or say --quantity"
        )
    return quantity


def told_by(function: str) -> str | None:
    """The quantity that the last part of a dotted name tells; None where it tells none."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", function.rpartition(".")[2]).casefold()
    if _TURNED.search(name):
        return None
    joined = name.replace("_", "")
    for quantity, words in USUAL.items():
        if any(word in joined for word in words):
            return quantity
    return WHOLE.get(name.strip("_"))


def other_reading(quantity: str) -> str:
    """The quantity that is most easily taken for this one: the same of the variable on the other side; "" without."""
    pairs = {"log_prob": "log_prob_from_base", "fldj": "ildj", "forward": "inverse"}
    return pairs.get(quantity) or next((first for first, second in pairs.items() if second == quantity), "")


def _head(subject: str) -> str:
    return parse(subject).names()
