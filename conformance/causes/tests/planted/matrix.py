"""The matrix of planted defects: what is told of each (ACCEPTANCE A30).

``python -m conformance.causes.tests.planted.matrix`` prints it, and with ``--write`` keeps it as planted.json, which
every ``causes.json`` and the report carry; a test fails where the kept one is not what is found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.causes.collecting import Collected, collect
from conformance.causes.drafts import Draft
from conformance.causes.investigation import drafts_for
from conformance.causes.kernels import kernel_of
from conformance.causes.planted import KEPT, read_planted, write_planted
from conformance.causes.records import Kernel, Planted
from conformance.causes.tests.planted.adapter import Adapter, Plant
from conformance.causes.tests.planted.defects import PLANTS
from conformance.causes.tracing import AskerFor
from conformance.judging.cases import build_case
from conformance.judging.profile import Profile
from conformance.laws.registry import LAWS
from conformance.oracle.oracle import Oracle
from conformance.tests.in_process import InProcess
from conformance.tests.reference_answers import ReferenceAnswers

PROFILE = Profile("planted", 64, "as many points as the quick profile draws")
SEED = 1
_AXES = {"framework": "planted", "version": "1.0", "device": "cpu"}


def told_of(plant: Plant | None, subjects: Iterable[str], oracle: Oracle, answers: ReferenceAnswers) -> list[Draft]:
    """The drafts of causes for the stand-in with this defect, from every law on the subjects, in the dtypes that it is
    looked for in; without a defect in those that any is looked for in there."""
    plants, subjects = PLANTS.values() if plant is None else [plant], list(subjects)
    near = [each for each in plants if plant is not None or set(each.subjects) & set(subjects)]
    dtypes = list(dict.fromkeys(dtype for each in near for dtype in each.dtypes))
    return _told(InProcess(lambda: Adapter(plant, answers=answers)), subjects, oracle, dtypes)[0]


def kernel_under(plant: Plant, oracle: Oracle, answers: ReferenceAnswers) -> Kernel | None:
    """The kernel that is shown under the one cause that the first subject of the stand-in with this defect has."""
    framework = InProcess(lambda: Adapter(plant, answers=answers))
    (draft,), asker_for = _told(framework, plant.subjects[:1], oracle, plant.dtypes)
    return kernel_of(draft, framework, asker_for, {})


def _told(
    framework: InProcess, subjects: Iterable[str], oracle: Oracle, dtypes: Sequence[str]
) -> tuple[list[Draft], AskerFor]:
    collected = Collected()
    for subject in subjects:
        for dtype in dtypes:
            case = build_case(framework, oracle, subject, dtype, "eager", PROFILE, SEED)
            collect(case, tuple(LAWS), _AXES, oracle, collected)
    return drafts_for(framework, oracle, "planted", collected.suspects, collected.lines, {}, SEED)


def row_of(plant: Plant, oracle: Oracle, answers: ReferenceAnswers) -> Planted:
    """One row of the matrix."""
    drafts = told_of(plant, plant.subjects, oracle, answers)
    return Planted(
        name=plant.name,
        about=plant.about,
        component=plant.component,
        mechanism=plant.mechanisms[0],  # type: ignore[arg-type]
        found=sorted(f"{draft.component}: {draft.mechanism}" for draft in drafts),
        caught=len(drafts) == 1 and drafts[0].component == plant.component and drafts[0].mechanism in plant.mechanisms,
    )


def subjects_of(plants: Iterable[Plant]) -> list[str]:
    """Every subject that some defect is looked for in."""
    return list(dict.fromkeys(subject for plant in plants for subject in plant.subjects))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the matrix; 1 where a defect is missed, split or misplaced."""
    parser = argparse.ArgumentParser(prog="python -m conformance.causes.tests.planted.matrix", description=__doc__)
    parser.add_argument("names", nargs="*", help="defects; all by default")
    parser.add_argument("--write", action="store_true", help=f"keep the matrix in {KEPT.name}")
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        oracle, answers = Oracle(Path(folder)), ReferenceAnswers()
        for name in options.names or PLANTS:
            rows.append(row_of(PLANTS[name], oracle, answers))
            print(f"{'caught' if rows[-1].caught else 'MISSED'}  {name}: {', '.join(rows[-1].found) or 'nothing'}")
    if options.write and not options.names:
        write_planted(rows)
    return int(not all(row.caught for row in rows))


__all__ = ["kernel_under", "read_planted", "row_of", "subjects_of", "told_of"]

if __name__ == "__main__":
    sys.exit(main())
