"""The displacement report's sentences: the answer of a day, the verdict, what was assumed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from caravana.language.names import country_words
from caravana.reporting.displacement.charts import un_total
from caravana.reporting.displacement.skill import OF_THE_TOTAL, held_from, standing
from caravana.reporting.html import safe
from caravana.results.acting import driver_of, idle_settings, overruled, traits_of
from caravana.results.displacement import CAMPS, people_levels, plain_name
from caravana.scenario.vocabulary import CONVOYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.results.displacement import Displaced
    from caravana.scenario.model import Event

    Floats = NDArray[np.float64]

SHOWN_OVER = 4
WORTH_SAYING = 0.075
_ANSWER = Markup('<p class="big">{}.</p><p class="small">{}</p>')
_STRONG = Markup("<strong>{}</strong>")


def answers_by_day(displaced: Displaced, language: Language) -> list[Markup]:
    """How many people are in camps, on the road and elsewhere, in words, by day; safe HTML."""
    levels = {
        "camps": people_levels(displaced.in_all_camps), "road": people_levels(displaced.road),
        "elsewhere": people_levels(displaced.elsewhere),
    }  # fmt: skip
    both = un_total(displaced)
    over = [_over(displaced, k) for k in range(len(displaced.camps))]
    form = safe(language.text(_answer_form(displaced)))
    out = []
    for d in range(displaced.days):
        spans = {k: _STRONG.format(language.span(q[0, d], q[-1, d])) for k, q in levels.items()}
        small = []
        if both is not None:
            amount = language.span(both[0][d], both[1][d])
            small.append(language.text("displacement.answer_un", n=amount))
        full = [(k, float(share[d])) for k, share in enumerate(over) if share[d] >= WORTH_SAYING]
        full = sorted(full, key=lambda x: -x[1])[:SHOWN_OVER]
        if full:
            named = [
                language.text(
                    "displacement.answer_camp", camp=plain_name(displaced.place(k)), chance=language.chance(share)
                )
                for k, share in full
            ]
            small.append(language.text("displacement.answer_over", camps=language.listed(named)))
        small.append(language.text("displacement.answer_ranges"))
        out.append(_ANSWER.format(form.format(**spans), " ".join(small)))
    return out


def _answer_form(displaced: Displaced) -> str:
    if displaced.all_in_camps:
        return "displacement.answer_camps"
    return "displacement.answer" if displaced.camps else "displacement.answer_no_camps"


def _over(displaced: Displaced, camp: int) -> Floats:
    """Share of the runs in which a camp holds more people than its capacity, [day]."""
    capacity = displaced.place(camp).capacity
    if not capacity:
        return np.zeros(displaced.days)
    return np.asarray((displaced.in_camps[camp] > capacity).mean(axis=0))


def rule_name(rule: str, displaced: Displaced, language: Language) -> str:
    """A rule of thumb in words; its own name if the catalogue does not know it."""
    key = f"displacement.rule.{rule}"
    if key not in language.texts:
        return language.text("displacement.rule.other", name=rule.replace("_", " "))
    return language.text(key, day=held_from(displaced))


def per_hundred(value: float, language: Language) -> str:
    """An error as so many in a hundred: one decimal below ten."""
    return language.number(100 * value, digits=1 if 100 * value < 9.95 else 0)


def verdict(scores: Mapping[str, Any], displaced: Displaced, language: Language) -> tuple[str, str, str]:
    """How the forecast stands against the rules of thumb: kind, the words to set in bold, the rest.

    The first to be words is the rule that does best against it.
    """
    stands = standing(scores)
    if stands is None:
        return "none", "", language.text("displacement.verdict_none")
    low, mean, high = (per_hundred(x, language) for x in (stands.low, stands.mean, stands.high))
    span = low if low == high else language.text("displacement.verdict_span", span=f"{low}\u2013{high}", mean=mean)
    if scores.get("middle") and low != high:
        # The middle may be closer than any run: a range beside it that leaves it out would look like a slip.
        key = "span" if stands.low <= stands.middle <= stands.high else "apart"
        span = language.text(
            f"displacement.verdict.{key}", middle=per_hundred(stands.middle, language), span=f"{low}\u2013{high}"
        )
    ours = language.text(
        "displacement.verdict_scaled" if stands.rule in OF_THE_TOTAL else "displacement.verdict_plain",
        days=stands.days or displaced.days - (displaced.origin + 1 if displaced.origin else 0), span=span,
    )  # fmt: skip
    beside = language.text(
        "displacement.verdict_rule",
        rule=rule_name(stands.rule, displaced, language),
        n=per_hundred(stands.theirs, language),
    )
    bold = "displacement.verdict.middle" if stands.kind == "middle" else f"displacement.verdict_{stands.kind}"
    return stands.kind, language.text(bold), f"{ours}; {beside}."


def score_rows(scores: Mapping[str, Any], displaced: Displaced, language: Language) -> list[dict[str, str]]:
    """The table of errors: the run's, with intervals over members, then the rules of thumb."""
    rows = []
    for key in ("err", "resc", "mase7", "mase30"):
        given = scores.get(key)
        if given and given["mean"] is not None:
            rows.append({
                "name": language.text(f"displacement.score.{key}"), "mean": _score(given["mean"], language),
                "range": _score_span(given["low"], given["high"], language),
            })  # fmt: skip
    if rows and scores.get("middle"):
        mean = _score(scores["middle"]["err"], language)
        rows.append({"name": language.text("displacement.score.middle"), "mean": mean, "range": ""})
    rules = scores.get("baselines") or {}
    for key, given, day in _from_later(rules):
        measure = language.text(f"displacement.score.{key}")
        rows.append({
            "name": language.text("displacement.score.from", measure=measure, day=day),
            "mean": _score(given["mean"], language), "range": _score_span(given["low"], given["high"], language),
        })  # fmt: skip
    for rule, given in rules.items():
        if given["err"] is None:
            continue
        name = plain = language.text("displacement.score.rule", rule=rule_name(rule, displaced, language))
        if given.get("run"):
            name = language.text("displacement.score.from", measure=name, day=given["first_day"])
        if "whole" in given:
            whole = language.text("displacement.score.whole", measure=plain)
            rows.append({"name": whole, "mean": _score(given["whole"], language), "range": ""})
        rows.append({"name": name, "mean": _score(given["err"], language), "range": ""})
    return rows


