"""How far a comparison is: one line with an estimate on a terminal, plain lines elsewhere.

The work is done in other processes. They report to the one whose standard error a person sees, and never write there
themselves: a reader that leaves (``2>&1 | head``) would end them, and with them the report.
"""

from __future__ import annotations

import contextlib
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe
from typing import Any

ORACLE = "oracle"
"""The stage that comes first, by itself, on all processes."""

PLAIN_EVERY = 5.0
"""Seconds between two plain lines; the first and the last of a stage are always said."""


@dataclass
class Stage:
    """One stage of the work, such as the oracle's or a framework's, and how far it is."""

    total: int = 0
    done: int = 0
    what: str = ""
    began: float = field(default_factory=time.monotonic)
    took: float = 0.0

    def left(self, now: float) -> float | None:
        """Seconds until its end at the speed so far; None before the first step."""
        return (now - self.began) * (self.total - self.done) / self.done if self.done else None

    def whole(self, now: float) -> float:
        """Seconds that it takes or took; at the speed so far while it runs."""
        return self.took if self.done == self.total else now - self.began + (self.left(now) or 0.0)


class Progress:
    """What is known of the work. ``awaited``: names of stages to come, with how long each takes beside the others."""

    def __init__(self, jobs: int, awaited: Mapping[str, float]) -> None:
        self.stages: dict[str, Stage] = {}
        self._awaited = dict(awaited)
        self._jobs = jobs
        self._began = time.monotonic()
        self._said = 0.0
        self._lock = threading.Lock()
        self._latest = ""
        self._line = _live_line(self.text)

    def step(self, stage: str, done: int, total: int, what: str) -> None:
        """``done`` of ``total`` steps of ``stage`` are done, ``what`` last."""
        with self._lock:
            first = stage not in self.stages
            known = self.stages.setdefault(stage, Stage(began=time.monotonic()))
            now = time.monotonic()
            known.done, known.total, known.what, known.took = done, total, what, now - known.began
            self._latest = what
            if self._line is None and (first or done == total or now - self._said >= PLAIN_EVERY):
                self._said = now
                left = spoken(self.left(now))
                about = f"  about {left} left" if left else ""
                _write(f"  {stage:<10} {done:>4}/{total} {now - known.began:6.1f} s  {what}{about}")

    def skip(self, stage: str) -> None:
        """``stage`` is not to come after all, nor any portion of it; or it ended before its time."""
        with self._lock:
            if stage in self.stages:
                self.stages[stage].total = self.stages[stage].done
            self._awaited = {
                name: share
                for name, share in self._awaited.items()
                if name in self.stages or not (name == stage or name.startswith(f"{stage} "))
            }

    def say(self, text: str) -> None:
        """A line of its own, above the line on a terminal."""
        if self._line is not None:
            self._line.above(text)
        else:
            _write(text)

    def left(self, now: float) -> float | None:
        """Seconds until the end, by the speed so far: of the work that runs, and of what waits for a free process.

        A stage that has not begun takes what its share says beside those that have. None before anything is known.
        """
        open_stages = {name: stage for name, stage in self.stages.items() if stage.done < stage.total}
        known = {name: left for name, stage in open_stages.items() if (left := stage.left(now)) is not None}
        if not known:
            return None
        begun = [name for name in self._awaited if name in self.stages and self.stages[name].done]
        waiting = [name for name in self._awaited if name not in self.stages]
        share = sum(self._awaited[name] for name in begun)
        seconds = sum(self.stages[name].whole(now) for name in begun)
        awaited = [self._awaited[name] * seconds / share for name in waiting] if share else []
        first = known.pop(ORACLE, 0.0)
        side_by_side = [*known.values(), *awaited]
        beside = max(1, min(self._jobs, len(side_by_side)))
        return first + max(sum(side_by_side) / beside, max(side_by_side, default=0.0))

    def text(self) -> str:
        """The line: how long it took and will take, what runs, how far, and what was done last."""
        with self._lock:
            now = time.monotonic()
            running = [
                f"{name} {stage.done}/{stage.total}" for name, stage in self.stages.items() if stage.done < stage.total
            ]
            left = spoken(self.left(now))
        begun = spoken(now - self._began) or "0 s"
        running = running or ([] if self.stages else ["starting"])
        parts = [begun, f"about {left} left" if left else "", *running, self._latest]
        return "  ".join(part for part in parts if part)

    def close(self) -> None:
        """Remove the line."""
        line, self._line = self._line, None
        if line is not None:
            line.close()


class _Line:
    """One line of a terminal that is written again and again, with rich: twice a second, since time passes too."""

    def __init__(self, console: Any, text: Callable[[], str]) -> None:
        from rich.live import Live
        from rich.text import Text

        def line() -> Any:
            return Text(text(), no_wrap=True, overflow="ellipsis", style="dim")

        self._text = Text
        self._console = console
        # Nothing else is caught: what is said goes through ``above``.
        self._live = Live(
            console=console,
            transient=True,
            refresh_per_second=2,
            redirect_stdout=False,
            redirect_stderr=False,
            get_renderable=line,
        )
        self._live.start()

    def above(self, text: str) -> None:
        self._console.print(self._text(text), soft_wrap=True)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._live.stop()


def _live_line(text: Callable[[], str]) -> _Line | None:
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    from rich.console import Console

    console = Console(file=sys.stderr, highlight=False)
    return _Line(console, text) if console.is_terminal and not console.is_dumb_terminal else None


def spoken(seconds: float | None) -> str:
    """A length of time for people; empty where it is not known or nothing to speak of."""
    if seconds is None or seconds < 1.0:
        return ""
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


def _write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


_shown: Progress | None = None
_channel: Connection | None = None


def step(stage: str, done: int, total: int, what: str) -> None:
    """Report a step from whatever process does the work; without anybody who listens, a plain line."""
    _report(("step", stage, done, total, what))


def skip(stage: str) -> None:
    """Say that ``stage`` is not to come after all."""
    _report(("skip", stage))


def say(text: str) -> None:
    """Say a line from whatever process does the work."""
    _report(("say", text))


def _report(message: tuple[Any, ...]) -> None:
    if _channel is not None:
        # One write of a short message is one piece on a pipe, whoever else writes: no lock that a dead process holds.
        with contextlib.suppress(OSError):
            _channel.send((message[0], *(part[:800] if isinstance(part, str) else part for part in message[1:])))
    elif _shown is not None:
        getattr(_shown, message[0])(*message[1:])
    elif message[0] == "say":
        _write(message[1])


def report_to(channel: Connection | None) -> None:
    """From now on this process reports through ``channel``: for the processes of a pool, as they start."""
    global _channel
    _channel = channel
    if channel is not None:
        sys.stderr = _Said()


class _Said(io.TextIOBase):
    """Standard error of a process that does the work: what libraries write there is said, line by line."""

    def __init__(self) -> None:
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            say(line)
        return len(text)


@contextlib.contextmanager
def shown(jobs: int, awaited: Mapping[str, float]) -> Iterator[Connection]:
    """Show progress for the time being; what to give to ``report_to`` in the processes that do the work."""
    global _shown
    progress = Progress(jobs, awaited)
    receiving, sending = Pipe(duplex=False)
    ended = threading.Event()

    def listen() -> None:
        with contextlib.suppress(EOFError, OSError):
            while not (ended.is_set() and not receiving.poll()):
                if receiving.poll(0.2):
                    kind, *parts = receiving.recv()
                    getattr(progress, kind)(*parts)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    _shown = progress
    try:
        yield sending
    finally:
        _shown = None
        ended.set()
        listener.join(timeout=2.0)
        progress.close()
        sending.close()
