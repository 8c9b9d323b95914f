"""Each class of mistake in codes of admin units is caught, and people are never lost in silence."""

import json

import pytest
from tests.made.workbooks import WRITERS, workbook

from caravana.errors import InputError
from caravana.importers.pcodes.reconciling import Given, reconcile
from caravana.importers.pcodes.units import AdminUnit, read_units

CHAD = [("TD01", "Batha"), ("TD02", "Borkou"), ("TD05", "Guéra"), ("TD09", "Logone Occidental")]
MALI = [("ML01", "Kayes"), ("ML08", "Kidal"), ("ML09", "Taoudénit"), ("ML11", "Bamako")]


def units(pairs, level=1, **iso):
    return [AdminUnit(code, name, level, **iso) for code, name in pairs]


def one(given, known, **options):
    (row,) = reconcile([Given(2, *given)], known, **options).rows
    return row.unit.code if row.unit else None, row.verdict


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("TD01", "Batha", 10), ("TD01", "as given")),
        (("td01", "BATHA", 10), ("TD01", "as given")),
        (("TCD01", "Batha", 10), ("TD01", "other style")),
        (("TCD-09", "", 10), ("TD09", "other style")),
        (("TD5", "Guera", 10), ("TD05", "noughts lost")),
        (("5", "Guera", 10), ("TD05", "noughts lost")),
        (("05", "", 10), ("TD05", "other style")),
        (("Borkou", "", 10), ("TD02", "by name")),
        (("", "Borkou", 10), ("TD02", "by name")),
        (("TCD-XXX", "Batha", 10), ("TD01", "placeholder")),
        (("TCD-XXX", "Somewhere", 10), (None, "placeholder")),
        (("TD77", "Somewhere", 10), (None, "no admin unit")),
        (("ML01", "Kayes", 10), (None, "no admin unit")),
        (("TD01", "Somewhere else", 10), (None, "code and name disagree")),
    ],
)
def test_each_class_of_mistake(given, expected):
    assert one(given, units(CHAD)) == expected
    assert one(given, units(CHAD, iso2="TD", iso3="TCD")) == expected


def test_a_code_given_to_another_unit_in_a_reform():
    audit = reconcile([Given(2, "ML09", "Bamako", 500), Given(3, "ML09", "Taoudenit", 7)], units(MALI))
    assert [row.verdict for row in audit.rows] == ["code reused", "as given"]
    assert audit.by_unit() == {"ML11": 500, "ML09": 7}


def test_a_country_under_one_placeholder_is_not_summed_into_a_region():
    rows = [Given(n, "MDG-XXX", f"Place {n}", 100.0) for n in range(2, 9)]
    audit = reconcile(rows, units([("MG11", "Analamanga"), ("MG12", "Vakinankaratra")], iso3="MDG"))
    assert audit.by_unit() == {}
    assert (audit.persons, audit.persons_taken) == (700, 0)
    assert audit.notes()[-1] == "700 of 700 people are in rows that no admin unit was found for"


def test_units_of_one_name_are_not_guessed():
    known = units([("TD0101", "Centre"), ("TD0201", "Centre")], level=2)
    assert one(("", "Centre", 1), known) == (None, "several of this name")
    assert one(("TD0101", "Centre", 1), known) == ("TD0101", "as given")


def test_sums_in_and_out_and_the_table():
    rows = [Given(2, "TCD01", "Batha", 100), Given(3, "TD5", "Guera", 50), Given(4, "TD77", "Nowhere", 25)]
    audit = reconcile(rows, units(CHAD))
    assert sum(audit.by_unit().values()) == audit.persons_taken == 150
    assert audit.persons == 175
    frame = audit.frame()
    assert frame["taken"].tolist() == ["TD01", "TD05", ""]
    assert frame["persons"].sum() == 175
    assert frame["verdict"].tolist() == ["other style", "noughts lost", "no admin unit"]
    assert any("line 2, 'TCD01': TCD01 has the letters of the country in another style; it is TD01 here" in n
               for n in audit.notes())  # fmt: skip


NEW = {"adm2_name": "Ford", "adm2_pcode": "LD0101", "adm1_name": "North", "adm1_pcode": "LD01", "adm0_name": "Land",
       "adm0_pcode": "LD", "iso2": "LD", "iso3": "LND", "valid_on": "2022-01-01"}  # fmt: skip
OLD = {"ADM2_EN": "Ford", "ADM2_PCODE": "LD0101", "ADM1_EN": "North", "ADM1_PCODE": "LD01", "validOn": "2019-01-01"}


@pytest.mark.parametrize("properties", [NEW, OLD])
def test_boundary_files_new_and_old(tmp_path, properties):
    feature = {"type": "Feature", "properties": properties, "geometry": None}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature, feature]}))
    read = {unit.code: unit for unit in read_units(tmp_path / "a.geojson")}
    assert (read["LD0101"].name, read["LD0101"].level, read["LD0101"].parent) == ("Ford", 2, "LD01")
    assert read["LD01"].name == "North"


def test_a_list_of_codes_and_files_that_are_none(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\nTCD,1,TD01,Batha,TD,2020-01-01\n")
    assert read_units(path) == (AdminUnit("TD01", "Batha", 1, "TD", "", "TCD"),)
    for text, message in (
        ("a,b\n1,2\n", "expected admin units"), ("{", "expected GeoJSON"), ("[" * 9999, "expected GeoJSON"),
        ("Location,Admin Level,P-Code,Name\nT,1,A,x\nT,1,A,y\n", "expected one name a code"),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            read_units(path)


@pytest.mark.parametrize("form", ["utf-16", "cp1252", *WRITERS])
def test_lists_of_codes_are_read_as_any_table(tmp_path, form):
    rows = [["Location", "Admin Level", "P-Code", "Name"], ["#country", "#geo+admin_level", "#adm+code", "#adm+name"],
            ["TCD", 1, "TD01", "Guéra"], ["TCD", 1, "TD02", "Borkou"]]  # fmt: skip
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    path = tmp_path / f"codes.{form}"
    path.write_bytes(workbook(form, rows) if form in WRITERS else text.encode(form))
    assert [(one.code, one.name, one.level) for one in read_units(path)] == [
        ("TD01", "Guéra", 1),
        ("TD02", "Borkou", 1),
    ]
