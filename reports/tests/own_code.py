"""The page's own scripts, evaluated beside the page, since what stands inside its one function is out of reach."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reports import build
from reports.tests.browser import Browser

Json = dict[str, Any]
STATIC = Path(build.__code__.co_filename).parent / "static"


def sources(*names: str) -> str:
    """The scripts of these names, in this order."""
    return "\n".join(next(STATIC.glob(f"*/{name}.js")).read_text(encoding="utf-8") for name in names)


def unpacked(browser: Browser, page: Path) -> Json:
    """Cells, findings, curves, laws, verdicts and issues as the page's own code unpacks them."""
    browser.scripts(True)
    browser.open(page)
    code = sources("10-dom", "20-data", "22-parts", "24-digest", "25-derived", "30-format", "40-ordinal", "68-causes")
    told = browser.run(
        f"""(async () => {{ "use strict"; {code}
        await needed(["details", "laws", "findings", "curves", "issues", "articles"]);
        for (const cell of CELLS) {{
          for (const region of Object.values(cell.regions)) region.worst_input_hex = regionHex(cell, region);
          cell.worst_input_hex = hexOf(cell.worst_input_hex, cell.worst_input, cell.dtype);
          const safe = cell.safe_range;
          for (const end of safe ? ["low", "high"] : []) {{
            safe[end + "_hex"] = hexOf(safe[end + "_hex"], safe[end], "float64");
          }}
        }}
        const issues = Object.fromEntries([...document.querySelectorAll("article.cause")].map((article) => {{
          const id = decodeURIComponent(article.id.slice(6));
          completeArticle(article, id);
          return [id, issueText(article, id)]; }}));
        for (const finding of FINDINGS) {{ completed(finding); finding.code = codeOf(finding); }}
        const curves = CELLS.map(curveOf);
        return JSON.stringify({{ issues, curves, CELLS, FINDINGS, LAW_RESULTS, VERDICTS }}); }})()"""
    )
    return dict(json.loads(told))
