"""Of whom a figure is: this caravan, another or an earlier one, a plan, a peak that is past, a family, the country."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from caravana.importers.articles.counts import CountedNoun

_SLACK = dt.timedelta(3)
_NEAR = 60
_FEW = 12
_ANOTHER = re.compile(
    r"\b(?:an?other|second|third|new|previous|earlier|separate|different) (?:migrant |smaller |"
    r"larger )?(?:caravan|column|group of migrants)s?\b"
    r"|\b(?:otra|segunda|tercera|nueva|diferente|pasada|primera) (?:gran |pequena )?(?:caravana|"
    r"columna)\b|\bcaravanas? (?:anterior|previa|pasada)e?s?\b"
    r"|\b(?:that|those|esa|aquella|aquellas) (?:other )?caravan\w*\b"
    r"|\b(?:20[01]\d|2020) (?:migrant )?caravans?\b|\bcaravanas? de(?:l)? (?:ano )?(?:20[01]\d|2020)\b"
)
_FIRST = re.compile(r"\bthe (?:first|main|big|original) (?:one|caravan)\b|\bla (?:primera|principal|original|grande)\b")
_OLD_YEAR = re.compile(r"\b(?:in|en|of|de|del|since|desde|late|early|ano)\s+(?:20[01]\d|19\d\d|2020)\b")
_PEAK = re.compile(
    r"\b(?:at its (?:peak|height|largest|biggest)|once (?:numbered|had|counted)|had (?:once )?(?:numbered|"
    r"swelled|grown)|down from|from a (?:high|peak)"
    r"|peaked at|used to (?:be|number)|originally|initially|numbered \S+ at|at the start|at first|"
    r"when it (?:set out|left|started|began)"
    r"|lleg(?:o|aron) a (?:sumar|tener|ser|reunir|contar|agrupar|concentrar|haber)|"
    r"en su (?:mejor )?(?:momento|punto|pico)"
    r"|al (?:inicio|principio|comienzo|arrancar)|inicialmente|originalmente|(?:comenzo|empezo|inicio|"
    r"arranco|salio) con|de l[oa]s \S+(?: \S+)? que (?:salieron|partieron|eran|iniciaron)"
    r"|compared (?:with|to)|frente a l[oa]s)\b"
)
_PLAN = re.compile(
    r"\b(?:will (?:call|convene|lead|organi[sz]e)|(?:plans?|planning|preparing|prepares?|vows?|vowed|"
    r"threatens?|dreams? of|call(?:s|ed|ing)? for)"
    r"|could (?:reach|swell|grow|join)|would (?:reach|swell|be)|might|convocar\w*|alista\w*|prepar(?:a|"
    r"an)|organizar(?:a|an)|planea\w*|pretende\w*"
    r"|podri(?:a|an)|llegari(?:a|an)|sumari(?:a|an)|se espera que|preven que|suena con|sonamos con|"
    r"saldra una|another caravan that will)\b"
)
_FAMILY = re.compile(
    r"\b(?:famil(?:y|ies|ia|ias)|fathers?|mothers?|padres?|madres?|papa|mama|his|her|my|mis?|sus?|wife|husband|espos[oa]|hij[oa]s|sons?|daughters?)\b"
)
_COUNTRY = re.compile(
    r"\b(?:(?:have|had) come to mexico|cross(?:ed|ing)? into mexico|han (?:llegado|entrado) a mexico|"
    r"this year|last year|so far (?:this|in)|nationwide|across (?:the country|mexico)|in all of|"
    r"per year|a year|each year|every (?:day|month|year)"
    r"|inhabitants|este ano|del ano|al ano|cada (?:ano|mes|dia)|en todo el pais|a nivel nacional|"
    r"habitantes|el ano pasado|en lo que va|diari(?:os|as|amente)|solicitudes|applications|"
    r"asylum requests)\b"
)
_ROOM = re.compile(
    r"\b(?:capacity (?:for|of)|room for|space for|beds for|enough (?:\w+ )?for|capacidad (?:para|de)|"
    r"cupo (?:para|de)|espacio para|lugar para|camas para|"
    r"(?:food|water|meals|comida|alimentos|agua|viveres|cenas|desayunos|despensas) (?:for|para))\s*(?:\S+\s+){0,2}$"
)
_DENIED = re.compile(
    r"\b(?:no (?:ha|han|hay|hubo|es cierto|se registr\w+|murio|murieron)|(?:es|era|fue|son) (?:falso|"
    r"mentira|un rumor)|rumou?rs?|rumores|desmint\w+|"
    r"descart\w+|(?:is|was|were) (?:false|no)|did not die|(?:no one|nobody) (?:was|died))\b"
)
_ELSEWHERE = re.compile(r"\b(?:darien|jungle|selva|rio grande|tren de|mediterraneo)\b")
_CLAUSE = re.compile(r";|,? (?:mientras(?: que)?|while|whereas|en tanto(?: que)?)\b|[,;] (?:the first|la primera)\b")
_SINGLE = frozenset({"dead", "injured", "detained", "ill"})


def clause_of(folded: str, start: int, end: int) -> tuple[int, int]:
    """The part of a sentence about a figure: between semicolons and words that set one side against another."""
    first, last = 0, len(folded)
    for match in _CLAUSE.finditer(folded):
        if match.end() <= start:
            first = match.start()
        elif match.start() >= end:
            last = match.start()
            break
    return first, last


def context_of(folded: str, item: CountedNoun, day: dt.date | None, start: dt.date | None) -> str:
    """Of whom a figure is; "" of this caravan, now.

    Parameters
    ----------
    folded
        The sentence without accents, in lower case.
    item
        What is counted.
    day
        The day it is told of, if the sentence names one.
    start
        When the scenario begins.

    Returns
    -------
    str
        ``another``, ``earlier``, ``plan``, ``peak``, ``family``, ``country``, ``room``, ``denied``, or "".
    """
    q = item.quantity
    a, b = clause_of(folded, q.start, q.end)
    before, after = folded[a : q.noun_start], folded[q.end : b]
    value = q.low if q.low is not None else q.high
    people = item.kind in {"headcount", "headcount_part", "waiting", "minors"}
    if _ROOM.search(before):
        return "room"
    if _OLD_YEAR.search(folded) or (day is not None and start is not None and day < start - _SLACK):
        return "earlier"
    if people and not _FIRST.search(before) and item.kind != "joined":
        other = _ANOTHER.search(before) or _ANOTHER.search(after[:_NEAR])
        if other is not None:
            return "plan" if _PLAN.search(before) else "another"
    if people and _COUNTRY.search(folded[a:b]):
        return "country"
    if item.kind == "minors" and value is not None and value < _FEW and _FAMILY.search(folded[a:b]):
        return "family"
    if item.kind in _SINGLE and (_DENIED.search(folded) or _ELSEWHERE.search(folded)):
        return "denied"
    if people and day is None and (_PEAK.search(before[-_NEAR:]) or _PEAK.search(after[: _NEAR // 2])):
        return "peak"
    return ""


def is_plan(before: str) -> bool:
    """Whether what stands before a figure says that it is only meant to come."""
    return _PLAN.search(before[-_NEAR:]) is not None
