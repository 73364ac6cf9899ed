"""What the tests of every framework's adapter share: asking in its environment, judging by plain truth."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import parse
from adapters.interface.quantities import DRAWN, TRANSFORM_QUANTITIES
from adapters.tests.event_forms import BITS, EVENT_FORMS, events
from adapters.tests.plain_truth import VECTOR_MAPS, as_matrix, forward_map, statistic, truth
from adapters.tests.probes import Probe, shared
from conformance.definitions.catalogue import EVENT_SUBJECTS, EXTREME_SUBJECTS, TRANSFORM_SUBJECTS
from conformance.definitions.registry import distribution_definition
from conformance.execution.home import environments_dir

BASES = (
    "normal(loc=0.25,scale=1.5)",
    "uniform(low=0.25,high=0.75)",
    "logistic(loc=0.25,scale=1.5)",
    "laplace(loc=0.25,scale=1.5)",
    "gumbel(loc=0.25,scale=1.5)",
    "exponential(rate=1.5)",
    "student_t(df=5.0,loc=0.25,scale=1.5)",
)
PLAIN_SUBJECTS = tuple(subject for subject in TRANSFORM_SUBJECTS if subject not in (*EVENT_SUBJECTS, *EXTREME_SUBJECTS))
"""Those that ``plain_truth`` writes down; ``test_framework_events`` asks the others. Far parameters show what a
framework gets wrong, and not what its adapter means."""
EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7, "float32": 2.0**-23, "float64": 2.0**-52}
NUDGE = 2.0**-30
"""What an input is moved by, relatively, to see what one rounding of it may move."""
STATISTICS = ("entropy", "mean", "variance")
_POINTS = (-1.75, -0.5, 0.125, 0.75, 1.5)
_POSITIVE = (0.25, 0.75, 1.25, 1.5, 2.5)
_UNIT = (0.125, 0.25, 0.5, 0.75, 0.875)
_DOMAINS = {
    "chain(affine(loc=0.5,scale=2.0),tanh)": (-1.75, -0.5, 0.125, 0.25, 0.75),  # 1.5 would round to 1 in 16 bits
    "power": _POSITIVE,
    "inverse_box_cox(power=1.75)": (-0.5, -0.25, 0.125, 0.75, 1.5),
    "inverse(exp)": _POSITIVE,
    "inverse(softplus)": _POSITIVE,
    "inverse(sigmoid)": _UNIT,
    "inverse(tanh)": (-0.75, -0.25, 0.125, 0.5, 0.875),
    **dict.fromkeys(("log", "log1p", "square"), _POSITIVE),
    **dict.fromkeys(("weibull_cdf", "rayleigh_cdf"), _POSITIVE),
    **dict.fromkeys(("gompertz_cdf", "shifted_gompertz_cdf"), (0.0625, 0.25, 0.5, 0.75, 1.0)),
    "frechet_cdf": (1.25, 1.5, 2.0, 2.5, 4.0),
    "kumaraswamy_cdf": _UNIT,
    "exponential": _POSITIVE,
    "uniform": (0.28125, 0.375, 0.5, 0.625, 0.71875),
}

APART = ("torch", "brax", "mindspore")
"""They keep settings that scripts and earlier questions have made, so that answers would depend on the order of tests:
each list of questions has a child of its own of the process that imported them, which has one thread then."""

Request = dict[str, Any]
Reply = dict[str, Any]


def interpreter(framework: str) -> Path:
    """The Python that has the framework; skips the test, saying what was looked for, where there is none."""
    if framework == "numpy":
        return Path(sys.executable)
    variable = f"CONFORMANCE_PYTHON_{framework.upper()}"
    python = Path(os.environ.get(variable) or environments_dir() / framework / "bin" / "python")
    if not python.exists():
        pytest.skip(f"{framework} is not installed: no {python}, and {variable} is not set to an existing Python")
    return python


def ask(
    framework: str, requests: list[Request], timeout: float = 550.0, *, fresh: bool = False
) -> tuple[dict[str, Any], list[Reply]]:
    """The adapter's description, and its replies, from a process in the framework's environment.

    The process that imported the framework is shared by all tests that one process runs, each with an adapter of its
    own, unless ``fresh`` wants one that was not asked anything before, as those in APART always are.
    """
    python = interpreter(framework)
    if framework in APART:
        answers = shared(python, framework).ask(framework, requests, timeout, apart=True)
    elif fresh:
        with contextlib.closing(Probe(python)) as probe:
            answers = probe.ask(framework, requests, timeout)
    else:
        answers = shared(python, framework).ask(framework, requests, timeout)
    return answers["description"], answers["answers"]


def rounded(values: Any, dtype: str) -> Any:
    """The values at the dtype's precision, as Python floats."""
    import ml_dtypes

    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else np.dtype(dtype)
    return np.array(values, dtype=np.float64).astype(kind).astype(np.float64).tolist()


