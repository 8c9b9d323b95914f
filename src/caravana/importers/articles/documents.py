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
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from caravana.errors import CaravanaWarning, UsageError
from caravana.importers.articles.tables.pdf_pages import text_of_page
from caravana.importers.articles.text import decode_article, read_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
_BESIDE = frozenset({
    "comment", "comments", "commentlist", "comment-list", "comment-body", "disqus_thread", "related", "related-posts",
    "related-articles", "relacionadas", "relacionados", "sidebar", "secondary", "widget", "widget-area", "menu",
    "navbar", "nav", "breadcrumb", "breadcrumbs", "share", "sharing", "social", "social-share", "footer", "site-footer",
    "most-read", "mas-leidas", "trending", "popular", "newsletter", "advertisement", "ad", "ads", "promo",
    "cookie-banner", "tags", "breaking", "topbar", "top-bar",
})  # fmt: skip
"""Names that pages give, as a class or an id, to what stands beside an article: menus, comments, other articles."""
_FRAMES = frozenset({"html", "body", "main", "article"})
"""Elements that hold the article, whatever they are named for."""
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_LEAST_ARTICLE = 250
"""Characters of an article at least: a page of which less stays is read as a whole."""
_CELL = "\x1f"
"""Stands before a cell of a table until its row is whole."""
_LINKED = re.compile("\x01[^\x01]*\x01")
"""Words of a link, between its marks: a block of nothing else is the headline of another article, or of a menu."""
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
    """The words of a page, a line a block; what is no text left out, and, unless it is whole, what stands beside it."""

    def __init__(self, *, whole: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.whole = whole
        self.pieces: list[str] = []
        self.published: dt.date | None = None
        self._silent: list[str] = []
        self._open: Counter[str] = Counter()
        self._links = 0
        self._in_title = False
        self._rows: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or a part that is no text; a date of publication is kept."""
        given = dict(attrs)
        if tag in {"meta", "time"} and self.published is None:
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            if tag == "time" or name in _DATES:
                self.published = _day(given.get("content") or given.get("datetime") or "")
        if tag not in _VOID and (self._silent or tag in _SILENT or (not self.whole and _is_beside(tag, given))):
            self._silent.append(tag)  # within what is left out too: its end is not that of the part
            self._open[tag] += 1
        elif tag == "a" and not self._in_title:
            self._links += 1
        elif tag in {"td", "th"} and self._in_row:
            self.pieces.append(_CELL)
        elif tag in _BLOCKS or tag in {"td", "th"}:
            self.pieces.append("\n\n")
        self._in_title |= tag == "h1"
        if tag == "tr":
            self._end_row()
            self._rows.append(len(self.pieces))
        elif tag == "table":
            self._rows.append(_TABLE)

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if self._open[tag]:
            while (last := self._silent.pop()) != tag:
                self._open[last] -= 1
            self._open[tag] -= 1
        elif tag == "a":
            self._links = max(0, self._links - 1)
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._rows:
            self._end_row()
            self._rows.pop()
        elif tag in _BLOCKS:
            self.pieces.append("\n\n")
        self._in_title &= tag != "h1"

    @property
    def is_left_open(self) -> bool:
        """Whether what was left out never ended: the article may be in it."""
        return bool(self._silent)

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
            words = re.sub(rf"[\s{_CELL}\x01]+", " ", data)
            self.pieces.append(f"\x01{words}\x01" if self._links and not self.whole else words)

    def text(self) -> str:
        """The words, a blank line between blocks, a row of a table a line."""
        while self._rows:
            self._end_row()
            if self._rows:
                self._rows.pop()
        blocks = re.split(r"\s*\n\s*\n\s*", "".join(self.pieces))
        kept = [block for block in blocks if any(map(str.isalnum, _LINKED.sub("", block)))]
        return "\n\n".join(kept).replace("\x01", "").strip()


def _is_beside(tag: str, given: Mapping[str, str | None]) -> bool:
    """Whether an element is named for what stands beside an article."""
    named = {*(given.get("class") or "").lower().split(), (given.get("id") or "").lower()}
    return tag not in _FRAMES and tag not in _VOID and not _BESIDE.isdisjoint(named)


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
    """The text of an HTML page without what stands beside its article, and when it says that it was published.

    Where hardly anything stays, or what was left out never ended, the page is read as a whole.
    """
    page, whole = _Page(), _Page(whole=True)
    for one in (page, whole):
        one.feed(markup)
        one.close()
    text, all_of_it = page.text(), whole.text()
    if page.is_left_open or len(text) < min(_LEAST_ARTICLE, len(all_of_it)):
        text = all_of_it
    elif text != all_of_it:
        warnings.warn(
            f"{name}: of the page its article is read; menus, comments and other articles are left out",
            CaravanaWarning, stacklevel=2,
        )  # fmt: skip
    return Document(name, decode_article(text.encode(), name), page.published)


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
