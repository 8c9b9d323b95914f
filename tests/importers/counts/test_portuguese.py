"""Tables in Portuguese, with the dots, dates and words of their offices; and what a mapping may leave out."""

import datetime as dt

import pandas as pd
import pytest

from caravana.errors import InputError
from caravana.importers.counts.reading import read_counts
from caravana.importers.places.tables import read_camps, read_places
from caravana.importers.rows import Reader
from caravana.importers.tables.dates import date_in


def put(folder, content, name="t.csv"):
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def table(counts):
    return {(one.place, one.date): one.persons for one in counts.rows}


def test_counts_of_displaced_persons_beside_households(tmp_path):
    path = put(
        tmp_path,
        "Relatório semanal\n\n"
        "Província;Distrito;Nome do centro;Data de avaliação;Agregados familiares;Pessoas deslocadas\n"
        "Norte;Um;Centro A;14/02/2027;300;1.500\nNorte;Dois;Centro B;21/02/2027;20;1.250.000\n"
        "Norte;Todos;Todos;14/02/2027;300;1.500\n",
    )
    counts = read_counts(path)
    assert table(counts) == {("Centro A", dt.date(2027, 2, 14)): 1500, ("Centro B", dt.date(2027, 2, 21)): 1_250_000}
    assert [one.stated for one in counts.sums] == [1500, None]


@pytest.mark.parametrize(
    "header",
    ["Localidade;Data;Deslocados", "Campo;Dia;Total de pessoas", "Concelho;Data de referência;Deslocados internos"],
)
def test_columns_by_other_words(tmp_path, header):
    counts = read_counts(put(tmp_path, f"{header};Famílias;Mulheres\nA;28/02/2027;1500;300;800\n"))
    assert table(counts) == {("A", dt.date(2027, 2, 28)): 1500}


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("3 de março de 2027", dt.date(2027, 3, 3)),
        ("01-fev-2027", dt.date(2027, 2, 1)),
        ("Setembro 2027", dt.date(2027, 9, 1)),
        ("12 de dezembro de 2027", dt.date(2027, 12, 12)),
    ],
)
def test_months(said, day):
    assert date_in(said) == day


def read(tmp_path, function, content):
    reader = Reader(tmp_path)
    return function(reader, put(tmp_path, content), source="s"), reader


def test_places_and_camps_whose_dots_stand_between_thousands(tmp_path):
    places, reader = read(
        tmp_path, read_places,
        "Localidade;Distrito;Província;País;Latitude;Longitude;População\nUm;D;P;Moçambique;-11,3458;40,3542;65.000\n",
    )  # fmt: skip
    assert [(one.name, one.population, one.state, one.municipality) for one in places] == [("Um", 65_000, "P", "D")]
    assert any("dots stand between thousands, as coordinates have decimal commas" in note for note in reader.notes)
    camps, _ = read(
        tmp_path, read_camps,
        "Nome do centro;Latitude;Longitude;Capacidade;Data de abertura;Data de encerramento\n"
        "A;-11,3;40,3;15.000;14/02/2027;30/04/2027\n",
    )  # fmt: skip
    (camp,) = camps
    assert (camp.capacity, camp.opens, camp.closes) == (15_000, dt.date(2027, 2, 14), dt.date(2027, 4, 30))


def test_dots_beside_coordinates_with_dots_stay_undecided(tmp_path):
    _, reader = read(tmp_path, read_places, "name;lat;lon;population\nUm;-11.3458;40.3542;65.000\n")
    assert any("65000 if the dot is one of thousands" in str(fault) for fault in reader.faults)


ONE_DAY = "Nome do centro;Data;Pessoas deslocadas\nCentro A;03/05/2027;10.350\n"


def test_a_mapping_of_two_lines_says_only_how_cells_are_read(tmp_path):
    path = put(tmp_path, ONE_DAY)
    with pytest.raises(InputError, match=r"say so in t\.csv\.mapping\.toml: date_order") as caught:
        read_counts(path)
    assert 'say so in t.csv.mapping.toml: thousands = "."' in str(caught.value)
    put(tmp_path, 'date_order = "day first"\nthousands = "."\n', "t.csv.mapping.toml")
    assert table(read_counts(path)) == {("Centro A", dt.date(2027, 5, 3)): 10_350}


def test_columns_that_a_mapping_leaves_out_are_proposed(tmp_path):
    path = put(tmp_path, "title\n\nموقع;Date;Individuals\nزمزم;2027-05-03;10350\n")
    put(tmp_path, 'place = "موقع"\n', "t.csv.mapping.toml")
    assert table(read_counts(path)) == {("زمزم", dt.date(2027, 5, 3)): 10_350}
    put(tmp_path, "Camp;When;Individuals\nA;x;10350\n")
    put(tmp_path, 'place = "Camp"\n', "t.csv.mapping.toml")
    with pytest.raises(InputError, match=r"t\.csv\.mapping\.toml, key date: expected a column"):
        read_counts(path)


