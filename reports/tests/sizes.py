"""What the bytes of the least page of a run are: ``python -m reports.tests.sizes FOLDER``.

FOLDER holds results.json, findings.json and, where there is one, causes.json. The least page has no curve, no script of
a finding and of no cause's article anything but its place: what is above it is a matter of the room that is left.
"""

from __future__ import annotations

import argparse
import importlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from reports import ReportRefused, build

KINDS = {
    "style": r"<style>.*?</style>",
    "scripts": r"<script>.*?</script>",
    "matrix": r'<table class="?matrix"?.*?</table>',
    "list of causes": r"<ol class=\"?causes\"?.*?</ol>",
    "statistics": r'<table class="plain statistics".*?</table>',
    "articles": r"<article.*?</article>",
    "coverage": r'<section class="?view"? id="?coverage"?.*?</section>',
    "how we know": r'<section class="?view"? id="?known"?.*?</section>',
}
PACKED = r'<script type="text/plain" id="part-{}">.*?</script>'


def least_page(folder: Path, out: Path) -> str:
    """The smallest page that would still be written, however small it is. The report's own limits stay as they are."""
    module = importlib.import_module("reports.build")
    given = folder / "results.json", folder / "findings.json", out
    with patch.multiple(module, SIZE_LIMIT=1000, LARGEST=1001):
        try:
            build(*given)
        except ReportRefused as refused:
            found = re.search(r"would have (\d+) bytes", str(refused))
            if found is None:
                raise
            with patch.object(module, "LARGEST", int(found[1]) + 1):
                build(*given)
    return out.read_text(encoding="utf-8")


def sizes(page: str) -> dict[str, int]:
    """Bytes by kind; what is of no kind last."""
    patterns = {f"packed: {name}": PACKED.format(name) for name in re.findall(r'id="part-(\w+)"', page)} | KINDS
    made = {}
    for kind, pattern in patterns.items():
        found = re.compile(pattern, re.DOTALL)
        made[kind] = sum(len(each.encode()) for each in found.findall(page))
        page = found.sub("", page)
    return made | {"other": len(page.encode())}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print each kind, and the whole. SystemExit of 2, with one line, where there is no such run."""
    parser = argparse.ArgumentParser(prog="python -m reports.tests.sizes", description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            made = sizes(least_page(given.folder, Path(folder) / "index.html"))
    except ReportRefused as refused:
        parser.exit(2, f"{parser.prog}: {refused}\n")
    for kind, size in [*made.items(), ("all", sum(made.values()))]:
        print(f"{kind:20}{size:10,}")


if __name__ == "__main__":
    main()
