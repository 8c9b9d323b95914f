"""A run of many sites seen by unit: sums agree with the sites', and the report shows units first."""

import numpy as np
import pytest
from benchmarks.made_nation import make_nation

import caravana as cv
from caravana.results.by_unit.run import UnitRun, in_units
from caravana.results.by_unit.scenario import by_unit, units_of
from caravana.results.by_unit.sites import sites_on


@pytest.fixture(scope="module")
def nation():
    return make_nation(places=400, links=1_000, sites=130, districts=12, days=40, origin=20, people=100_000)


@pytest.fixture(scope="module")
def run(nation, tmp_path_factory):
    return cv.simulate(nation, members=8, workers=1, out=tmp_path_factory.mktemp("nation") / "run")


def test_people_of_a_unit_are_those_of_its_sites(run):
    shown = in_units(run)
    assert isinstance(shown, UnitRun)
    assert in_units(shown) is shown
    whole = "SELECT member, day, sum(persons) AS n FROM people GROUP BY ALL ORDER BY ALL"
    assert shown.query(whole).equals(run.query(whole))
    unit = shown.query("SELECT DISTINCT place FROM people ORDER BY place")["place"][0]
    sites = [site for site, of in shown.units.items() if of == unit]
    names = ", ".join(f"'{site}'" for site in sites)
    ours = shown.query(
        f"SELECT member, day, sum(persons) AS n FROM people WHERE place = '{unit}' GROUP BY ALL ORDER BY ALL"
    )
    theirs = run.query(
        f"SELECT member, day, sum(persons) AS n FROM people WHERE place IN ({names}) GROUP BY ALL ORDER BY ALL"
    )
    assert len(ours)
    assert ours.equals(theirs)


def test_a_unit_has_the_room_the_people_and_the_counts_of_its_places(nation):
    units = units_of(nation)
    shown = by_unit(nation, units)
    assert sum(p.capacity or 0 for p in shown.places) == sum(p.capacity or 0 for p in nation.places)
    assert sum(p.population or 0 for p in shown.places) == sum(p.population or 0 for p in nation.places)
    first = [o for o in nation.observations if o.date == nation.start]
    assert sum(o.low for o in shown.observations if o.date == nation.start) == sum(o.low for o in first)
    assert {place.kind for place in shown.places if place.id.endswith("_sites")} == {"camp"}


def test_a_site_counted_on_another_day_is_still_counted_in_its_unit(nation):
    site = next(o for o in nation.observations if o.low and (o.date - nation.start).days == 28)
    without = nation.model_copy(
        update={
            "observations": tuple(o for o in nation.observations if o.place_id == site.place_id or o.date != site.date)
        }
    )
    units = units_of(nation)
    unit = units[site.place_id]
    (shown,) = [o for o in by_unit(without, units).observations if o.place_id == unit and o.date == site.date]
    before = {}
    for o in without.observations:
        if units[o.place_id] == unit and o.date <= site.date:
            before[o.place_id] = o.low
    assert shown.low == sum(before.values()) > site.low


def test_few_sites_are_shown_one_by_one(nation):
    few = nation.model_copy(update={"places": nation.places[:100], "observations": ()})
    assert units_of(few) == {}


def test_every_site_is_told_on_request_with_its_quantiles(run):
    shown = in_units(run)
    day = run.days[30].date()
    told = sites_on(shown, day)
    assert len(told) == 130
    assert [site.unit for site in told] == sorted(site.unit for site in told)
    most = max(told, key=lambda site: site.middle)
    place = next(p.id for p in run.scenario.places if p.name == most.name)
    values = run.query(f"SELECT persons FROM people WHERE place = '{place}' AND day = DATE '{day}'")["persons"]
    assert most.low == np.sort(values)[0]
    assert most.high == np.sort(values)[-1]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_shows_units_first_and_sites_folded(run, language):
    page = cv.write_report(run, path=run.path / f"{language}.html", language=language).read_text(encoding="utf-8")
    assert page.count("<details><summary>District ") == 12
    assert page.count('id="camp-') <= 13
    assert all(f">Site {place.id[1:]}</th>" in page for place in run.scenario.places if place.kind == "idpcamp")
    assert {"en": "Site by site", "es": "Sitio por sitio"}[language] in page
