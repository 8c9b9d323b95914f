"""Words, numbers and dates as each language writes them.

The words stand in catalogues, one a part of what is written, with both languages side by side.

English writes ``12,500``, ``3.5``, ``5 November 2021``; Spanish ``12 500`` (a narrow space, and
none in four figures, as the UN's Spanish style has it), ``3,5``, ``5 de noviembre de 2021``.
With a region it writes as people there do: ``es-MX`` ``12,500`` and ``3.5``, ``es-ES`` ``12.500`` and ``3,5``.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from caravana.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

Code = Literal["en", "es"]
LANGUAGES: tuple[Code, ...] = ("en", "es")
CATALOGUES = (
    "common", "report", "displacement", "places", "card", "comparison", "claims", "needs", "sensitivity", "operation",
    "faults", "messages", "notes", "help", "tonight", "triggers", "build", "imports", "reader", "web",
)  # fmt: skip
"""Catalogues, by the part of what is written that they are for; all of them are loaded together."""
Region = Literal["", "MX", "ES"]
REGIONS: tuple[str, ...] = ("es-MX", "es-ES")
"""Languages with a region, whose numbers are written as there."""
NARROW_SPACE = "\u202f"
EN_DASH = "\u2013"
MINUS = "\u2212"
MILLION = 1e6


@dataclass(frozen=True)
class Language:
    """The texts of every catalogue in one language, and its ways of writing numbers and dates.

    Attributes
    ----------
    code
        ``en`` or ``es``.
    texts
        Dotted key to text with ``{named}`` places.
    region
        ``MX`` or ``ES``: whose marks numbers have; "" for the language's own.
    """

    code: Code
    texts: Mapping[str, str]
    region: Region = ""

    @property
    def tag(self) -> str:
        """``en``, ``es``, ``es-MX``: what a page says of its language."""
        return f"{self.code}-{self.region}" if self.region else self.code

    def text(self, key: str, **values: object) -> str:
        """The text of a key, its named places filled.

        Raises
        ------
        KeyError
            If the catalogue has no such key (a fault of the program, not of the user).
        """
        return self.texts[key].format(**values) if values else self.texts[key]

    def under(self, prefix: str) -> dict[str, Any]:
        """The texts whose keys start with ``prefix.``, by the rest of the key: a table in a table for each dot."""
        tree: dict[str, Any] = {}
        for key, text in self.texts.items():
            if key.startswith(f"{prefix}."):
                *tables, name = key.removeprefix(f"{prefix}.").split(".")
                at = tree
                for table in tables:
                    at = at.setdefault(table, {})
                at[name] = text
        return tree

    def choose(self, english: str, spanish: str) -> str:
        """The scenario's own text in this language, or the one it has."""
        return (spanish or english) if self.code == "es" else (english or spanish)

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number with this language's thousands and decimal marks."""
        plain = f"{value:,.{digits}f}".replace("-", MINUS)
        if self.code == "en" or self.region == "MX":
            return plain
        if self.region == "ES":
            return plain.translate({ord(","): ".", ord("."): ","})
        whole, _, part = plain.partition(".")
        few = len(whole.replace(",", "").lstrip(MINUS)) <= 4
        whole = whole.replace(",", "" if few else NARROW_SPACE)
        return f"{whole},{part}" if part else whole

    def decimal(self, value: float, *, digits: int = 0, sign: bool = False) -> str:
        """A number of a table in monospace: without marks of thousands, with this language's of decimals."""
        text = f"{value:{'+' if sign else ''}.{digits}f}"
        return text if self.code == "en" or self.region == "MX" else text.replace(".", ",")

    def figure(self, value: float, *, figures: int = 6) -> str:
        """A figure as short as it goes, with this language's mark of decimals."""
        text = f"{value:.{figures}g}"
        return text if self.code == "en" or self.region == "MX" else text.replace(".", ",")

    def rounded(self, value: float, *, figures: int = 2) -> str:
        """A number to two significant figures: no more is known than that; millions in words."""
        if abs(significant(value, figures=figures)) >= MILLION:
            key = "number.million" if significant(value / MILLION, figures=figures) == 1 else "number.millions"
            return self.text(key, n=self._in_millions(value, figures=figures))
        return self.number(significant(value, figures=figures), digits=_digits(value, figures))

    def _in_millions(self, value: float, *, figures: int = 2) -> str:
        millions = significant(value / MILLION, figures=figures)
        return self.number(millions, digits=_digits(millions, figures))

    def span(self, low: float, high: float) -> str:
        """A range, ``1,200-4,100``, or one number where both ends round alike."""
        first, last = self.rounded(low), self.rounded(high)
        if first == last:
            return first
        if significant(low) >= MILLION:
            # The word once: 1.1-8.2 million.
            return f"{self._in_millions(low)}{EN_DASH}{last}"
        # A dash beside a minus cannot be read.
        return self.text("number.to", low=first, high=last) if low < 0 else f"{first}{EN_DASH}{last}"

    def _month(self, date: dt.date) -> str:
        return self.texts[f"month.{date.month}"]

    def month_short(self, date: dt.date) -> str:
        """``Nov`` / ``nov``."""
        return self.texts[f"month_short.{date.month}"]

    def day_short(self, date: dt.date) -> str:
        """``9 Nov`` / ``9 nov``."""
        return f"{date.day} {self.month_short(date)}"

    def day(self, date: dt.date) -> str:
        """``5 November`` / ``5 de noviembre``."""
        return self.text("date.day", day=date.day, month=self._month(date))

    def day_long(self, date: dt.date) -> str:
        """``Friday 5 November 2021`` / ``viernes 5 de noviembre de 2021``."""
        weekday = self.texts[f"weekday.{date.isoweekday()}"]
        month = self._month(date)
        return self.text("date.long", weekday=weekday, day=date.day, month=month, year=date.year)

    def day_year(self, date: dt.date) -> str:
        """``5 November 2021`` / ``5 de noviembre de 2021``."""
        month = self._month(date)
        return self.text("date.year", day=date.day, month=month, year=date.year)

    def listed(self, items: Iterable[str]) -> str:
        """``a, b and c`` / ``a, b y c``."""
        words = list(items)
        if len(words) < 2:
            return "".join(words)
        last = words[-1]
        joiner = self.text("list.and")
        if last.lower().startswith(("i", "í", "hi")):
            joiner = self.text("list.and_before_i")
        return f"{', '.join(words[:-1])} {joiner} {last}"

    def chance(self, share: float, *, short: bool = False) -> str:
        """A share of runs as a natural frequency: ``8 in 10 runs``.

        Halves go to the even number, so that a share and its complement add to ten.

        Parameters
        ----------
        share
            Between 0 and 1.
        short
            Without the word for runs, where a heading has it: ``8 in 10``.
        """
        name, tenths = _frequency(share), min(9, max(1, round(share * 10)))
        return self.text(f"chance_short.{name}" if short else f"chance.{name}", n=tenths)


