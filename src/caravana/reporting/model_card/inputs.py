"""Sections of a model card on what a run is for and what it rests on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from caravana.evidence.ledger import contested, read_ledger
from caravana.reporting.model_card.displacement import (
    assumed_words,
    data_words,
    drawn_words,
    members_words,
    purpose_words,
    setting_words,
)
from caravana.reporting.model_card.facts import observations_by_side
from caravana.reporting.sections import Section, Table
from caravana.scenario.roads import trace_itinerary

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.run import Run

CLAIMS_SHOWN = 6
CLAIM_LENGTH = 160
HEADINGS = ("side", "number", "people", "positions", "other", "first", "last")


def percent(language: Language, share: float) -> str:
    """A share in per cent."""
    space = "\u00a0" if language.code == "es" else ""
    return f"{language.number(100 * share)}{space}%"


def uncertain(run: Run) -> int:
    """Inputs that were drawn: those with a prior that were not set by hand."""
    settings = run.manifest["plan"].get("settings", {})
    return sum(p.prior is not None and p.name not in settings for p in run.scenario.parameters)


def purpose(run: Run, words: Language) -> Section:
    """What the run is for."""
    scenario = run.scenario
    about = {
        "title": words.choose(scenario.title, scenario.title_es), "days": len(run.days),
        "first": words.day_year(run.days[0].date()), "last": words.day_year(run.days[-1].date()),
    }  # fmt: skip
    if scenario.caravans:
        itinerary = next(i for i in scenario.itineraries if i.id == scenario.caravans[0].itinerary)
        ids, km = trace_itinerary(scenario, itinerary)
        places, length = words.number(len(ids)), words.number(float(km[-1]))
        told = [words.text("card.purpose.caravan", **about, places=places, km=length)]
    else:
        told = purpose_words(run, words, about)
    if scenario.caravans or scenario.parameters:
        drawn = uncertain(run)
        told.append(words.text(
            "card.purpose.members", members=words.number(len(run.member_ids)), uncertain=drawn,
            fixed=len(scenario.parameters) - drawn,
        ))  # fmt: skip
    else:
        told.append(members_words(run, words))
    return Section("purpose", words.text("card.purpose.head"), tuple(told))


def data(run: Run, words: Language) -> Section:
    """What was observed, by side and date."""
    scenario, rows = run.scenario, run.scenario.observations
    sides = observations_by_side(scenario)
    evidence = words.text(
        "card.data.evidence", sources=len(scenario.sources), claims=len(scenario.claims),
        contested=sum(map(contested, scenario.claims)),
    )  # fmt: skip
    posterior = run.manifest["plan"].get("posterior")
    if posterior:
        drawn = words.text("card.data.posterior", posterior=posterior)
    elif scenario.caravans or scenario.parameters:
        drawn = words.text("card.data.prior", uncertain=uncertain(run))
    else:
        drawn = drawn_words(run, words)
    head = words.text("card.data.head")
    if not rows:
        return Section("data", head, (words.text("card.data.none"), evidence, drawn))
    first, last = run.days[0].date(), run.days[-1].date()
    told = words.text(
        "card.data.observations", n=words.number(len(rows)), first=words.day_year(min(o.date for o in rows)),
        last=words.day_year(max(o.date for o in rows)), inside=words.number(sum(first <= o.date <= last for o in rows)),
        inferred=sum(o.inferred for o in rows),
    )  # fmt: skip
    after = () if scenario.caravans else data_words(run, words)
    table = Table(
        words.text("card.data.caption"),
        tuple(words.text(f"card.data.{k}") for k in HEADINGS),
        tuple(
            (words.text(f"side.{s.side}"), words.number(s.number), words.number(s.people), words.number(s.positions),
             words.number(s.number - s.people - s.positions), s.first.isoformat(), s.last.isoformat())
            for s in sides
        ),
    )  # fmt: skip
    return Section("data", head, (told, evidence, drawn), table=table, after=after)


def _loose(run: Run, words: Language) -> tuple[str, ...]:
    """Inputs without evidence, by process."""
    groups: dict[str, list[str]] = {}
    for p in run.scenario.parameters:
        if set(p.basis) <= {"assumption"}:
            groups.setdefault(p.process, []).append(p.name)
    other = words.text("process.other")
    return tuple(
        words.text(
            "card.assumptions.group", what=words.texts.get(f"process.{process}", other), n=len(names),
            names=", ".join(f"`{n}`" for n in names),
        )
        for process, names in sorted(groups.items(), key=lambda x: -len(x[1]))
    )  # fmt: skip


def assumptions(run: Run, words: Language) -> Section:
    """What rests on assumptions and on contested claims."""
    scenario, plan = run.scenario, run.manifest["plan"]
    total = len(scenario.parameters)
    loose = sum(set(p.basis) <= {"assumption"} for p in scenario.parameters)
    lead = words.text("card.assumptions.loose" if loose else "card.assumptions.none", n=loose, total=total)
    if not scenario.caravans and not total:
        lead = assumed_words(run, words)
    titles = {p.id: words.choose(p.title, p.title_es) for p in scenario.policies}
    named = [titles.get(p, p) for p in plan.get("policies", ())]
    settings = plan.get("settings", {})
    pairs = ", ".join(f"{name} = {value}" for name, value in settings.items())
    contested_lead, table = _contested(run, words)
    after = [
        words.text("card.assumptions.policies", n=len(named), names="; ".join(named))
        if named
        else words.text("card.assumptions.no_policies"),
        words.text("card.assumptions.settings", n=len(settings), pairs=pairs)
        if settings
        else words.text("card.assumptions.no_settings"),
    ]
    if not scenario.caravans:
        after[:0] = setting_words(run, words)
    return Section(
        "assumptions", words.text("card.assumptions.head"), (lead,), _loose(run, words), contested_lead, table,
        tuple(after),
    )  # fmt: skip


def _contested(run: Run, words: Language) -> tuple[str, Table | None]:
    """What rests on contested claims: how much, and on which claims most of it."""
    ledger = read_ledger(run.scenario)
    resting = [n for n in ledger.numbers if n.disputed]
    if not resting:
        return words.text("card.assumptions.uncontested", claims=len(run.scenario.claims)), None
    by_id = {c.id: c for c in run.scenario.claims}
    rows = []
    for claim, n in Counter(c for number in resting for c in number.disputed).most_common(CLAIMS_SHOWN):
        said = by_id[claim].claim
        short = said if len(said) <= CLAIM_LENGTH else said[:CLAIM_LENGTH].rsplit(" ", 1)[0] + " …"
        rows.append((claim, by_id[claim].speaker_role, short, words.number(n)))
    headings = tuple(words.text(f"card.assumptions.{k}") for k in ("claim", "speaker", "said", "rests"))
    return words.text("card.assumptions.contested", n=len(resting)), Table(
        words.text("card.assumptions.caption"), headings, tuple(rows), numbers=3
    )
