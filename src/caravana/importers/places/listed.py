"""A place as some file has it, before names are joined."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """A place as listed.

    Attributes
    ----------
    name, aliases
        Its name, and others that it goes by.
    lat, lon
        Degrees.
    population
        Inhabitants, where the file says them.
    kind
        A town (anywhere people live) or a camp.
    size
        What its file calls it (city, town, village), for a usual number of inhabitants; "" where it says nothing.
    displaced
        Displaced people there before the first day, beside those counted in camps.
    capacity, opens, closes
        Of a camp: how many it takes, from when, until when.
    state, municipality, country, pcode
        Where it lies, as far as its file says.
    source
        Id of the source.
    """

    name: str
    lat: float
    lon: float
    population: int | None = None
    kind: Literal["town", "camp", "idpcamp"] = "town"
    aliases: tuple[str, ...] = ()
    size: str = ""
    displaced: int | None = None
    capacity: int | None = None
    opens: dt.date | None = None
    closes: dt.date | None = None
    state: str = ""
    municipality: str = ""
    country: str = ""
    pcode: str = ""
    source: str = ""
