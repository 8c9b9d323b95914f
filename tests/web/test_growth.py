"""Many reports in the ledger: what is asked of it does not grow with all that it holds."""

import pytest
from sqlalchemy import Engine, event
from tests.made.web import EVENING

from caravana.operation.ledger.frames import LedgerFrames
from caravana.operation.pages import tonight_of


@pytest.fixture
def read_of(monkeypatch):
    """What versions of reports were asked for, and how many came, a row a read."""
    reads = []
    history = LedgerFrames.history

    def keep(self, **asked):
        frame = history(self, **asked)
        reads.append(({name: value for name, value in asked.items() if value is not None}, len(frame)))
        return frame

    monkeypatch.setattr(LedgerFrames, "history", keep)
    return reads


def test_an_evening_reads_the_reports_once_and_none_that_came_later(desk_of, read_of):
    desk = desk_of()
    desk.ledger.withdraw(str(desk.ledger.reports()["id"].iloc[0]), known_on=EVENING.replace(year=2030))
    read_of.clear()
    facts = tonight_of(desk.operation, desk.ledger, EVENING)
    assert read_of == [({"as_known_on": EVENING}, len(facts.reports))]
    assert facts.standing is facts.standing, "sorted once, whoever asks"


def test_a_correction_and_the_map_read_no_more_than_they_show(client, read_of):
    made = client.post("/api/reports", json={"date": "2021-11-21", "persons": "900"}).json()["taken"][0]["id"]
    read_of.clear()
    assert client.post(f"/api/reports/{made}/correction", json={"persons": "950"}).status_code == 201
    assert client.get("/api/map/reports").status_code == 200
    assert all({"ids", "last"} & set(asked) for asked, _ in read_of), read_of


def test_reports_on_the_map_are_read_once_until_another_comes(client, read_of):
    assert client.get("/api/map/reports").json() == client.get("/api/map/reports").json()
    assert len(read_of) == 1
    client.post("/api/reports", json={"date": "2021-11-20", "persons": "900"})
    read_of.clear()
    assert "about 900" in {one["figure"] for one in client.get("/api/map/reports").json()["reports"]}
    assert len(read_of) == 1


@pytest.fixture
def statements():
    """Every statement to a database."""
    said = []

    def keep(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    yield said
    event.remove(Engine, "before_cursor_execute", keep)


def test_of_a_new_report_no_other_is_read_whole(desk_of, statements):
    ledger = desk_of().ledger
    row = {"date": EVENING, "known_on": EVENING, "kind": "injured", "place": None, "low": 3.0, "high": 3.0,
           "qualifier": "exact", "side": "press"}  # fmt: skip
    (first, new), (again, twice) = ledger.add_reports([row]) + ledger.add_reports([row])
    assert (first, new, twice) == (again, True, False)
    selects = [one for one in statements if one.startswith("SELECT") and "FROM main.reports" in one]
    assert len(selects) == 3
    assert {one.splitlines()[0].strip() for one in selects} == {"SELECT main.reports.id"}
