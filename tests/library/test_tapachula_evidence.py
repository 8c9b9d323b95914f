"""Evidence of `tapachula-2021`: whole, resolved, in roles only, and kept apart from outcomes."""

import re

import pytest

ACTING = {"offer", "clash", "raid", "shooting", "roadblock", "closure", "destination", "location_change"}
ROLES = {
    "Mexican authorities", "Mexico City human rights commission", "National Guard", "United Nations",
    "US ambassador to Mexico", "activists", "caravan member", "caravan member, through the press", "civil protection",
    "local officials", "migration institute", "organiser", "president of Mexico", "research institute (RAND)",
    "state prosecutor", "volunteer doctor",
}  # fmt: skip
OUTLET = re.compile(r"^(press|news agency)( \((?P<outlet>[^)]*)\))?$")
ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(com|mx|org|net|hn|tv|eus|biz|ni|cu|es|uk)\b", re.IGNORECASE)


def test_everything_recorded_is_there(scenario):
    assert len(scenario.observations) == 161
    assert len(scenario.claims) == 68
    assert len(scenario.events) == 57  # 55 of the record, two of which are told as two events each


def test_no_address_of_a_page_anywhere(folder):
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8").replace("scenario.toml", "").replace("README.md", "")
        assert not ADDRESS.search(text), (path.name, ADDRESS.search(text))


def test_speakers_are_roles(scenario):
    outlets = " ".join(source.publisher for source in scenario.sources)
    for row in (*scenario.claims, *scenario.observations):
        role = row.speaker_role
        if role in ROLES:
            continue
        found = OUTLET.match(role)
        assert found, role
        outlet = found["outlet"]
        assert outlet in {None, "several", "local", "article of 10 November 2021"} or outlet in outlets, role


def test_ids_of_evidence_are_unique_and_resolve(scenario):
    sources = {source.id for source in scenario.sources}
    claims = {claim.id for claim in scenario.claims}
    evidence = [*sources, *claims, *(o.id for o in scenario.observations), *(e.id for e in scenario.events)]
    assert len(evidence) == len(set(evidence))
    for row in (*scenario.claims, *scenario.observations):
        assert row.source_id is None or row.source_id in sources
    assert {claim for row in scenario.observations for claim in row.claim_ids} <= claims
    for event in scenario.events:
        assert event.basis, event.id
        assert set(event.basis) <= set(evidence)


def test_observations_without_a_source_say_so(scenario):
    for row in scenario.observations:
        assert row.source_id is not None or "no source kept" in row.note, row.id


def test_sources_are_used_or_rested_on(scenario):
    used = {row.source_id for row in (*scenario.claims, *scenario.observations)}
    used |= {name for row in (*scenario.events, *scenario.parameters, *scenario.facilities) for name in row.basis}
    background = {
        # roads, points and needs name no source by id
        "inegi-2020", "road-notes", "recalled", "sphere-2011", "sphere-2001",
        # read for the priors, and kept for whoever changes them
        "detections-sep-2021", "diario-del-sur-2024", "milenio-oaxaca", "msf-2024", "tv-azteca-nov19", "register-2018",
    }  # fmt: skip
    assert {source.id for source in scenario.sources} - used - background == set()


def test_disputes_name_claims_that_exist(scenario):
    by_id = {claim.id: claim for claim in scenario.claims}
    for claim in scenario.claims:
        for other in claim.disputed_by:
            assert other in by_id
            mutual = claim.id in by_id[other].disputed_by
            assert mutual or by_id[other].status == "uncontested" or claim.status in {"garbled", "later_reversed"}
        if claim.status == "uncontested":
            assert not claim.disputed_by


def test_claims_bear_on_parameters_that_exist(scenario):
    names = {parameter.name for parameter in scenario.parameters}
    for claim in scenario.claims:
        assert set(claim.bears_on) <= names, claim.id


def test_the_two_people_shot_are_not_the_caravans_dead(scenario):
    shot = [row for row in scenario.observations if row.place_id == "echegaray-margaritas"]
    assert len(shot) == 5
    assert all(row.caravan is None and "not counted" in row.note for row in shot)
    others = [row for row in scenario.observations if row.place_id != "echegaray-margaritas"]
    assert all(row.caravan == "caravan-2021-10-23" for row in others)
    assert not [row for row in others if row.kind == "dead"]


def test_words_without_a_figure_have_none(scenario):
    for row in scenario.observations:
        if row.kind == "position" or "no figure" in row.note:
            assert row.low is None
            assert row.high is None
        else:
            assert row.low is not None or row.high is not None, row.id


def test_a_figure_is_known_no_earlier_than_its_day_unless_planned(scenario):
    for row in scenario.observations:
        assert row.known_on >= row.date or row.qualifier == "planned", row.id
        assert (row.known_on - row.date).days <= 10


def test_acting_events_are_causes_within_the_scenario_and_carry_no_outcome(scenario):
    acting = [event for event in scenario.events if event.kind in ACTING]
    days = {(event.kind, event.date.isoformat()) for event in acting}
    assert days == {
        ("clash", "2021-10-23"), ("raid", "2021-10-24"), ("offer", "2021-10-28"), ("offer", "2021-10-31"),
        ("shooting", "2021-10-31"), ("clash", "2021-11-04"), ("raid", "2021-11-05"), ("roadblock", "2021-11-07"),
        ("destination", "2021-11-08"), ("roadblock", "2021-11-12"), ("roadblock", "2021-11-16"),
        ("roadblock", "2021-11-21"), ("clash", "2021-12-12"),
    }  # fmt: skip
    for event in scenario.events:
        assert scenario.start <= event.date <= scenario.end
        assert event.value is None
    destination = next(event for event in acting if event.kind == "destination")
    assert destination.target_id == "nogales"


@pytest.mark.parametrize("table", ["observations", "claims"])
def test_figures_are_those_of_the_record(scenario, record, table):
    low, high = ("low", "high") if table == "observations" else ("quantity_low", "quantity_high")
    ours = getattr(scenario, table)
    for mine, row in zip(ours, record(f"{table}.csv"), strict=True):
        for name in (low, high):
            given = getattr(mine, name)
            assert row[name] == ("" if given is None else row[name])
            assert given is None or given == pytest.approx(float(row[name]))
        assert mine.speaker_side == row["speaker_side"]
        assert (mine.place_id or "") == row["place_id"] if table == "observations" else mine.id == row["id"]


def test_dates_are_those_of_the_record(scenario, record):
    for mine, row in zip(scenario.observations, record("observations.csv"), strict=True):
        assert (mine.date.isoformat(), mine.kind, mine.qualifier) == (row["date"], row["kind"], row["qualifier"])
        assert mine.inferred == (row["inferred"] == "true")
    for mine, row in zip(scenario.claims, record("claims.csv"), strict=True):
        assert (mine.date_said.isoformat() if mine.date_said else "") == row["date"]
        assert mine.disputed_by == tuple(filter(None, row["disputed_by"].split(";")))
    events = {event.id: event for event in scenario.events}
    for row in record("events.csv"):
        assert events[row["id"]].date.isoformat() == row["date"]
