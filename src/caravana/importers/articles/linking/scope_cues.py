"""By what it is told of whom a figure is: this caravan, another, a country, an office's year, a town, a room."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from caravana.importers.articles.linking.cues import bucket

if TYPE_CHECKING:
    from caravana.importers.articles.figures import FigureInText
    from caravana.importers.articles.linking.frames import Article
    from caravana.importers.articles.linking.marks import Passage

_WHOM = {
    "caravan": re.compile(
        r"\b(?:caravan|march|column|contingent|convoy|exodus|walkers|marchers|they|them|we|us|caravana|marcha|columna|contingente|"
        r"exodo|movilizacion|caminantes|ellos|ellas|nosotr[oa]s|somos|eramos|(?:the|their|this|el|su|"
        r"este) (?:group|grupo)|"
        r"(?:los|the) migrant(?:e)?s)\b"
    ),
    "another": re.compile(
        r"\b(?:an?other|second|third|new|previous|earlier|other|later|smaller|last big) (?:\w+ )?(?:caravans?|"
        r"groups?|marches|one)\b|"
        r"\b(?:otr[oa]s?|segund[oa]|tercer[oa]?|nuev[oa]|anterior(?:es)?|pasad[oa]s?|"
        r"ultim[oa]) (?:\w+ )?(?:caravanas?|grupos?)\b|"
        r"\bcaravanas? (?:anterior|pasad|previ)\w*|\b(?:the|la|that|aquella|de) (?:\w+ )?(?:20[01]\d|2020)\b"
    ),
    "country": re.compile(
        r"\b(?:mexico(?! city)(?! -)|the country|the nation|nationwide|el pais|a nivel nacional|united states|"
        r"u\.s\.|estados unidos|"
        r"eu|texas|guatemala|panama|colombia|darien|border crossings|encounters|in (?:chiapas|oaxaca|veracruz)|"
        r"en (?:chiapas|oaxaca|veracruz)|the region|la region|the world|sexenio|fiscal year)\b"
    ),
    "office": re.compile(
        r"\b(?:agency|commission|comar|institute|inm|instituto|government|gobierno|ministry|secretariat|secretaria|comision|"
        r"dependencia|the state|el estado|agents|agentes|guard|guardia)\b"
    ),
    "town": re.compile(
        r"\b(?:population|inhabitants|residents|neighbou?rs|habitantes|pobladores|poblacion de|a town of|"
        r"a city of|parishes|parroquias)\b"
    ),
    "room": re.compile(
        r"\b(?:capacity|room|space|beds|holds|can (?:hold|take|house)|fit|places|capacidad|cupo|espacios?|lugares|"
        r"caben?|aforo|plazas|"
        r"camas)\b"
    ),
    "plan": re.compile(
        r"\b(?:prepared|preparing|expect(?:s|ed|ing)?|planned|plans|awaits?|ready|supposed|offered|promis\w+|would|could|will|need|"
        r"se espera\w*|esperab\w+|espera(?:n|ban)?|prepar\w+|previst\w+|listas?|prometi\w+|ofrec\w+|urgen|"
        r"necesit\w+|faltan)\b"
    ),
    "family": re.compile(
        r"\b(?:my|his|her|husband|wife|mother|father|cousins?|sons?|daughters?|mi|mis|esposo|esposa|madre|padre|primos?|hij[oa]s?)\b"
    ),
}
"""Nouns and verbs by whom they make a figure of; the nearest before it tells most."""
_SPAN = {
    "year": re.compile(r"\b(?:19|20)\d\d\b"),
    "this": re.compile(
        r"\b(?:(?:so far )?this year|last year|(?:in|during) all|a year ago|years ago|en lo que va|este ano|"
        r"del ano|el ano pasado|"
        r"hace (?:\w+ )?anos|en el ano|fiscal)\b"
    ),
    "months": re.compile(
        r"\b(?:(?:from|between|since|through|in|entre|desde|de|en|a) (?:january|february|march|april|may|june|"
        r"july|august|september|"
        r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre)|first (?:\w+ )?months|"
        r"primeros (?:\w+ )?meses)\b"
    ),
}
_RATE = re.compile(
    r"[^.;:]{0,14}?\b(?:(?:a|per|each|every|por|al|cada|the same) (?:day|week|month|year|person|dia|semana|mes|"
    r"ano|persona)|daily|"
    r"diari[oa]s?|mensual\w*|por cabeza|apiece|each|on average|en promedio)\b"
)
_RATED = re.compile(r"\b(?:every|each|per|cada|todos los|por) (?:day|week|dia|dias|semana|month|mes)\b")
_COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|against|than|up from|down from|instead of|frente a|contra|que l[oa]s|respecto|"
    r"en vez de|mas que|"
    r"menos que|triple|double|doble)\s+(?:\w+ ){0,2}$"
)
_CUMULATED = re.compile(
    r"\b(?:total|cumulative|in all|to date|since|so far|acumulad[oa]|en total|a la fecha|desde|van|suma\w*)\b"
)
_VERB = re.compile(
    r"[,]?\s+(?:are|were|is|was|have|had|has|will|remain\w*|left|joined|came|set|took|went|son|eran|fueron|estan|han|quedan|siguen|"
    r"salieron|llegaron|van|iban|que|who|in|at|on|en|a|al|de|del|of|for|from|to|and|y|or|o|but|pero|according|segun|by|por|para|con|"
    r"with|as|when|cuando|mientras|while|today|hoy|yesterday|ayer|now|ahora|this|este|esta|the|los|las|el|la|more|mas)\b"
)
_WORD = re.compile(r"[\s-]+([a-z]+)")


def next_shape(folded: str, end: int) -> str:
    """What follows a figure: the end of its clause, a small word, an unknown plural (``turbines``), or another word."""
    if not folded[end : end + 1].strip(" -") and not folded[end:].strip():
        return "end"
    if _VERB.match(folded, end):
        return "small"
    word = _WORD.match(folded, end)
    if word is None:
        return folded[end : end + 1] or "end"
    return "plural" if word[1].endswith("s") and len(word[1]) > 3 else "word"


def scope_cues(passage: Passage, figure: FigureInText, span: tuple[int, int], article: Article) -> list[str]:
    """Of whom a figure may be, by the nouns before it and after it in its clause, by spans of time and by rates.

    Parameters
    ----------
    passage, figure
        Where it stands.
    span
        Its clause.
    article
        The text; spans of time are told against its day.
    """
    folded, noun = passage.folded, figure.noun or figure.what
    out: list[str] = []
    nearest = (10**6, "-")
    for name, pattern in _WHOM.items():
        for match in pattern.finditer(folded, 0, span[1]):
            if match.end() <= figure.start:
                gap = figure.start - match.end()
                nearest = min(nearest, (gap, name))
                out.append(f"wb={name}" if match.start() >= span[0] else f"wB={name}")
            elif match.start() >= figure.end:
                out.append(f"wa={name}&{bucket(match.start() - figure.end)}")
    far = bucket(nearest[0])
    out += [
        f"wn={nearest[1]}",
        f"wn={nearest[1]}&{far}",
        f"wn={nearest[1]}&n={noun}",
        f"wn={nearest[1]}&w={figure.what}",
    ]
    shape = next_shape(folded, figure.end)
    out += [f"nx={shape}", f"nx={shape}&n={figure.noun or '-'}", f"nx={shape}&wn={nearest[1]}"]
    out += _times(folded, figure, span, article)
    return out


def _times(folded: str, figure: FigureInText, span: tuple[int, int], article: Article) -> list[str]:
    """Years, months and rates about a figure."""
    out = []
    for name, pattern in _SPAN.items():
        for match in pattern.finditer(folded, span[0], span[1]):
            if figure.start <= match.start() < figure.end:
                continue
            kind = name if name != "year" else "now" if match[0] == str(article.published.year) else "old"
            where = "b" if match.end() <= figure.start else "a"
            out += [f"sp={kind}", f"sp={kind}&{where}", f"sp={kind}&n={figure.noun or '-'}"]
    if _RATE.match(folded, figure.end):
        out += ["rate", f"rate&n={figure.noun or '-'}"]
    if _RATED.search(folded, span[0], span[1]):
        out.append("rated")
    if _COMPARED.search(folded[max(0, figure.start - 40) : figure.start]):
        out.append("compared")
    if _CUMULATED.search(folded, span[0], span[1]):
        out.append("cumulated")
    return out or ["sp=-"]
