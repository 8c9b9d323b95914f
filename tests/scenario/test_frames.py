"""Scenarios from tables and graphs in memory: the same scenario as from files, the same faults."""

import datetime as dt
import inspect
import re

import networkx as nx
import numpy as np
import osmnx as ox
import pandas as pd
import pytest
from tests.made import displacement_run

import caravana as cv

WORLD = {"name": "two", "rules": "flee", "start": "2024-01-01", "end": "2024-02-01"}


@pytest.fixture(scope="module")
def bundled():
    return cv.load_scenario("tapachula-2021")


def tables():
    places = pd.DataFrame(
        {"id": ["north", "south"], "name": ["North", "South"], "kind": ["conflict_zone", "camp"], "lat": [9.0, 8.5],
         "lon": [30.0, 30.5], "population": [9000, np.nan]}
    )  # fmt: skip
    links = pd.DataFrame({"from_id": ["north"], "to_id": ["south"], "km": [90]})
    counts = pd.DataFrame(
        {"id": ["n1"], "date": pd.to_datetime(["2024-01-20"]), "known_on": [dt.date(2024, 1, 21)], "place_id": "south",
         "kind": "camp_count", "qualifier": "exact", "low": [500], "speaker_role": "UN", "speaker_side": "agency"}
    )  # fmt: skip
    return {"places": places, "links": links, "observations": counts}


def test_frames_of_a_scenario_make_the_same_one_again(bundled):
    frames = bundled.to_frames()
    header = {name: getattr(bundled, name) for name in ("name", "title", "title_es", "description", "description_es",
                                                        "start", "end", "rules", "notes")}  # fmt: skip
    assert cv.Scenario.from_frames(**frames, **header, series={one.kind: one for one in bundled.series}) == bundled


def test_types_of_pandas_are_taken_for_what_they_mean():
    scenario = cv.Scenario.from_frames(**tables(), **WORLD, settings={"max_move_speed": np.float64(200.0)})
    assert scenario.places[0].population == 9000
    assert scenario.places[1].population is None
    assert scenario.observations[0].date == dt.date(2024, 1, 20)
    assert scenario.settings["max_move_speed"] == 200.0
    assert scenario.title == "two"
    assert scenario.kinds[0].id == "person"


def test_every_fault_is_listed_with_table_row_column_value_and_what_was_expected():
    wrong = tables()
    wrong["places"].loc[1, "kind"] = "kamp"
    wrong["places"]["popluation"] = 3
    wrong["links"] = pd.DataFrame({"from_id": ["north", "nroth"], "to_id": ["south", "south"], "km": [90, "far"]})
    wrong["observations"]["date"] = ["20/01/2024"]
    with pytest.raises(cv.ScenarioError) as refused:
        cv.Scenario.from_frames(**wrong, **{**WORLD, "rules": "fle"}, startt="2024-01-01")
    said = str(refused.value)
    for line in (
        "places row 1, column kind: 'kamp' — expected one of origin,", "(did you mean 'camp'?)",
        "column popluation", "(did you mean 'population'?)",
        "links row 1, column km: 'far' — expected a number", "links row 1, column from_id: 'nroth' — expected the id",
        "(did you mean 'north'?)", "observations row 0, column date: '20/01/2024' — expected a date like 2021-10-23",
        "scenario, column rules: 'fle'", "(did you mean 'flee'?)", "scenario, column startt", "(did you mean 'start'?)",
    ):  # fmt: skip
        assert line in said, said
    assert ".csv" not in said
    assert ".toml" not in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"places": 3}, "places: int — expected a frame of pandas"),
        ({"places": []}, "places: expected at least one row"),
        ({"links": pd.DataFrame({"from_id": ["north"], "to_id": ["south"]})}, "links, column km: expected this column"),
        ({"series": {"conflict": pd.DataFrame({"nroth": [1.0]}, index=[0])}}, "did you mean 'north'"),
        ({"series": {"conflict": pd.DataFrame({"north": [1.0]}, index=[5])}}, "from the scenario's first day on"),
    ],
)
def test_tables_that_are_none_are_refused(change, said):
    with pytest.raises(cv.ScenarioError) as refused:
        cv.Scenario.from_frames(**{**tables(), **change}, **WORLD)
    assert said in str(refused.value)


def refusal(change):
    with pytest.raises(cv.ScenarioError) as refused:
        cv.Scenario.from_frames(**{**tables(), **change}, **WORLD)
    return str(refused.value).splitlines()[1:]


