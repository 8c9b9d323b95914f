"""Sections of a model card on how a run stands: skill, coverage, limits, misuse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from caravana.evidence.ledger import contested
from caravana.inference.scoring.cases import MODEL
from caravana.reporting.model_card.displacement import left_out_words, limit_words
from caravana.reporting.model_card.facts import (
    CAMP_COUNT,
    LEAST,
    bands,
    coverage,
    read_backtest,
    small_cells,
)
from caravana.reporting.model_card.inputs import percent
from caravana.reporting.sections import Section, Table
from caravana.results.reported import SIDES

if TYPE_CHECKING:
    from caravana.language.language import Language
    from caravana.run import Run

UNKNOWN = "?"
PACE = "last_7_days_pace"


def skill(run: Run, words: Language) -> Section:
    """How forecasts of this scenario did against naive ones, where a backtest lies in the run folder."""
    found, name = read_backtest(run), run.scenario.name
    head = words.text("card.skill.head")
    none = words.text("card.skill.none", scenario=name, run=run.path)
    if found is None:
        return Section("skill", head, (none,))
    if isinstance(found, str):
        key = "foreign_scenario" if found else "foreign_file"
        why = words.text(f"card.skill.{key}", **({"other": found, "scenario": name} if found else {}))
        return Section("skill", head, (words.text("card.skill.foreign", why=why), none))
    rows = [_skill_row(found, quantity, horizon, words) for quantity, s in found["skill"].items() for horizon in s]
    lost = sum((skill or 0.0) <= 0.0 for s in found["skill"].values() for skill in s.values())
    lead = words.text("card.skill.lead", scenario=name, origins=len(found.get("origins", ())))
    keys = ("quantity", "horizon", "cases", "baseline", "value", "crps", "pace", "coverage")
    return Section(
        "skill", head, (words.text("card.skill.lost", n=lost, total=len(rows)), lead),
        table=Table(words.text("card.skill.caption"), tuple(words.text(f"card.skill.{k}") for k in keys), tuple(rows)),
    )  # fmt: skip


def _skill_row(found: dict[str, Any], quantity: str, horizon: str, words: Language) -> tuple[str, ...]:
    interval = found["skill_interval"][quantity][horizon]
    # Too few data to tell: the interval is open, and says so.
    low, high, value = (
        _signed(x, words) for x in (interval["low"], interval["high"], found["skill"][quantity][horizon])
    )
    covered = found.get("coverage90", {}).get(quantity, {}).get(horizon)
    crps = {
        row["model"]: row["crps"]
        for row in found.get("table", ())
        if row["quantity"] == quantity and str(row["horizon"]) == horizon
    }
    return (
        words.texts.get(f"card.skill.{quantity}", quantity), horizon, str(found["cases"][quantity][horizon]),
        str(found.get("best_baseline", {}).get(quantity, {}).get(horizon, "")).replace("_", " "),
        f"{value} [{low}, {high}]",
        *(words.rounded(crps[m]) if m in crps else UNKNOWN for m in (MODEL, PACE)),
        UNKNOWN if covered is None else percent(words, covered),
    )  # fmt: skip


def _signed(value: float | None, words: Language) -> str:
    return UNKNOWN if value is None or math.isnan(value) else words.number(value, digits=2)


def coverage_section(run: Run, words: Language) -> Section:
    """How the run's bands stand against the record."""
    held, width = coverage(run), bands(run)
    after = []
    if width is not None:
        after = [
            words.text(
                "card.coverage.width_km", middle=words.rounded(width.middle_km), widest=words.rounded(width.widest_km),
                date=words.day_year(width.widest_on),
            ),
            words.text("card.coverage.width_persons", factor=words.number(width.factor, digits=1)),
        ]  # fmt: skip
    if not run.scenario.caravans:
        after += left_out_words(run, words)
    head = words.text("card.coverage.head")
    if not held:
        return Section("coverage", head, (words.text("card.coverage.none"),), after=tuple(after))
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
    return Section("coverage", head, (words.text("card.coverage.lead"),), table=table, after=tuple(after))


def limits(run: Run, words: Language) -> Section:
    """What the run cannot say."""
    scenario, done = run.scenario, len(run.member_ids)
    first, last = run.days[0].date(), run.days[-1].date()
    dates = [o.date for o in scenario.observations if o.date <= last]
    parts = [
        words.text(
            "card.limits.members", asked=words.number(run.members), done=words.number(done),
            failed=len(run.manifest.get("blocks_failed", ())), tail=words.number(done // 20),
        )
    ]  # fmt: skip
    if not scenario.caravans:
        parts += limit_words(run, words)
    elif dates:
        after = max(0, min((last - max(dates)).days, len(run.days)))
        parts.append(words.text("card.limits.after", n=after, days=len(run.days)))
    else:
        parts.append(words.text("card.limits.unseen", n=len(run.days), days=len(run.days)))
    if (width := bands(run)) is not None:
        shares = {"first_share": percent(words, width.first_share), "last_share": percent(words, width.last_share)}
        parts.append(words.text("card.limits.together", first=words.day(first), last=words.day(last), **shares))
    if scenario.parameters:
        loose = sum(set(p.basis) <= {"assumption"} for p in scenario.parameters)
        parts.append(words.text("card.limits.assumed_share", share=percent(words, loose / len(scenario.parameters))))
    parts.append(words.text("card.limits.unmodelled", last=words.day_year(last)))
    return Section("limits", words.text("card.limits.head"), (), tuple(parts))


def misuse(run: Run, words: Language) -> Section:
    """What the run must not be used for."""
    cells, share = small_cells(run)
    parts = [
        words.text("card.misuse.persons"),
        words.text("card.misuse.small", cells=words.number(cells), share=percent(words, share), least=LEAST),
    ]
    if (width := bands(run)) is not None:
        parts.append(
            words.text(
                "card.misuse.single", date=words.day_year(width.sample_on), low=words.rounded(width.low),
                high=words.rounded(width.high),
            )
        )  # fmt: skip
    parts.append(words.text("card.misuse.allegations", n=sum(map(contested, run.scenario.claims))))
    return Section("misuse", words.text("card.misuse.head"), (), tuple(parts))
