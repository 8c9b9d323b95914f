"""What readers of tables say of a fault is said in Spanish too: no English is left but what stands in the file."""

from __future__ import annotations

import re

import pytest
from tests.importers.counts.layouts import workbook
from tests.importers.tables.test_dirty_counts import REFUSED, read
from tests.importers.tables.test_dirty_places import EVENTS_WRONG, SHUT, WRONG, put
from tests.importers.tables.test_positions import MALI
from tests.made.workbooks import compound

from caravana.errors import InputError
from caravana.importers.conflict.events import read_events
from caravana.importers.counts.reading import read_counts
from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.remarks import Remark, Remarks
from caravana.language.faults import message_words
from caravana.language.language import load_language

ES = load_language("es")
ENGLISH = re.compile(r"\b(expected|the|and|of|seem|with|where|line|column|found|such as)\b")
OTHERS = ("broken json",)
"""Cases whose message shows an error of a library's."""


def spanish(line):
    """A line in Spanish, without what it shows of the file."""
    said = message_words(line, ES)
    assert said != line
    return re.sub(r"'[^']*'|\"[^\"]*\"|\([a-z_, 0-9]+\)|: date_order.*", "", said)


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in OTHERS])
def test_counts(tmp_path, name):
    with pytest.raises(InputError) as raised:
        read(tmp_path, REFUSED[name][0])
    assert not ENGLISH.search(spanish(str(raised.value)))


@pytest.mark.parametrize("name", [*WRONG, *SHUT, *EVENTS_WRONG])
def test_places_camps_and_conflict(tmp_path, name):
    if name in SHUT:
        opens, closes, _ = SHUT[name]
        path, reader = put(tmp_path, f"Camp;Lat;Lon;Opened;Closed\nA;14;-4;{opens};{closes}\n")
        read_camps(reader, path, source="s")
    elif name in WRONG:
        path, reader = put(tmp_path, WRONG[name][0])
        read_places(reader, path, source="s")
    else:
        path, reader = put(tmp_path, EVENTS_WRONG[name][0])
        read_events(reader, path, Remarks())
    for fault in reader.listed():
        assert not ENGLISH.search(spanish(str(fault)))


@pytest.mark.parametrize(
    "change",
    [lambda a, b: (a, abs(b)), lambda a, b: (-a, b), lambda a, b: (b, a), lambda a, b: (b, -a), lambda a, b: (-a, -b),
     lambda a, b: (a * 1e5, b * 1e5), lambda a, b: (a + 80, b), lambda a, b: (0, 0)],
)  # fmt: skip
def test_coordinates(tmp_path, change):
    rows = "".join("{},{},{},Mali\n".format(name, *change(a, b)) for name, a, b in MALI)
    path, reader = put(tmp_path, f"name,latitude,longitude,country\n{rows}")
    read_places(reader, path, source="s")
    assert reader.listed()
    for fault in reader.listed():
        assert not ENGLISH.search(spanish(str(fault)))


@pytest.mark.parametrize("content", [compound("EncryptedPackage", b"1" * 5000), compound("Word", b"1" * 5000), b"%PDF"])
def test_workbooks(tmp_path, content):
    path, reader = put(tmp_path, content)
    read_places(reader, path, source="s")
    assert not ENGLISH.search(spanish(str(reader.listed()[0])))


NOTED = {
    "an encoding": "camp,date,persons\nÁrbol,2022-02-24,5\n".encode("cp1252"),
    "rows that are left out": "camp,date,persons\nFord,2022-02-24,5\nFord,,7\n,2022-02-24,9\nMill,2022-02-24,<5\n",
    "rows added up, sums that differ": "camp,date,persons\nFord,2022-02-24,5\nFord,2022-02-24,7\nTotal,2022-02-24,13\n",
    "fractions, months": "camp,date,persons\nFord,February 2022,2500.5\n",
    "a column a place": "date,Ford,Mill\n2022-02-24,5,7\n",
    "columns that add up others": "date,Ford,Mill,Subtotal North\n2022-02-24,5,7,12\n",
    "totals that differ": "camp,date,persons\nFord,2022-02-24,5\nSuma,2022-02-24,7\nTotal,2022-02-24,12\n",
    "a place called as a sum": "camp,date,persons\nFord,2022-02-24,50\nSuma,2022-02-24,7\n",
    "one place": "date,persons\n2022-02-24,5\n",
}


def test_notes_of_sheets(tmp_path):
    heads = {"IDPs": "idps", "February": "pdi", "Returnees": "retornados"}
    sheets = {
        name: [["site", "fecha", head], ["A", f"2031-0{at}-10", 5]] for at, (name, head) in enumerate(heads.items(), 1)
    }
    path, _ = put(tmp_path, workbook(sheets))
    notes = read_counts(path, keep=False).notes
    assert len(notes) >= 2
    for note in notes:
        assert not ENGLISH.search(spanish(f"{path.name}: {note}")), note


@pytest.mark.parametrize("name", NOTED)
def test_notes(tmp_path, name):
    path, _ = put(tmp_path, NOTED[name])
    counts = read_counts(path)
    again = read_counts(path)
    assert counts.notes
    for note in {*counts.notes, *again.notes}:
        remark = Remark("decision", "note", {"text": f"{path.name}: {note}"})
        assert note in remark.text(load_language("en"))
        assert not ENGLISH.search(spanish(remark.values["text"])), note


def test_notes_of_places(tmp_path):
    path, reader = put(tmp_path, "t\nname,lat,lon,population,population\nA,14,-4,1000.5,5\nTotal,,,1000,5\n")
    read_places(reader, path, source="s")
    assert len(reader.notes) == 3
    for note in reader.notes:
        assert not ENGLISH.search(spanish(note)), note
