"""What a table of a crisis never met may hold is read right or refused in a line, and never taken for another thing."""

import datetime as dt

import pytest
from tests.importers.counts.layouts import workbook

from caravana.errors import InputError
from caravana.importers.counts.mapping import mapping_path
from caravana.importers.counts.reading import read_counts

FEB, MAR, APR = dt.date(2031, 2, 10), dt.date(2031, 3, 10), dt.date(2031, 4, 10)


def put(tmp_path, content, name="counts.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(counts):
    return {(row.place, row.date): row.persons for row in counts.rows}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Site;Date;Population;PDI", "Déou;2031-02-10;12000;1200"),
        ("Commune;Date de collecte;Ménages;Individus PDI;Retournés", "Déou;2031-02-10;200;1200;30"),
        ("Sitio;Fecha;Población;Personas desplazadas internas", "Déou;2031-02-10;12000;1200"),
        ("Localité;Jour;Nombre d'individus", "Déou;2031-02-10;1200"),
        ("Nom du site;Date;Ménages;Individus;Femmes;Hommes", "Déou;10 février 2031;200;1200;640;560"),
        ("Site;today;group/households;group/individuals", "Déou;2031-02-10;200;1200"),
    ],
)
def test_the_displaced_are_counted_and_not_the_inhabitants_or_households(tmp_path, header, row):
    counts = read_counts(put(tmp_path, f"{header}\n{row}\n"), keep=False)
    assert table(counts) == {("Déou", FEB): 1200}


@pytest.mark.parametrize(
    "content",
    [
        "Site;Date;Gente contada\nDéou;2031-02-10;1200\nGorom;2031-02-10;800\n",
        "id,country,figure,displacement_date,locations_name\n1,Land,120,2031-02-10,Djibo\n2,Land,80,2031-02-14,Dori\n",
        "Date,Households,Individuals in host families,Quartier\n2031-02-10,200,1200,Nord\n2031-02-17,240,1300,Nord\n",
    ],
)
def test_a_column_of_numbers_is_no_place_where_another_column_names_them(tmp_path, content):
    with pytest.raises(InputError, match="a column that counts people is not to be told by its name"):
        read_counts(put(tmp_path, content), keep=False)


@pytest.mark.parametrize(
    "content",
    [
        "Year,Country of Asylum,Refugees under UNHCR's mandate,Asylum-seekers\n2031,Niger,61234,120\n2032,Niger,7,9\n",
        '{"items": [{"year": 2031, "coo_name": "Mali", "coa_name": "Niger", "refugees": 61234}]}',
    ],
)
def test_a_number_of_people_is_no_day_and_a_year_neither(tmp_path, content):
    path = put(tmp_path, content, "counts.json" if content.startswith("{") else "counts.csv")
    with pytest.raises(InputError, match="years alone say no day"):
        read_counts(path, keep=False)


@pytest.mark.parametrize(
    "header",
    [
        "Country/territory of asylum,Date,Refugees", "Site/Settlement,Date,Individuals", "Site,Month/Year,Individuals",
        "Lugar/Ciudad,Fecha,Individuos", "Site,Date/Time,Individuals", "Camp,Date,Individuals/Individuos registrados",
        "group_a1/site,group_a1/date,group_a1/individuals", "Lieu/Localité,Jour/Date,Personnes/Individus",
    ],
)  # fmt: skip
def test_two_words_for_one_thing_with_a_stroke_between_are_either(tmp_path, header):
    counts = read_counts(put(tmp_path, f"{header}\nChad,2031-02-10,10\nMali,2031-02-10,20\n"), keep=False)
    assert table(counts) == {("Chad", FEB): 10, ("Mali", FEB): 20}


@pytest.mark.parametrize("group", ["group_a1", "Grupo", "form", "section 2"])
def test_of_a_question_in_a_group_of_a_form_the_question_alone_counts(tmp_path, group):
    content = f"Site,Date,{group}/idps/latrines,{group}/idps/individuals\nA,2031-02-10,7,1200\n"
    assert table(read_counts(put(tmp_path, content), keep=False)) == {("A", FEB): 1200}
    with pytest.raises(InputError, match="a column that counts people is not to be told by its name"):
        read_counts(put(tmp_path, f"Site,Date,{group}/idps/wells\nA,2031-02-10,7\n"), keep=False)


