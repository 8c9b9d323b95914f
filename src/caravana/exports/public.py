"""The tables of an export that may be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.exports.audit import PROTECTED
from caravana.exports.disclosure import MEASURES, PUBLIC_FLOWS, PUBLIC_GROUPS, totals, withhold
from caravana.exports.key import key_of
from caravana.exports.tables import (
    DATES,
    PLACED,
    Export,
    dated,
    last_known,
    place_table,
)
from caravana.results.cells import persons_by_area, persons_by_flow
from caravana.results.small_counts import BASE, SMALLEST

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from caravana.exports.key import ReleaseKey
    from caravana.run import Run

FEWEST = 20
"""Simulations that a run must have to be published: with fewer, its lower number is that of one of them."""


def _areas(run: Run) -> tuple[dict[str, str], pd.DataFrame]:
    """The municipality of each place, and the municipalities with a point to a tenth of a degree."""
    places = place_table(run)
    named = places["admin2_name"].where(places["admin2_name"] != "", "(municipality not stated)")
    key = places["location_code"] + "|" + places["admin1_name"] + "|" + named
    frame = places.assign(area=key, admin2_name=named)
    first = frame.groupby("area", sort=True).agg(
        location_code=("location_code", "first"), admin1_name=("admin1_name", "first"),
        admin2_code=("admin2_code", "max"), admin2_name=("admin2_name", "first"),
        latitude=("latitude", "mean"), longitude=("longitude", "mean"),
    )  # fmt: skip
    first[["latitude", "longitude"]] = first[["latitude", "longitude"]].round(1)
    return dict(zip(places["place_code"], key, strict=True)), first.reset_index()


def _until(frame: pd.DataFrame, last: dt.date) -> pd.DataFrame:
    import pandas as pd

    return frame[pd.to_datetime(frame["day"]).dt.date <= last]


def _every_day(cells: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Cells with a row for every day, those on which nobody was there too: small and empty look alike then."""
    import pandas as pd

    days = pd.DataFrame({"day": sorted(cells["day"].unique())})
    names = cells.loc[cells[MEASURES[-1]] > 0, keys].drop_duplicates()
    full = days.merge(names, how="cross").merge(cells[["day", *keys, *MEASURES]], on=["day", *keys], how="left")
    return full.fillna(dict.fromkeys(MEASURES, 0.0)).sort_values(["day", *keys]).reset_index(drop=True)


def _public_people(run: Run, past: Past) -> pd.DataFrame:
    """Persons by municipality, past day and group."""
    area, places = _areas(run)
    counted = persons_by_area(run, area, PUBLIC_GROUPS, drawn=past.members)
    cells = _every_day(_until(counted, past.record), ["area", "status"])
    keys = ["area", "location_code", "admin1_name"]
    placed = _until(cells, past.last).merge(places[keys], on="area")
    lines = (["status", "location_code", "admin1_name"], ["status"], ["area"])
    cells = withhold(placed, lines=lines, cell=["area", "status"], key=past.key)
    people = dated(cells.drop(columns=["location_code", "admin1_name"]).merge(places, on="area"))
    people = people[[*PLACED[:4], *PLACED[6:], *DATES, "status", *MEASURES, "withheld"]]
    return people.sort_values(["reference_period_start", *PLACED[:2], "admin2_name", "status"]).reset_index(drop=True)


def _public_flows(run: Run, past: Past) -> pd.DataFrame:
    """What happened to how many on past days; empty if nothing that may be told."""
    import pandas as pd

    if "flows" not in run.tables:
        return pd.DataFrame()
    counted = persons_by_flow(run, PUBLIC_FLOWS, drawn=past.members)
    cells = _every_day(_until(counted, past.record), ["flow"])
    happened = withhold(_until(cells, past.last), lines=(), cell=["flow"], key=past.key)
    flows = dated(happened)[[*DATES, "flow", *MEASURES, "withheld"]]
    return flows.sort_values(["reference_period_start", "flow"]).reset_index(drop=True)


@dataclass(frozen=True)
class Past:
    """What of a run may be published, and by which draws.

    Attributes
    ----------
    record
        Last day that is past.
    last
        Last day to publish.
    key
        What the draws of rounding are made with.
    members
        Simulations that the numbers are of, drawn with the key: whoever simulates the run again does not know which.
    """

    record: dt.date
    last: dt.date
    key: ReleaseKey
    members: list[int]


def _past_of(run: Run, *, origin: dt.date | None, today: dt.date | None) -> Past:
    known = last_known(run, today=today)
    if known is None:
        raise UsageError(
            "nothing can be published: the run has no origin and no observations, so no day of it is known to be past"
        )
    if origin is not None and origin > known:
        raise UsageError(f"origin {origin}: what is known ends on {known}, and days after it may not be published")
    if len(run.member_ids) < FEWEST:
        raise UsageError(
            f"nothing can be published: the run has {len(run.member_ids)} simulations. From fewer than {FEWEST} the"
            " numbers would be those of single simulations, which can be worked out from one another"
        )
    key = key_of(run.path)
    return Past(known, origin or known, key, key.members(run.member_ids.tolist()))


def public_export(run: Run, *, origin: dt.date | None = None, today: dt.date | None = None) -> Export:
    """The tables that may be published: past days, municipalities, no small cells, nobody who walks apart.

    Parameters
    ----------
    run
        An opened run.
    origin
        Last day to publish, if earlier than the last that is known.
    today
        The day by the clock (default: the machine's): no later one is published, whatever the record says.

    Raises
    ------
    caravana.errors.UsageError
        If it cannot be told which days are past, `origin` is later than what is known, or the run has too few
        simulations.
    """
    past = _past_of(run, origin=origin, today=today)
    people, flows = _public_people(run, past), _public_flows(run, past)
    tables = {
        "people": people,
        "totals": totals(people, by=["location_code", "admin1_name", *DATES, "status"]),
        "flows": flows,
    }
    notes = (
        f"PUBLIC: days up to {past.last} only, by municipality.",
        f"Cells of nobody or fewer than {SMALLEST} are withheld, and others that would give 1 to {PROTECTED} away.",
        "Numbers are over simulations drawn from the run by chance, so they are close to its own and not the same.",
        f"Numbers are rounded to {BASE}s, up or down by chance: the true one is less than {BASE} from the one shown.",
        "Totals are sums of the cells shown, and say how many are not in them.",
        "People who travel apart from a caravan, by vehicle or with smugglers are not in these tables.",
        "Points are the mean of the places of a municipality, to a tenth of a degree: not where anybody is.",
    )
    return Export("public", past.last, {k: v for k, v in tables.items() if len(v)}, notes, run)
