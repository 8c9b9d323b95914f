"""Counts of a table as assessments: of places by code, of areas by name, and what is neither."""

import datetime as dt

from caravana.importers.counts.assessments import with_assessments
from caravana.importers.counts.reading import read_counts
from caravana.scenario.checks.whole import check_scenario
from caravana.scenario.model import Link, PartyKind, Place, Scenario


def test_codes_are_of_places_names_of_areas_first_and_nothing_is_lost(tmp_path):
    places = (
        Place(id="a", name="Sur", state="Norte", country="Home", pcode="HM01", kind="conflict_zone", population=9),
        Place(id="b", name="Mill", state="Sur", country="Home", pcode="HM02"),
    )
    scenario = Scenario(
        name="x", title="X", start=dt.date(2022, 2, 1), end=dt.date(2022, 5, 1), rules="walk", places=places,
        links=(Link(from_id="a", to_id="b", km=40),), kinds=(PartyKind(id="person", men=1, share=1.0),),
    )  # fmt: skip
    path = tmp_path / "tracked.csv"
    path.write_text(
        "pcode,place,date,persons\nHM02,Anything,2022-03-01,50\n,SUR,2022-03-01,70\n,mill,2022-03-01,8\n"
        ",home,2022-03-01,900\n,Nowhere,2022-03-01,5\n"
    )
    assessed, unknown = with_assessments(scenario, read_counts(path, keep=False))
    assert {(one.place_id, one.area, one.low) for one in assessed.observations} == {
        ("b", "", 50), (None, "Sur", 70), ("b", "", 8), (None, "Home", 900),
    }  # fmt: skip
    assert unknown == ("Nowhere",)
    assert len({one.id for one in assessed.observations}) == 4
    assert check_scenario(assessed, declared_by={}) == []
    again, _ = with_assessments(assessed, read_counts(path, keep=False))
    assert len({one.id for one in again.observations}) == 8
    assert again.sources == assessed.sources
