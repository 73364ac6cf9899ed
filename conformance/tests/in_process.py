"""Where the tests find the adapter that answers without a process."""

from conformance.execution.in_process import InProcess

__all__ = ["InProcess"]
