"""The parts of the spreadsheet of needs that every sheet shares: words, formats, and where cells are."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import xlsxwriter

from caravana.language.language import load_language

if TYPE_CHECKING:
    import io
    from collections.abc import Mapping, Sequence

    from caravana.results.supplies import Supply
    from caravana.studies.coming_needs import Request


STOCK_LINES = 60
"""Lines of the stock sheet, filled or for the user to fill."""
FIRST_STOCK = 5
FIRST_STANDARD = 4
_MOVING = ("plan", "stops", "apart", "members")


_LEFT: dict[str, Any] = {"align": "left", "indent": 1}
_FORMATS: Mapping[str, dict[str, Any]] = {
    "text": _LEFT,
    "wrap": {**_LEFT, "text_wrap": True},
    "number": {"num_format": "#,##0"},
    "one": {"num_format": "#,##0.0"},
    "share": {"num_format": "0%"},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "degree": {"num_format": "0.0000"},
    "title": {"bold": True, "font_size": 14},
    "warn": {**_LEFT, "text_wrap": True, "bold": True, "font_color": "#9C2A00"},
    "head": {
        "bold": True, "text_wrap": True, "bg_color": "#1F5F5B", "font_color": "white", "border": 1, "valign": "vcenter",
    },
    "yours": {"bg_color": "#FFF4B8", "border": 1, "border_color": "#D9C76B", "num_format": "#,##0.##"},
    "strong": {"num_format": "#,##0", "bold": True},
}  # fmt: skip


class Sheets:
    """A workbook under way: its sheets, formats and words.

    Parameters
    ----------
    request
        What it is made from.
    target
        Takes the file.
    """

    def __init__(self, request: Request, target: io.BytesIO) -> None:
        self.request, self.w = request, load_language(request.language).under("supplies")
        # A cell of the user's own list that begins with "=" stays text.
        self.book = xlsxwriter.Workbook(
            target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
        )
        origin = request.ahead.origin
        self.book.set_properties({"title": self.w["title"], "created": dt.datetime.combine(origin, dt.time())})
        base: dict[str, Any] = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self.f = {name: self.book.add_format({**base, **given}) for name, given in _FORMATS.items()}
        self.places = {p.id: p for p in request.scenario.places}

        moving = ("plan", "stops", "apart", "members") if request.ahead.caravan else ()
        order = ("readme", "plan", "stops", "waiting", "apart", "places", "standards", "stock", "members")
        self.sheets = {key: self._sheet(key) for key in order if key in moving or key not in _MOVING}

    def _sheet(self, key: str) -> Any:
        sheet = self.book.add_worksheet(self.w[f"{key}_sheet"])
        if key != "readme":
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def head(self, sheet: Any, row: int, names: Sequence[str], widths: Mapping[str, float]) -> None:
        """Write a header row, set the columns' widths, and keep the row in view."""
        columns = self.w["columns"]
        for c, name in enumerate(names):
            sheet.write_string(row, c, columns.get(name, name), self.f["head"])
            sheet.set_column(c, c, widths.get(name, 12))
        sheet.set_row(row, 46)
        sheet.freeze_panes(row + 1, 2)
        sheet.repeat_rows(row)

    def unit(self, supply: Supply) -> str:
        """The unit in the workbook's language."""
        return (supply.unit_es if self.request.language == "es" else "") or supply.standard.unit

    def kit(self, supply: Supply) -> str:
        """The kit in the workbook's language."""
        return (supply.kit_es if self.request.language == "es" else "") or supply.kit

    def label(self, kind: str, name: str) -> str:
        """A word of the catalogue; the name itself where it has none."""
        return str(self.w[kind].get(name, name))


def quoted(name: str) -> str:
    """The name of a sheet as a formula has it."""
    return "'" + name.replace("'", "''") + "'"


def need_formula(supply: Supply, persons: str, value: str) -> str:
    """The formula of a need: `persons` may be a cell or a range."""
    s = supply.standard
    if s.per == "persons_per_unit":
        need = f"{persons}/{value}"
    elif s.per == "per_10000":
        need = f"{persons}*{value}/10000"
    else:
        need = f"{persons}*{value}"
    return f"ROUNDUP(ROUND({need},9),0)" if s.whole else need


def stock_range(book: Sheets, column: str) -> str:
    """A column of the stock sheet as a formula has it."""
    return f"{quoted(book.w['stock_sheet'])}!${column}${FIRST_STOCK}:${column}${FIRST_STOCK - 1 + STOCK_LINES}"
