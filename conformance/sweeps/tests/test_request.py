"""The keys under which a sweep is kept."""

from __future__ import annotations

import re

from conformance.sweeps.request import suite_digest, writer_digest


def test_a_key_reads_the_modules_that_it_names() -> None:
    """By their paths: one that was moved is missed here, and not after the last of 2^32 inputs."""
    assert re.fullmatch("[0-9a-f]{64}", suite_digest())
    assert re.fullmatch("[0-9a-f]{16}", writer_digest())
