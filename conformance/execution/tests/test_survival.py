"""A framework that really dies costs the rows that killed it, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters.interface.scripts import ALONE, with_line
from adapters.tests.hostile import Adapter
from conformance.execution import Fate, FrameworkClient, FrameworkUnusable, Reply, Request, SnippetReply
from conformance.execution.aside import settled
from conformance.execution.bisection import Limits
from conformance.execution.in_process import InProcess
from conformance.execution.tests.conftest import HOSTILE

pytestmark = pytest.mark.slow
Make = Callable[..., FrameworkClient]


def block(*bad: tuple[int, float], rows: int = 1000) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = np.linspace(-20.0, -1.0, rows)
    for row, value in bad:
        values[row] = value
    return values


def ask(client: FrameworkClient, values: Any) -> Reply:
    return client.evaluate(Request("exp", "forward", "float64", values=values))


@pytest.mark.parametrize(
    ("deadly", "fate", "message"),
    [
        (1.0, Fate.CRASHED, "killed by SIGSEGV"),
        (2.0, Fate.TIMED_OUT, "no answer within 2 s"),
        (2.5, Fate.TIMED_OUT, "no answer within 2 s"),
        (3.0, Fate.CRASHED, "exited with status 7 without an answer"),
        (5.0, Fate.RAISED, "FloatingPointError: hostile input 5.0"),
        (6.0, Fate.RAISED, "MemoryError"),
        (7.0, Fate.CRASHED, "garbage on the wire"),
        (8.0, Fate.RAISED, "SystemExit: 3"),
        (9.0, Fate.CRASHED, "killed by SIGABRT"),
        (10.0, Fate.CRASHED, "killed by SIGKILL"),
        (13.0, Fate.RAISED, "WireError: dtype 'complex128'"),
        (15.0, Fate.CRASHED, ""),
        (16.0, Fate.CRASHED, "of rows that it was not asked"),
    ],
)
def test_only_the_guilty_row_is_lost(hostile: Make, deadly: float, fate: Fate, message: str) -> None:
    values = block((637, deadly))
    # A busy machine must not make a guilty row of an innocent one, nor cut the search short.
    limits = Limits(seconds=300.0)
    reply = ask(hostile(timeout=2.0 if fate == Fate.TIMED_OUT else 20.0, limits=limits), values)
    assert reply.status == "mixed"
    assert reply.fate is not None
    assert reply.fate[637] == fate
    assert np.flatnonzero(reply.fate).tolist() == [637]
    assert message in reply.message
    assert reply.values is not None
    expected = np.exp(values)
    expected[637] = np.nan
    np.testing.assert_array_equal(reply.values, expected)


def test_what_the_adapter_makes_no_call_with_is_left_out(hostile: Make, tmp_path: Path) -> None:
    """No second is waited for an input that hangs; it is no answer, and kept as none; whatever else dies is found."""
    client, values = hostile(journal=tmp_path, timeout=20.0), block((3, 2.25), (998, 2.25))
    for reply in (ask(client, values), ask(client, values)):
        assert (reply.status, reply.message) == ("ok", "2 inputs are not asked: hostile input 2.25 never ends")
        assert reply.fate is not None
        assert reply.values is not None
        assert np.flatnonzero(reply.fate).tolist() == [3, 998]
        assert (reply.fate[[3, 998]] == Fate.LEFT_OUT).all()
        np.testing.assert_array_equal(reply.values, np.where(values == 2.25, np.nan, np.exp(values)))
    alone = ask(client, np.full(2, 2.25))
    assert alone.fate is not None
    assert (alone.fate == Fate.LEFT_OUT).all()
    assert alone.values is not None
    assert np.isnan(alone.values).all()
    died = ask(client, block((3, 2.25), (637, 5.0)))
    assert died.status == "mixed"
    assert died.fate is not None
    assert np.flatnonzero(died.fate).tolist() == [3, 637]
    assert died.fate[[3, 637]].tolist() == [Fate.LEFT_OUT, Fate.RAISED]
    # All others raise, none has an answer of a fitting shape, or none has one that travels.
    for others in ([5.0] * 40, [5.0, 12.0], [13.0] * 40):
        gone = ask(client, np.array([2.25, *others]))
        assert (gone.status, gone.values) == ("raised", None)
        assert gone.fate is not None
        assert gone.fate.tolist() == [Fate.LEFT_OUT] + [Fate.RAISED] * len(others)
    assert client.counts.starts == 1


def test_without_a_process_what_raises_is_no_fate_of_what_was_left_out() -> None:
    reply = InProcess(Adapter).evaluate(Request("exp", "forward", "float64", values=np.array([5.0, 2.25, 0.5])))
    assert reply.fate is not None
    assert reply.fate.tolist() == [Fate.RAISED, Fate.LEFT_OUT, Fate.RAISED]


def test_several_guilty_rows_of_different_kinds(hostile: Make) -> None:
    reply = ask(hostile(), block((3, 1.0), (500, 5.0), (501, 3.0), (999, 9.0)))
    assert reply.fate is not None
    guilty = {int(row): Fate(reply.fate[row]) for row in np.flatnonzero(reply.fate)}
    assert guilty == {3: Fate.CRASHED, 500: Fate.RAISED, 501: Fate.CRASHED, 999: Fate.CRASHED}


def test_one_guilty_row_costs_few_restarts(hostile: Make) -> None:
    client = hostile()
    ask(client, block((637, 1.0), rows=4096))
    assert client.counts.starts <= 6, "binary search would need twelve"


def test_garbage_on_stdout_changes_nothing(hostile: Make) -> None:
    values = block((5, 4.0))
    client = hostile()
    reply = ask(client, values)
    assert reply.status == "ok"
    np.testing.assert_array_equal(reply.values, np.exp(values))
    assert client.counts.starts == 1


def test_a_block_that_fails_everywhere_is_not_cut(hostile: Make) -> None:
    client = hostile()
    reply = ask(client, np.full(5000, 1.0))
    assert reply.status == "crashed"
    assert reply.values is None
    assert reply.fate is not None
    assert (reply.fate == Fate.CRASHED).all()
    assert client.counts.starts <= 5


def test_limits_bound_the_search_and_the_message_says_so(hostile: Make) -> None:
    client = hostile(limits=Limits(evaluations=1000, deaths=4, seconds=100.0))
    values = block(*((row, 1.0) for row in range(0, 1000, 50)))
    reply = ask(client, values)
    assert client.counts.starts <= 6
    assert reply.fate is not None
    assert (reply.fate[::50] != Fate.OK).all(), "a guilty row was acquitted"
    assert "not told apart within the limits" in reply.message


def test_a_block_that_dies_only_as_a_whole_is_reported(hostile: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    # Every third evaluation of a process is a segmentation fault: the first block is the third one, its parts are not.
    monkeypatch.setenv("HOSTILE_FUSE", "3")
    client = hostile()
    ask(client, block(rows=2))
    ask(client, block(rows=2))
    monkeypatch.delenv("HOSTILE_FUSE")
    reply = ask(client, block())
    assert reply.status == "mixed"
    assert reply.fate is not None
    assert not reply.fate.any()
    assert reply.message == "killed by SIGSEGV as a block of 1000 rows; every part of it alone was answered"
    np.testing.assert_array_equal(reply.values, np.exp(block()))


def test_memory_limit(hostile: Make) -> None:
    client = hostile(memory_limit=1 << 20)
    with pytest.raises(FrameworkUnusable, match="out of memory: used more than"):
        client.describe()


def test_a_worker_that_has_grown_is_replaced_between_two_pieces_of_work(
    hostile: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = hostile()
    ask(client, block(rows=2))
    client.rest()
    ask(client, block(rows=3))
    assert client.counts.starts == 1
    monkeypatch.setattr("conformance.execution.client._GROWTH", 16 << 20)
    assert client.snippet("import sys\nsys.kept = b'1' * (32 << 20)").status == "ok"
    client.rest()
    assert ask(client, block(rows=4)).status == "ok"
    assert client.counts.starts == 2


@pytest.mark.parametrize(
    ("how", "status", "message"),
    [
        ("segfault", "crashed", "died while starting: killed by SIGSEGV"),
        ("exit", "crashed", "died while starting: exited with status 7"),
        ("raise", "raised", "did not start: FloatingPointError"),
    ],
)
def test_a_framework_that_does_not_start(
    hostile: Make, monkeypatch: pytest.MonkeyPatch, how: str, status: str, message: str
) -> None:
    monkeypatch.setenv("HOSTILE_START", how)
    client = hostile()
    with pytest.raises(FrameworkUnusable, match=message):
        client.describe()
    starts = client.counts.starts
    reply = ask(client, block())
    assert (reply.status, reply.values) == (status, None)
    assert message in reply.message
    assert client.counts.starts == starts, "it was started again although it can't be"


def test_not_offered_is_not_a_failure(hostile: Make, tmp_path: Path) -> None:
    for reused in (False, True):
        reply = hostile(tmp_path).evaluate(Request("sinh", "forward", "float64", values=block()))
        assert reply.status == "not_offered"
        assert reply.fate is None
        assert reply.absent
        assert reply.reused is reused


def test_sampling_has_no_rows_to_blame(hostile: Make) -> None:
    client = hostile()
    draw = Request("normal(loc=0.0,scale=1.0)", "sample", "float64", count=100, seed=20)
    reply = client.evaluate(draw)
    assert reply.status == "ok"
    np.testing.assert_array_equal(reply.values, np.random.default_rng(20).standard_normal(100))
    deadly = client.evaluate(Request("normal(loc=0.0,scale=1.0)", "sample", "float64", count=100, seed=1))
    assert (deadly.status, deadly.values, deadly.fate) == ("crashed", None, None)


def test_snippets_and_reproductions(hostile: Make) -> None:
    client = hostile()
    script = client.reproduction(Request("exp", "forward", "float64", values=np.array(-1.5)))
    assert script.status == "ok"
    printed = client.snippet(script.code)
    assert float.fromhex(printed.stdout) == np.exp(-1.5)
    assert client.snippet("raise KeyError('x')").status == "raised"
    dead = client.snippet("import os; os.abort()")
    assert (dead.status, dead.message) == ("crashed", "killed by SIGABRT")
    assert client.snippet("print(1 + 1)").stdout == "2\n"
    late = client.snippet(f"import os\nprint(3){ALONE}os.abort()\n")
    assert (late.status, late.stdout, late.single) == ("ok", "3\n", "killed by SIGABRT")
    assert settled(f"import os\nprint(3){ALONE}os.abort()\n", late)[1] == "killed by SIGABRT"


def test_a_second_half_that_shows_nothing_else_is_left_out() -> None:
    code = f"print(3){ALONE}print(3)\n"
    assert settled(code, SnippetReply("ok", "3\n", single="3\n")) == ("print(3)\n", "")
    assert settled(code, SnippetReply("ok", "3\n", single="4\n")) == (code, "4")
    assert settled(code, SnippetReply("raised", message="ValueError")) == ("print(3)\n", "")
    assert with_line(code, "print(5)") == f"print(3)\nprint(5)\n{ALONE}print(3)\n"
    assert with_line("print(3)\n", "print(5)") == "print(3)\nprint(5)\n"


def test_what_is_refused_is_kept_and_a_death_refuses_nothing(hostile: Make, tmp_path: Path) -> None:
    client = hostile(tmp_path)
    rows = ([0.5, 1.5], [5.0], [1.0, 5.0], [3.5], [3.0], [5.0, 0.5], *([1.5 + number] for number in range(0, 400, 16)))
    asked = [Request("exp", "forward", "float64", values=np.array(each)) for each in rows]
    told = [[False] * 2, [True], [False] * 2, [False], [False], [True] * 2, *([False] for _ in rows[6:])]
    assert client.refuses(asked) == told
    asking, starts = client.counts.reused, client.counts.starts
    assert client.refuses(asked) == told
    # The two that ended their process are asked again.
    assert client.counts.reused - asking == len(rows) - 2
    assert client.counts.starts > starts


def test_a_question_about_refusals_that_hangs_costs_two_starts(hostile: Make) -> None:
    """One for the frame that holds it and one for itself, wherever in the frame it lies."""
    client = hostile(timeout=1.0)
    rows = [2.0 if number == 37 else 5.0 if number == 63 else 1.5 + 16 * number for number in range(64)]
    asked = [Request("exp", "forward", "float64", values=np.array([row])) for row in rows]
    client.describe()
    assert client.refuses(asked) == [[row == 5.0] for row in rows]
    assert client.counts.starts == 3


def test_a_frame_of_questions_about_refusals_has_time_for_all_of_them(
    hostile: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = []

    def answered(self: Any, header: dict[str, Any], arrays: Any, timeout: float) -> Any:
        allowed.append(timeout)
        return {"status": "ok", "refused": [[False]] * len(header["questions"])}, []

    client = hostile(timeout=20.0)
    client.describe()
    monkeypatch.setattr("conformance.execution.process.WorkerProcess.ask", answered)
    for count in (1, 2, 64):
        asked = [Request("exp", "forward", "float64", values=np.array([1.5 + row])) for row in range(count)]
        assert client.refuses(asked) == [[False]] * count
    assert allowed[0] == 20.0 < allowed[1] < allowed[2] <= 40.0


def test_components_are_named_and_a_death_costs_one_name(hostile: Make, tmp_path: Path) -> None:
    client = hostile(tmp_path)
    asked = [Request(s, q, "float64") for s, q in (("exp", "forward"), ("inverse(exp)", "ildj"), ("tanh", "forward"))]
    asked.append(Request("inverse(exp)", "fldj", "float64"))
    first = client.components(asked)
    assert [str(name) for name in first] == ["hostile.exp.forward", "", "", "hostile.inverse(exp).fldj"]
    starts = client.counts.starts
    assert client.components(asked[::-1]) == first[::-1]
    assert (client.counts.starts, client.counts.reused) == (starts, 4)


def test_a_fresh_snippet_knows_nothing_of_what_ran_before(hostile: Make) -> None:
    client = hostile()
    where = "import os, sys; print(os.getpid(), hasattr(sys, 'mark')); sys.mark = 1"
    first = client.snippet(where).stdout.split()
    fresh = client.snippet(where, fresh=True).stdout.split()
    again = client.snippet(where).stdout.split()
    assert first[1] == fresh[1] == "False"
    assert again == [first[0], "True"]
    assert fresh[0] != first[0]


def test_the_worker_sees_adapters_and_nothing_else_of_the_project(hostile: Make) -> None:
    looked = hostile().snippet(
        "import os, sys\nprint(sys.path[0], os.environ['PYTHONPATH'] in sys.path, os.getsid(0) == os.getpid())\n"
        "print(os.listdir(os.environ['PYTHONPATH']), os.environ['OMP_NUM_THREADS'], os.listdir())"
    )
    assert looked.status == "ok", looked
    first, second = looked.stdout.splitlines()
    assert first.endswith("True True")
    assert second.startswith("['adapters'] 1 [")


CTRL_C = """
import signal, sys, numpy as np
from pathlib import Path
from conformance.execution import FrameworkClient, Request, existing
signal.signal(signal.SIGINT, lambda *_: None)
with FrameworkClient(existing("numpy"), "hostile", None, 60.0, Path(sys.argv[1])) as client:
    client.describe()
    print("ready", flush=True)
    sys.stdin.readline()
    reply = client.evaluate(Request("exp", "forward", "float64", values=np.array([-1.0])))
    print(reply.status, client.counts.starts, flush=True)
