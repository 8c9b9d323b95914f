"""From a text to the ledger: files as people save them, proposals decided by a person, nothing twice, nothing else."""

import datetime as dt
import json
import subprocess
import zipfile

import pytest
from tests.made.commands import quick_command
from tests.operation.conftest import make_operation

from caravana.errors import ScenarioError, UsageError
from caravana.importers.articles.documents import read_documents
from caravana.language.language import load_language
from caravana.operation.accepting import accepted_of, read_proposals, record_accepted
from caravana.operation.drafts import bounds_of
from caravana.operation.known import read_current
from caravana.operation.ledger import open_ledger

TEXT = """HUIXTLA, Chis., 20 de noviembre de 2021.- La caravana, de unas 1,800 personas, llegó este sábado a Huixtla,
dijo la vocera Rosa Maldonado.

Protección Civil contó 1,500 personas. El INM detuvo a 14 migrantes el viernes en Huehuetán.
"""
WORDS = '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:t>{}</w:t></w:p>'


@pytest.fixture(scope="module")
def operation(tmp_path_factory):
    return make_operation(tmp_path_factory.mktemp("accepting") / "operation")


@pytest.fixture(scope="module")
def proposals(operation, tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    (folder / "nota.txt").write_text(TEXT, encoding="utf-8")
    done = subprocess.run(
        [quick_command(), "read", "nota.txt", operation.folder, "--proposals", "p.json", "--page", "p.html", "--json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def record(operation, texts):
    with open_ledger(operation) as ledger:
        bounds = bounds_of(read_current(operation, ledger), today=dt.date(2021, 11, 22))
        taken = record_accepted(ledger, bounds, accepted_of(texts), load_language("en"))
        return taken, ledger.reports().set_index("id")


def test_only_what_a_person_accepted_is_recorded_and_only_once(operation, proposals):
    texts = read_proposals(proposals / "p.json")
    assert len(texts[0]["proposals"]) == 4
    taken, reports = record(operation, texts)
    assert taken == []
    for one in texts[0]["proposals"][:3]:
        one["accepted"] = True
    texts[0]["proposals"][0].update(low=1900, high=1900)
    taken, reports = record(operation, texts)
    assert [one["new"] for one in taken] == [True] * 3
    row = reports.loc[taken[0]["id"]]
    assert (row["low"], row["place"], row["side"]) == (1900, "huixtla", "organisers")
    assert row["source"] == f"sha256:{texts[0]['sha256']}"
    assert "1,800 personas" in row["note"]
    assert row["note"].startswith("accepted by ")
    again, after = record(operation, texts)
    assert [one["new"] for one in again] == [False] * 3
    assert len(after) == len(reports)
    assert not after["note"].str.contains("Rosa|Maldonado").any()


def test_what_cannot_be_recorded_is_told_of_all_at_once_and_nothing_is(operation, proposals):
    texts = read_proposals(proposals / "p.json")
    texts[0]["proposals"][0].update(accepted=True, place="nowhere-at-all")
    texts[0]["proposals"][1].update(accepted=True, date="soon")
    with pytest.raises(ScenarioError) as error:
        record(operation, texts)
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("content", ["[", "{}", '{"proposals": 3}', '[{"proposals": [1], "sha256": "x"}]', "7"])
def test_files_that_are_no_proposals_are_refused(content, tmp_path):
    (tmp_path / "p.json").write_text(content, encoding="utf-8")
    with pytest.raises(ScenarioError):
        read_proposals(tmp_path / "p.json")


def test_the_page_has_every_proposal_no_name_and_nothing_from_elsewhere(proposals):
    page = (proposals / "p.html").read_text(encoding="utf-8")
    assert page.count('<section class="row"') == 4
    assert "Maldonado" not in page
    assert "http" not in page
    held = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert "text" not in held["texts"][0]


def test_texts_as_people_save_them(tmp_path):
    (tmp_path / "a.txt").write_text("Tonalá: 300 personas.", encoding="utf-8")
    (tmp_path / "b.html").write_text(
        '<meta property="article:published_time" content="2021-11-03T10:00"><script>9</script><p>Uno<p>Dos', "utf-8"
    )
    (tmp_path / "c.xml").write_text(
        "<rss><channel><item><title>T</title><description>&lt;p&gt;300 personas&lt;/p&gt;</description>"
        "<pubDate>Wed, 03 Nov 2021 10:00:00 GMT</pubDate></item></channel></rss>", "utf-8",
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "d.docx", "w") as archive:
        archive.writestr("word/document.xml", WORDS.format("Tonalá: 300"))
    a, b, c, d = read_documents(tmp_path)
    assert (a.text, b.text, d.text) == ("Tonalá: 300 personas.", "Uno\n\nDos", "Tonalá: 300")
    assert (b.published, c.published) == (dt.date(2021, 11, 3), dt.date(2021, 11, 3))
    assert "300 personas" in c.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", b"PK"), ("x.pdf", b"%PDF-1.4 nothing"), ("x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("x.html", b"<div>" * 20_000), ("x.rss", b"<rss/>"),
    ],
)  # fmt: skip
def test_files_that_hold_no_text_are_refused_in_one_line(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as error:
        read_documents(tmp_path / name)
    assert len(str(error.value).splitlines()) == 1
