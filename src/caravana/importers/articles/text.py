"""Articles as text: read within limits, folded without moving a character, cut into sentences."""

from __future__ import annotations

import re
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caravana.arguments import as_path
from caravana.errors import UsageError
from caravana.importers.articles.words import Words, load_words

if TYPE_CHECKING:
    import os

MOST_BYTES = 2**20
"""Largest article read; a long newspaper article is some 20 kB."""
MOST_CHARACTERS = 200_000
MOST_SENTENCE = 1_200
"""Characters after which a sentence is cut; the longest sentences of newspapers have some 600."""
_ODD_SHARE = 0.02
_END = re.compile(r"""[.!?…]+["”\u2019»)\]]*(?=\s+["“\u2018«¿¡(\[]*[A-ZÁÉÍÓÚÑ0-9])|\n\s*\n|\n""")
_ENTRY = re.compile(r"\s*(?:[-•*·▪–—]\s|\d{1,2}[:.]\d\d\b|\d{1,2}[.)]\s)")
_SHORT_LINE, _WRAPPED_LINE = 45, 160
"""Characters of a line that is a heading or an entry; where no line is as long as the second, lines are wrapped."""
_LAST_WORD = re.compile(r"([^\s(]+)\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: where it is in the article, and its paragraph."""

    start: int
    end: int
    paragraph: int


def fold(text: str) -> str:
    """Lower case without accents, character for character: offsets stay as they are."""
    return "".join(_folded(c) for c in text)


def _folded(character: str) -> str:
    if character.isascii():
        return character.lower()
    if character in "\u2019\u2018":
        return "'"
    if character in "\u00a0\u202f\u2009":
        return " "
    return unicodedata.normalize("NFD", character)[0].lower()[:1] or character


def read_article(path: str | os.PathLike[str]) -> str:
    """The text of an article.

    Parameters
    ----------
    path : str or path
        A text file.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    caravana.errors.UsageError
        If it is missing, empty, larger than :data:`MOST_BYTES`, or not text.

    Examples
    --------
    >>> import caravana as cv
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "article.txt"
    >>> _ = path.write_text("Tapachula, 24 October 2021. Some 2,000 people left Huehuetán.")
    >>> cv.read_article(path)[:9]
    'Tapachula'
    """
    file_path = as_path(path, name="path")
    try:
        status = file_path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path}: expected a plain text file")
        if status.st_size > MOST_BYTES:
            size = f"{status.st_size / 2**20:,.1f} MB"
            raise UsageError(f"{path}: {size} is more than an article has; the most read is {MOST_BYTES // 2**20} MB")
        with file_path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return decode_article(raw, str(path))


def decode_article(raw: bytes, name: str) -> str:
    """Bytes as text, UTF-8 or else Windows-1252; line ends made one.

    Raises
    ------
    caravana.errors.UsageError
        If they are no text, or none of it is words.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    odd = sum(
        1 for c in text if (unicodedata.category(c) in {"Cc", "Cn", "Co"} and c not in "\n\r\t\f") or c == "\ufffd"
    )
    if odd > _ODD_SHARE * max(1, len(text)):
        raise UsageError(
            f"{name}: this is no text (a PDF, a picture or a document of a word processor?); save it as plain text"
        )
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            f"{name}: {len(text):,} characters are more than an article has; the most read is {MOST_CHARACTERS:,}"
        )
    if not any(c.isalpha() for c in text):
        raise UsageError(f"{name}: there are no words in it")
    return text


_SHORT_MONTH = 3
"""Letters of a month's name cut short, which may be another word: *ago*, *mar*, *may*."""
_FEW_MARKS = 6
"""Small words below which a name in another language (*École de Kélma*) may have them all."""


def language_of(folded: str) -> Words:
    """The words of the language a text is in, by its commonest small words."""
    tokens = re.findall(r"[a-z]+", folded[:20_000])
    known = load_words()
    counts = Counter(tokens)

    def marks(words: Words) -> int:
        return sum(counts[mark] for mark in words.marks)

    def dates(words: Words) -> int:
        months = re.compile("|".join(words.table["months"]))
        return sum(counts[token] for token in counts if len(token) > _SHORT_MONTH and months.fullmatch(token))

    def rest(words: Words) -> int:
        other = {*words.table["numbers"], *words.table["multiples"], *words.table["weekdays"], *words.table["today"]}
        return sum(counts[word] for word in other)

    # In a text too short for small words, a table say, its calendar and its numbers tell.
    few = max(map(marks, known)) < _FEW_MARKS
    return max(known, key=lambda words: (marks(words) + few * dates(words) * _FEW_MARKS, dates(words), rest(words)))


BETWEEN_CELLS = {"|": re.compile(r"\|"), "\t": re.compile(r"\t"), "   ": re.compile(r" {3,}")}
"""What may stand between the cells of a row of a table; in one line one of these does."""


def separator_of(line: str) -> str:
    """What stands between the cells of a line: a stroke, a tab, or three spaces and more; "" for a line of prose."""
    inside = line.strip(" \r\n")
    return next((mark for mark in BETWEEN_CELLS if mark in inside), "")


def sentences(text: str, words: Words) -> list[Sentence]:
    """Sentences with their offsets.

    A full stop after an abbreviation or within a number ends none; a line's end does where lines are no wrapped prose.
    """
    out: list[Sentence] = []
    start = paragraph = 0
    wrapped = max(map(len, text.split("\n"))) < _WRAPPED_LINE
    for match in _END.finditer(text):
        broken = match[0].isspace()
        head = text.rfind("\n", 0, match.start())
        line = match.start() - head
        row = match[0] == "\n" and separator_of(text[head + 1 : match.start()])  # of a table
        if match[0] == "\n" and wrapped and line > _SHORT_LINE and not row and not _ENTRY.match(text, match.end()):
            continue
        if not broken:
            before = _LAST_WORD.search(fold(text[start : match.end()]).rstrip('"”\u2019»)]'))
            if before and words.abbreviation.fullmatch(before[1]):
                continue
        _add(out, text, start, match.end(), paragraph)
        start = match.end()
        paragraph += broken or "\n\n" in text[match.end() : match.end() + 3]
    _add(out, text, start, len(text), paragraph)
    return out


def _add(out: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    # Text without full stops is cut by length: the rules' time grows with the square of a sentence.
    while end - start > MOST_SENTENCE:
        cut = text.rfind(" ", start, start + MOST_SENTENCE)
        cut = cut if cut > start else start + MOST_SENTENCE
        _add(out, text, start, cut, paragraph)
        start = cut
    piece = text[start:end]
    if stripped := piece.strip():
        first = start + piece.index(stripped[0])
        out.append(Sentence(first, first + len(stripped), paragraph))
