"""The page in a real browser, opened from disk: it runs, it needs nothing, hostile text stays text, keys work."""

from __future__ import annotations

import copy
import importlib
import json
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reports import ReportRefused, build
from reports.build import LARGEST, SIZE_LIMIT
from reports.columns import NOTHING
from reports.curves import drawable, pack_curves
from reports.matrix import default_quantities
from reports.tests import synthetic, synthetic_causes
from reports.tests.browser import Browser
from reports.tests.own_code import sources

pytestmark = pytest.mark.slow

Json = dict[str, Any]
PAYLOADS = [
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=2</script>",
    '"><img src=x onerror="window.pwned=3">',
    "'><svg onload=window.pwned=4>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnihtemos\u2066\u200b",
    "<!--<script>",
    "javascript:window.pwned=5",
]
FIXED = {"format", "format_version", "kind", "status", "severity", "dtype", "dtypes", "quantity", "bits", "condition"}
FIXED |= {
    "mechanism",
    "grade",
    "verdict",
    "safe",
    "findings",
    "linked",
    "causes",
    "mode",
    "coverage",
    "region",
    "law",
    "certificate",
    "blame",
    "id",
}


def fine(browser: Browser) -> None:
    """No exception, no console message, no policy violation, no banner."""
    assert browser.problems == []
    assert browser.run("document.getElementById('trouble').hidden") is True
    assert browser.run("document.documentElement.dataset.ready !== undefined") is True


@pytest.fixture(autouse=True)
def fresh(browser: Browser) -> None:
    browser.problems.clear()
    browser.requests.clear()
    browser.scripts(True)
    browser.dark(False)


def walk(browser: Browser) -> int:
    """Visit every view of the page by its address; the number of pages drawn."""
    return int(
        browser.run(
            f"(async () => {{ {sources('24-digest')}"
            + """
              // The page's own functions, which unpack before its script runs.
              const data = await CORE, findings = records((await part("findings")).findings);
              const idOf = (f) => f.id || digestOf(data.id_of.map((name) => f[name]).join("|"));
              const e = encodeURIComponent;
              const pages = ["matrix", "findings", "statistics", "laws", "coverage", "known", "guide", "reproduce",
                "pair", "pair/torch/paddle", "cause/nothing", "matrix?dtype=float64&figure=nats&rows=tanh",
                "matrix?dtype=float9&figure=none&columns=x",
                ...data.causes.map((c) => "cause/" + e(c.id)),
                ...data.subjects.map((s) => "subject/" + e(s.id)),
                ...data.subjects.map((s) => "subject/" + e(s.id) + "/float64/forward"),
                ...data.frameworks.map((f) => "framework/" + e(f.name)),
                ...findings.slice(0, 20).map((f) => "finding/" + e(idOf(f))),
                "findings?severity=grave&text=nan", "subject/nowhere", "framework/nobody", "finding/none",
                "subject/%E0%A4%A", "nonsense"];
              let drawn = 0;
              for (const page of pages) {
                location.hash = page;
                const asked = location.hash, until = performance.now() + 10000, root = document.documentElement;
                const waiting = () => page !== "nonsense" && root.dataset.shown !== asked;
                while (waiting() && performance.now() < until) await new Promise((done) => setTimeout(done, 5));
                if (waiting()) throw new Error("not drawn: " + page);
                if (document.querySelectorAll(".view.shown").length !== 1) throw new Error("nothing shown for " + page);
                drawn += 1;
              }
              return drawn;
            })()"""
        )
    )


def test_opens_from_disk_and_needs_nothing(browser: Browser, page: Path) -> None:
    assert page.stat().st_size < 5_000_000
    took = browser.open(page)
    fine(browser)
    assert took < 10
    assert [url for url in browser.requests if not url.startswith(("file:", "about:"))] == []
    assert len({url.split("#")[0] for url in browser.requests if url.startswith("file:")}) == 1
    own_text = re.sub(r'<script type="text/plain".*?</script>', "", page.read_text(encoding="utf-8"), flags=re.S)
    assert re.findall(r"url\(|@import|<link|\bsrc=|fetch\(|XMLHttpRequest|import\(", own_text) == []


