"""Reports in: what the form records is what the command does; articles, workbooks, and what is refused."""

import datetime as dt
import io
import json
import shutil
import zipfile

import pytest
from tests.made.camps import START, two_camps
from tests.made.web import PORT, speak
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.models.scenarios import write_scenario
from caravana.operation.creating import new_operation
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger
from caravana.web.desk import Desk
from caravana.web.guard.door import local_address
from caravana.web.store.tables import Store

ARTICLE = (
    "MAPASTEPEC, 21 November 2021 - About 2,300 migrants in the caravan slept in Mapastepec on Sunday, organisers said."
)
KEPT = ["id", "date", "known_on", "kind", "place", "km_past", "low", "high", "qualifier", "side", "speaker", "source",
        "note", "revision", "state"]  # fmt: skip


def rows_of(operation):
    with open_ledger(operation) as ledger:
        return ledger.reports()[KEPT]


def test_the_form_records_what_the_command_does(client, desk_of, operation, evening, tmp_path):
    given = {"date": "2021-11-22", "place": "Pijijiapan", "persons": "2000-2600", "side": "organisers", "rest": True}
    answer = client.post("/api/reports", json=given).json()
    assert [one["new"] for one in answer["taken"]] == [True, True, True]
    by_form = rows_of(operation)
    other = open_operation(shutil.copytree(evening.folder, tmp_path / "other"))
    words = ["observe", str(other.folder), "Pijijiapan", "--on", "2021-11-22", "--persons", "2000-2600", "--rest",
             "--by", "organisers", "--json"]  # fmt: skip
    done = CliRunner().invoke(app, words)
    assert json.loads(done.stdout)["taken"] == answer["taken"]
    assert by_form.equals(rows_of(other))
    assert [one["new"] for one in client.post("/api/reports", json=given).json()["taken"]] == [False] * 3


def test_the_form_offers_an_end_and_what_else_is_counted(client):
    page = client.get("/report?lang=es").text
    for words in (
        '<option value="papers">con documentos</option>',
        '<option value="returned">Personas devueltas</option>',
    ):
        assert words in page
    assert 'name="caravan"' not in page  # there is one
    given = {"date": "2021-11-22", "place": "Pijijiapan", "kind": "returned", "value": "unas 20"}
    assert [one["id"] for one in client.post("/api/reports", json=given).json()["taken"]] == ["2021-11-22-returned-1"]
    end = client.post("/api/reports", json={"date": "2021-11-23", "ended": "papers"}).json()["taken"]
    assert [one["id"] for one in end] == ["2021-11-23-ended-1"]


def test_a_report_says_which_of_two_caravans_it_is_of(operation, desk_of):
    with (operation.scenario / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[caravans]]\nid = "second"\nname = "The second"\nitinerary = "to-mexico-city"\n'
            'assembles_at = "tapachula"\ndeparts = 2021-11-19\nturnout = "turnout"\n'
        )
    client = speak(desk_of())
    client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
    assert '<option value="second">The second</option>' in client.get("/report?lang=en").text
    given = {"date": "2021-11-22", "place": "Huixtla", "persons": "350", "caravan": "second"}
    assert len(client.post("/api/reports", json=given).json()["taken"]) == 2
    last = client.get("/api/reports").json()["reports"]
    assert {one["words"]["caravan"] for one in last if one["caravan"] == "second"} == {"The second"}
    refused = client.post("/api/reports", json={**given, "caravan": "thrid"})
    assert refused.status_code == 422
    assert "it has caravan-2021-11-18, second" in refused.json()["error"]


