"""Texts out of files as people save them: plain text, HTML, PDF with text, Word documents, feeds, folders of these."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import hashlib
import io
import logging
import re
import warnings
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from caravana.errors import CaravanaWarning, UsageError
from caravana.importers.articles.tables.pdf_pages import text_of_page
from caravana.importers.articles.text import decode_article, read_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

MOST_DOCUMENTS = 500
MOST_FILE = 20 * 2**20
MOST_PAGES = 200
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "h1", "h2", "h3", "h4", "tr", "article", "section", "header", "blockquote", "ul"}
)
_SILENT = frozenset({"script", "style", "nav", "footer", "aside", "noscript", "form", "svg", "head"})
_DATES = ("article:published_time", "datepublished", "date", "dc.date", "pubdate", "og:published_time")
_CELL = "\x1f"
"""Stands before a cell of a table until its row is whole."""
_TABLE = -1
"""Stands for the beginning of a table among those of its rows."""
_MOST_CELL = 80
"""Characters of a cell of a table of counts; what is longer lays out a page."""
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Document:
    """A text to read.

    Attributes
    ----------
    name
        What its drafts are called by.
    text
        The text.
    digest
        SHA-256 of the text: kept always, where the text itself is kept only if asked for.
    published
        When it was published, if the file says so.
    """

    name: str
    text: str
    published: dt.date | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class _Page(HTMLParser):
    """The words of a page, a line a block; what is no text left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.published: dt.date | None = None
        self._silent: list[str] = []
        self._rows: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or a part that is no text; a date of publication is kept."""
        given = dict(attrs)
        if tag in {"meta", "time"} and self.published is None:
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            if tag == "time" or name in _DATES:
                self.published = _day(given.get("content") or given.get("datetime") or "")
        if tag in _SILENT and tag != "meta":
            self._silent.append(tag)
        elif tag in {"td", "th"} and self._in_row:
            self.pieces.append(_CELL)
        elif tag in _BLOCKS or tag in {"td", "th"}:
            self.pieces.append("\n\n")
        if tag == "tr":
            self._end_row()
            self._rows.append(len(self.pieces))
        elif tag == "table":
            self._rows.append(_TABLE)

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._rows:
            self._end_row()
            self._rows.pop()
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")

    @property
    def _in_row(self) -> bool:
        return bool(self._rows) and self._rows[-1] != _TABLE

    def _end_row(self) -> None:
        """End the row that is open in the innermost table, by its mark or without one."""
        if not self._in_row:
            return
        at = self._rows.pop()
        cells = "".join(self.pieces[at:]).split(_CELL)
        self.pieces[at:] = [cells[0], _row_of(cells[1:]), "\n\n"]

    def handle_data(self, data: str) -> None:
        """Take down words."""
        if not self._silent:
            self.pieces.append(re.sub(rf"[\s{_CELL}]+", " ", data))

    def text(self) -> str:
        """The words, a blank line between blocks, a row of a table a line."""
        while self._rows:
            self._end_row()
            if self._rows:
                self._rows.pop()
        return re.sub(r"\s*\n\s*\n\s*", "\n\n", "".join(self.pieces)).strip()


def _row_of(cells: list[str]) -> str:
    """A row of a table as a line, its cells apart by a stroke; each cell for itself where they lay out a page."""
    words = [" ".join(cell.split()) for cell in cells]
    if len(words) > 1 and all(len(word) <= _MOST_CELL for word in words):
        return " | ".join(words)
    return "\n\n".join(cells)


def _day(text: str) -> dt.date | None:
    match = _DAY.match(text.strip())
    if match is not None:
        try:
            return dt.date(*map(int, match.groups()))
        except ValueError:
            return None
    try:
        return email.utils.parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_documents(path: Path) -> list[Document]:
    """The texts of a file, or of every file of a folder, in order of their names.

    Raises
    ------
    caravana.errors.UsageError
        If a file is missing, too large, of no kind that is read, or has no words.
    """
    if not path.is_dir():
        return _read(path)
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in _READERS and not p.name.startswith("."))
    if not files:
        raise UsageError(f"{path}: no text in it; expected files that end in {', '.join(sorted(_READERS))}")
    out: list[Document] = []
    for file in files:
        out += _read(file)
        if len(out) > MOST_DOCUMENTS:
            raise UsageError(f"{path}: more than {MOST_DOCUMENTS} texts; read them a part at a time")
    return out


def _read(path: Path) -> list[Document]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None or reader is _plain:
        return [Document(path.stem, read_article(path))]
    try:
        if path.stat().st_size > MOST_FILE:
            raise UsageError(f"{path}: more than {MOST_FILE // 2**20} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    return reader(raw, path)


def _plain(raw: bytes, path: Path) -> list[Document]:
    return [Document(path.stem, decode_article(raw, str(path)))]


def page_text(markup: str, name: str) -> Document:
    """The text of an HTML page, and when it says that it was published."""
    page = _Page()
    page.feed(markup)
    page.close()
    return Document(name, decode_article(page.text().encode(), name), page.published)


def _html(raw: bytes, path: Path) -> list[Document]:
    try:
        markup = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        markup = raw.decode("cp1252", errors="replace")
    read = page_text(markup, str(path))
    return [Document(path.stem, read.text, read.published)]


def _parse_xml(raw: bytes, name: str) -> Element:
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError:
        raise UsageError(f"{name}: to read feeds and Word documents, install caravana[reader]") from None
    try:
        root: Element = fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
        raise UsageError(f"{name}: expected well-formed XML without entities ({type(error).__name__})") from None
    return root


def _feed(raw: bytes, path: Path) -> list[Document]:
    """The entries of an RSS or Atom file."""
    out: list[Document] = []
    for entry in _parse_xml(raw, str(path)).iter():
        if entry.tag.rsplit("}", 1)[-1] not in {"item", "entry"}:
            continue
        parts: dict[str, str] = {}
        for child in entry:
            parts.setdefault(child.tag.rsplit("}", 1)[-1], "".join(child.itertext()))
        day = _day(parts.get("pubDate") or parts.get("published") or parts.get("date") or parts.get("updated") or "")
        body = parts.get("encoded") or parts.get("content") or parts.get("description") or parts.get("summary") or ""
        whole = f"<p>{parts.get('title', '')}</p>\n{body}"
        if re.search(r"\w", whole):
            read = page_text(whole, f"{path.stem}-{len(out) + 1}")
            out.append(Document(read.name, read.text, day))
    if not out:
        raise UsageError(f"{path}: expected an RSS or Atom file with entries")
    return out


def _docx(raw: bytes, path: Path) -> list[Document]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            info = archive.getinfo("word/document.xml")
            if info.file_size > MOST_FILE:
                raise UsageError(f"{path}: more than {MOST_FILE // 2**20} MB of text")
            content = archive.read(info)
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise UsageError(f"{path}: expected a Word document ({type(error).__name__})") from None
    try:
        lines = list(_lines_of(_parse_xml(content, str(path))))
    except RecursionError:
        raise UsageError(f"{path}: expected a Word document (too deep)") from None
    return [Document(path.stem, decode_article("\n\n".join(lines).encode(), str(path)))]


def _lines_of(element: Element) -> Iterator[str]:
    """The paragraphs of a Word document; a row of a table is a line."""
    cells = [cell for cell in element if cell.tag == f"{_WORD}tc"] if element.tag == f"{_WORD}tr" else []
    if element.tag == f"{_WORD}p":
        yield "".join(piece.text or "" for piece in element.iter(f"{_WORD}t"))
    elif cells:
        yield _row_of(["\n\n".join(_lines_of(cell)) for cell in cells])
    else:
        for child in element:
            yield from _lines_of(child)


@contextlib.contextmanager
def _logged(library: str) -> Iterator[list[str]]:
    """Keep what a library logs for a while, from warnings on, in place of letting it write to standard error."""
    lines: list[str] = []
    log, keep = logging.getLogger(library), logging.Handler(logging.WARNING)
    keep.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    handed_on, log.propagate = log.propagate, False
    log.addHandler(keep)
    try:
        yield lines
    finally:
        log.removeHandler(keep)
        log.propagate = handed_on


def _pdf(raw: bytes, path: Path) -> list[Document]:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise UsageError(f"{path}: to read PDF files, install caravana[reader]") from None
    try:
        with _logged("pypdf") as said:
            pages = PdfReader(io.BytesIO(raw)).pages
            if len(pages) > MOST_PAGES:
                raise UsageError(f"{path}: more than {MOST_PAGES} pages")
            text = "\n".join(text_of_page(page) for page in pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise UsageError(f"{path}: expected a PDF with text ({type(error).__name__})") from None
    if said and text.strip():
        warnings.warn(
            f"{path.name} is damaged or not as a PDF should be; what could be read of it was read", CaravanaWarning,
            stacklevel=2,
        )  # fmt: skip
    # Lines of a PDF end where the column does.
    joined = re.sub(r"(?<=[^\s.:!?])[ \t]*\n(?=\S)", " ", text)
    return [Document(path.stem, decode_article(joined.encode(errors="replace"), str(path)))]


_READERS = {
    ".txt": _plain, ".text": _plain, ".md": _plain, ".html": _html, ".htm": _html, ".xml": _feed, ".rss": _feed,
    ".atom": _feed, ".docx": _docx, ".pdf": _pdf,
}  # fmt: skip
