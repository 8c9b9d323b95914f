"""Linear programmes against a run's public exports: all days, all measures, all formats.

Whoever attacks has the exports in every format, has read how they are made, has the bundled scenario and the seed, and
knows from elsewhere the true total of every line of 20 or more: of a group over the municipalities of a state, of a
group over all municipalities, of a municipality over its groups, for the lower, the middle and the upper number.
Nobody is counted below nought, the lower number is no more than the middle one and that no more than the upper one,
what is shown is less than 20 from the truth, and two formats that differ bound it twice.

Each number from 1 to 10 is a try, and is minimised and maximised over everything that fits.  It is *silent* (given
away without a sign) if the two ends are 5 or less apart.  Days have no equation in common: a quantile over the
simulations of a stock is not that of the day before plus those of the flows.  Bounds of the flows are tried as they are
shown.  A further try: the draws of rounding, made again by another who has the same run, are the same.

::

    python -m benchmarks.attacks.public [RUN]
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET

import duckdb
import numpy as np
import pandas as pd
import xarray as xr
from benchmarks.attacks.figures import Figures
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

import caravana as cv
from caravana.exports.disclosure import MEASURES, PUBLIC_FLOWS, PUBLIC_GROUPS
from caravana.exports.export import FORMATS
from caravana.exports.key import KEY_FILE
from caravana.results.cells import persons_by_area, persons_by_flow
from caravana.run import Run

Floats = NDArray[np.float64]
KEYS = ["day", "area", "status"]
SLACK, SMALL, NEAR, WITHIN, KNOWN = 19, 10, 5, 10, 20
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


# ---------------------------------------------------------------- what is published, by format


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


def published(run: Run, folder: Path, formats: Iterable[str] = tuple(READERS)) -> list[pd.DataFrame]:
    """The people of a run's public exports as each format's file has them, by cell; NaN where withheld."""
    return [
        READERS[name](cv.export_run(run, format=name, audience="public", path=folder / f"public{FORMATS[name].ending}"))
        for name in formats
    ]


# ---------------------------------------------------------------- the truth, and the attack


def truth(run: Run, rows: pd.Index[Any]) -> pd.DataFrame:
    """What the run itself has in the cells that are listed; nought where it has nobody."""
    area = {p.id: f"{p.state}|{p.municipality or '(municipality not stated)'}" for p in run.scenario.places}
    frame = persons_by_area(run, area, PUBLIC_GROUPS)
    frame["day"] = pd.to_datetime(frame["day"])
    return frame.set_index(KEYS)[list(MEASURES)].reindex(rows).fillna(0.0)


def _bounds(shown: list[Floats]) -> Floats:
    """Least and most by all that is shown, [number, 2]."""
    low, high = np.zeros(shown[0].size), np.full(shown[0].size, np.inf)
    for one in shown:
        flat = one.ravel()
        low = np.fmax(low, np.where(np.isnan(flat) | (flat == 0), 0.0, np.maximum(KNOWN, flat - SLACK)))
        high = np.fmin(high, np.where(np.isnan(flat), np.inf, np.where(flat == 0, 0.0, flat + SLACK)))
    return np.column_stack([low, high])


def _matrix(rows: list[tuple[list[int], list[float]]], size: int) -> Any:
    triples = [(n, c, v) for n, (columns, factors) in enumerate(rows) for c, v in zip(columns, factors, strict=True)]
    at = np.array(triples, dtype=np.float64).reshape(-1, 3)
    return coo_array((at[:, 2], (at[:, 0].astype(int), at[:, 1].astype(int))), shape=(len(rows), size)).tocsr()


def widths(today: pd.DataFrame, shown: list[Floats], *, most: int | None = None) -> list[float]:
    """How far apart the ends of each small number are by all that fits, of one day.

    Parameters
    ----------
    today
        The true numbers, by area and status, [cell, measure].
    shown
        As each format shows them, [cell, measure].
    most
        Try no more than these many numbers, spread over the day.
    """
    true, m = today.to_numpy(dtype=np.float64), len(MEASURES)
    names = today.index.to_frame(index=False)
    names["state"] = names["area"].str.split("|").str[0]
    lines = [g for by in (["status", "state"], ["status"], ["area"]) for g in names.groupby(by).indices.values()]
    sums = [(line, k) for line in lines for k in range(m) if true[line, k].sum() >= KNOWN]
    equal = _matrix([([int(c) * m + k for c in line], [1.0] * len(line)) for line, k in sums], true.size)
    order = _matrix(
        [([c * m + k, c * m + k + 1], [1.0, -1.0]) for c in range(len(true)) for k in range(m - 1)], true.size
    )
    given = {
        "A_ub": order, "b_ub": np.zeros(order.shape[0]), "A_eq": equal,
        "b_eq": np.array([true[line, k].sum() for line, k in sums]), "bounds": _bounds(shown), "method": "highs",
    }  # fmt: skip
    small = np.flatnonzero((true.ravel() > 0) & (true.ravel() <= SMALL))
    if most is not None and len(small) > most:
        small = small[np.linspace(0, len(small) - 1, most).astype(int)]
    out = []
    for number in small:
        width = _width(number, given)
        if width <= WITHIN and width >= _width(number, given | {"bounds": (0, None)}):
            continue
        out.append(width)
    return out


def _width(number: int, given: dict[str, Any]) -> float:
    goal = np.zeros(given["A_ub"].shape[1])
    goal[number] = 1.0
    low, high = (linprog(sign * goal, **given) for sign in (1, -1))
    return float((-high.fun if high.success else np.inf) - low.fun)


def flow_widths(run: Run, folder: Path) -> list[float]:
    """How far apart the ends of each small number of the flows are, by what is shown of it and of the two beside it."""
    if "flows" not in run.tables:
        return []
    table = pd.read_csv(folder / "public-csv" / "flows.csv").set_index(["reference_period_start", "flow"])
    true = persons_by_flow(run, PUBLIC_FLOWS).assign(day=lambda f: pd.to_datetime(f["day"]).dt.strftime("%Y-%m-%d"))
    values = true.set_index(["day", "flow"])[list(MEASURES)].reindex(table.index).fillna(0.0).to_numpy()
    bounds = _bounds([table[list(MEASURES)].to_numpy(dtype=np.float64)]).reshape(*values.shape, 2)
    low, high = (
        np.maximum.accumulate(bounds[..., 0], axis=1),
        np.minimum.accumulate(bounds[:, ::-1, 1], axis=1)[:, ::-1],
    )
    small = (values > 0) & (values <= SMALL)
    return [float(w) for w in (high - low)[small]]


def attack(run: Run, folder: Path, *, formats: Iterable[str] = tuple(READERS), most: int | None = None) -> list[float]:
    """Width of what is known of every small number of a run's public exports, over all days and measures, flows too."""
    files = published(run, folder, formats)
    rows = files[0].index
    true = truth(run, rows)
    out = flow_widths(run, folder)
    for day in rows.get_level_values("day").unique():
        shown = [f.reindex(rows).loc[day].to_numpy(dtype=np.float64) for f in files]
        out += widths(true.loc[day], shown, most=most)
    return out


