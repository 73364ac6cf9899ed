"""What to write in each framework to score an action and to find the mode: run in its environment before it is shown.

Scoring comes from the framework's table (``remedies.toml``), or, where the framework scores the value before tanh and
nothing else, from its adapter's own script. The mode solves x = loc + 2 scale^2 tanh(x), where the derivative of
log N(x; loc, scale) - log(1 - tanh(x)^2) vanishes (Haarnoja et al. 2018, arXiv:1801.01290, appendix C, has that
density); it is judged by the certified log density at the x that was printed.
"""

from __future__ import annotations

import string
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from adapters.interface.scripts import halves
from adapters.interface.spec import parse
from conformance.actions.policies import Truth
from conformance.causes.better import scored
from conformance.causes.dialects import printed_rows
from conformance.causes.records import Remedy
from conformance.causes.remedies import parameters_of, remedies_at, saturating, table_of
from conformance.execution.client import FrameworkClient
from conformance.execution.request import Request
from conformance.floats.enclosures import as_float
from conformance.floats.formats import Format
from conformance.oracle.oracle import Oracle

_UNITS = 16
"""How many units of the dtype's epsilon a mode may lack in nats, and its action in absolute terms."""
_OWN = "These are its own formulas: keep the x before tanh, score that, and never invert the action."


def scoring(
    framework: str,
    subject: str,
    fmt: Format,
    lost: list[NDArray[np.generic]],
    client: FrameworkClient,
    oracle: Oracle,
    by_x: bool,
) -> Remedy | None:
    """How to score actions that round to an end, right wherever it was run; None where nothing is. lost: own draws that
    are scored by no number. by_x: the framework has log_prob_from_base and no log_prob."""
    if by_x:
        return _own_script(subject, fmt, client, oracle)
    found = remedies_at(framework, subject, "log_prob", fmt.name, lost, client, oracle)
    return found[0] if found else None


def _own_script(subject: str, fmt: Format, client: FrameworkClient, oracle: Oracle) -> Remedy | None:
    """The adapter's script of log_prob_from_base, run at each x whose action rounds to an end."""
    quantity = "log_prob_from_base"
    rows = saturating(subject, fmt, oracle)
    replies = [client.reproduction(Request(subject, quantity, fmt.name, values=x)) for x in rows]
    scripts = [halves(one.code)[0] for one in replies if one.status == "ok"]
    printed = [printed_rows(client.snippet(one).stdout, 1, fmt.dtype) for one in scripts]
    values = [one for one in printed if one is not None and one.size == 1]
    if not rows or len(values) != len(rows):
        return None
    got = np.concatenate([one.ravel() for one in values])
    right = scored(subject, quantity, np.stack(rows), got, fmt, oracle).recommendable(subject)
    texts = [str(x) for x in rows]
    if not right:
        return None
    return Remedy(words=_OWN, code=scripts[0], inputs=texts, printed=[str(one) for one in got], right=True)


def deterministic(framework: str, truth: Truth, fmt: Format, client: FrameworkClient, oracle: Oracle) -> Remedy | None:
    """The table's entry for the mode, run for this policy: it prints x and tanh(x). Shown with its verdict; None where
    the table has no entry, or the script fails."""
    table, policy = table_of(framework), truth.policy
    entries = table.entries if table else ()
    entry = next((one for one in entries if one.quantity == "mode" and fnmatchcase(policy.subject, one.subject)), None)
    if table is None or entry is None:
        return None
    loc = np.array(policy.loc).astype(fmt.dtype)
    lines = string.Template(entry.code.strip()).safe_substitute(parameters_of(parse(policy.subject)))
    code = table.dialect.script("", lines, "loc", [loc], fmt.name)
    reply = client.snippet(code)
    printed = printed_rows(reply.stdout, 1, fmt.dtype) if reply.status == "ok" else None
    if printed is None or printed.shape != (1, 2):
        return None
    x, y = printed[0]
    return Remedy(
        words=entry.words,
        code=code,
        inputs=[str(loc)],
        printed=[str(x), str(y)],
        right=is_mode(truth, x, y, fmt, oracle),
    )


def is_mode(truth: Truth, x: np.generic, y: np.generic, fmt: Format, oracle: Oracle) -> bool:
    """Whether the exact log density at x lacks nothing that the dtype can tell, and y is tanh(x) as it tells it."""
    at = np.array([x]).astype(fmt.dtype)
    if not np.isfinite(at.astype(np.float64)).all():
        return False
    found = float(as_float(oracle.truth(truth.policy.subject, "log_prob_from_base", at, fmt))[0])
    action = float(as_float(oracle.truth("tanh", "forward", at, fmt))[0])
    bound = _UNITS * 2.0 ** (1 - fmt.precision)
    return truth.most - found <= bound * max(1.0, abs(truth.most)) and abs(float(y) - action) <= bound
