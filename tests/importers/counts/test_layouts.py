"""Counts are read from every layout of public files, add up to the unit, and the same file twice changes nothing."""

import datetime as dt
import random

import pytest
from tests.importers.counts.layouts import FEB, LAYOUTS, MAR, workbook, write_layout
from tests.made.instances import write_instance

from caravana.errors import InputError
from caravana.importers.counts.mapping import mapping_path
from caravana.importers.counts.reading import read_counts


def table(counts):
    return {(row.place, row.date): row.persons for row in counts.rows}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_to_the_unit_and_again_from_the_mapping_kept(tmp_path, name):
    path = write_layout(tmp_path, name)
    expected = LAYOUTS[name][2]
    counts = read_counts(path)
    assert table(counts) == expected
    assert not [one for one in counts.sums if one.difference]
    for one in counts.sums:
        assert one.persons == sum(v for (_, date), v in expected.items() if date == one.date)
    kept = mapping_path(path).read_bytes()
    again = read_counts(path)
    assert again.rows == counts.rows
    assert again.sums == counts.sums
    assert again.mapping == counts.mapping
    assert mapping_path(path).read_bytes() == kept
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, f"{path.name}.mapping.toml"])


def test_every_count_names_its_row_and_code(tmp_path):
    counts = read_counts(write_layout(tmp_path, "dtm, service"), keep=False)
    assert [(r.place, r.row, r.code) for r in counts.rows] == [
        ("Ford", 2, "LD0101"), ("Ford", 4, "LD0101"), ("Mill", 3, "LD0102"),
    ]  # fmt: skip
    frame = counts.frame()
    assert list(frame.columns) == ["place", "date", "persons", "row", "code"]
    assert frame["persons"].sum() == 6800
    assert not mapping_path(tmp_path / "a.csv").exists()


def test_rows_of_one_place_and_date_are_added_up_and_said(tmp_path):
    counts = read_counts(write_layout(tmp_path, "unhcr, json of places"))
    assert any("are added up (first: Northcamp on 2022-02-24, lines 1, 2)" in note for note in counts.notes)


def test_totals_of_the_source_are_taken_out_and_held_against_the_sums(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("camp,date,persons\nFord,2022-02-24,2500\nMill,2022-02-24,1200\nTotal,2022-02-24,3750\n")
    counts = read_counts(path)
    assert table(counts) == {("Ford", FEB): 2500, ("Mill", FEB): 1200}
    (one,) = counts.sums
    assert (one.persons, one.stated, one.difference) == (3700, 3750, -50)
    assert any("at most on 2022-02-24: 3,700 read, 3,750 stated (-50)" in note for note in counts.notes)


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (["13/01/2022", "01/02/2022", "10/02/2022"], [(1, 13), (2, 1), (2, 10)]),
        (["01/13/2022", "02/01/2022", "02/10/2022"], [(1, 13), (2, 1), (2, 10)]),
        (["13.1.22", "1.2.22", "10.2.22"], [(1, 13), (2, 1), (2, 10)]),
        (["13 de enero de 2022", "1 feb. 2022", "febrero 10, 2022"], [(1, 13), (2, 1), (2, 10)]),
        (["January 13th, 2022", "1-Feb-22", "10 february 2022"], [(1, 13), (2, 1), (2, 10)]),
        (["20220113", "44593", "2022-02-10T12:00:00Z"], [(1, 13), (2, 1), (2, 10)]),
        (["2022/01/13", "2022-2-1", "2022.02.10"], [(1, 13), (2, 1), (2, 10)]),
        (["10/02/2022", "01/02/2022", "13/01/2022"], [(2, 10), (2, 1), (1, 13)]),
        (["03/04/2022", "05/06/2022"], None),
    ],
)
def test_dates_are_read_in_every_written_form_and_order(tmp_path, cells, dates):
    path = tmp_path / "a.csv"
    rows = "\n".join(f'"{cell}",{10 + at}' for at, cell in enumerate(cells))
    path.write_text(f"fecha,personas\n{rows}\n")
    if dates is None:
        with pytest.raises(InputError, match="the day or the month stands first") as refused:
            read_counts(path)
        assert str(refused.value).count("\n") == 0
        first = table(read_counts(path, mapping={"date": "fecha", "persons": "personas", "header_row": 1,
                                                 "one_place": "a", "date_order": "day first"}))  # fmt: skip
        assert min(date for _, date in first) == dt.date(2022, 4, 3)
        return
    read = {date: persons for (_, date), persons in table(read_counts(path)).items()}
    assert read == {dt.date(2022, *date): 10 + at for at, date in enumerate(dates)}