def draws_again(run: Run, folder: Path) -> float:
    """Share of the numbers shown that somebody else who has the same run, but not its key, would have published."""
    (ours,) = published(run, folder, ["csv"])
    key, aside = run.path / KEY_FILE, run.path / f"{KEY_FILE}.aside"
    key.replace(aside)
    try:
        (theirs,) = published(run, folder, ["csv"])
    finally:
        aside.replace(key)
    both = ours.notna() & theirs.reindex(ours.index).notna() & (ours > 0)
    same = (ours == theirs.reindex(ours.index)) & both
    return float(same.to_numpy().sum() / max(1, both.to_numpy().sum()))


def campaign(run: Run, folder: Path) -> Figures:
    """The figures of the whole attack."""
    widths_all = np.array(attack(run, folder))
    guessed = draws_again(run, folder) > 0.9
    return Figures("public exports", len(widths_all) + 1, 0, int((widths_all <= NEAR).sum()) + guessed, 0, 0)


def main() -> None:
    """Attack a run, or one of the bundled scenario with seed 1."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path, nargs="?")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = (
            cv.open_run(given.run)
            if given.run
            else cv.simulate("tapachula-2021", members=60, seed=1, out=folder / "run")
        )
        print(campaign(run, folder))


if __name__ == "__main__":
    main()