def _frequency(share: float) -> str:
    """The name of a share of runs: one of the ends, or so many tenths."""
    if share <= 0 or share >= 1:
        return "none" if share <= 0 else "all"
    for limit, few, most in ((0.035, "few", "most"), (0.075, "twentieth", "nineteen")):
        if share < limit:
            return few
        if share > 1 - limit:
            return most
    return "tenths"


def significant(value: float, *, figures: int = 2) -> float:
    """Round to so many significant figures; whole numbers under 100 keep their units."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    place = math.floor(math.log10(abs(value))) + 1 - figures
    step = 10.0**place
    return math.floor(value / step + 0.5) * step if place >= 0 else round(value, -place)


def _digits(value: float, figures: int) -> int:
    """Decimals to show so that a small number keeps its significant figures and a whole one none."""
    kept = significant(value, figures=figures)
    if kept == 0 or float(kept).is_integer():
        return 0
    return max(0, figures - 1 - math.floor(math.log10(abs(kept))))


def read_catalogue(name: str) -> dict[str, dict[Code, str]]:
    """Read one catalogue.

    Parameters
    ----------
    name
        Of the file ``catalogues/<name>.toml``, without its ending.

    Returns
    -------
    dict
        Dotted key to the text in each language.
    """
    path = resources.files("caravana.language") / "catalogues" / f"{name}.toml"
    return dict(_texts_of(tomllib.loads(path.read_text("utf-8"))))


def _texts_of(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[Code, str]]]:
    """Texts of a table and of those within it; a text is a table that has languages alone."""
    for key, value in table.items():
        if value.keys() == set(LANGUAGES) and all(isinstance(text, str) for text in value.values()):
            yield prefix + key, value
        else:
            yield from _texts_of(value, f"{prefix}{key}.")


@cache
def _texts(code: Code) -> Mapping[str, str]:
    """Every catalogue's texts in one language, read once."""
    texts = {key: text[code] for name in CATALOGUES for key, text in read_catalogue(name).items()}
    return MappingProxyType(texts)


def load_language(code: str) -> Language:
    """A language with the texts of every catalogue.

    Parameters
    ----------
    code
        ``en`` or ``es``; with a region, ``es-MX`` or ``es-ES``, numbers are written as there.

    Raises
    ------
    caravana.errors.UsageError
        If there are no texts in it.
    """
    if code in REGIONS:
        plain, _, region = code.partition("-")
        return replace(load_language(plain), region=region)  # type: ignore[arg-type]
    for known in LANGUAGES:
        if code == known:
            return Language(code=known, texts=_texts(known))
    raise UsageError(f"no report in language {code!r}; there are: {', '.join(LANGUAGES)}")
