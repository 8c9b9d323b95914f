"""A scenario as it was known on a day: whatever carries a later date is taken out of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datetime as dt

    from caravana.scenario.model import Event, Scenario, Series


def cut(scenario: Scenario, on: dt.date) -> Scenario:
    """Return a scenario without what is dated, said, made or known after a day; of events, what was announced stays."""
    day = scenario.day_of(on)
    return scenario.model_copy(
        update={
            "observations": tuple(o for o in scenario.observations if o.known_on <= on),
            "events": tuple(_not_past(e, on) for e in known_events(scenario, on) if e.date <= on or e.announced(on)),
            "claims": tuple(c for c in scenario.claims if c.date_said is None or c.date_said <= on),
            "sources": tuple(s for s in scenario.sources if s.date is None or s.date <= on),
            "policies": tuple(p for p in scenario.policies if p.start <= on),
            "calls": tuple(c for c in scenario.calls if c.date <= on),
            "readings": tuple(r for r in scenario.readings if r.date is None or r.date <= on),
            "series": tuple(_cut_series(one, day) for one in scenario.series),
        }
    )


def known_events(scenario: Scenario, on: dt.date) -> tuple[Event, ...]:
    """Events without those that follow from counts later than a day: until then nobody knew when a camp would open."""
    return tuple(
        e for e in scenario.events if not (e.inferred_from_counts and e.end_date is not None and e.end_date > on)
    )


def _not_past(event: Event, on: dt.date) -> Event:
    """An event whose end is not known yet has none."""
    open_ended = event.end_date is not None and event.end_date > on and not event.announced(on)
    return event.model_copy(update={"end_date": None}) if open_ended else event


def _cut_series(series: Series, day: int) -> Series:
    kept = [at for at, when in enumerate(series.days) if when <= day] or [0]
    days = tuple(series.days[at] for at in kept)
    return series.model_copy(update={"days": days, "values": np.asarray(series.values)[kept]})
