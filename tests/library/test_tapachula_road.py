"""The road of `tapachula-2021`: its length, its order, its stops, and that nothing cuts it short."""

import itertools

import pytest
from geographiclib.geodesic import Geodesic

from caravana.scenario.roads import trace_itinerary

STANDS_FOR = {"amatlan", "mexico-city-basilica"}
"""Stand-in points that are localities themselves, so that their population is known."""


@pytest.fixture(scope="module")
def road(scenario):
    ids, km = trace_itinerary(scenario, "to-mexico-city")
    return dict(zip(ids, km, strict=True))


@pytest.fixture(scope="module")
def places(scenario):
    return {place.id: place for place in scenario.places}


def straight_km(here, there):
    return Geodesic.WGS84.Inverse(here.lat, here.lon, there.lat, there.lon)["s12"] / 1000


def test_the_walk_is_1153_km(road):
    assert road["mexico-city-basilica"] == pytest.approx(1153.0, abs=1e-6)


def test_low_and_high_of_the_links_add_up_to_those_of_the_record(scenario, road):
    ids = list(road)
    steps = set(itertools.pairwise(ids))
    on_road = [link for link in scenario.links if (link.from_id, link.to_id) in steps]
    assert len(on_road) == len(ids) - 1
    assert sum(link.km_low for link in on_road) == pytest.approx(1096.6, abs=0.5)
    assert sum(link.km_high for link in on_road) == pytest.approx(1201.2, abs=0.5)
    assert all(link.km_low <= link.km <= link.km_high and link.source for link in scenario.links)


def test_km_of_recorded_places_are_those_of_the_record(road, record):
    km = 0.0
    for leg in record("route.csv"):
        km += float(leg["km_road_best"])
        assert road[leg["to_id"]] == pytest.approx(km, abs=1e-6), leg["to_id"]


def test_recorded_places_come_in_the_order_of_the_record(road, record):
    recorded = [row["id"] for row in record("places.csv") if row["id"] in road]
    assert recorded == [place for place in road if place in set(recorded)]
    off_route = {row["id"] for row in record("places.csv")} - set(recorded)
    assert off_route == {"echegaray-margaritas", "ciudad-hidalgo", "tecun-uman"}


def test_every_locality_of_the_record_is_a_stop_at_its_km(road, places, record):
    by_point = {(places[p].lat, places[p].lon): p for p in road if places[p].stop}
    localities = record("localities.csv")
    assert len(localities) == 186
    for row in localities:
        place = places[by_point[float(row["lat"]), float(row["lon"])]]
        assert place.population == int(row["population"])
        assert place.pcode == f"MX{row['cvegeo'][:5]}"
        assert road[place.id] == pytest.approx(float(row["km_along_route"]), abs=0.25), place.id


def test_one_rule_makes_a_stop_whatever_the_record_says(places, road):
    for place in places.values():
        if place.kind in {"incident_site", "clash_site"}:
            assert not place.stop
        else:
            assert place.stop
        if place.population is None:
            assert "population not found" in place.source or not place.stop
        else:
            assert place.population >= 1000
        if place.kind in {"city", "town"} and place.population is not None:
            assert (place.kind == "city") == (place.population >= 50_000), place.id


def test_links_follow_the_road_with_no_way_round(scenario, road):
    # A tree has no second way between two places, so the shortest road is the only one.
    assert len(scenario.links) == len(scenario.places) - 1
    assert "echegaray-margaritas" not in road
    side = next(link for link in scenario.links if link.to_id == "echegaray-margaritas")
    assert side.modes == ("vehicle",)
    assert (side.km_low, side.km_high) == (15, 40)


def test_the_northern_border_is_reached_through_mexico_city(scenario, road):
    north, km = trace_itinerary(scenario, "to-northern-border")
    assert north[: len(road)] == tuple(road)
    assert north[-1] == "nogales"
    assert 3300 < km[-1] < 3700


def test_no_road_off_the_record_is_shorter_than_the_straight_line(scenario, places, road):
    for link in scenario.links:
        if link.from_id not in road or link.to_id not in road:
            assert link.km >= straight_km(places[link.from_id], places[link.to_id]), link


def test_coordinates_lie_in_mexico_or_guatemala_and_say_where_they_come_from(places):
    for place in places.values():
        assert 14.5 < place.lat < 32.8, place.id
        assert -118.5 < place.lon < -90.0, place.id
        assert place.country in {"MX", "GT"}
        assert place.source
        assert place.pcode.startswith("MX") or not place.pcode


def test_points_not_located_are_marked_inferred(places):
    for name in ("cruz-de-oro", "nuevo-ubero", "rio-ostuta", "la-lima", "clash-pijijiapan-tonala",
                 "echegaray-margaritas", "mexico-city-la-concordia", *STANDS_FOR):  # fmt: skip
        assert "inferred" in places[name].source, name
