"""A cause as a run records it, built through its types, for tests to vary."""

from __future__ import annotations

from typing import Any

import msgspec

from conformance.causes.records import (
    Better,
    Breaks,
    Cause,
    CausesDocument,
    Example,
    Interval,
    Kernel,
    Peer,
    Remedy,
    Script,
)
from conformance.findings.records import Known, Machine, Run

POWER = """\
import torch
from torch.distributions import *
from torch.distributions.transforms import *
dtype = torch.float16
t = PowerTransform(torch.tensor(-1.5, dtype=dtype))
value = torch.tensor([float.fromhex("0x1.0000000000000p-10")] * 64, dtype=dtype)  # fills vector registers
result = t.log_abs_det_jacobian(value, t(value))
print(*[float(v).hex() for v in result[0].double().flatten()])
"""

RUN = Run(
    started="2026-11-23T08:41:07+00:00",
    seconds=1.5,
    seed=7,
    profile="quick",
    suite_version="0.1.0",
    oracle_version="1",
    machine=Machine(cpu="a processor", cores=2, platform="Linux-x86_64", python="3.11.7"),
    arguments=["compare", "--frameworks", "torch", "--out", "some where"],
)

KERNEL = Kernel(
    name="torch.pow",
    function="pow",
    subject="power(exponent=-1.5)",
    quantity="fldj",
    dtype="float16",
    input="0.000977 -1.5",
    input_hex="0x1.0000000000000p-10 -0x1.8000000000000p+0",
    got="33000",
    got_hex="0x1.01d0000000000p+15",
    exact="32768.0000000000000000000000000",
    expected="32770",
    expected_hex="0x1.0000000000000p+15",
    ulp=14.5,
    explained=5,
    tried=6,
    shared=["c0ffee000002"],
)

POWER_CAUSE = Cause(
    id="a1b2c3d4e5f6",
    also=["0a0a0a0a0a0a", "0b0b0b0b0b0b"],
    framework="torch",
    version="2.13.0+cpu",
    component="torch.distributions.transforms.PowerTransform.log_abs_det_jacobian",
    mechanism="overflow of an intermediate",
    grade="grave",
    title="PowerTransform.log_abs_det_jacobian overflows in an intermediate step: fldj of power(exponent=-1.5) at "
    "0.000977 is inf, exactly 17.7341446221… (float16).",
    evidence=["y / x overflows from x = 0.00156 downwards, where log|y / x| is 16.2", "float64 begins at 1e-124"],
    caught_by_default=False,
    example=Example(
        subject="power(exponent=-1.5)",
        quantity="fldj",
        mode="eager",
        dtype="float16",
        input="0.000977",
        input_hex="0x1.0000000000000p-10",
        got="inf",
        got_hex="inf",
        exact="17.7341446221062168974088161519",
        expected="17.73",
        expected_hex="0x1.1bc0000000000p+4",
        ulp="inf",
        bits=11.0,
        nats="inf",
        excess_bits=10.8,
    ),
    scripts=[
        Script(mode="compile", dtype="float32", finding="bb02", code="print(1)\n", printed="1", confirmed=False),
        Script(
            mode="eager", dtype="float16", finding="aaaa00000001", code=POWER, printed="inf", confirmed=True, single=""
        ),
    ],
    intervals=[
        Interval(
            subject="power(exponent=-1.5)",
            quantity="fldj",
            dtype="float16",
            low="6e-08",
            low_hex="0x1p-24",
            high="0.000977",
            high_hex="0x1p-10",
            failing=5740,
            asked=5740,
        )
    ],
    breaks=Breaks(
        findings=12,
        points=8123,
        subjects={"power(exponent=-1.5)": 9, "power(exponent=2.5)": 3},
        quantities={"fldj": 12},
        laws={"L01": 4, "L02": 8},
        modes={"eager": 8, "compile": 4},
        dtypes={"float16": 10, "float32": 2},
        regions={"saturation": 12},
        kinds={"spurious ±inf": 12},
    ),
    peers=[
        Peer(
            framework="numpy", version="2.4.6", verdict="right", got="17.73", got_hex="0x1p4", ulp=0.3, same_bits=False
        ),
        Peer(framework="tfp", version="0.25.0", verdict="wrong", got="inf", got_hex="inf", ulp="inf", same_bits=True),
        Peer(framework="paddle", version="3.2", verdict="not offered", got="", got_hex="", ulp=None, same_bits=False),
    ],
    better=Better(
        words="log|exponent| + (exponent - 1) * log(x), which never forms y / x",
        code="np.log(abs(p)) + (p - 1) * np.log(x)\n",
        printed="17.73",
        ulp=0.3,
    ),
    remedies=[
        Remedy(
            words="Take the logarithm before the power.",
            code="ExpTransform()",
            inputs=["0.000977"],
            printed=["17.73"],
            right=True,
        )
    ],
    kernel=KERNEL,
    linked=["c0ffee000001"],
    thread="https://example.org/issues/1?x=y",
    known=None,
    findings=["aaaa00000001", "aaaa00000002"],
)

PADDLE_CAUSE = msgspec.structs.replace(
    POWER_CAUSE,
    id="b7b7b7b7b7b7",
    framework="paddle",
    version="3.2.0",
    component="paddle.distribution.TanhTransform._forward_log_det_jacobian",
    mechanism="cancellation",
    grade="serious",
    title="TanhTransform._forward_log_det_jacobian loses its digits to cancellation.",
    breaks=msgspec.structs.replace(POWER_CAUSE.breaks, findings=40, dtypes={"float32": 40}),
    known=Known(reason="known to its authors", link="https://example.org/2", versions=">=3"),
    findings=["cccc00000001"],
)

HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred ``` ````end <script>alert(1)</script> ![x](http://evil.example/a.png) @everyone "
    "fixes #12 \u202e www.evil.example\n# heading\r- item | cell <!-- "
)


def hostile(**changes: Any) -> Cause:
    """A cause whose every free text is what a framework should better not say."""
    example = msgspec.structs.replace(
        POWER_CAUSE.example, got=HOSTILE, exact=HOSTILE, got_hex="nan", ulp="nan", input=HOSTILE
    )
    script = msgspec.structs.replace(
        POWER_CAUSE.scripts[1], printed=HOSTILE, single=HOSTILE, code=POWER + f"# {HOSTILE}"
    )
    texts = dict.fromkeys(("framework", "version", "component", "title", "thread"), HOSTILE)
    return msgspec.structs.replace(
        POWER_CAUSE,
        **texts,
        evidence=[HOSTILE],
        example=example,
        scripts=[script],
        peers=[msgspec.structs.replace(POWER_CAUSE.peers[0], framework=HOSTILE, got=HOSTILE)],
        better=Better(words=HOSTILE, code=HOSTILE, printed=HOSTILE, ulp="nan"),
        remedies=[Remedy(words=HOSTILE, code=HOSTILE, inputs=[HOSTILE], printed=[HOSTILE], right=True)],
        kernel=msgspec.structs.replace(
            KERNEL, **dict.fromkeys(("name", "function", "input_hex", "got", "exact"), HOSTILE), shared=[]
        ),
        linked=[HOSTILE],
        known=Known(reason=HOSTILE, link=HOSTILE, versions=HOSTILE),
        **changes,
    )


def document(*causes: Cause) -> CausesDocument:
    """A document of causes; two where none is given, the lesser first."""
    return CausesDocument(
        format="conformance-causes",
        format_version=2,
        run=RUN,
        causes=list(causes) or [PADDLE_CAUSE, POWER_CAUSE],
        verdicts=[],
        confirmed=60,
        unattributed=0,
        planted=[],
    )