@pytest.mark.parametrize(
    "name", ["Personas/Familia", "people/month", "refugees/1,000 inhabitants", "IDPs/latrine", "idps/1000 hab."]
)
def test_numbers_a_family_a_latrine_or_a_thousand_are_no_people(tmp_path, name):
    with pytest.raises(InputError, match="is not to be told by its name"):
        read_counts(put(tmp_path, f'Site,Date,"{name}"\nA,2031-02-10,7\n'), keep=False)


@pytest.mark.parametrize(
    "name",
    ["people/km2", "people / km²", "individuals/day", "arrivals/day", "Llegadas / mes", "people per km2", "people (%)"],
)
def test_shares_and_numbers_a_day_or_a_km2_are_no_people_no_days_and_no_places(tmp_path, name):
    with pytest.raises(InputError, match="a column that counts people is not to be told by its name"):
        read_counts(put(tmp_path, f"Date,{name}\n2031-02-10,240\n2031-03-10,44000\n"), keep=False)
    content = f"Site,Date,{name},Individuals\nA,2031-02-10,240,1200\n"
    assert table(read_counts(put(tmp_path, content), keep=False)) == {("A", FEB): 1200}


def test_the_code_of_india_is_a_place_and_ind_beside_households_are_individuals(tmp_path):
    counts = read_counts(put(tmp_path, "date,AFG,IND,PAK\n2031-02-10,240,110,9\n"), keep=False)
    assert table(counts) == {("AFG", FEB): 240, ("IND", FEB): 110, ("PAK", FEB): 9}
    for header in ("Site,Date,HH,Ind", "Site,Date,HH,No. of Ind.", "Site,Date,HH,Total Ind"):
        assert table(read_counts(put(tmp_path, f"{header}\nA,2031-02-10,240,1200\n"), keep=False)) == {("A", FEB): 1200}
    deep = [[None, "24 Feb 2031", None], ["Site", "HH", "Ind"], ["A", 240, 1200]]
    counts = read_counts(put(tmp_path, workbook({"S": deep}), "deep.xlsx"), keep=False)
    assert table(counts) == {("A", dt.date(2031, 2, 24)): 1200}


def test_columns_of_years_and_rounds_beside_columns_of_places_are_none(tmp_path):
    content = "date,year,round,Northcamp,Lakeside\n2031-02-10,2031,1,240,110\n2031-03-10,2031,2,1500,900\n"
    assert {place for place, _ in table(read_counts(put(tmp_path, content), keep=False))} == {"Northcamp", "Lakeside"}


@pytest.mark.parametrize(
    "said", ["TOTAL IDPs", "Total:", "Total*", "Total général", "Total general (2 sitios)", "Ensemble"]
)
def test_sums_of_all_are_held_against_what_was_read(tmp_path, said):
    counts = read_counts(
        put(tmp_path, f"Site,Date,Individuals\nA,2031-02-10,1200\nB,2031-02-10,800\n{said},2031-02-10,2000\n")
    )
    assert table(counts) == {("A", FEB): 1200, ("B", FEB): 800}
    assert [one.stated for one in counts.sums] == [2000]


@pytest.mark.parametrize("said", ["Subtotal Norte", "Sub-total: Norte", "Sous-total", "Total Norte"])
def test_sums_of_parts_are_no_places_and_no_totals(tmp_path, said):
    counts = read_counts(
        put(tmp_path, f"Site,Date,Individuals\nA,2031-02-10,1200\n{said},2031-02-10,1200\nB,2031-02-10,800\n")
    )
    assert table(counts) == {("A", FEB): 1200, ("B", FEB): 800}
    assert [one.stated for one in counts.sums] == [None]
    assert any("add up others are left out (first:" in note for note in counts.notes)


@pytest.mark.parametrize("name", ["Suma", "Ensemble", "Tous", "Todos"])
def test_totals_of_a_day_that_differ_are_said_and_none_is_compared(tmp_path, name):
    rows = f"A,2031-02-10,800\n{name},2031-02-10,400\nTotal,2031-02-10,1200\nA,2031-03-10,8\nTotal,2031-03-10,8\n"
    counts = read_counts(put(tmp_path, f"Site,Date,Individuals\n{rows}"), keep=False)
    assert [one.stated for one in counts.sums] == [None, 8]
    (note,) = counts.notes
    assert note.startswith("1 dates have totals that differ; none of them is compared, and none is taken for a place")
    assert note.endswith(f"(first: 2031-02-10, {name}, line 3: 400; Total, line 4: 1,200)")