def test_what_hangs_on_ids_that_are_missing_is_no_fault_of_its_own():
    places = tables()["places"]
    missing = "places, column id: expected this column; it is "
    assert refusal({"places": places.drop(columns="id")}) == [f"{missing}missing"]
    assert refusal({"places": places.set_index("id")}) == [f"{missing}the index: give the frame's reset_index()"]
    assert refusal({"places": places.iloc[:0]}) == ["places: expected at least one row"]


def test_a_name_is_not_taken_for_a_missing_id():
    (empty, *others) = refusal({"places": tables()["places"].assign(id=["north", None])})
    assert "the cell is empty" in empty
    assert not any("did you mean 'South'" in line for line in others)


def test_a_column_that_stands_twice_and_an_id_used_twice_are_named():
    places = tables()["places"]
    twice = pd.concat([places, places[["lat"]]], axis=1)
    assert refusal({"places": twice}) == ["places, column lat: expected this column once; it is there 2 times"]
    again = pd.concat([places, places.iloc[[1]]])
    (line,) = refusal({"places": again})
    assert line.endswith("used once; this one is also in places row 1")


def test_a_near_word_is_offered_within_a_list():
    (line,) = refusal({"links": tables()["links"].assign(modes="foot; vehcle")})
    assert line.endswith("each one of foot, vehicle (did you mean 'vehicle'?)")


def test_periods_of_a_day_are_dates():
    given = tables()
    given["observations"]["date"] = given["observations"]["date"].dt.to_period("D")
    assert cv.Scenario.from_frames(**given, **WORLD).observations[0].date == dt.date(2024, 1, 20)
    given["observations"]["date"] = given["observations"]["date"].dt.asfreq("M")
    assert "expected a date like 2021-10-23" in refusal(given)[0]


def test_help_shows_the_fields_of_a_row_alone():
    assert list(inspect.signature(cv.Prior).parameters)[:2] == ["dist", "mean"]


@pytest.mark.parametrize(
    ("make", "lines"),
    [
        (lambda: cv.Prior(dist="norml"), ["Prior.dist: 'norml' — expected one of normal, .*did you mean 'normal'"]),
        (lambda: cv.Prior(dist="normal", sgima=2), [r"Prior.sgima: expected one of dist, .*did you mean 'sigma'"]),
        (lambda: cv.Prior("normal"), [r"Prior: expected every field by its name, as Prior\(dist='normal'\)$"]),
        (lambda: cv.Prior(mean=1), [r"Prior.dist: expected this argument, one of normal, .*; it is missing"]),
        (
            lambda: cv.Prior(dist="normal", mean="a", sigma=-2),
            ["Prior.mean: 'a' — expected a number", "Prior.sigma: -2 — expected a number above 0"],
        ),
        (
            lambda: cv.Parameter(name="Walk km", prior={"dist": "bta"}),
            ["Parameter.name: 'Walk km' — expected a name of", "Parameter.prior.dist: 'bta' .*did you mean 'beta'"],
        ),
        (
            lambda: cv.Scenario(**WORLD, title="t", places=[{"id": "a"}], links=3),
            [r"Scenario.places\[0\].name: expected this argument, text", "Scenario.links: 3 — expected Link rows"],
        ),
    ],
)
def test_what_is_typed_by_hand_is_refused_in_our_words(make, lines):
    with pytest.raises(cv.ScenarioError) as refused:
        make()
    said = str(refused.value).splitlines()
    assert len(said) == len(lines)
    for line, expected in zip(said, lines, strict=True):
        assert re.match(expected, line), line


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        ({"dist": "norml", "mean": 17, "sigma": 2}, "walk_km: Prior.dist: 'norml' .*did you mean 'normal'"),
        (cv.Prior(dist="normal", mean=17), "walk_km, prior.sigma: expected a number, as a normal prior takes mean and"),
    ],
)
def test_a_prior_given_for_a_parameter_is_refused_with_the_parameters_name(bundled, prior, said):
    with pytest.raises(cv.UsageError, match=said):
        bundled.with_parameters(walk_km=prior)


def test_a_graph_of_networkx_and_back(bundled):
    graph = bundled.to_networkx()
    again = bundled.replace(**dict(zip(("places", "links"), rows(graph), strict=True)))
    assert again.places == bundled.places
    assert {frozenset((one.from_id, one.to_id)): one.km for one in again.links} == {
        frozenset((one.from_id, one.to_id)): one.km for one in bundled.links
    }
    assert cv.Scenario.from_networkx(graph, **rest(bundled)).places == bundled.places


def rows(graph):
    from caravana.scenario.graphs import rows_of_graph

    return rows_of_graph(graph)


