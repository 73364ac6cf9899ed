"""Started by path, in the framework's interpreter, in front of the worker: ties its life to the driver's.

    python -P tether.py LIFELINE_FD ADDRESS_LIMIT MODULE [ARGUMENT ...]

The driver holds the only write end of the lifeline pipe. When the driver is gone, even by SIGKILL, the kernel sends
SIGIO, whose default action ends this process. No Python code has to run for that, so it also ends a worker that hangs
in native code and holds the interpreter's lock. Standard library only.
"""

from __future__ import annotations

import fcntl
import os
import resource
import runpy
import select
import signal
import sys


def hold(lifeline: int) -> None:
    """From here on, the end of ``lifeline`` is the end of this process."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    # The driver may have gone before the kernel was asked to tell.
    if select.select([lifeline], [], [], 0)[0]:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    lifeline, address_limit, module = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    hold(lifeline)
    # A framework that dies on purpose every few minutes must not fill the disk with core files.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if address_limit:
        resource.setrlimit(resource.RLIMIT_AS, (address_limit, address_limit))
    sys.argv = sys.argv[3:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
