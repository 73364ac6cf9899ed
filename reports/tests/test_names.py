"""One thing by its several names: calls by form, what is lacking, and whose word it is."""

from __future__ import annotations

from typing import Any

from reports.load import Loaded
from reports.names import names

Json = dict[str, Any]
GAMMA = "gamma(concentration=2.5,rate=48.0)"
ADDRESS = "#subject/gamma(concentration=2.5,rate=48.0)"


def subject(id: str, kind: str = "distribution", measure: str = "Lebesgue") -> Json:
    stated = dict.fromkeys(("formula", "domain", "codomain", "reference"), "")
    return {"id": id, "kind": kind, "base_measure": measure, "left_open": ["its ends"] * (id == GAMMA)} | stated


def cell(id: str, dtype: str, quantity: str, status: str = "scored", message: str = "") -> Json:
    return {
        "framework": "lib", "subject": id, "dtype": dtype, "quantity": quantity, "status": status, "message": message,
    }  # fmt: skip


def loaded(**changed: Any) -> Loaded:
    framework = {
        "name": "lib",
        "dtypes": ["float16", "float32"],
        "classes": [{"kind": "transform", "name": "lib.Exp", "subjects": ["exp"]}],
        "calls": {
            "gamma(concentration=0.5,rate=2.0)": "Gamma(alpha=concentration, rate)",
            "gamma(concentration=9.0,rate=2.0)": "Gamma(alpha=concentration, rate)",
            "gamma(concentration=9.0,scale=2.0)": "Gamma(alpha=concentration, theta=scale)",
        },
    }
    results = {
        "frameworks": [framework, {"name": "functions", "classes": []}],
        "subjects": [
            subject(GAMMA),
            subject("exp", "transform"),
            subject("transformed(normal(loc=0.0,scale=1.0),exp)"),
        ],
        "parts": [subject("normal(loc=0.0,scale=1.0)", measure="Lebesgue, too")],
        "cells": [],
        "statistics": [],
    }
    return Loaded(results | changed, [])


def test_a_call_is_found_by_the_form_of_a_subject_and_stands_once() -> None:
    found = names(loaded())
    assert found["frameworks"] == ["lib"]
    gamma, normal = found["laws"]
    assert gamma["by"][0]["calls"] == ["Gamma(alpha=concentration, rate)"]
    assert (gamma["parameters"], gamma["href"]) == (["concentration", "rate"], ADDRESS)
    assert (normal["name"], normal["href"], normal["base_measure"]) == ("normal", None, "Lebesgue, too")
    assert (gamma["left_open"], normal["left_open"]) == (["its ends"], [])
    (exp,) = found["maps"]
    assert (exp["by"][0]["calls"], exp["by"][0]["classes"]) == ([], [{"short": "Exp", "name": "lib.Exp"}])


def test_what_is_offered_nowhere_is_lacking_and_a_documented_reason_is_told() -> None:
    reason = "the parameters of gamma are documented to be float"
    cells = [
        cell(GAMMA, "float16", "log_prob", "not_offered", reason),
        cell(GAMMA, "float16", "cdf", "not_offered", reason),
        cell(GAMMA, "float32", "log_prob"),
        cell(GAMMA, "float32", "cdf", "not_offered", "no cdf"),
        cell("exp", "float16", "forward"),
        cell("exp", "float16", "inverse", "not_offered"),
        cell("exp", "float32", "inverse", "not_offered"),
        cell("exp", "float32", "fldj", "raised"),
    ]
    offer = {"framework": "lib", "status": "not_offered", "message": "lib documents no stddev"}
    statistics = [{"subject": GAMMA, "quantity": "stddev", "offers": [offer]}]
    found = names(loaded(cells=cells, statistics=statistics))
    gamma = found["laws"][0]["by"][0]
    assert gamma["without"] == ["float16"], "of a law quantities stand with its statistics and cells"
    assert gamma["documented"] == [reason, "lib documents no stddev"]
    exp = found["maps"][0]["by"][0]
    assert (exp["without"], exp["documented"]) == (["inverse"], [])
