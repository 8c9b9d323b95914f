"""What a text has told so far: its last row, last place of the caravan, last day, last speaker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from caravana.importers.articles.figures import FigureInText
    from caravana.importers.articles.linking.marks import Quotable

_MOST_PEOPLE = 15_000
_LEAST_PEOPLE = 200
"""Smaller figures are seldom of a whole caravan."""


@dataclass(frozen=True, slots=True)
class RowTold:
    """A row that the text told: where, and what it says."""

    passage: int
    paragraph: int
    kind: str
    size: float | None
    side: str
    date: dt.date
    place: str


def sizes_of(figures: Iterable[FigureInText]) -> tuple[float, ...]:
    """Sizes of those figures that may be of a whole caravan."""
    sizes = (f.low if f.low is not None else f.high for f in figures if f.what in {"people", "other"})
    return tuple(size for size in sizes if size is not None and _LEAST_PEOPLE <= size <= _MOST_PEOPLE)


@dataclass
class Trail:
    """What was told before, as the reading goes on.

    Attributes
    ----------
    rows
        Rows told, in order.
    nights
        Where the caravan was: place and day, in order.
    speaker
        Who was last quoted, with the passage.
    day
        The day last named, with passage and paragraph.
    line, line_day
        The line last read; the day that a line begins with, with the line: an entry of a diary or of a chronology.
    most
        The greatest headcount so far.
    seats
        Where the caravan may be as the text is written, each with its share.
    seat
        The one that is tried; the likeliest by default.
    tellings
        Days that most of the text may tell of, each with its share.
    telling
        The one that is tried; the likeliest by default.
    sizes
        Of all figures of the text that may be of a whole caravan.
    settled
        The day of what names none, where a person has said it.
    """

    rows: list[RowTold] = field(default_factory=list)
    nights: list[tuple[str, dt.date, int]] = field(default_factory=list)
    speaker: tuple[Quotable, int, int] | None = None
    day: tuple[dt.date, int, int] | None = None
    first_day: tuple[dt.date, int] | None = None
    line: int = -1
    line_day: tuple[dt.date, int] | None = None
    mention: tuple[str, int, int] | None = None
    most: float = 0.0
    seats: list[tuple[str, float]] = field(default_factory=lambda: [("", 1.0)])
    seat: str = ""
    tellings: list[tuple[dt.date, float]] = field(default_factory=list)
    telling: dt.date | None = None
    sizes: tuple[float, ...] = ()
    settled: dt.date | None = None

    def __post_init__(self) -> None:
        """Begin with the likeliest place and day."""
        self.seat = self.seats[0][0]
        self.telling = self.tellings[0][0] if self.tellings else None

    @property
    def last_row(self) -> RowTold | None:
        """The last row told."""
        return self.rows[-1] if self.rows else None

    def rank_of(self, size: float | None) -> str:
        """Where a headcount stands among the text's figures of its size: organisers tell most, offices least."""
        if size is None or len(set(self.sizes)) <= 1:
            return "-"
        return "most" if size >= max(self.sizes) else "least" if size <= min(self.sizes) else "between"

    def kind_before(self, paragraph: int) -> str:
        """What the last row of a paragraph counts; "-" where it has none."""
        return next((r.kind for r in reversed(self.rows[-4:]) if r.paragraph == paragraph and r.kind != "none"), "-")

    def tell(self, row: RowTold) -> None:
        """Go on with a row."""
        self.rows.append(row)
        if row.kind == "headcount" and row.size and row.size <= _MOST_PEOPLE:
            self.most = max(self.most, row.size)
