"""A sudden evacuation from files as offices make them: one French workbook, an Arabic one, roads as lines."""

import datetime as dt
import inspect
import json

import pytest
import xlsxwriter

import caravana as cv
from caravana.errors import InputError, ScenarioError
from caravana.importers.counts.reading import read_counts
from caravana.importers.osm.lines import read_lines
from caravana.language.faults import message_words
from caravana.language.language import load_language
from caravana.scenario.checks import roads as roads_check

PLACES = (
    ("Tin-Assako Sud", "XA010101", "15,92", "-1,80", "23\u202f500"),
    ("N'Dounga", "XA010201", "15,50", "-1,95", "15\u202f400"),
    ("Djibo-Kaïna", "XB010101", "14,55", "-1,70", "54\u202f000"),
)
CAMPS = (
    ("Site de Djibo-Kaïna", 14.56, -1.71, 12000, "05/03/2027"),
    ("Camp Pissila", 14.06, -1.54, 20000, "13/03/2027"),
)


@pytest.fixture
def workbook(tmp_path):
    """One workbook: a page of notes, places under two rows of header, sites, and counts a column a day."""
    path = tmp_path / "Evacuation v3 FINAL.xlsx"
    with xlsxwriter.Workbook(path) as book:
        notes = book.add_worksheet("LISEZ-MOI")
        notes.write(0, 0, "Rapport de situation")
        notes.write(1, 0, "Données provisoires")
        places = book.add_worksheet("Localités")
        places.merge_range(0, 0, 0, 5, "LISTE DES LOCALITÉS")
        places.write_row(
            1, 0, ["Nom de la localité", "Code P (admin3)", "Latitude", "Longitude", "Population (RGPH)", "Type"]
        )
        for line, row in enumerate(PLACES, start=2):
            places.write_row(line, 0, [*row, "ville"])
        places.write_row(5, 0, ["TOTAL", "", "", "", "92\u202f900"])
        sites = book.add_worksheet("Sites d'accueil")
        sites.merge_range(0, 0, 0, 4, "SITES D'ACCUEIL")
        sites.write_row(1, 0, ["Nom du site", "Lat.", "Long.", "Capacité d'accueil (pers.)", "Date d'ouverture"])
        for line, row in enumerate(CAMPS, start=2):
            sites.write_row(line, 0, row)
        counts = book.add_worksheet("Comptages")
        counts.merge_range(0, 0, 0, 4, "PERSONNES ENREGISTRÉES PAR SITE")
        counts.write_row(1, 0, ["Site", "", "Personnes présentes"])
        counts.write_row(2, 0, ["", "Ménages 14/03", "06/03/2027", "13/03/2027", "14/03/2027"])
        counts.write_row(3, 0, ["Site de Djibo-Kaïna", 410, "350", "1\u202f980", "2\u202f460"])
        counts.write_row(4, 0, ["Camp Pissila", 150, "", "120", "900"])
        counts.write_row(5, 0, ["Total", 560, "350", "2\u202f100", "3\u202f360"])
    return path


