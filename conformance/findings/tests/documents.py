"""Small, complete documents of both formats for tests to vary."""

from __future__ import annotations

from typing import Any

from conformance.findings.records import Finding, FindingsDocument, Inputs, Machine, Reproduction, Run, Worst
from conformance.findings.results import (
    Accuracy,
    Cell,
    ClassEntry,
    Curve,
    FrameworkEntry,
    LawEntry,
    RegionScore,
    ResultsDocument,
    Stability,
    SubjectEntry,
)

AXES: dict[str, Any] = {
    "framework": "torch",
    "version": "2.13.0+cpu",
    "device": "cpu",
    "mode": "eager",
    "dtype": "float32",
    "subject": "tanh",
    "quantity": "fldj",
}

RUN = Run(
    started="2026-11-23T08:41:07+00:00",
    seconds=1.5,
    seed=7,
    profile="quick",
    suite_version="0.1.0",
    oracle_version="1",
    machine=Machine(cpu="a processor", cores=2, platform="Linux-x86_64", python="3.11.7"),
    arguments=["compare"],
)

ACCURACY = Accuracy(
    worst_ulp=3.0, worst_input_hex="0x1.8p-3", worst_input="0.1875", p99_ulp=2.0, mean_ulp=0.4, kept_percent=97.5
)

WORST = Worst(
    input="inf",
    input_hex="inf",
    got="nan",
    got_hex="nan",
    exact="-1.00000000000000000000000000000",
    expected="-1.0",
    expected_hex="-0x1.0000000000000p+0",
    ulp="inf",
    bits=24.0,
    nats="nan",
    excess_bits=None,
)


def cell(**changes: Any) -> Cell:
    """A scored cell of torch's tanh log-det."""
    fields: dict[str, Any] = {
        **AXES,
        "status": "scored",
        "points": 120,
        "coverage": "lower bound",
        "accuracy": ACCURACY,
        "stability": Stability(usable=9, total=10, share=0.9),
        "regions": {
            "special": RegionScore(
                points=5, failed=1, unusable=1, worst_ulp="inf", worst_nats="nan", worst_input_hex="nan"
            )
        },
        "failures": {"spurious nan": 1},
        "certificates": {"certified": 120},
        "tiers": {"arb": 120},
        "seconds": 0.01,
        "curve": Curve(bins=4, bits="0~ p", condition="0011"),
        **changes,
    }
    return Cell(**fields)


def results(*cells: Cell) -> ResultsDocument:
    """A results document; one scored cell where none is given."""
    return ResultsDocument(
        run=RUN,
        frameworks=[
            FrameworkEntry(
                name="torch",
                version="2.13.0+cpu",
                status="ready",
                packages={"torch": "2.13.0+cpu"},
                dtypes=["float32"],
                modes=["eager"],
                devices=["cpu"],
                flush_to_zero={"float32": False},
                classes=[
                    ClassEntry(
                        kind="transform",
                        name="torch.distributions.transforms.TanhTransform",
                        source="torch.distributions.transforms.TanhTransform",
                        status="covered",
                        subjects=["tanh"],
                    )
                ],
            )
        ],
        subjects=[
            SubjectEntry(
                id="tanh",
                kind="transform",
                formula="1 - 2/(exp(2x) + 1)",
                domain="(-inf, inf)",
                codomain="[-1, 1]",
                base_measure="Lebesgue",
                reference="DLMF 4.28",
                event_rank=[0, 0],
            )
        ],
        laws=[LawEntry(id="L02", title="extremes")],
        cells=list(cells) if cells else [cell()],
        statistics=[],
        law_results=[],
        clusters=[],
    )


def finding(**changes: Any) -> Finding:
    """One finding about torch's tanh log-det; ``changes`` may hold a whole ``worst``."""
    fields: dict[str, Any] = {
        "id": "0123456789ab",
        "law": "L02",
        **AXES,
        "region": "near zero",
        "kind": "precision lost",
        "severity": "serious",
        "count": 40,
        "points": 100,
        "inputs": Inputs(from_hex="-0x1.0p-12", to_hex="0x1.0p-12"),
        "worst": WORST,
        "certificate": "certified",
        "confirmed_by": "mpmath",
        "confirmed": True,
        "reproduction": Reproduction(code="import torch\n", printed="nan", confirmed=True, ran=True),
        "summary": "fldj of tanh at inf is nan",
        **changes,
    }
    return Finding(**fields)


def findings(*rows: Finding) -> FindingsDocument:
    """A findings document."""
    return FindingsDocument(run=RUN, findings=list(rows))