@pytest.mark.parametrize(
    ("cells", "persons"),
    [
        (["2.500", "300"], None), (["2.500", "1.250.000"], [2500, 1250000]), (["2,500", "300"], [2500, 300]),
        (["2 500", "300"], [2500, 300]), (["2\u00a0500", "300"], [2500, 300]), (["2'500", "300"], [2500, 300]),
        (["2.500,0", "300"], [2500, 300]), (["2,500.0", "300"], [2500, 300]), (["2.5", "300"], None),
        (["2.500", "12500.000"], None), (["2500.0", "300.0"], [2500, 300]), (["<5", "300"], [None, 300]),
        (["n/a", "300"], [None, 300]), (["-2", "300"], None), (["1e9999", "300"], None), (["2,5", "300"], None),
        (["many", "300"], None), (["~2500", "300"], [2500, 300]), (["2.500", "12.750"], None),
    ],
)  # fmt: skip
def test_numbers_are_never_read_as_a_thousandth(tmp_path, cells, persons):
    path = tmp_path / "a.csv"
    path.write_text("camp;date;persons\n" + "".join(f"C{at};2022-02-24;{c}\n" for at, c in enumerate(cells)))
    if persons is None:
        with pytest.raises(InputError) as refused:
            read_counts(path)
        assert str(refused.value).count("\n") == 0, refused.value
        assert "line 2, column persons" in str(refused.value)
    else:
        read = table(read_counts(path))
        assert [read.get((f"C{at}", FEB)) for at in range(len(cells))] == persons


def test_no_random_column_is_read_as_thousandths(tmp_path):
    rng = random.Random(4)
    path = tmp_path / "a.csv"
    for _ in range(150):
        persons = [rng.choice((rng.randrange(1, 999), rng.randrange(1000, 10**6), rng.randrange(10**6, 10**8)))
                   for _ in range(rng.randrange(1, 6))]  # fmt: skip
        mark = rng.choice((".", ",", " ", "\u00a0", ""))
        written = [f"{n:,}".replace(",", mark) for n in persons]
        path.write_text("camp;date;persons\n" + "".join(f"C{i};2022-02-24;{c}\n" for i, c in enumerate(written)))
        if mark == "." and max(persons) >= 1000 and max(persons) < 10**6:
            # Nothing in the column says what the dots are.
            with pytest.raises(InputError, match="one of thousands"):
                read_counts(path, keep=False)
            continue
        read = table(read_counts(path, keep=False))
        assert [read[f"C{i}", FEB] for i in range(len(persons))] == persons


def test_a_number_that_a_spreadsheet_has_cut_is_seen(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(workbook({"S": [["camp", "date", "persons"], ["A", FEB, 2.5], ["B", FEB, 300]]}))
    with pytest.raises(InputError, match="fractions come of dots of thousands"):
        read_counts(tmp_path / "a.xlsx")


def test_a_mapping_says_what_no_header_says(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("who,when,x,y\nFord,2022-02-24,1,2.500\nMill,2022-03-24,2,300\n")
    with pytest.raises(InputError, match="the columns are who, when, x, y; write a mapping"):
        read_counts(path)
    mapping_path(path).write_text('header_row = 1\nplace = "who"\ndate = "when"\npersons = "y"\nthousands = "."\n')
    assert table(read_counts(path)) == {("Ford", FEB): 2500, ("Mill", MAR): 300}
    mapping_path(path).write_text('header_row = 1\nplace = "whoo"\ndate = "when"\npersons = "y"\nthousand = "."\n')
    with pytest.raises(InputError, match="did you mean 'thousands'"):
        read_counts(path)
    with pytest.raises(InputError, match="did you mean 'who'"):
        read_counts(path, mapping={"header_row": 1, "place": "whoo", "date": "when", "persons": "y"})


def test_a_folder_of_flee(tmp_path):
    folder = write_instance(tmp_path / "x")
    counts = read_counts(folder)
    assert table(counts) == {
        (place, dt.date(2020, 1, day)): persons
        for place, rows in {"Near": [(1, 0), (21, 600)], "Far": [(1, 0), (21, 300)]}.items()
        for day, persons in rows
    }
    assert [one.stated for one in counts.sums] == [0, 900]
    layout = folder / "source_data" / "data_layout.csv"
    layout.write_text(layout.read_text("utf-8") + "\u200b,\ufeff\n", "utf-8")
    assert table(read_counts(folder)) == table(counts), "a line of signs that nobody sees is no line"
    (folder / "source_data" / "data_layout.csv").write_text("total,refugees.csv\nNear,../../etc/passwd\n")
    with pytest.raises(InputError, match="the name of a file in source_data"):
        read_counts(folder)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read_and_said(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("sitio,fecha,personas\nPeñón,2022-02-24,12\nZúñiga,2022-02-24,30\n".encode(encoding))
    counts = read_counts(path)
    assert {row.place for row in counts.rows} == {"Peñón", "Zúñiga"}
    assert any("read as" in note for note in counts.notes) == (encoding != "utf-8-sig")


def test_files_that_are_no_tables_are_refused_in_a_line(tmp_path):
    far = workbook({"S": [["camp", "date", "persons"]]})
    for name, content in {
        "a.pdf": b"%PDF-1.4", "b.xls": b"\xd0\xcf\x11\xe0" * 9, "c.csv": b"", "d.json": b"{", "e.csv": b"a\0b,c\n1,2\n",
        "f.json": b"[" * 5000, "g.xlsx": far, "h.xlsx": far[:300], "i.csv": b"only words here\nand here\n",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as refused:
            read_counts(tmp_path / name)
        assert str(refused.value).count("\n") == 0
    with pytest.raises(InputError, match="can be read"):
        read_counts(tmp_path / "none.csv")