def rest(scenario):
    kept = {name: frame for name, frame in scenario.to_frames().items() if name not in ("places", "links")}
    return {**kept, "name": scenario.name, "start": scenario.start, "end": scenario.end, "rules": scenario.rules}


def test_roads_of_osmnx_become_links_between_neighbours_only():
    roads = nx.MultiDiGraph(crs="EPSG:4326")
    for node, x in enumerate((0.0, 0.1, 0.2, 0.3)):
        roads.add_node(node, x=x, y=0.0)
    for here, there, metres in ((0, 1, 12_000), (1, 2, 13_000), (2, 3, 14_000), (0, 3, 90_000)):
        roads.add_edge(here, there, length=metres)
    places = pd.DataFrame({"id": ["a", "b", "c"], "name": ["A", "B", "C"], "kind": ["conflict_zone", "town", "camp"],
                           "lat": 0.001, "lon": [0.0, 0.2, 0.3]})  # fmt: skip
    scenario = cv.Scenario.from_osmnx(roads, places=places, **WORLD)
    assert {(one.from_id, one.to_id): one.km for one in scenario.links} == {
        ("a", "b"): 25,
        ("b", "c"): 14,
        ("a", "c"): 90,
    }
    with pytest.raises(cv.UsageError, match=r"c is .* km from the nearest road of the graph; expected 5 km at most"):
        cv.Scenario.from_osmnx(roads, places=places.assign(lon=[0.0, 0.2, 2.0]), **WORLD)


def test_osmnx_takes_the_graph_of_a_scenario(bundled):
    places, links = ox.graph_to_gdfs(bundled.to_osmnx())
    assert len(places) == len(bundled.places)
    assert len(links) == 2 * len(bundled.links)
    assert links["length"].sum() == pytest.approx(2000 * sum(one.km for one in bundled.links))


def test_geometries_and_back_in_another_reference_system(bundled):
    places, links = bundled.to_geopandas()
    again = bundled.replace(places=places, links=links)
    assert again == bundled
    far = cv.Scenario.from_geopandas(
        places=places.drop(columns=["lat", "lon"]).to_crs("EPSG:32615"),
        links=links.drop(columns=["km", "km_low", "km_high"]),
        **rest(bundled),
    )
    assert far.places[0].lat == pytest.approx(bundled.places[0].lat, abs=1e-6)
    first = bundled.links[0]
    assert 0.3 * first.km < far.links[0].km <= 1.01 * first.km
    with pytest.raises(cv.UsageError, match="no reference system"):
        cv.Scenario.from_geopandas(places=places.set_crs(None, allow_override=True), links=links, **rest(bundled))


def test_parameters_are_changed_with_a_near_name_a_bound_and_a_basis(bundled):
    changed = bundled.with_parameters(walk_km=18, rest_chance={"dist": "uniform", "low": 0.1, "high": 0.2})
    held = {one.name: one for one in changed.parameters}
    assert (held["walk_km"].value, held["walk_km"].prior, held["walk_km"].basis) == (18.0, None, ("assumption",))
    assert held["rest_chance"].prior == cv.Prior(dist="uniform", low=0.1, high=0.2)
    assert bundled.with_parameters() == bundled
    for values, said in (
        ({"walk_kn": 18}, "did you mean 'walk_km'"),
        ({"walk_km": 1000}, "walk_km"),
        ({"walk_km": "far"}, "walk_km=far: expected a number"),
        ({"walk_km": {"dist": "uniform"}}, "uniform"),
    ):
        with pytest.raises(cv.UsageError) as refused:
            bundled.with_parameters(**values)
        assert said in str(refused.value)


def test_settings_of_a_displacement_are_changed_alike():
    scenario = displacement_run.make_scenario()
    assert scenario.with_parameters(max_move_speed=100).settings["max_move_speed"] == 100
    with pytest.raises(cv.UsageError, match="did you mean 'max_move_speed'"):
        scenario.with_parameters(max_moves_speed=100)


def test_a_replacement_is_checked_as_a_whole(bundled):
    assert bundled.replace(title="Another").title == "Another"
    with pytest.raises(cv.ScenarioError, match="links row 0, column from_id: 'nowhere'"):
        bundled.replace(links=[{"from_id": "nowhere", "to_id": "tapachula", "km": 3}])
    with pytest.raises(cv.ScenarioError, match="did you mean 'title'"):
        bundled.replace(titel="x")


def small_graph(kind=nx.Graph):
    graph = kind()
    for name, at in (("north", "conflict_zone"), ("south", "camp")):
        graph.add_node(name, kind=at)
    graph.add_edge("north", "south", km=90)
    return graph


