"""Tables and lines that commands print, in the language of ``--lang``, else of the locale."""

from __future__ import annotations

import json
import re

import pytest
import typer
from tests.cli.test_compare import call

from caravana.cli import sensitivity
from caravana.cli.main import app
from caravana.cli.options import spoken_language
from caravana.language.language import load_language
from caravana.studies.sensitivity import Drivers, Index

ES = load_language("es")
SPOKEN = "en or es  [default: the locale's]"


def commands():
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        yield from command.commands.items() if hasattr(command, "commands") else [(name, command)]


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_has_the_language_as_an_option(name, command):
    options = {option: parameter for parameter in command.params for option in parameter.opts}
    assert "--lang" in options, name
    # `brief` writes a region's numbers: es-MX.
    assert options["--lang"].help == SPOKEN or name == "brief"
    assert options["--lang"].default is None


def test_scenarios_by_their_spanish_titles(monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "es_MX.UTF-8")
    _, out, _ = call(monkeypatch, capsys, "scenarios")
    assert "tapachula-2021  La caravana del 23 de octubre de 2021, de Tapachula a la Ciudad de México\n" in out
    _, out, _ = call(monkeypatch, capsys, "scenarios", "--lang", "en")
    assert "tapachula-2021  The caravan of 23 October 2021" in out


def test_what_a_run_takes(monkeypatch, capsys):
    status, out, err = call(
        monkeypatch, capsys, "run", "tapachula-2021", "--plan", "--members", "64", "--piece", "1/1", "--lang", "es"
    )
    assert (status, out) == (0, "")
    assert err.splitlines()[:2] == [
        "tapachula-2021: 64 simulaciones en bloques de 64; procesos o partes como máximo: 1",
        "Bloques de la parte 1/1: 1",
    ]
    assert re.fullmatch(r"Un proceso necesita unos [\d.]+ GB de memoria", err.splitlines()[2])
    _, out, err = call(monkeypatch, capsys, "run", "tapachula-2021", "--plan", "--members", "64", "--json")
    assert (json.loads(out)["blocks"], err) == (1, "")


def test_what_drives_an_outcome(capsys):
    index = Index("turnout", 0.52, 0.4, 0.6, 0.7, above_floor=True, or_else=("inflow",))
    shown = Drivers("headcount", "persons", 256, by_rank=True, floor=0.07, explained=0.61, effects=(index,))
    sensitivity._tell(shown, ES)
    sensitivity._tell(Drivers("arrived", "persons", 256, by_rank=False, floor=0.07, explained=0.0, effects=()), ES)
    assert capsys.readouterr().out.splitlines() == [
        "Cuántas personas van en ella (personas): 61% explicado, de su rango, 256 simulaciones, umbral 0,07",
        "  turnout                 0,52  [0,40; 0,60]  +  (o inflow: no se distinguen)",
        "Personas que llegan (personas): 0% explicado, 256 simulaciones, umbral 0,07",
        "  ningún dato sobresale del azar",
    ]


def test_the_locale_decides_where_no_language_is_given(monkeypatch):
    monkeypatch.setenv("LC_ALL", "es_MX.UTF-8")
    assert spoken_language(None).code == "es"
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert spoken_language(None).code == "en"
