from pathlib import Path

import pytest

from conformance.oracle.kept import sources
from conformance.rooms import PACKAGE

MODULES = (
    "definitions/registry",
    "definitions/distributions/definition",
    "definitions/transforms/cdfs",
    "floats/formats",
    "oracle/pointwise/jets",
    "oracle/piecewise/eval",
    "oracle/opinion/mp_numbers",
    "oracle/statistics/truth",
    "oracle/weights/moments",
    "oracle/oracle",
    "laws/case",
)


@pytest.mark.parametrize(
    ("rooms", "covered"),
    [
        (
            sources.TRUTH,
            {
                "definitions/registry",
                "definitions/distributions/definition",
                "definitions/transforms/cdfs",
                "floats/formats",
                "oracle/pointwise/jets",
                "oracle/piecewise/eval",
            },
        ),
        (
            sources.OPINION,
            {
                "definitions/registry",
                "definitions/distributions/definition",
                "definitions/transforms/cdfs",
                "floats/formats",
                "oracle/opinion/mp_numbers",
            },
        ),
        (
            sources.STATISTICS,
            {
                "definitions/registry",
                "definitions/distributions/definition",
                "definitions/transforms/cdfs",
                "floats/formats",
                "oracle/pointwise/jets",
                "oracle/statistics/truth",
                "oracle/weights/moments",
            },
        ),
    ],
    ids=["truth", "opinion", "statistics"],
)
def test_a_digest_follows_the_modules_that_its_values_come_from_and_no_others(
    rooms: tuple[str, ...], covered: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "conformance"
    ground = [tmp_path / "adapters" / "interface" / f"{name}.py" for name in ("spec", "quantities")]
    for path in (*(package / f"{name}.py" for name in MODULES), *ground):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one")
    monkeypatch.setattr(sources, "PACKAGE", package)

    def digest() -> str:
        sources.source_digest.cache_clear()
        return sources.source_digest(rooms)

    try:
        before = digest()
        for name in MODULES:
            path = package / f"{name}.py"
            path.write_text("two")
            assert (digest() != before) == (name in covered), name
            path.write_text("one")
        for path in ground:
            path.write_text("two")
            assert digest() != before, path
            path.write_text("one")
    finally:
        sources.source_digest.cache_clear()


def test_every_room_of_a_digest_is_there() -> None:
    """A room that was renamed would fall out of the digest without a word."""
    for room in {*sources.TRUTH, *sources.OPINION, *sources.STATISTICS}:
        assert list((PACKAGE / room).glob("*.py")), room