MAR_ROWS = "A,2031-03-10,700\nB,2031-03-10,500\n"


@pytest.mark.parametrize(
    ("header", "rows", "place"),
    [
        # The others do not add up to it, and are more: a site.
        ("Site,Date,Individuals", "A,2031-02-10,800\nB,2031-02-10,300\nSuma,2031-02-10,400\n", True),
        # On one day they add up to it: a total, wrong on the other.
        ("Site,Date,Individuals", f"{MAR_ROWS}Suma,2031-03-10,1200\nA,2031-02-10,900\nSuma,2031-02-10,400\n", False),
        # They are fewer: a site is missing, or this is one; it stays a total, and is compared.
        ("Site,Date,Individuals", "A,2031-02-10,800\nSuma,2031-02-10,1400\n", False),
        # It has a code as sites have.
        ("Site,Pcode,Date,Individuals", "A,SS01,2031-02-10,800\nSuma,SS02,2031-02-10,1400\n", True),
    ],
)
def test_a_site_that_is_called_as_a_sum_is_one_where_that_can_be_told(tmp_path, header, rows, place):
    counts = read_counts(put(tmp_path, f"{header}\n{rows}"), keep=False)
    assert ("Suma" in {one.place for one in counts.rows}) is place
    assert any("Suma is taken for a place" in note for note in counts.notes) is place
    assert any(one.stated for one in counts.sums) is not place


def test_a_column_that_is_called_as_a_sum_too(tmp_path):
    content = "date,Ford,Mill,Suma\n2031-02-10,240,110,90\n2031-03-10,250,120,80\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert table(counts)["Suma", FEB] == 90
    added = read_counts(put(tmp_path, content.replace("90", "350").replace("80", "370")), keep=False)
    assert {one.place for one in added.rows} == {"Ford", "Mill"}
    assert [one.difference for one in added.sums] == [0, 0]


def test_totals_of_a_day_that_are_the_same_are_one(tmp_path):
    content = "Site,Date,Individuals\nA,2031-02-10,800\nTotal,2031-02-10,800\nGrand total,2031-02-10,800\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert [one.stated for one in counts.sums] == [800]
    assert counts.notes == ()


def test_columns_that_add_up_others_are_left_out_and_said(tmp_path):
    content = "date,Ford,Mill,Subtotal North,Total households,Total\n2031-02-10,240,110,350,70,350\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert table(counts) == {("Ford", FEB): 240, ("Mill", FEB): 110}
    assert "1 numbers that add up others are left out (first: Subtotal North, line 2)" in counts.notes


def test_a_place_whose_name_begins_like_a_total_stays(tmp_path):
    counts = read_counts(put(tmp_path, "Site,Date,Individuals\nTotalán,2031-02-10,1200\nStation Total,2031-02-10,8\n"))
    assert table(counts) == {("Totalán", FEB): 1200, ("Station Total", FEB): 8}


def test_a_round_whose_header_was_changed_is_read_as_well(tmp_path):
    rounds = {
        "Round 1": [["Site", "Date", "Individuals"], ["Gorom", "2031-02-10", 1200]],
        "Round 2": [["Site", "Date", "No. of individuals"], ["Gorom", "2031-03-10", 2500]],
        "Round 3": [["Region", "Site", "Date", "Individuals"], ["Sahel", "Gorom", "2031-04-10", 4100]],
        "Notes": [["All figures are provisional"], ["of the sites"]],
    }
    path = put(tmp_path, workbook(rounds), "rounds.xlsx")
    counts = read_counts(path)
    assert table(counts) == {("Gorom", FEB): 1200, ("Gorom", MAR): 2500, ("Gorom", APR): 4100}
    assert any(note.startswith("sheets of other columns are not read: Notes") for note in counts.notes)
    assert not mapping_path(path).exists()
    assert table(read_counts(path)) == table(counts)


