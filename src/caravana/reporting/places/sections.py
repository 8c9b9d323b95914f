"""The sections of the report of people at places, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from caravana.language.faults import message_words
from caravana.reporting import html, shared
from caravana.reporting.charts import SHAPES, fan, readouts
from caravana.reporting.sections import Chart, Section, Table
from caravana.results.displacement import people_levels, plain_name
from caravana.results.place_answers import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.place_answers import DatedCount, PeopleAtPlaces
    from caravana.scenario.model import Parameter

    Answers = ReportAnswers[PeopleAtPlaces]
    Floats = NDArray[np.float64]

SHOWN = 12
"""Places that have a chart of their own: those with most people."""
NAMED = 3
"""Places that the day's answer names."""
SIDE = "counted"
"""What the marks of counts are drawn as."""
_ANSWER = Markup('<p class="big">{}</p><p class="small">{}</p>')


def today(answers: Answers, language: Language) -> Section:
    """How many people there are on the chosen day, and where most of them are: in words and over time."""
    results = answers.results
    words = _answers_by_day(results, language)
    counts = results.counts.get(EVERYWHERE, ())
    spec = _chart(results, results.total, counts, language.text("places.total.label"), language)
    return Section(
        "today", "", charts=(Chart("total", spec, placed=True),), data={"answers": words},
        figure=html.fragment(
            "places/today", language, answer=html.safe(words[answers.opening_day]), has_counts=bool(counts),
            shape=SHAPES["agency"],
        ),
    )  # fmt: skip


def _answers_by_day(results: PeopleAtPlaces, language: Language) -> list[str]:
    """How many there are, and at which places most of them, by day; safe HTML."""
    total = people_levels(results.total)
    levels = [people_levels(people) for people in results.people]
    out = []
    for day in range(results.days):
        largest = sorted(range(len(levels)), key=lambda k: -levels[k][2, day])[:NAMED]
        named = [
            language.text("places.answer_place", place=_name(results, k), people=_span(levels[k], day, language))
            for k in largest if levels[k][-1, day] > 0
        ]  # fmt: skip
        big = language.text("places.answer", people=_span(total, day, language))
        small = language.text("places.answer_most", places=language.listed(named)) if named else ""
        out.append(str(_ANSWER.format(big, small)))
    return out


def by_place(answers: Answers, language: Language) -> Section | None:
    """People at each place over time, beside what was counted there; None where nobody is at any place."""
    results = answers.results
    if not results.places:
        return None
    panels = []
    for k, place in enumerate(results.places[:SHOWN]):
        counts = results.counts.get(place, ())
        spec = _chart(results, results.people[k], counts, _name(results, k), language)
        panels.append(Chart(f"place-{k}", spec, head=_name(results, k), note=_note(spec, counts, language)))
    lead = language.text("places.by_place.lead", n=len(panels), of=len(results.places))
    return Section("places", language.text("places.by_place.head"), (lead,), charts=tuple(panels))


def table(answers: Answers, language: Language) -> Section | None:
    """People at every place on the chosen day and on the last; None where nobody is at any place."""
    results = answers.results
    if not results.places:
        return None
    levels = [people_levels(people) for people in (*results.people, results.total)]
    names = [*(_name(results, k) for k in range(len(results.places))), language.text("places.table.all")]
    spans = [[_span(q, day, language) for day in range(results.days)] for q in levels]
    counted = [results.counts.get(place, ()) for place in (*results.places, EVERYWHERE)]
    rows = [
        {"name": name, "now": by_day[answers.opening_day], "last": by_day[-1], "counted": _latest(counts, language)}
        for name, by_day, counts in zip(names, spans, counted, strict=True)
    ]
    return Section(
        "table", language.text("places.table.head"), (language.text("places.table.lead"),), data={"spans": spans},
        figure=html.fragment(
            "places/table", language, rows=rows, day_long=language.day_long(results.date(answers.opening_day)),
            last=language.day_year(results.last),
        ),
    )  # fmt: skip