def points(subject: str, quantity: str, dtype: str) -> list[Any]:
    """A few ordinary inputs of the quantity, exact in the dtype; rows for vector subjects."""
    if subject in EVENT_FORMS:
        back = quantity in ("inverse", "ildj")
        form = EVENT_FORMS[subject]
        rows = _events(subject)[back].reshape(-1, *(form.shape_out if back else form.shape_in)).tolist()
        return [rounded(row, dtype) for row in rows]
    spec = parse(subject)
    source = spec.parts[0] if spec.name == "transformed" else spec
    names = (str(source), source.name, str(spec.parts[-1]) if spec.parts else "")
    x: list[Any] = list(next((_DOMAINS[name] for name in names if name in _DOMAINS), _POINTS))
    if spec.name in VECTOR_MAPS or spec.name == "independent":
        x = [[-0.75, 0.5, 1.25], [0.25, -1.5, 0.125]]
    if quantity in ("forward", "fldj", "log_prob_from_base"):
        return x
    if quantity == "icdf":
        return list(_UNIT)
    if spec.name in VECTOR_MAPS:
        y: list[Any] = [[float(v) for v in VECTOR_MAPS[spec.name][0](row)] for row in x]
        if spec.name == "corr_cholesky":
            y = [np.array(as_matrix(row), np.float64).reshape(3, 3).tolist() for row in y]
        return [rounded(row, dtype) for row in y]
    if spec.name == "transformed":
        f = forward_map(spec.parts[1])
    elif quantity in TRANSFORM_QUANTITIES:
        f = forward_map(spec)
    else:
        return x
    return rounded([[float(f(v)) for v in row] if isinstance(row, list) else float(f(row)) for row in x], dtype)


@cache
def _events(subject: str) -> tuple[NDArray[Any], NDArray[Any]]:
    with mp.workprec(BITS):
        inputs, images, _ = events(subject, "float64", 2)
    return inputs, images


def request(subject: str, quantity: str, dtype: str, mode: str, **more: Any) -> Request:
    """A request of the quantity at its ordinary points."""
    asked: Request = {"subject": subject, "quantity": quantity, "dtype": dtype, "mode": mode, **more}
    if quantity not in (*STATISTICS, *DRAWN):
        values = points(subject, quantity, dtype)
        asked["values"] = [in_hex(value) for value in values]
    return asked


def spread(subjects: Sequence[str], quantities: Sequence[str], among: int) -> list[tuple[str, str]]:
    """Pairs for a mode that takes long to compile: one in ``among``, of every quantity and of every subject that has
    so many quantities."""
    pairs = [((at + shift) % among, (s, q)) for at, s in enumerate(subjects) for shift, q in enumerate(quantities)]
    return [pair for turn, pair in pairs if not turn]


def in_hex(value: Any) -> Any:
    """The numbers of nested lists as float.hex text."""
    return [in_hex(item) for item in value] if isinstance(value, list) else value.hex()


def from_hex(value: Any) -> Any:
    """The other way, in tuples."""
    return tuple(from_hex(item) for item in value) if isinstance(value, list) else float.fromhex(value)


def scaled(value: Any, factor: float) -> Any:
    """The numbers of nested tuples, multiplied."""
    return tuple(scaled(item, factor) for item in value) if isinstance(value, tuple) else value * factor


ROUNDINGS = {"float16": 16.0, "bfloat16": 16.0, "float32": 64.0, "float64": 64.0}
"""Enough for any decent formula at an ordinary input on any processor (kernels differ with its vector instructions),
and far less than another parameterisation is off by."""