"""


def test_ctrl_c_does_not_reach_the_worker() -> None:
    driver = subprocess.Popen(
        [sys.executable, "-c", CTRL_C, str(HOSTILE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert driver.stdin is not None
    assert driver.stdout is not None
    assert driver.stdout.readline() == "ready\n"
    os.killpg(driver.pid, signal.SIGINT)  # As the terminal does it: to the whole foreground group.
    time.sleep(0.3)
    said, _ = driver.communicate("go on\n", timeout=120)
    assert said == "ok 1\n"


def test_an_interrupted_request_leaves_no_stale_answer(hostile: Make) -> None:
    client = hostile(timeout=30.0)
    client.describe()

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            client.snippet("import time; time.sleep(1); print('late')")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert client.snippet("print('now')").stdout == "now\n"


FORGING = """
import contextlib, json, os
text = json.dumps({"status": "ok", "stdout": "forged", "arrays": []}).encode()
for descriptor in (int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2):
    with contextlib.suppress(OSError):
        os.write(descriptor, (len(text).to_bytes(8, "big") + text) * FRAMES)
"""


@pytest.mark.parametrize("frames", [1, 2])
def test_a_frame_behind_an_answer_is_never_the_next_answer(hostile: Make, frames: int) -> None:
    """Be it read already, as a second one that came in one piece with the first, or not yet."""
    client = hostile(timeout=20.0)
    assert client.snippet(FORGING.replace("FRAMES", str(frames))).stdout == "forged"
    time.sleep(0.2)
    after = client.snippet("print('now')")
    assert (after.status, after.stdout) == ("crashed", "")
    assert after.message == "garbage on the wire: bytes behind an answer"
    assert client.snippet("print('now', 2)").stdout == "now 2\n"


def test_wrong_dtype_is_the_callers_error(hostile: Make) -> None:
    with pytest.raises(ValueError, match="values of float64 in a request at float32"):
        hostile().evaluate(Request("exp", "forward", "float32", values=block()))


def test_time_out_is_kept(hostile: Make) -> None:
    began = time.monotonic()
    reply = ask(hostile(timeout=1.0), np.array([2.0]))
    assert reply.status == "timed_out"
    assert time.monotonic() - began < 15
