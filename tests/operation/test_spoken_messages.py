"""What cannot be done is said in Spanish by the commands of an operation, in English by all others."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from caravana.cli import main
from caravana.language.faults import message_words
from caravana.language.language import load_language, read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

EN, ES = load_language("en"), load_language("es")


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["caravana", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (2, 3)
    return re.sub(r"\s+", " ", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("words", "spanish"),
    [
        (("update", "FOLDER"), "no es una operación: no tiene operation.toml"),
        (("brief", "FOLDER"), "no es una operación"),
        (("new", "FOLDER", "--scenario", "tapachula-2021"), "ya existe; nombre una carpeta que no exista"),
        (("new", "FOLDER/x", "--road", "y", "--departs", "tomorrow"), "se esperaba una fecha como 2021-11-05"),
        (("observe",), "Falta el argumento 'folder'."),
        (("triggers", "OPERATION", "none"), "esta operación no declara ningún disparador"),
        (("observe", "FOLDER", "--foo"), "No existe la opción --foo"),
        (("observe", "FOLDER", "--km-past", "far"), "Valor no válido de '--km-past':"),
    ],
)
def test_refusals_in_spanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...], spanish: str,
) -> None:  # fmt: skip
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "op").mkdir()
    (tmp_path / "op" / "operation.toml").write_text('format = 1\nname = "op"\n')
    given = [word.replace("FOLDER", str(tmp_path)).replace("OPERATION", str(tmp_path / "op")) for word in words]
    shown = said(monkeypatch, capsys, *given, "--lang", "es")
    assert spanish in shown
    assert "Usage" not in shown
    assert spanish not in said(monkeypatch, capsys, *given, "--lang", "en")


def test_faults_of_settings_and_tables_line_by_line() -> None:
    text = (
        "op/operation.toml: key forecast.horizon, value 'x': expected a number of days, 1 to 60\n"
        "op/operation.toml: key name is missing: expected what the operation is called, as text\n"
        "stock.csv, row 3, item: 'wter' is none of water, food (did you mean 'water'?)\n"
        "stock.csv, row 4, quantity: 'text' is no number of at least 0\n"
        "the ledger l.sqlite cannot be used: no space is left on the disk; it is as it was before\n"
        "a line that nobody has words for"
    )
    assert message_words(text, ES).splitlines() == [
        "op/operation.toml: clave forecast.horizon, valor 'x': se esperaba un número de días, de 1 a 60",
        "op/operation.toml: falta la clave name: se esperaba cómo se llama la operación, en texto",
        "stock.csv, fila 3, item: 'wter' no es ninguno de water, food (¿quiso decir 'water'?)",
        "stock.csv, fila 4, quantity: 'text' no es un número de al menos 0",
        "no se puede usar el registro l.sqlite: no queda espacio en el disco; está como estaba antes",
        "a line that nobody has words for",
    ]
    assert message_words(text, EN) == text


OFFERS = {"": "", " (did you mean 'x'?)": " (¿quiso decir 'x'?)"}


def test_every_message_is_recognised_again() -> None:
    """The Spanish of a message comes of its own English, not of another that is like it."""
    for key, texts in read_catalogue("messages").items():
        names = {name for _, name, _, _ in Formatter().parse(texts["en"]) if name}
        filled = {name: f"x{number}" for number, name in enumerate(sorted(names))}
        for offer, spanish in OFFERS.items() if "mean" in names else [("", "")]:
            english = texts["en"].format(**{**filled, "mean": offer})
            assert message_words(english, ES) == texts["es"].format(**{**filled, "mean": spanish}), key


def test_help_has_its_marks_in_spanish(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["caravana", "observe", "--lang", "es", "--help"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    for english in ("Usage", "OPTIONS", "required", "default"):
        assert english not in shown
    assert "Uso:" in shown
    assert "[OPCIONES]" in shown
    assert "[obligatorio]" in shown


def test_a_mark_that_was_broken_over_two_lines_is_in_spanish(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("serve", "calibrate", "compare", "brief"):
        monkeypatch.setattr("sys.argv", ["caravana", command, "--lang", "es", "--help"])
        with pytest.raises(SystemExit):
            main()
        assert "default" not in capsys.readouterr().out


def test_what_cannot_be_in_a_text_is_said_with_its_day_of_the_week() -> None:
    assert message_words("date: 2021-11-05 is a Friday", ES) == "fecha: el 2021-11-05 es viernes"
    assert message_words("order: Huixtla lies before Mapastepec on the caravan's road", ES).startswith("orden: Huixtla")


def test_drafts_of_a_text_are_shown_in_spanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "TAPACHULA, 24 de octubre de 2021 - Unas 3.000 personas durmieron en Huehuetán, según Protección Civil. "
        "Mapastepec, Oaxaca, recibió a la caravana el lunes 24 de octubre de 2021, dijeron organizadores."
    )
    (tmp_path / "art.txt").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    words = ["caravana", "read", "art.txt", "tapachula-2021", "--published", "2021-10-25", "--lang", "es"]
    monkeypatch.setattr("sys.argv", words)
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "prensa (este texto): dónde durmió\n" in out
    assert "protección civil: personas, aproximado\n" in out
    assert "¿CONFUSO? fecha: el 2021-10-24 es domingo" in out
    assert not re.search(r"GARBLED|headcount|position|civil protection| about|date:|place:", out)