def test_what_is_left_out_of_a_graph_is_warned_of():
    graph = small_graph(nx.DiGraph)
    graph.add_edge("south", "south", km=1, osmid=3)
    graph.nodes["north"]["popluation"] = 9000
    with pytest.warns(cv.UnusedInputWarning) as warned:
        scenario = cv.Scenario.from_networkx(graph, **WORLD)
    assert len(scenario.links) == 1
    assert [str(one.message) for one in warned] == [
        "attributes of nodes that are no column were left out: popluation (did you mean 'population'?)",
        "attributes of edges that are no column were left out: osmid",
        "1 edges from a node to itself were left out",
        "links go both ways: 1 edges of the graph have no way back",
    ]
    assert {one.filename for one in warned} == {__file__}


def test_edges_without_a_length_are_all_named():
    graph = nx.Graph([("a", "b", {"length": "12 km"}), ("b", "c", {"km": float("nan")}), ("c", "d", {"length": 3000})])
    with pytest.raises(cv.UsageError) as refused:
        cv.Scenario.from_networkx(graph, **WORLD)
    assert str(refused.value).splitlines()[1:] == [
        "edge a–b: '12 km' — expected km, or length in metres",
        "edge b–c: expected km, or length in metres",
    ]


def test_all_that_keeps_places_off_a_road_graph_is_named():
    roads = nx.MultiDiGraph([(0, 1, {"length": "12 km"}), (1, 2, {})], crs="EPSG:4326")
    nx.set_node_attributes(roads, {0: 0.0, 1: 0.1, 2: 0.2}, "x")
    nx.set_node_attributes(roads, 0.0, "y")
    places = pd.DataFrame({"id": ["a", "b", "c"], "name": ["A", "B", "C"], "lat": [0.0, np.nan, 3.0], "lon": 0.0})
    with pytest.raises(cv.UsageError) as refused:
        cv.Scenario.from_osmnx(roads, places=places, **WORLD)
    said = str(refused.value)
    for words in (
        "'b' has no lat and lon",
        "c is 333.6 km from",
        "0–1: '12 km' — expected a length",
        "1–2: expected a",
    ):
        assert words in said
    with pytest.raises(cv.UsageError, match="the road graph has no nodes"):
        cv.Scenario.from_osmnx(nx.MultiDiGraph(), places=places, **WORLD)
    with pytest.raises(cv.UsageError, match="places: int; expected a frame"):
        cv.Scenario.from_osmnx(roads, places=3, **WORLD)


def test_points_are_put_on_a_road_graph(bundled):
    places, _ = bundled.to_geopandas()
    places = places.iloc[:3].drop(columns=["lat", "lon"]).to_crs("EPSG:32615")
    own = cv.Scenario.from_osmnx(bundled.to_osmnx(), places=places, **WORLD)
    assert [one.id for one in own.places] == [one.id for one in bundled.places[:3]]


def test_a_geometry_by_another_name_is_left_out(bundled):
    places, links = bundled.to_geopandas()
    assert bundled.replace(places=places.rename_geometry("where"), links=links) == bundled


def test_every_empty_geometry_is_named(bundled):
    places, links = bundled.to_geopandas()
    places = places.set_geometry([None, None, *places.geometry.iloc[2:]])
    with pytest.raises(cv.UsageError) as refused:
        cv.Scenario.from_geopandas(places=places, links=links, **WORLD)
    assert [line.split(",")[0] for line in str(refused.value).splitlines()] == ["places row 0", "places row 1"]


class Columnar:
    """What tables of pyarrow and polars have in common with a frame, and what not."""

    def __init__(self, frame):
        self.columns = list(frame.columns)
        self.to_dicts = lambda: frame.to_dict("records")


def test_tables_that_are_no_frames_give_their_rows():
    given = {name: Columnar(table) for name, table in tables().items()}
    assert cv.Scenario.from_frames(**given, **WORLD) == cv.Scenario.from_frames(**tables(), **WORLD)


@pytest.mark.parametrize("qualifier", ["exact", "about"])
@pytest.mark.parametrize("given", ["low", "high"])
def test_one_end_of_a_figure_that_is_not_open_is_both(qualifier, given):
    counts = tables()["observations"].drop(columns="low").assign(**{given: 500, "qualifier": qualifier})
    (one,) = cv.Scenario.from_frames(**{**tables(), "observations": counts}, **WORLD).observations
    assert (one.low, one.high) == (500, 500)
    (open_ended,) = cv.Scenario.from_frames(
        **{**tables(), "observations": counts.assign(qualifier="more_than")}, **WORLD
    ).observations
    assert None in (open_ended.low, open_ended.high)
