"""Days that a text names, resolved against its dateline."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from caravana.importers.articles.days.day import WEEK as _WEEK
from caravana.importers.articles.days.day import Day
from caravana.importers.articles.days.of_month import alone, numbered, with_stroke
from caravana.importers.articles.words import any_of, load_words

if TYPE_CHECKING:
    from caravana.importers.articles.words import Words

EARLIEST, LATEST = 1900, 2100
"""Years that a text for this purpose may be of."""
_DATELINE = 400
_FIRST_WORDS, _NEAR_ENOUGH = 60, 10
"""Characters of a line before the date of its dateline; days between this and when somebody says it was published."""
_AFTER_DATELINE = re.compile(
    r"[,;:]?\s*(?:\([^)\n]{2,30}\)|[a-z./]{2,20})?\s*(?:(?:--|[—–]|\.-|-)\s|\n|$)|\s*\([^)\n]{2,30}\)\s*\.?\s"
)
""" ``(Reuters) -``, ``(EFE).``, a dash, or the end of the line."""
_IN_SENTENCE = re.compile(  # no dateline has it before its date
    r"(?<!publicado )(?<!actualizado )(?<!published )(?<!updated )(?<!posted )\b(?:on|since|by|until|from|after|before|"
    r"el|del|desde|hasta|al|en)(?: (?:el|dia|pasado|[a-z]+day|[a-z]+es|sabado|domingo),?){0,2}\s*$"
)
_MEASURED = (
    r"\s*(?:[ap]\.?\s?m\b|hrs?\b|h\b|hours?\b|horas?\b|de la\b"
    r"|pesos\b|dollars?\b|d[oó]lares\b|mil|km\b|kil|%|por ciento|percent)"
)
"""What follows an hour or a measure, and no day."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years that an article may name: another one is garbled, or not a year."""
_BARE_YEAR = (
    r"(?P<{0}>(?:19|20)\d\d)(?![.,]?\d|\s+(?:migr|person|hondur|haitian|centroam|extranj|integr|famil|mujer|nin|menor|"
    r"caminant|ciudadan|hombre|adult|joven|guatemal|salvador|venezol|cuban|nicarag|african|indocument|desplaz|refugiad|"
    r"solicitant|individu|participant|elementos|agentes|efectivos|guardias))"
)
"""A year after a month without *de*, which is no number of people."""
_LATE = 60
_SHORT_YEAR = 2
_WEEKS = ("week", "semana")


@lru_cache(maxsize=4)
def _patterns(code: str) -> tuple[re.Pattern[str], re.Pattern[str], tuple[re.Pattern[str], ...], tuple[str, ...]]:
    """Explicit dates, weekdays, and what names each month and weekday."""
    table = next(w for w in load_words() if w.code == code).table
    months = tuple(re.compile(m + r"\.?") for m in table["months"])
    month = "(?P<{0}>" + "|".join(table["months"]) + r")\b\.?"
    weekdays = "|".join(table["weekdays"])
    if code == "en":
        dates = [
            (
                rf"{month.format('m1')}\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?"
                r"(?!\d|[.,]\d{3}|\s*(?:k|thousand|hundred)\b)(?:,?\s+(?P<y1>\d{4}))?"
            ),
            rf"(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[\s/-](?:of\s+)?{month.format('m2')}(?:,?[\s/-]+(?P<y2>\d{{4}}))?",
        ]
    else:
        dates = [
            (
                rf"(?P<d1>\d{{1,2}}|primero|1(?:o|ro|ero|[º°]))\.?\s+de\s+{month.format('m1')}"
                rf"(?:,?\s+(?:del?\s+(?:ano\s+)?(?P<y1>\d{{4}})|{_BARE_YEAR.format('y8')}))?"
            ),
            rf"(?P<d2>\d{{1,2}})[\s/-]{month.format('m2')}(?:[\s/-]+(?P<y2>\d{{4}}))?",
            rf"{month.format('m5')}\s+(?P<d5>\d{{1,2}})(?!\d|[.,:]\d|\s+mil\b)(?:,?\s+(?:de(?:l)?\s+)?(?P<y5>\d{{4}}))?",
        ]
    # At the head of a line; neither an hour (`08.10 am`) nor a measure, and with a stroke English has the month first.
    marks = "[.]" if code == "en" else "[./]"
    dates.append(rf"(?<![^\n])(?P<d7>[0-3]\d){marks}(?P<m7>1[0-2]|0\d)(?=[:.]?\s)(?!{_MEASURED})")
    dates.append(r"(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})")
    dates.append(r"(?P<a4>\d{1,2})[/-](?P<b4>\d{1,2})[/-](?P<y4>\d{4})")
    dates.append(r"(?P<d6>[0-3]?\d)\.(?P<m6>[01]?\d)\.(?P<y6>(?:20)?\d\d)(?!\.?\d)")
    explicit = re.compile(rf"(?<!\w)(?:(?P<w>{weekdays}),?\s+(?:el\s+)?)?(?:" + "|".join(dates) + r")(?!\w)")
    last, following = "|".join(table["last"]), "|".join(table["next"])
    weekday = re.compile(
        rf"(?<!\w)(?:(?P<before>{last}|{following})\s+)?(?P<w>{weekdays})(?:\s+(?P<after>{last}|{following}))?(?!\w)"
    )
    return explicit, weekday, months, tuple(table["weekdays"])