@pytest.mark.parametrize(
    ("sheet", "head", "alike"),
    [
        ("Returnees", "returnees", False), ("Inhabitants", "population", False), ("Flows", "arrivals", False),
        ("Returnees", "idps", False), ("February", "IDP individuals", True),
    ],
)  # fmt: skip
def test_later_sheets_that_count_others_are_no_later_counts(tmp_path, sheet, head, alike):
    sheets = {
        "IDPs": [["site", "date", "idps"], ["A", "2031-02-10", 100]],
        sheet: [["site", "date", head], ["A", "2031-03-10", 900]],
    }
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), keep=False)
    first, other = "IDPs (site, date, idps)", f"{sheet} (site, date, {head})"
    if alike:
        assert table(counts) == {("A", FEB): 100, ("A", MAR): 900}
        assert f"sheets of other columns are read as one series: {first}, {other}" in counts.notes
    else:
        assert table(counts) == {("A", FEB): 100}
        assert f"sheets that count something else than {first} are not read: {other}" in counts.notes


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("IDPs", "Individuals", True), ("IDPs", "Persons", True), ("IDPs", "Displaced persons", True),
        ("Individuals", "Total", True), ("Individuos", "PDI", True), ("Refugees", "Refugiados", True),
        ("IDPs", "Refugees", False), ("Individuals", "Returnees", False), ("Individuals", "Population", False),
        ("Returnees", "Arrivals", False),
    ],
)  # fmt: skip
def test_rounds_are_one_series_where_their_columns_count_people_of_one_kind(tmp_path, one, other, alike):
    rounds = {
        "Round 1": [["Site", "Date", one], ["A", "2031-02-10", 700]],
        "Round 2": [["Site", "Date", other], ["A", "2031-03-10", 900]],
    }
    counts = read_counts(put(tmp_path, workbook(rounds), "a.xlsx"), keep=False)
    assert (table(counts) == {("A", FEB): 700, ("A", MAR): 900}) is alike
    if not alike:
        assert table(counts) == {("A", FEB): 700}
        assert any(note.startswith("sheets that count something else") for note in counts.notes)


@pytest.mark.parametrize(
    ("one", "other", "column", "alike"),
    [
        ("IDPs", "Individuals", "Individuals", True), ("IDPs", "March", "Individuals", True),
        ("IDPs", "Returnees", "Individuals", False), ("Round 1", "Returnees", "Individuals", False),
        ("IDPs", "Individuals", "2031-03-10", True), ("IDPs", "March", "2031-03-10", True),
        ("IDPs", "Returnees", "2031-03-10", False),
    ],
)  # fmt: skip
def test_names_of_sheets_with_the_same_columns_part_those_who_are_of_another_kind(tmp_path, one, other, column, alike):
    first = "Date" if column == "Individuals" else "2031-02-10"
    sheets = {
        sheet: [["Site", first, column], [place, "2031-02-10" if first == "Date" else 7, 9]]
        for sheet, place in ((one, "A"), (other, "B"))
    }
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), keep=False)
    assert {row.place for row in counts.rows} == ({"A", "B"} if alike else {"A"})


def test_inhabitants_in_a_first_sheet_are_not_taken_for_the_displaced_of_a_later_one(tmp_path):
    sheets = {
        "Base": [["site", "date", "population"], ["A", "2031-02-10", 9000]],
        "IDPs": [["site", "date", "idps"], ["A", "2031-03-10", 100]],
    }
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), keep=False)
    assert table(counts) == {("A", MAR): 100}
    note = "sheets that count something else than IDPs (site, date, idps) are not read: Base (site, date, population)"
    assert note in counts.notes


@pytest.mark.parametrize("open_first", [False, True])
@pytest.mark.parametrize("head", ["Site", "Camp"])
def test_days_that_one_sheet_leaves_open_are_read_as_the_others_are(tmp_path, open_first, head):
    sheets = {
        "R1": [["Site", "Date", "Individuals"], ["A", "13/01/2031", 700]],
        "R2": [[head, "Date", "Individuals"], ["A", "10/02/2031", 800]],
    }
    if open_first:
        sheets = dict(reversed(sheets.items()))
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), keep=False)
    assert table(counts) == {("A", dt.date(2031, 1, 13)): 700, ("A", FEB): 800}
    assert not any("not read" in note for note in counts.notes)