def test_a_column_of_states_may_say_where_people_came_from(tmp_path):
    rows = "".join(
        f"{camp},{state},2027-05-03,{number}\n"
        for camp, state, number in [
            ("Ford", "North", 10),
            ("Ford", "South", 20),
            ("Mill", "North", 3),
            ("Mill", "South", 4),
        ]
    )
    counts = read_counts(put(tmp_path, f"Camp,State,Date,Individuals\n{rows}"), keep=False)
    assert {place: number for (place, _), number in table(counts).items()} == {"Ford": 30, "Mill": 7}
    assert any("are added up" in note for note in counts.notes)


@pytest.mark.parametrize(
    "rows",
    [
        # One of three is in two states: a namesake.
        [("Ford", "North"), ("Ford", "South"), ("Mill", "North"), ("Dale", "South")],
        # Numbered in each state.
        [("Site 1", "North"), ("Site 1", "South"), ("Site 2", "North"), ("Site 2", "South")],
        # A single one, of which nobody can tell.
        [("Ford", "North"), ("Ford", "South")],
    ],
)
def test_namesakes_of_two_states_are_refused(tmp_path, rows):
    content = "".join(f"{camp},{state},2027-05-03,10\n" for camp, state in rows)
    with pytest.raises(InputError, match="expected a name that one place has"):
        read_counts(put(tmp_path, f"Camp,State,Date,Individuals\n{content}"), keep=False)


@pytest.mark.parametrize("word", ["All", "Todos", "TODAS", "Tous"])
def test_everybody_is_no_place_however_the_sum_is_off(tmp_path, word):
    content = f"Camp,Date,Individuals\nFord,2027-05-03,500\nMill,2027-05-03,500\n{word},2027-05-03,870\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert {one.place for one in counts.rows} == {"Ford", "Mill"}
    assert [one.difference for one in counts.sums] == [130]


@pytest.mark.parametrize("header", ["Local,Camp", "Centro,Campamento", "Camp,Local"])
def test_a_word_that_may_mean_other_things_is_no_place_beside_one_that_is(tmp_path, header):
    cells = "Ford,yes" if header == "Camp,Local" else "yes,Ford"
    counts = read_counts(put(tmp_path, f"{header},Date,Individuals\n{cells},2027-05-03,500\n"), keep=False)
    assert table(counts) == {("Ford", dt.date(2027, 5, 3)): 500}


def test_columns_left_out_may_be_called_otherwise_in_each_sheet(tmp_path):
    path = tmp_path / "t.xlsx"
    with pd.ExcelWriter(path) as book:
        for n, (day, people) in enumerate([("Date", "Individuals"), ("Day", "People")], start=1):
            sheet = pd.DataFrame({"Camp": ["Ford"], day: [f"2027-0{n}-05"], people: [10 * n]})
            sheet.to_excel(book, sheet_name=f"Round {n}", index=False)
        pd.DataFrame({"Camp": ["Ford"], "Remark": ["shut"]}).to_excel(book, sheet_name="Notes", index=False)
    put(tmp_path, 'place = "Camp"\n', "t.xlsx.mapping.toml")
    counts = read_counts(path)
    assert table(counts) == {("Ford", dt.date(2027, 1, 5)): 10, ("Ford", dt.date(2027, 2, 5)): 20}
    assert any("Notes" in note for note in counts.notes)


@pytest.mark.parametrize("name", ["t.csv", "all.csv", "total.csv"])
@pytest.mark.parametrize("mapping", ['date = "Date"\npersons = "Individuals"\n', ""])
def test_the_one_place_of_a_table_is_no_sum_whatever_it_is_called(tmp_path, name, mapping):
    path = put(tmp_path, "Date,Individuals\n2027-05-03,500\n", name)
    put(tmp_path, mapping, f"{name}.mapping.toml")
    (count,) = read_counts(path, keep=False).rows
    assert count.persons == 500


@pytest.mark.parametrize("cell", ["65.5", "1234.567", "0.5"])
def test_a_dot_before_other_than_three_digits_is_none_of_thousands(tmp_path, cell):
    path = put(tmp_path, f"Camp;Date;Individuals\nFord;2027-05-03;{cell}\nMill;2027-05-03;65.000\n")
    put(tmp_path, 'thousands = "."\n', "t.csv.mapping.toml")
    with pytest.raises(InputError, match=f"line 2, column Individuals: '{cell}'"):
        read_counts(path)
