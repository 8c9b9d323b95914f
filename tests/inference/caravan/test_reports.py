"""Evidence of the bundled caravans: days, sides, and nothing known before it was published."""

import datetime as dt

import numpy as np
import pytest
from tests.made.small import small_scenario

from caravana.errors import UsageError
from caravana.inference.caravan.nights import plans, sightings
from caravana.inference.reports import first_offer, known_by, nights_by_day, read_record
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import Observation

CARAVANS = ("tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18")


@pytest.fixture(scope="module")
def record():
    return read_record(load_scenario("tapachula-2021"))


@pytest.mark.parametrize("name", CARAVANS)
def test_every_bundled_caravan_has_a_record(name):
    record = read_record(load_scenario(name))
    assert record.start.sum() == 1
    assert record.stops.ids[0] == "tapachula"
    assert nights_by_day(record, direct=True)


def test_nothing_is_seen_before_it_was_published(record):
    for origin in (dt.date(2021, 10, 30), dt.date(2021, 11, 9), dt.date(2021, 11, 12)):
        known = known_by(record, origin)
        assert all(x.known_on <= origin for x in (*known.nights, *known.counts))
        assert all(offer <= origin for offer in known.offers)
        today = record.day(origin)
        assert max(sightings(known, until=today)) <= today


def test_the_night_of_9_november_is_at_tapanatepec(record):
    nights = nights_by_day(record, direct=True)
    assert nights[record.day(dt.date(2021, 11, 9))] == pytest.approx(307.0, abs=0.5)


def test_a_plan_is_a_plan_until_somebody_saw_the_night(record):
    known = known_by(record, dt.date(2021, 11, 2))
    ahead = plans(known, after=known.day(dt.date(2021, 11, 2)))
    assert list(ahead) == [record.day(dt.date(2021, 11, 3))]
    assert 0 < ahead[record.day(dt.date(2021, 11, 3))].trust < 1
    later = known_by(record, dt.date(2021, 11, 5))
    assert record.day(dt.date(2021, 11, 3)) not in sightings(later, until=14)


def test_those_who_count_are_with_the_caravan_while_no_position_is_known(record):
    origin = record.departs
    known = known_by(record, origin)
    assert nights_by_day(known, direct=True) == {}
    assert nights_by_day(known, direct=False)[1] == pytest.approx(13.5, abs=0.5)
    later = known_by(record, dt.date(2021, 10, 24))
    assert nights_by_day(later, direct=True)[1] == pytest.approx(13.5, abs=0.5)
    assert all(n.direct for n in later.nights if n.date == origin)


def test_speakers_heard_twice_in_a_day_share_one_weight(record):
    efe = [c for c in record.counts if c.date == dt.date(2021, 12, 7) and c.report.side == "agency"]
    assert len(efe) == 2
    assert sum(c.report.weight for c in efe) == pytest.approx(1.0)


def test_the_first_offer_is_known_from_its_day(record):
    assert first_offer(known_by(record, dt.date(2021, 10, 27))) is None
    assert first_offer(known_by(record, dt.date(2021, 10, 28))) == 6


def observed(**changes):
    fields = {
        "id": "o1", "date": dt.date(2021, 10, 24), "known_on": dt.date(2021, 10, 24), "caravan": "first",
        "place_id": "p1", "kind": "position", "qualifier": "exact", "speaker_role": "press", "speaker_side": "press",
    }  # fmt: skip
    return Observation(**{**fields, **changes})


def test_without_any_observation_there_is_no_record():
    with pytest.raises(UsageError, match="no observation"):
        read_record(small_scenario())


def test_an_unknown_caravan_is_named():
    scenario = small_scenario(observations=(observed(),))
    with pytest.raises(UsageError, match="no caravan 'second' in small; it has first"):
        read_record(scenario, caravan="second")


def test_inferred_rows_are_wider_and_trusted_less():
    sure = read_record(small_scenario(observations=(observed(),))).nights[0]
    unsure = read_record(small_scenario(observations=(observed(inferred=True),))).nights[0]
    assert unsure.spread > sure.spread
    assert unsure.trust < sure.trust
    assert sure.firm
    assert not unsure.firm


def test_nights_in_two_places_have_a_middle():
    rows = (observed(), observed(id="o2", place_id="p3"))
    record = read_record(small_scenario(observations=rows))
    assert nights_by_day(record, direct=True)[2] == pytest.approx(30.0)
    seen = sightings(record, until=2)[2]
    assert seen[1] == pytest.approx(seen[3])
    assert np.argmax(seen) in {1, 3}


def test_a_place_beside_the_road_is_taken_to_be_on_it_but_less_surely():
    from caravana.scenario.model import Place

    scenario = small_scenario(observations=(observed(place_id="aside"), observed(id="o2", place_id="away")))
    near = scenario.places[2]
    beside_it = Place(id="aside", name="Aside", lat=near.lat + 0.05, lon=near.lon, country="MX")
    far_away = Place(id="away", name="Away", lat=40.0, lon=near.lon, country="MX")
    record = read_record(scenario.model_copy(update={"places": (*scenario.places, beside_it, far_away)}))
    assert len(record.nights) == 1
    assert record.nights[0].km == pytest.approx(30.0)
    assert record.nights[0].spread == pytest.approx(1.5 + 5.56, abs=0.1)


def test_what_is_told_beside_the_number_is_kept_apart_and_weighs_less(record):
    kinds = {c.report.of for c in record.others}
    assert kinds == {"minors", "pregnant", "detained", "treated"}
    assert {c.report.of for c in record.counts} == {"persons", "cards"}
    # One clash told by four papers and agencies is one event.
    clash = [c for c in record.others if c.date == dt.date(2021, 11, 4) and c.report.of == "detained"]
    assert len(clash) == 4
    assert sum(c.report.weight for c in clash) == pytest.approx(1.0)
    minors = [c for c in record.others if c.report.of == "minors" and c.date == dt.date(2021, 11, 7)]
    assert minors[0].report.weight == pytest.approx(0.5)
    early = known_by(record, dt.date(2021, 11, 1))
    assert all(c.known_on <= dt.date(2021, 11, 1) for c in early.others)


def test_a_planned_number_is_no_count_and_a_day_without_reports_has_none():
    date = dt.date(2021, 10, 24)
    rows = [
        Observation(
            id=f"o{i}", date=date, known_on=date, caravan="first", place_id="p1", kind=kind, low=500, high=500,
            qualifier=qualifier, speaker_role=f"agency {i}", speaker_side="agency",
        )
        for i, (kind, qualifier) in enumerate([("headcount", "about"), ("headcount", "planned"), ("minors", "planned")])
    ]  # fmt: skip
    found = read_record(small_scenario().model_copy(update={"observations": tuple(rows)}))
    assert [c.id for c in found.counts] == ["o0"]
    assert found.others == ()
    assert {c.date for c in found.counts} == {date}
