"""Days named by their number in the month: ``Friday the 29th``, ``el 9``, ``31/10``."""

from __future__ import annotations

import contextlib
import datetime as dt
import re

from caravana.importers.articles.days.day import WEEK, Day

_MONTHS_BACK = 70


_NUMBERED = {
    "en": r"\s+(?:the\s+)?(?P<n>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.,]*\d|\s*(?:km|a\.?m|p\.?m|[a-z]{4,}))",
    "es": r",?\s+(?:dia\s+)?(?P<n>[0-3]?\d)(?![\d:.,]*\d|\s+(?!(?:de|del|en|y|a|la|el|los|las|se|por|con|cuando|"
    r"fue)\b)[a-z])",
}
"""``Friday the 29th``, ``el viernes 29``: a weekday with the day of its month."""


def numbered(folded: str, code: str, anchor: dt.date, names: tuple[str, ...]) -> list[Day]:
    """Weekdays with the day of the month beside them; the last such day not much after the anchor."""
    pattern = re.compile(rf"(?<!\w)(?P<w>{'|'.join(f'{n}|{n[:3]}' for n in names)})\.?" + _NUMBERED[code])
    whole = {n[:3]: n for n in names}
    out = []
    listed = len(re.findall(rf"(?<!\w)(?:{'|'.join(f'{n}|{n[:3]}' for n in names)})\.? \d", folded)) > 1
    for match in pattern.finditer(folded):
        number = int(match["n"])
        near = [anchor + dt.timedelta(n) for n in range(10, -31, -1)]
        fit = [d for d in near if d.day == number]
        named = names.index(whole[match["w"][:3]])
        exact = [d for d in fit if d.weekday() == named]
        if listed and not exact:
            return []  # "Mon 12, Tue 31, Wed 7": how many on each day
        if exact or (fit and re.match(r"[.,;)]|\s+de\b", folded[match.end() : match.end() + 4])):
            date = (exact or sorted(fit, key=lambda d: abs((d - anchor).days)))[0]
            out.append(Day(match.start(), match.end(), date, named))
    return out


_ALONE = {
    "en": re.compile(
        r"\b(?:on|by|since|until|of) the (?P<n>[0-3]?\d)(?:st|nd|rd|th)\b(?! (?:of|floor|time|day|km|state))"
    ),
    "es": re.compile(
        r"\b(?:(?:el|del|al|desde el|hasta el) dia (?P<d>[0-3]?\d)(?![\d.,:]*\d| (?:de|horas|del))|"
        r"(?:el|del|al) (?P<n>[0-3]?\d)"
        r"(?=[,;:)]|\.?$|\.\s|\s+(?:por la|en la|de este|se |hubo|fue|los |las |la |una? )))"
    ),
}
"""``on the 18th``, ``el 9``: the day of a month alone."""


def alone(folded: str, code: str, anchor: dt.date, taken: list[Day], last: dt.date | None = None) -> list[Day]:
    """Days of the month named alone: the last such day up to the anchor, or the first after a day named before.

    *They left on Oct. 23; on the 28th they were in Escuintla*, told in December, is of October.
    """
    out = []
    for match in _ALONE[code].finditer(folded):
        number = int(match.groupdict().get("d") or match["n"])
        fit = [d for d in (anchor - dt.timedelta(n) for n in range(31)) if d.day == number]
        before = [d.date for d in taken if d.end <= match.start()]
        told_on = before[-1] if before else last
        if told_on is not None and told_on < anchor:
            fit = [d for d in (told_on + dt.timedelta(n) for n in range(31)) if d.day == number and d <= anchor] or fit
        if fit and not any(d.start < match.end() and match.start() < d.end for d in taken):
            out.append(Day(match.start(), match.end(), fit[0]))
    return out


_STROKE = re.compile(
    r"(?<![\d/.,])(?!24/7\b)(?P<a>[0-3]?\d)/(?P<b>[0-3]?\d)(?![\d/%]|[.,]\d|\s*(?:of|de l[oa]s|migr|person|people|"
    r"horas|hrs))"
)
"""``31/10``."""
_AS_DAY = re.compile(r"\b(?:on|since|by|until|from|el|del?|al|desde|hasta|dia|[a-z]+day|[a-z]+es|sabado|domingo),? $")


def with_stroke(folded: str, anchor: dt.date, taken: list[Day]) -> list[Day]:
    """Days and months with a stroke between: whichever order is near the anchor; what is far either way is a share."""
    out = []
    for match in _STROKE.finditer(folded):
        if (
            match["b"] == "10"
            and int(match["a"]) < 11
            and not _AS_DAY.search(folded[max(0, match.start() - 16) : match.start()])
        ):
            continue
        near = []
        for day, month in ((int(match["a"]), int(match["b"])), (int(match["b"]), int(match["a"]))):
            for year in (anchor.year, anchor.year - 1):
                with contextlib.suppress(ValueError):
                    near.append(dt.date(year, month, day))
        fit = [date for date in near if -_MONTHS_BACK <= (date - anchor).days <= WEEK]
        if fit and not any(d.start < match.end() and match.start() < d.end for d in taken):
            date = min(fit, key=lambda one: abs((one - anchor).days))
            out.append(Day(match.start(), match.end(), date))
    return out
