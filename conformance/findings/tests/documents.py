"""Small, complete documents of both formats for tests to vary."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

AXES: Json = {
    "framework": "torch",
    "version": "2.13.0+cpu",
    "device": "cpu",
    "mode": "eager",
    "dtype": "float32",
    "subject": "tanh",
    "quantity": "fldj",
}
RUN: Json = {
    "started": "2026-11-23T08:41:07+00:00",
    "seconds": 1.5,
    "seed": 7,
    "profile": "quick",
    "suite_version": "0.1.0",
    "oracle_version": "1",
    "machine": {"cpu": "a processor", "cores": 2, "platform": "Linux-x86_64", "python": "3.11.7"},
    "arguments": ["compare"],
}


def cell(**changes: Any) -> Json:
    """A scored cell of torch's tanh log-det."""
    return {
        **AXES,
        "status": "scored",
        "message": "",
        "points": 120,
        "coverage": "lower bound",
        "accuracy": {
            "worst_ulp": 3.0,
            "worst_input_hex": "0x1.8p-3",
            "worst_input": "0.1875",
            "p99_ulp": 2.0,
            "mean_ulp": 0.4,
            "kept_percent": 97.5,
        },
        "stability": {"usable": 9, "total": 10, "share": 0.9},
        "safe_range": None,
        "regions": {
            "special": {
                "points": 5,
                "failed": 1,
                "worst_ulp": float("inf"),
                "worst_nats": float("nan"),
                "worst_input_hex": "nan",
            }
        },
        "failures": {"spurious nan": 1},
        "undecided": 0,
        "certificates": {"certified": 120},
        "tiers": {"arb": 120},
        "seconds": 0.01,
        "curve": {"bins": 4, "bits": "0~ p", "condition": "0011"},
        **changes,
    }


def results(*cells: Json) -> Json:
    """A results document; one scored cell where none is given."""
    return {
        "format": "conformance-results",
        "format_version": 1,
        "run": RUN,
        "frameworks": [
            {
                "name": "torch",
                "version": "2.13.0+cpu",
                "status": "ready",
                "reason": "",
                "packages": {"torch": "2.13.0+cpu"},
                "dtypes": ["float32"],
                "modes": ["eager"],
                "devices": ["cpu"],
                "flush_to_zero": {"float32": False},
            }
        ],
        "subjects": [
            {
                "id": "tanh",
                "kind": "transform",
                "formula": "1 - 2/(exp(2x) + 1)",
                "domain": "(-inf, inf)",
                "codomain": "[-1, 1]",
                "base_measure": "Lebesgue",
                "reference": "DLMF 4.28",
                "event_rank": [0, 0],
            }
        ],
        "laws": [{"id": "L02", "title": "extremes"}],
        "cells": list(cells) if cells else [cell()],
        "statistics": [],
        "law_results": [],
        "clusters": [],
    }


def finding(**changes: Any) -> Json:
    """One finding about torch's tanh log-det; ``changes`` may hold a whole ``worst``."""
    return {
        "id": "0123456789ab",
        "law": "L02",
        **AXES,
        "region": "near zero",
        "kind": "precision lost",
        "severity": "serious",
        "count": 40,
        "points": 100,
        "inputs": {"from_hex": "-0x1.0p-12", "to_hex": "0x1.0p-12"},
        "worst": {
            "input": "inf",
            "input_hex": "inf",
            "got": "nan",
            "got_hex": "nan",
            "exact": "-1.00000000000000000000000000000",
            "expected": "-1.0",
            "expected_hex": "-0x1.0000000000000p+0",
            "ulp": float("inf"),
            "bits": 24.0,
            "nats": float("nan"),
            "excess_bits": None,
        },
        "blame": None,
        "certificate": "certified",
        "confirmed_by": "mpmath",
        "confirmed": True,
        "reproduction": {"code": "import torch\n", "printed": "nan", "confirmed": True},
        "known": None,
        "note": "",
        "summary": "fldj of tanh at inf is nan",
        **changes,
    }


def findings(*rows: Json) -> Json:
    """A findings document."""
    return {"format": "conformance-findings", "format_version": 1, "run": RUN, "findings": list(rows)}
