"""What the reader knows of English and Spanish, compiled from ``words.toml`` once a process."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


_TELLING = ("nouns", "happened", "hints", "road", "flee")
"""Tables of patterns by what they tell."""


def any_of(entries: Iterable[str]) -> re.Pattern[str]:
    """A pattern of whole words for any of some expressions, longer ones first."""
    ordered = sorted(entries, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(ordered) + r")(?!\w)")


@dataclass(frozen=True)
class Speaker:
    """A role that is quoted, its side, how it is named, and whether it treats the ill and hurt (and so counts them)."""

    role: str
    side: str
    pattern: re.Pattern[str]
    treats: bool = False


@dataclass(frozen=True)
class Words:
    """One language's words.

    Attributes
    ----------
    code
        ``en`` or ``es``.
    marks
        Small words by which the language is known.
    table
        The rest of the catalogue, as read.
    patterns
        Lists of the catalogue as patterns, by name.
    nouns, happened, hints, road
        Patterns by what they tell; hints are too loose to decide alone.
    tellers
        Speakers by common nouns, which name one only beside a word of saying.
    flee, smuggling
        Patterns of what garbles and prices are known by.
    heads
        What heads of tables call what is counted, by kind, for both languages.
    topics, speakers, agencies, voices
        The same for both languages.
    no_names
        Capitalised words that are no part of a person's name, for both languages.
    bound_for
        The country people are bound for, as a draft says it.
    first_names
        Given names common among those who walk and those who report.
    """

    code: str
    marks: tuple[str, ...]
    abbreviation: re.Pattern[str]
    table: Mapping[str, Any]
    patterns: Mapping[str, re.Pattern[str]]
    nouns: Mapping[str, re.Pattern[str]]
    happened: Mapping[str, re.Pattern[str]]
    hints: Mapping[str, re.Pattern[str]]
    road: Mapping[str, re.Pattern[str]]
    flee: Mapping[str, re.Pattern[str]]
    smuggling: re.Pattern[str]
    heads: Mapping[str, re.Pattern[str]]
    topics: Mapping[str, re.Pattern[str]]
    speakers: tuple[Speaker, ...]
    tellers: tuple[Speaker, ...]
    agencies: tuple[Speaker, ...]
    voices: Mapping[str, re.Pattern[str]]
    no_names: re.Pattern[str]
    bound_for: str
    first_names: frozenset[str]


@dataclass(frozen=True)
class PlaceWords:
    """What is known of names of places: those that are also words, and places' own names by what others call them."""

    never: frozenset[str]
    common: frozenset[str]
    exonyms: Mapping[str, str]
    region: re.Pattern[str]
    heads: frozenset[str]
    near: re.Pattern[str]


def _speakers(rows: Sequence[Mapping[str, Any]], side: str = "") -> tuple[Speaker, ...]:
    return tuple(
        Speaker(
            row["role"], row.get("side", side), any_of([*row["words"], *_telling_nouns(row)]), row.get("treats", False)
        )
        for row in rows
    )


def _tellers(rows: Sequence[Mapping[str, Any]], code: str) -> tuple[Speaker, ...]:
    return tuple(Speaker(row["role"], row["side"], any_of(row[code]), row.get("treats", False)) for row in rows)


def _telling_nouns(row: Mapping[str, Any]) -> list[str]:
    """Common nouns that name a speaker only beside a word of saying: ``the hospital says``, ``segun la mision``."""
    out = []
    telling = _catalogue()["telling"]
    for code, nouns in row.get("telling", {}).items():
        noun, verb = "|".join(nouns), "|".join(telling[code])
        out.append(rf"(?:{noun})(?=[:)]| (?:\w+ ){{0,2}}?(?:{verb})\b)")
        beside = "|".join(f"(?<={before} {article} )" for before in telling["before"] for article in _ARTICLES[code])
        out.append(rf"(?:{beside})(?:{noun})")
    return out


_ARTICLES = {"en": ("the", "a", "an"), "es": ("el", "la", "los", "las", "un", "una")}


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, Any]:
    return tomllib.loads((resources.files("caravana.importers.articles") / "words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_place_words() -> PlaceWords:
    """What the reader knows of names of places."""
    places = _catalogue()["places"]
    return PlaceWords(
        frozenset(places["never"]), frozenset(places["common"]), places["exonyms"], any_of(places["region"]),
        frozenset(places["heads"]),
        re.compile(r"(?<!\w)(?:" + "|".join(places["near"]) + r")\s+$"),
    )  # fmt: skip


def thing_words(code: str) -> tuple[dict[str, list[str]], list[str]]:
    """What things that are no people are called in a language, by kind; and its expressions of shares."""
    return _catalogue()["things"][code], _catalogue()["shares"][code]


def single_words(code: str) -> dict[str, list[str]]:
    """What persons told of alone are called in a language, and what is said of them."""
    return dict(_catalogue()["singles"][code])


@lru_cache(maxsize=1)
def load_words() -> tuple[Words, ...]:
    """Every language the reader knows."""
    catalogue = _catalogue()
    no_names = "|".join([*catalogue["no_names"]["institutions"], *catalogue["no_names"]["nations"]])
    topics = {topic: any_of(entries) for topic, entries in catalogue["topics"].items()}
    heads = {kind: any_of(entries) for kind, entries in catalogue["heads"].items()}
    voices = {side: any_of(entries) for side, entries in catalogue["voices"].items()}
    speakers, agencies = _speakers(catalogue["speakers"]), _speakers(catalogue["agencies"], "agency")
    out = []
    for code in ("en", "es"):
        table = catalogue[code]
        lists = {
            name: any_of(entries) for name, entries in table.items() if isinstance(entries, list) and name != "between"
        }
        out.append(
            Words(
                code=code, marks=tuple(table["marks"]), abbreviation=re.compile("|".join(table["abbreviations"])),
                table=table, patterns=lists, smuggling=any_of(table["smuggling"]["words"]), heads=heads, topics=topics,
                speakers=speakers, tellers=_tellers(catalogue["tellers"], code), agencies=agencies,
                voices=voices, no_names=re.compile(rf"\b(?:{no_names})\b"),
                bound_for=catalogue["bound_for"]["name"],
                first_names=frozenset(catalogue["no_names"]["first_names"]),
                **{n: {k: any_of(v) for k, v in table[n].items()} for n in _TELLING},
            )
        )  # fmt: skip
    return tuple(out)
