"""Print one run as one self-contained page."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from conformance.actions.records import ActionsDocument
from conformance.causes.markdown import kernel_text, nowhere
from conformance.causes.records import CausesDocument
from conformance.findings.names import elided
from reports import causes, coverage, matrix, names, summary
from reports.articles import Article, Articles, Kept
from reports.compare import Comparison, compare
from reports.curves import drawable, pack_curves
from reports.load import Loaded, load
from reports.load_causes import load_causes, worst_first
from reports.numbers import FORMATS, grouped, percent, shortened
from reports.pack import parts, squeezed
from reports.pack_findings import pack_findings
from reports.policies import FILE, load_policies, policies
from reports.refusal import ReportRefused
from reports.spare import spare
from reports.summary import ReportSummary
from reports.text import fragment, program
from reports.trees import pack_trees
from reports.verdict import TOLD
from reports.versions import beside, install_line
from reports.vocabulary import API, in_words, names_of

HERE = Path(__file__).resolve().parent
SIZE_LIMIT = 5_000_000
LARGEST = 10_000_000
"""The limit of a page whose cells and causes alone take more than SIZE_LIMIT."""

Json = dict[str, Any]


def build(
    results_path: str | os.PathLike[str],
    findings_path: str | os.PathLike[str],
    out_path: str | os.PathLike[str],
    *,
    causes_path: str | os.PathLike[str] | None = None,
    against: str | os.PathLike[str] | None = None,
    allow_changed_cells: bool = False,
) -> ReportSummary:
    """Write ONE html file that needs nothing else, atomically, and return what it holds.

    It has under 5 MB where the cells allow it, and never over 10.

    ``causes_path`` is causes.json beside findings.json unless named. Where there is no such file the page is printed
    without causes and says how to get them; likewise actions.json beside it. The same input files give the same bytes.
    Raises ReportRefused (ACCEPTANCE A19), and leaves ``out_path`` as it was, when a file is malformed, when the files
    come from different runs, when a ready framework scored nothing, or when ``against`` (an earlier results.json) has
    other cells and ``allow_changed_cells`` is false.
    """
    loaded = load(Path(results_path), Path(findings_path))
    document = load_causes(Path(causes_path or Path(findings_path).with_name("causes.json")), loaded)
    actions = load_policies(Path(findings_path).with_name(FILE))
    comparison = compare(loaded.results, Path(against), allow_changed_cells) if against is not None else None
    page, left_out = _under_the_limit(loaded, document, actions, comparison)
    out = Path(out_path)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = out.with_name(f".{out.name}.{os.getpid()}.part")
        beside.write_bytes(page)
        beside.replace(out)
    except OSError as error:
        raise ReportRefused(f"{out} cannot be written: {error.strerror or error}") from None
    cells = loaded.results["cells"]
    return ReportSummary(
        out=out,
        size=len(page),
        cells=len(cells),
        scored=sum(cell["status"] == "scored" for cell in cells),
        findings=summary.severities(loaded.findings),
        frameworks={row["name"]: row["status"] for row in loaded.results["frameworks"]},
        details_left_out=left_out,
        improvements=len(comparison.improvements) if comparison else None,
        regressions=len(comparison.regressions) if comparison else None,
    )


def _under_the_limit(
    loaded: Loaded, document: CausesDocument | None, actions: ActionsDocument | None, comparison: Comparison | None
) -> tuple[bytes, int]:
    """The page, and how many findings (the least grave ones) had to leave their scripts in findings.json.

    First to go are the lower parts of the least grave causes' articles, why a statistic is not offered and, in the
    matrix, addresses and readings of its entries, then all but
    the articles' titles, then these, which the list of causes has too; the page's script has all of it all the same.
    Where that is not enough scripts of findings stay in findings.json, then curves of the plots in results.json, of the
    subjects least asked about first. The page says what is left out. A run that has more than SIZE_LIMIT without these
    keeps them, up to LARGEST.
    """
    whole = len(loaded.findings)
    articles = _articles(document)
    subjects = drawable(loaded.results)
    template, context = _environment().get_template("page.html.j2"), _context(loaded, document, actions, comparison)
    said = {cause.id: causes.told_of(cause) for cause in causes.alike(document)} if document else {}
    findings = pack_findings(loaded, document)
    everything = {name: squeezed(part) for name, part in parts(loaded, document, findings).items()}

    @cache
    def packed(articles: Articles) -> str:
        return squeezed(pack_trees(articles.packed(), said))

    def page(
        data: dict[str, str], articles: Articles, left_out: int = 0, undrawn: int = 0, roomy: bool = False
    ) -> bytes:
        # The characters of a part mean nothing in markup (reports/dense.py); quotes would come out as entities.
        marked = {name: Markup(part) for name, part in data.items()}
        marked["articles"] = Markup(packed(articles))
        shown = {"data": marked, "articles": articles, "left_out": left_out, "roomy": roomy}
        shown |= {"undrawn": undrawn, "drawable": len(subjects)}
        return spare(template.render(**context, **shown)).encode("utf-8")

    found = page(everything, articles, roomy=True)
    if len(found) < SIZE_LIMIT:
        return found, 0
    for heads in map(articles.keeping, get_args(Kept)):
        found = page(everything, heads)
        if len(found) < SIZE_LIMIT:
            # What is whole is packed no more, so that this page is as large as the room says, or a little less.
            fitting = page(everything, heads.fitting(SIZE_LIMIT - 1 - len(found)))
            return (fitting if len(fitting) < SIZE_LIMIT else found), 0
    # Before scripts are left out: a run that is too large without them keeps them.
    bare = {**everything, "findings": squeezed(findings.with_scripts(0))}

    def drawn(count: int) -> bytes:
        curves = pack_curves(loaded.results, frozenset(subjects[:count]), subjects[count:])
        return page({**bare, "curves": squeezed(curves)}, heads, whole, len(subjects) - count)

    least = drawn(0)
    limit = SIZE_LIMIT if len(least) < SIZE_LIMIT else LARGEST
    if len(least) >= limit:
        raise ReportRefused(f"the page would have {len(least)} bytes; the limit is {limit}: compare fewer cells")

    def scripted(details: int) -> bytes:
        some = {**everything, "findings": squeezed(findings.with_scripts(details))}
        return page(some, heads, whole - details)

    if len(found) < limit:
        return found, 0
    unscripted = scripted(0)
    if len(unscripted) >= limit:
        return _most(drawn, len(subjects), least, limit)[0], whole
    found, details = _most(scripted, whole, unscripted, limit, max(1, whole // 16))
    return found, whole - details


def _most(made: Callable[[int], bytes], beyond: int, least: bytes, limit: int, nearly: int = 1) -> tuple[bytes, int]:
    """The largest page under the limit that ``made`` makes of fewer than ``beyond``, to within ``nearly`` of them, and
    of how many; the least is ``made(0)``."""
    count, found = 0, least
    while beyond - count > nearly:
        middle = (count + beyond) // 2
        tried = made(middle)
        if len(tried) < limit:
            count, found = middle, tried
        else:
            beyond = middle
    return found, count


@cache
def _environment() -> Environment:
    # Kept with its compiled templates: a page that meets its limit is made several times over.
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"grouped": grouped, "percent": percent, "label": causes.label, "short": shortened}
    environment.filters |= {
        "in_words": in_words,
        "names_of": names_of,
        "program": program,
        "fragment": lambda text, view: fragment(view, text),
        "elided": elided,
    }
    return environment


def _articles(document: CausesDocument | None) -> Articles:
    """Every cause's, whole."""
    if document is None:
        return Articles((), (), 0)
    template = _environment().get_template("cause.html.j2")
    shared = {
        "causes_by_id": causes.links(document),
        "places": causes.places,
        "kernel_text": kernel_text,
        "nowhere": nowhere,
        "address": fragment,
        "thread": causes.thread,
    }
    made = [Article(cause.id, template.render(cause=cause, **shared)) for cause in document.causes]
    return Articles(made, [cause.id for cause in worst_first(document.causes)], len(made))


