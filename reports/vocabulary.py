"""The suite's short names in words, and what each framework calls the same thing."""

from __future__ import annotations

from conformance.execution.frameworks import REFERENCE

WORDS: dict[str, str] = {
    "forward": "the map itself: y from x",
    "inverse": "the map back: x from y",
    "fldj": "forward log-det-Jacobian: log |dy/dx| at x",
    "ildj": "inverse log-det-Jacobian: log |dx/dy| at y",
    "log_prob": "log density at y",
    "log_prob_from_base": "log density of the sample that a base draw x becomes: x is mapped to y, then y is scored",
    "prob": "density at y",
    "cdf": "probability of at most y",
    "log_cdf": "logarithm of the probability of at most y",
    "survival": "probability of more than y",
    "log_survival": "logarithm of the probability of more than y",
    "icdf": "quantile: the y that is not exceeded with probability q",
    "sample": "the framework's own draws",
    "rsample": "the framework's own draws, by the method that carries gradients",
    "scored_sample": "the framework's own draws, by the method that scores them too",
    "scored_log_prob": "log density that comes with the framework's own draw",
    "increasing": "whether the map is declared to rise",
    "injective": "whether the map is declared to be one to one",
    "constant_log_det": "whether the log-det is declared to be constant",
    "domain": "whether the declared domain holds a point",
    "codomain": "whether the declared codomain holds a point",
    "support": "whether the declared support holds a point",
    "event_rank_in": "how many axes an input event is declared to have",
    "event_rank_out": "how many axes an output event is declared to have",
    "event_rank": "how many axes a draw is declared to have",
    "map_bits": "the width of the dtype that is declared, in bits",
    "law_bits": "the width of the dtype that is declared, in bits",
}
"""What a quantity is."""

API: dict[str, dict[str, str]] = {
    "torch": {
        "forward": "t(x)",
        "inverse": "t.inv(y)",
        "fldj": "t.log_abs_det_jacobian(x, t(x))",
        "ildj": "t.inv.log_abs_det_jacobian(y, t.inv(y))",
        "log_prob": "d.log_prob(y)",
        "log_prob_from_base": "d.log_prob(t(x)), t with cache_size=1",
        "cdf": "d.cdf(y)",
        "icdf": "d.icdf(q)",
        "sample": "d.sample()",
        "rsample": "d.rsample()",
    },
    "tfp": {
        "forward": "b.forward(x)",
        "inverse": "b.inverse(y)",
        "fldj": "b.forward_log_det_jacobian(x)",
        "ildj": "b.inverse_log_det_jacobian(y)",
        "log_prob": "d.log_prob(y)",
        "log_prob_from_base": "d.log_prob(d.bijector.forward(x))",
        "prob": "d.prob(y)",
        "cdf": "d.cdf(y)",
        "log_cdf": "d.log_cdf(y)",
        "survival": "d.survival_function(y)",
        "log_survival": "d.log_survival_function(y)",
        "icdf": "d.quantile(q)",
        "sample": "d.sample()",
        "scored_sample": "d.experimental_sample_and_log_prob()[0]",
        "scored_log_prob": "d.experimental_sample_and_log_prob()[1]",
    },
    "paddle": {
        "forward": "t.forward(x)",
        "inverse": "t.inverse(y)",
        "fldj": "t.forward_log_det_jacobian(x)",
        "ildj": "t.inverse_log_det_jacobian(y)",
        "log_prob": "d.log_prob(y)",
        "prob": "d.prob(y)",
        "cdf": "d.cdf(y)",
        "icdf": "d.icdf(q)",
        "sample": "d.sample()",
        "rsample": "d.rsample()",
    },
    "mindspore": {
        "forward": "b.forward(x)",
        "inverse": "b.inverse(y)",
        "fldj": "b.forward_log_jacobian(x)",
        "ildj": "b.inverse_log_jacobian(y)",
        "log_prob": "d.log_prob(y)",
        "prob": "d.prob(y)",
        "cdf": "d.cdf(y)",
        "log_cdf": "d.log_cdf(y)",
        "survival": "d.survival_function(y)",
        "log_survival": "d.log_survival(y)",
        "sample": "d.sample()",
    },
    "brax": {"log_prob_from_base": "the training code's log_prob of the value before the tanh"},
}
"""What one writes in a framework: t or b is the transform, d the distribution."""


def in_words(quantity: str) -> str:
    """What a quantity is; a name that is not in the table stands for itself."""
    return WORDS.get(quantity, quantity.replace("_", " "))


def names_of(quantity: str) -> str:
    """What the frameworks call it, for a tooltip or a note; empty for a quantity that is not in the table."""
    return "; ".join(f"{framework}: {names[quantity]}" for framework, names in API.items() if quantity in names)


def role_of(framework: str) -> str:
    """What its column stands for beside the others; empty for a framework that is judged like any other."""
    return "attainable" if framework == REFERENCE else ""
