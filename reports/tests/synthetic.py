"""Made-up runs in the two file formats, as large and as varied as real ones, for tests and for looking at the page.

``python -m reports.tests.synthetic FOLDER`` writes results.json and findings.json there. The figures mean nothing.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from pathlib import Path
from typing import Any

from adapters.interface.quantities import STATISTICS
from reports.tests import synthetic_causes
from reports.tests.synthetic_names import (
    BINS,
    DISTRIBUTION_QUANTITIES,
    DISTRIBUTIONS,
    FRAMEWORKS,
    KINDS,
    LARGEST,
    LAWS,
    PRECISION,
    REGIONS,
    TRANSFORM_QUANTITIES,
    TRANSFORMS,
)

Json = dict[str, Any]
CLOSE = 127
ENTROPY = "-0.415839202175331280926341527790"
CODE = """import torch
from torch.distributions.transforms import TanhTransform

x = torch.tensor([float.fromhex({value!r})], dtype=torch.{dtype})
t = TanhTransform()
print(float(t.log_abs_det_jacobian(x, t(x))[0]).hex())
"""


def run_facts(seed: int) -> Json:
    """One run block; both files carry the same."""
    return {
        "started": "2026-11-23T08:41:07+00:00",
        "seconds": 171.4,
        "seed": seed,
        "profile": "default",
        "suite_version": "0.1.0",
        "oracle_version": "3",
        "machine": {"cpu": "Example CPU @ 2.5 GHz", "cores": 2, "platform": "Linux-6.1-x86_64", "python": "3.11.7"},
        "arguments": ["compare", "--seed", str(seed)],
    }


def curve(rng: random.Random, precision: int, shape: str) -> str:
    """One character per ordinal bin; ``shape`` is a letter that stands for a formula."""
    text = ""
    for at in range(BINS):
        u = 2 * (at + 0.5) / BINS - 1  # -1 at -max, 0 at zero, 1 at max
        bits = rng.random() * 1.4
        if shape in "bc":
            bits += precision * math.exp(-((u / 0.12) ** 2)) * 0.9  # cancellation near zero
        if shape in "cd" and u > 0.52:
            text += "~"
            continue
        if shape == "e":
            bits += max(0.0, (abs(u) - 0.48) * 3 * precision)
        text += " " if abs(u) > 0.96 else chr(48 + round(min(bits, precision)))
    return text


def condition(quantity: str) -> str:
    """The envelope: large where the logarithm passes through zero."""
    return "".join(
        chr(
            48 + round(9 * math.exp(-(((2 * at / BINS - 1.02) / 0.03) ** 2)) if quantity in ("fldj", "log_prob") else 1)
        )
        for at in range(BINS)
    )


def closeup(rng: random.Random, precision: int, shape: str) -> Json:
    """The ordinary inputs of an open interval: worse and worse towards its upper end, and lost at the end itself."""
    sides = {
        "low": {"anchor": -1.0, "reach": 2.0 ** -(precision + 1)},
        "high": {"anchor": 1.0, "reach": 2.0 ** -(precision + 1)},
    }
    bits = (
        "".join(
            chr(48 + round(min(precision, rng.random() * 2 + (at / 16 if shape in "cd" else 0)))) for at in range(CLOSE)
        )
        + " "
    )
    return {
        "centre": 0.0,
        **sides,
        "bits": bits,
        "unusable": " " * (CLOSE - 8) + ("123456789" if shape in "cd" else " " * 9),
    }


REMARK = "2 inputs are not asked: a nan makes a whole <call> take every iteration"
PROMISE = "off by at most 0.02 of the event: its documentation bounds each step"


def _cell(rng: random.Random, axes: Json, shape: str) -> Json:
    dtype, quantity = axes["dtype"], axes["quantity"]
    precision = PRECISION[dtype]
    log_like = quantity not in ("forward", "inverse", "cdf")
    worst = {
        "a": 0.5 + rng.random(),
        "b": 3.0 + 9 * rng.random(),
        "c": 2.0 ** rng.uniform(4, precision),
        "d": 1.5 + rng.random(),
        "e": 2.0 ** rng.uniform(2, 9),
    }[shape]
    worst_ulp: float | str = "inf" if shape == "c" and rng.random() < 0.15 else worst
    exhaustive = dtype in ("float16", "bfloat16")
    total = 61440 if exhaustive else 4210
    usable = total if shape == "a" else int(total * {"b": 0.93, "c": 0.41, "d": 0.72, "e": 0.9996}[shape])
    lost = total - usable
    worst_input = rng.uniform(-6, 6)
    text = curve(rng, precision, shape)
    regions: Json = {
        "ordinary": {
            "points": 3000,
            "failed": 12 if shape == "c" else 0,
            "unusable": 0,
            "worst_ulp": worst_ulp,
            "worst_nats": worst * 2.0**-precision if log_like else None,
            "worst_input_hex": worst_input.hex(),
        }
    }
    for name in REGIONS:
        failed = lost // 3 if name in ("near zero", "saturation", "range end") else 0
        regions[name] = {
            "points": total // 6,
            "failed": min(failed, total // 6),
            "unusable": min(failed, total // 6),
            "worst_ulp": "inf" if failed and name == "saturation" else rng.uniform(0.5, 40),
            "worst_nats": 1e-7 if log_like else None,
            "worst_input_hex": rng.uniform(-90, 90).hex(),
        }
    high = LARGEST[dtype] if shape == "a" else rng.uniform(8, 88)
    return {
        **axes,
        "status": "scored",
        "message": REMARK if (axes["framework"], quantity) == ("tfp", "inverse") else "",
        "points": 3000 + total,
        "coverage": "exact maximum" if exhaustive else "lower bound",
        "accuracy": {
            "worst_ulp": worst_ulp,
            "worst_input_hex": worst_input.hex(),
            "worst_input": repr(worst_input),
            "p99_ulp": min(worst, 1.4),
            "mean_ulp": 0.31,
            "kept_percent": 97.2 if shape != "c" else 71.4,
        },
        "stability": {"usable": usable, "total": total, "share": usable / total},
        "safe_range": {
            "low": -high,
            "low_hex": (-high).hex(),
            "high": high,
            "high_hex": high.hex(),
            "bound_ulp": 8.0,
            "bound_nats": 1e-6 if log_like else None,
        },
        "regions": regions,
        "failures": {"precision lost": lost // 2, "spurious nan": lost - lost // 2} if lost else {},
        "promise": PROMISE if (axes["framework"], quantity) == ("tfp", "fldj") else "",
        "undecided": rng.choice([0, 0, 0, 3]),
        "certificates": {"certified": 3000 + total},
        "tiers": {"arb": 3000 + total},
        "seconds": 0.21,
        "curve": {
            "bins": BINS,
            "bits": text,
            "condition": condition(quantity),
            "closeup": closeup(rng, precision, shape),
        },
    }


def results(seed: int = 7, failed: str | None = "mindspore") -> Json:
    """A whole results file; ``failed`` names the framework that could not be installed."""
    rng = random.Random(seed)
    cells: list[Json] = []
    law_results: list[Json] = []
    for name, version, modes, dtypes in FRAMEWORKS:
        if name == failed:
            continue
        for subject in TRANSFORMS + DISTRIBUTIONS:
            quantities = TRANSFORM_QUANTITIES if subject in TRANSFORMS else DISTRIBUTION_QUANTITIES
            lacks = random.Random(name + subject).random() < {"brax": 0.93, "paddle": 0.3}.get(name, 0.08)
            lacks = lacks and not ("tanh" in subject and name == "brax")
            for dtype in dtypes:
                for quantity in quantities:
                    shape = random.Random(subject + quantity + name * (name != "brax")).choice("aaabbcde")
                    for mode in modes:
                        axes = {
                            "framework": name,
                            "version": version,
                            "device": "cpu",
                            "mode": mode,
                            "dtype": dtype,
                            "subject": subject,
                            "quantity": quantity,
                        }
                        if lacks or (name == "paddle" and quantity == "cdf"):
                            cells.append({**_absent(axes), "message": f"{name} has no {subject} {quantity}"})
                        elif rng.random() < 0.012:
                            status = rng.choice(["raised", "crashed", "timed_out"])
                            cells.append({**_absent(axes), "status": status, "message": "RuntimeError: it broke"})
                        else:
                            if mode == modes[0]:
                                made = _cell(rng, axes, "a" if name == "numpy" else shape)
                            cells.append({**made, **axes})
                for law in LAWS:
                    for mode in modes:
                        status = (
                            "not_offered"
                            if lacks
                            else rng.choices(["pass", "fail", "known", "undecided"], [80, 14, 4, 2])[0]
                        )
                        law_results.append(
                            {
                                "framework": name,
                                "mode": mode,
                                "dtype": dtype,
                                "subject": subject,
                                "law": law,
                                "status": status,
                                "checks": 900,
                                "failed": 41 * (status == "fail"),
                            }
                        )
    return {
        "format": "conformance-results",
        "format_version": 2,
        "run": run_facts(seed),
        "frameworks": [
            {
                "name": name,
                "version": None if name == failed else version,
                "status": "failed" if name == failed else "ready",
                "reason": "pip: no matching distribution found for mindspore==2.10.0" if name == failed else "",
                "packages": {"numpy": "2.4.6", name: version},
                "dtypes": dtypes,
                "modes": modes,
                "devices": ["cpu"],
                "flush_to_zero": dict.fromkeys(dtypes, name == "tfp"),
                "classes": None if name == failed else _classes(name),
                "calls": _calls(name) if name not in ("numpy", "brax", failed) else {},
            }
            for name, version, modes, dtypes in FRAMEWORKS
        ],
        "subjects": [_subject(name) for name in TRANSFORMS + DISTRIBUTIONS],
        "parts": [_subject("normal(loc=0.25,scale=1.5)")],
        "laws": [{"id": law, "title": title} for law, title in LAWS.items()],
        "cells": cells,
        "statistics": _statistics(failed),
        "law_results": law_results,
        "clusters": [
            {
                "subject": "tanh",
                "quantity": "fldj",
                "dtype": "float32",
                "worst_input_hex": "0x1.62e42ep-1",
                "worst_input": "0.6931471",
                "worst_ulp": 11184810.0,
                "members": ["torch eager", "torch compile", "brax eager", "tfp eager", "paddle eager"],
            }
        ],
    }


def _calls(framework: str) -> Json:
    """A map that is called what it is here, a law whose parameters have other names, and a law that says more."""
    told = "mean=loc, sd=scale" if framework == "paddle" else "loc, scale, flag=True"
    return {"affine(loc=0.75,scale=-2.5)": "Affine(loc, scale)", "normal(loc=-1.0,scale=2.5)": f"Normal({told})"}


def _classes(framework: str) -> list[Json]:
    """A few classes of every status; none of the two that have functions only."""
    if framework in ("numpy", "brax"):
        return []
    needs = "needs a space of ordered vectors"
    rows = [
        ("transform", "Tanh", "covered", "", ["tanh"]),
        ("transform", "Chain", "covered", "", ["chain(sigmoid,sigmoid)"]),
        ("transform", "Sort", "uncovered", needs, []),
        ("transform", "Ascending", "uncovered", needs, []),
        ("transform", "Transform", "out_of_scope", "the abstract base", []),
        ("distribution", "Normal", "covered", "", ["normal(loc=0.25,scale=1.5)"]),
        ("distribution", "Zeta", "undecided", "", []),
    ]
    return [
        {
            "kind": kind,
            "name": f"{framework}.{kind}s.{name}",
            "source": f"{framework}.python.{kind}s.{name.lower()}.{name}",
            "status": status,
            "reason": reason,
            "release": "2.0" if reason else "",
            "subjects": subjects,
        }
        for kind, name, status, reason, subjects in rows
    ]


def _absent(axes: Json) -> Json:
    return {
        **axes,
        "status": "not_offered",
        "points": 0,
        "coverage": "lower bound",
        "accuracy": None,
        "stability": None,
        "safe_range": None,
        "regions": {},
        "failures": {},
        "undecided": 0,
        "certificates": {},
        "tiers": {},
        "seconds": 0.0,
        "curve": None,
    }


def _subject(name: str) -> Json:
    kind = "transform" if name in TRANSFORMS else "distribution"
    return {
        "id": name,
        "kind": kind,
        "formula": "y = 1 - 2/(exp(2x) + 1)" if "tanh" in name else "y = f(x)",
        "domain": "(-inf, inf)",
        "codomain": "(-1, 1)" if "tanh" in name else "(0, inf)",
        "base_measure": "Lebesgue",
        "reference": "https://dlmf.nist.gov/4.28",
        "event_rank": [1, 1] if name in ("stick_breaking", "independent(tanh,ndims=1)") else [0, 0],
    }


def _statistics(failed: str | None) -> list[Json]:
    made = []
    for subject in DISTRIBUTIONS:
        for quantity in STATISTICS:
            offers = []
            for name, version, modes, dtypes in FRAMEWORKS:
                if name == failed:
                    continue
                for mode in modes:
                    for dtype in dtypes:
                        offered = (name == "tfp" and "affine" in subject and "chain" not in subject) or name == "numpy"
                        got = None if not offered else -0.41583919525146484
                        offers.append(
                            {
                                "framework": name,
                                "version": version,
                                "mode": mode,
                                "dtype": dtype,
                                "status": "ok" if offered else "not_offered",
                                "message": "" if offered else f"{name} has no {quantity} of <it>",
                                "got": got,
                                "ulp": 0.25 if offered else None,
                                "nats": 6.9e-9 if offered else None,
                                "verdict": ("wrong" if quantity == "variance" and name == "tfp" else "right")
                                if offered
                                else "not offered",
                            }
                        )
            infinite = quantity != "entropy" and "student_t" in subject
            made.append(
                {
                    "subject": subject,
                    "quantity": quantity,
                    "exact": "inf" if infinite else ENTROPY,
                    "lo": ENTROPY,
                    "hi": ENTROPY,
                    "certificate": "certified",
                    "offers": offers,
                }
            )
    return made


def findings(result: Json, count: int = 600) -> Json:
    """A findings file that belongs to ``result``."""
    rng = random.Random(11)
    scored = [cell for cell in result["cells"] if cell["status"] == "scored" and cell["framework"] != "numpy"]
    made: list[Json] = []
    for at in range(count):
        cell = rng.choice(scored)
        kind = rng.choices(KINDS, [40, 12, 10, 8, 8, 10, 2, 3, 4, 3])[0]
        value = rng.uniform(-90, 90)
        lost = kind == "precision lost"
        bits = rng.uniform(5, PRECISION[cell["dtype"]])
        severity = "serious" if lost else rng.choice(["grave", "serious", "minor"])
        made.append(
            {
                "id": hashlib.sha256(str(at).encode()).hexdigest()[:12],
                "law": rng.choice(list(LAWS)),
                **{
                    axis: cell[axis]
                    for axis in ("framework", "version", "device", "mode", "dtype", "subject", "quantity")
                },
                "region": rng.choice(["ordinary", *REGIONS]),
                "kind": kind,
                "severity": severity,
                "count": rng.randrange(1, 700),
                "points": 702,
                "inputs": {"from_hex": (value - 1).hex(), "to_hex": (value + 1).hex()},
                "worst": {
                    "input": repr(value),
                    "input_hex": value.hex(),
                    "got": "-0.0" if lost else "nan",
                    "got_hex": "-0x0.0p+0" if lost else "nan",
                    "exact": "-9.99999994999999966666666499999e-9",
                    "expected": "-9.99999993922529e-09",
                    "expected_hex": "-0x1.5798ee0000000p-27",
                    "ulp": 2.0**bits if lost else "inf",
                    "bits": bits,
                    "nats": 1e-8 if lost else "inf",
                    "excess_bits": bits - 1.2,
                },
                "blame": rng.choice([None, None, "base", "inverse", "log-det"]),
                "certificate": "certified",
                "confirmed_by": "mpmath",
                "confirmed": True,
                "reproduction": {
                    "code": CODE.format(value=value.hex(), dtype=cell["dtype"]),
                    "printed": "-0x0.0p+0",
                    "confirmed": True,
                },
                "known": {
                    "reason": "saturation is clamped on purpose",
                    "versions": ">=1.8",
                    "link": "https://github.com/pytorch/pytorch/pull/20288",
                }
                if rng.random() < 0.06
                else None,
                "summary": f"{kind} at {value:.6g}: got {'-0.0' if lost else 'nan'}, exact is -1.0e-8.",
            }
        )
    return {"format": "conformance-findings", "format_version": 2, "run": result["run"], "findings": made}


def write(folder: Path, result: Json, finding: Json, cause: Json | None = None) -> tuple[Path, Path]:
    """The files into ``folder``, causes.json only where given; the paths of the first two."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "results.json", folder / "findings.json"
    for path, document in zip(paths, (result, finding), strict=True):
        path.write_text(json.dumps(document), encoding="utf-8")
    if cause is not None:
        (folder / "causes.json").write_text(json.dumps(cause), encoding="utf-8")
    return paths


if __name__ == "__main__":
    made_results = results()
    made_findings = findings(made_results)
    made_causes = synthetic_causes.document(made_results, made_findings)
    print(*write(Path(sys.argv[1]), made_results, made_findings, made_causes), len(made_results["cells"]), "cells")