def _month(text: str, months: tuple[re.Pattern[str], ...]) -> int:
    return next(n for n, m in enumerate(months, start=1) if m.fullmatch(text.rstrip(".")))


def _explicit(
    match: re.Match[str], months: tuple[re.Pattern[str], ...], anchor: dt.date | None, code: str
) -> dt.date | None:
    """The date of an explicit match; without a year, the last such day not much after the anchor."""
    g = match.groupdict()
    n = next(n for n in "1234567" if g.get(f"d{n}") or g.get(f"a{n}"))
    if n == "4":
        first, second = int(g["a4"]), int(g["b4"])
        month_first = second > 12 or (code == "en" and first <= 12)
        month, day = (first, second) if month_first else (second, first)
    else:
        month = int(g[f"m{n}"]) if n in "367" else _month(g[f"m{n}"], months)
        day = int(g[f"d{n}"]) if g[f"d{n}"].isdigit() else 1
    year = g.get(f"y{n}") or (g.get("y8") if n == "1" else None)
    if year is not None and len(year) == _SHORT_YEAR:
        year = f"20{year}"
    if year is not None and anchor is not None and not EARLIEST <= int(year) <= LATEST:
        return None
    try:
        if year is not None:
            # Days before and after are counted from it: a year at the end of the calendar has none.
            return dt.date(int(year), month, day) if FIRST_YEAR <= int(year) <= LAST_YEAR else None
        if anchor is None:
            return None
        date = dt.date(anchor.year, month, day)
        return date if date <= anchor + dt.timedelta(_LATE) else date.replace(year=anchor.year - 1)
    except ValueError:
        return None


def dateline(
    folded: str, code: str, *, published: dt.date | None = None, within: tuple[dt.date, dt.date] | None = None
) -> Day | None:
    """The first full date in the first lines of an article, or one without a year where a dateline stands.

    Parameters
    ----------
    folded
        The article without accents, in lower case.
    code
        Its language.
    published
        When it was published, where somebody has said it: a date without a year is near it.
    within
        First and last day of what it is read against: else a date without a year is one of these, or soon after.
    """
    explicit, _, months, weekdays = _patterns(code)

    def day_of(match: re.Match[str], date: dt.date) -> Day:
        return Day(match.start(), match.end(), date, weekdays.index(match["w"]) if match["w"] else None)

    bare: re.Match[str] | None = None
    for match in explicit.finditer(folded[:_DATELINE]):
        date = _explicit(match, months, None, code)
        if date is not None:
            # "TONALA, Nov 7 -- They left on 23 October 2021": the year is told later.
            headed = None if bare is None else _explicit(bare, months, date, code)
            return day_of(match, date) if bare is None or headed is None else day_of(bare, headed)
        if bare is None and _heads(folded, match):
            bare = match
    if bare is None:
        return None
    if published is not None:
        date = _explicit(bare, months, published, code)
        return day_of(bare, date) if date is not None and abs((date - published).days) <= _NEAR_ENOUGH else None
    if within is not None:
        first, last = within[0] - dt.timedelta(_WEEK), within[1] + dt.timedelta(_LATE)
        for year in range(first.year, last.year + 1):
            date = _explicit(bare, months, dt.date(year, 12, 31), code)
            if date is not None and first <= date <= last:
                return day_of(bare, date)
    return None


