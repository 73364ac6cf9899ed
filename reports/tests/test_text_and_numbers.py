"""Strings made safe, numbers made readable, and the same in Python and in the page's script."""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
from pathlib import Path

import numpy as np
import pytest
from jinja2 import Environment

from reports import numbers
from reports.numbers import FORMATS, level, number, seen, short
from reports.pack import squeezed
from reports.tests.browser import Browser
from reports.tests.own_code import sources
from reports.text import is_tanh_normal, program, safe_link, subject_label, visible

STATIC = Path(__file__).resolve().parents[1] / "static"
VALUES = [
    0.0,
    5e-324,
    1e-9,
    0.004,
    0.0051,
    0.125,
    0.5,
    0.994,
    0.996,
    1.0,
    2.25,
    3.24,
    4.0,
    4.1,
    9.949,
    9.96,
    312.5,
    9999.0,
]
VALUES += [9999.6, 12345.0, 99950.0, 4.25e5, 2.0**24 - 1, 2.0**24, 1e15, 1.5e300, math.inf, math.nan]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (0.5, "0.50"),
        (3.24, "3.2"),
        (312.4, "312"),
        (4.23e5, "4.2e5"),
        (math.inf, "∞"),
        (99960.0, "1.0e5"),
    ],
)
def test_short(value: float | None, text: str) -> None:
    assert numbers.short(value) == text


def test_hundred_per_cent_means_all() -> None:
    assert numbers.percent(1.0) == "100 %"
    assert numbers.percent(0.99999) == ">99 %"
    assert numbers.percent(1e-9) == "<1 %"
    assert numbers.usable_glyph(0.99999) != numbers.usable_glyph(1.0)


def test_levels_rise_and_nan_is_the_worst() -> None:
    steps = [numbers.level(ulp, "float32") for ulp in (0.5, 3.0, 50.0, 3000.0, 2e5, 1e7, math.inf)]
    assert steps == [0, 1, 2, 3, 4, 5, 6]
    assert numbers.level(math.nan, "float64") == 6


def test_the_script_formats_alike(browser: Browser) -> None:
    source = (STATIC / "js" / "30-format.js").read_text(encoding="utf-8")
    listed = "[" + ",".join("NaN" if v != v else "Infinity" if v == math.inf else repr(v) for v in VALUES) + "]"
    shares = [0.0, 1e-9, 0.004, 0.3, 0.335, 0.5, 0.67, 0.995, 0.99999, 1.0]
    got = browser.run(
        f"(() => {{ const num = Number, DATA = {json.dumps({'formats': numbers.FORMATS})}; {source}"
        f"return [{listed}.map(short), {listed}.map((v) => Object.keys(DATA.formats).map((f) => level(v, f))),"
        f"{json.dumps(shares)}.map(percent), {json.dumps(shares)}.map(usableGlyph)]; }})()"
    )
    expected = [
        [numbers.short(value) for value in VALUES],
        [[numbers.level(value, name) for name in numbers.FORMATS] for value in VALUES],
        [numbers.percent(share) for share in shares],
        [numbers.usable_glyph(share) for share in shares],
    ]
    assert got == expected


def test_the_script_counts_ordinals_as_the_bits_do(browser: Browser) -> None:
    source = (STATIC / "js" / "40-ordinal.js").read_text(encoding="utf-8")
    for name, bits in (("float16", np.int16), ("float32", np.int32)):
        values = np.array([1.0, 2.0, 0.1, 3.0, 6e-8, 6.1e-5, 1000.0, 65504.0, 7e-5, 0.0], dtype=name)
        listed = json.dumps([float(value) for value in values])
        got = browser.run(
            f"(() => {{ const DATA = {json.dumps({'formats': numbers.FORMATS})}; {source}"
            f"const o = {listed}.map((v) => ordinal(v, '{name}'));"
            f"return [o, o.map((n) => fromOrdinal(-n, '{name}')), largestOrdinal('{name}')]; }})()"
        )
        assert got[0] == [int(value) for value in values.view(bits)]
        assert got[1] == [-float(value) for value in values]
        assert got[2] == int(np.array([np.finfo(name).max]).view(bits)[0])


