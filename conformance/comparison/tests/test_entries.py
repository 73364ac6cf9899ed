"""What the results say of subjects, and of the maps and laws that they are made of."""

from __future__ import annotations

from conformance.comparison.run import part_entries, subject_entry
from conformance.definitions.catalogue import CATALOGUE


def test_of_what_subjects_are_made_of_the_same_is_said_as_of_subjects() -> None:
    subjects = [
        "transformed(normal(loc=0.25,scale=1.5),exp)",
        "exp",
        "pair(dirichlet(concentration=[1.5,2.5,0.75]),dirichlet(concentration=[0.5,4.0,1.25]))",
        "independent(normal(loc=[0.25,-1.5,0.75],scale=[1.5,0.625,2.5]),ndims=1.0)",
    ]
    found = list(part_entries(subjects))
    assert [one.id for one in found] == [
        *("normal(loc=0.25,scale=1.5)", "dirichlet(concentration=[1.5,2.5,0.75])"),
        "dirichlet(concentration=[0.5,4.0,1.25])",
    ], "no subject again, and no batch, which is no law"
    assert found == [subject_entry(one.id) for one in found]
    assert (found[0].kind, found[0].domain, found[0].base_measure) == ("distribution", "(-inf, inf)", "Lebesgue")
    assert found[1].base_measure == "Lebesgue on the first n coordinates"


def test_every_part_of_the_catalogue_has_an_entry_or_is_a_batch() -> None:
    ids = {one.id for one in part_entries(list(CATALOGUE))}
    assert {"normal(loc=0.25,scale=1.5)", "exponential(rate=1.5)", "affine(loc=0.5,scale=2.0)"} <= ids
    assert not ids & set(CATALOGUE)


def test_what_a_definition_leaves_open_is_said() -> None:
    told = {subject: subject_entry(subject).left_open for subject in CATALOGUE}
    assert told["pert(low=-1.0,high=3.0,peak=0.5,temperature=4.0)"] == ["nan is as right as a density of 0 outside"]
    assert told["von_mises(concentration=2.5,loc=0.75)"] == [
        "an angle: its support is one turn, whose ends are no floats"
    ]
    uniform = "transformed(uniform(low=-0.5,high=1.5),affine(loc=0.75,scale=-2.5))"
    assert told[uniform] == ["next to -3 and 2, where a uniform base ends, 0 is as right as the density"]
    assert told["transformed(normal(loc=0.25,scale=1.5),exp)"] == told["tanh"] == []
