"""Each format as its own readers want it."""

import csv
import datetime as dt
import io
import json
import re
import struct
import subprocess
import zipfile
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.made.commands import quick_command

from caravana.errors import UsageError
from caravana.exports.export import FORMATS, Format, export_run
from caravana.exports.geo import wkb_point
from caravana.exports.sheets import readme
from caravana.exports.tables import HXL, internal_export


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Every format for both audiences, by (format, audience)."""
    folder = tmp_path_factory.mktemp("written")
    return {
        (chosen, audience): export_run(run, format=chosen, audience=audience, path=folder / f"{audience}{one.ending}")
        for chosen, one in FORMATS.items()
        for audience in ("internal", "public")
    }


@pytest.fixture(scope="module")
def people(run):
    return internal_export(run).tables["people"]


def read_csv(path, name="people.csv"):
    with (path / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def sheet_texts(path):
    """The strings of a workbook."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/sharedStrings.xml").decode()
        return re.findall(r"<t[^>]*>([^<]*)</t>", xml), archive.namelist()


def test_the_people_table_is_the_runs_own(run, people):
    day, place = dt.date(2021, 10, 25), "tapachula"
    waiting = run.query(
        "SELECT member, SUM(persons) AS n FROM people WHERE CAST(status AS VARCHAR) = 'waiting' "
        f"AND CAST(place AS VARCHAR) = '{place}' AND day = DATE '{day}' GROUP BY member"
    )["n"].to_numpy()
    padded = np.concatenate([waiting, np.zeros(len(run.member_ids) - len(waiting))])
    row = people[
        (people["reference_period_start"] == day) & (people["place_code"] == place) & (people["status"] == "waiting")
    ]
    wanted = np.quantile(padded, (0.05, 0.5, 0.95), method="inverted_cdf")
    assert row[["persons_low", "persons_median", "persons_high"]].to_numpy()[0] == pytest.approx(wanted)
    assert row["persons_mean"].iloc[0] == pytest.approx(padded.mean())


def test_those_in_a_caravan_are_where_it_sleeps(run, people):
    total = run.query("SELECT SUM(persons) AS n FROM caravans WHERE active AND day = DATE '2021-10-25'")["n"][0]
    rows = people[(people["reference_period_start"] == dt.date(2021, 10, 25)) & (people["status"] == "in_caravan")]
    # Stops of fewer than one in fifty members are left out.
    assert rows["persons_mean"].sum() <= total / len(run.member_ids) + 1e-9
    assert rows["persons_mean"].sum() > 0.85 * total / len(run.member_ids)


def test_geojson_is_as_rfc_7946_has_it(written, people):
    content = json.loads(written["geojson", "internal"].read_text(encoding="utf-8"))
    assert content["type"] == "FeatureCollection"
    assert "crs" not in content
    assert len(content["bbox"]) == 4
    assert len(content["features"]) == len(people)
    for feature in content["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        if feature["geometry"] is not None:
            lon, lat = feature["geometry"]["coordinates"]
            assert feature["geometry"]["type"] == "Point"
            assert -118 < lon < -86
            assert 13 < lat < 33
    first = content["features"][0]["properties"]
    assert first["reference_period_start"] == "2021-10-23"
    assert isinstance(first["persons_median"], int)


def test_geoparquet_has_its_metadata_and_points_that_decode(written, people):
    path = written["geoparquet", "internal"]
    with duckdb.connect() as connection:
        pairs = connection.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
        metadata = {k.decode(): v.decode() for k, v in pairs}
        geo = json.loads(metadata["geo"])
        rows = connection.execute(f"SELECT CAST(geometry AS BLOB), latitude, longitude FROM '{path}'").fetchall()
        schema = connection.execute(f"SELECT type FROM parquet_schema('{path}') WHERE name = 'geometry'").fetchall()
    assert geo["version"] == "1.1.0"
    assert geo["columns"][geo["primary_column"]]["encoding"] == "WKB"
    assert schema == [("BYTE_ARRAY",)]
    assert len(rows) == len(people)
    for blob, lat, lon in rows[:50]:
        order, kind, x, y = struct.unpack("<BIdd", bytes(blob))
        assert (order, kind, x, y) == (1, 1, lon, lat)


def test_a_point_in_well_known_binary():
    assert wkb_point(-92.5, 15.25).hex() == "0101000000" + struct.pack("<dd", -92.5, 15.25).hex()


def test_netcdf_opens_and_has_the_same_numbers(written, people):
    with xr.open_dataset(written["netcdf", "internal"], engine="scipy") as cube:
        names = dict(zip(people["place_code"], people["place_name"], strict=True))
        assert [names[p] for p in cube["place"].to_numpy()] == list(cube["place_name"].to_numpy())
        row = people[(people["status"] == "waiting") & (people["place_code"] == "tapachula")].iloc[3]
        at = {"place": "tapachula", "status": "waiting", "day": np.datetime64(row["reference_period_start"], "ns")}
        assert float(cube["persons"].sel(quantile=0.5, **at)) == row["persons_median"]
        assert cube["persons"].attrs["units"] == "persons"
        assert cube.attrs["Conventions"].startswith("CF-")
        assert "do not publish" in cube.attrs["comment"]
        assert float(cube["lat"].sel(place="tapachula")) == pytest.approx(14.911, abs=0.01)


def test_withheld_cells_are_missing_in_netcdf_not_nought(written):
    rows = read_csv(written["csv", "public"])
    hidden = next(r for r in rows if r["withheld"] == "True")
    with xr.open_dataset(written["netcdf", "public"], engine="scipy") as cube:
        place = f"{hidden['admin1_name']}, {hidden['admin2_name']}"
        day = np.datetime64(hidden["reference_period_start"], "ns")
        assert np.isnan(cube["persons"].sel(place=place, status=hidden["status"], day=day)).all()


def test_public_formats_hold_the_same_cells(written):
    rows = read_csv(written["csv", "public"])
    features = json.loads(written["geojson", "public"].read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["persons_median"] for f in features] == [
        int(r["persons_median"]) if r["persons_median"] else None for r in rows
    ]
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT persons_high FROM '{written['geoparquet', 'public']}'").fetchnumpy()[
            "persons_high"
        ]
    given = [float(r["persons_high"]) if r["persons_high"] else np.nan for r in rows]
    np.testing.assert_array_equal(np.ma.filled(np.ma.asarray(found, dtype=float), np.nan), given)