def _joined(folder: str) -> str:
    """The files of a static folder in the order of their names."""
    paths = sorted((HERE / "static" / folder).iterdir())
    return "\n".join(path.read_text(encoding="utf-8").strip() for path in paths) + "\n"


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _context(
    loaded: Loaded, document: CausesDocument | None, actions: ActionsDocument | None, comparison: Comparison | None
) -> Json:
    """What the page's template shows of a run, whatever has to be left out of it."""
    style = "\n" + _joined("css")
    early, unpack = "\n" + _joined("early"), "\n" + _joined("unpack")
    script = '\n"use strict";\n(async () => {\n' + _joined("js") + "})();\n"
    dtype = matrix.default_dtype(loaded.results)
    scripts = " ".join(map(_digest, (early, unpack, script)))
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return {
        "policy": policy,
        "style": Markup(style),
        "early": Markup(early),
        "unpack": Markup(unpack),
        "script": Markup(script),
        "run": summary.run_facts(loaded.run),
        "head": summary.headline(loaded),
        "frameworks": summary.frameworks(loaded),
        "columns": matrix.columns(loaded.results),
        "column_groups": matrix.column_groups(matrix.columns(loaded.results)),
        "dtype": dtype,
        "dtypes": [name for name in FORMATS if any(cell["dtype"] == name for cell in loaded.results["cells"])],
        "quantities": matrix.default_quantities(loaded.results),
        "transforms": matrix.rows(loaded.results, "transform", dtype, document),
        "distributions": matrix.rows(loaded.results, "distribution", dtype, document),
        "told": TOLD,
        "api": API,
        "install": [
            (row["name"], install_line(row.get("packages") or {}), beside(row.get("packages") or {}))
            for row in loaded.results["frameworks"]
            if row["status"] == "ready"
        ],
        "document": document,
        "groups": causes.groups(document, loaded) if document else [],
        "question": causes.question(document, loaded),
        "statistics": summary.statistics(loaded, dtype),
        "laws": summary.laws(loaded),
        "coverage": coverage.coverage(loaded),
        "coverage_known": coverage.known(loaded),
        "policies": policies(actions),
        "names": names.names(loaded),
        "comparison": comparison,
    }