@pytest.mark.parametrize("others", [["2031-01-13"], ["05/05/2031"], ["13/01/2031"] * 2])
def test_days_that_no_sheet_decides_are_refused_by_that_reason(tmp_path, others):
    sheets = {"R1": [["Site", "Date", "Individuals"], *(["A", other, 700] for other in others)]}
    if len(others) > 1:
        sheets["R3"] = [["Location", "Date", "Individuals"], ["A", "01/14/2031", 9]]
    sheets["R2"] = [["Camp", "Date", "Individuals"], ["A", "10/02/2031", 800]]
    with pytest.raises(InputError, match=r"sheet R2, column Date: '10/02/2031' .* nothing in the column says so"):
        read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), keep=False)


def test_a_summary_of_the_same_days_is_not_counted_once_more_and_said(tmp_path):
    sheets = {
        "Detail": [["Site", "Date", "Individuals"], ["A", "2031-02-10", 700], ["B", "2031-02-10", 500]],
        "Summary": [["Region", "Date", "Individuals"], ["North", "2031-02-10", 1200]],
    }
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"))
    assert table(counts) == {("A", FEB): 700, ("B", FEB): 500}
    assert "sheets of other columns are not read: Summary" in counts.notes


def test_sheets_that_a_kept_mapping_leaves_are_named(tmp_path):
    sheets = {
        "1": [["Site", "Date", "Individuals"], ["A", "2031-02-10", 700]],
        "2": [["Sitio", "Fecha", "Personas"], ["A", "2031-03-10", 900]],
    }
    mapping = {"header_row": 1, "place": "Site", "date": "Date", "persons": "Individuals"}
    counts = read_counts(put(tmp_path, workbook(sheets), "a.xlsx"), mapping=mapping)
    assert table(counts) == {("A", FEB): 700}
    assert "sheets of other columns are not read: 2" in counts.notes


def test_days_that_a_spreadsheet_took_for_months_are_not_taken_for_months(tmp_path):
    rows = [["A", dt.date(2031, 10, 2), 700], ["A", "24/02/2031", 800], ["A", dt.date(2031, 10, 3), 900]]
    path = put(tmp_path, workbook({"S": [["Site", "Date", "Individuals"], *rows]}), "a.xlsx")
    with pytest.raises(InputError, match="as if the day had been taken for the month"):
        read_counts(path, keep=False)
    given = {"header_row": 1, "place": "Site", "date": "Date", "persons": "Individuals"}
    for order in ("day first", "month first"):
        with pytest.raises(InputError, match="type them again as text") as raised:
            read_counts(path, mapping={**given, "date_order": order})
        assert "date_order" not in str(raised.value)
    again = [["A", "2031-02-10", 700], ["A", "2031-02-24", 800], ["A", "2031-03-10", 900]]
    path = put(tmp_path, workbook({"S": [["Site", "Date", "Individuals"], *again]}), "a.xlsx")
    assert table(read_counts(path)) == {("A", FEB): 700, ("A", dt.date(2031, 2, 24)): 800, ("A", MAR): 900}


def test_codes_that_lost_their_noughts_are_of_the_same_place_and_others_are_not(tmp_path):
    content = (
        "Municipio,admin2Pcode,Fecha,Personas\nCentro,07005,2031-02-10,700\nCentro,7005,2031-02-10,50\n"
        "Centro,27004,2031-02-10,900\n"
    )
    counts = read_counts(put(tmp_path, content), keep=False)
    assert [(row.code, row.persons) for row in counts.rows] == [("27004", 900), ("07005", 750)]


def test_codes_of_noughts_alone_are_codes(tmp_path):
    content = "Municipio,admin2Pcode,Fecha,Personas\nCentro,0,2031-02-10,700\nCentro,7,2031-02-10,50\n"
    counts = read_counts(put(tmp_path, content), keep=False)
    assert [(row.code, row.persons) for row in counts.rows] == [("0", 700), ("7", 50)]


def test_who_filled_a_form_in_is_not_taken(tmp_path):
    with pytest.raises(InputError, match="'username'"):
        read_counts(put(tmp_path, "today,username,site,individuals\n2031-02-10,x,A,700\n"), keep=False)
