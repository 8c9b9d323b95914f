"""Counts made-up names that come through the reader: ``python -m benchmarks.reader.privacy [--write]``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import caravana as cv
from caravana.importers.articles.proposals import propose
from caravana.importers.articles.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT = Path(__file__).with_name("privacy.json")
SENTENCES = 300
_FIRST = ("Yar", "Bel", "Os", "Kev", "Wil", "Dai", "Xi", "Nor", "Mari", "Lud",
          "Ther", "Ga", "Ev", "Ro", "Jon", "Sha")  # fmt: skip
_LAST = ("eth", "kis", "man", "in", "mer", "lin", "omara", "beth", "sol", "vin", "ise", "briel", "elio", "nika",
         "ny")  # fmt: skip
_SURNAME = ("Tzul", "Ixcoy", "Desroches", "Pineda", "Quevedo", "Zamorano", "Bonnet", "Chub", "Orellana", "Larios",
            "Vey", "Caceros", "Whitlow", "Hargreave", "Mazariegos", "Peralta", "Escobedo", "Jolicoeur", "Batres",
            "Tambriz")  # fmt: skip
TEMPLATES = {
    "en": (
        "{n}, 34, said about 2,000 people slept in Tonala on Monday.",
        '"There are 3,000 of us," said {n}, who walks with two children.',
        "{n} told a reporter that 45 people were detained in Huixtla.",
        "Nurse {n} treated 60 migrants in Arriaga.",
        "{n} left with 1,200 others; {s} carries a baby.",
        "The caravan of 1,500 rested, {n} wrote.",
        "A woman named {n} joined 300 people in Mapastepec.",
    ),
    "es": (
        "{n}, de 34 años, dijo que unas 2 mil personas durmieron en Tonalá el lunes.",
        '"Somos 3 mil", aseguró {n}, que camina con dos hijos.',
        "{n} contó que detuvieron a 45 personas en Huixtla.",
        "La enfermera {n} atendió a 60 migrantes en Arriaga.",
        "{n} salió con otros mil 200; {s} carga un bebé.",
        "La caravana, de mil 500 personas, descansó, según {n}.",
        "Una mujer llamada {n} se unió a 300 personas en Mapastepec.",
    ),
}  # fmt: skip


def made_up_sentences(count: int = SENTENCES) -> Iterator[tuple[str, str, str]]:
    """Sentences with a made-up given name and a surname; none is on the reader's own list of given names."""
    draw = random.Random(1)  # noqa: S311
    known = load_words()[0].first_names
    for n in range(count):
        code = ("en", "es")[n % 2]
        given = draw.choice(_FIRST) + draw.choice(_LAST)
        while given.lower() in known:
            given = draw.choice(_FIRST) + draw.choice(_LAST)
        surname = draw.choice(_SURNAME)
        said = TEMPLATES[code][(n // 2) % len(TEMPLATES[code])]
        yield said.format(n=f"{given} {surname}", s=surname), given, surname


def count_leaks() -> dict[str, Any]:
    """How many sentences let a name through into what is read, and which."""
    scenario = cv.load_scenario("tapachula-2021")
    leaked = []
    for sentence, given, surname in made_up_sentences():
        reading = propose(sentence, scenario, published=dt.date(2021, 11, 3)).as_json()
        shown = json.dumps(reading, ensure_ascii=False)
        if given in shown or surname in shown:
            leaked.append(sentence)
    return {"sentences": SENTENCES, "leaked": len(leaked), "leaks": leaked[:10]}


def main() -> int:
    """Print the count as JSON; exit 1 if a name came through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the measures in privacy.json")
    options = parser.parse_args()
    measured = count_leaks()
    if options.write:
        OUT.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(measured, ensure_ascii=False) + "\n")
    return int(measured["leaked"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
