"""What is proposed from a text, by kinds of difficulty met in others' articles; what is found and told of."""

import datetime as dt
import random
import re
from pathlib import Path

import pytest
from tests.made.camps import START, two_camps

from caravana.errors import ScenarioError
from caravana.importers.articles.proposals import propose

DAY = dt.date(2021, 11, 1)
ES, EN = "MAPASTEPEC, 1 de noviembre de 2021.- ", "MAPASTEPEC, Mexico, Nov. 1, 2021 (AP) - "

# A text, and (kind, figure, place, day, side) of each row that a careful reader takes from it; None for any.
KINDS = {
    "arrived at a municipality": [
        (ES + "El contingente arribó al municipio de Escuintla.", {("position", None, "escuintla", "2021-11-01")}),
        (ES + "El domingo la caravana entró al poblado de Huixtla.", {("position", None, "huixtla", "2021-10-31")}),
    ],
    "dateline of a capital": [
        (
            "CIUDAD DE MÉXICO, 2 de noviembre de 2021.- La caravana suma unas 3 mil personas.",
            {("headcount", 3000, "", "2021-11-02")},
        ),
        (
            "MEXICO CITY, Nov. 2, 2021 (AP) - The caravan has about 2,500 people.",
            {("headcount", 2500, "", "2021-11-02")},
        ),
    ],
    "a destination is no place": [
        (
            ES + "La caravana, de unas 2,900 personas, va rumbo a la Ciudad de México y durmió el domingo en Huixtla.",
            {("headcount", 2900, "huixtla", None), ("position", None, "huixtla", "2021-10-31")},
        ),
        (EN + "Some 2,900 people are heading for Mexico City.", {("headcount", 2900, "mapastepec", "2021-11-01")}),
    ],
    "two sides in one sentence": [
        (
            ES + "Son 1,900 personas, según Protección Civil, y unas 3,200 según los organizadores.",
            {("headcount", 1900, "mapastepec", "2021-11-01"), ("headcount", 3200, "mapastepec", "2021-11-01")},
        ),
        (
            EN + "The migration institute put the group at 2,000; organizers, at 3,500.",
            {("headcount", 2000, "mapastepec", "2021-11-01"), ("headcount", 3500, "mapastepec", "2021-11-01")},
        ),
    ],
    "a date that leads": [
        (
            "El 26 de octubre de 2021, la caravana salió de Huixtla con unas 2,400 personas.",
            {("headcount", 2400, "huixtla", "2021-10-26")},
        ),
        (
            "On October 26, 2021, about 2,400 people walked out of Huixtla.",
            {("headcount", 2400, "huixtla", "2021-10-26")},
        ),
    ],
    "one family": [
        (ES + "Una madre lleva a sus cinco hijos; otra familia, 6 niños.", set()),
        (EN + "One family walks with seven children.", set()),
    ],
    "a planned caravan": [
        (ES + "El activista dijo que convocará a otra caravana de 8 mil personas.", set()),
        (EN + "Activists said they plan another caravan of 5,000 people.", set()),
    ],
    "less than it was": [
        (
            ES + "La caravana llegó a tener 5 mil personas, pero se redujo a la mitad.",
            {("headcount", 2500, "mapastepec", "2021-11-01")},
        ),
        (EN + "At its peak the caravan had 3,000 people.", set()),
    ],
    "is to be found at": [
        (ES + "Los migrantes se encuentran en Pijijiapan.", {("position", None, "pijijiapan", "2021-11-01")}),
        (EN + "The caravan is now in Pijijiapan.", {("position", None, "pijijiapan", "2021-11-01")}),
    ],
    "under 18": [
        (ES + "Van 640 menores de 18 años.", {("minors", 640, "mapastepec", "2021-11-01")}),
        (EN + "About 700 persons under 18 walk with it.", {("minors", 700, "mapastepec", "2021-11-01")}),
    ],
    "a town that no list has": [
        (
            ES + "El 30 de octubre unas 300 personas de Villa Nueva Alta se sumaron a la caravana en Huixtla.",
            {("joined", 300, "huixtla", "2021-10-30")},
        ),
        (
            EN + "On October 30 some 300 people from Santa Rosa Vieja joined the caravan in Huixtla.",
            {("joined", 300, "huixtla", "2021-10-30")},
        ),
    ],
}


