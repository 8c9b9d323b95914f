"""The commands ``new``, ``observe``, ``update`` and ``check``, and those of scenarios on an operation."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.errors import ScenarioError, UsageError
from caravana.language.language import load_language
from caravana.operation.folder import open_operation
from caravana.operation.ledger import open_ledger

HEADER = "caravan,date,place_id,kind,low,high,qualifier,speaker_role,speaker_side,inferred,source_url,note\n"
ROWS = (
    "2022-06-06,2022-06-06,huixtla,position,,,exact,press (EFE),press,false,http://x,\n"
    "2022-06-06,2022-06-07,Villa Comaltitlán,headcount,4500,5000,range,press,press,false,,\n"
    "2022-06-06,2022-06-07,atlantis,position,,,exact,press,press,false,,\n"
    "2022-06-06,2022-06-07,huixtla,postion,,,exact,press,press,false,,\n"
    "2018-10-12,2018-10-20,huixtla,position,,,exact,press,press,false,,\n"
    "2022-06-06,June 8,huixtla,position,,,exact,press,press,false,,\n"
)


def call(*words: str, lang: str = "en") -> tuple[str, str]:
    done = CliRunner().invoke(app, list(words), env={"LC_ALL": lang}, catch_exceptions=True)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands") / "op"
    call("new", str(folder), "--road", "tapachula-mexico-city", "--departs", "2022-06-06", "--until", "2022-07-06",
         "--name", 'June "22"')  # fmt: skip
    return folder


@pytest.fixture
def folder(made_once, tmp_path):
    return str(shutil.copytree(made_once, tmp_path / "op"))


def reports(folder: str):
    with open_ledger(open_operation(folder)) as ledger:
        return ledger.reports()


def test_new_writes_a_scenario_of_some_twenty_lines(folder):
    text = (open_operation(folder).scenario / "scenario.toml").read_text()
    assert len(text.splitlines()) <= 25
    assert 'road = "tapachula-mexico-city"' in text
    assert call("check", folder)[1].startswith(f"{folder} is sound: operation 'June \"22\"', 0 reports")
    with pytest.raises(UsageError, match="is there already"):
        call("new", folder, "--scenario", "tapachula-2021")
    with pytest.raises(UsageError, match="uno de los dos"):
        call("new", folder + "2", "--road", "x", lang="es_MX.UTF-8")


def test_one_line_is_one_report_with_the_rest_filled_in(folder):
    call("observe", folder, "HUIXTLA", "--on", "2022-06-07", "--persons", "4500-5000", "--by", "press")
    call("observe", folder, "villa comaltitlan", "--km-past", "7", "--on", "2022-06-08")
    call("observe", folder, "--papers", ">650", "--on", "2022-06-09", "--by", "authorities")
    call("observe", folder, "Huixtla", "--ended", "papers", "--on", "2022-06-10")
    held = reports(folder)
    assert list(held["id"]) == [
        "2022-06-07-headcount-1", "2022-06-07-position-1", "2022-06-08-position-1",
        "2022-06-09-accepted-papers-cumulative-1", "2022-06-10-ended-1",
    ]  # fmt: skip
    assert set(held["caravan"]) == {"caravan-2022-06-06"}
    assert list(held["qualifier"]) == ["range", "exact", "exact", "more_than", "exact"]
    assert list(held["known_on"]) == list(held["date"])  # its days are over: known when it came out
    assert held["km_past"].iloc[2] == 7.0
    assert held["note"].iloc[4] == "papers"


def test_near_misses_contradictions_and_what_is_not_used_are_said_at_once(folder):
    call("observe", folder, "huixtla", "--on", "2022-06-07", "--persons", "4500-5000")
    with pytest.raises(UsageError, match=r"no place 'Huixtl'; near misses: Huixtla \(huixtla\)"):
        call("observe", folder, "Huixtl", "--on", "2022-06-07")
    said = call("observe", folder, "mapastepec", "--on", "2022-06-07", "--persons", "9000", "--by", "organisers")[1]
    assert "contradicts 2022-06-07-position-1 (press): that night" in said
    assert "contradicts 2022-06-07-headcount-1 (press): 4,500 to 5,000" in said
    said = call("observe", folder, "Tuxtla Gutierrez", "--on", "2022-06-08", lang="es_MX.UTF-8")[1]
    assert "un pronóstico no lo usará: tuxtla-gutierrez está a más de 25 km" in said
    with pytest.raises(UsageError, match="fuera de los días de esta operación"):
        call("observe", folder, "huixtla", "--on", "2023-06-08", "--lang", "es")
    with pytest.raises(
        UsageError, match=r"tipo 'postion' \(¿quiso decir 'position'\?\): se esperaba uno de position \(Dónde durmió\)"
    ):
        call("observe", folder, "huixtla", "--on", "2022-06-08", "--kind", "postion", "--lang", "es")


def test_rows_that_cannot_be_used_are_given_with_their_line_and_the_others_taken(folder, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    done = json.loads(call("observe", folder, "--from", str(file), "--json")[0])
    assert [(one["line"], one["id"]) for one in done["taken"]] == [
        (2, "2022-06-06-position-1"), (3, "2022-06-07-headcount-1")
    ]  # fmt: skip
    why = {one["line"]: one["why"] for one in done["not_used"]}
    assert sorted(why) == [4, 5, 6, 7]
    assert "atlantis" in why[4]
    assert "postion" in why[5]
    assert "2018-10-12" in why[6]
    assert "June 8" in why[7]
    again = json.loads(call("observe", folder, "--from", str(file), "--json")[0])
    assert [one["new"] for one in again["taken"]] == [False, False]
    assert len(reports(folder)) == 2
    with pytest.raises(ScenarioError, match=r"nowhere\.csv: expected a file of this name; there is none"):
        call("observe", folder, "--from", str(tmp_path / "nowhere.csv"))
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"rows\.csv line 1, column a"):
        call("observe", folder, "--from", str(file))


def test_reports_are_corrected_withdrawn_and_shown_as_known(folder):
    call("observe", folder, "huixtla", "--on", "2022-06-07", "--persons", "4500-5000", "--known-on", "2022-06-07")
    call("observe", folder, "--correct", "2022-06-07-headcount-1", "--persons", "4000", "--known-on", "2022-06-09")
    call("observe", folder, "--withdraw", "2022-06-07-position-1", "--known-on", "2022-06-10")

    def state(day: str) -> dict[str, tuple[str, float | None]]:
        shown = json.loads(call("observe", folder, "--as-known-on", day, "--json")[0])
        return {one["kind"]: (one["state"], one["low"]) for one in shown["reports"]}

    assert state("2022-06-06") == {}
    assert state("2022-06-08") == {"headcount": ("current", 4500.0), "position": ("current", None)}
    assert state("2022-06-10") == {"headcount": ("corrected", 4000.0), "position": ("withdrawn", None)}
    assert "People: 4,000 · Huixtla · press · corrected" in call("observe", folder, "--as-known-on", "2022-06-10")[0]


def test_an_operation_is_taken_where_a_scenario_is(replayed):
    folder = str(replayed.folder)
    card = json.loads(call("backtest", folder, "--horizon", "1", "--members", "200", "--workers", "1", "--json")[0])
    assert card["scenario"] == "tapachula-2021-11-18"
    said = json.loads(call("forecast", folder, "--origin", "2021-11-19", "--horizon", "2", "--json")[0])
    assert len(said["nights"]) == 2
    done = json.loads(call("update", folder, "--on", "2021-11-23", "--json")[0])
    assert set(done) >= {"issued", "scored", "triggers", "page"}
    assert set(done["issued"]) >= {"id", "hash"}


def test_check_lists_the_faults_of_an_operation_in_the_language_of_the_locale(folder):
    call("observe", folder, "huixtla", "--on", "2022-06-07")
    file = open_operation(folder).scenario / "observations.csv"
    file.write_text(
        "id,date,known_on,place_id,kind,qualifier,speaker_role,speaker_side\n"
        "a,2022-06-07,2022-06-07,huixtla,postion,exact,press,press\n",
        encoding="utf-8",
    )
    english = CliRunner().invoke(app, ["check", folder], env={"LC_ALL": "C"})
    assert english.exit_code == 3
    assert english.stdout.startswith("observations.csv line 2, column kind: 'postion' — expected one of position, rest")
    spanish = CliRunner().invoke(app, ["check", folder], env={"LC_ALL": "es_MX.UTF-8"})
    assert spanish.exit_code == 3
    assert spanish.stdout.startswith("observations.csv línea 2, columna kind: 'postion' — se esperaba uno de position")
    assert spanish.stderr.strip() == f"1 falla en {file.parent}" or "1 falla en" in spanish.stderr


@pytest.mark.parametrize("command", sorted(one.name for one in app.registered_commands))
def test_help_is_in_the_language_of_the_locale_whole(command, monkeypatch):
    monkeypatch.setattr("sys.argv", ["caravana", command, "--help"])
    known = {" ".join(text.split()) for text in load_language("en").under("help").values()}
    words = TyperGroup.get_command(get_command(app), None, command)
    texts = [part for one in (words, *words.params) for part in (one.help or "").split("\n\n")]
    assert {" ".join(text.split()) for text in texts} <= known
    spanish = CliRunner().invoke(app, [command, "--help"], env={"LC_ALL": "es_MX.UTF-8"}).stdout
    assert spanish.lstrip().startswith("Uso:")
    assert "Muestra este mensaje y termina." in spanish
    assert "Usage:" in CliRunner().invoke(app, [command, "--help"], env={"LC_ALL": "C"}).stdout


@pytest.mark.parametrize("words", [[], ["import"]])
def test_a_group_without_a_command_shows_its_help(words, monkeypatch):
    monkeypatch.setattr("sys.argv", ["caravana", *words])
    shown = CliRunner().invoke(app, words, env={"LC_ALL": "es_MX.UTF-8"}).output
    assert shown.lstrip().startswith("Uso:")
    assert "Error" not in shown
    assert shown.count("Uso:") == 1


@pytest.mark.parametrize("words", [[], ["import"], ["import", "flee"]])
def test_help_of_groups_is_in_the_language_of_the_locale(words, monkeypatch):
    monkeypatch.setattr("sys.argv", ["caravana", *words, "--help"])
    spanish = CliRunner().invoke(app, [*words, "--help"], env={"LC_ALL": "es_MX.UTF-8"}).stdout
    assert spanish.lstrip().startswith("Uso:")
    commands = re.findall(r"^  [a-z]+ {2,}(.+?)(?:\.\.\.)?$", spanish.partition("Comandos:")[2], re.MULTILINE)
    assert len(commands) == {0: 28, 1: 1}.get(len(words), 0)
    known = load_language("es").under("help").values()
    assert all(any(text.startswith(said) for text in known) for said in commands)
    assert not re.search(r"Usage|Options|Commands|\bthe\b", spanish)


def test_a_command_that_is_not_is_refused_in_the_language_of_the_locale(monkeypatch):
    monkeypatch.setattr("sys.argv", ["caravana", "forecastt"])
    refused = CliRunner().invoke(app, ["forecastt"], env={"LC_ALL": "es_MX.UTF-8"})
    assert refused.exit_code == 2
    assert "No existe el comando 'forecastt'. ¿Quiso decir 'forecast'?" in refused.stderr


def test_settings_that_cannot_be_are_faults(folder):
    with (open_operation(folder).folder / "operation.toml").open("a") as file:
        file.write("databse = 1\n[forecast]\nhorizon = 0\n")
    with pytest.raises(ScenarioError, match=r"(?s)key databse: expected one of.*key forecast.horizon, value 0"):
        open_operation(folder)


def test_a_password_is_not_kept_in_the_settings(folder):
    path = open_operation(folder).folder / "operation.toml"
    path.write_text('format = 1\nname = "x"\ndatabase = "postgresql://me:secret@host/db"\n')
    with pytest.raises(ScenarioError, match="holds a password") as caught:
        open_operation(folder)
    assert "secret" not in str(caught.value)
