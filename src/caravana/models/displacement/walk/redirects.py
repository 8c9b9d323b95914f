"""Forced redirection: places from which people are sent on along one road, whatever they would choose.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Links
    from caravana.scenario.model import Scenario

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

#: ``redirect`` of a link: which of its ends sends people along it.
FROM_FIRST, FROM_SECOND = 1, 2


def compile_redirects(scenario: Scenario, links: Links, days: int, *, mended: bool) -> Bools:
    """Compile which links are offered to those who choose: from a place that redirects, its named links only.

    A link with redirect 1 is named by its first place, with 2 by its second.  An event
    ``remove_forced_redirection`` lifts that, either way, from its date until its end, if it has
    one.  Several named links of one place are chosen among as ever; where they are shut, people
    stay.  Whether people leave at all is not touched.

    Parameters
    ----------
    mended
        Redirection acts (quirk 1: Flee reads and keeps it, and never looks at it).

    Returns
    -------
    array
        Of booleans, [day, link].
    """
    everything = np.broadcast_to(np.True_, (days, len(links.km)))
    forced = _named(scenario, links)
    if not mended or not forced.any():
        return everything
    index = {place.id: i for i, place in enumerate(scenario.places)}
    named = np.broadcast_to(forced, (days, len(forced))).copy()
    for event in scenario.events:
        if event.kind == "closure" and event.unit == "remove_forced_redirection":
            ends = (index.get(event.place_id or "", -1), index.get(event.target_id or "", -1))
            lifted = np.isin(links.start, ends) & np.isin(links.end, ends)
            # Like closures, what is dated before the first day never comes.
            first = scenario.day_of(event.date)
            last = days if event.end_date is None else scenario.day_of(event.end_date)
            if first >= 0:
                named[first:last, lifted] = False
    offered = np.ones_like(named)
    for day in range(days):
        redirects = np.isin(links.start, links.start[named[day]])
        offered[day] = named[day] | ~redirects
    return offered


def _named(scenario: Scenario, links: Links) -> Bools:
    """Links that a place sends people along, [link]."""
    index = {place.id: i for i, place in enumerate(scenario.places)}
    redirect = np.array([link.redirect for link in scenario.links])[links.road]
    first = np.array([index[link.from_id] for link in scenario.links])[links.road]
    by_first = (redirect == FROM_FIRST) & (links.start == first)
    by_second = (redirect == FROM_SECOND) & (links.end == first)
    return np.asarray(by_first | by_second)
