"""Reports as hands type them at night: read right, refused in a line, or doubted at once; never another figure."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from tests.importers.counts.layouts import workbook
from tests.operation.test_commands import call, reports

import caravana as cv
from caravana.errors import ScenarioError, UsageError
from caravana.operation.figures import read_figure


def observe(folder, *words):
    return call("observe", folder, *words)[1]


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("4500", (4500, 4500)),
        (" 4.500 - 5,000 ", (4500, 5000)),
        (">4000", (4000, None)),
        ("<6 000", (None, 6000)),
        ("≥1500", (1500, None)),
        ("unos 2 mil", (2000, 2000)),
        ("Aproximadamente 1,5 mil personas", (1500, 1500)),
        ("2 mil 500", (2500, 2500)),
        ("más de 1.500", (1500, None)),
        ("up to 900 people", (None, 900)),
        ("entre 1500 y 2.500", (1500, 2500)),
        ("de 2 a 3 mil", (2000, 3000)),
        ("900-1 mil", (900, 1000)),
        ("2k", (2000, 2000)),
        ("más de mil", (1000, None)),
        ("mil 200", (1200, 1200)),
        ("un mil", (1000, 1000)),
        ("about a thousand people", (1000, 1000)),
        ("entre mil y dos", None),
        ("entre mil y 1.500", (1000, 1500)),
        ("k", None),
        ("un", None),
        ("2.5", None),
        ("2.500 mil", None),
        ("-5", None),
        ("2000?", None),
        ("1e3", None),
        ("1_000", None),
        ("muchos", None),
        ("4500³", None),
        ("²", None),
        ("2 mil¹", None),
        ("4500₂", None),
        ("½", None),
        ("\uff14\uff15\uff10\uff10", (4500, 4500)),
    ],
)
def test_figures_are_read_as_they_are_said(said, figure):
    assert read_figure(said) == figure


def rows_of(folder, content, tmp_path, name="rows.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = json.loads(call("observe", folder, "--from", str(path), "--json")[0])
    low = {row["date"].day: row["low"] for row in reports(folder).to_dict("records")}
    return low, {one["line"]: one["why"] for one in done["not_used"]}


HEAD = "date;place;kind;low;high\n"


def test_thousands_of_a_file_are_no_thousandths(folder, tmp_path):
    low, why = rows_of(folder, HEAD + "2023-12-25;Huixtla;headcount;2.000;2.500\n", tmp_path)
    assert not low
    assert "2000 if the dot is one of thousands" in why[2]
    mixed = HEAD + "2023-12-25;Huixtla;headcount;2.000;2.000\n2023-12-26;Huixtla;headcount;1234.5;1234.5\n"
    low, why = rows_of(folder, mixed, tmp_path)
    assert not low
    assert sorted(why) == [2, 3]
    telling = HEAD + "2023-12-25;Huixtla;headcount;2.000;2.500\n2023-12-26;Huixtla;total_count;1.002.000;1.002.000\n"
    assert rows_of(folder, telling, tmp_path) == ({25: 2000, 26: 1_002_000}, {})


def test_what_spreadsheets_and_hands_do_to_a_file_is_read(folder, tmp_path):
    low, why = rows_of(
        folder,
        b"\xef\xbb\xbf" + b"Date;Place;Kind;Low;High;\n25/12/2023;HUIXTLA ;headcount;1 800;1 800;\n\n"
        b"26/12/2023;villa comaltitlan;headcount;unos 2 mil;2,5 mil;\n;;;;;\n",
        tmp_path,
    )
    assert (low, why) == ({25: 1800, 26: 2000}, {})


def test_a_workbook_and_another_encoding_are_read_and_said(folder, tmp_path):
    sheet = [["date", "place", "kind", "low"], [dt.date(2024, 2, 29), "Huixtla", "headcount", 2000]]
    assert rows_of(folder, workbook({"S": sheet}), tmp_path, "rows.xlsx") == ({29: 2000}, {})
    path = tmp_path / "latin.csv"
    path.write_bytes("date,place,kind,low\n2024-01-01,Juchitán,headcount,900\n".encode("cp1252"))
    assert "Windows-1252" in observe(folder, "--from", str(path))
    assert len(reports(folder)) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2023-12-25,Huixtla,headcount,2,500", "'500' stands beyond the last column"),
        ("2023-12-25,Huixtla,headcount,nan", "column low, value 'nan': expected a number"),
        ("2023-12-25,Huixtla,headcount,1_000", "expected a number"),
        ("2023-12-25,Huixtla,headcount,2.5", "expected a number of people"),
        ("2023-02-29,Huixtla,headcount,900", "column date, value '2023-02-29'"),
        (",Huixtla,headcount,900", "column date"),
        ("Jan 2024,Huixtla,headcount,900", "'Jan 2024': expected a day, not a month alone"),
        ("2024-01-01,Huixtla,headcount,4500³", "expected a number"),
        ("2024-01,Huixtla,headcount,900", "expected a day, not a month alone"),
    ],
)
def test_what_cannot_be_is_named(folder, tmp_path, row, why):
    low, said = rows_of(folder, f"date,place,kind,low\n{row}\n", tmp_path)
    assert not low
    assert why in said[2]


def test_a_day_that_may_be_a_month_is_asked_about(folder, tmp_path):
    with pytest.raises(ScenarioError, match=r"rows\.csv line 2, column date: 05/01/2024"):
        rows_of(folder, "date,place,kind\n05/01/2024,Huixtla,position\n", tmp_path)


def test_all_that_is_wrong_with_the_days_of_a_row_is_named_at_once(folder, tmp_path):
    low, why = rows_of(folder, "date,place,kind,low,known_on\n2024-02-30,Huixtla,headcount,9,2024-03\n", tmp_path)
    assert not low
    assert "column date, value '2024-02-30'" in why[2]
    assert "column known_on, value '2024-03': expected a day, not a month alone" in why[2]


def test_days_that_may_be_months_are_asked_about_in_both_columns_at_once(folder, tmp_path):
    with pytest.raises(ScenarioError, match=r"(?s)column date: 05/01/2024.+column known_on: 06/01/2024"):
        rows_of(folder, "date,place,kind,known_on\n05/01/2024,Huixtla,position,06/01/2024\n", tmp_path)


def test_every_sheet_of_reports_is_read_and_the_others_are_named(folder, tmp_path):
    head = ["date", "place", "kind", "low"]
    sheets = {
        "README": [["How to fill this in"], ["One row a report"]],
        "December": [head, ["2023-12-25", "Huixtla", "headcount", 2000]],
        "January": [head, ["2024-01-03", "Huixtla", "headcount", 1800], ["2024-01", "Huixtla", "headcount", 1700]],
    }
    low, why = rows_of(folder, workbook(sheets), tmp_path, "rows.xlsx")
    assert low == {25: 2000, 3: 1800}
    assert why[3].startswith("sheet January: column date")
    said = call("observe", folder, "--from", str(tmp_path / "rows.xlsx"), "--lang", "es")[1]
    assert "no se leen las hojas con otras columnas: README" in said
    assert "hoja January" in said


def test_what_is_wrong_with_the_headers_of_several_sheets_is_told_at_once(folder, tmp_path):
    heads = {"one": "one", "two": "kind"}
    sheets = {name: [["date", "kind", head], ["2023-12-25", "position", "x"]] for name, head in heads.items()}
    with pytest.raises(ScenarioError, match=r"(?s)sheet one line 1, column one.+sheet two line 1, column kind"):
        rows_of(folder, workbook(sheets), tmp_path, "rows.xlsx")


def test_sides_are_named_in_the_language_of_the_planner(folder):
    call("observe", folder, "huixtla", "--on", "2023-12-25", "--persons", "900", "--by", "Autoridades", "--lang", "es")
    assert set(reports(folder)["side"]) == {"authorities"}


def test_a_nought_too_many_a_leap_and_an_end_are_doubted_at_once(folder):
    assert "look at" not in observe(folder, "huixtla", "--on", "2023-12-25", "--persons", "2000")
    assert "10 times 2023-12-25-headcount-1" in observe(folder, "huixtla", "--on", "2023-12-26", "--persons", "20000")
    assert "10 times less than 2023-12-25" in observe(
        folder, "huixtla", "--on", "2023-12-26", "--persons", "200", "--no-night"
    )
    assert "walk in no caravan on record (10,000 at most)" in observe(
        folder, "huixtla", "--on", "2024-02-29", "--persons", "20000000"
    )
    assert "beyond Huixtla" in observe(folder, "juchitan", "--on", "2023-12-27")
    assert "back from" in observe(folder, "tapachula", "--on", "2023-12-28")
    said = observe(folder, "huixtla", "--on", "2023-12-28", "--ended", "buses")
    assert "2024-02-29-position-1 tells of it on 2024-02-29, after this end" in said
    said = observe(folder, "tonala", "--on", "2023-12-31", "--persons", "1900")
    assert "withdraw that (--withdraw 2023-12-28-ended-1)" in said
    observe(folder, "--withdraw", "2023-12-28-ended-1")
    assert "ended" not in observe(folder, "tonala", "--on", "2024-01-01", "--persons", "1900")


def test_a_leap_is_told_from_where_the_night_was(folder):
    observe(folder, "tapachula", "--km-past", "200", "--on", "2023-12-25")
    said = observe(folder, "tapachula", "--on", "2023-12-26")
    assert (
        "200 km back from 200 km past Tapachula de Córdova y Ordóñez, where 2023-12-25-position-1 has the night" in said
    )


def test_a_night_elsewhere_is_contradicted_by_name(folder):
    observe(folder, "tapachula", "--km-past", "200", "--on", "2023-12-25")
    said = observe(folder, "huixtla", "--on", "2023-12-25")
    assert "km away, at 200 km past Tapachula de Córdova y Ordóñez" in said


def test_of_several_ends_the_latest_is_named(folder):
    observe(folder, "huixtla", "--on", "2023-12-30", "--ended", "buses")
    observe(folder, "huixtla", "--on", "2023-12-28", "--ended", "papers")
    said = observe(folder, "tonala", "--on", "2023-12-31", "--persons", "1900")
    assert "2 reports say that it ended, the last of them 2023-12-30-ended-1, on 2023-12-30" in said
    said = observe(folder, "tonala", "--on", "2023-12-29", "--persons", "1900")
    assert "2023-12-28-ended-1 says that it ended on 2023-12-28" in said


def test_a_range_from_nought_is_doubted_by_its_middle(folder):
    observe(folder, "huixtla", "--on", "2023-12-25", "--persons", "2000")
    said = observe(folder, "huixtla", "--on", "2023-12-26", "--persons", "0-90000", "--no-night")
    assert "45,000 walk in no caravan on record" in said
    said = observe(folder, "huixtla", "--on", "2023-12-26", "--persons", "0-4000", "--no-night")
    assert "look at" not in said


def test_nobody_is_no_headcount(folder, tmp_path):
    with pytest.raises(UsageError, match="nobody is no headcount"):
        call("observe", folder, "huixtla", "--on", "2023-12-26", "--persons", "0")
    assert rows_of(folder, HEAD + "2023-12-25;Huixtla;headcount;0;0\n", tmp_path)[0] == {}


def test_nobody_is_past_the_end_of_the_road(folder):
    assert "recorded" in observe(folder, "huixtla", "--km-past", "27,5", "--on", "2023-12-25")
    assert reports(folder)["km_past"].tolist() == [27.5]
    with pytest.raises(UsageError, match="2750 km beyond huixtla: the road ends"):
        call("observe", folder, "huixtla", "--km-past", "2750", "--on", "2023-12-26")


@pytest.fixture
def two(tmp_path):
    scenario = cv.load_scenario("tapachula-2021-11-18")
    (first,) = scenario.caravans[:1]
    second = first.model_copy(update={"id": "second", "name": "Second"})
    both = scenario.model_copy(update={"name": "two", "caravans": (first, second)})
    cv.write_scenario(both, tmp_path / "two")
    call("new", str(tmp_path / "op"), "--scenario", str(tmp_path / "two"))
    return str(tmp_path / "op")


def test_a_caravan_that_is_not_there_is_refused_and_two_do_not_contradict_each_other(two, tmp_path):
    last = max(reports(two)["date"])
    day, later = ("--on", str(last + dt.timedelta(1))), last + dt.timedelta(2)
    with pytest.raises(UsageError, match=r"no caravan 'secnd' in two .did you mean '?second"):
        call("observe", two, "huixtla", *day, "--persons", "90", "--caravan", "secnd")
    assert "contradicts" not in observe(two, "tapachula", *day, "--persons", "300", "--caravan", "second")
    assert "contradicts" not in observe(two, "mapastepec", *day, "--persons", "2000")
    assert "contradicts" in observe(two, "tapachula", *day, "--persons", "900", "--caravan", "second")
    path = tmp_path / "rows.csv"
    path.write_text(f"caravan,date,place,kind,low,high\nsecond,{later},huixtla,headcount,300,300\n")
    assert "of another caravan (second)" in observe(two, "--from", str(path))
    assert "1 taken" in observe(two, "--from", str(path), "--caravan", "second")
    assert reports(two).query("date == @at", local_dict={"at": later})["caravan"].tolist() == ["second"]


@pytest.mark.parametrize("rows", ["date,place,kind,low\n", "caravan,date,place,kind,low\n"])
def test_a_mistyped_caravan_takes_no_file_into_the_first(two, tmp_path, rows):
    before, day = reports(two), max(reports(two)["date"]) + dt.timedelta(1)
    path = tmp_path / "rows.csv"
    path.write_text(rows + "second," * rows.startswith("caravan") + f"{day},huixtla,headcount,300\n")
    with pytest.raises(UsageError, match=r"no caravan 'secnd' in two .did you mean '?second"):
        call("observe", two, "--from", str(path), "--caravan", "secnd")
    assert len(reports(two)) == len(before)
    path.write_text(f"caravan,date,place,kind,low\nsecnd,{day},huixtla,headcount,300\n")
    assert "1 taken" in observe(two, "--from", str(path), "--caravan", "secnd")


def test_an_exact_figure_of_one_end_contradicts_another(folder, tmp_path):
    head = "date,place,kind,low,high,qualifier\n"
    rows_of(folder, head + "2023-12-25,Huixtla,headcount,4500,,exact\n", tmp_path)
    assert reports(folder)["high"].tolist() == [4500]
    assert "contradicts" in observe(folder, "huixtla", "--on", "2023-12-25", "--persons", "6000", "--no-night")


def test_a_log_beside_the_reports_refuses_none_of_them(folder, tmp_path):
    reported = [["date", "place", "kind", "low"], ["2023-12-25", "Huixtla", "headcount", 2000]]
    log = [["date", "kind", "remark"], ["2023-12-26", "call", "nobody answered"]]
    low, why = rows_of(folder, workbook({"reports": reported, "log": log}), tmp_path, "rows.xlsx")
    assert (low, why) == ({25: 2000}, {})
    assert "not read: log" in observe(folder, "--from", str(tmp_path / "rows.xlsx"))


def test_dates_are_read_sheet_by_sheet_and_only_open_ones_as_the_others(folder, tmp_path):
    head = ["date", "place", "kind", "low"]
    sheets = {
        "cells": [head, [dt.date(2024, 1, 2), "Huixtla", "headcount", 2]],
        "text": [head, ["25/12/2023", "Huixtla", "headcount", 25]],
        "open": [head, ["07/01/2024", "Huixtla", "headcount", 7]],
    }
    assert rows_of(folder, workbook(sheets), tmp_path, "rows.xlsx") == ({2: 2, 25: 25, 7: 7}, {})
    sheets["text"][1][0] = "01/01/2024"
    with pytest.raises(ScenarioError, match="sheet open line 2, column date: 07/01/2024"):
        rows_of(folder, workbook(sheets), tmp_path, "more.xlsx")


def test_a_log_before_the_reports_refuses_none_of_them_and_a_mistyped_sheet_is_refused(folder, tmp_path):
    log = [["date", "kind", "remark"], ["2023-12-26", "call", "nobody answered"]]
    reported = [["date", "place", "kind", "low"], ["2023-12-25", "Huixtla", "headcount", 2000]]
    assert rows_of(folder, workbook({"log": log, "reports": reported}), tmp_path, "rows.xlsx") == ({25: 2000}, {})
    mistyped = [["date", "plcae", "kind", "low"], ["2023-12-26", "Huixtla", "headcount", 2000]]
    for sheets in ({"one": mistyped, "two": reported}, {"one": reported, "two": mistyped}):
        with pytest.raises(ScenarioError, match="column plcae"):
            rows_of(folder, workbook(sheets), tmp_path, "more.xlsx")


@pytest.mark.parametrize(
    ("words", "lang", "offered"),
    [
        (("--by", "agncy"), "en", "(did you mean 'agency'?)"),
        (("--by", "organizadore"), "es", "(¿quiso decir 'organizadores'?)"),
        (("--by", "agncy"), "es", "(¿quiso decir 'agencia'?)"),
        (("--kind", "headcout", "--value", "3"), "en", "(did you mean 'headcount'?)"),
    ],
)
def test_a_mistyped_side_or_kind_is_offered_the_nearest(folder, words, lang, offered):
    with pytest.raises(UsageError) as refused:
        call("observe", folder, "--on", "2023-12-25", "--persons", "900", *words, "--lang", lang)
    assert offered in str(refused.value)
    with pytest.raises(UsageError, match=r"side 'zz': expected one of"):
        call("observe", folder, "--on", "2023-12-25", "--persons", "900", "--by", "zz")
