"""Sections of a model card on what a run is for and what it rests on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from caravana.evidence.ledger import contested, read_ledger
from caravana.reporting.model_card.facts import observations_by_side
from caravana.reporting.sections import Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts
    from caravana.results.answers import Answers
    from caravana.scenario.model import Scenario

CLAIMS_SHOWN = 6
CLAIM_LENGTH = 160
HEADINGS = ("side", "number", "people", "positions", "other", "first", "last")


def percent(language: Language, share: float) -> str:
    """A share in per cent."""
    space = "\u00a0" if language.code == "es" else ""
    return f"{language.number(100 * share)}{space}%"


def uncertain(results: Answers) -> int:
    """Inputs that were drawn: those with a prior that were not set by hand."""
    settings = results.plan.get("settings", {})
    return sum(p.prior is not None and p.name not in settings for p in results.scenario.parameters)


def title_and_days(results: Answers, words: Language) -> dict[str, object]:
    """The scenario's title and the days simulated, as sentences on the purpose name them."""
    return {
        "title": words.choose(results.scenario.title, results.scenario.title_es), "days": results.days,
        "first": words.day_year(results.first), "last": words.day_year(results.last),
    }  # fmt: skip


def members_words(results: Answers, words: Language) -> str:
    """How many members there are, and of how many inputs each draws its own."""
    drawn = uncertain(results)
    return words.text(
        "card.purpose.members", members=words.number(len(results.members)), uncertain=drawn,
        fixed=len(results.scenario.parameters) - drawn,
    )  # fmt: skip


def drawn_words(results: Answers, words: Language) -> str:
    """How many inputs were drawn from their priors."""
    return words.text("card.data.prior", uncertain=uncertain(results))


def data_section(facts: Facts, words: Language, *, drawn: str, after: tuple[str, ...] = ()) -> Section:
    """What was observed, by side and date.

    Parameters
    ----------
    facts
        Of the run.
    words
        The card's language.
    drawn
        What was drawn or fitted, where no posterior was.
    after
        What the observations are used for.
    """
    results = facts.results
    scenario, rows = results.scenario, results.scenario.observations
    sides = observations_by_side(scenario)
    evidence = words.text(
        "card.data.evidence", sources=len(scenario.sources), claims=len(scenario.claims),
        contested=sum(map(contested, scenario.claims)),
    )  # fmt: skip
    if posterior := results.plan.get("posterior"):
        drawn = words.text("card.data.posterior", posterior=posterior)
    head = words.text("card.data.head")
    if not rows:
        return Section("data", head, (words.text("card.data.none"), evidence, drawn))
    lead = words.text(
        "card.data.observations", n=words.number(len(rows)), first=words.day_year(min(o.date for o in rows)),
        last=words.day_year(max(o.date for o in rows)),
        inside=words.number(sum(results.first <= o.date <= results.last for o in rows)),
        inferred=sum(o.inferred for o in rows),
    )  # fmt: skip
    table = Table(
        words.text("card.data.caption"),
        tuple(words.text(f"card.data.{k}") for k in HEADINGS),
        tuple(
            (words.text(f"side.{s.side}"), words.number(s.number), words.number(s.people), words.number(s.positions),
             words.number(s.number - s.people - s.positions), s.first.isoformat(), s.last.isoformat())
            for s in sides
        ),
    )  # fmt: skip
    return Section("data", head, (lead, evidence, drawn), table=table, after=after)


def _loose(scenario: Scenario, words: Language) -> tuple[str, ...]:
    """Inputs without evidence, by process."""
    groups: dict[str, list[str]] = {}
    for p in scenario.parameters:
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


def assumptions_section(
    facts: Facts, words: Language, *, lead: str | None = None, first: Sequence[str] = ()
) -> Section:
    """What rests on assumptions and on contested claims.

    Parameters
    ----------
    facts
        Of the run.
    words
        The card's language.
    lead
        The first words; how many inputs are without evidence by default.
    first
        What stands before policies and settings.
    """
    scenario, plan = facts.results.scenario, facts.results.plan
    total = len(scenario.parameters)
    loose = sum(set(p.basis) <= {"assumption"} for p in scenario.parameters)
    if lead is None:
        lead = words.text("card.assumptions.loose" if loose else "card.assumptions.none", n=loose, total=total)
    titles = {p.id: words.choose(p.title, p.title_es) for p in scenario.policies}
    named = [titles.get(p, p) for p in plan.get("policies", ())]
    settings = plan.get("settings", {})
    pairs = ", ".join(f"{name} = {value}" for name, value in settings.items())
    contested_lead, table = _contested(scenario, words)
    after = [
        *first,
        words.text("card.assumptions.policies", n=len(named), names="; ".join(named))
        if named
        else words.text("card.assumptions.no_policies"),
        words.text("card.assumptions.settings", n=len(settings), pairs=pairs)
        if settings
        else words.text("card.assumptions.no_settings"),
    ]
    return Section(
        "assumptions", words.text("card.assumptions.head"), (lead,), _loose(scenario, words), contested_lead, table,
        tuple(after),
    )  # fmt: skip


def _contested(scenario: Scenario, words: Language) -> tuple[str, Table | None]:
    """What rests on contested claims: how much, and on which claims most of it."""
    ledger = read_ledger(scenario)
    resting = [n for n in ledger.numbers if n.disputed]
    if not resting:
        return words.text("card.assumptions.uncontested", claims=len(scenario.claims)), None
    by_id = {c.id: c for c in scenario.claims}
    rows = []
    for claim, n in Counter(c for number in resting for c in number.disputed).most_common(CLAIMS_SHOWN):
        said = by_id[claim].claim
        short = said if len(said) <= CLAIM_LENGTH else said[:CLAIM_LENGTH].rsplit(" ", 1)[0] + " …"
        rows.append((claim, by_id[claim].speaker_role, short, words.number(n)))
    headings = tuple(words.text(f"card.assumptions.{k}") for k in ("claim", "speaker", "said", "rests"))
    return words.text("card.assumptions.contested", n=len(resting)), Table(
        words.text("card.assumptions.caption"), headings, tuple(rows), numbers=3
    )
