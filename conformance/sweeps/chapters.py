"""A sweep cut into chapters: each is scored by whoever is free, and kept as a small file as soon as it is done."""

from __future__ import annotations

import contextlib
import json
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import numpy as np

from conformance.execution.client import FrameworkClient
from conformance.execution.request import Request
from conformance.floats.formats import Format, format_named
from conformance.oracle.kept.files import CheckedFiles
from conformance.scoring.failures import Failure
from conformance.sweeps.blocks import block_at, block_count
from conformance.sweeps.request import Sweep
from conformance.sweeps.scorer import Scorer
from conformance.sweeps.tally import Tally

CHAPTERS = 64
"""At most: seconds each for float32, so that a kill costs seconds."""

_MAGIC = b"conformance sweep chapter 1\n"


class NotOffered(Exception):
    """The framework has no such function; the message is its own, on one line."""


class NotThere(Exception):
    """The framework lacks the dtype or the mode; the message says what it has."""


def chapter_count(fmt: Format) -> int:
    """How many chapters the format has."""
    return min(CHAPTERS, block_count(fmt))


def tables_dir(home: Path) -> Path:
    """Where tables of pieces that cover a whole line are kept: apart from those that grow with comparisons."""
    return home / "oracle" / "whole-lines"


def kept_chapters(sweep: Sweep) -> CheckedFiles:
    """The chapters on disk."""
    return CheckedFiles(sweep.home / "sweeps" / sweep.key[:2] / sweep.key, ".chapter", _MAGIC)


def load_chapter(files: CheckedFiles, index: int) -> Tally | None:
    """The tally of a chapter that is done; a damaged file is named, set aside, and as good as absent."""
    return files.load(f"{index:02}", lambda payload: Tally.from_json(json.loads(payload)))


def score_chapter(sweep: Sweep, index: int) -> Tally:
    """Score one chapter and keep its tally. The framework's worker lives on in this process for the next one.

    Raises NotOffered, and FrameworkUnusable where the framework cannot be started, or not again after it died: what was
    never answered must not be kept as a failure of 2**20 inputs.
    """
    fmt = format_named(sweep.dtype)
    each = block_count(fmt) // chapter_count(fmt)
    tally = Tally()
    client = _client(sweep)
    scorer = _scorer(sweep, client)
    with np.errstate(invalid="ignore"):  # Signalling NaNs are among the inputs.
        for number in range(index * each, (index + 1) * each):
            block = block_at(number, fmt)
            values = block.values(fmt)
            reply = client.evaluate(
                Request(sweep.subject, sweep.quantity, sweep.dtype, sweep.mode, values, first=block.first)
            )
            if client.unusable is not None:
                _clients.clear()  # The next sweep begins with a fresh one: the trouble may be over by then.
                raise client.unusable
            if reply.status == "not_offered":
                raise NotOffered(reply.message)
            tally.merge(scorer.score(block, reply))
    if not timed_out(tally):
        kept_chapters(sweep).store(f"{index:02}", json.dumps(tally.to_json(), sort_keys=True).encode())
    return tally


def timed_out(tally: Tally) -> bool:
    """Whether some answers came too late: with more time, or on an idle machine, they might have come. Such a result is
    shown, but never kept."""
    return bool(tally.counts[:, Failure.TIMED_OUT].any())


def probe(sweep: Sweep) -> dict[str, Any]:
    """Begin the sweep in this process, its table of pieces included: the framework's description.

    Raises NotOffered and FrameworkUnusable as ``score_chapter`` does, and NotThere for a missing dtype or mode.
    """
    client = _client(sweep)
    description = described(sweep, client)
    _scorer(sweep, client)
    return description


def described(sweep: Sweep, client: FrameworkClient) -> dict[str, Any]:
    """The framework's description, where it has what the sweep asks for: raises as ``probe`` does."""
    description = client.describe()
    for kind, wanted in (("dtype", sweep.dtype), ("mode", sweep.mode)):
        offered = description[f"{kind}s"]
        if wanted not in offered:
            raise NotThere(f"{sweep.framework} has no {kind} {wanted} here; it has {', '.join(offered)}")
    one = np.ones(1).astype(format_named(sweep.dtype).dtype)
    reply = client.evaluate(Request(sweep.subject, sweep.quantity, sweep.dtype, sweep.mode, one))
    if reply.status == "not_offered":
        raise NotOffered(reply.message)
    return description


def scorer_of(sweep: Sweep, client: FrameworkClient, compiled: bool | None = None) -> Scorer:
    """What scores the sweep, for a framework that flushes as it says of itself; compiled: see ``Scorer``.

    Raises FrameworkUnusable as ``score_chapter`` does, and BeyondFormat where the dtype does not hold the subject.
    """
    flushes = bool(client.describe().get("flush_to_zero", {}).get(sweep.dtype, False))
    fmt, tables = format_named(sweep.dtype), tables_dir(sweep.home)
    return Scorer(client, sweep.subject, sweep.quantity, fmt, sweep.mode, flushes, tables, compiled)


_clients: dict[str, FrameworkClient] = {}
_scorers: dict[str, Scorer] = {}


def _client(sweep: Sweep) -> FrameworkClient:
    """The framework's worker, a new one for every sweep: there are frameworks whose answers depend on what the process
    did before, and a sweep must not depend on which ones came first."""
    name = sweep.key
    if name not in _clients:
        for other in _clients.values():
            other.close()
        _clients.clear()
        client = FrameworkClient(sweep.environment, sweep.framework, None, sweep.timeout, sweep.adapter_file)
        _clients[name] = client
        Finalize(client, _close, args=(client,), exitpriority=10)
    return _clients[name]


def _scorer(sweep: Sweep, client: FrameworkClient) -> Scorer:
    if sweep.key not in _scorers:
        _scorers.clear()
        _scorers[sweep.key] = scorer_of(sweep, client)
    return _scorers[sweep.key]


def _close(client: FrameworkClient) -> None:
    with contextlib.suppress(Exception):
        client.close()
