"""Kinds of events that are not known are refused: a protest by another name is no battle."""

import pytest

from caravana.importers.conflict.events import read_events
from caravana.importers.remarks import Remarks
from caravana.importers.rows import Reader

HEADER = "event_id_cnty,event_date,event_type,country,location,latitude,longitude,fatalities\n"


def read(tmp_path, *types):
    path = tmp_path / "acled.csv"
    rows = (f"A{n},2031-02-{n + 1:02d},{kind},Land,Djibo,14.1,-1.6,0" for n, kind in enumerate(types))
    path.write_text(HEADER + "\n".join(rows) + "\n")
    reader = Reader(tmp_path)
    return read_events(reader, path, Remarks()), reader.listed()


def test_known_kinds_are_read_and_protests_left_out(tmp_path):
    kinds = ("Battles", "Explosions/Remote violence", "Violence against civilians", "Riots", "Protests",
             "Strategic developments", "Battle-No change of territory")  # fmt: skip
    events, faults = read(tmp_path, *kinds)
    assert not faults
    assert len(events.events) == 5


@pytest.mark.parametrize("kind", ["Protestas", "Manifestations", "", "3"])
def test_an_unknown_kind_is_one_fault_with_its_cell(tmp_path, kind):
    _, (fault,) = read(tmp_path, "Battles", kind, kind)
    assert (fault.row, fault.column) == (3, "event_type")
    assert fault.expected.startswith("one of Battles")
    assert "1 more" in fault.expected