def misses(asked: Request, reply: Reply) -> list[str]:
    """How far the reply is from the plain truth, one line per input that is off.

    The allowance is a number of roundings, on the result's size and on what one rounding of the input may move.
    """
    subject, quantity, dtype = asked["subject"], asked["quantity"], asked["dtype"]
    got = [float.fromhex(text) for text in reply["values"]]
    if quantity in STATISTICS:
        exact = [float(statistic(subject, quantity))]
        moved = exact
    else:
        rows = [from_hex(row) for row in _rows(asked)]
        known = truth(subject, quantity, tuple(rows))
        # At one distance for every dtype, which frameworks then share.
        nudged = truth(subject, quantity, tuple(scaled(row, 1 - NUDGE) for row in rows))
        exact = [float(v) for v in known]
        moved = [float(v + (n - v) * (EPSILON[dtype] / 4 / NUDGE)) for v, n in zip(known, nudged, strict=True)]
    if len(got) == 1:  # A constant log-det may come in the shape of the parameters.
        got *= len(exact)
    assert len(got) == len(exact), f"{asked}: {len(got)} results for {len(exact)} expected"
    problems = []
    for g, e, m in zip(got, exact, moved, strict=True):
        allowed = ROUNDINGS[dtype] * (EPSILON[dtype] * (1 + abs(e)) + 4 * abs(m - e))
        if not abs(g - e) <= allowed:
            where = f"{subject} {quantity} {dtype} {asked['mode']} at {asked.get('values', 'no input')}"
            problems.append(f"{where}: got {g!r}, exact {e!r}")
    return problems


def assert_reproductions_agree(framework: str, pairs: list[tuple[Request, Reply]]) -> None:
    """Every reproduction printed one line with what the adapter answered; the last one does so outside the project."""
    for asked, reply in pairs:
        assert reply["status"] == "ok", (asked, reply)
        lines = reply["printed"].splitlines()
        printed = [float.fromhex(v) for v in lines[-1].split(" ")]
        vector = (asked["subject"], asked["quantity"]) == ("stick_breaking", "forward")
        assert (len(lines), len(printed)) == (1, 4 if vector else 1), (asked, reply["printed"])
        for got, wanted in zip(printed, reply["values"], strict=False):
            # The script's array is longer, and vector and scalar kernels differ in the last bits.
            assert abs(got - float.fromhex(wanted)) <= 4 * EPSILON[asked["dtype"]] * (1 + abs(got)), asked
    assert run_alone(framework, pairs[-1][1]["code"]) == pairs[-1][1]["printed"], pairs[-1]


def _rows(asked: Request) -> list[Any]:
    rows: list[Any] = asked["values"]
    return rows


def distance_of_draws(subject: str, draws: list[float]) -> float:
    """The largest distance between the empirical distribution of float32 draws and the subject's cdf, on a sample of
    points. A draw stands for what rounds to it: the distance is that from the cdf's interval four floats either way."""
    ordered = np.sort(np.array(draws, np.float32))
    places = ordered[np.linspace(0, len(ordered) - 1, 13).astype(int)[1:-1]]
    distances = []
    lower, upper = places, places
    for _ in range(4):
        lower, upper = np.nextafter(lower, np.float32(-np.inf)), np.nextafter(upper, np.float32(np.inf))
    low, high = (_shares(subject, ends.astype(float).tolist()) for ends in (lower, upper))
    for side in ("left", "right"):
        shares = np.searchsorted(ordered, places, side) / len(ordered)
        distances += [max(a - s, s - b, 0.0) for a, b, s in zip(low, high, shares, strict=True)]
    return max(distances)


def _shares(subject: str, ends: list[float]) -> list[float]:
    """The exact cdf, 0 and 1 from the ends of the support on."""
    support = distribution_definition(subject).support
    inside = tuple(y for y in ends if support.lo < y < support.hi)
    exact = dict(zip(inside, map(float, truth(subject, "cdf", inside, digits=12) if inside else ()), strict=True))
    return [exact[y] if y in exact else float(y >= support.hi) for y in ends]


def run_alone(framework: str, code: str, root: Path | None = None) -> str:
    """What the script prints when run by itself, outside the project. root: where it imports from as well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "reproduction.py")
        path.write_text(code, encoding="utf-8")
        more = {} if root is None else {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [interpreter(framework), path],
            cwd=folder,
            env=os.environ | more,
            capture_output=True,
            text=True,
            timeout=550,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