def test_the_workbook_explains_itself(run, written):
    texts, names = sheet_texts(written["xlsx", "internal"])
    assert len([n for n in names if n.startswith("xl/worksheets/sheet")]) == 7
    joined = "\n".join(texts)
    for wanted in ("INTERNAL", "COLUMNS AND UNITS", "SOURCES OF THE SCENARIO", "p-code", "MX07089", run.scenario.title):
        assert wanted in joined


def test_the_readme_is_in_the_language_asked_for_and_what_programs_read_is_not(run, written, tmp_path):
    for audience, mark in (("internal", "INTERNO: no publicar."), ("public", "PÚBLICO: solo días hasta el ")):
        folder = export_run(run, format="csv", audience=audience, language="es", path=tmp_path / audience)
        text = (folder / "README.txt").read_text("utf-8")
        for wanted in (mark, "COLUMNAS Y UNIDADES", "FUENTES DEL ESCENARIO", "persons_low: personas, el 5%", " filas)"):
            assert wanted in text
        assert not re.findall(r"\b(?:the|simulations|rows|seed|of)\b", text.split("FUENTES")[0])
        for table in written["csv", audience].glob("*.csv"):
            assert (folder / table.name).read_bytes() == table.read_bytes()
    again = export_run(run, format="netcdf", language="es", path=tmp_path / "again.nc")
    assert again.read_bytes() == written["netcdf", "internal"].read_bytes()
    book = export_run(run, format="xlsx", language="es", path=tmp_path / "es.xlsx")
    texts = sheet_texts(book)[0]
    assert {"TABLAS", "7,5 litros al día por persona", "litros al día", "personas"} <= set(texts)
    assert not [text for text in texts if "per person" in text or text == "litres a day"]


def test_assessments_by_area_are_told_in_the_readme(run):
    export = internal_export(run)
    tables = {**export.tables, "areas": export.tables["places"], "mine": export.tables["places"]}
    lines = readme(replace(export, tables=tables))
    assert any(line.startswith("areas: Assessments of the displaced") for line in lines)
    assert any(line.startswith("mine: mine (") for line in lines)


def test_headers_are_plain_and_tags_come_on_request(run, tmp_path):
    plain = export_run(run, format="csv", path=tmp_path / "plain")
    tagged = export_run(run, format="csv", path=tmp_path / "tagged", hxl=True)
    head = (plain / "people.csv").read_text(encoding="utf-8").splitlines()
    assert head[0].startswith("location_code,admin1_name,admin2_code,admin2_name,place_code")
    assert "#" not in head[1]
    second = next(csv.reader(io.StringIO((tagged / "people.csv").read_text(encoding="utf-8").splitlines()[1])))
    assert second[2] == "#adm2+code"
    assert all(tag.startswith("#") for tag in second)
    assert (tagged / "people.csv").read_text(encoding="utf-8").splitlines()[2:] == head[1:]


def test_every_column_has_a_tag(run):
    missing = {c for frame in internal_export(run).tables.values() for c in frame.columns} - set(HXL)
    assert not missing


def test_the_same_run_gives_the_same_bytes(run, written, tmp_path):
    for chosen in ("xlsx", "geojson", "netcdf"):
        again = export_run(run, format=chosen, path=tmp_path / f"again{FORMATS[chosen].ending}")
        assert again.read_bytes() == written[chosen, "internal"].read_bytes()


