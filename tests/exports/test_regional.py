"""CSV for the spreadsheet program of a country, and the stock that people typed into a spreadsheet."""

from __future__ import annotations

import codecs

import pandas as pd
import pytest
import xlsxwriter

from caravana.errors import UsageError
from caravana.exports.export import export_run
from caravana.exports.kept_stock import read_kept, unused_name
from caravana.exports.regional import regional_csv, regional_file
from caravana.results.supplies import Stock

PLACES = {"huixtla": "huixtla"}


@pytest.mark.parametrize(
    ("region", "line"),
    [("es-ES", "Ñ, a;1,5;1400\r\n"), ("es-MX", '"Ñ, a",1.5,1400\r\n'), ("en", '"Ñ, a",1.5,1400\r\n')],
)
def test_numbers_and_separators_are_the_region_s_after_a_byte_order_mark(region, line):
    frame = pd.DataFrame({"place": ["Ñ, a"], "km": [1.5], "people": [1400]})
    written = regional_csv(frame, region)
    assert written.startswith(codecs.BOM_UTF8)
    assert written.decode("utf-8-sig").endswith(line)
    assert regional_file(b'place,km,people\n"\xc3\x91, a",1.5,1400\n', region) == written


def test_what_is_no_number_is_left_as_it_is():
    rows = b"id,day,version,x\nMX07.1,2021-10-30,1.2.3,-0.5\n"
    assert regional_file(rows, "es-ES").decode("utf-8-sig").splitlines()[1] == "MX07.1;2021-10-30;1.2.3;-0,5"
    with pytest.raises(UsageError, match="expected one of en, es, es-MX, es-ES"):
        regional_file(rows, "fr")


def test_an_export_is_written_so_on_request(simulated, tmp_path):
    folder = export_run(simulated, format="csv", path=tmp_path / "out", region="es-ES")
    head, first = (folder / "people.csv").read_bytes().split(b"\r\n")[:2]
    assert head.startswith(codecs.BOM_UTF8 + b"location_code;")
    assert b"," in first
    with pytest.raises(UsageError, match="go with csv, not with xlsx"):
        export_run(simulated, format="xlsx", path=tmp_path / "out.xlsx", region="es-ES")


def spreadsheet(path, lines, sheet="Existencias"):
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for n, line in enumerate(lines):
            for c, cell in enumerate(line):
                page.write(4 + n, c, cell)
    return path


def test_stock_typed_into_either_language_s_sheet_is_read_back(tmp_path):
    lines = [
        ("water", "caravan", 20000, "litres", 0, "tank"),
        ("", "", "", "", "", ""),
        ("food", "Huixtla", 2100.5, "", 2, ""),
    ]
    for sheet in ("Existencias", "Stock"):
        path = spreadsheet(tmp_path / f"{sheet}.xlsx", lines, sheet)
        kept = read_kept(path, items=("water", "food"), places=PLACES)
        assert kept == (Stock("water", "", 20000, 0, "tank"), Stock("food", "huixtla", 2100.5, 2, ""))
        assert unused_name(path).name == f"{sheet}-2.xlsx"
    assert read_kept(tmp_path / "none.xlsx", items=("water",), places=PLACES) == ()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (("beer", "", 1, "", 0, ""), "row 5, item: 'beer' is none of water"),
        (("water", "Atlantis", 1, "", 0, ""), "row 5, place: the scenario has no place 'Atlantis'"),
        (("water", "", "many", "", 0, ""), "row 5, quantity: 'many' is no number"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told_and_nothing_is_lost(tmp_path, line, fault):
    path = spreadsheet(tmp_path / "plan.xlsx", [line])
    with pytest.raises(UsageError, match=fault):
        read_kept(path, items=("water",), places=PLACES)


def test_what_is_no_spreadsheet_is_not_taken_for_one(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_text("mine")
    with pytest.raises(UsageError, match="is no spreadsheet of needs"):
        read_kept(path, items=("water",), places=PLACES)
