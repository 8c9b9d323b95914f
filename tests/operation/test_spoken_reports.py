"""Reports in a person's own words: who tells, of what, how it ended; and the record as it reads."""

from __future__ import annotations

import pytest
from tests.operation.test_commands import call, reports

from caravana.errors import UsageError


def observe(folder, *words, lang="es"):
    return call("observe", folder, "huixtla", "--on", "2023-12-26", "--no-night", *words, "--lang", lang)[1]


@pytest.mark.parametrize(
    ("word", "side", "lang"),
    [
        ("observadores", "observer", "es"), ("Organizador", "organisers", "es"), ("autoridad", "authorities", "es"),
        ("agencias", "agency", "es"), ("organizers", "organisers", "en"), ("observers", "observer", "en"),
    ],
)  # fmt: skip
def test_a_side_is_one_or_many(folder, word, side, lang):
    observe(folder, "--persons", "900", "--by", word, lang=lang)
    assert [one["side"] for one in reports(folder).to_dict("records")] == [side]


def test_a_side_that_is_none_is_answered_in_the_users_words(folder):
    with pytest.raises(UsageError, match="'vecinos': se esperaba una de autoridades, organizadores, prensa, agencia"):
        observe(folder, "--persons", "900", "--by", "vecinos")


def test_a_kind_is_called_what_the_page_calls_it(folder):
    said = observe(folder, "--kind", "Personas devueltas", "--value", "310")
    assert "es del tipo returned (Personas devueltas)" in said
    with pytest.raises(UsageError, match=r"returned \(Personas devueltas\), waiting \(Personas que esperan"):
        observe(folder, "--kind", "retornos", "--value", "310")
    with pytest.raises(UsageError, match="returned, waiting"):
        observe(folder, "--kind", "retornos", "--value", "310", lang="en")


@pytest.mark.parametrize(
    ("typed", "kept", "lang"),
    [
        ("papeles", "papers", "es"), ("En autobuses", "buses", "es"), ("por la fuerza", "force", "es"),
        ("papers", "papers", "es"), ("bused", "buses", "en"), ("una fiesta", "una fiesta", "es"),
    ],
)  # fmt: skip
def test_an_end_is_kept_by_its_own_word(folder, typed, kept, lang):
    observe(folder, "--ended", typed, lang=lang)
    observe(folder, "--ended", typed, "--note", "de noche", lang=lang)
    assert {one["note"] for one in reports(folder).to_dict("records")} == {kept, f"{kept}; de noche"}


def test_every_end_that_is_to_be_withdrawn_is_named(folder):
    for by in ("press", "authorities"):
        observe(folder, "--ended", "papers", "--by", by)
    said = observe(folder, "--persons", "900")
    assert "(--withdraw 2023-12-26-ended-1, --withdraw 2023-12-26-ended-2)" in said


def test_what_is_contradicted_reads_as_it_was_said(folder):
    observe(folder, "--persons", "más de mil", "--by", "organizadores")
    assert "2023-12-26-headcount-1 (organizadores): más de 1000 ese día" in observe(folder, "--persons", "200")
    observe(folder, "--persons", "<150", "--by", "agencia")
    assert "(agencia): menos de 150 ese día" in observe(folder, "--persons", "400", "--by", "observador")


def test_the_record_reads_in_words(folder):
    observe(folder, "--persons", ">900", "--by", "autoridades")
    observe(folder, "--ended", "papeles", "--by", "autoridades")
    call("observe", folder, "tonala", "--on", "2024-01-04", "--planned", "--known-on", "2023-12-27", "--km-past", "3")
    shown = call("observe", folder, "--as-known-on", "2023-12-27", "--lang", "es")[0]
    assert "Personas: más de 900 · Huixtla · autoridades" in shown
    assert "Terminó: con documentos · Huixtla · autoridades" in shown
    assert "Dónde durmió (anunciado) · Tonalá + 3 km · prensa" in shown
    assert "current" not in shown