def _heads(folded: str, match: re.Match[str]) -> bool:
    """Whether a date stands as in a dateline: near the head of its line, a dash or the line's end after it."""
    line = folded.rfind("\n", 0, match.start()) + 1
    sentence = match.start() - line > _FIRST_WORDS or _IN_SENTENCE.search(folded[line : match.start()])
    return not sentence and bool(_AFTER_DATELINE.match(folded, match.end()))


_BACK = {
    "en": (
        re.compile(
            r"\b(?P<n>an?|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?P<unit>day|week)s? (?:ago|"
            r"earlier|before|later|after)\b"
        ),
        re.compile(
            r"\b(?:the (?:previous (?:day|night|evening)|(?:day|night|evening) before(?! yesterday| \w+ing\b)|"
            r"day prior)|"
            r"the (?:next|following) (?:day|morning)|the eve)\b"
        ),
    ),
    "es": (
        re.compile(
            r"\b(?:hace (?P<n>una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d{1,2}) (?P<unit>dia|semana)s?"
            r"|(?P<n2>una?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|\d{1,2}) (?P<unit2>dia|"
            r"semana)s? (?:antes|atras|despues|mas tarde))\b"
        ),
        re.compile(
            r"\b(?:la vispera|(?:el |un )dia (?:anterior|antes)|la (?:noche|tarde|manana|jornada) (?:anterior|"
            r"previa)|el dia previo|(?:al|el) dia siguiente)\b"
        ),
    ),
}  # fmt: skip
_SMALL = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "un": 1, "una": 1, "dos": 2,
    "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
}  # fmt: skip


_AFTER_WHAT = re.compile(r"\s+(?:de|que|of|it|they|he|she|the|\w+ing|its|su|sus)\b")
"""``ocho dias despues de haber salido``: so long after what is told of, on no day that is named."""
_LATER = re.compile(r"\b(?:later|after|next|following|despues|mas tarde|siguiente)\b")


def _back(folded: str, code: str, anchor: dt.date, known: list[Day], last: dt.date | None) -> list[Day]:
    """Days told as so long before another: before the last one named, or else before the anchor."""
    counted, eve = _BACK[code]
    out = []
    for match in [*counted.finditer(folded), *eve.finditer(folded)]:
        g = match.groupdict()
        number, unit = (g.get("n") or g.get("n2") or "un", g.get("unit") or g.get("unit2") or "dia")
        size = _SMALL[number] if number in _SMALL else int(number)
        earlier = [d.date for d in known if d.end <= match.start()]
        against = None if re.search(r"\bago\b|\bhace\b", match[0]) else earlier[-1] if earlier else last
        base = against or anchor
        shift = dt.timedelta(size * (_WEEK if unit in _WEEKS else 1))
        ahead = _LATER.search(match[0]) is not None
        if ahead and (_AFTER_WHAT.match(folded, match.end()) or (not earlier and unit in _WEEKS)):
            continue
        out.append(Day(match.start(), match.end(), base + shift if ahead else base - shift, back=True))
    return out


_THAT_DAY = re.compile(
    r"\b(?:that (?:same )?day|(?:on )?the same day|that (?:night|evening|morning|afternoon)|"
    r"es[ea] (?:mismo )?dia|es[ae] (?:noche|tarde|manana)|aquel dia|el mismo dia)\b"
)