def test_every_view_draws(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert walk(browser) > 80
    fine(browser)


def test_the_script_redraws_what_stands_there_without_it(browser: Browser, page: Path) -> None:
    read = """[...document.querySelectorAll('#matrix-table tbody tr')].map((row) =>
              [row.className, row.textContent.replace(/\\s+/g, ' ').trim(),
               ...[...row.querySelectorAll('td')].map((cell) => [cell.className, cell.firstElementChild.title,
               cell.firstElementChild.getAttribute('href')])])"""
    browser.open(page)
    before = browser.run(read)
    change = """(value) => { const box = document.querySelector('#matrix-controls select'); box.value = value;
                box.dispatchEvent(new Event('change')); }"""
    browser.run(f"({change})('float64')")
    assert browser.run(read) != before
    browser.run(f"({change})('float32')")
    after = browser.run(read)
    same = [[item.replace(" ", "") if isinstance(item, str) else item for item in row] for row in after]
    assert same == [[item.replace(" ", "") if isinstance(item, str) else item for item in row] for row in before]
    fine(browser)


def test_the_reference_is_the_attainable_column(browser: Browser, page: Path) -> None:
    read = """[...document.querySelectorAll('#matrix-table thead .group')].filter((each) =>
              each.querySelector('small').textContent.startsWith('attainable')).map((each) => each.dataset.framework)"""
    for scripts in (False, True):
        browser.scripts(scripts)
        browser.open(page)
        assert browser.run(read) == ["numpy"]


def test_works_without_scripts(browser: Browser, page: Path, run_pair: tuple[Json, Json]) -> None:
    browser.scripts(False)
    browser.open(page)
    shown = browser.run("document.body.innerText")
    assert "things to mend explain" in shown
    for told in (
        "Near 0 the log-determinant of tanh",
        "TanhTransform.log_abs_det_jacobian",
        "Three frameworks give",
        "2 log 2 - 2 |x|",
        "cache_size=1",
        "-9.99999994999999966666666499999e-9",
        "8.5 <= x <= 88.0",
        "lib.log1p is off by 2.64e+04 units in the last place at 0x1.0000000000000p-1",
        "The same kernel: ",
    ):
        assert told in shown, told
    assert "mindspore is not in the matrix. pip: no matching distribution" in shown
    assert "the policy of reinforcement learning" in shown
    assert "Without JavaScript" in shown
    assert browser.run("document.querySelectorAll('#matrix-table td b').length") > 200
    assert browser.run("document.querySelector('#matrix-controls').getClientRects().length") == 0
    assert browser.run("document.querySelectorAll('.findings-by-framework tbody tr').length") == 5


def test_coverage_is_a_table_with_and_without_scripts(browser: Browser, page: Path) -> None:
    heads = "[...document.querySelectorAll('table.coverage thead th')].map((each) => each.textContent)"
    rows = """[...document.querySelectorAll('table.coverage tbody tr')].map((row) =>
              [...row.cells].map((cell) => cell.textContent.trim()).join(' '))"""
    groups = """[...document.querySelectorAll('table.classes')[1].tBodies[0].rows].map((row) =>
                [...row.cells].map((cell) => cell.textContent.trim()).join(' | '))"""
    for scripts in (True, False):
        browser.scripts(scripts)
        browser.open(page, "#coverage")
        assert browser.run(heads) == [
            "framework",
            "kind",
            "classes",
            "covered",
            "uncovered",
            "out of scope",
            "undecided",
        ]
        told = browser.run(rows)
        assert "torch 2.13.0+cpu transforms 5 2 2 1 0" in told
        assert "torch distributions 2 1 0 0 1" in told
        assert len(told) == 6, "numpy and brax have no classes, mindspore did not start"
        assert browser.run(groups) == [
            "transforms covered | 2 | Tanh, Chain | ",
            "transforms uncovered | 2 | Sort, Ascending | needs a space of ordered vectors",
            "transforms out of scope | 1 | Transform | the abstract base",
            "distributions covered | 1 | Normal | ",
            "distributions undecided | 1 | Zeta | ",
        ]
        named = browser.run(
            """[...document.querySelectorAll('table.names tbody tr')].map((row) =>
               [...row.cells].map((cell) => cell.innerText.trim().split('\\n')[0]).join(' | '))"""
        )
        assert [row for row in named if row.startswith("tanh | y = ")], named
        assert "Tanh" in next(row for row in named if row.startswith("tanh | "))
        assert "| Affine(loc, scale) |" in next(row for row in named if row.startswith("affine | "))
        laws = browser.run(
            """[...document.querySelectorAll('details.names:not([open]) tbody tr')].map((row) =>
               [...row.cells].map((cell) => cell.textContent.trim()).join(' | '))"""
        )
        (law,) = [row for row in laws if row.startswith("normal")]
        assert "| Normal(loc, scale, flag=True) |" in law
        assert "| Normal(mean=loc, sd=scale)" in law
        assert browser.run("document.querySelectorAll('details.names').length") == 2
        assert browser.run("document.querySelector('table.coverage').getClientRects().length") == 1
        assert browser.run("document.querySelectorAll('.classes a[href=\"#subject/tanh\"]').length") == 3
    browser.scripts(True)
    browser.open(page, "#framework/tfp")
    told = browser.run("document.querySelector('.view.shown .definition').innerText")
    assert "2 of 5 transforms, 1 of 2 distributions" in told
    fine(browser)


@pytest.mark.parametrize("classes", [None, []])
def test_a_run_without_classes_says_so(
    classes: list[Json] | None, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    results, findings = small_pair
    for row in results["frameworks"]:
        if classes is None:
            del row["classes"]
        else:
            row["classes"] = classes
    page = build(*synthetic.write(tmp_path, results, findings), tmp_path / "index.html").out.read_text(encoding="utf-8")
    said = "was made by an earlier release of the suite" if classes is None else "No framework of this run has classes"
    assert said in page
    assert '<table class="plain coverage">' not in page


def poison(value: Any, counter: list[int], key: str = "") -> Any:
    """Every text that the formats leave free, extended by a payload."""
    if isinstance(value, dict):
        return {name: item if name in FIXED else poison(item, counter, name) for name, item in value.items()}
    if isinstance(value, list):
        return [poison(item, counter, key) for item in value]
    if isinstance(value, str) and value not in ("inf", "-inf", "nan") and not key.endswith("hex"):
        if key in ("framework", "subject", "name", "started", "mode", "modes", "device", "devices"):
            return value
        counter[0] += 1
        return value + PAYLOADS[counter[0] % len(PAYLOADS)]
    return value


@pytest.mark.parametrize("packed", [False, True], ids=["whole articles", "packed articles"])
def test_hostile_text_stays_text(
    packed: bool, browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results, findings = copy.deepcopy(small_pair)
    counter = [0]
    run = results["run"]
    causes = poison(synthetic_causes.document(results, findings), counter)
    results = poison(results, counter)
    findings = poison(findings, counter)
    results["run"] = findings["run"] = causes["run"] = {
        **run,
        "started": PAYLOADS[2],
        "profile": PAYLOADS[1],
        "arguments": PAYLOADS,
    }
    # Names too: of a framework, a mode and a subject. (Kinds of failure are a closed set, and refused before.)
    text = json.dumps([results, findings, causes])
    for name, payload in (
        ("paddle", PAYLOADS[0]),
        ("brax", PAYLOADS[2]),
        ("xla", PAYLOADS[5]),
    ):
        text = text.replace(json.dumps(name), json.dumps(payload))
    text = text.replace('"tanh"', json.dumps("tanh" + PAYLOADS[1]))
    results, findings, causes = json.loads(text)
    for finding in findings["findings"]:
        finding["known"] = {"reason": PAYLOADS[0], "link": PAYLOADS[7], "versions": PAYLOADS[5]}
    paths = synthetic.write(tmp_path, results, findings, causes)
    built = build(*paths, tmp_path / "index.html")
    while packed and "<i data-piece>" not in built.out.read_text(encoding="utf-8"):
        monkeypatch.setattr(importlib.import_module("reports.build"), "SIZE_LIMIT", built.size)
        built = build(*paths, tmp_path / "index.html")
    assert ("<i data-piece>" in built.out.read_text(encoding="utf-8")) == packed
    browser.open(built.out)
    assert walk(browser) > 20
    fine(browser)
    assert counter[0] > 500
    assert browser.run("window.pwned") is None
    assert browser.run("document.querySelectorAll('img, svg[onload], iframe, object').length") == 0
    assert browser.run("document.scripts.length") == 10
    assert browser.run("[...document.querySelectorAll('a')].every((a) => /^(#|https?:)/.test(a.getAttribute('href')))")
    assert browser.run("/[\\u202a-\\u202e\\u2066-\\u2069\\u200b]/.test(document.documentElement.textContent)") is False
    assert "<img src=x onerror=" in browser.run("document.querySelector('.facts').textContent")


def test_the_policy_stops_what_the_page_does_not_do(browser: Browser, page: Path) -> None:
    browser.open(page)
    blocked = browser.run("(() => { try { document.body.innerHTML = 'x'; } catch (error) { return error.name; } })()")
    assert blocked == "TypeError"
    policy = browser.run("document.querySelector('meta[http-equiv]').content")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_elements_are_made_safely(browser: Browser) -> None:
    source = (Path(build.__code__.co_filename).parent / "static" / "js" / "10-dom.js").read_text(encoding="utf-8")
    tried = browser.run(
        f"(() => {{ {source} return {json.dumps(PAYLOADS)}.map((payload) => {{"
        "try { el('a', { href: payload }); return 'made'; }"
        " catch { return el('p', {}, payload).children.length; } });})()"
    )
    assert tried == [0] * len(PAYLOADS)


def test_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    browser.run("document.querySelector('#matrix-table td a').focus()")
    place = "((cell) => [cell.parentNode.rowIndex, cell.cellIndex])(document.activeElement.closest('td, th'))"
    row, column = browser.run(place)
    browser.press("ArrowDown")
    browser.press("ArrowRight")
    assert browser.run(place) == [row + 1, column + 1]
    browser.press("ArrowUp")
    browser.press("ArrowLeft")
    browser.press("ArrowLeft")
    assert browser.run(place) == [row, 0]
    browser.press("ArrowRight")
    browser.press("Enter")
    assert browser.wait("location.hash.startsWith('#subject/')")
    assert browser.wait("document.querySelector('.view.shown').id === 'view-subject'")
    assert browser.run("document.querySelectorAll('.plot svg[role=img] .line').length") >= 1
    browser.run("document.querySelector('.plot svg[role=img]').focus()")
    browser.press("ArrowRight")
    assert "Inputs from" in browser.run("document.querySelector('.readout').textContent")
    fine(browser)


def test_coverage_by_keyboard_alone(browser: Browser, page: Path) -> None:
    browser.open(page, "#coverage")
    stops = """[...document.querySelectorAll('#view-coverage :is(a, summary, [tabindex])')].filter((each) =>
              each.tagName === 'SUMMARY' || each.closest('details:not([open])') === null)"""
    count = browser.run(f"{stops}.length")
    assert count > 10
    browser.run("document.getElementById('main').focus()")
    met = []
    for _ in range(count):
        browser.press("Tab")
        met.append(browser.run(f"{stops}.indexOf(document.activeElement)"))
    assert met == list(range(count))
    browser.press("Tab")
    assert browser.run("document.activeElement.closest('#view-coverage')") is None
    browser.run(f"{stops}.find((each) => each.hash === '#subject/tanh').focus()")
    browser.press("Enter")
    assert browser.wait("document.querySelector('.view.shown').id === 'view-subject'")
    fine(browser)


def test_a_cause_opens_by_its_address_though_it_comes_last(browser: Browser, page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.index('id="part-core"') < text.index("id=matrix-table") < text.index("<article")
    assert text.index('"use strict"') < text.index("<article")
    last = re.findall('<article[^>]* id="cause/([^"]*)"', text)[-1]
    # Much to read before the articles: the script is there long before them.
    slow = tmp_path / "slow.html"
    slow.write_text(text.replace("<article", "<i></i>" * 200_000 + "<article", 1), encoding="utf-8")
    browser.open(slow, f"#cause/{last}")
    shown = "[...document.querySelectorAll('article.cause')].filter((each) => each.getClientRects().length)"
    assert browser.run(f"{shown}.map((each) => each.id.slice(6))") == [last]
    assert browser.run(f"{shown}[0].querySelectorAll('.script button').length") > 0
    fine(browser)


def test_only_tables_scroll_sideways_on_a_narrow_window(browser: Browser, page: Path) -> None:
    try:
        browser.size(360, 800)
        browser.open(page)
        cause = browser.run("document.querySelector('article.cause').id.slice(6)")
        for view in ("matrix", "findings", "statistics", "laws", "coverage", "known", "guide", "reproduce",
                     "subject/tanh", "framework/torch", "pair/tfp/torch", f"cause/{cause}"):  # fmt: skip
            browser.visit(f"#{view}")
            assert browser.run("document.documentElement.scrollWidth") == 360, view
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_findings_filter_and_open(browser: Browser, page: Path, run_pair: tuple[Json, Json]) -> None:
    findings = run_pair[1]["findings"]
    wanted = [row for row in findings if row["severity"] == "grave" and row["framework"] == "tfp"]
    browser.open(page, "#findings?severity=grave&framework=tfp")
    assert browser.run("document.querySelector('.tally').textContent").startswith(f"{len(wanted)} of 600")
    browser.run("document.querySelector('.finding summary').click()")
    browser.run("new Promise((done) => setTimeout(done, 50))")
    body = browser.run("document.querySelector('.finding .body').textContent")
    for part in ("0x", "-9.99999994999999966666666499999e-9", "mpmath", "import torch", "ulp", "certified"):
        assert part in body
    assert browser.run("document.querySelectorAll('.finding .script button').length") == 1
    fine(browser)


def test_at_an_exact_zero_a_finding_tells_the_plain_distance(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    results, findings = copy.deepcopy(small_pair)
    for row, got in zip(findings["findings"], ("0.25", "nan"), strict=False):
        row["worst"] |= {"exact": "0", "got": got, "ulp": 7.1e44}
    page = build(*synthetic.write(tmp_path, results, findings), tmp_path / "index.html").out
    bodies = []
    for row in findings["findings"][:2]:
        browser.open(page, f"#finding/{row['id']}")
        browser.run("new Promise((done) => setTimeout(done, 50))")
        bodies.append(browser.run("document.querySelector('.finding .body').textContent"))
    assert "0.25 away from exactly 0" in bodies[0]
    assert "7.1e44" not in bodies[0]
    assert "7.1e44 ulp" in bodies[1]


def test_every_number_has_its_heading(browser: Browser, page: Path) -> None:
    browser.open(page, "#subject/tanh/float32/fldj")
    headless = """[...document.querySelectorAll('table')].filter((table) =>
      !table.tHead || [...table.tHead.querySelectorAll('th')].some((th) => !th.scope)
      || [...table.tBodies].some((body) => [...body.rows].some((row) => !row.querySelector('th[scope]')))).length"""
    assert browser.run(headless) == 0
    unnamed = """[...document.querySelectorAll('a, button, select, input')].filter((node) =>
      !(node.textContent.trim() || node.getAttribute('aria-label') || node.closest('label'))).length"""
    assert browser.run(unnamed) == 0


def test_a_promise_is_said_where_it_was_judged_by(browser: Browser, page: Path) -> None:
    told = {}
    for quantity in ("fldj", "forward"):
        browser.open(page, f"#subject/tanh/float32/{quantity}")
        told[quantity] = browser.run("document.body.innerText")
    assert told["fldj"].count(synthetic.PROMISE) >= 1
    assert "Judged by what the documentation promises" in told["fldj"]
    assert synthetic.PROMISE not in told["forward"]


def test_what_is_said_of_a_cell_that_was_judged_is_shown_once(browser: Browser, page: Path) -> None:
    """Such as which inputs are not asked, and why."""
    told = {}
    for quantity in ("inverse", "forward"):
        browser.open(page, f"#subject/tanh/float32/{quantity}")
        told[quantity] = browser.run("document.body.innerText")
    assert told["inverse"].count(synthetic.REMARK) == 1
    assert synthetic.REMARK not in told["forward"]


def test_the_same_run_gives_the_same_bytes(small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    paths = synthetic.write(tmp_path, *small_pair)
    pages = [build(*paths, tmp_path / name).out.read_bytes() for name in ("one.html", "two.html")]
    assert pages[0] == pages[1]


def test_what_was_asked_leanly_is_said(small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    written = synthetic.write(tmp_path, *small_pair)
    assert "asked less than the others" not in build(*written, tmp_path / "whole.html").out.read_text(encoding="utf-8")
    small_pair[0]["subjects"][0]["asked"] = "float32; eager; laws L01, L03"
    text = build(*synthetic.write(tmp_path, *small_pair), tmp_path / "lean.html").out.read_text(encoding="utf-8")
    assert (
        "1 of the transforms and distributions is asked less than the others, for float32; eager; laws L01, L03" in text
    )


def test_a_subject_of_which_no_value_was_asked_is_shown(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    """A run of few quantities may have laws of it alone. Its view stopped at the name of no quantity."""
    small_pair[0]["cells"] = [cell for cell in small_pair[0]["cells"] if cell["subject"] != "tanh"]
    browser.open(build(*synthetic.write(tmp_path, *small_pair), tmp_path / "page.html").out, "#subject/tanh")
    assert "This run asked for no value of it" in browser.run("document.getElementById('view-subject').textContent")
    assert "undefined" not in browser.run("document.getElementById('view-subject').textContent")
    fine(browser)


def test_page_and_script_show_the_same_quantity_first(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    """Where the usual one was not asked: the script's links and readings were those of another."""
    results = small_pair[0]
    results["cells"] = [cell for cell in results["cells"] if cell["quantity"] not in ("log_prob", "fldj")]
    browser.open(build(*synthetic.write(tmp_path, *small_pair), tmp_path / "page.html").out)
    asked = {kind: default_quantities(results)[kind] for kind in ("transform", "distribution")}
    code = f"(async () => {{ {sources('10-dom', '20-data')} return "
    first = "{transform: firstQuantity('transform'), distribution: firstQuantity('distribution')}; })()"
    assert browser.run(code + first) == asked


def test_without_a_picture_it_is_said_where_the_numbers_are(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Curves of subjects that are asked leanly are in results.json alone: there was one for every cell of a number."""
    shown = "document.querySelector('#view-subject .plot').textContent"
    written = synthetic.write(tmp_path, *small_pair)
    browser.open(build(*written, tmp_path / "whole.html").out, "#subject/tanh")
    assert browser.run("document.querySelectorAll('.plot svg[role=img] .line').length") >= 1
    subject = next(row for row in small_pair[0]["subjects"] if row["id"] == "tanh")
    subject["asked"] = "float32; eager; laws L01, L03"
    browser.open(build(*synthetic.write(tmp_path, *small_pair), tmp_path / "lean.html").out, "#subject/tanh")
    told = browser.run(shown)
    assert "No picture is drawn of further subjects" in told
    assert "No curve was recorded" not in told
    assert any(cell["curve"] for cell in small_pair[0]["cells"] if cell["subject"] == "tanh")
    assert browser.run("document.querySelectorAll('#view-subject table').length") >= 2
    subject["asked"] = ""
    limits, written = vars(importlib.import_module("reports.build")), synthetic.write(tmp_path, *small_pair)
    monkeypatch.setitem(limits, "SIZE_LIMIT", 1000)
    monkeypatch.setitem(limits, "LARGEST", 1001)
    with pytest.raises(ReportRefused) as refused:
        build(*written, tmp_path / "small.html")
    monkeypatch.setitem(limits, "LARGEST", int(str(refused.value).split(" bytes")[0].split()[-1]) + 1)
    browser.open(build(*written, tmp_path / "small.html").out, "#subject/tanh")
    assert "This page has no room for this curve" in browser.run(shown)
    fine(browser)


def test_hundreds_of_causes_hide_nothing_below_them(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path
) -> None:
    """The page of a framework with 375 was a hundred thousand pixels high on a phone."""
    document = synthetic_causes.document(*small_pair)
    one = next(cause for cause in document["causes"] if cause["framework"] == "torch")
    document["causes"] += [{**one, "id": f"{at:012x}", "findings": []} for at in range(30)]
    count = sum(cause["framework"] == "torch" for cause in document["causes"])
    browser.open(
        build(*synthetic.write(tmp_path, *small_pair, document), tmp_path / "index.html").out, "#framework/torch"
    )
    lists = "[...document.querySelectorAll('#view-framework ol.causes')]"
    assert browser.run(f"{lists}.map((list) => list.children.length)") == [20, count - 20]
    assert browser.run(f"{lists}.map((list) => list.start)") == [1, 21]
    assert browser.run(f"{lists}.map((list) => list.checkVisibility())") == [True, False]
    assert f"{count - 20} more" in browser.run("document.querySelector('#view-framework').textContent")
    fine(browser)


def test_what_is_left_out_is_said_in_one_place(browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    """Four paragraphs of it stood before anything that a reader came for."""
    small_pair[0]["subjects"][0]["asked"] = "float32; eager; laws L01, L03"
    browser.open(build(*synthetic.write(tmp_path, *small_pair), tmp_path / "index.html").out)
    told = "document.querySelector('#view-matrix details.note')"
    assert "asked less than the others" in browser.run(f"{told}.textContent")
    assert "asked less" not in browser.run("document.querySelector('#view-matrix').innerText")
    assert browser.run(f"(() => {{ {told}.open = true; return {told}.innerText; }})()").count("asked less") == 1


def test_a_tick_far_from_the_end_is_a_number_and_no_sum(browser: Browser) -> None:
    """Of the end -1 the tick at a distance of 1 said "-1+1"."""
    axis = {"centre": 0.2, "low": {"anchor": -1, "reach": 1e-7}, "high": {"anchor": 1, "reach": 1e-7}}
    code = sources("30-format", "40-ordinal", "42-axis")
    told = browser.run(
        f"(() => {{ {code} return closeAxis({json.dumps(axis)}).ticks(1e6).map((tick) => tick.text); }})()"
    )
    assert {"0", "−0.9", "0.9", "−1+10⁻²", "1−10⁻²"} <= set(told)
    assert not [text for text in told if text.endswith(("+1", "−1")) and text != "−1"]


def test_the_curves_most_asked_for_stay_as_far_as_there_is_room(
    browser: Browser, small_pair: tuple[Json, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole run lost all its curves for want of room for some of them."""
    results = small_pair[0]
    first, last = drawable(results)
    assert not {first, last} - {"tanh", "transformed(normal(loc=0.25,scale=1.5),tanh)"}
    other = {"id": "abs", "kind": "transform"}
    results["subjects"].append({**next(row for row in results["subjects"] if row["id"] == "tanh"), **other})
    for cell in [cell for cell in results["cells"] if (cell["subject"], cell["framework"]) == ("tanh", "torch")]:
        curve = cell["curve"] and {**cell["curve"], "bits": cell["curve"]["bits"][::-1]}
        results["cells"].insert(0, {**cell, "subject": "abs", "curve": curve})
    assert drawable(results) == [first, last, "abs"]  # Though it comes first in the run.
    kept = pack_curves(results, {first}, [last, "abs"])
    told = [mark != NOTHING for mark in kept["curves"]["columns"]["bits"]["at"]]
    assert told == [bool(cell["curve"]) and cell["subject"] == first for cell in results["cells"]]
    written = synthetic.write(tmp_path, *small_pair)
    limits = vars(importlib.import_module("reports.build"))
    monkeypatch.setitem(limits, "SIZE_LIMIT", 1000)
    monkeypatch.setitem(limits, "LARGEST", 1001)
    with pytest.raises(ReportRefused) as refused:
        build(*written, tmp_path / "small.html")
    size = int(str(refused.value).split(" bytes")[0].split()[-1])
    text = ""
    while "those of 2 transforms and distributions are here, those of 1 others" not in text:
        assert "This run has so many cells" in text or not text  # Before all of them fit.
        monkeypatch.setitem(limits, "LARGEST", size := size + 400)
        built = build(*written, tmp_path / "small.html")
        assert built.size < size
        text = built.out.read_text(encoding="utf-8")
    for subject, drawn in ((first, True), (last, True), ("abs", False)):
        browser.open(built.out, "#subject/" + quote(subject, safe=""))
        assert bool(browser.run("document.querySelectorAll('.plot svg[role=img] .line').length")) is drawn
        said = browser.run("document.querySelector('#view-subject .plot').textContent")
        assert ("This page has no room for this curve" in said) is not drawn
    fine(browser)


def test_too_many_findings_leave_their_scripts_out_and_say_so(small_pair: tuple[Json, Json], tmp_path: Path) -> None:
    results, findings = small_pair
    for at, row in enumerate(findings["findings"]):
        code = f"{at}\n" + random.Random(at).randbytes(450_000).hex()
        row["reproduction"] = {"code": code, "printed": "nan", "confirmed": True}
    paths = synthetic.write(tmp_path, results, findings)
    built = build(*paths, tmp_path / "index.html")
    assert built.size < SIZE_LIMIT
    assert built.details_left_out == 5
    assert "scripts of the 5 least grave findings" in built.out.read_text(encoding="utf-8")


def test_a_run_that_is_too_large_without_its_scripts_keeps_them_up_to_a_larger_limit(
    small_pair: tuple[Json, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = vars(importlib.import_module("reports.build"))
    paths = synthetic.write(tmp_path, *small_pair)
    whole = build(*paths, tmp_path / "whole.html")
    monkeypatch.setitem(limits, "SIZE_LIMIT", 1000)
    kept = build(*paths, tmp_path / "kept.html")
    assert kept.size <= whole.size  # Why a statistic is not offered stands there too, once the script has run.
    assert kept.details_left_out == 0
    monkeypatch.setitem(limits, "LARGEST", kept.size)
    assert build(*paths, tmp_path / "less.html").details_left_out > 0
    monkeypatch.setitem(limits, "LARGEST", 1001)
    with pytest.raises(ReportRefused, match="the limit is 1001: compare fewer cells"):
        build(*paths, tmp_path / "none.html")
    assert not (tmp_path / "none.html").exists()


@pytest.mark.parametrize("folder", [Path(__file__).resolve().parents[1] / "out"])
def test_a_real_run_where_one_lies_in_the_output_folder(folder: Path, browser: Browser, tmp_path: Path) -> None:
    results, findings = folder / "results.json", folder / "findings.json"
    if not (results.exists() and findings.exists()):
        pytest.skip("no comparison has been run here yet: reports/out holds no results")
    built = build(results, findings, tmp_path / "index.html")
    assert built.size < LARGEST
    browser.open(built.out)
    walk(browser)
    fine(browser)
