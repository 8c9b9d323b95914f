"""The report's sentences: the answer of a day, and what was assumed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from caravana.evidence.taken import rows_of
from caravana.reporting.caravan.charts import nearest
from caravana.reporting.caravan.map import bands, short_name, worth_naming
from caravana.reporting.html import safe
from caravana.results.caravan import whereabouts
from caravana.results.members import quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caravana.language.language import Language
    from caravana.reporting.answers import ReportAnswers
    from caravana.results.caravan import Ints, Nights
    from caravana.results.caravan_answers import CaravanAnswers
    from caravana.scenario.model import Scenario


def _strong(text: str) -> Markup:
    return Markup("<strong>{}</strong>").format(text)


def _fill(language: Language, key: str, **values: object) -> Markup:
    """A catalogue text with its values escaped and put in bold."""
    return safe(language.text(key)).format(**{k: _strong(str(v)) for k, v in values.items()})


def _headline(scenario: Scenario, where: Nights, day: int, language: Language, levels: np.ndarray) -> Markup:
    if not where.together[:, day].any():
        return safe(language.text("answer.over"))
    people = language.span(levels[0, day], levels[-1, day])
    band = bands(where, day)["band90"]
    if band is None:
        return _fill(language, "answer.off", people=people)
    by_id = {p.id: p for p in scenario.places}
    on_route = dict(zip(where.route.ids, where.route.km, strict=True))
    first, last = (short_name(by_id[nearest(on_route, km)]) for km in band)
    if first == last:
        return _fill(language, "answer.at", first=first, people=people)
    return _fill(language, "answer.between", first=first, last=last, people=people)


def answers_by_day(scenario: Scenario, where: Nights, area: Ints, language: Language) -> list[Markup]:
    """Where the caravan is and how many it is, in words, by day; safe HTML."""
    levels = quantiles(where.persons.astype(float), given=where.together)
    out = []
    for d in range(where.place.shape[1]):
        together = float(where.together[:, d].mean())
        small = [language.text("answer.given", chance=language.chance(together))] if together else []
        stops = [
            language.text("answer.stop", place=_name(scenario, i), chance=language.chance(share, short=True))
            for i, share in worth_naming(list(whereabouts(where, d, area=area).items()))
        ]
        if stops:
            small.append(language.text("answer.likely", stops=language.listed(stops)))
        small += _otherwise(scenario, where, d, language)
        big = _headline(scenario, where, d, language, levels)
        out.append(Markup('<p class="big">{}.</p><p class="small">{}</p>').format(big, " ".join(small)))
    return out


def _name(scenario: Scenario, place: int) -> str:
    return short_name(scenario.places[place])


def _otherwise(scenario: Scenario, where: Nights, day: int, language: Language) -> list[str]:
    """What else may be: arrived, fallen apart, not set out, off the road; only what happens."""
    end = next(p for p in scenario.places if p.id == where.route.ids[-1])
    together, arrived, dissolved = (a[:, day] for a in (where.together, where.arrived, where.dissolved))
    off = together & np.isnan(where.km[:, day])
    shares = {
        "arrived": float(arrived.mean()),
        "dissolved": float(dissolved.mean()),
        "before": float((~together & ~arrived & ~dissolved).mean()),
        "elsewhere": float(off.mean()),
    }
    return [
        language.text(f"answer.{key}", place=short_name(end), chance=language.chance(share))
        for key, share in shares.items()
        if share > 0
    ]


def assumptions(answers: ReportAnswers[CaravanAnswers], language: Language) -> list[str]:
    """What was assumed, in plain paragraphs."""
    results = answers.results
    scenario, where = results.scenario, results.where
    runs = language.text(
        "assumed.runs", members=language.number(len(where.members)),
        title=language.choose(scenario.title, scenario.title_es), first=language.day_year(results.first),
        last=language.day_year(results.last), seed=results.plan["seed"],
    )  # fmt: skip
    failed = language.text("assumed.none_failed")
    if results.failed_blocks:
        failed = language.text("assumed.failed", n=results.failed_blocks)
    paragraphs = [f"{runs} {failed}", _inputs(scenario, language), _policies(results, language)]
    paragraphs += claims_taken(results, language)
    contested = [c for c in scenario.claims if c.status != "uncontested"]
    apart = language.chance(float(where.dissolved[:, -1].mean()))
    paragraphs.append(language.text("assumed.given", last=language.day(results.last), chance=apart))
    if contested:
        paragraphs.append(language.text("assumed.contested", n=len(contested), total=len(scenario.claims)))
    held = _coverage(answers.scores, language)
    if held:
        paragraphs.append(held)
    return [p for p in paragraphs if p]


def _policies(results: CaravanAnswers, language: Language) -> str:
    """The policies in force and what was set by hand."""
    plan = results.plan
    titles = {p.id: language.choose(p.title, p.title_es) for p in results.scenario.policies}
    named = [titles.get(p, p) for p in plan.get("policies", ())]
    words = language.text("assumed.no_policies")
    if named:
        words = language.text("assumed.policies", policies="; ".join(named))
    by_claim = {
        r.parameter for claim, taken in plan.get("taken", {}).items() for r in rows_of(results.scenario, claim, taken)
    }
    by_hand = {name: value for name, value in plan["settings"].items() if name not in by_claim}
    if by_hand:
        pairs = language.listed(f"{name} = {language.rounded(value)}" for name, value in by_hand.items())
        words += " " + language.text("assumed.settings", settings=pairs)
    return words


def claims_taken(results: CaravanAnswers, language: Language) -> list[str]:
    """A sentence for each claim that this run takes as true, as false or leaves open, with what follows from it."""
    said = {c.id: c for c in results.scenario.claims}
    sentences = []
    for claim, taken in results.plan.get("taken", {}).items():
        if claim not in said:
            continue
        whys = [language.choose(r.why, r.why_es) for r in rows_of(results.scenario, claim, taken)]
        why = next((w for w in whys if w), "")
        key = f"taken.{taken}" if why or taken == "open" else f"taken.{taken}_only"
        words = language.choose(said[claim].claim, said[claim].claim_es).rstrip(".")
        sentences.append(language.text(key, claim=claim, said=words, why=why))
    return sentences


def _coverage(scores: Mapping[str, Mapping[str, Any]], language: Language) -> str:
    """How the bands stood against the record; nothing where there was no record to hold them against."""
    coverage = scores.get("coverage", {})
    counts: dict[str, int] = {}
    for name in ("position", "headcount"):
        share, of = coverage.get(name), coverage.get(f"{name}_of")
        if share is None or not of:
            return ""
        counts |= {name: round(share * of), f"{name}_of": of}
    return language.text("assumed.coverage", **counts)


def _inputs(scenario: Scenario, language: Language) -> str:
    total = len(scenario.parameters)
    loose = [p for p in scenario.parameters if set(p.basis) <= {"assumption"}]
    if not loose:
        return language.text("assumed.inputs_none", total=total) if total else ""
    other = language.text("process.other")
    groups = Counter(p.process for p in loose)
    phrases = [
        language.text("assumed.group", n=n, what=language.texts.get(f"process.{process}", other))
        for process, n in groups.most_common()
    ]
    return language.text("assumed.inputs", total=total, n=len(loose), groups=language.listed(phrases))
