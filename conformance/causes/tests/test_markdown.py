"""An issue holds what a maintainer needs, claims what was run, and is inert whatever a framework said."""

from __future__ import annotations

import re
import unicodedata

import msgspec
import pytest

from conformance.causes.markdown import code, distance, escaped, fence, issue_of, kernel_text
from conformance.causes.tests.examples import HOSTILE, KERNEL, POWER, POWER_CAUSE, RUN, hostile
from conformance.findings.results import FrameworkEntry


def entry(text: str = "torch") -> FrameworkEntry:
    return FrameworkEntry(
        name=text,
        version="2.13.0+cpu",
        status="ready",
        packages={text: "2.13.0+cpu", "numpy": text},
        dtypes=["float16"],
        modes=["eager"],
        devices=["cpu" if text == "torch" else text],
        flush_to_zero={},
    )


TEXT = issue_of(POWER_CAUSE, entry(), RUN.machine)


@pytest.mark.parametrize(
    "wanted",
    [
        "# PowerTransform.log_abs_det_jacobian overflows",
        "`torch 2.13.0+cpu, numpy torch`",
        "`3.11.7, Linux-x86_64`",
        f"```python\n{POWER}```",
        "python reproduce.py",
        "it printed:\n\n```text\ninf\n```",
        "x = `0.000977` (`0x1.0000000000000p-10`)",
        "exact: `17.7341446221062168974088161519`",
        "the nearest `float16`: `17.73` (`0x1.1bc0000000000p+4`)",
        "`torch.distributions.transforms.PowerTransform.log_abs_det_jacobian`",
        "Mechanism: overflow of an intermediate",
        "5,740 of 5,740 inputs fail",
        "- The kernel under it: `torch.pow` is off by 14.5 units in the last place at 0x1.0000000000000p-10 and "
        "-0x1.8000000000000p+0 in float16, and the method with it: it answers 33000 where pow is exactly "
        "32768.0000000000000000000000000. With the exact value in its place the method is right: at 5 of 6 failing "
        "inputs that were tried.",
        "numpy 2.4.6 is right: 17.73",
        "the same bits",
        "np.log(abs(p)) + (p - 1) * np.log(x)",
        "### Until then",
        "<https://example.org/issues/1?x=y>",
    ],
)
def test_an_issue_holds_what_a_maintainer_needs(wanted: str) -> None:
    assert wanted in TEXT


def test_a_distance_that_is_no_number_is_not_printed() -> None:
    assert "`inf`: 11 of 11 bits lost." in TEXT
    near = msgspec.structs.replace(
        POWER_CAUSE.example, got="17.7", got_hex="0x1.1b4p+4", ulp=3.25, nats=0.05, bits=2.09
    )
    said = issue_of(msgspec.structs.replace(POWER_CAUSE, example=near), entry(), RUN.machine)
    zero = msgspec.structs.replace(near, exact="0", nats=None)
    assert distance(zero) == "17.7 away from exactly 0, 2.09 of 11 bits lost"
    assert distance(msgspec.structs.replace(zero, got="0.0 1.0", got_hex="0x0p+0 0x1p+0", ulp="inf")) == (
        "2.09 of 11 bits lost"
    )
    assert "`17.7` (`0x1.1b4p+4`): 0.05 nats, 3.25 units in the last place, 2.09 of 11 bits lost." in said


def test_an_input_of_many_numbers_is_told_by_the_first_of_them() -> None:
    wide = msgspec.structs.replace(
        POWER_CAUSE.example, input=" ".join(["0.5"] * 400), input_hex=" ".join(["0x1.0p-1"] * 400)
    )
    said = issue_of(msgspec.structs.replace(POWER_CAUSE, example=wide), entry(), RUN.machine)
    assert "0.5 … (400 numbers)` (`0x1.0p-1 " in said
    assert len(said) < len(TEXT) + 400


def test_a_kernel_that_answers_no_number_is_off_by_none() -> None:
    kernel = msgspec.structs.replace(KERNEL, got="nan", ulp="inf", exact="")
    assert kernel_text(kernel).startswith("answers nan at 0x1.0000000000000p-10 and -0x1.8000000000000p+0 in float16. ")
    bare = issue_of(msgspec.structs.replace(POWER_CAUSE, kernel=None), entry(), RUN.machine)
    assert "kernel" not in bare


def test_only_what_was_run_and_seen_is_claimed() -> None:
    assert "print(1)" not in TEXT  # That script did not show it.
    unseen = msgspec.structs.replace(POWER_CAUSE, scripts=POWER_CAUSE.scripts[:1])
    assert "No script shows it by itself" in issue_of(unseen, entry(), RUN.machine)
    lame = msgspec.structs.replace(
        POWER_CAUSE, remedies=[msgspec.structs.replace(POWER_CAUSE.remedies[0], right=False)], mechanism="unattributed"
    )
    said = issue_of(lame, entry(), RUN.machine)
    assert "Until then" not in said
    assert "was not established" in said


def test_a_script_of_a_compiled_mode_says_that_it_needs_a_file() -> None:
    compiled = msgspec.structs.replace(POWER_CAUSE.scripts[1], mode="graph")
    said = issue_of(msgspec.structs.replace(POWER_CAUSE, scripts=[compiled]), entry(), RUN.machine)
    assert "`python -c` does not keep" in said
    assert "python -c" not in TEXT


def test_hostile_text_stays_inert() -> None:
    said = issue_of(hostile(), entry(HOSTILE), RUN.machine)
    assert not [one for one in said if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    prose = re.sub(r"\\[!-/:-@\[-`{-~]", "", outside_of_code(said))  # An escaped mark is a mark and no markup.
    for bad in ("<script", "<!--", "![x]", "](", "@everyone", "#12", "http://", "www.evil"):
        assert bad not in prose, bad
    assert said.count("\n### ") == prose.count("\n### ")
    assert "\n# " not in prose[1:]


def outside_of_code(text: str) -> str:
    """What a reader of Markdown takes for prose: fences first, then spans, as CommonMark has it."""
    kept, closing = [], ""
    for line in text.split("\n"):
        opened = re.match("(`{3,})[^`]*$", line)  # After anything else they begin a span.
        if closing:
            closing = "" if re.fullmatch(f"`{{{len(closing)},}} *", line) else closing
        elif opened:
            closing = opened[1]
        else:
            kept.append(line)
    assert not closing
    return re.sub(r"(?<![\\`])(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", "\n".join(kept), flags=re.DOTALL)


@pytest.mark.parametrize("text", ["", "`", "a``b", "``` ````", " x ", "\n```\nx"])
def test_code_cannot_be_left(text: str) -> None:
    assert outside_of_code(f"before {code(text)} after") == "before  after"
    assert outside_of_code(f"before\n{fence(text)}\nafter") == "before\nafter"


@pytest.mark.parametrize(
    "text", ["log_prob of power(exponent=-1.5) at 1e-3 is inf", "a_b.c_d: 1 / x, x + 1", "-inf at 3 inputs", "0.5"]
)
def test_ordinary_words_stay_readable(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize("text", ["- x", "# x", "+ x", "1. x", "---", "=====", "> x", "| x |"])
def test_no_words_begin_a_block(text: str) -> None:
    assert escaped(text).replace("\\", "", 1) == text or escaped(text).count("\\") > 1
    assert not escaped(text).startswith(text[:2])
