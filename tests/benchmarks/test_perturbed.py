"""Records made out of given ones: each operation does what its name says, and no other."""

import datetime as dt
import json

import numpy as np
import pytest
from benchmarks.skill.perturbed import camp_records, caravan_records
from benchmarks.skill.perturbed.run import RESULTS
from benchmarks.skill.perturbed.tables import made_misses, made_table
from benchmarks.skill.records import bundled

from caravana.inference.caravan.nights import first_known
from caravana.models.displacement.counts import daily_counts
from caravana.scenario.model import Link, Observation, Place, Scenario, Series

START = dt.date(2020, 1, 1)


def count(place, day, people):
    date = START + dt.timedelta(days=day)
    return Observation(
        id=f"{place}-{day}", date=date, known_on=date, place_id=place, kind="camp_count", low=people, high=people,
        qualifier="exact", speaker_role="agency", speaker_side="agency",
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    places = [Place(id="war", name="war", lat=0, lon=0, kind="conflict_zone", population=100_000)]
    places += [Place(id=c, name=c, lat=0, lon=n + 1, kind="camp", capacity=20_000) for n, c in enumerate("ab")]
    counts = [count(c, day, size * day + 100) for c, size in (("a", 100), ("b", 10)) for day in range(0, 200, 10)]
    return Scenario(
        name="made", title="made", start=START, end=START + dt.timedelta(days=199), rules="camp-shares",
        places=tuple(places), links=tuple(Link(from_id="war", to_id=c, km=100) for c in "ab"),
        observations=tuple(counts),
        series=(
            Series(kind="conflict", days=(0, 50), place_ids=("war", "a", "b"), values=np.eye(2, 3) * [[1], [0]]),
        ),
    )  # fmt: skip


def of(scenario, place, day):
    counts = daily_counts(scenario)
    return counts.camps[day, counts.place_ids.index(place)]


def test_every_operation_leaves_a_record_that_is_counted(scenario):
    for word, operation in camp_records.OPERATIONS.items():
        record = operation(scenario)
        assert daily_counts(record.seen).camps.max() > 0, word
        assert len({o.id for o in record.seen.observations}) == len(record.seen.observations), word
        for one in record.seen.series:
            assert one.days[0] == 0, word
            assert len(one.days) == len(one.values), word


def test_thinned_counts_are_held_against_all(scenario):
    record = camp_records.thinned(scenario, 4)
    assert sorted(o.date for o in record.seen.observations if o.place_id == "a")[1] == START + dt.timedelta(days=40)
    assert record.came is scenario
    apart = camp_records.thinned(scenario, 2, apart=True).seen
    days = {c: {o.date for o in apart.observations if o.place_id == c} for c in "ab"}
    assert not days["a"] & days["b"]


def test_people_who_return_go_as_they_came(scenario):
    seen = camp_records.turned(scenario).seen
    assert of(seen, "a", 120) == of(scenario, "a", 60)
    assert of(seen, "a", 90) == of(scenario, "a", 90)


def test_a_crisis_that_stops_goes_on_where_it_was(scenario):
    seen = camp_records.stopped(scenario).seen
    assert of(seen, "a", 180) == of(scenario, "a", 60)
    assert of(seen, "a", 250) == of(scenario, "a", 130)
    assert seen.series[0].days == (0, 50)


def test_a_split_camp_holds_as_many_and_merged_ones_too(scenario):
    split = camp_records.split(scenario).seen
    assert of(split, "a", 100) + of(split, "a-second", 100) == of(scenario, "a", 100)
    assert any(link.to_id == "a-second" for link in split.links)
    merged = camp_records.merged(scenario, ["a", "b"]).seen
    assert daily_counts(merged).place_ids == ("a",)
    assert of(merged, "a", 100) == of(scenario, "a", 100) + of(scenario, "b", 100)
    assert next(p for p in merged.places if p.id == "a").capacity == 40_000


def test_a_record_begun_later_has_nothing_from_before_and_conflict_as_it_stood(scenario):
    seen = camp_records.begun_later(scenario, 60).seen
    assert min(o.date for o in seen.observations) == seen.start
    assert seen.series[0].days == (0,)
    assert seen.series[0].values[0, 0] == 0


def test_a_new_registration_drops_the_largest_camp_and_no_other(scenario):
    seen = camp_records.counted_anew(scenario).seen
    assert of(seen, "a", 150) == round(0.6 * of(scenario, "a", 150))
    assert of(seen, "a", 90) == of(scenario, "a", 90)
    assert of(seen, "b", 150) == of(scenario, "b", 150)


def test_late_publication_moves_no_count(scenario):
    seen = camp_records.published_late(scenario, 30).seen
    assert {(o.known_on - o.date).days for o in seen.observations} == {30}


@pytest.fixture(scope="module")
def caravan():
    return bundled()[0]


def test_nights_that_are_not_heard_are_held_against_all_the_same(caravan):
    other = caravan_records.every_third_night(caravan)
    assert other.truth == caravan.truth
    assert set(first_known(other.record)) >= set(caravan.truth)
    at_hand = [n for n in other.record.nights if n.known_on != caravan_records.NEVER and not n.planned]
    heard = {other.record.day(n.date) for n in at_hand}
    assert 3 * len(heard) <= len({caravan.record.day(n.date) for n in caravan.record.nights}) + 3


def test_a_rest_keeps_the_caravan_where_it_was_and_shifts_what_follows(caravan):
    other = caravan_records.with_a_rest(caravan)
    assert len(other.truth) >= len(caravan.truth) + 9
    assert max(other.truth) == max(caravan.truth) + 10
    assert other.truth[max(other.truth)] == caravan.truth[max(caravan.truth)]


def test_the_way_back_sleeps_in_the_same_towns_in_reverse(caravan):
    other = caravan_records.mirrored(caravan)
    end = float(caravan.record.stops.km[-1])
    assert np.all(np.diff(other.record.stops.km) >= 0)
    assert other.record.stops.ids[0] == caravan.record.stops.ids[-1]
    assert other.truth[max(other.truth)] == (end - caravan.start_km,)
    last = max(caravan.truth)
    assert other.truth[last - 20] == pytest.approx(tuple(end - km for km in caravan.truth[20]))


def test_doubled_figures_and_one_side(caravan):
    first = caravan.record.counts[0].report
    assert caravan_records.doubled(caravan).record.counts[0].report.middle == pytest.approx(2 * first.middle)
    assert len({c.report.side for c in caravan_records.one_side(caravan).record.counts}) == 1


def test_the_table_has_a_row_an_operation_and_names_what_is_missed():
    cell = {"ratio": 1.2, "coverage90": 0.5, "n": 10}
    scored = {
        "refused": 1,
        "horizons": {"7": cell, "14": cell | {"n": 3}, "30": cell | {"ratio": 0.4, "coverage90": 1.0}},
    }
    results = {"camps": {"halved": {"ab": {"left_out": scored}}}}
    assert "| halved | 1.20 50% |" in made_table(results, "camps")
    assert made_misses(results, "camps") == (
        "- halved: 1 of 2 over 1.05 of the best rule (ab at 7: 1.20); 1 of 2 held by less than 75% (ab at 7: 50% of 10)"
        "; 1 forecasts refused, as nobody had been counted yet."
    )


def test_what_was_measured_is_of_the_operations_there_are():
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for part, operations in (("camps", camp_records.OPERATIONS), ("caravans", caravan_records.OPERATIONS)):
        assert list(results[part]) == [word for word in operations if word in results[part]]
        assert "as given" in results[part]


def test_a_caravan_that_turns_round_goes_back_as_it_came():
    given = bundled()[0]
    turned = caravan_records.turned_round(given)
    days = sorted(given.truth)
    middle = days[len(days) // 2]
    assert turned.truth[middle] == given.truth[middle]
    for day in (d for d in days if d < middle):
        assert turned.truth[2 * middle - day] == (given.truth[day][-1],)
    assert not [night for night in turned.record.nights if night.planned]
    assert max(n.known_on for n in turned.record.nights if n.date > given.record.date(middle)) <= turned.record.last
