"""The report's words: one catalogue a language, and numbers and dates as each writes them.

English writes ``12,500``, ``3.5``, ``9 November 2021``; Spanish ``12 500`` (a narrow space, and
none in four figures, as the UN's Spanish style has it), ``3,5``, ``9 de noviembre de 2021``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from caravana.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt

Code = Literal["en", "es"]
LANGUAGES: tuple[Code, ...] = ("en", "es")
NARROW_SPACE = "\u202f"
EN_DASH = "\u2013"
MINUS = "\u2212"
MILLION = 1e6


@dataclass(frozen=True)
class Language:
    """A catalogue of texts and the ways of writing numbers and dates.

    Attributes
    ----------
    code
        ``en`` or ``es``.
    texts
        Dotted key to text with ``{named}`` places.
    """

    code: Code
    texts: Mapping[str, str]

    def text(self, key: str, **values: object) -> str:
        """The text of a key, its named places filled.

        Raises
        ------
        KeyError
            If the catalogue has no such key (a fault of the program, not of the user).
        """
        return self.texts[key].format(**values) if values else self.texts[key]

    def section(self, prefix: str) -> dict[str, str]:
        """All texts whose key starts with ``prefix.``, by the rest of the key."""
        return {k.removeprefix(prefix + "."): v for k, v in self.texts.items() if k.startswith(prefix + ".")}

    def choose(self, english: str, spanish: str) -> str:
        """The scenario's own text in this language, or the one it has."""
        return (spanish or english) if self.code == "es" else (english or spanish)

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number with this language's thousands and decimal marks."""
        plain = f"{value:,.{digits}f}".replace("-", MINUS)
        if self.code == "en":
            return plain
        whole, _, part = plain.partition(".")
        few = len(whole.replace(",", "").lstrip(MINUS)) <= 4
        whole = whole.replace(",", "" if few else NARROW_SPACE)
        return f"{whole},{part}" if part else whole

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

    def _month(self, date: dt.date, form: str) -> str:
        return self.texts[f"{form}.{date.month}"]

    def day_short(self, date: dt.date) -> str:
        """``9 Nov`` / ``9 nov``."""
        return f"{date.day} {self._month(date, 'month_short')}"

    def day(self, date: dt.date) -> str:
        """``9 November`` / ``9 de noviembre``."""
        return self.text("date.day", day=date.day, month=self._month(date, "month"))

    def day_long(self, date: dt.date) -> str:
        """``Tuesday 9 November 2021`` / ``martes 9 de noviembre de 2021``."""
        weekday = self.texts[f"weekday.{date.isoweekday()}"]
        month = self._month(date, "month")
        return self.text("date.long", weekday=weekday, day=date.day, month=month, year=date.year)

    def day_year(self, date: dt.date) -> str:
        """``9 November 2021`` / ``9 de noviembre de 2021``."""
        month = self._month(date, "month")
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
        form = "chance_short" if short else "chance"
        if share <= 0:
            return self.text(f"{form}.none")
        if share >= 1:
            return self.text(f"{form}.all")
        for limit, few, most in ((0.035, "few", "most"), (0.075, "twentieth", "nineteen")):
            if share < limit:
                return self.text(f"{form}.{few}")
            if share > 1 - limit:
                return self.text(f"{form}.{most}")
        return self.text(f"{form}.tenths", n=min(9, max(1, round(share * 10))))


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


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = str(value)
    return flat


def load_language(code: str) -> Language:
    """The catalogue of a language.

    Parameters
    ----------
    code
        ``en`` or ``es``.

    Raises
    ------
    caravana.errors.UsageError
        If there is no catalogue for it.
    """
    for known in LANGUAGES:
        if code == known:
            folder = resources.files("caravana.language") / "catalogues"
            own = _flatten(tomllib.loads((folder / f"{known}.toml").read_text("utf-8")))
            both = _flatten(tomllib.loads((folder / "answers.toml").read_text("utf-8")))
            ending = f".{known}"
            shared = {f"answers.{k.removesuffix(ending)}": v for k, v in both.items() if k.endswith(ending)}
            return Language(code=known, texts={**own, **shared})
    raise UsageError(f"no report in language {code!r}; there are: {', '.join(LANGUAGES)}")
