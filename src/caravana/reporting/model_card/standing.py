"""Sections of a model card on how a run stands: skill, coverage, limits, misuse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from caravana.evidence.ledger import contested
from caravana.inference.scoring.cases import MODEL
from caravana.inference.scoring.useful_lead import COLUMNS, useful_lead
from caravana.reporting.model_card.facts import CAMP_COUNT
from caravana.reporting.model_card.inputs import percent
from caravana.reporting.sections import Section, Table
from caravana.results.answers import LEAST
from caravana.results.reported import SIDES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.reporting.model_card.facts import Facts

UNKNOWN = "?"
PACE = "last_7_days_pace"


def skill(facts: Facts, words: Language) -> Section:
    """How forecasts of this scenario did against naive ones, where a backtest lies in the run folder."""
    backtest, name = facts.backtest, facts.results.scenario.name
    head = words.text("card.skill.head")
    none = words.text("card.skill.none", scenario=name, run=facts.results.folder)
    if backtest is None:
        return Section("skill", head, (none,))
    if isinstance(backtest, str):
        key = "foreign_scenario" if backtest else "foreign_file"
        why = words.text(f"card.skill.{key}", **({"other": backtest, "scenario": name} if backtest else {}))
        return Section("skill", head, (words.text("card.skill.foreign", why=why), none))
    rows = [
        _skill_row(backtest, quantity, horizon, words) for quantity, s in backtest["skill"].items() for horizon in s
    ]
    lost = sum((skill or 0.0) <= 0.0 for s in backtest["skill"].values() for skill in s.values())
    lead = words.text("card.skill.lead", scenario=name, origins=len(backtest.get("origins", ())))
    keys = ("quantity", "horizon", "cases", "baseline", "value", "crps", "pace", "coverage")
    return Section(
        "skill", head, (words.text("card.skill.lost", n=lost, total=len(rows)), *_worth(backtest, words), lead),
        table=Table(words.text("card.skill.caption"), tuple(words.text(f"card.skill.{k}") for k in keys), tuple(rows)),
    )  # fmt: skip


def _worth(backtest: dict[str, Any], words: Language) -> list[str]:
    """How many days ahead the forecasts of each quantity are worth reading, by their skill on the record."""
    import pandas as pd

    rows = [
        (quantity, int(horizon), math.nan if value is None else 1.0 - value, 1.0)
        for quantity, by_horizon in backtest["skill"].items()
        for horizon, value in by_horizon.items()
    ]
    if not rows:
        return []
    leads = useful_lead(pd.DataFrame(rows, columns=list(COLUMNS)))
    names = {quantity: words.texts.get(f"card.skill.{quantity}", quantity) for quantity in leads}
    worth = [
        words.text("card.skill.useful_days" if days > 1 else "card.skill.useful_day", what=names[quantity], n=days)
        for quantity, days in leads.items()
        if days
    ]
    none = [names[quantity] for quantity, days in leads.items() if not days]
    said = (("useful", worth), ("useful_none", none))
    return [words.text(f"card.skill.{key}", list=words.listed(each)) for key, each in said if each]


def _skill_row(backtest: dict[str, Any], quantity: str, horizon: str, words: Language) -> tuple[str, ...]:
    interval = backtest["skill_interval"][quantity][horizon]
    # Too few data to tell: the interval is open, and says so.
    low, high, value = (
        _signed(x, words) for x in (interval["low"], interval["high"], backtest["skill"][quantity][horizon])
    )
    covered = backtest.get("coverage90", {}).get(quantity, {}).get(horizon)
    crps = {
        row["model"]: row["crps"]
        for row in backtest.get("table", ())
        if row["quantity"] == quantity and str(row["horizon"]) == horizon
    }
    return (
        words.texts.get(f"card.skill.{quantity}", quantity), horizon, str(backtest["cases"][quantity][horizon]),
        str(backtest.get("best_baseline", {}).get(quantity, {}).get(horizon, "")).replace("_", " "),
        f"{value} [{low}, {high}]",
        *(words.rounded(crps[m]) if m in crps else UNKNOWN for m in (MODEL, PACE)),
        UNKNOWN if covered is None else percent(words, covered),
    )  # fmt: skip


def _signed(value: float | None, words: Language) -> str:
    return UNKNOWN if value is None or math.isnan(value) else words.number(value, digits=2)


def coverage_section(facts: Facts, words: Language, *, after: tuple[str, ...] = ()) -> Section:
    """How the run's bands stand against the record; `after` is said at the end."""
    held = facts.held
    head = words.text("card.coverage.head")
    if not held:
        return Section("coverage", head, (words.text("card.coverage.none"),), after=after)
    rows = []
    for h in held:
        plain = h.what in ("position", "headcount", CAMP_COUNT)
        what = (
            words.text(f"card.coverage.{h.what}")
            if plain
            else words.text("card.coverage.side", side=words.text(f"side.{h.what}") if h.what in SIDES else h.what)
        )
        low, high = (percent(words, x) for x in h.interval)
        inside = f"{words.number(h.inside)} / {words.number(h.of)}"
        rows.append((what, inside, f"{percent(words, h.share)} [{low}, {high}]"))
    headings = tuple(words.text(f"card.coverage.{k}") for k in ("what", "inside", "share"))
    table = Table(words.text("card.coverage.caption"), headings, tuple(rows))
    return Section("coverage", head, (words.text("card.coverage.lead"),), table=table, after=after)


