"""Exports as tables: one workbook, or a folder of CSV files, each with a README."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any

import xlsxwriter

from caravana.atomic import write_folder_whole, write_whole
from caravana.exports.tables import HXL, provenance
from caravana.language.faults import message_words
from caravana.results.needs import load_standards, standard_words
from caravana.scenario.cells import csv_line

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from caravana.exports.tables import Export
    from caravana.language.language import Language

MOST_ROWS = 1_048_000
"""Rows a sheet can hold, some kept back."""
_WIDE = {
    "place_name": 26,
    "admin2_name": 26,
    "admin1_name": 16,
    "place_code": 24,
    "standard": 28,
    "address": 40,
    "publisher": 30,
}


def readme(export: Export) -> list[str]:
    """The lines of the README, in the export's language: what this is, what may be done with it, tables, units."""
    run, say, words = export.run, export.words.text, export.words
    title = words.choose(run.scenario.title, run.scenario.title_es)
    lines = [f"{title}. {provenance(export)}.", "", *(message_words(note, words) for note in export.notes), ""]
    lines += [say("readme.no_counts"), "", say("readme.tables")]
    lines += [
        say("readme.table", name=name, what=words.texts.get(f"readme.about.{name}", name), n=len(frame))
        for name, frame in export.tables.items()
    ]
    columns = dict.fromkeys(str(c) for frame in export.tables.values() for c in frame.columns)
    units = [f"{c}: {say(f'readme.unit.{c}')}" for c in columns if f"readme.unit.{c}" in words.texts]
    lines += ["", say("readme.columns"), *units, "", say("readme.pcodes")]
    publishers = sorted({s.publisher for s in run.scenario.sources})
    if publishers:
        lines += ["", say("readme.sources"), "; ".join(publishers)]
    return lines


def _missing(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _needs_in_words(needs: pd.DataFrame, words: Language) -> pd.DataFrame:
    """The needs with units and standards in words of a language: in a workbook people read them."""
    if words.code == "en":
        return needs
    units = {one: words.texts.get(f"unit.{one}", one) for one in needs["unit"].unique()}
    units["persons"] = words.text("answers.input_unit.persons")
    standards = {
        standard_words(one): words.text(
            "needs.per_person" if one.per == "person" else f"needs.{one.per}", n=words.figure(one.value),
            unit=units.get(one.unit, one.unit),
        )
        for one in load_standards(moving=True)
    }  # fmt: skip
    return needs.assign(unit=needs["unit"].replace(units), standard=needs["standard"].replace(standards))


def workbook(export: Export, *, hxl: bool = False) -> bytes:
    """An XLSX file: a README sheet, then a sheet a table.

    Parameters
    ----------
    export
        The tables.
    hxl
        Put a row of HXL tags under each header.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "nan_inf_to_errors": False}
    )
    created = dt.datetime.combine(export.origin or export.run.scenario.start, dt.time())
    book.set_properties({"title": f"{export.run.scenario.name} ({export.audience})", "created": created})
    head = book.add_format(
        {"bold": True, "text_wrap": True, "bg_color": "#1F5F5B", "font_color": "white", "valign": "vcenter"}
    )
    tag = book.add_format({"italic": True, "font_color": "#555555"})
    day, wrap = (
        book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    strong = book.add_format({"bold": True, "font_size": 12})
    sheet = book.add_worksheet("README")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    for n, line in enumerate(readme(export)):
        sheet.write_string(n, 0, line, strong if line.isupper() or n == 0 else wrap)
        sheet.set_row(n, 15 * max(1, math.ceil(len(line) / 95)))
    for name, table in export.tables.items():
        sheet, frame = book.add_worksheet(name), _needs_in_words(table, export.words) if name == "needs" else table
        for c, column in enumerate(frame.columns):
            sheet.write_string(0, c, column, head)
            sheet.set_column(c, c, _WIDE.get(column, 13))
            if hxl:
                sheet.write_string(1, c, HXL.get(column, ""), tag)
        first = 2 if hxl else 1
        for r, values in enumerate(frame.head(MOST_ROWS).itertuples(index=False, name=None), start=first):
            for c, value in enumerate(values):
                if isinstance(value, dt.date):
                    sheet.write_datetime(r, c, dt.datetime.combine(value, dt.time()), day)
                elif not _missing(value):
                    sheet.write(r, c, value.item() if hasattr(value, "item") else value)
        sheet.freeze_panes(first, 0)
        sheet.autofilter(0, 0, len(frame) + first - 1, len(frame.columns) - 1)
    book.close()
    return target.getvalue()


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value)


def csv_files(export: Export, *, hxl: bool = False) -> dict[str, bytes]:
    """One UTF-8 CSV file a table, and a README.txt, by name."""
    files = {"README.txt": ("\n".join(readme(export)) + "\n").encode()}
    for name, frame in export.tables.items():
        tags = [",".join(HXL.get(str(c), "") for c in frame.columns) + "\n"] if hxl else []
        whole = {c: frame[c].astype("Int64") for c in frame.columns if _is_whole(frame[c])}
        rows = frame.assign(**whole).itertuples(index=False, name=None)
        lines = [csv_line(map(str, frame.columns)), *tags, *(csv_line(map(_text, row)) for row in rows)]
        files[f"{name}.csv"] = "".join(lines).encode()
    return files


def write_xlsx(export: Export, path: Path, *, hxl: bool = False) -> Path:
    """Write :func:`workbook`; whole or not at all."""
    return write_whole(path, workbook(export, hxl=hxl))


def write_csv(export: Export, path: Path, *, hxl: bool = False) -> Path:
    """Write :func:`csv_files` into a folder; whole or not at all."""
    return write_folder_whole(path, csv_files(export, hxl=hxl))


def _is_whole(column: pd.Series[Any]) -> bool:
    """Whether a column of floats holds whole numbers only: written without ``.0``."""
    if column.dtype.kind != "f":
        return False
    known = column.dropna()
    return bool((known == known.round()).all()) and str(column.name).startswith("persons")