def test_invisible_characters_are_shown() -> None:
    assert visible("a\u202eb\u2066c\x00\x1b[31m\u200b\ud800") == r"a\u202eb\u2066c\x00\x1b[31m\u200b\ud800"
    assert visible("plain ü 漢字 ∞\n\tkept") == "plain ü 漢字 ∞\n\tkept"


def test_data_cannot_leave_its_script() -> None:
    hostile = {"a": "</script><!--<script>&amp;"}
    for padding in range(200):
        assert re.fullmatch("[!-%'-;=?-~]+", squeezed({**hostile, "b": "x" * padding}))


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", 'https://a.b/" onclick=x', "//a.b", "https://a b", None, 3]
)
def test_only_web_addresses_become_links(text: object) -> None:
    assert safe_link(text) is None
    assert safe_link("https://github.com/pytorch/pytorch/issues/1#c-2") is not None


def test_labels() -> None:
    assert subject_label("transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5,scale=2.0),tanh))") == (
        "chain(affine(loc=0.5, scale=2.0), tanh)",
        "of normal(loc=0.25, scale=1.5)",
    )
    assert subject_label("tanh") == ("tanh", "")
    assert is_tanh_normal("transformed(normal(loc=0.25,scale=1.5),tanh)")
    assert not is_tanh_normal("transformed(normal(loc=0.25,scale=1.5),chain(affine(loc=0.5,scale=2.0),tanh))")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_can_be_read_by_day_and_by_night() -> None:
    css = (STATIC / "css" / "10-tokens.css").read_text(encoding="utf-8")
    tokens = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", css)}
    tokens |= {f"l{step}-ink": tokens["ink"] for step in range(3)}
    pairs = [(f"l{step}-ink", f"l{step}") for step in range(7)]
    pairs += [(name, ground) for name in ("ink", "quiet", "accent", "bad") for ground in ("paper", "tint")]
    for theme in (0, 1):
        for front, back in pairs:
            high, low = sorted((_luminance(tokens[front][theme]), _luminance(tokens[back][theme])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (front, back, theme)
        ramp = [_luminance(tokens[f"l{step}"][theme]) for step in range(7)]
        assert ramp == sorted(ramp, reverse=theme == 0), "luminance alone must order the colour steps"


@pytest.mark.slow
def test_a_program_keeps_its_quotes_and_stays_text() -> None:
    assert program("a = \"b\" < 'c' & d > e</pre>") == "a = \"b\" &lt; 'c' &amp; d &gt; e&lt;/pre&gt;"
    assert Environment(autoescape=True).from_string("{{ x }}").render(x=program('"<')) == '"&lt;'


def test_a_figure_keeps_as_many_digits_as_are_seen() -> None:
    assert [seen(value) for value in (0.4962, 1.04, 2037.49, 2037.5, 41234.0, -3.26e-7, 0.0)] == [
        0.5, 1, 2037, 2038, 41000, -3.3e-7, 0,
    ]  # fmt: skip
    assert [seen(value) for value in ("inf", None, math.inf, "nan", True)] == ["inf", None, math.inf, "nan", True]
    assert [seen(1.04, "float32"), seen(4.04, "float32"), seen(0.996, "float32")] == [1.04, 4.04, 1]
    ends = [("float32", 1.000001), ("bfloat16", 4.000008), ("float32", 63.000126), ("float32", 4095.00819)]
    assert all(level(number(seen(value, dtype)) or 0.0, dtype) == level(value, dtype) for dtype, value in ends)
    assert short(number(seen(0.00499999))) == short(0.00499999)
    draw = random.Random("seen")
    for dtype in FORMATS:
        for value in [10.0 ** draw.uniform(-9, 40) for _ in range(2000)]:
            kept = number(seen(value, dtype))
            assert kept is not None
            assert (short(kept), level(kept, dtype)) == (short(value), level(value, dtype)), value
            assert short(number(seen(-value))) == short(-value)


def test_the_script_digests_alike(browser: Browser) -> None:
    texts = [("é|😀|" if n % 2 else "L01|torch|") * (n // 2) + "x" * (n % 7) for n in range(150)] + [
        "",
        "\u0000",
        "a" * 5000,
    ]
    told = browser.run(f"(() => {{ {sources('24-digest')} return {json.dumps(texts)}.map(digestOf); }})()")
    assert told == [hashlib.sha256(text.encode()).hexdigest()[:12] for text in texts]