def rows(text, scenario, published=DAY):
    """The first readings of what is proposed for this caravan."""
    return [p.readings[0] for p in propose(text, scenario, published=published).proposals if p.caravan == "this"]


@pytest.mark.parametrize(("text", "wanted"), [pair for pairs in KINDS.values() for pair in pairs])
def test_kinds_met_in_others_articles(text, wanted, scenario):
    dated = any(name in text[:50] for name in ("2021.-", "2021 ("))
    have = rows(text, scenario, None if dated else dt.date(2021, 10, 28))
    assert len(have) == len(wanted), have
    for kind, figure, place, day in wanted:
        assert any(
            (r.kind, r.low) == (kind, figure) and r.place == place and day in {None, r.date.isoformat()} for r in have
        ), have


def test_a_second_caravan_is_told_apart(scenario):
    for text in (
        "A second caravan of some 900 people is in Tapachula; the first one, of some 4,000, is in Veracruz.",
        "Una segunda caravana de unas 900 personas está en Tapachula; la primera, de unas 4 mil, ya está en Veracruz.",
    ):
        by_figure = {p.readings[0].low: p for p in propose(text, scenario, published=DAY).proposals}
        assert by_figure[900.0].caravan == "another"
        assert by_figure[900.0].readings[0].place == "tapachula"
        assert by_figure[4000.0].caravan == "this"
        assert by_figure[4000.0].readings[0].place == ""


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("En la caravana, eran mil 300.", 1300, 1300),
        ("En la caravana, eran tres mil 500.", 3500, 3500),
        ("Eran 2.300.", 2300, 2300),
        ("En la caravana, son entre 3 y 4 mil.", 3000, 4000),
        ("En la caravana, eran 3 o 4 mil.", 3000, 4000),
        ("Una treintena de ellos.", 30, 30),
        ("Un centenar se fue.", 100, 100),
        ("Un millar y medio de migrantes.", 1500, 1500),
        ("La mitad de ellos.", None, None),
        ("En la caravana, un tercio son niños.", None, None),
        ("They were three and a half thousand.", 3500, 3500),
        ("There were a dozen of them.", 12, 12),
        ("They were two to three hundred.", 200, 300),
        ("Half of them left.", None, None),
        ("One in three walks alone.", None, None),
        ("He is 33 years old.", 33, 33),
        ("It took 12 buses.", 12, 12),
    ],
)
def test_every_figure_is_found_with_its_offsets(text, low, high, scenario):
    figures = propose(text, scenario, published=DAY).as_json()["figures"]
    assert [(f["low"], f["high"]) for f in figures] == [(low, high)]
    assert text[figures[0]["start"] : figures[0]["end"]] == figures[0]["find"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Fue la víspera.", "2021-10-31"),
        ("En la caravana, fue anteayer.", "2021-10-30"),
        ("Fue hace una semana.", "2021-10-25"),
        ("El viernes 29 salieron.", "2021-10-29"),
        ("En la fecha, octubre 27, salieron.", "2021-10-27"),
        ("Salieron el 27 oct.", "2021-10-27"),
        ("It was the day before yesterday.", "2021-10-30"),
        ("It was a week ago.", "2021-10-25"),
        ("They left on Friday the 29th.", "2021-10-29"),
        ("They leave by Wednesday.", "2021-11-03"),
    ],
)
def test_dates_against_the_dateline(text, day, scenario):
    assert [d["date"] for d in propose(text, scenario, published=DAY).as_json()["dates"]] == [day]


def test_every_proposal_has_its_doubt_and_up_to_three_readings(scenario):
    reading = propose(EN + "About 2,300 people slept in Mapastepec, officials said on Sunday.", scenario).as_json()
    for one in reading["proposals"]:
        assert 0 < one["doubt"] < 1
        assert 1 <= len(one["readings"]) <= 3
        assert len({str(r) for r in one["readings"]}) == len(one["readings"])
        assert {"kind", "low", "high", "qualifier", "place", "date", "side", "caravan", "sentence"} <= set(one)


