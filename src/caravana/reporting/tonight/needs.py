"""What is needed on the coming days: one figure for each need, what to bring, when to order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.reporting import html
from caravana.reporting.sections import Section
from caravana.reporting.tonight.map import DAYS
from caravana.reporting.tonight.road import nights_of, road_of
from caravana.results.supplies import usable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.reporting.tonight.facts import Tonight
    from caravana.results.supplies import Group, Supply


@dataclass(frozen=True)
class NeedLine:
    """One need over the coming days.

    Attributes
    ----------
    supply
        The standard and its kit.
    amounts
        What suffices each day, in the standard's unit.
    total
        What must be there for all days: their sum for what is used up, the largest for what stays.
    bring
        Whole kits beyond the stock.
    order_by
        Last day to order so that it is there on the first day, or on the first day that can still be reached.
    reaches
        The first day that can still be reached.
    """

    supply: Supply
    amounts: tuple[float, ...]
    total: float
    bring: int
    order_by: dt.date
    reaches: dt.date


def need_lines(
    persons: Sequence[float], days: Sequence[dt.date], facts: Tonight, *, group: Group, place: str = ""
) -> list[NeedLine]:
    """Each need of so many people on the coming days.

    Parameters
    ----------
    persons
        To plan for, by day.
    days
        The days.
    facts
        Supplies and stock.
    group
        Whose standards: ``moving`` or ``settlement``.
    place
        Where the stock must be, beside what follows the caravan.
    """
    lines = []
    for supply in facts.supplies:
        if group not in supply.groups:
            continue
        amounts = supply.amounts(np.array(persons, dtype=float))
        total = float(amounts.sum() if supply.use == "daily" else amounts.max())
        have = usable(facts.stock, supply.standard.item, origin=facts.origin, day=days[-1], place=place)
        order_by = max(days[0] - dt.timedelta(supply.lead_days), facts.origin)
        reaches = order_by + dt.timedelta(supply.lead_days)
        kits = supply.kits(total - have)
        lines.append(NeedLine(supply, tuple(float(a) for a in amounts), total, kits, order_by, reaches))
    return lines


def _row(line: NeedLine, facts: Tonight, language: Language) -> dict[str, object]:
    supply = line.supply
    order = (
        language.text("tonight.order_tonight")
        if line.order_by == facts.origin
        else language.text("tonight.order_by", day=language.day_short(line.order_by))
    )
    if line.order_by == facts.origin and line.reaches > facts.origin + dt.timedelta(1):
        order = language.text("tonight.order_late", day=language.day_short(line.reaches))
    kit = (supply.kit_es if language.code == "es" else "") or supply.kit
    return {
        "item": item_words(supply, language),
        "unit": unit_words(supply, language),
        "standard": standard_words(supply, language),
        "amounts": [amount_words(amount, supply, language) for amount in line.amounts],
        "daily": supply.use == "daily",
        "bring": f"{language.number(line.bring)} \u00d7 {kit}" if kit else language.number(line.bring),
        "order": order,
    }


def need_rows_for(persons: float, facts: Tonight, language: Language, *, group: Group) -> tuple[tuple[str, ...], ...]:
    """What so many people need in a day: name, standard and amount, in words."""
    rows = []
    for supply in facts.supplies:
        if group in supply.groups:
            amount = float(supply.amounts(np.array([persons]))[0])
            rows.append(
                (
                    item_words(supply, language),
                    standard_words(supply, language),
                    f"{amount_words(amount, supply, language)} {unit_words(supply, language)}",
                )
            )
    return tuple(rows)


def item_words(supply: Supply, language: Language) -> str:
    """What is needed, by its name in the language."""
    own = language.texts.get(f"supplies.items.{supply.standard.item}", supply.standard.item)
    unit = (supply.unit_es if language.code == "es" else "") or supply.standard.unit
    # A unit that begins with the need's name says more: skilled health workers.
    return (unit if unit.startswith(own) and supply.use == "standing" else own).capitalize()


def amount_words(amount: float, supply: Supply, language: Language) -> str:
    """How much is needed, without its unit; food in day rations, which is how it is sent."""
    if supply.standard.unit.startswith("kcal"):
        amount /= supply.standard.value
    return language.rounded(amount, figures=3)


def unit_words(supply: Supply, language: Language) -> str:
    """The unit of a need; "" where the need's own name says it."""
    if supply.standard.unit.startswith("kcal"):
        return language.text("tonight.rations")
    unit = (supply.unit_es if language.code == "es" else "") or supply.standard.unit
    plain = unit.removesuffix(" a day").removesuffix(" al día").replace("m2", "m\u00b2")
    return "" if item_words(supply, language).lower() in plain else plain


def standard_words(supply: Supply, language: Language) -> str:
    """The standard in words: so much a person, or so many people to one."""
    s = supply.standard
    unit = (supply.unit_es if language.code == "es" else "") or s.unit
    per = {"person": "per_person", "persons_per_unit": "per_unit", "per_10000": "per_10000"}[s.per]
    value = language.number(s.value, digits=0 if float(s.value).is_integer() else 1)
    unit = "" if s.value == 1 else f"{unit} "
    return language.text(f"tonight.{per}", value=value, unit=unit.replace("m2", "m\u00b2"))


def needs_section(facts: Tonight, language: Language) -> Section | None:
    """The needs of the coming three days, by stop; None where nobody was forecast."""
    nights, road = nights_of(facts)[:DAYS], road_of(facts)
    if not nights or not nights[0].persons:
        return None
    persons = [night.planned for night in nights]
    lines = need_lines(persons, [n.date for n in nights], facts, group="moving")
    heads = [
        {"day": language.day_short(n.date), "stop": road.names[n.stops[0][0]],
         "or": " / ".join(road.names[p] for p, _ in n.stops[1:2]), "people": language.rounded(n.planned)}
        for n in nights
    ]  # fmt: skip
    return Section(
        key="needs", head=language.text("tonight.needs_head"),
        paragraphs=(language.text("tonight.needs_lead"),),
        figure=html.fragment(
            "tonight/needs", language, heads=heads, rows=[_row(line, facts, language) for line in lines],
            stock=bool(facts.stock), needs_link=facts.links.get("needs", ""),
        ),
    )  # fmt: skip
