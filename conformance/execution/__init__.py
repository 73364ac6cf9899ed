"""Where frameworks run: one environment and one process each, time limits, crash recovery, resuming.

``environments`` installs, ``client`` asks, ``parallel`` is the seam for other engines. Nothing here knows what a right
answer is.
"""

from conformance.execution.client import FrameworkClient, FrameworkUnusable
from conformance.execution.environments import Environment, ensure, ensure_all, existing
from conformance.execution.frameworks import FRAMEWORKS
from conformance.execution.parallel import Outcome, run_parallel
from conformance.execution.request import Fate, Reply, Request, SnippetReply

__all__ = [
    "FRAMEWORKS",
    "Environment",
    "Fate",
    "FrameworkClient",
    "FrameworkUnusable",
    "Outcome",
    "Reply",
    "Request",
    "SnippetReply",
    "ensure",
    "ensure_all",
    "existing",
    "run_parallel",
]