def width_words(facts: Facts, words: Language) -> tuple[str, ...]:
    """How wide the ranges are."""
    if (width := facts.bands) is None:
        return ()
    return (
        words.text(
            "card.coverage.width_km", middle=words.rounded(width.middle_km), widest=words.rounded(width.widest_km),
            date=words.day_year(width.widest_on),
        ),
        words.text("card.coverage.width_persons", factor=words.number(width.factor, digits=1)),
    )  # fmt: skip


def unseen_words(facts: Facts, words: Language) -> list[str]:
    """Days of the run after the last thing that was observed."""
    results = facts.results
    dates = [o.date for o in results.scenario.observations if o.date <= results.last]
    if not dates:
        return [words.text("card.limits.unseen", n=results.days, days=results.days)]
    after = max(0, min((results.last - max(dates)).days, results.days))
    return [words.text("card.limits.after", n=after, days=results.days)]


def limits_section(facts: Facts, words: Language, *, record: Sequence[str]) -> Section:
    """What the run cannot say; `record` says what of it the record does not reach."""
    results, done = facts.results, len(facts.results.members)
    parameters = results.scenario.parameters
    parts = [
        words.text(
            "card.limits.members", requested=words.number(results.requested), done=words.number(done),
            failed=results.failed_blocks, tail=words.number(done // 20),
        ),
        *record,
    ]  # fmt: skip
    if (width := facts.bands) is not None:
        shares = {"first_share": percent(words, width.first_share), "last_share": percent(words, width.last_share)}
        first, last = words.day(results.first), words.day(results.last)
        parts.append(words.text("card.limits.together", first=first, last=last, **shares))
    if parameters:
        loose = sum(set(p.basis) <= {"assumption"} for p in parameters)
        parts.append(words.text("card.limits.assumed_share", share=percent(words, loose / len(parameters))))
    parts.append(words.text("card.limits.unmodelled", last=words.day_year(results.last)))
    return Section("limits", words.text("card.limits.head"), (), tuple(parts))


def misuse(facts: Facts, words: Language) -> Section:
    """What the run must not be used for."""
    cells, share = facts.results.small_cells
    parts = [
        words.text("card.misuse.persons"),
        words.text("card.misuse.small", cells=words.number(cells), share=percent(words, share), least=LEAST),
    ]
    if (width := facts.bands) is not None:
        parts.append(
            words.text(
                "card.misuse.single", date=words.day_year(width.sample_on), low=words.rounded(width.low),
                high=words.rounded(width.high),
            )
        )  # fmt: skip
    parts.append(words.text("card.misuse.allegations", n=sum(map(contested, facts.results.scenario.claims))))
    return Section("misuse", words.text("card.misuse.head"), (), tuple(parts))