@pytest.mark.parametrize(
    ("said", "kind", "place"),
    [("About 2,300 refugees slept in the camp of Isle", "camp_count", "isle"),
     ("Police count 2,100 people in the country", "total_count", "")],
)  # fmt: skip
def test_people_of_a_displacement_are_those_in_camps(said, kind, place):
    text = f"{START:%B} {START.day}, {START.year} - {said}, the agency said. They arrived in Isle on Tuesday."
    found = [r for p in propose(text, two_camps(), published=START).proposals for r in p.readings]
    assert not {r.kind for r in found} & {"headcount", "position"}
    assert (kind, place) in {(r.kind, r.place) for r in found}


def test_a_day_of_the_year_one_is_refused_in_one_line(scenario):
    for day in (dt.date(1, 1, 1), dt.date(9999, 12, 31)):
        with pytest.raises(ScenarioError, match="expected a day of the years"):
            propose("Ayer eran 300 personas.", scenario, published=day)


GIVEN = ["María", "José", "Wilmer", "Yesenia", "Jean", "Marvin", "Keyla", "Rosa", "John", "Sarah", "Belkis", "Osman"]
FAMILY = ["Quiñónez", "Baptiste", "Maldonado", "Zelaya", "Pérez", "Etienne", "Whitfield", "Orellana", "Tejada"]
SENTENCES = [
    "{n}, de 29 años, caminó 20 kilómetros con 300 personas.", "Según {n}, son 2 mil migrantes.",
    "Detuvieron a 14 personas, contó {n} en Huixtla.", "“Somos 3 mil”, dijo {n}, hondureño.",
    "El activista {n} calcula que van 800 niños.", "La señora {n} vio a 12 heridos.",
    "{n}, 33, said 2,000 people were walking.", "About 40 people fell ill, said {n}, a nurse.",
    "Activist {n} put the group at 3,500.", "“We are 1,500,” {n} told reporters in Tonala.",
    "Organizer {n} said agents detained 25 migrants.", "Mr. {n} counted 700 children on Sunday.",
]  # fmt: skip


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_name_of_a_person_is_in_a_row_a_note_or_a_sentence(language, scenario):
    chance = random.Random(15)
    mine = SENTENCES[:6] if language == "es" else SENTENCES[6:]
    names = [f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}" for _ in range(150)]
    text = "\n\n".join(chance.choice(mine).format(n=name) for name in names)
    shown = propose(text, scenario, published=DAY).as_json()
    kept = " ".join([*(p["sentence"] + p["find"] for p in shown["proposals"]), *(f["find"] for f in shown["figures"])])
    assert len(shown["proposals"]) > 50
    assert [part for name in names for part in name.split() if part in kept] == []
    assert [p["find"] for p in shown["places"] if any(part in p["find"] for part in FAMILY)] == []


SHARED = Path(__file__).parents[3].parent / "shared" / "cases"
CASES = {
    "read-arrived-at-municipality": {("position", None, "mapastepec")},
    "read-capital-dateline": {("headcount", 3200, ""), ("km_cumulative", 200, "")},
    "read-destination-is-no-place": {("headcount", 3200, "pijijiapan"), ("position", None, "pijijiapan")},
    "read-elliptic-two-sides-en": {
        ("headcount", 2300, "tonala"), ("headcount", 4100, "tonala"), ("position", None, "tonala"),
    },
    "read-leading-date": {("headcount", 2600, "huehuetan")},
    "read-one-family": set(),
    "read-planned-caravan": set(),
    "read-reduced-to-half": {("headcount", 2000, "tonala")},
    "read-se-encuentra-en": {("position", None, "tonala")},
    "read-two-caravans": {("headcount", 4000, "")},
    "read-under-18-en": {("minors", 850, "huixtla")},
    "read-unknown-town-masked": {("joined", 900, "huixtla")},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_cases_kept_beside_the_project(case, scenario):
    folder = SHARED / case
    if not folder.is_dir():
        pytest.skip("the cases (../shared/cases) are not beside the project")
    told_when = re.search(r"--published (\S+)", (folder / "README").read_text(encoding="utf-8"))
    published = dt.date.fromisoformat(told_when[1]) if told_when else None
    have = rows((folder / "article.txt").read_text(encoding="utf-8"), scenario, published)
    assert {(r.kind, r.low, r.place) for r in have} == CASES[case]