_DONE = re.compile(r"\b(?:had|have|has|ha|han|habian?|was|were|\w+(?:aron|ieron))\b")
_UNTIL = re.compile(r"\b(?:by|until|till|before|antes del?|para el|hasta el)\s+$")


def _to_come(folded: str, match: re.Match[str], words: Words) -> bool:
    """Whether the clause of a weekday is of what is to come: ``el jueves partiran``."""
    coming = words.patterns["coming"]
    before = re.split(r"[.;]", folded[: match.start()])[-1]
    if _UNTIL.search(before) and not _DONE.search(before):
        return True
    return bool(coming.search(before) or coming.search(re.split(r"[.,;]", folded[match.end() : match.end() + 45])[0]))


_DOTTED = re.compile(r"(?<![^\n])([0-2]\d)\.(\d\d)(?=[:.]?\s)")
_MONTHS = 12


def has_dotted_hours(folded: str) -> bool:
    """Whether lines of a text begin with hours such as ``18.10``: some of them are no day and month."""
    heads = [(int(m[1]), int(m[2])) for m in _DOTTED.finditer(folded)]
    return any(not (day > 0 and 0 < month <= _MONTHS) for day, month in heads)


def days(
    folded: str, code: str, anchor: dt.date, last: dt.date | None = None, *, dotted_hours: bool = False
) -> list[Day]:
    """Days named in a sentence, in order.

    A weekday is the last one up to the anchor; with ``last`` / ``pasado`` the last before it; with
    ``next`` / ``próximo``, or in a sentence about what is to come, the first after it.  ``That day`` and
    ``a day earlier`` are told against `last`, the day that the paragraph named before.
    """
    explicit, weekday, months, names = _patterns(code)
    words = next(w for w in load_words() if w.code == code)
    out: list[Day] = []
    for match in explicit.finditer(folded):
        date = None if dotted_hours and match["d7"] else _explicit(match, months, anchor, code)
        if date is not None:
            out.append(Day(match.start(), match.end(), date, names.index(match["w"]) if match["w"] else None))
    out += [
        d for d in numbered(folded, code, anchor, names) if not any(e.start < d.end and d.start < e.end for e in out)
    ]
    out += alone(folded, code, anchor, sorted(out, key=lambda d: d.start), last)
    out += with_stroke(folded, anchor, out)
    # The longer first: "the day before yesterday" has "yesterday" in it, "pasado manana" has "manana".
    relative = {"before_yesterday": -2, "after_tomorrow": 2, "yesterday": -1, "today": 0, "tomorrow": 1}
    for match in weekday.finditer(folded):
        if any(d.start <= match.start() < d.end for d in out):
            continue
        mark = match["before"] or match["after"] or ""
        back = (anchor.weekday() - names.index(match["w"])) % _WEEK
        date = anchor - dt.timedelta(back)
        if mark and any_of(words.table["last"]).fullmatch(mark) and back == 0:
            date -= dt.timedelta(_WEEK)
        ahead = mark and any_of(words.table["next"]).fullmatch(mark)
        if ahead or (not mark and back > 0 and _to_come(folded, match, words)):
            date = anchor + dt.timedelta(_WEEK - back)
        out.append(Day(match.start(), match.end(), date))
    for name, shift in relative.items():
        for match in words.patterns[name].finditer(folded):
            if name == "tomorrow" and re.search(r"(?:la|esta|una|cada|misma|toda)\s+$", folded[: match.start()]):
                continue  # "la manana" is the morning
            if not any(d.start < match.end() and match.start() < d.end for d in out):
                out.append(Day(match.start(), match.end(), anchor + dt.timedelta(shift)))
    out.sort(key=lambda d: d.start)
    out += [
        b for b in _back(folded, code, anchor, out, last) if not any(d.start < b.end and b.start < d.end for d in out)
    ]
    for match in _THAT_DAY.finditer(folded):
        before = [d.date for d in out if d.end <= match.start()]
        if before or last is not None:
            out.append(Day(match.start(), match.end(), before[-1] if before else last or anchor, back=True))
    return sorted(out, key=lambda d: d.start)
