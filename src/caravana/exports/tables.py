"""The tables of an export: who is where by day, the caravans, what happened, what is needed.

Headers are plain words in the manner of the Humanitarian API (HAPI): ``location_code``,
``admin2_code``, ``reference_period_start``.  The internal tables have every place, status and
day; the public ones go through :mod:`caravana.exports.disclosure`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from caravana.exports.disclosure import MEASURES
from caravana.language.language import load_language
from caravana.models.displacement.assessments import KIND as ASSESSED
from caravana.results.by_unit.assessed import read_assessed
from caravana.results.cells import caravans_by_stop, has_caravans, persons_by_area, persons_by_flow
from caravana.results.needs import daily_needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from caravana.language.language import Language
    from caravana.run import Run

Audience = Literal["internal", "public"]
RAREST = 0.02
"""Cells that are occupied in a smaller share of the simulations are left out of the internal table."""
SOON = dt.timedelta(days=31)
"""By when most is known: an observation that was later shows no more than that its own day is past."""
HXL = {
    "location_code": "#country+code", "admin1_name": "#adm1+name",
    "admin2_code": "#adm2+code", "admin2_name": "#adm2+name",
    "place_code": "#loc+code", "place_name": "#loc+name", "latitude": "#geo+lat", "longitude": "#geo+lon",
    "population": "#population", "place_kind": "#loc+type", "reference_period_start": "#date+start",
    "reference_period_end": "#date+end", "status": "#status", "caravan_code": "#group+code", "flow": "#event+type",
    "persons_low": "#affected+low", "persons_median": "#affected+median", "persons_high": "#affected+high",
    "persons_mean": "#affected+mean", "probability": "#indicator+probability", "withheld": "#meta+withheld",
    "item": "#item+name", "unit": "#item+unit", "need_low": "#inneed+low", "need_median": "#inneed+median",
    "need_high": "#inneed+high", "standard": "#item+standard", "km_low": "#indicator+km+low",
    "km_median": "#indicator+km+median", "km_high": "#indicator+km+high", "persons_median_shown": "#affected+shown",
    "cells_withheld": "#meta+withheld+num", "source_code": "#meta+source+code", "publisher": "#meta+source",
    "area_name": "#adm+name", "assessed_low": "#affected+assessed+low", "assessed_high": "#affected+assessed+high",
    "kind": "#meta+source+type", "language": "#meta+language", "date": "#date+published", "address": "#meta+url",
}  # fmt: skip
"""HXL 1.1 tags of the columns, for those who still want the row."""


@dataclass(frozen=True)
class Export:
    """Tables to be written, and what goes with them.

    Attributes
    ----------
    audience
        ``internal`` or ``public``.
    origin
        Last day that is past; later ones are ahead.
    tables
        By name: ``people`` first.
    notes
        Lines for the README.
    run
        Where it is from.
    words
        Of the language that its README is in; headers are the same in every language, as programs read them.
    """

    audience: Audience
    origin: dt.date | None
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    run: Run = field(repr=False)
    words: Language = field(default_factory=lambda: load_language("en"), repr=False)


def provenance(export: Export) -> str:
    """What an export was made from.

    A public one says neither seed nor hash: whoever has the scenario could simulate the run again with
    them, and read there what is withheld.
    """
    run, say = export.run, export.words.text
    about = {
        "scenario": run.scenario.name, "n": len(run.member_ids), "version": run.manifest.get("caravana", ""),
    }  # fmt: skip
    if export.audience != "internal":
        return say("readme.made_public", **about)
    plan = run.manifest["plan"]
    return say("readme.made", **about, hash=str(plan["scenario_hash"])[:12], seed=plan["seed"])


def last_known(run: Run, *, today: dt.date | None = None) -> dt.date | None:
    """Last day that is past for a run, by its record and by the clock; None where none is.

    By the record: its forecast's origin, or the last day its observations were known on.  What is said to be known
    on a day that is still to come is a slip (a mistyped year, say) and counts for nothing; what is said to be known
    long after the day it tells of shows no more than that this day is past.

    Parameters
    ----------
    run
        An opened run.
    today
        The day by the clock (default: the machine's, in UTC).
    """
    today = today or dt.datetime.now(dt.UTC).date()
    origin = run.manifest["plan"].get("origin")
    if origin:
        return min(dt.date.fromisoformat(str(origin)), today)
    known = [
        o.known_on if o.known_on - o.date <= SOON else o.date for o in run.scenario.observations if o.known_on <= today
    ]
    return min(max(known), run.days[-1].date()) if known else None


def place_table(run: Run) -> pd.DataFrame:
    """The scenario's places with their codes."""
    import pandas as pd

    rows = [
        (p.country, p.state, p.pcode, p.municipality, p.id, p.name, p.lat, p.lon, p.population, p.kind)
        for p in run.scenario.places
    ]
    names = ["location_code", "admin1_name", "admin2_code", "admin2_name", "place_code", "place_name"]
    frame = pd.DataFrame(rows, columns=[*names, "latitude", "longitude", "population", "place_kind"])
    return frame.astype({"latitude": float, "longitude": float, "population": "Int64"})


def dated(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its day as a period of reference of one day."""
    import pandas as pd

    days = pd.to_datetime(frame["day"]).dt.date
    return frame.drop(columns="day").assign(reference_period_start=days, reference_period_end=days)


PLACED = [
    "location_code",
    "admin1_name",
    "admin2_code",
    "admin2_name",
    "place_code",
    "place_name",
    "latitude",
    "longitude",
]
DATES = ["reference_period_start", "reference_period_end"]


def internal_people(run: Run) -> pd.DataFrame:
    """Persons by place, day and status: quantiles over the members."""
    cells = persons_by_area(run, {p.id: p.id for p in run.scenario.places})
    cells = cells[cells["probability"] >= RAREST]
    frame = dated(cells.merge(place_table(run), left_on="area", right_on="place_code"))
    columns = [*PLACED, *DATES, "status", *MEASURES, "persons_mean", "probability"]
    return frame[columns].sort_values(["reference_period_start", "place_code", "status"]).reset_index(drop=True)


def internal_caravans(run: Run) -> pd.DataFrame:
    """Where each caravan may sleep, by day: share of the members, and persons where it does."""
    frame = dated(caravans_by_stop(run).merge(place_table(run), on="place_code"))
    columns = ["caravan_code", *PLACED, *DATES, "probability", *MEASURES, "km_median"]
    order = ["caravan_code", "reference_period_start", "probability", "place_code"]
    return frame[columns].sort_values(order, ascending=[True, True, False, True]).reset_index(drop=True)


def flow_table(run: Run) -> pd.DataFrame:
    """Persons by day and flow: quantiles over the members."""
    frame = dated(persons_by_flow(run))
    columns = [*DATES, "flow", *MEASURES, "persons_mean", "probability"]
    return frame[columns].sort_values(["reference_period_start", "flow"]).reset_index(drop=True)


def need_table(run: Run) -> pd.DataFrame:
    """What the main caravan needs each day."""
    frame = dated(daily_needs(run)).rename(columns={n: f"need_{n}" for n in ("low", "median", "high")})
    frame = frame.rename(columns={"together": "probability"})
    return frame[[*DATES, "item", "need_low", "need_median", "need_high", "unit", "standard", "probability"]]


def area_table(run: Run) -> pd.DataFrame:
    """Assessments of the displaced by area and date, beside the persons who rest in the area in the simulations."""
    import pandas as pd

    rows = []
    for one in read_assessed(run):
        for at, day in enumerate(one.area.days.tolist()):
            if 0 <= day < len(run.days):
                low, middle, high = (one.levels[level, day] for level in (0, one.levels.shape[0] // 2, -1))
                figures = (one.area.low[at], one.area.high[at], low, middle, high)
                rows.append((one.area.name, run.days[day].date(), *figures))
    frame = pd.DataFrame(rows, columns=["area_name", DATES[0], "assessed_low", "assessed_high", *MEASURES])
    frame.insert(2, DATES[1], frame[DATES[0]])
    return frame.sort_values([DATES[0], "area_name"]).reset_index(drop=True)


def source_table(run: Run) -> pd.DataFrame:
    """The scenario's sources."""
    import pandas as pd

    rows = [(s.id, s.kind, s.publisher, s.language, s.date, s.address) for s in run.scenario.sources]
    return pd.DataFrame(rows, columns=["source_code", "kind", "publisher", "language", "date", "address"])


def internal_export(run: Run, *, origin: dt.date | None = None) -> Export:
    """Every table, for those who plan; of a model that writes people only, people, places and sources."""
    tables = {"people": internal_people(run)}
    if has_caravans(run):
        tables["caravans"] = internal_caravans(run)
        tables["needs"] = need_table(run)
    if "flows" in run.tables:
        tables["flows"] = flow_table(run)
    if any(one.kind == ASSESSED for one in run.scenario.observations):
        tables["areas"] = area_table(run)
    tables |= {"places": place_table(run), "sources": source_table(run)}
    known = origin or last_known(run)
    warning = "Positions in the coming days, people who travel apart and numbers under 10 can do harm."
    notes = [f"INTERNAL: do not publish. {warning}"]
    if known is not None:
        notes.append(f"Days after {known} are ahead of what is known.")
    return Export("internal", known, tables, tuple(notes), run)
