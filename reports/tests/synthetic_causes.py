"""Causes, verdicts and planted defects that belong to a made-up run, through the types that causes.json comes from."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, NamedTuple

import msgspec

from conformance.causes.records import (
    Better,
    Breaks,
    Cause,
    CausesDocument,
    Example,
    Interval,
    Kernel,
    Mechanism,
    Peer,
    Planted,
    Remedy,
    SafeSide,
    Script,
    Verdict,
)
from conformance.findings.records import Run

Json = dict[str, Any]


class Sketch(NamedTuple):
    """What a made-up cause is about; it takes the findings of its framework and quantities."""

    frameworks: tuple[str, ...]
    component: str
    mechanism: Mechanism
    title: str
    quantities: tuple[str, ...]
    evidence: tuple[str, ...]


SKETCHES = [
    Sketch(
        ("torch",),
        "torch.distributions.transforms.PowerTransform.log_abs_det_jacobian",
        "overflow of an intermediate",
        "The log-determinant of a power overflows although it fits: y / x is formed before the logarithm is taken.",
        ("ildj",),
        ("It begins at x = 1.8e25 in float32 and at 1.4e205 in float64: where x**2.5 passes the largest float.",),
    ),
    Sketch(
        ("mindspore", "paddle"),
        "TransformedDistribution.cdf",
        "missing direction",
        "The cdf of a decreasing map is that of an increasing one: the survival function comes back.",
        ("cdf",),
        ("got + exact = 1 at every input of 38.", "The base's cdf at the exact pre-image is right."),
    ),
    Sketch(
        ("torch", "tfp", "paddle"),
        "TanhTransform.log_abs_det_jacobian",
        "cancellation",
        "Near 0 the log-determinant of tanh is a difference of nearly equal terms, and no digit of it is right.",
        ("fldj",),
        ("The error scales with the epsilon of the dtype.", "Three frameworks give the same bits."),
    ),
    Sketch(("torch", "tfp", "brax"), "SigmoidTransform", "clamp", "A clamp moves results away from the ends.",
           ("inverse", "forward"), ("The result is the same for every input beyond 16.6.",)),
    Sketch(("tfp",), "tfp.distributions.TransformedDistribution.log_prob", "limit at a special value",
           "At the boundary the density is nan where its limit is 0.", ("log_prob",), ("Only y = 1 and y = -1.",)),
    Sketch(("torch", "paddle"), "log_prob", "unattributed", "The log density is off; no part could be shown to do it.",
           ("log_prob",), ()),
]  # fmt: skip
BETTER = Better(
    words="2 log 2 - 2 |x| - 2 log1p(exp(-2 |x|)) has no difference that cancels.",
    code="2 * np.log(2.0) - 2 * np.abs(x) - 2 * np.log1p(np.exp(-2 * np.abs(x)))\n",
    printed="-0x1.5798eep-27",
    ulp=0.43,
)
REMEDY = Remedy(
    words="Keep the sample and score it in the same step: with cache_size=1 the inverse is remembered.",
    code="t = torch.distributions.transforms.TanhTransform(cache_size=1)\nd = TransformedDistribution(base, [t])\n",
    inputs=["9.5", "12.0", "40.0"],
    printed=["-17.5", "-22.0", "-78.0"],
    right=True,
)


def identity(framework: str, component: str, mechanism: str) -> str:
    """An id that depends on nothing else."""
    return hashlib.sha256("\n".join((framework, component, mechanism)).encode()).hexdigest()[:10]


def document(results: Json, findings: Json) -> Json:
    """``causes.json`` of the run: every confirmed finding of a framework goes to one cause of it."""
    versions = {row["name"]: str(row["version"]) for row in results["frameworks"] if row["status"] == "ready"}
    taken: set[str] = set()
    causes = []
    for sketch in SKETCHES:
        for framework in sketch.frameworks:
            own = [
                row
                for row in findings["findings"]
                if row["framework"] == framework and row["quantity"] in sketch.quantities and row["id"] not in taken
            ]
            if framework in versions and own:
                taken |= {row["id"] for row in own}
                causes.append(_cause(sketch, framework, versions, own))
    made = CausesDocument(
        format="conformance-causes",
        format_version=2,
        run=msgspec.convert(findings["run"], Run),
        causes=causes,
        verdicts=_verdicts(results, causes),
        confirmed=len(taken),
        unattributed=sum(len(cause.findings) for cause in causes if cause.mechanism == "unattributed"),
        planted=[
            Planted(
                name=f"planted {at}",
                about="the log-determinant of exp has the wrong sign",
                component="Exp.fldj",
                mechanism="wrong formula",
                found=["Exp.fldj: wrong formula"] if at != 3 else [],
                caught=at != 3,
            )
            for at in range(5)
        ],
    )
    built: Json = msgspec.to_builtins(made)
    return built


def _cause(sketch: Sketch, framework: str, versions: dict[str, str], own: list[Json]) -> Cause:
    ranked = sorted(own, key=lambda row: ("grave", "serious", "minor").index(row["severity"]))
    first = ranked[0]
    worst = first["worst"]
    linked = [
        identity(name, sketch.component, sketch.mechanism)
        for name in sketch.frameworks
        if name != framework and name in versions
    ]

    def counts(key: str) -> dict[str, int]:
        return dict(Counter(row[key] for row in own).most_common())

    return Cause(
        id=identity(framework, sketch.component, sketch.mechanism),
        framework=framework,
        version=versions[framework],
        component=sketch.component,
        mechanism=sketch.mechanism,
        grade=first["severity"],
        title=sketch.title,
        evidence=list(sketch.evidence),
        caught_by_default=sketch.mechanism == "clamp",
        example=Example(
            **{key: first[key] for key in ("subject", "quantity", "mode", "dtype")},
            **{key: worst[key] for key in Example.__struct_fields__ if key in worst},
        ),
        scripts=[
            Script(
                mode=row["mode"],
                dtype=row["dtype"],
                finding=row["id"],
                code=row["reproduction"]["code"],
                printed=row["reproduction"]["printed"],
                confirmed=True,
                single="nan" if at else "",
            )
            for at, row in enumerate({(row["mode"], row["dtype"]): row for row in ranked}.values())
        ],
        intervals=[
            Interval(
                subject=first["subject"], quantity=first["quantity"], dtype=first["dtype"], failing=41, asked=702,
                low="8.5", low_hex=(8.5).hex(), high="88.0", high_hex=(88.0).hex(),
            )
        ],
        breaks=Breaks(
            findings=len(own),
            points=sum(row["count"] for row in own),
            subjects=counts("subject"),
            quantities=counts("quantity"),
            laws=counts("law"),
            modes=counts("mode"),
            dtypes=counts("dtype"),
            regions=counts("region"),
            kinds=counts("kind"),
        ),
        peers=[
            Peer(framework="numpy", version=versions["numpy"], verdict="right", got="-1e-8", got_hex="-0x1.5p-27",
                 ulp=0.4, same_bits=False),
            Peer(framework="tfp", version="0.25.0", verdict="not offered", got="", got_hex="",
                 ulp=None, same_bits=False),
        ],
        better=BETTER if sketch.mechanism == "cancellation" else None,
        remedies=[REMEDY] if framework == "torch" else [],
        kernel=_kernel(first, linked) if sketch.mechanism == "cancellation" else None,
        linked=linked,
        thread="https://github.com/pytorch/pytorch/issues/54789" if framework == "torch" else "",
        known=None,
        findings=[row["id"] for row in ranked],
    )  # fmt: skip


def _kernel(row: Json, shared: list[str]) -> Kernel:
    return Kernel(
        **{key: row[key] for key in ("subject", "quantity", "dtype")},
        name="lib.log1p",
        function="log1p",
        input="0.5",
        input_hex="0x1.0000000000000p-1",
        got="0.40625",
        got_hex="0x1.a000000000000p-2",
        exact="0.405465108108164381978013115464",
        expected="0.4054651",
        expected_hex="0x1.9f32400000000p-2",
        ulp=26350.1,
        explained=3,
        tried=4,
        shared=shared,
    )


def _verdicts(results: Json, causes: list[Cause]) -> list[Verdict]:
    made = []
    seen = set()
    for cell in results["cells"]:
        key = (cell["framework"], cell["mode"], cell["dtype"], cell["subject"])
        if key in seen or cell["status"] != "scored" or cell["quantity"] not in ("fldj", "log_prob"):
            continue
        seen.add(key)
        framework, mode, dtype, subject = key
        tanh = subject.endswith("tanh)")
        own = [cause.id for cause in causes if cause.framework == framework and subject in cause.breaks.subjects]
        made.append(
            Verdict(
                framework=framework,
                version=cell["version"],
                subject=subject,
                dtype=dtype,
                mode=mode,
                variable="x",
                safe="inside" if tanh else "everywhere",
                low=SafeSide(value="-9.01", value_hex=(-9.01).hex(), why="nan") if tanh else None,
                high=SafeSide(value="9.01", value_hex=(9.01).hex(), why="nan") if tanh else None,
                text=f"Safe for |x| < 9.01 in {dtype} (there tanh(x) rounds to 1); beyond: nan."
                if tanh
                else f"Safe for every x in {dtype}.",
                causes=own[:3],
                remedies=[REMEDY] if tanh and framework == "torch" else [],
            )
        )
    return made
