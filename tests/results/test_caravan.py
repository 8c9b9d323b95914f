from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.made.caravan_run import START, by_hand, make_scenario

from caravana.errors import UsageError
from caravana.reporting.caravan.map import bands, short_name
from caravana.results.caravan import (
    area_of,
    arrivals,
    hubs,
    main_caravan,
    nights,
    reported,
    route_of,
    statuses,
    whereabouts,
)
from caravana.results.members import LEVELS, quantiles
from caravana.scenario.model import Place

if TYPE_CHECKING:
    from pathlib import Path

    from caravana.run import Run

END = "mexico-city"
REST, WALK, OVER, THERE = "rest", "walk", "dissolved", "arrived"


@pytest.fixture
def four(tmp_path: Path) -> Run:
    """Four members, four days: one rests, two walk at different paces, one falls apart on day 2."""
    return by_hand(
        tmp_path / "run",
        [
            [("tapachula", REST, 1000)] * 4,
            [("tapachula", REST, 2000), ("huixtla", WALK, 1900), ("huixtla", REST, 1800), ("escuintla", WALK, 1700)],
            [("tapachula", REST, 3000), ("huehuetan", WALK, 3000), (END, WALK, 2500), (END, THERE, 0)],
            [("tapachula", REST, 4000), ("huehuetan", WALK, 400), ("", OVER, 0), ("", OVER, 0)],
        ],
        people=[
            (0, START, "tapachula", "adult", "detained", 3, 3),
            (0, START, "huixtla", "adult", "detained", 4, 4),
            (1, START + dt.timedelta(2), "huixtla", "family", "in_care", 2, 6),
            (1, START, "huixtla", "adult", "waiting", 9, 9),
        ],
        flows=[
            (0, START, "accepted", "adult", 10),
            (0, START + dt.timedelta(2), "accepted", "family", 6),
            (2, START + dt.timedelta(1), "died", "adult", 1),
            (3, START, "joined", "adult", 99),
        ],
        reports=[
            (0, START, "october", "press", 1500.0),
            (1, START, "october", "press", 2500.0),
            (1, START, "other", "press", 1.0),
        ],
    )  # fmt: skip


def test_nights(four: Run) -> None:
    where = nights(four)
    assert where.caravan == "october"
    assert where.members.tolist() == [0, 1, 2, 3]
    assert where.together.tolist() == [
        [True] * 4, [True] * 4, [True, True, True, False], [True, True, False, False],
    ]  # fmt: skip
    assert where.arrived[2].tolist() == [False, False, False, True]
    assert where.dissolved[3].tolist() == [False, False, True, True]
    assert not where.dissolved[:3].any()
    assert where.persons[3].tolist() == [4000, 400, 0, 0]
    # Km are those of the road, and there is a place to show where it has arrived.
    assert where.km[1].tolist() == [0, 42, 42, 73]
    assert where.somewhere[2].all()


def test_whereabouts_are_shares_of_the_runs_with_a_caravan(four: Run) -> None:
    where = nights(four)
    ids = [p.id for p in four.scenario.places]
    assert {ids[i]: s for i, s in whereabouts(where, 1).items()} == {
        "huehuetan": 0.5,
        "tapachula": 0.25,
        "huixtla": 0.25,
    }
    assert next(iter(whereabouts(where, 1))) == ids.index("huehuetan")
    # Day 2: the fourth has no caravan.
    assert sum(whereabouts(where, 2).values()) == pytest.approx(1)
    assert len(whereabouts(where, 2)) == 3


def test_bands_hold_places_of_the_road(four: Run) -> None:
    where = nights(four)
    assert bands(where, 0) == {"band90": [0.0, 0.0], "band50": [0.0, 0.0]}
    assert bands(where, 1)["band90"] == [0.0, 42.0]


def test_arrivals_by_hand(four: Run) -> None:
    frame = arrivals(four, nights(four)).set_index("place")
    huixtla = frame.loc["huixtla"]
    # The second sleeps there on day 1; the third passes on its way to the end on day 2.
    assert (huixtla["passes"], huixtla["sleeps"]) == (0.5, 0.25)
    assert [huixtla[c].day for c in ("low", "median", "high")] == [24, 24, 25]
    # Passed without a night counts as reached: escuintla lies before the end.
    assert frame.loc["arriaga", "passes"] == 0.25
    assert frame.loc["arriaga", "sleeps"] == 0
    assert frame.loc["tapachula", "passes"] == 1
    assert frame["km"].is_monotonic_increasing