def parameters(answers: Answers, language: Language) -> Section | None:
    """Every parameter of the scenario: its value, or the range that was drawn; None where there are none."""
    results = answers.results
    if not results.scenario.parameters:
        return None
    loose = language.text("assumed.assumption")
    rows = tuple(
        (
            f"`{p.name}`", language.choose(p.description, p.description_es),
            language.texts.get(f"answers.input_unit.{p.unit}", p.unit),
            ", ".join(loose if b == "assumption" else b for b in p.basis), _value(p, results, language),
        )
        for p in results.scenario.parameters
    )  # fmt: skip
    headings = tuple(language.text(f"assumed.{key}") for key in ("name", "meaning", "unit", "basis", "value"))
    return Section(
        "parameters", language.text("places.parameters.head"), (language.text("places.parameters.lead"),),
        table=Table(language.text("assumed.caption"), headings, rows, numbers=4),
    )  # fmt: skip


def assumed(answers: Answers, language: Language) -> Section:
    """What was assumed: how many runs of what, and what the scenario notes."""
    results = answers.results
    scenario = results.scenario
    runs = language.text(
        "places.assumed.runs", members=language.number(len(results.members)),
        title=language.choose(scenario.title, scenario.title_es), first=language.day_year(results.first),
        last=language.day_year(results.last), seed=results.plan["seed"],
    )  # fmt: skip
    given = ", ".join(f"{name} = {value}" for name, value in {**scenario.settings, **results.plan["settings"]}.items())
    settings = language.text("places.assumed.settings", settings=given) if given else ""
    paragraphs = (runs, settings, language.text("places.assumed.limits"))
    return Section(
        "assumed", language.text("assumed.head"), tuple(p for p in paragraphs if p), prose=True,
        items=tuple(message_words(note, language) for note in scenario.notes),
    )  # fmt: skip


SECTIONS: tuple[Callable[[Answers, Language], Section | None], ...] = (
    today, by_place, table, parameters, shared.learned, assumed, shared.card, shared.read,
)  # fmt: skip
"""What the report says, in order: a new section is a function and its name here."""


def _name(results: PeopleAtPlaces, k: int) -> str:
    """The name of one of the places with people."""
    return plain_name(next(p for p in results.scenario.places if p.id == results.places[k]))


def _span(levels: Floats, day: int, language: Language) -> str:
    return language.span(levels[0, day], levels[-1, day])


def _chart(
    results: PeopleAtPlaces, people: Floats, counts: Sequence[DatedCount], label: str, language: Language
) -> dict[str, Any]:
    """A fan of people [member, day] with counts as marks."""
    levels = people_levels(people)
    marks = [
        {
            "day": c.day, "side": SIDE, "low": round(c.low), "high": round(c.high), "open": "", "shift": 0,
            "words": language.text(
                "places.mark", date=language.day_year(results.date(c.day)), n=language.span(c.low, c.high)
            ),
        }
        for c in counts
    ]  # fmt: skip
    top = 1.05 * max([1.0, float(levels.max()), *(c.high for c in counts)])
    return {
        "label": label, "q": fan(levels), "top": top, "observed": marks,
        "readout": readouts(levels, language, nothing=""),
    }  # fmt: skip


def _note(spec: dict[str, Any], counts: Sequence[DatedCount], language: Language) -> str:
    """How many of a place's counts the band of 9 in 10 runs meets."""
    if not counts:
        return language.text("places.by_place.uncounted")
    low, high = spec["q"][0], spec["q"][-1]
    inside = sum(low[c.day] <= c.high and c.low <= high[c.day] for c in counts)
    return language.text("places.by_place.within", n=inside, of=len(counts))


def _latest(counts: Sequence[DatedCount], language: Language) -> str:
    """The last count of a place within the run; a dash where there is none."""
    return language.span(counts[-1].low, counts[-1].high) if counts else "\u2013"


def _value(parameter: Parameter, results: PeopleAtPlaces, language: Language) -> str:
    if parameter.name in results.drawn.index:
        low, high = (float(results.drawn[end].loc[parameter.name]) for end in ("low", "high"))
        return language.span(low, high)
    return "" if parameter.value is None else language.rounded(parameter.value)
