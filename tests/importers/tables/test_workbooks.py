"""Workbooks of every format are read alike, within bounds, and counted from the day that they say."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

import pytest
import xlsxwriter
from tests.made.workbooks import WRITERS, compound, ods, workbook, xls, xlsb

from caravana.errors import InputError
from caravana.importers.counts.reading import read_counts
from caravana.importers.tables.grids import read_grids

DAY = dt.date(2022, 2, 24)
ROWS = [["Camp", "Date", "Persons"], ["Árbol", DAY, 2500], ["Ford", dt.date(2022, 3, 1), 1200], [None, None, None]]


def put(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def xlsx(rows, *, merged=(), **options):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **options}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for span, text in merged:
            sheet.merge_range(span, text)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(y, x, dt.datetime.combine(cell, dt.time()), day)
                elif cell is not None:
                    sheet.write(y, x, cell)
    return made.getvalue()


@pytest.mark.parametrize("from_1904", [False, True])
@pytest.mark.parametrize("kind", ["xlsx", *WRITERS])
def test_every_format_says_the_same_whenever_its_days_begin(tmp_path, kind, from_1904):
    content = xlsx(ROWS, date_1904=from_1904) if kind == "xlsx" else workbook(kind, ROWS, from_1904=from_1904)
    counts = read_counts(put(tmp_path, f"a.{kind}", content), keep=False)
    assert [(one.place, one.date, one.persons) for one in counts.rows] == [
        ("Ford", dt.date(2022, 3, 1), 1200), ("Árbol", DAY, 2500),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb"])
def test_days_written_as_numbers_count_from_1904_where_the_workbook_does(tmp_path, kind):
    number = (DAY - dt.date(1904, 1, 1)).days
    rows = [["Camp", "Date", "Persons"], ["Ford", number, 1200]]
    content = xlsx(rows, date_1904=True) if kind == "xlsx" else workbook(kind, rows, from_1904=True)
    (one,) = read_counts(put(tmp_path, f"a.{kind}", content), keep=False).rows
    assert one.date == DAY


def test_what_a_workbook_is_called_does_not_matter(tmp_path):
    assert read_grids(put(tmp_path, "a.csv", xls(ROWS)))[0] == read_grids(put(tmp_path, "b.xlsx", xls(ROWS)))[0]


def test_a_long_sheet_is_read_over_many_sectors(tmp_path):
    rows = [["Camp", "Date", "Persons"], *([f"Camp {k}", DAY, k] for k in range(9000))]
    (grid,), _ = read_grids(put(tmp_path, "a.xls", xls(rows)))
    assert len(grid.rows) == 9001
    assert grid.rows[-1] == ("Camp 8999", DAY, 8999.0)


def test_names_merged_over_rows_are_those_of_each_and_numbers_are_not(tmp_path):
    rows = [["Camp", "Date", "Persons"], [None, DAY, None], [None, dt.date(2022, 3, 24), 1300]]
    path = put(tmp_path, "a.xlsx", xlsx(rows, merged=[("A2:A3", "Ford"), ("C2:C3", "")]))
    counts = read_counts(path, keep=False)
    assert [(one.place, one.date) for one in counts.rows] == [("Ford", dt.date(2022, 3, 24))]


FAR = struct.pack("<HHHHd", 0x0203, 14, 65535, 65534, 0.0)[:4] + struct.pack("<HHHd", 65535, 65534, 0, 1.0)
FAR_ROW = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="1024"'
    ' office:value-type="float" office:value="1"/></table:table-row>'
)
EMPTY_ROWS = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    "</table:table-row>"
)


def far_xlsb():
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsb(ROWS))) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.bin"):
                far = b"\x00\x19" + struct.pack("<I", 1_048_575) + bytes(21)
                far += b"\x05\x10" + struct.pack("<IId", 16_383, 0, 1.0)
                content = content.replace(b"\x92\x01\x00", far + b"\x92\x01\x00")
            new.writestr(part.filename, content)
    return made.getvalue()


@pytest.mark.parametrize("content", [xls(ROWS, extra=FAR), ods(ROWS, extra=FAR_ROW), far_xlsb()])
def test_a_cell_far_off_is_refused_before_it_fills_the_memory(tmp_path, content):
    with pytest.raises(InputError, match=r"expected sheets of at most 200,000 rows .* rows and .* columns"):
        read_grids(put(tmp_path, "a.bin", content))


def test_empty_rows_to_the_end_of_a_sheet_are_no_rows(tmp_path):
    (grid,), _ = read_grids(put(tmp_path, "a.ods", ods(ROWS, extra=EMPTY_ROWS)))
    assert len(grid.rows) == 3


def text_document():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", "<a/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (compound("EncryptedPackage", b"\1" * 5000), "without a password"),
        (compound("WordDocument", b"\1" * 5000), "a document of another kind"),
        (xls(ROWS)[:700], "found instead"),
        (xls(ROWS)[:3000], "expected"),
        (xlsb(ROWS)[:-40], "found instead"),
        (text_document(), "a packed file of another kind"),
        (b"%PDF-1.4", "save it as one of these"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_line_with_its_cause(tmp_path, content, said):
    with pytest.raises(InputError) as raised:
        read_counts(put(tmp_path, "a.xls", content), keep=False)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
