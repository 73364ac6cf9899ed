"""Progress: an estimate that adds up, a line on a terminal, lines elsewhere, and reports from other processes."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from multiprocessing import get_context

import pytest

from conformance.execution import progress
from conformance.execution.progress import Progress, Stage, shown, spoken


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("conformance.execution.progress.time.monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("jobs", "stages", "expected"),
    [
        (2, {}, None),
        (1, {"oracle": (5, 10)}, 10.0),
        # 30 s of work and two processes, but one of the stages needs 20 s by itself.
        (2, {"a": (5, 15), "b": (5, 10)}, 20.0),
        # What has not begun takes what its share says: half of it is done, so 10 s more, and 20 s for each of the two.
        (2, {"a": (5, 10), "c": None, "d": None}, 25.0),
        # One that takes three times as long as "a" is waited for by itself in the end.
        (2, {"a": (5, 10), "three": None, "d": None}, 60.0),
        (1, {"three": (5, 10), "c": None}, 10.0 + 20 / 3),
        (1, {"a": (10, 10)}, None),
    ],
)
def test_the_estimate_counts_what_runs_and_what_waits(
    clock: list[float], jobs: int, stages: dict[str, tuple[int, int] | None], expected: float | None
) -> None:
    told = Progress(jobs, dict.fromkeys(stages, 1.0) | {name: 3.0 for name in stages if name == "three"})
    for name, steps in stages.items():
        if steps is not None:
            told.stages[name] = Stage(total=steps[1], done=steps[0], began=0.0)
    clock[0] = 10.0
    assert told.left(10.0) == expected


def test_what_is_done_takes_no_longer_as_time_goes_by(clock: list[float]) -> None:
    """What is awaited was to take as long as all the time since the oracle began: 34 minutes, eight before the end."""
    told = Progress(1, {"oracle": 1.0, "torch": 1.0, "brax": 1.0})
    for at, stage, done in ((10.0, "oracle", 5), (20.0, "oracle", 10), (20.0, "torch", 0), (220.0, "torch", 5)):
        clock[0] = at
        told.step(stage, done, 10, "exp")
    assert told.left(220.0) == pytest.approx(200.0 + (10.0 + 400.0) / 2)


def test_the_oracle_is_on_all_processes_and_what_is_skipped_is_not_awaited(clock: list[float]) -> None:
    told = Progress(2, {"oracle": 1.0, "tfp": 4.0, "numpy 1/2": 1.0, "numpy 2/2": 1.0})
    told.step("oracle", 0, 10, "exp")
    clock[0] = 5.0
    told.step("oracle", 5, 10, "exp")
    assert told.left(5.0) == 5.0 + 40.0  # Before everything else; then TFP's part is the longest.
    told.skip("tfp")
    assert told.left(5.0) == 5.0 + 10.0
    told.skip("numpy")
    assert told.left(5.0) == 5.0
    told.skip("oracle")
    assert told.left(5.0) is None


def test_elsewhere_there_is_a_line_now_and_then_and_the_first_and_last_of_a_stage(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    told = Progress(1, {"oracle": 1.0})
    for done in range(1, 101):
        clock[0] += 0.25
        told.step("oracle", done, 100, f"subject {done}")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("/")[0].split()[-1] for line in lines] == ["1", "21", "41", "61", "81", "100"]
    assert "about 19 s left" in lines[1]
    assert "left" not in lines[-1]


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, ""), (0.2, ""), (61.0, "61 s"), (600, "10 min"), (6000, "1 h 40 min")]
)
def test_a_length_of_time_in_words(seconds: float | None, words: str) -> None:
    assert spoken(seconds) == words


@pytest.mark.slow
def test_on_a_terminal_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with shown(2, {"torch": 1.0}):
            for done in range(1, 40):
                progress.step("torch", done, 40, "transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5),tanh))")
            time.sleep(1.2)
            progress.say("torch: mode compile is not available")
        terminal.flush()
        seen = ""
        while select.select([ours], [], [], 1.0)[0]:  # A terminal hands over what it holds in pieces.
            seen += os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "torch 39/40" in seen
    assert seen.count("\n") <= 2  # What was said, and no line per step.
    assert "mode compile is not available" in seen


def _work(channel: object) -> None:
    progress.report_to(channel)  # type: ignore[arg-type]
    print("from another process", file=sys.stderr)
    for done in range(1, 2001):
        progress.step("torch", done, 2000, "x" * 2000)


def test_other_processes_report_and_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    context = get_context("spawn")
    with shown(2, {"torch": 1.0}) as channel:
        workers = [context.Process(target=_work, args=(channel,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
            assert worker.exitcode == 0
    said = capsys.readouterr().err
    assert said.count("from another process\n") == 2
    assert said.count("2000/2000") == 2


def test_a_reader_that_left_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    pipe = os.fdopen(writing, "w")
    monkeypatch.setattr(sys, "stderr", pipe)
    with shown(1, {"torch": 1.0}):
        progress.step("torch", 1, 2, "x")
        progress.say("y")
    with pytest.raises(BrokenPipeError):  # There was something to lose.
        pipe.close()