def _from_later(rules: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float], int]]:
    """The run's errors over the days of the rules that are scored from a later day: key, error, that day."""
    later = [given for given in rules.values() if given.get("run")]
    return [(key, given["run"][key], given["first_day"]) for given in later[:1] for key in ("err", "resc")]


def held(scores: Mapping[str, Any], language: Language) -> str:
    """How many camp-days lie near their count, and how many counts the band holds; empty where unknown."""
    near, band = scores.get("within_factor_2"), scores.get("coverage_90")
    if not near or near["mean"] is None or band is None:
        return ""
    return language.text(
        "displacement.score.held", near=per_hundred(near["mean"], language), band=per_hundred(float(band), language),
        n=language.number(scores["counts_scored"]), days=per_hundred(float(scores["coverage_90_days"]), language),
    )  # fmt: skip


def _score(value: float, language: Language) -> str:
    return language.number(value, digits=3)


def _score_span(low: float, high: float, language: Language) -> str:
    first, last = _score(low, language), _score(high, language)
    return first if first == last else f"{first}\u2013{last}"


def assumptions(displaced: Displaced, language: Language) -> list[str]:
    """What was assumed, in plain paragraphs."""
    scenario = displaced.scenario
    say = language.text
    runs = say(
        "displacement.assumed.runs", members=language.number(len(displaced.members)),
        title=language.choose(scenario.title, scenario.title_es), first=language.day_year(displaced.first),
        last=language.day_year(displaced.last), seed=displaced.plan["seed"],
    )  # fmt: skip
    spread = say(spread_of(displaced))
    network = say(
        "displacement.assumed.network", places=language.number(len(scenario.places)),
        links=language.number(len(scenario.links)), camps=sum(p.kind in CAMPS for p in scenario.places),
    )  # fmt: skip
    paragraphs = [
        f"{runs} {spread}", _rules_words(displaced, language),
        f"{network} {driven_by(displaced, language)} {origin_words(displaced, language)}".rstrip(),
    ]  # fmt: skip
    if displaced.counted:
        rest = [plain_name(displaced.place(k)) for k in range(len(displaced.camps)) if k not in displaced.counted]
        if rest:
            paragraphs.append(say("displacement.assumed.uncounted", camps=language.listed(rest)))
    names = dict.fromkeys(o.note for o in scenario.observations if o.kind == "camp_count_elsewhere" and o.note)
    if names:
        paragraphs.append(
            say("displacement.assumed.elsewhere", names=language.listed(n.replace("_", " ") for n in names))
        )
    return [
        *paragraphs,
        say("displacement.assumed.limits" if displaced.counted else "displacement.assumed.limits_uncounted"),
    ]