def test_statuses_by_hand(four: Run) -> None:
    found = statuses(four, nights(four))
    assert found["caravan"][:, 3].tolist() == [1000, 1700, 0, 0]
    assert found["detained"][0].tolist() == [7, 0, 0, 0]
    assert found["in_care"][1].tolist() == [0, 0, 6, 0]
    assert found["accepted"][0].tolist() == [10, 10, 16, 16]
    assert found["dead"][2].tolist() == [0, 1, 1, 1]
    assert found["returned"].sum() == 0
    assert list(found) == ["caravan", "accepted", "detained", "in_care", "ahead", "smuggled", "returned", "dead"]


def test_reports_of_the_main_caravan_only(four: Run) -> None:
    found = reported(four, nights(four))
    assert list(found) == ["press"]
    assert found["press"][:, 0].tolist()[:2] == [1500, 2500]
    assert np.isnan(found["press"][2:]).all()


def test_quantiles_by_hand() -> None:
    values = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0], [5.0, 50.0]])
    assert quantiles(values, levels=(0, 0.5, 1)).tolist() == [[1, 10], [3, 30], [5, 50]]
    given = np.array([[True, False]] * 3 + [[False, False]] * 2)
    some = quantiles(values, given=given, levels=(0.5,))
    assert some[0, 0] == 2
    assert np.isnan(some[0, 1])


def test_quantiles_are_numpys() -> None:
    rng = np.random.default_rng(7)
    values, given = rng.normal(size=(41, 9)), rng.random((41, 9)) < 0.6
    expected = np.nanquantile(np.where(given, values, np.nan), LEVELS, axis=0)
    np.testing.assert_allclose(quantiles(values, given=given), expected)
    np.testing.assert_allclose(quantiles(values), np.quantile(values, LEVELS, axis=0))


def test_hubs_keep_their_distance() -> None:
    scenario = make_scenario()
    route = route_of(scenario, "october")
    on = dict(zip(route.ids, route.km, strict=True))
    names = [scenario.places[i].id for i in hubs(scenario, route, spacing=60)]
    km = [on[x] for x in names]
    assert names[0] == "tapachula"
    assert names[-1] == "mexico-city"
    assert km == sorted(km)
    assert min(np.diff(km)) >= 60
    # Of two neighbours the larger stands for both.
    assert "tonala" in names
    assert "arriaga" not in names


def test_every_place_belongs_to_its_nearest_hub() -> None:
    scenario = make_scenario()
    route = route_of(scenario, "october")
    ids = [p.id for p in scenario.places]
    area = area_of(scenario, route, [ids.index("tapachula"), ids.index("mexico-city")])
    assert ids[area[ids.index("huixtla")]] == "tapachula"
    assert ids[area[ids.index("puebla")]] == "mexico-city"
    # Off the route a place stands for itself.
    assert ids[area[ids.index("tecun-uman")]] == "tecun-uman"


@pytest.mark.parametrize(
    ("name", "municipality", "short"),
    [
        ("Tapachula de Córdova y Ordóñez", "Tapachula", "Tapachula"),
        ("Heroica Puebla de Zaragoza", "Puebla", "Puebla"),
        ("Heroica Ciudad de Juchitán de Zaragoza", "Heroica Ciudad de Juchitán de Zaragoza", "Juchitán"),
        ("Joaquín Miguel Gutiérrez (Margaritas): stand-in", "Pijijiapan", "Joaquín Miguel Gutiérrez"),
        ("San Martín Texmelucan de Labastida", "San Martín Texmelucan", "San Martín Texmelucan"),
        ("Villa de Etla", "", "Villa de Etla"),
        ("Huixtla Nuevo", "Huixtla", "Huixtla Nuevo"),
    ],
)
def test_short_names(name: str, municipality: str, short: str) -> None:
    assert short_name(Place(id="x", name=name, municipality=municipality)) == short


def test_a_scenario_without_a_caravan_has_no_such_report() -> None:
    bare = make_scenario().model_copy(update={"caravans": ()})
    with pytest.raises(UsageError, match="no caravan"):
        main_caravan(bare)


def test_days_are_the_runs(four: Run) -> None:
    assert four.days.equals(pd.date_range("2021-10-23", "2021-10-26", name="day").as_unit("s"))