def test_a_list_of_reports_says_what_was_announced_and_how_surely_it_was_said(client):
    client.post("/api/reports", json={"date": "2021-11-23", "place": "Pijijiapan", "planned": True})
    client.post("/api/reports", json={"date": "2021-11-22", "place": "Pijijiapan", "persons": ">900", "night": False})
    words = {one["id"]: one["words"] for one in client.get("/api/reports").json()["reports"]}
    assert words["2021-11-23-position-1"] == {"what": "Where it slept (announced)", "figure": "", "caravan": ""}
    said = [one for name, one in words.items() if name.startswith("2021-11-22-headcount")]
    assert {"what": "People", "figure": "more than 900", "caravan": ""} in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"date": "2021-11-22"}, "Nothing is reported"),
        ({"place": "mapastepec"}, "The day is missing"),
        ({"date": "2021-11-22", "place": "Nowhereville"}, "no place 'Nowhereville'"),
        ({"date": "2021-11-22", "persons": "many"}, "many: expected a number"),
        ({"date": "1850-01-01", "place": "mapastepec"}, "date"),
        ({"date": "2021-11-22", "place": "mapastepec", "side": "friends"}, "side"),
        ({"date": "2021-11-22", "place": "mapastepec", "name": "Juan"}, "name: Extra inputs"),
        ({"date": "2021-11-22", "place": "mapastepec", "note": "ring +52 961 123 4567"}, "telephone"),
        ({"date": "2021-11-22", "place": "mapastepec", "speaker": "juan@example.org"}, "address of mail"),
    ],
)
def test_what_cannot_be_a_report_is_refused_in_one_line(client, given, said):
    answer = client.post("/api/reports", json=given)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_refusals_speak_spanish(client):
    answer = client.post(
        "/api/reports", json={"date": "2021-11-22", "place": "Nadie"}, headers={"Accept-Language": "es"}
    )
    assert "no hay ningún lugar 'Nadie'" in answer.json()["error"]


def test_a_report_is_corrected_and_withdrawn_and_nothing_is_erased(client, operation):
    given = {"date": "2021-11-22", "persons": "2000", "known_on": "2021-11-22"}
    (one,) = client.post("/api/reports", json=given).json()["taken"]
    address = f"/api/reports/{one['id']}"
    assert client.post(f"{address}/correction", json={"persons": "2400"}).json()["revision"] == 2
    assert client.post(f"{address}/withdrawal", json={"note": "twice"}).json()["revision"] == 3
    (last,) = (row for row in client.get("/api/reports").json()["reports"] if row["id"] == one["id"])
    assert (last["state"], last["high"]) == ("withdrawn", 2400)
    with open_ledger(operation) as ledger:
        assert list(ledger.history().query("id == @one['id']")["high"]) == [2000, 2400, 2400]


def test_an_article_is_proposed_mended_and_accepted(client):
    read = client.post("/api/articles", json={"text": ARTICLE, "published": "2021-11-22"}).json()
    (text,) = read["texts"]
    assert text["text"][text["proposals"][0]["start"] : text["proposals"][0]["end"]] == text["proposals"][0]["find"]
    count = next(one for one in text["proposals"] if one["kind"] == "headcount")
    count |= {"accepted": True, "high": 2500, "qualifier": "range"}
    for other in text["proposals"]:
        other.setdefault("accepted", False)
    answer = client.post("/api/articles/accepted", json=read)
    assert [one["new"] for one in answer.json()["taken"]] == [True]
    assert [one["new"] for one in client.post("/api/articles/accepted", json=read).json()["taken"]] == [False]
    (row,) = (one for one in client.get("/api/reports").json()["reports"] if one["id"].startswith("read-"))
    assert (row["low"], row["high"], row["source"]) == (2300, 2500, f"sha256:{text['sha256']}")


def test_what_a_person_knows_of_an_article_holds_for_its_rows(client):
    given = {"text": ARTICLE, "published": "2021-11-22"}
    read = client.post("/api/articles", json=given | {"voice": "observer", "tells_of": "2021-11-21"}).json()
    whole = read["texts"][0]["whole"]
    assert [whole[name][0]["value"] for name in ("voice", "tells_of")] == ["observer", "2021-11-21"]
    refused = client.post("/api/articles", json=given | {"at": "atlantis"})
    assert refused.status_code == 422
    assert "atlantis" in refused.json()["error"]


def test_people_of_an_article_are_those_in_camps_where_people_live_in_camps(tmp_path):
    write_scenario(two_camps(), tmp_path / "scenario")
    operation = new_operation(tmp_path / "op", name="Camps", scenario=str(tmp_path / "scenario"))
    with open_ledger(operation) as ledger:
        client = speak(Desk(operation, ledger, Store(ledger), local_address(PORT), shared=False, here="t" * 40))
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        day = START + dt.timedelta(days=3)
        text = (
            f"ISLE, {day:%B} {day.day}, {day.year} - About 2,300 refugees slept in the camp of Isle, the agency said."
        )
        read = client.post("/api/articles", json={"text": text, "published": str(day)}).json()
        proposals = read["texts"][0]["proposals"]
        kinds = {reading["kind"] for one in proposals for reading in one["readings"]}
        assert kinds <= {"camp_count", "total_count"}
        (isle,) = (one for one in proposals if one["place"] == "isle")
        assert (isle["kind"], isle["high"]) == ("camp_count", 2300)
        for one in proposals:
            one["accepted"] = one is isle
        (taken,) = client.post("/api/articles/accepted", json=read).json()["taken"]
        assert not any("will not" in remark for remark in taken["remarks"])
        assert list(ledger.reports()["kind"]) == ["camp_count"]


