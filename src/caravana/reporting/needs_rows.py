"""Standards in words: what a person needs, by which source, in which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from caravana.language.language import Language
    from caravana.results.needs import Standard
    from caravana.results.supplies import Supply


def _unit(unit: str, language: Language) -> str:
    return language.texts.get(f"unit.{unit}", unit)


def _plain(value: float, language: Language) -> str:
    return language.number(value, digits=0 if float(value).is_integer() else 1)


def standard_words(s: Standard, language: Language, *, unit: str = "") -> str:
    """A standard in the report's language, with the range it is applied with.

    Parameters
    ----------
    s
        The standard.
    language
        Whose words to use.
    unit
        Its unit in that language; the catalogue's by default.
    """
    kind = "per_person" if s.per == "person" else s.per
    words = language.text(f"needs.{kind}", n=_plain(s.value, language), unit=unit or _unit(s.unit, language))
    if s.low == s.high:
        return words
    return f"{words} " + language.text("needs.range", low=_plain(s.low, language), high=_plain(s.high, language))


def unit_words(supply: Supply, language: Language) -> str:
    """A supply's unit in the report's language."""
    return language.choose(supply.standard.unit, supply.unit_es).replace("m2", "m\u00b2")


def supply_words(supply: Supply, language: Language) -> str:
    """A supply's standard in the report's language."""
    s = supply.standard
    if s.per == "person" and s.unit == s.item:
        # "1 blankets per person" is no way to say it.
        return language.text("answers.groups.each", n=_plain(s.value, language))
    return standard_words(s, language, unit=unit_words(supply, language))


def source_words(s: Standard, language: Language) -> str:
    """Where a standard is from: source, its name there and its page, or that the page is not verified."""
    if s.verified == "assumption":
        return language.text("answers.evidence.assumption")
    words = [s.source, *([s.standard] if s.standard else [])]
    if s.page_status:
        words.append(language.text(f"answers.groups.page_{s.page_status}", page=s.page))
    elif s.page:
        words.append(language.text("answers.groups.page_read", page=s.page))
    return ", ".join(words)


def need_rows(standards: Sequence[Standard], language: Language) -> list[dict[str, str]]:
    """The rows of the table of needs, people first, without the day's amounts."""
    rows = [{"item": "persons", "label": language.text("need.persons"), "unit": _unit("persons", language),
             "words": "", "source": ""}]  # fmt: skip
    for s in standards:
        note = language.choose(s.note, s.note_es)
        rows.append({
            "item": s.item, "label": language.texts.get(f"need.{s.item}", s.item), "unit": _unit(s.unit, language),
            "words": standard_words(s, language),
            "source": f"{source_words(s, language)}: {note}" if note else source_words(s, language),
        })  # fmt: skip
    return rows
