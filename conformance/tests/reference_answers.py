"""What the NumPy reference answers, worked out once for all tests of a session.

Hundreds of broken frameworks are the reference but for one part, and the reference's own arithmetic, in pairs of
floats, takes longer than all that is asked of its answers.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import ml_dtypes  # noqa: F401  (np.dtype then knows bfloat16 by its name)
import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.interface import BoundDistribution, BoundTransform, Spec, evaluate, parse
from adapters.interface.quantities import TRANSFORM_DECLARED, TRANSFORM_QUANTITIES
from adapters.numpy import Adapter as Reference
from conformance.oracle.kept.files import CheckedFiles

Array = NDArray[Any]

_OF_TRANSFORMS = frozenset((*TRANSFORM_QUANTITIES, *TRANSFORM_DECLARED))


def session_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all processes of one test session share, and no other session."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # Each process has a base of its own, in one folder for the session.
        base = base.parent
    folder = base / name
    folder.mkdir(exist_ok=True)
    return folder


def home_in(folder: Path) -> Path:
    """A home of its own in a test's ``tmp_path``, whose oracle keeps its truth where all tests of the session do."""
    base = folder.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else folder.parent
    truth, home = base / "truth", folder / "home"
    truth.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    if not (home / "oracle").exists():
        (home / "oracle").symlink_to(truth, target_is_directory=True)
    return home


class ReferenceAnswers:
    """The reference's answers by question: the subject, the quantity, the dtype, and every byte of the value.

    Guarantee: the answer is the reference's to that very question, of this session, in an array of the caller's own;
    what it raises is raised each time. ``folder`` is for all processes of one session, since no key says which
    reference it was; None keeps the answers in memory alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._files = CheckedFiles(folder, ".answer", b"reference answer 1\n")
        self._reference = Reference()
        self._known: dict[str, Array] = {}
        self._bound: dict[tuple[Spec, str, bool], BoundTransform | BoundDistribution] = {}

    def __call__(self, subject: str | Spec, quantity: str, dtype: str, value: Array | None) -> Array:
        spec = parse(subject) if isinstance(subject, str) else subject
        value = (
            None if value is None else np.asarray(value, order="C")
        )  # ascontiguousarray would give a number an axis.
        key = _key(str(spec), quantity, dtype, value)
        known = self._known.get(key)
        if known is None:
            known = self._files.load(key, _unpacked)
        if known is None:
            known = np.array(self._worked_out(spec, quantity, dtype, value))
            self._files.store(key, _packed(known))
        self._known[key] = known
        return known.copy()

    def _worked_out(self, spec: Spec, quantity: str, dtype: str, value: Array | None) -> Array:
        of_transform = quantity in _OF_TRANSFORMS
        bound = self._bound.get((spec, dtype, of_transform))
        if bound is None:
            bind = self._reference.transform if of_transform else self._reference.distribution
            bound = self._bound[spec, dtype, of_transform] = bind(spec, dtype)
        if quantity == "sample":
            assert isinstance(bound, BoundDistribution)
            assert value is not None
            return bound.sample(int(value[0]), int(value[1]))
        return evaluate(bound, quantity, value)


@cache
def of_this_process() -> ReferenceAnswers:
    """What all tests of one process may share without a folder."""
    return ReferenceAnswers()


def _key(subject: str, quantity: str, dtype: str, value: Array | None) -> str:
    form = None if value is None else [value.dtype.name, list(value.shape)]
    digest = hashlib.sha256(json.dumps([subject, quantity, dtype, form]).encode())
    digest.update(b"" if value is None else value.tobytes())
    return digest.hexdigest()


def _packed(answer: Array) -> bytes:
    return json.dumps([answer.dtype.name, answer.shape]).encode() + b"\n" + answer.tobytes()


def _unpacked(payload: bytes) -> Array:
    head, _, raw = payload.partition(b"\n")
    name, shape = json.loads(head)
    return np.frombuffer(raw, np.dtype(name)).reshape(shape)
