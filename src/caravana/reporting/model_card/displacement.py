"""What a model card states of a displacement alone: what was given, what drives it, which settings act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.inference.displacement.tested import first_tested
from caravana.models.displacement.assessments import KIND as ASSESSED
from caravana.reporting.capacities import capacity_words
from caravana.reporting.model_card import inputs
from caravana.reporting.model_card.facts import CAMP_COUNT, CAMPS, TOTAL_COUNT
from caravana.reporting.model_card.standing import coverage_section, limits_section
from caravana.reporting.sections import Section
from caravana.results.acting import (
    driver_of,
    idle_settings,
    origin_of,
    overruled,
    pooled_at_work,
    traits_of,
)
from caravana.scenario.settings import kinds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts
    from caravana.results.answers import Answers
    from caravana.scenario.model import Observation


def purpose(facts: Facts, words: Language) -> Section:
    """What the run is for."""
    results = facts.results
    said = purpose_words(results, words, inputs.title_and_days(results, words))
    own = bool(results.scenario.parameters)
    said.append(inputs.members_words(results, words) if own else members_words(results, words))
    return Section("purpose", words.text("card.purpose.head"), tuple(said))


def data(facts: Facts, words: Language) -> Section:
    """What was observed, and what the counts are used for."""
    results = facts.results
    drawn = inputs.drawn_words(results, words) if results.scenario.parameters else drawn_words(results, words)
    used = data_words(results, words) if results.scenario.observations else ()
    return inputs.data_section(facts, words, drawn=drawn, after=used)


def assumptions(facts: Facts, words: Language) -> Section:
    """What rests on assumptions, and which settings act."""
    results = facts.results
    lead = None if results.scenario.parameters else assumed_words(results, words)
    return inputs.assumptions_section(facts, words, lead=lead, first=setting_words(results, words))


def coverage(facts: Facts, words: Language) -> Section:
    """How the counts of camps stand against the bands."""
    return coverage_section(facts, words, after=left_out_words(facts.results, words))


def limits(facts: Facts, words: Language) -> Section:
    """What the run cannot say."""
    return limits_section(facts, words, record=limit_words(facts.results, words))


def purpose_words(results: Answers, words: Language, about: Mapping[str, object]) -> list[str]:
    """What the run is for, and from which day it forecasts; `about` has its title and days."""
    scenario = results.scenario
    shares = traits_of(scenario).camps_only
    said = [words.text(
        "card.purpose.displacement_shares" if shares else "card.purpose.displacement", **about,
        places=words.number(len(scenario.places)), camps=sum(p.kind in CAMPS for p in scenario.places),
    )]  # fmt: skip
    if shares and (origin := origin_of(scenario)):
        date, ahead = words.day_year(results.date(min(origin, results.days - 1))), max(0, results.days - origin - 1)
        said.append(words.text("card.purpose.origin", date=date, day=origin, ahead=ahead))
    return said


def members_words(results: Answers, words: Language) -> str:
    """How many members there are, and what each draws."""
    members, pooled = words.number(len(results.members)), pooled_at_work(results.scenario)
    if not pooled:
        return words.text("card.purpose.members_chance", members=members)
    drawn = sum(one.spread > 0 for one in pooled.values())
    return words.text("card.purpose.members_pooled", members=members, drawn=drawn, fixed=len(pooled) - drawn)


def _camp_counts(results: Answers) -> list[Observation]:
    return [o for o in results.scenario.observations if o.kind == CAMP_COUNT]


def given(results: Answers) -> tuple[int, dt.date] | None:
    """How many counts of camps within the run it was given, and until when; None where it was given none."""
    first = first_tested(results.scenario)
    if not first:
        return None
    until = results.date(min(first, results.days) - 1)
    return sum(results.first <= o.date <= until for o in _camp_counts(results)), until


def data_words(results: Answers, words: Language) -> tuple[str, ...]:
    """What the counts are used for: what sets how many are displaced, what was given, what lies beyond the run."""
    scenario, driver = results.scenario, driver_of(results.scenario)
    counts, said = _camp_counts(results), []
    if counts and driver == "camps":
        said.append(words.text("card.data.camps_drive", n=words.number(len(counts))))
    if total := sum(o.kind == TOTAL_COUNT for o in scenario.observations):
        key = "driving" if driver == "total" else f"total_{driver}"
        said.append(words.text(f"card.data.{key}", n=words.number(total)))
    if assessed := sum(o.kind == ASSESSED for o in scenario.observations):
        read = traits_of(scenario).mended
        key = "assessed" if read else "assessed_unread"
        said.append(words.text(f"card.data.{key}", n=words.number(assessed)))
    if counts and (known := given(results)):
        said.append(words.text("card.data.given", n=words.number(known[0]), date=words.day_year(known[1])))
    if later := sum(o.date > results.last for o in counts):
        said.append(words.text("card.data.beyond", n=words.number(later)))
    return tuple(said)


def drawn_words(results: Answers, words: Language) -> str:
    """What was fitted for this run: nothing."""
    at_work = len(pooled_at_work(results.scenario))
    return words.text("card.data.pooled", n=at_work) if at_work else words.text("card.data.fixed")


def assumed_words(results: Answers, words: Language) -> str:
    """What the rules' own values rest on."""
    at_work = len(pooled_at_work(results.scenario))
    if at_work:
        return words.text("card.assumptions.pooled", n=at_work)
    return words.text("card.assumptions.fixed", n=len(kinds()))


def setting_words(results: Answers, words: Language) -> list[str]:
    """The settings that act, those not used, those that the counts overrule; what capacities were taken for."""
    scenario = results.scenario
    idle = idle_settings(scenario, scenario.settings)
    acting = {name: value for name, value in scenario.settings.items() if name not in idle}
    pairs = ", ".join(f"{name} = {value}" for name, value in acting.items())
    said = [words.text("card.assumptions.rules", n=len(acting), pairs=pairs or "0")]
    if idle:
        said.append(words.text("card.assumptions.idle", n=len(idle), names=", ".join(f"`{name}`" for name in idle)))
    if pushed := overruled(scenario):
        names = ", ".join(f"`{name}`" for name in pushed)
        said.append(words.text("card.assumptions.overruled", n=len(pushed), names=names))
    return said + (capacity_words(scenario, words) if traits_of(scenario).camps_only else [])


def left_out_words(results: Answers, words: Language) -> tuple[str, ...]:
    """Which counts the bands are not held against, as they were given."""
    known = given(results)
    if known is None or not known[0]:
        return ()
    return (words.text("card.coverage.given", n=words.number(known[0]), date=words.day_year(known[1])),)


def limit_words(results: Answers, words: Language) -> list[str]:
    """Days before an origin, days after the last count, camps that nobody counted."""
    first, last = results.first, results.last
    dates = [o.date for o in _camp_counts(results)]
    inside = [date for date in dates if first <= date <= last]
    days, said = results.days, []
    if origin := origin_of(results.scenario) * traits_of(results.scenario).camps_only:
        said.append(words.text("card.limits.origin", n=min(origin + 1, days), days=days))
    if not inside:
        said.append(words.text("card.limits.unseen", n=days, days=days))
    elif later := sum(date > last for date in dates):
        n = (last - max(inside)).days
        said.append(words.text("card.limits.between", n=n, days=days, later=words.number(later)))
    else:
        said.append(words.text("card.limits.after", n=(last - max(inside)).days, days=days))
    camps = {p.id for p in results.scenario.places if p.kind in CAMPS}
    counted = {o.place_id for o in _camp_counts(results)}
    return [*said, words.text("card.limits.camps", n=len(camps - counted), camps=len(camps))]