def _rules_words(displaced: Displaced, language: Language) -> str:
    """Whose rules ran, and how people find their way by them."""
    traits = traits_of(displaced.scenario)
    if traits.camps_only:
        return f"{language.text('displacement.assumed.caravana')} {language.text('displacement.assumed.way_caravana')}"
    whose = language.text("displacement.assumed.mended" if traits.mended else "displacement.assumed.flee")
    return f"{whose} {language.text('displacement.assumed.way_flee')}"


def spread_of(displaced: Displaced) -> str:
    """The key of the sentence that says what makes the runs differ."""
    if traits_of(displaced.scenario).camps_only:
        return "displacement.assumed.pooled"
    varies = any(p.prior is not None for p in displaced.scenario.parameters)
    return "displacement.assumed.spread" if varies else "displacement.assumed.chance"


def driven_by(displaced: Displaced, language: Language) -> str:
    """What decides how many people are displaced."""
    driver = driver_of(displaced.scenario)
    if driver == "forecast":
        return language.text("displacement.note_forecast")
    if driver == "pushes":
        settings = displaced.scenario.settings
        floods, conflicts = (bool(settings.get(f"{what}_driven_spawning")) for what in ("flood", "conflict"))
        key = "note_both" if floods and conflicts else "note_floods" if floods else "note_driven"
        return language.text("displacement.note_driven" if key == "note_driven" else f"displacement.driven.{key}")
    if driver == "assessments":
        return language.text("displacement.driven.assessments")
    if driver == "nobody":
        return language.text("displacement.driven.nobody")
    words = language.text("displacement.note_total")
    if pushed := overruled(displaced.scenario):
        words += " " + language.text("displacement.driven.overruled", names=language.listed(pushed))
    return words


def origin_words(displaced: Displaced, language: Language) -> str:
    """Up to which day the run was given the counts; empty where it was given none but the first day's."""
    if not displaced.origin:
        return ""
    return language.text("displacement.note_origin", date=language.day_year(displaced.date(displaced.origin)))


def corrected_rows(displaced: Displaced, language: Language) -> list[str]:
    """Camps whose earlier counts were scaled to a later registration, with the day of each registration."""
    out = []
    for i in displaced.camps:
        place = displaced.scenario.places[i]
        # A corrected count is known from the day of the registration on that corrected it.
        mine = [o for o in displaced.scenario.observations if o.place_id == place.id and "correction" in o.note]
        out += [
            language.text("displacement.assumed.corrected", camp=plain_name(place), date=language.day_year(date))
            for date in sorted({o.known_on for o in mine if o.known_on > o.date}) or _next_count(displaced, i)
        ]
    return out


def _next_count(displaced: Displaced, camp: int) -> list[dt.date]:
    """The day of the count after the last corrected one, where the record does not say when it was corrected."""
    counts = displaced.counts.get(camp)
    if counts is None or not counts.corrected.any():
        return []
    last = int(np.flatnonzero(counts.corrected)[-1])
    # The next count may lie after the last day simulated.
    return [displaced.first + dt.timedelta(days=int(counts.days[min(last + 1, len(counts.days) - 1)]))]


