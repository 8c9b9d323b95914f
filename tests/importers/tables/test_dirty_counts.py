"""Tables of counts as they come: each gives the right value, or one line that names the cause."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from caravana.errors import InputError
from caravana.importers.counts.reading import read_counts

DAY = dt.date(2022, 2, 24)
MARCH = dt.date(2022, 3, 24)
BOTH = {("Ford", DAY): 2500, ("Mill", DAY): 1200}
PLAIN = "camp,date,persons\nFord,2022-02-24,2500\nMill,2022-02-24,1200\n"
ACCENT = {("Árbol", DAY): 2500}


def dated(*cells):
    """A table of one place with a date a row."""
    return "camp;date;persons\n" + "".join(f"Ford;{cell};{100 + at}\n" for at, cell in enumerate(cells))


def counted(*cells):
    """A table of one day with a number a row."""
    return "camp;date;persons\n" + "".join(f"P{at};2022-02-24;{cell}\n" for at, cell in enumerate(cells))


def numbers(*values):
    return {(f"P{at}", DAY): value for at, value in enumerate(values) if value is not None}


FORMS = {
    "plain": (PLAIN, BOTH),
    "with a byte-order mark": (PLAIN.encode("utf-8-sig"), BOTH),
    "utf-16 with its mark": (PLAIN.encode("utf-16"), BOTH),
    "utf-16-le without a mark": (PLAIN.encode("utf-16-le"), BOTH),
    "utf-16-be without a mark": (PLAIN.encode("utf-16-be"), BOTH),
    "utf-32": (PLAIN.encode("utf-32"), BOTH),
    "windows-1252": ("camp,date,persons\nÁrbol,2022-02-24,2500\n".encode("cp1252"), ACCENT),
    "letters decomposed": ("camp,date,persons\nA\u0301rbol,2022-02-24,2500\n", ACCENT),
    "lines of the Macintosh": (PLAIN.replace("\n", "\r"), BOTH),
    "lines of Windows": (PLAIN.replace("\n", "\r\n"), BOTH),
    "tabs": (PLAIN.replace(",", "\t"), BOTH),
    "semicolons": (PLAIN.replace(",", ";"), BOTH),
    "bars": (PLAIN.replace(",", "|"), BOTH),
    "titles above": ("Registered people\nAs of March\n\n" + PLAIN, BOTH),
    "a title over all columns": ("Registered people in camps,,\n" + PLAIN, BOTH),
    "blank lines": (PLAIN.replace("\n", "\n\n,,\n"), BOTH),
    "empty columns behind": (PLAIN.replace("\n", ",,,\n"), BOTH),
    "rows cut short": ("camp,date,persons,note\nFord,2022-02-24,2500\nMill,2022-02-24,1200,x\n", BOTH),
    "a header of two rows": (
        ("Site,,Displaced,\nName,Date,Individuals,Households\nFord,2022-02-24,2500,500\n"
         "Mill,2022-02-24,1200,240\n"), BOTH,
    ),
    "a header of three rows": (
        ("Round 2,,,\nSite,,Displaced,\nName,Date,Individuals,Households\nFord,2022-02-24,2500,500\n"
         "Mill,2022-02-24,1200,240\n"), BOTH,
    ),
    "tags in a second row": (PLAIN.replace("persons\n", "persons\n#loc+name,#date,#affected+ind\n"), BOTH),
    "tags that know better": (
        ("a,b,c,d\n#adm1+name,#loc+name,#date+reported,#affected+ind\nNorth,Ford,2022-02-24,2500\n"
         "North,Mill,2022-02-24,1200\n"), BOTH,
    ),
    "a row of totals": (PLAIN + "Total,2022-02-24,3700\n", BOTH),
    "a row of totals in Spanish": (PLAIN + "TOTAL GENERAL,2022-02-24,3700\n", BOTH),
    "a total without a date": (PLAIN + "Total,,3700\n", BOTH),
    "a footnote": (PLAIN + "Source: registration,,\n* provisional,,\n", BOTH),
    "the header again on every page": (PLAIN.replace("Mill", "camp,date,persons\nMill"), BOTH),
    "a column of row numbers": (",camp,date,persons\n0,Ford,2022-02-24,2500\n1,Mill,2022-02-24,1200\n", BOTH),
    "row numbers with a name": ("No,camp,date,persons\n1,Ford,2022-02-24,2500\n2,Mill,2022-02-24,1200\n", BOTH),
    "columns twice": (
        "camp,date,persons,persons\nFord,2022-02-24,2500,2500\nMill,2022-02-24,1200,1200\n", BOTH,
    ),
    "no-break spaces in names": (PLAIN.replace("Ford", "\u00a0Ford\u202f").replace("Mill", "Mill\ufeff"), BOTH),
    "a name over two lines": (PLAIN.replace("Ford", '"New\nFord"'), {("New Ford", DAY): 2500, ("Mill", DAY): 1200}),
    "rows of one place and day": (PLAIN + "Ford,2022-02-24,10\n", {("Ford", DAY): 2510, ("Mill", DAY): 1200}),
    "a column a date": ("Camp;24/02/2022;24/03/2022\nFord;2500;10\n", {("Ford", DAY): 2500, ("Ford", MARCH): 10}),
    "a column a month in Spanish": (
        "Campamento,febrero 2022,marzo 2022\nFord,5,7\n",
        {("Ford", dt.date(2022, 2, 1)): 5, ("Ford", dt.date(2022, 3, 1)): 7},
    ),
    "a column a place": ("date,Ford,Mill,Total\n24/02/2022,2500,1200,3700\n", BOTH),
    "json of records": (
        json.dumps([{"camp": "Ford", "date": "2022-02-24", "persons": 2500},
                    {"camp": "Mill", "date": "2022-02-24", "persons": 1200}]), BOTH,
    ),
    "json of text": (
        json.dumps({"data": [{"camp": "Ford", "date": "2022-02-24", "persons": "2,500"},
                             {"camp": "Mill", "date": "2022-02-24", "persons": "1,200"}]}), BOTH,
    ),
}  # fmt: skip
DATES = {
    "24/02/2022": DAY, "24.02.2022": DAY, "24-02-22": DAY, "02/24/2022": DAY, "2022/02/24": DAY, "20220224": DAY,
    "2022-02-24T10:00:00Z": DAY, "2022-02-24 00:00:00.000": DAY, "44616": DAY, "44616.5": DAY, "24 febrero 2022": DAY,
    "24 de febrero de 2022": DAY, "24-feb-22": DAY, "Feb 24, 2022": DAY, "February 24 2022": DAY,
    "24th February 2022": DAY,
    "jueves, 24 de febrero de 2022": DAY, "Thursday, February 24, 2022": DAY, "24\u00a0feb\u00a02022": DAY,
    "24 Feb. 2022": DAY, "FEBRERO 2022": dt.date(2022, 2, 1), "2022-02": dt.date(2022, 2, 1),
    "7 de setiembre de 2022": dt.date(2022, 9, 7), "1 ene 2022": dt.date(2022, 1, 1),
    "2 dic 2021": dt.date(2021, 12, 2),
}  # fmt: skip
NUMBERS = {
    "commas of thousands": (("2,500", "1,250,000"), (2500, 1_250_000)),
    "dots of thousands": (("2.500", "1.250.000"), (2500, 1_250_000)),
    "dots of thousands, commas of decimals": (("2.500,00", "1.200,00"), (2500, 1200)),
    "spaces": (("2 500", "1 250 000"), (2500, 1_250_000)),
    "no-break spaces": (("2\u00a0500", "12\u202f000"), (2500, 12000)),
    "apostrophes": (("2'500", "12\u2019000"), (2500, 12000)),
    "decimals of nothing": (("2500.0", "1200.00"), (2500, 1200)),
    "a decimal comma of nothing": (("2500,0", "1200,0"), (2500, 1200)),
    "estimates with fractions": (("2500.4", "1200.6"), (2500, 1201)),
    "words behind": (("2500 personas", "1200 persons"), (2500, 1200)),
    "about": (("~2500", "≈1200"), (2500, 1200)),
    "withheld": (("<5", "*", "n/a", "-", "1200"), (None, None, None, None, 1200)),
    "not known in Spanish": (("s/d", "n.d.", "1200"), (None, None, 1200)),
    "powers": (("1e3", "1200"), (1000, 1200)),
    "wide digits": (("\uff12\uff15\uff10\uff10", "1200"), (2500, 1200)),
}
REFUSED = {
    "days that may be months": (dated("03/04/2022", "05/06/2022", "05/06/2022"), "the day or the month stands first"),
    "days that contradict each other": (dated("24/02/2022", "02/25/2022"), "the day or the month stands first"),
    "a date of no day": (dated("2022-02-24", "2022-02-30"), "'2022-02-30' — expected a date"),
    "many of them": (dated("2022-02-24", "soon", "later"), "'soon' — expected a date (and so on in 1 more)"),
    "another language": (dated("2022-02-24", "24. Februar 2022"), "expected a date"),
    "dots before three digits alone": (counted("2.500", "1.200"), "2500 if the dot is one of thousands"),
    "thousands that a spreadsheet cut": (counted("2.5", "1.2"), "fractions come of dots of thousands"),
    "commas of two meanings": (counted("2,500", "3,5"), "one meaning of the comma"),
    "fewer than nobody": (counted("2500", "-5"), "'-5' — expected a number of people"),
    "more than there are": (counted("2500", "99999999999"), "expected a number of people"),
    "words": (counted("2500", "many"), "'many' — expected a number of people"),
    "a formula": (counted("2500", "=A1*2"), "expected a number of people"),
    "thousands in letters": (counted("2500", "2,5k"), "expected a number of people"),
    "nothing": (b"", "there is nothing in it"),
    "white": (b" \n\n,,\n", "there is nothing in it"),
    "a header alone": ("camp,date,persons\n", "expected rows below the header"),
    "no dates": ("camp,persons\nFord,2500\n", "a column of dates is not to be told by its name"),
    "no people": ("camp,date\nFord,2022-02-24\n", "a column that counts people is not to be told by its name"),
    "persons": ("camp,date,persons,passport\nFord,2022-02-24,2500,X1\n", "'passport'"),
    "a quote that does not close": (
        PLAIN + '"Ford,2022-03-24,2500\nMill,2022-03-24,1200\n', "line 4: expected quotes that close",
    ),
    "bytes": (bytes(range(256)), "expected"),
    "a page of the web": (b"<!DOCTYPE html><html><body>404</body></html>", "expected"),
    "broken json": (b'{"data": [{"camp": "Ford"', "expected"),
    "json of nothing": (b'{"status": "ok"}', "expected JSON with a list of records"),
}  # fmt: skip


def put(tmp_path, content):
    path = tmp_path / ("counts.json" if content[:1] in ("[", "{", b"{") else "counts.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path, content):
    counts = read_counts(put(tmp_path, content), keep=False)
    return {(one.place, one.date): one.persons for one in counts.rows}


@pytest.mark.parametrize("name", FORMS)
def test_tables_of_every_form_say_the_same(tmp_path, name):
    content, expected = FORMS[name]
    assert read(tmp_path, content) == expected


@pytest.mark.parametrize("cell", DATES)
def test_dates_are_read_however_they_are_written(tmp_path, cell):
    assert read(tmp_path, dated(cell)) == {("Ford", DATES[cell]): 100}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_read_however_they_are_written(tmp_path, name):
    cells, values = NUMBERS[name]
    assert read(tmp_path, counted(*cells)) == numbers(*values)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_known_is_one_line_that_names_the_cause(tmp_path, name):
    content, said = REFUSED[name]
    with pytest.raises(InputError) as raised:
        read(tmp_path, content)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
