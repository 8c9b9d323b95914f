"""Faults that need more than one row to see, each told with its file, line and column."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.made.small_folder import TEXTS

from caravana.models.scenarios import check_scenario, load_scenario, read_scenario
from caravana.scenario.checks import whole

TOML = "scenario.toml"
INSIDE = "expected a date within the scenario (2021-10-23 to 2021-11-30)"
BASIS = "the id of a claim, source, observation or event, or the word assumption"

# (file, old, new, fault); "@" in the fault stands for the line of the change.
CASES = [
    # ids used twice
    ("places.csv", "c,Charlie", "a,Charlie", "@, column id: 'a' — expected an id used once; this one is also in place"),
    ("claims.csv", "claim-2,,", "claim-1,,", "@, column id: 'claim-1' — expected an id used once; this one is also in"),
    ("sources.csv", "src-1,", "claim-1,", "id: 'claim-1' — expected an id used once; this one is also in claims.csv l"),
    (TOML, 'id = "second"', 'id = "first"', "@, key caravans.id: 'first' — expected an id used once"),
    (TOML, 'id = "second"', 'id = "c"', "@, key caravans.id: 'c' — expected an id used once; this one is also in plac"),
    (TOML, 'name = "call_delay"', 'name = "turnout"', "@, key parameters.name: 'turnout' — expected a name used once"),
    # ids of nothing
    ("links.csv", "b,c,30", "zz,c,30", "@, column from_id: 'zz' — expected the id of a place in places.csv"),
    ("links.csv", "c,d,45", "c,zz,45", "@, column to_id: 'zz' — expected the id of a place in places.csv"),
    ("events.csv", "roadblock,b", "roadblock,zz", "@, column place_id: 'zz' — expected the id of a place in places.cs"),
    ("events.csv", "c,north,", "c,zz,", "@, column target_id: 'zz' — expected the id of a place, itinerary,"),
    ("events.csv", "claim-1;obs-1", "claim-1;zz", f"@, column basis: 'zz' — expected {BASIS}"),
    ("observations.csv", "first,a,", "first,zz,", "@, column place_id: 'zz' — expected the id of a place in places.cs"),
    ("observations.csv", "first,a,", "third,a,", "@, column caravan: 'third' — expected the id of a caravan in scenar"),
    ("observations.csv", "src-1,claim-1", "zz,claim-1", "@, column source_id: 'zz' — expected the id of a source in"),
    ("observations.csv", "src-1,claim-1", "src-1,zz", "@, column claim_ids: 'zz' — expected the id of a claim in clai"),
    ("claims.csv", "claim-2,disputed", "zz,disputed", "@, column disputed_by: 'zz' — expected the id of a claim in"),
    ("claims.csv", "turnout,a,", "turnout,zz,", "@, column place_id: 'zz' — expected the id of a place in places.csv"),
    ("claims.csv", "src-1,turnout", "zz,turnout", "@, column source_id: 'zz' — expected the id of a source in sources"),
    (TOML, 'from_id = "a"', 'from_id = "zz"', "@, key itineraries.from_id: 'zz' — expected the id of a place in"),
    (TOML, 'via = ["b"]', 'via = ["zz"]', "@, key itineraries.via: 'zz' — expected the id of a place in places.csv"),
    (TOML, 'to_id = "d"', 'to_id = "zz"', "@, key itineraries.to_id: 'zz' — expected the id of a place in places.csv"),
    (TOML, 'itinerary = "north"', 'itinerary = "zz"', "@, key caravans.itinerary: 'zz' — expected the id of an itiner"),
    (TOML, 'assembles_at = "a"', 'assembles_at = "zz"', "@, key caravans.assembles_at: 'zz' — expected the id of a pl"),
    (TOML, 'turnout = "turnout"', 'turnout = "zz"', "@, key caravans.turnout: 'zz' — expected the name of a parameter"),
    (TOML, 'call = "video"', 'call = "zz"', "@, key caravans.call: 'zz' — expected the id of a call in scenario.toml"),
    (TOML, 'place_id = "b"\ndelay', 'place_id = "zz"\ndelay', "@, key calls.place_id: 'zz' — expected the id of a pla"),
    (TOML, 'delay = "call_delay"', 'delay = "zz"', "@, key calls.delay: 'zz' — expected the name of a parameter in"),
    (TOML, 'basis = ["claim-1"]', 'basis = ["zz"]', f"@, key calls.basis: 'zz' — expected {BASIS}"),
    (TOML, 'place_id = "a"\nper', 'place_id = "zz"\nper', "@, key facilities.place_id: 'zz' — expected the id of a pl"),
    (TOML, 'per_day = "off', 'per_day = "zz', "@, key facilities.per_day: 'zzice_per_day' — expected the name of a pa"),
    (TOML, 'basis = ["src-1"]', 'basis = ["zz"]', f"@, key facilities.basis: 'zz' — expected {BASIS}"),
    (TOML, 'place_ids = ["b"]', 'place_ids = ["b", "zz"]', "@, key policies.place_ids: 'zz' — expected the id of a pl"),
    (TOML, 'parameter = "turnout"', 'parameter = "zz"', "@, key policies.parameter: 'zz' — expected the name of a"),
    (TOML, 'basis = ["ev-1"]', 'basis = ["zz"]', f"@, key policies.basis: 'zz' — expected {BASIS}"),
    (TOML, '"obs-1", "claim-1"', '"obs-1", "zz"', f"@, key parameters.basis: 'zz' — expected {BASIS}"),
    (TOML, '["assumption"]', "[]", f"@, key parameters.basis: expected what the figure rests on: {BASIS}"),
    # dates
    (TOML, "end = 2021-11-30", "end = 2021-10-01", "@, key end: 2021-10-01 — expected a date not before the start (20"),
    ("events.csv", "2021-11-08", "2022-01-08", f"@, column date: 2022-01-08 — {INSIDE}"),
    ("events.csv", "2021-10-30,road", "2022-10-30,road", f"@, column end_date: 2022-10-30 — {INSIDE}"),
    ("events.csv", "2021-10-30,road", "2021-10-27,road", "@, column end_date: 2021-10-27 — expected a date not before"),
    ("observations.csv", "2021-10-24", "2021-10-01", f"@, column date: 2021-10-01 — {INSIDE}"),
    ("observations.csv", "2021-10-25", "2021-10-23", "@, column known_on: 2021-10-23 — expected a date not before the"),
    ("observations.csv", "2021-10-25", "2031-10-25", "@, column known_on: 2031-10-25 — expected a date no more than t"),
    ("observations.csv", "planned", "about", "@, column known_on: 2021-11-01 — expected a date not before the day it"),
    (TOML, "departs = 2021-10-24", "departs = 2021-10-01", f"@, key caravans.departs: 2021-10-01 — {INSIDE}"),
    (TOML, "date = 2021-10-30", "date = 2021-12-30", f"@, key calls.date: 2021-12-30 — {INSIDE}"),
    (TOML, "start = 2021-10-28", "start = 2021-10-01", f"@, key policies.start: 2021-10-01 — {INSIDE}"),
    (TOML, "end = 2021-11-05", "end = 2021-12-05", f"@, key policies.end: 2021-12-05 — {INSIDE}"),
    (TOML, "end = 2021-11-05", "end = 2021-10-27", "@, key policies.end: 2021-10-27 — expected a date not before its"),
    # figures
    ("links.csv", "40,38,41.5", "40,42,41", "@, column km_low: 42.0 — expected a number not above km_high (41)"),
    ("links.csv", "40,38,41.5", "37,38,41", "@, column km_low: 38.0 — expected a number not above km (37)"),
    ("links.csv", "40,38,41.5", "42,38,41", "@, column km: 42.0 — expected a number not above km_high (41)"),
    ("observations.csv", "2000,3000", "3000,2000", "@, column low: 3000.0 — expected a number not above high (2000)"),
    ("claims.csv", "900,1000", "1000,900", "@, column quantity_low: 1000.0 — expected a number not above quantity_hig"),
    (TOML, "low = 300", "low = 30000", "@, key parameters.low: 30000.0 — expected a number not above high (9000)"),
    (TOML, "share = 0.6", "share = 0.60001", "@, key kinds.share: 1.00001 — expected shares of all kinds that add to"),
    (TOML, "men = 1\n", "", "key kinds: 'lone' — expected at least one person among men, women, pregnant, children"),
    (TOML, "departs = 2021-10-24\n", "", "caravans.departs: expected a date of departure, or the call that gathers"),
    # parameters
    (TOML, "value = 5\n", "", "parameters.value: expected a value or a prior; there is neither"),
    (TOML, "value = 5", 'value = 5\nprior = {dist = "beta", a = 1, b = 1}', "value: 5.0 — expected either a value or"),
    (TOML, "value = 5", "value = 50", "@, key parameters.value: 50.0 — expected a number within its bounds (1 to 30)"),
    (TOML, ", sigma = 0.35", "", "prior.sigma: expected this key, a number, as a lognormal prior takes median and sig"),
    (TOML, "sigma = 0.35", "sigma = 0.35, a = 2", "prior.a: 2.0 — expected no such key, as a lognormal prior takes me"),
    (TOML, "low = 10\nhigh = 90", "low = 90\nhigh = 10", "@, key parameters.prior.low: 90.0 — expected a number below"),
    (TOML, "median = 2500", "median = 1e9", "prior: 'lognormal' — expected a prior with some chance of falling within"),
    # places and links
    ("places.csv", "14.9,-92.2", "-92.2,14.9", "@, column lon: '-92.2, 14.9' — expected lat before lon; the two seem"),
    ("places.csv", "14.9,-92.2", ",-92.2", "@, column lat: expected a number, as lon is given"),
    ("links.csv", "b,c,30", "b,b,30", "@, column to_id: 'b' — expected a place other than from_id; a link joins two"),
    ("links.csv", "a,c,90", "b,a,90", "@: 'b to a' — expected one link between two places, as it leads both ways (the"),
    # roads
    ("links.csv", "c,d,45,,,vehicle\n", "", "key itineraries.to_id: 'd' — expected a place that a road leads to from"),
    (TOML, 'via = ["b"]', 'via = ["d", "b"]', "key itineraries.via: 'd;b' — expected a road that passes no place twic"),
    (TOML, 'via = ["b"]', 'via = ["b", "b"]', "passes no place twice; this one passes 'b' again"),
    (TOML, 'via = ["b"]\nto_id = "d"', 'to_id = "a"', "key itineraries.to_id: 'a' — expected a road that passes no pl"),
    (TOML, 'via = ["b"]\nto_id = "d"', 'to_id = "b"', None),
    (TOML, 'via = ["b"]\nto_id = "d"\n\n[[caravans]]', 'to_id = "c"\n\n[[caravans]]', None),
    (TOML, 'to_id = "d"', 'to_id = "b"', "passes 'b' again"),
]  # fmt: skip


def line_of(file: str, part: str) -> int:
    text = TEXTS[file]
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(("file", "old", "new", "line"), CASES)
def test_fault_is_told(folder, file, old, new, line):
    told = folder.change(file, old, new).told()
    if line is None:
        assert told == []
        return
    line = line.replace("@", f"{file} line {line_of(file, old)}")
    assert any(line in one for one in told), told


def test_claims_and_what_became_known_may_lie_outside(folder):
    folder.change("observations.csv", "2021-10-25", "2023-01-01").change("claims.csv", "2020-01-01", "1999-01-01")
    assert folder.told() == []


def test_a_register_of_the_displaced_may_be_corrected_for_years(folder):
    scenario, _ = read_scenario(folder.path)
    displaced = {"caravans": (), "itineraries": (), "calls": (), "rules": "flee"}
    for known_on, faults in ((dt.date(2023, 11, 30), 0), (dt.date(2031, 11, 30), 1)):
        late = scenario.observations[0].model_copy(update={"known_on": known_on})
        changed = scenario.model_copy(update={**displaced, "observations": (late, *scenario.observations[1:])})
        assert sum("no more than two years" in str(fault) for fault in check_scenario(changed)) == faults


def test_registers_of_the_displaced_run_on_past_the_days_simulated(folder):
    folder.change("observations.csv", "2021-10-24,2021-10-25", "2020-10-24,2021-10-25")
    folder.change("events.csv", "2021-10-30,road", "2022-10-30,road")
    assert len(folder.told()) == 2
    scenario, _ = read_scenario(folder.change("observations.csv", "2020-10-24", "2021-10-24").change(
        "events.csv", "2022-10-30", "2021-10-30").path)  # fmt: skip
    late = scenario.events[0].model_copy(update={"date": dt.date(2022, 10, 30), "end_date": None})
    for changes, times in (({}, 1), ({"caravans": (), "itineraries": (), "calls": (), "rules": "flee"}, 0)):
        changed = scenario.model_copy(update={**changes, "events": (late, *scenario.events[1:])})
        assert sum("within the scenario" in str(fault) for fault in check_scenario(changed)) == times


def test_place_of_assembly_lies_on_the_road(folder):
    folder.change("places.csv", "d,Delta", "e,Echo,15,-93,,town,,\nd,Delta").append("links.csv", "b,e,10,,,\n")
    folder.change("scenario.toml", 'assembles_at = "b"', 'assembles_at = "e"')
    line = line_of("scenario.toml", 'assembles_at = "b"')
    (told,) = folder.told()
    assert told.startswith(
        f"scenario.toml line {line}, key caravans.assembles_at: 'e' — expected a place on the road of"
        " its itinerary 'north'"
    )


def test_swapped_coordinates_that_both_exist_are_told_by_the_other_places(folder):
    # Somewhere in Africa, where either may be the other.
    text = "id,name,lat,lon\na,A,4.9,18.2\nb,B,5.1,18.5\nc,C,18.7,5.3\nd,D,5.6,18.9\n"
    (folder.path / "places.csv").write_text(text)
    (told,) = folder.told()
    assert told.startswith("places.csv line 4, column lat: '18.7, 5.3' — expected a place near the others; lat and lon")


def test_faulty_rows_hide_no_ids(folder):
    """A place with a bad latitude, or a slipped row, is still a place: nothing dangles."""
    folder.change("places.csv", 'b,"Bravo, the town",15.1', "b,Bravo,x").change("places.csv", "c,Charlie,", "c,")
    assert [(fault.file, fault.row) for fault in folder.faults()] == [("places.csv", 3), ("places.csv", 4)]


def test_unsure_roads_are_not_judged(folder):
    # With the length of b-c unknown, the shortest road from b to d may lead back through a.
    folder.change("links.csv", "b,c,30", "b,c,x")
    assert folder.told() == ["links.csv line 3, column km: 'x' — expected a number, 0 or more"]


def test_scenario_made_in_python_is_checked_alike(folder):
    scenario = load_scenario(folder.path)
    assert check_scenario(scenario) == []
    late = scenario.model_copy(update={"end": dt.date(2021, 11, 5)})
    told = [str(fault) for fault in check_scenario(late)]
    assert told == [
        f"events.csv line 3, column date: 2021-11-08 — {INSIDE.replace('11-30', '11-05')}",
        f"observations.csv line 3, column date: 2021-11-10 — {INSIDE.replace('11-30', '11-05')}",
    ]
    empty = scenario.model_copy(update={"kinds": ()})
    assert check_scenario(empty) == [], "caravans inherit kinds of party"
    assert [str(fault) for fault in whole.check_scenario(empty, declared_by={})] == [
        "scenario.toml, key kinds: expected at least one [[kinds]]"
    ]