def _closure_words(displaced: Displaced, event: Event, language: Language) -> str:
    by_id = {p.id: p for p in displaced.scenario.places}
    ends = [by_id[x] for x in (event.place_id, event.target_id) if x in by_id]
    names = [country_words(p.country, language) if event.unit == "country" else plain_name(p) for p in ends]
    if not names:
        return event.description
    kind = event.unit if event.unit in {"country", "location", "link", "remove_forced_redirection"} else "other"
    return language.text(f"displacement.assumed.closure_{kind}", first=names[0], second=names[-1])


def closures(displaced: Displaced, language: Language) -> list[dict[str, Any]]:
    """Closures that act within the run: ``what``, ``first`` and ``last`` day, and all of it in words.

    What Flee reads and never acts on (closures of links, forced redirection) is none of them.
    """
    out = []
    traits = traits_of(displaced.scenario)
    acts = {"remove_forced_redirection": traits.mended and not traits.camps_only, "link": traits.mended}
    for event in displaced.scenario.events:
        first = displaced.scenario.day_of(event.date)
        end = None if event.end_date is None else displaced.scenario.day_of(event.end_date)
        inert = not acts.get(event.unit, True)
        if event.kind != "closure" or inert or first >= displaced.days or (end is not None and end <= 0):
            continue
        what, start = _closure_words(displaced, event, language), language.day_year(event.date)
        key = "closure_open" if event.end_date is None else "closure_to"
        until = language.day_year(event.end_date) if event.end_date else ""
        out.append({
            "what": what, "first": first, "last": displaced.days - 1 if end is None else end - 1,
            "words": language.text(f"displacement.assumed.{key}", what=what, start=start, end=until),
        })  # fmt: skip
    return out


def transfer_rows(displaced: Displaced, language: Language) -> list[str]:
    """People taken from place to place, as the scenario says; also where the rules of the run do not act on it."""
    scenario, traits = displaced.scenario, traits_of(displaced.scenario)
    by_id = {place.id: place for place in scenario.places}
    counted = {scenario.places[i].id for i in displaced.counts}
    out = []
    for event in scenario.events:
        start, end = by_id.get(event.place_id or ""), by_id.get(event.target_id or "")
        if event.kind != "transfer" or start is None or end is None or scenario.day_of(event.date) >= displaced.days:
            continue
        size = float(event.value or 0.0)
        how = "convoys" if event.unit == CONVOYS else "hazard"
        number = language.number(size) if how == "convoys" else language.number(-100.0 * np.expm1(-size), digits=1)
        what = language.text(
            f"displacement.assumed.transfer_{how}", first=plain_name(start), second=plain_name(end), n=number
        )
        key = "closure_open" if event.end_date is None else "closure_to"
        until = language.day_year(event.end_date) if event.end_date else ""
        words = language.text(f"displacement.assumed.{key}", what=what, start=language.day_year(event.date), end=until)
        acts = traits.mended and (not traits.camps_only or {start.id, end.id} <= counted)
        out.append(words if acts else language.text("displacement.assumed.transfer_inert", what=words))
    return out


def setting_rows(displaced: Displaced, language: Language, *, acting: bool = True) -> list[dict[str, str]]:
    """Settings of the scenario, and what was set by hand for this run, by name: those that act, or the others."""
    given = {**displaced.scenario.settings, **displaced.plan["settings"]}
    idle = idle_settings(displaced.scenario, given)
    rows = []
    for name, value in sorted((name, value) for name, value in given.items() if (name in idle) != acting):
        if isinstance(value, bool):
            words = language.text("displacement.assumed.yes" if value else "displacement.assumed.no")
        elif isinstance(value, tuple | list):
            words = "; ".join(f"{x:g}" for x in value)
        else:
            words = f"{value:g}" if isinstance(value, float) else str(value)
        rows.append({"name": name, "value": words})
    return rows
