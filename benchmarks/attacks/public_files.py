"""The people of a run's public exports, read from the files of each format as anybody reads them."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import duckdb
import pandas as pd
import xarray as xr

from caravana.exports.disclosure import MEASURES

KEYS = ["day", "area", "status"]
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _keyed(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame["day"] = pd.to_datetime(frame["reference_period_start"])
    frame["area"] = frame["admin1_name"] + "|" + frame["admin2_name"]
    for measure in MEASURES:
        frame[measure] = pd.to_numeric(frame[measure], errors="coerce")
    return frame.set_index(KEYS)[list(MEASURES)].sort_index()


def _csv(path: Path) -> pd.DataFrame:
    with (path / "people.csv").open(encoding="utf-8", newline="") as lines:
        return _keyed(list(csv.DictReader(lines)))


def _geojson(path: Path) -> pd.DataFrame:
    return _keyed([f["properties"] for f in json.loads(path.read_text("utf-8"))["features"]])


def _geoparquet(path: Path) -> pd.DataFrame:
    with duckdb.connect() as connection:
        frame = connection.execute("SELECT * EXCLUDE (geometry) FROM read_parquet(?)", [str(path)]).df()
    return _keyed(cast("list[dict[str, Any]]", frame.to_dict("records")))


def _netcdf(path: Path) -> pd.DataFrame:
    with xr.open_dataset(path, engine="scipy") as cube:
        series = cube["persons"].load().to_series().unstack("quantile")  # noqa: PD010 (no aggregation)
    series.columns = pd.Index(MEASURES)
    frame = series.reset_index()
    frame["area"] = frame["place"].str.replace(", ", "|", n=1)
    return frame.set_index(KEYS)[list(MEASURES)].sort_index()


def _parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 (written by this machine a moment ago)


def _xlsx(path: Path) -> pd.DataFrame:
    with zipfile.ZipFile(path) as book:
        words = [
            "".join(t.text or "" for t in s.iter(f"{_SHEET}t")) for s in _parsed(book.read("xl/sharedStrings.xml"))
        ]
        sheet = _parsed(book.read("xl/worksheets/sheet2.xml"))
    rows: list[dict[str, Any]] = []
    for row in sheet.iter(f"{_SHEET}row"):
        cells = {}
        for cell in row:
            value = cell.find(f"{_SHEET}v")
            if value is not None and value.text is not None:
                column = "".join(c for c in cell.attrib["r"] if c.isalpha())
                cells[column] = words[int(value.text)] if cell.attrib.get("t") == "s" else float(value.text)
        rows.append(cells)
    head = rows[0]
    named = [{str(head[c]): row.get(c) for c in head} for row in rows[1:]]
    for one in named:
        one["reference_period_start"] = pd.Timestamp("1899-12-30") + pd.Timedelta(
            days=float(one["reference_period_start"])
        )
    return _keyed(named)


READERS = {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson, "geoparquet": _geoparquet, "netcdf": _netcdf}


def flows_of(folder: Path) -> pd.DataFrame:
    """The flows of a public export as CSV, by day and flow; NaN where withheld, no rows where it has none."""
    path = folder / "flows.csv"
    if not path.exists():
        return pd.DataFrame(columns=list(MEASURES))
    table = pd.read_csv(path, parse_dates=["reference_period_start"])
    return table.set_index(["reference_period_start", "flow"])[list(MEASURES)]