def test_a_workbook_is_shown_with_its_mapping_and_mended(client):
    table = "Sitio,Fecha,Personas\nHuixtla,03/04/2021,900\n"
    said = client.post("/api/counts", files={"file": ("a.csv", table)})
    assert said.status_code == 422
    assert "day first" in said.json()["error"]
    sent = {"file": ("a.csv", "Sitio,Fecha,Personas\nHuixtla,2021-11-22,900\nNadie,2021-11-22,20\n")}
    read = client.post("/api/counts", files=sent).json()
    assert (read["mapping"]["place"], read["mapping"]["persons"], read["usable"]) == ("Sitio", "Personas", 1)
    assert [one["line"] for one in read["not_used"]] == [3]
    withheld = {"file": ("a.csv", "Sitio,Fecha,Personas\nHuixtla,2021-11-22,900\nNadie,2021-11-22,<5\n")}
    noted = client.post("/api/counts", files=withheld, headers={"Accept-Language": "es"}).json()["notes"]
    assert "1 celdas reservan un número pequeño" in " ".join(noted), noted
    own = json.dumps({"layout": "long", "header_row": 1, "place": "Sitio", "date": "Fecha", "persons": "Personas"})
    taken = client.post("/api/counts/accepted", files=sent, data={"mapping": own, "side": "agency"}).json()
    assert [one["new"] for one in taken["taken"]] == [True]


@pytest.mark.parametrize(
    "column",
    ["Nombre completo", "first_name", "firstName", "Apellidos", "Passport No.", "CURP", "Teléfono", "e-mail",
     "Fecha de nacimiento", "Date of Birth", "Individual ID", "Nombre de la persona", "DNI", "Whatsapp"],
)  # fmt: skip
def test_a_table_of_persons_is_refused(client, column):
    table = f"Sitio,Fecha,Personas,{column}\nHuixtla,2021-11-22,900,x\n"
    answer = client.post("/api/counts", files={"file": ("a.csv", table)})
    assert answer.status_code == 422
    assert f"{column!r}: expected counts of people" in answer.json()["error"]


@pytest.mark.parametrize(
    "column", ["Nombre del sitio", "Site name", "Number of families", "Progress", "Idea", "PersonsTotal"]
)
def test_a_table_of_places_is_not(client, column):
    table = f"Sitio,Fecha,Personas,{column}\nHuixtla,2021-11-22,900,x\n"
    assert client.post("/api/counts", files={"file": ("a.csv", table)}).status_code == 200


def bomb():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("word/document.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"):
            with file.open(name, "w", force_zip64=True) as part:
                for _ in range(200):
                    part.write(b" " * 2**20)
    return held.getvalue()


def test_a_bomb_and_other_broken_files_are_refused_in_one_line(client):
    bombs = bomb()
    assert len(bombs) < 2**20
    for path, name, content in (
        ("/api/articles/file", "a.docx", bombs), ("/api/counts", "a.xlsx", bombs),
        ("/api/counts", "a.xlsx", b"PK\x03\x04x"),
        ("/api/articles/file", "a.pdf", b"%PDF-1.4 x"), ("/api/articles/file", "noending", b"x"),
        ("/api/counts", "../../operation.toml", b"x"),
        ("/api/articles/file", "a.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("/api/counts", "a.csv", b""), ("/api/counts", "a.json", b"[" * 100_000),
    ):  # fmt: skip
        answer = client.post(path, files={"file": (name, content)})
        assert answer.status_code == 422, (name, answer.text[:200])
        assert "Traceback" not in answer.text


def test_proposals_that_are_none_are_refused(client):
    for texts in ([{}], [{"proposals": [1]}], [{"sha256": "x", "published": "y", "proposals": []}]):
        assert client.post("/api/articles/accepted", json={"texts": texts}).status_code == 422