def roads(path, *lines, **properties):
    features = [
        {"type": "Feature", "properties": said, "geometry": {"type": "LineString", "coordinates": line}}
        for line, said in ((one if isinstance(one, tuple) else (one, properties)) for one in lines)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_one_workbook_gives_places_camps_and_counts(tmp_path, workbook):
    drawn = roads(
        tmp_path / "routes.geojson",
        ([[-1.80, 15.92], [-1.95, 15.50]], {"TYPE": "piste"}),
        ([[-1.95, 15.5001], [-1.70, 14.55]], {"TYPE": "route bitumée"}),
        ([[-1.70, 14.55], [-1.54, 14.06]], {"TYPE": "route bitumée"}),
        ([[-1.80, 15.92], [-1.54, 14.06]], {"NOM": "Route directe", "ETAT": "coupée"}),
    )
    built = cv.build(
        tmp_path / "land", places=workbook, camps=workbook, counts=workbook, osm=drawn, fled_from=["tin-assako sud"]
    )
    towns = {
        p.name: (p.population, p.pcode, p.kind) for p in built.scenario.places if p.kind not in ("camp", "idpcamp")
    }
    assert towns == {
        "Tin-Assako Sud": (23500, "XA010101", "conflict_zone"),
        "N'Dounga": (15400, "XA010201", "town"),
        "Djibo-Kaïna": (54000, "XB010101", "town"),
    }
    camps = {p.name: p.capacity for p in built.scenario.places if p.kind == "camp"}
    assert camps == {"Site de Djibo-Kaïna": 12000, "Camp Pissila": 20000}
    counted = {(o.place_id, str(o.date)): o.low for o in built.scenario.observations}
    assert counted["Camp_Pissila", "2027-03-14"] == 900
    assert len(counted) == 5
    # All on roads: ends ten metres apart meet, and the road that is cut is no way.
    assert built.report["components"] == 1
    assert {link.source for link in built.scenario.links} == {"roads"}
    assert not any("OpenStreetMap" in note for note in built.scenario.notes)
    looks = {one["key"]: one["values"] for one in built.report["look_first"]}
    assert looks["roads_closed"]["names"] == "Route directe"
    assert "no_conflict_file" not in looks


def test_a_part_of_the_inhabitants_is_not_all_of_them(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(
        "Nom,Latitude,Longitude,Population (femmes)\nUn,14.5,-1.5,400\nDeux,14.9,-1.1,300\n", encoding="utf-8"
    )
    built = cv.build(tmp_path / "land", places=path, start=dt.date(2030, 1, 1))
    assert {p.population for p in built.scenario.places} == {1000}


def test_where_nobody_could_flee_from_is_refused_with_the_nearest_name(tmp_path, workbook):
    with pytest.raises(ScenarioError, match="did you mean 'Tin-Assako Sud'") as raised:
        cv.build(tmp_path / "land", places=workbook, start=dt.date(2027, 3, 1), fled_from=["Tin-Assako Süt"])
    assert "¿quiso decir 'Tin-Assako Sud'?" in message_words(str(raised.value), load_language("es"))


def test_a_workbook_without_counts_is_refused_in_the_officers_language(tmp_path, workbook):
    places = tmp_path / "lieux.xlsx"
    with xlsxwriter.Workbook(places) as book:
        sheet = book.add_worksheet("Sites")
        sheet.write_row(0, 0, ["Nom du site", "Gestionnaire", "Rang"])
        sheet.write_row(1, 0, ["Camp Pissila", "HCR", 4])
    with pytest.raises(ScenarioError) as raised:
        cv.build(tmp_path / "land", places=workbook, counts=places)
    said = message_words(str(raised.value), load_language("es")).splitlines()[0]
    assert said.startswith("lieux.xlsx, hoja Sites: se esperaba")
    assert "una columna de fechas que se reconozca por su nombre" in said


def test_a_road_is_joined_where_it_ends_beside_another(tmp_path):
    path = roads(
        tmp_path / "roads.geojson",
        [[0.0, 10.0], [1.0, 10.0]],
        [[0.5, 10.0003], [0.5, 10.5]],  # ends 33 m off the middle of the first
        [[0.5, 10.5], [0.9, 10.9]],
        highway="track",
    )
    extract = read_lines(path)
    first = extract.refs[: extract.ways[0, 4]]
    second = extract.refs[extract.ways[0, 4] :][: extract.ways[1, 4]]
    assert set(first) & set(second)
    assert extract.ways[:, 1].tolist() == [3, 3, 3]


def test_metres_are_no_degrees(tmp_path):
    path = roads(tmp_path / "roads.geojson", [[500000, 1600000], [500100, 1600100]], [[1, 1], [2, 2]])
    with pytest.raises(ScenarioError, match=r"features 1: .*WGS 84") as raised:
        read_lines(path)
    assert "una línea en grados" in message_words(str(raised.value), load_language("es"))


def test_that_only_a_road_with_a_name_can_be_shut_is_said_in_both_languages():
    ends = "the two ends of a crossing: a link that has a name (links.csv)"
    said = f"scenario.toml, key policies.place_ids: 'a;b' — expected {ends}"
    assert "los dos extremos de un paso: un tramo que tenga nombre (links.csv)" in message_words(
        said, load_language("es")
    )
    assert ends in inspect.getsource(roads_check)


ARABIC = str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬")


def arabic_workbook(path, *heads):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("إحصاء")
        sheet.right_to_left()
        sheet.merge_range(0, 0, 0, 4, "أعداد النازحين في المواقع")
        sheet.write_row(1, 0, heads)
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        for line, (place, day, people) in enumerate(
            (
                ("مخيم الواحة", "15/03/2027", 2790),
                ("مخيم الواحة", "١٦/٠٣/٢٠٢٧", 3010),
                ("مخيم الواحة", dt.date(2027, 3, 17), 3260),
                ("مخيم الواحة", "18 آذار 2027", 3300),
                ("المجموع", "18 آذار 2027", 3300),
            ),
            start=2,
        ):
            sheet.write(line, 0, place)
            if isinstance(day, dt.date):
                sheet.write_datetime(line, 1, dt.datetime.combine(day, dt.time()), days)
            else:
                sheet.write(line, 1, day)
            sheet.write(line, 2, f"{people:,}".translate(ARABIC))
            sheet.write(line, 3, str(people // 5).translate(ARABIC))
    return path


def test_an_arabic_sheet_is_read_without_a_mapping(tmp_path):
    path = arabic_workbook(tmp_path / "أعداد.xlsx", "الموقع", "التاريخ", "عدد الأشخاص", "عدد الأسر")
    read = read_counts(path)
    assert [(row.place, str(row.date), row.persons) for row in read.rows] == [
        ("مخيم الواحة", "2027-03-15", 2790.0),
        ("مخيم الواحة", "2027-03-16", 3010.0),
        ("مخيم الواحة", "2027-03-17", 3260.0),
        ("مخيم الواحة", "2027-03-18", 3300.0),
    ]
    assert read.sums[-1].stated == 3300.0


def test_an_arabic_column_of_persons_names_is_refused(tmp_path):
    path = arabic_workbook(tmp_path / "أسماء.xlsx", "الاسم الكامل", "التاريخ", "عدد الأشخاص", "عدد الأسر")
    with pytest.raises(InputError, match="nothing of who somebody is"):
        read_counts(path)
