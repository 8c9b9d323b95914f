"""Import an instance of the size of a country, with every column and file that Flee acts on, and run it a few days.

    python benchmarks/all_columns.py [--places 780] [--days 30] [--members 8] [--json]

The instance is made up: places on a grid, roads between neighbours, and in ``locations.csv`` all columns that the rules
of 2025 and 2026 read.  Printed: seconds of the import, what it noted, and seconds a member of each rule set
(awareness 2; the classes of people of the elderly, women and children).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from pathlib import Path

import numpy as np

import caravana as cv
from caravana.importers.flee.instance import import_flee

COLUMNS = (
    "initial_idps", "conflict_intensity", "capacity_per_day", "farmer_fraction", "trade_volume", "hdi", "red", "blue",
)  # fmt: skip
SETTINGS = """default_conflict_intensity: 0.5
spawn_rules:
  take_from_population: true
  insert_day0: true
  starvation_driven_spawning: true
move_rules:
  awareness_level: 2
  idpcamp_movechance: 0.1
  use_economic_pull: true
  flee_when_starving: true
  avoid_food_deprived_locations: true
  ChildrenAvoidHazards: true
  BoysTakeRisk: true
  ElderlyAvoidHazards: true
  WomenAvoidHazards: true
"""
START = dt.date(2025, 1, 1)


def write_country(folder: Path, *, places: int, days: int, seed: int = 1) -> Path:
    """Write the instance."""
    rng = np.random.default_rng(seed)
    inputs, data = folder / "input_csv", folder / "source_data"
    inputs.mkdir(parents=True)
    data.mkdir()
    side = int(np.ceil(np.sqrt(places)))
    kinds = rng.choice(["conflict_zone", "town", "camp", "idpcamp"], size=places, p=[0.3, 0.5, 0.1, 0.1])
    kinds[0] = "conflict_zone"
    rows = ["#name,region,country,latitude,longitude,location_type,conflict_date,population," + ",".join(COLUMNS)]
    for at, kind in enumerate(kinds):
        people = int(rng.integers(5_000, 50_000))
        rest = [
            int(rng.integers(0, 900)), 0.75 if kind == "conflict_zone" else 0, 10 if "camp" in kind else 0, 0.25,
            round(float(rng.uniform(0, 1)), 2), 0.6, people // 3, people // 2,
        ]  # fmt: skip
        country = "There" if at % side == side - 1 else "Here"
        rows.append(
            f"P{at},R{at // 40},{country},{at // side / 4:.3f},{at % side / 4:.3f},{kind},"
            f"{0 if kind == 'conflict_zone' else ''},{people}," + ",".join(map(str, rest))
        )
    (inputs / "locations.csv").write_text("\n".join(rows) + "\n")
    pairs = [(at, at + 1) for at in range(places - 1) if at % side < side - 1]
    pairs += [(at, at + side) for at in range(places - side)]
    roads = [f"P{a},P{b},{rng.integers(20, 300)}," for a, b in pairs]
    (inputs / "routes.csv").write_text("\n".join(["#name1,name2,distance,forced_redirection", *roads]) + "\n")
    (inputs / "closures.csv").write_text("#closure_type,name1,name2,closure_start,closure_end\n")
    zones = [f"P{at}" for at in np.flatnonzero(kinds == "conflict_zone")]
    fought = [f"{day}," + ",".join(["1"] * len(zones)) for day in range(days)]
    (inputs / "conflicts.csv").write_text("\n".join(["#Day," + ",".join(zones), *fought]) + "\n")
    regions = sorted({f"R{at // 40}" for at in range(places)})
    hunger = [f"{day}," + ",".join(["20"] * len(regions)) for day in (0, days)]
    (inputs / "region_attributes_IPC.csv").write_text("\n".join(["#Day," + ",".join(regions), *hunger]) + "\n")
    (inputs / "demographics_age.csv").write_text("age,Default\n10,4\n16,1\n30,4\n65,1\n")
    (inputs / "demographics_gender.csv").write_text("gender,Default\nmale,1\nfemale,1\n")
    (inputs / "sim_period.csv").write_text(f"StartDate,{START}\nLength,{days}\n")
    camps = [f"P{at}" for at in np.flatnonzero(np.isin(kinds, ("camp", "idpcamp")))]
    layout = ["total,refugees.csv", *(f"{name},{name}.csv" for name in camps)]
    (data / "data_layout.csv").write_text("\n".join(layout) + "\n")
    end = START + dt.timedelta(days)
    for name in ("refugees", *camps):
        (data / f"{name}.csv").write_text(f"{START},100\n{end},{100 + 500 * days}\n")
    (folder / "simsetting.yml").write_text(SETTINGS)
    return folder


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--places", type=int, default=780)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_country(Path(temporary) / "country", places=given.places, days=given.days)
        began = time.process_time()
        read = import_flee(folder, folder / "simsetting.yml")
        told = {
            "import_s": round(time.process_time() - began, 2),
            "faults": len(read.faults),
            "notes": list(read.notes),
        }
        scenario = read.require()
        told |= {"places": len(scenario.places), "links": len(scenario.links),
                 "displaced": sum(place.displaced or 0 for place in scenario.places),
                 "series": [series.kind for series in scenario.series]}  # fmt: skip
        for rules in ("flee", "walk", "camp-shares"):
            began = time.perf_counter()
            run = cv.simulate(
                scenario.model_copy(update={"rules": rules}), members=given.members, seed=1, out=Path(temporary) / rules
            )  # fmt: skip
            told[f"{rules}_member_s"] = round((time.perf_counter() - began) / given.members, 2)
            told[f"{rules}_people"] = int(run.query("SELECT SUM(persons) AS n FROM people").iloc[0, 0])
    print(json.dumps(told) if given.json else "\n".join(f"{name}: {value}" for name, value in told.items()))


if __name__ == "__main__":
    main()