def test_the_order_of_rows_is_not_left_to_the_database(run, monkeypatch):
    # Without ORDER BY rows come as its threads finish: most places of a night are as likely as some other.
    query, seed = type(run).query, iter(range(10_000))
    plain = internal_export(run).tables
    monkeypatch.setattr(
        type(run), "query",
        lambda self, sql: query(self, sql).sample(frac=1.0, random_state=next(seed)).reset_index(drop=True),
    )  # fmt: skip
    shuffled = internal_export(run).tables
    for name in ("people", "caravans", "flows"):
        pd.testing.assert_frame_equal(plain[name], shuffled[name])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"format": "pdf"}, "format 'pdf'"),
        ({"format": "csv", "audience": "everybody"}, "audience 'everybody'"),
        ({"format": "geojson", "hxl": True}, "HXL row"),
    ],
)
def test_what_cannot_be_exported_is_said(run, arguments, told):
    with pytest.raises(UsageError, match=told):
        export_run(run, **arguments)


def test_a_format_from_outside_is_a_row_of_the_table(run, tmp_path):
    def write_names(export, path):
        path.write_text("\n".join(export.tables), encoding="utf-8")
        return path

    formats = {**FORMATS, "names": Format(".txt", write_names)}
    path = export_run(run, format="names", formats=formats, path=tmp_path / "names.txt")
    assert path.read_text(encoding="utf-8").splitlines()[0] == "people"
    assert export_run(run, format="names", formats=formats) == run.path / "export-internal.txt"
    with pytest.raises(UsageError, match=r"expected one of xlsx, csv, geojson, geoparquet, netcdf$"):
        export_run(run, format="names")
    with pytest.raises(UsageError, match="an HXL row goes with xlsx and csv, not with names"):
        export_run(run, format="names", formats=formats, hxl=True)


def test_the_command_names_its_audience_in_the_file(run):
    done = subprocess.run(
        [quick_command(), "export", run.path, "--format", "geojson"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout == ""
    path = run.path / "export-internal.geojson"
    assert path.exists()
    path.unlink()


def test_needs_as_json_and_as_a_spreadsheet_with_live_formulas(run, tmp_path):
    (tmp_path / "stock.csv").write_text("item,place,quantity,unit,lead_days\nwater,,20000,litres,0\n", encoding="utf-8")
    command = [quick_command(), "needs", run.path, "--origin", "2021-10-30", "--stock", tmp_path / "stock.csv"]
    command += ["--out", tmp_path / "n.xlsx", "--lang", "es", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["days"] == ["2021-10-31", "2021-11-01", "2021-11-02"]
    assert {r["item"] for r in told["by_day"]} >= {"water", "food", "shelter", "toilets", "health_staff"}
    assert {r["group"] for r in told["people"]} >= {"caravan", "settlement"}
    assert all(0 <= r["chance_short"] <= 1 for r in told["by_day"] + told["by_place"])
    texts, _ = sheet_texts(tmp_path / "n.xlsx")
    assert "agua" in texts
    with zipfile.ZipFile(tmp_path / "n.xlsx") as archive:
        formulas = "".join(archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n)
    assert formulas.count("<f>") > 100
    assert "SUMPRODUCT" in formulas


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--origin", "yesterday"], 2),
        (["--origin", "2021-10-30", "--days", "0"], 2),
        (["--origin", "2021-10-30", "--sure", "1.5"], 2),
        (["--origin", "2021-10-30", "--at", "atlantis"], 2),
        (["--origin", "2021-10-30", "--lang", "fr"], 2),
        (["--origin", "2021-10-30", "--stock", "none.csv"], 2),
        (["--origin", "2020-01-01"], 2),
    ],
)
def test_wrong_requests_end_with_one_message(run, arguments, status):
    done = subprocess.run([quick_command(), "needs", run.path, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_no_cell_of_a_csv_file_is_run_by_a_spreadsheet(run, tmp_path, monkeypatch, audience):
    names = ["=1+1", "+cmd", "-1+1", "@SUM(1+1)", "\t=1", "\r=1"]
    places = tuple(
        p.model_copy(update=dict.fromkeys(("name", "municipality", "state"), names[n % 6]))
        for n, p in enumerate(run.scenario.places)
    )
    monkeypatch.setattr(run, "scenario", run.scenario.model_copy(update={"places": places}))
    path = export_run(run, format="csv", audience=audience, path=tmp_path / "out")
    for file in path.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            cells = [cell for row in csv.reader(lines) for cell in row]
        live = [c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r")) and not _is_number(c)]
        assert not live, (file.name, live[:3])
    rows = read_csv(path)
    assert any(r["admin1_name"] == "'=1+1" for r in rows)
    assert all(_is_number(r["longitude"]) for r in rows if r["longitude"])


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
