"""What a model card states of a dispersal run alone: what was given, what drives it, which settings act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.inference.displacement.tested import first_tested
from caravana.models.displacement.choosing import (
    driver_of,
    idle_settings,
    origin_of,
    overruled,
    pooled_at_work,
    rules_of,
)
from caravana.reporting.model_card.facts import CAMP_COUNT, CAMPS, TOTAL_COUNT
from caravana.scenario.settings import kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.run import Run
    from caravana.scenario.model import Observation


def purpose_words(run: Run, words: Language, about: Mapping[str, object]) -> list[str]:
    """What the run is for, and from which day it forecasts; `about` has its title and days."""
    scenario = run.scenario
    shares = rules_of(scenario) == "shares"
    told = [words.text(
        "card.purpose.dispersal_shares" if shares else "card.purpose.dispersal", **about,
        places=words.number(len(scenario.places)), camps=sum(p.kind in CAMPS for p in scenario.places),
    )]  # fmt: skip
    if shares and (origin := origin_of(scenario)):
        date, ahead = words.day_year(_date(run, origin)), max(0, len(run.days) - origin - 1)
        told.append(words.text("card.purpose.origin", date=date, day=origin, ahead=ahead))
    return told


def members_words(run: Run, words: Language) -> str:
    """How many members there are, and what each draws."""
    members, pooled = words.number(len(run.member_ids)), pooled_at_work(run.scenario)
    if not pooled:
        return words.text("card.purpose.members_chance", members=members)
    drawn = sum(one.spread > 0 for one in pooled.values())
    return words.text("card.purpose.members_pooled", members=members, drawn=drawn, fixed=len(pooled) - drawn)


def _date(run: Run, day: int) -> dt.date:
    date: dt.date = run.days[min(day, len(run.days) - 1)].date()
    return date


def _camp_counts(run: Run) -> list[Observation]:
    return [o for o in run.scenario.observations if o.kind == CAMP_COUNT]


def given(run: Run) -> tuple[int, dt.date] | None:
    """How many counts of camps within the run it was given, and until when; None where it was given none."""
    first = first_tested(run.scenario)
    if not first:
        return None
    until = _date(run, first - 1)
    return sum(run.days[0].date() <= o.date <= until for o in _camp_counts(run)), until


def data_words(run: Run, words: Language) -> tuple[str, ...]:
    """What the counts are used for: what sets how many are displaced, what was given, what lies beyond the run."""
    scenario, driver = run.scenario, driver_of(run.scenario)
    counts, told = _camp_counts(run), []
    if counts and driver == "camps":
        told.append(words.text("card.data.camps_drive", n=words.number(len(counts))))
    if total := sum(o.kind == TOTAL_COUNT for o in scenario.observations):
        key = "driving" if driver == "total" else f"total_{driver}"
        told.append(words.text(f"card.data.{key}", n=words.number(total)))
    if counts and (known := given(run)):
        told.append(words.text("card.data.given", n=words.number(known[0]), date=words.day_year(known[1])))
    if later := sum(o.date > run.days[-1].date() for o in counts):
        told.append(words.text("card.data.beyond", n=words.number(later)))
    return tuple(told)


def drawn_words(run: Run, words: Language) -> str:
    """What was fitted for this run: nothing."""
    at_work = len(pooled_at_work(run.scenario))
    return words.text("card.data.pooled", n=at_work) if at_work else words.text("card.data.fixed")


def assumed_words(run: Run, words: Language) -> str:
    """What the rules' own values rest on."""
    at_work = len(pooled_at_work(run.scenario))
    if at_work:
        return words.text("card.assumptions.pooled", n=at_work)
    return words.text("card.assumptions.fixed", n=len(kinds()))


def setting_words(run: Run, words: Language) -> list[str]:
    """The settings that act, those that these rules do not use, and those that the counts overrule."""
    scenario = run.scenario
    idle = idle_settings(scenario, scenario.settings)
    acting = {name: value for name, value in scenario.settings.items() if name not in idle}
    pairs = ", ".join(f"{name} = {value}" for name, value in acting.items())
    told = [words.text("card.assumptions.rules", n=len(acting), pairs=pairs or "0")]
    if idle:
        told.append(words.text("card.assumptions.idle", n=len(idle), names=", ".join(f"`{name}`" for name in idle)))
    if pushed := overruled(scenario):
        names = ", ".join(f"`{name}`" for name in pushed)
        told.append(words.text("card.assumptions.overruled", n=len(pushed), names=names))
    return told


def left_out_words(run: Run, words: Language) -> tuple[str, ...]:
    """Which counts the bands are not held against, as they were given."""
    known = given(run)
    if known is None or not known[0]:
        return ()
    return (words.text("card.coverage.given", n=words.number(known[0]), date=words.day_year(known[1])),)


def limit_words(run: Run, words: Language) -> list[str]:
    """Days before an origin, days after the last count, camps that nobody counted."""
    first, last = run.days[0].date(), run.days[-1].date()
    dates = [o.date for o in _camp_counts(run)]
    inside = [date for date in dates if first <= date <= last]
    days, told = len(run.days), []
    if origin := origin_of(run.scenario) * (rules_of(run.scenario) == "shares"):
        told.append(words.text("card.limits.origin", n=min(origin + 1, days), days=days))
    if not inside:
        told.append(words.text("card.limits.unseen", n=days, days=days))
    elif later := sum(date > last for date in dates):
        n = (last - max(inside)).days
        told.append(words.text("card.limits.between", n=n, days=days, later=words.number(later)))
    else:
        told.append(words.text("card.limits.after", n=(last - max(inside)).days, days=days))
    camps = {p.id for p in run.scenario.places if p.kind in CAMPS}
    counted = {o.place_id for o in _camp_counts(run)}
    return [*told, words.text("card.limits.camps", n=len(camps - counted), camps=len(camps))]
