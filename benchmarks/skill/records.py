"""Every caravan that is given, as reports with the day each was known: the bundled three and a folder of tables.

The tables (``caravans-2018-2025.csv``, ``endings.csv``, ``places-2018-2025.csv``) are not in the repository; their
folder is named on the command line.  Rows that do not fit the road are named in :attr:`Given.passed_over`, never
dropped silently.

What the tables do not say is settled here, once:

- A row is known on its own day; a reading of the source (``inferred``) the day after; a plan the day before.
- A caravan sets out from Tapachula on the day in its name, or on the day after its last night there.  One first seen
  more than :data:`FAR_KM` on within :data:`SOON` days set out there, on the day after.
- A place off the road, further than a town is wide, is so many km past the place where the road comes nearest to it
  (``Tehuantepec``: La Ventosa and 39 km in a straight line, times :data:`WINDING`): a branch of the road.
- Where several places are reported for one night by reports equally exact, the body was in parts: each is a
  truth of equal share.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from caravana.inference import reports
from caravana.inference.branches import KM_A_DEGREE, whereabouts_of
from caravana.inference.caravan.nights import parts_by_day
from caravana.models.scenarios import load_scenario
from caravana.scenario.model import Observation
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from collections.abc import Sequence

BUNDLED = ("tapachula-2021", "san-pedro-sula-2018", "tapachula-2021-11-18")
ROAD = "tapachula-2021"
SIDES = frozenset({"authorities", "organisers", "press", "agency", "observer"})
KINDS = frozenset({"position", "rest_day", "headcount", "accepted_papers_cumulative", "minors", "pregnant", "ill"})
WINDING = 1.15
FAR_KM = 60.0
SOON = 2
SLOW_START_DAYS = 4
DAY = dt.timedelta(days=1)
# Reports of the bundled caravans that are in the tables as well.
SAME = frozenset({"2018-10-19", "2021-10-23", "2021-11-18"})


@dataclass(frozen=True)
class Ending:
    """How a caravan ended: the day (None: not known), and the word for how (papers, force, arrived, melted, buses)."""

    date: dt.date | None
    how: str


@dataclass(frozen=True)
class Given:
    """One caravan's reports, where it set out, and how it ended.

    Attributes
    ----------
    name : str
    record : CaravanReports
        Reports with ``known_on``; km along the bundled road, branches included.
    start_km : float
        Where it set out.
    truth : dict of int to tuple of float
        Places of each night that were reported as such, by day: several where the body was in parts.
    ending : Ending or None
    passed_over : tuple of str
        Rows that were left out, and why.
    """

    name: str
    record: reports.CaravanReports
    start_km: float
    truth: dict[int, tuple[float, ...]]
    ending: Ending | None
    passed_over: tuple[str, ...]


def bundled() -> list[Given]:
    """The three caravans that ship with the package."""
    out = []
    for name in BUNDLED:
        record = reports.read_record(load_scenario(name))
        start = float(record.stops.km[int(np.argmax(record.start))])
        ending = {"tapachula-2021-11-18": Ending(dt.date(2021, 11, 23), "papers")}.get(name)
        out.append(Given(name, record, start, parts_by_day(record), ending, ()))
    return out


def others(folder: Path) -> list[Given]:
    """The caravans of the tables in ``folder``, in order of name."""
    where, elsewhere = _road(folder)
    endings = _endings(folder)
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _read(folder / "caravans-2018-2025.csv"):
        rows.setdefault(row["caravan"], []).append(row)
    return [_given(name, rows[name], where, elsewhere, endings.get(name)) for name in sorted(rows) if name not in SAME]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _endings(folder: Path) -> dict[str, Ending]:
    out = {}
    for row in _read(folder / "endings.csv"):
        how = next(
            (w for w in ("force", "papers", "arrived", "melted", "transfers", "gave itself up") if w in row["how"]), ""
        )
        how = {"gave itself up": "papers"}.get(how, how)
        if row["caravan"] in out and how == "arrived":
            continue
        out[row["caravan"]] = Ending(dt.date.fromisoformat(row["ended_on"]) if row["ended_on"] else None, how)
    return out


def _road(folder: Path) -> tuple[dict[str, tuple[float, float]], dict[str, str]]:
    """Km along the road and how far off it, by place; and the places without either, with the reason."""
    scenario = load_scenario(ROAD)
    itinerary = next(i for i in scenario.itineraries if i.id == scenario.caravans[0].itinerary)
    ids, km = trace_itinerary(scenario, itinerary)
    where = {place: (float(at), 0.0) for place, at in zip(ids, km, strict=True)}
    places = {p.id: p for p in scenario.places}
    on_road = [(places[i], float(k)) for i, k in zip(ids, km, strict=True) if places[i].lat is not None]
    road = np.array([(p.lat, p.lon) for p, _ in on_road], float)
    beside = {p.id: (p.lat, p.lon) for p in scenario.places if p.id not in where and p.lat is not None}
    elsewhere: dict[str, str] = {}
    for table in ("places.csv", "places-2018-2025.csv"):
        for row in _read(folder / table):
            # `nogales` is a town of Veracruz in the newer table, and one of the northern border in the bundled places.
            if row["id"] in where or (row["id"] in beside and table == "places.csv"):
                continue
            if row["country"] != "MX":
                elsewhere[row["id"]] = "not on the road: before Mexico"
            elif row["lat"]:
                beside[row["id"]] = (float(row["lat"]), float(row["lon"]))
            else:
                elsewhere[row["id"]] = "no coordinates"
    for place, at in beside.items():
        gap = (road - np.array(at, float)) * np.array([1.0, np.cos(np.radians(float(at[0] or 0)))])
        far = KM_A_DEGREE * np.hypot(gap[:, 0], gap[:, 1])
        nearest = int(np.argmin(far))
        base, off = on_road[nearest][1], float(far[nearest])
        if base < 1.0 and off > 5.0:
            elsewhere[place] = "not on the road: before Tapachula"
        elif off <= 5.0:
            where[place] = (base, off)
        else:
            # Before Arriaga a road from inland comes down to the coast; beyond it, branches lead away.
            sign = -1.0 if place in {"tuxtla-gutierrez", "ocozocoautla", "cintalapa"} else 1.0
            where[place] = (base + sign * WINDING * off, 2.0)
    where["cerro-gordo"] = (where["huixtla"][0] + 8.0, 1.0)
    where["mexico-city"] = where.get("mexico-city", where["mexico-city-basilica"])
    for place in where:
        elsewhere.pop(place, None)
    return where, elsewhere


def _given(
    name: str,
    rows: Sequence[dict[str, str]],
    where: dict[str, tuple[float, float]],
    elsewhere: dict[str, str],
    ending: Ending | None,
) -> Given:
    observations, passed = [], []
    for number, row in enumerate(rows):
        if row["kind"] not in KINDS:
            continue
        if row["kind"] == "position" and row["place_id"] not in where:
            passed.append(f"{name} {row['date']} {row['place_id']}: {elsewhere.get(row['place_id'], 'unknown place')}")
            continue
        if "part" in row["note"].lower().split(":")[0].split(",")[0].split() and row["kind"] == "headcount":
            passed.append(f"{name} {row['date']} headcount of a part: {row['note']}")
            continue
        observations.append(_observation(f"obs-{number}", row, where))
    located = sorted((o.date, where[o.place_id][0]) for o in observations if _seen(o) and o.place_id in where)
    named = _named_date(name, rows)
    departs, start_km = _set_out(named, located)
    caravan = load_scenario(ROAD).caravans[0].model_copy(update={"id": "caravan-" + name, "departs": departs})
    observations = [o.model_copy(update={"caravan": caravan.id}) for o in observations]
    last = max(dt.date.fromisoformat(row["date"]) for row in rows)
    road = reports.read_record(load_scenario(ROAD))
    nights = tuple(n for n in reports.nights_of(observations, where) if n.date >= departs)
    counts, beside = (
        tuple(reports.numbered(c, departs) for c in reports.counts_of(observations, caravan, kinds))
        for kinds in (reports.COUNTED, reports.BESIDE)
    )
    start = np.zeros(road.stops.km.size)
    start[int(np.argmin(np.abs(road.stops.km - start_km)))] = 1.0
    record = reports.CaravanReports(
        caravan=name,
        departs=departs,
        stops=road.stops,
        start=start,
        nights=nights,
        counts=counts,
        offers=(),
        last=last,
        others=beside,
        whereabouts=whereabouts_of(
            (o for o in observations if o.kind in reports.PRESENT | {"position"}),
            {place: at for place, at in where.items() if not any(place in b.places for b in road.branches)},
        ),
        branches=road.branches,
    )
    truth = parts_by_day(record)
    if ending and ending.date:
        late = [day for day in truth if record.date(day) > ending.date]
        passed += [f"{name} {record.date(day)}: after its end on {ending.date} ({ending.how})" for day in late]
        truth = {day: km for day, km in truth.items() if day not in late}
    return Given(name, record, start_km, truth, ending, tuple(passed))


def _named_date(name: str, rows: Sequence[dict[str, str]]) -> dt.date:
    try:
        return dt.date.fromisoformat(name[:10])
    except ValueError:
        return min(dt.date.fromisoformat(row["date"]) for row in rows)


def _seen(observation: Observation) -> bool:
    return observation.qualifier != "planned" and observation.kind in {"position", "headcount", "rest_day"}


def _set_out(named: dt.date, located: Sequence[tuple[dt.date, float]]) -> tuple[dt.date, float]:
    """First day under way and the km from which it went."""
    if not located:
        return named, 0.0
    moved = next((date for date, km in located if km > 1.0), None)
    at_start = [date for date, km in located if km <= 1.0 and (moved is None or date < moved) and date > named]
    if at_start:
        return max(at_start) + DAY, 0.0
    first, km = next(((d, k) for d, k in located if k > 1.0), located[0])
    if abs(km) > FAR_KM and (first - named).days <= SOON:
        return first + DAY, km
    if (first - named).days > SLOW_START_DAYS and km <= FAR_KM:
        return first, 0.0
    return named, 0.0


def _observation(number: str, row: dict[str, str], where: dict[str, tuple[float, float]]) -> Observation:
    date = dt.date.fromisoformat(row["date"])
    planned, inferred = row["qualifier"] == "planned", row["inferred"] == "true"
    known = date - DAY if planned else date + DAY if inferred else date
    return Observation(
        id=number,
        date=date,
        known_on=known,
        place_id=row["place_id"] if row["place_id"] in where else None,
        kind=row["kind"],
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        qualifier=row["qualifier"],
        speaker_role=row["speaker_role"] or "press",
        speaker_side=row["speaker_side"] if row["speaker_side"] in SIDES else "press",
        inferred=inferred,
        note=row["note"],
    )
