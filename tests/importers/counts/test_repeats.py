"""Rows of one place and date: parts are added up, but not beside a total, of other people, or published anew."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.importers.counts.layouts import workbook

from caravana.errors import InputError
from caravana.importers.build.counts import read_count_rows
from caravana.importers.counts.reading import read_counts
from caravana.importers.rows import Reader
from caravana.language.faults import message_words
from caravana.language.language import load_language

DAY, NEXT = dt.date(2031, 2, 10), dt.date(2031, 3, 12)


def put(tmp_path, content, name="counts.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path, content, name="counts.csv"):
    counts = read_counts(put(tmp_path, content, name), keep=False)
    return {(row.place, row.date): row.persons for row in counts.rows}, counts.notes


@pytest.mark.parametrize(
    ("rows", "persons"),
    [
        ("A,F,10|A,M,12|A,Total,22", 22), ("A,Mujeres,10|A,Hombres,12|A,Ambos sexos,22", 22),
        ("A,f,10|A,m,12|A,all,23", 23), ("A,F,10|A,M,12", 22),
    ],
)  # fmt: skip
def test_parts_count_once_and_not_beside_their_total(tmp_path, rows, persons):
    lines = [f"{place},{DAY},{sex},{number}" for place, sex, number in (row.split(",") for row in rows.split("|"))]
    counted, notes = read(tmp_path, "Site,Date,Sex,Individuals\n" + "\n".join([*lines, f"B,{DAY},F,4"]))
    assert counted == {("A", DAY): persons, ("B", DAY): 4}
    assert any("parts of a total" in note for note in notes) is (len(lines) == 3)


def test_totals_by_sex_and_by_age_are_the_same_people(tmp_path):
    by_both = [("f", "all", 10), ("m", "all", 12), ("all", "0-17", 9), ("all", "18+", 13)]
    lines = [f"A,{DAY},{gender},{age},{number}" for gender, age, number in by_both]
    head = "Site,Date,gender,age_range,Individuals\n"
    assert read(tmp_path, head + "\n".join(lines))[0] == {("A", DAY): 22}
    assert read(tmp_path, head + "\n".join([*lines, f"A,{DAY},all,all,22"]))[0] == {("A", DAY): 22}


def test_a_column_a_date_with_parts_beside_their_total(tmp_path):
    content = f"Sitio;Sexo;{DAY};{NEXT}\nA;M;10;20\nA;H;11;21\nA;Total;21;41\nB;M;1;2\nB;H;1;2\nB;Total;2;4\n"
    assert read(tmp_path, content)[0] == {("A", DAY): 21, ("A", NEXT): 41, ("B", DAY): 2, ("B", NEXT): 4}


@pytest.mark.parametrize(
    ("others", "kept"),
    [
        (("Host community", "Returnees", "Communauté hôte", "Households", "Hogares", "Retornados"), False),
        (("Refugees", "Asylum seekers", "IDPs in host communities"), True),
    ],
)
def test_people_who_are_not_displaced_are_left_out_where_a_column_tells_them_apart(tmp_path, others, kept):
    for other in others:
        content = f"Site,Date,Population type,Individuals\nA,{DAY},IDPs,40\nA,{DAY},{other},900\n"
        counted, notes = read(tmp_path, content)
        assert counted == {("A", DAY): 940 if kept else 40}, other
        assert any("are not of people displaced, by the column Population type" in n for n in notes) is not kept, other


def test_those_in_host_families_are_displaced_where_a_column_tells_sites_apart(tmp_path):
    content = f"Locality,Date,Type of site,Individuals\nA,{DAY},Camp,40\nA,{DAY},Host community,900\n"
    assert read(tmp_path, content)[0] == {("A", DAY): 940}


def test_of_what_was_published_anew_the_last_counts(tmp_path):
    content = (
        f"Location,Date,Individuals,Updated\nA,{DAY},400,2031-03-01\nA,{DAY},300,2031-02-11\n"
        f"A,{NEXT},500,2031-03-13 09:30\nA,{NEXT},510,2031-03-13 16:00\nB,{DAY},7,2031-02-11\n"
    )
    counted, notes = read(tmp_path, content)
    assert counted == {("A", DAY): 400, ("A", NEXT): 510, ("B", DAY): 7}
    assert any("2 rows were published anew by the column Updated" in note and "line 3" in note for note in notes)


def test_blocks_of_a_site_that_words_tell_apart_are_no_versions(tmp_path):
    content = f"Site,Date,Block,Individuals,Updated\nA,{DAY},North,400,2031-03-01\nA,{DAY},South,300,2031-02-11\n"
    assert read(tmp_path, content)[0] == {("A", DAY): 700}


@pytest.mark.parametrize(
    ("head", "row", "persons"),
    [
        ("Départs;Arrivées;Effectif", "10;30;200", 200), ("Total;New arrivals", "200;30", 200),
        ("Mujeres;Hombres;Total de personas", "90;110;200", 200), ("Planned;Individuals", "500;200", 200),
        ("Personas (ronda anterior);Personas", "180;200", 200), ("Target IDPs;IDPs", "500;200", 200),
    ],
)  # fmt: skip
def test_who_is_there_counts_and_not_who_came_left_or_was_planned_for(tmp_path, head, row, persons):
    assert read(tmp_path, f"Site;Date;{head}\nA;{DAY};{row}\n")[0] == {("A", DAY): persons}


def test_a_column_that_counts_others_is_read_alone_and_said(tmp_path):
    counted, notes = read(tmp_path, f"Site,Date,Arrivals\nA,{DAY},30\n")
    assert counted == {("A", DAY): 30}
    assert "the column Arrivals does not say that it counts the displaced" in notes


@pytest.mark.parametrize("first", ["Retournés", "Returnees", "Nouveaux arrivés"])
def test_individuals_under_a_head_of_others_are_of_these(tmp_path, first):
    deep = [
        [None, None, first, None, "Déplacés internes", None],
        ["Site", "Date", "Ménages", "Individus", "Ménages", "Individus"],
        ["A", str(DAY), 2, 10, 40, 200],
    ]
    assert read(tmp_path, workbook({"S": deep}), "deep.xlsx")[0] == {("A", DAY): 200}


def test_a_header_in_two_languages_names_its_columns_once_more(tmp_path):
    twice = [
        ["Matrice de suivi", None, None, None],
        ["Nom du site", "Date de l'évaluation", "Ménages", "Individus"],
        ["Site name", "Date of assessment", "HH", "IND"],
        ["Déou", str(DAY), 40, 200],
        ["Total", str(DAY), 40, 200],
    ]
    assert read(tmp_path, workbook({"README": [["a", "b"], ["c", "d"]], "R1": twice}), "two.xlsx")[0] == {
        ("Déou", DAY): 200
    }
    plain = "\n".join(",".join(str(cell or "") for cell in row) for row in twice)
    assert read(tmp_path, plain)[0] == {("Déou", DAY): 200}


def test_a_first_row_of_words_is_data_where_it_names_no_columns(tmp_path):
    with pytest.raises(InputError, match="line 2, column Date: 'unknown'"):
        read(tmp_path, f"Site,Date,Individuals\nSite,unknown,many\nA,{DAY},5\n")


def test_rows_of_one_day_that_words_tell_apart_are_not_one_place(tmp_path):
    content = f"Province of origin,Province of refuge,Date,Individuals\nN,S,{DAY},200\nN,W,{DAY},20\n"
    with pytest.raises(InputError, match="a column of places is not to be told by its name: rows of one day differ"):
        read(tmp_path, content)
    # Sexes tell no places apart.
    counted, _ = read(
        tmp_path, f"Sex,Date,Individuals\nF,{DAY},120\nM,{DAY},80\nT,{DAY},200\nF,{NEXT},10\nM,{NEXT},5\n"
    )
    assert counted == {("counts", DAY): 200, ("counts", NEXT): 15}
    counted, _ = read(tmp_path, f"Source,Date,Individuals\nUN,{DAY},200\nUN,{NEXT},210\n")
    assert counted == {("counts", DAY): 200, ("counts", NEXT): 210}


def test_all_sheets_of_a_build_are_told_of_at_once_and_by_name(tmp_path):
    sheet = [["Site", "Date", "Individuals"], ["A", str(DAY), "many"], ["B", "soon", 5], ["B", str(NEXT), 5]]
    path = put(tmp_path, workbook({"R 1": sheet, "R 2": sheet}), "rounds.xlsx")
    reader = Reader(tmp_path)
    assert read_count_rows(reader, path) == []
    said = [str(fault) for fault in reader.listed()]
    assert said == [
        f"rounds.xlsx, sheet {name} line {line}, column {column}: {value!r} — expected {what}"
        for name in ("R 1", "R 2")
        for line, column, value, what in (
            (3, "Date", "soon", "a date"),
            (2, "Individuals", "many", "a number of people"),
        )
    ]
    spanish = message_words(said[0], load_language("es"))
    assert spanish == "rounds.xlsx, hoja R 1 línea 3, columna Date: 'soon' — se esperaba una fecha"


@pytest.mark.parametrize(
    ("content", "english", "spanish"),
    [
        ("Site,Date,Gente contada\nA,2031-02-10,3\n",
         "a column that counts people that its name tells; the columns are",
         "una columna que cuente personas y se reconozca por su nombre; las columnas son"),
        ("Site,Personas\nA,3\n", "a column of dates that its name tells; the columns are",
         "una columna de fechas que se reconozca por su nombre; las columnas son"),
        ("Quartier,Date,Personas\nA,2031-02-10,3\nB,2031-02-10,3\n",
         "a column of places that its name tells; rows of one day differ in Quartier",
         "una columna de lugares que se reconozca por su nombre; las filas de un mismo día difieren en Quartier"),
    ],
)  # fmt: skip
def test_what_a_build_expects_of_columns_is_said_in_both_languages(tmp_path, content, english, spanish):
    reader = Reader(tmp_path)
    read_count_rows(reader, put(tmp_path, content))
    (fault,) = reader.listed()
    assert str(fault).startswith(f"counts.csv: expected {english}")
    assert message_words(str(fault), load_language("es")).startswith(f"counts.csv: se esperaba {spanish}")


@pytest.mark.parametrize(
    ("content", "english", "spanish"),
    [
        (f"Region,Camp,Date,Individuals\nR,A,{DAY},280\nS,A,{DAY},7\n",
         "line 2, column Camp: 'A' — expected a name that one place has; it is in R, S (Region)",
         "se esperaba un nombre que tenga un solo lugar; está en R, S (Region)"),
        (f"Camp,Date,Individuals\nA,{DAY},280\n,{NEXT},340\nB,{DAY},10\n,{NEXT},20\n",
         "column Individuals: expected a place in each row; 2 of 4 rows with a number and a date have none",
         "se esperaba un lugar en cada fila; 2 de 4 filas con número y fecha no tienen ninguno"),
    ],
)  # fmt: skip
def test_whose_place_cannot_be_known_is_not_added_up_or_passed_over(tmp_path, content, english, spanish):
    with pytest.raises(InputError) as raised:
        read(tmp_path, content)
    assert str(raised.value).endswith(english)
    assert str(raised.value).startswith("counts.csv")
    assert message_words(str(raised.value), load_language("es")).endswith(spanish)


def test_places_of_one_name_are_told_apart_by_their_codes_or_named_again(tmp_path):
    content = f"Region,Camp,Pcode,Date,Individuals\nR,A,R1,{DAY},280\nS,A,S1,{DAY},7\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert [(row.code, row.persons) for row in counts.rows] == [("R1", 280), ("S1", 7)]
    content = f"Region,Camp,Date,Individuals\nR,A,{DAY},280\nR,A,{NEXT},300\nS,B,{DAY},7\nTotal,Total,{DAY},287\n"
    assert read(tmp_path, content)[0] == {("A", DAY): 280, ("A", NEXT): 300, ("B", DAY): 7}


@pytest.mark.parametrize("head", ["Report date,Data as of", "Fecha de reporte,Fecha de corte", "Date reported,Date"])
def test_a_count_is_of_the_day_it_tells_of_and_not_of_the_one_it_was_reported(tmp_path, head):
    assert read(tmp_path, f"Camp,{head},Individuals\nA,{NEXT},{DAY},280\n")[0] == {("A", DAY): 280}


def test_of_two_columns_a_date_the_one_of_individuals_is_read(tmp_path):
    content = f"Site,HH {DAY},IND {DAY},HH {NEXT},IND {NEXT}\nA,10,50,20,100\n"
    assert read(tmp_path, content)[0] == {("A", DAY): 50, ("A", NEXT): 100}


def test_a_total_that_stands_in_another_column_is_one(tmp_path):
    content = f"Code,Site,Date,Individuals\nS1,A,{DAY},280\nS2,B,{DAY},20\nTOTAL,,{DAY},310\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert [(row.place, row.persons) for row in counts.rows] == [("A", 280), ("B", 20)]
    assert [(one.stated, one.difference) for one in counts.sums] == [(310, -10)]
    assert not any("no place" in note for note in counts.notes)


def test_short_sheets_are_named_as_not_read_by_a_kept_mapping_too(tmp_path):
    deep = [["DTM"], [None, None, "IDPs", None], ["Site", "Date", "HH", "Individuals"], ["A", str(DAY), 40, 200]]
    path = put(tmp_path, workbook({"Pivot": [["Region", "Sum"], ["R", 200]], "R1": deep}), "deep.xlsx")
    for _ in range(2):
        notes = read_counts(path).notes
        assert "sheets of other columns are not read: Pivot" in notes, notes


@pytest.mark.parametrize(
    ("cell", "persons"),
    [("100-150", 125), ("1200 \u2013 1501", 1350), ("1-4", None), ("5 - 19", None), ("150-100", None)],
)
def test_a_range_has_a_middle_and_a_small_one_withholds_a_number(tmp_path, cell, persons):
    counted, notes = read(tmp_path, f"Site,Date,Individuals\nA,{DAY},{cell}\nA,{NEXT},140\n")
    assert counted.get(("A", DAY)) == persons
    assert ("1 cells give a range; its middle is taken" in notes) is (persons is not None)


@pytest.mark.parametrize("cell", ["1,200-1,500", "1 200-1 500"])
def test_a_range_with_marks_between_thousands_is_refused(tmp_path, cell):
    with pytest.raises(InputError, match="line 2, column Individuals"):
        read(tmp_path, f'Site,Date,Individuals\nA,{DAY},"{cell}"\nA,{NEXT},140\n')


@pytest.mark.parametrize(
    ("head", "rows", "persons"),
    [
        ("Shelter,Individuals", "T,22|C,24|H,5", 51),
        ("Sex,Individuals", "T,46|M,22|F,24", 46),
        ("Sex,Individuals", "Total population,46|M,22|F,24", 46),
        ("Comment,Individuals", "all,10|north side,20", 30),
        ("Source,Individuals", "DTM,10|Total Relief,20", 30),
        ("Damage,Individuals", "Totally damaged,22|Partially damaged,24", 46),
        ("Daño,Personas", "Totalmente destruida,22|Parcial,24", 46),
        ("Setting,IDPs", "Host families,50|Displaced,10", 60),
        ("Group,Individuals", "Host families,50|Displaced,10", 10),
        ("Block,Updated,IDPs", "1,2031-03-01,10|2,2031-03-02,20", 30),
        ("Version,IDPs", "1,10|2,20", 20),
    ],
)
def test_what_only_seems_a_total_or_a_version_or_others_is_counted(tmp_path, head, rows, persons):
    lines = [f"A,{DAY},{row}" for row in rows.split("|")]
    counted, _ = read(tmp_path, f"Site,Date,{head}\n" + "\n".join(lines))
    assert counted == {("A", DAY): persons}


def test_a_district_that_is_spelt_in_two_ways_is_one(tmp_path):
    counted, _ = read(tmp_path, f"Admin1,Site,Date,IDPs\nNorth,A,{DAY},10\nNORTH,A,{DAY},20")
    assert counted == {("A", DAY): 30}
