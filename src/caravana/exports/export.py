"""Hand a run's results on: spreadsheets, CSV files, points for a map, labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from caravana.atomic import write_folder_whole, write_whole
from caravana.errors import UsageError
from caravana.exports.public import public_export
from caravana.exports.tables import Audience, Export, internal_export

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from caravana.run import Run

Format = Literal["xlsx", "csv", "geojson", "geoparquet", "netcdf"]
ENDINGS: dict[Format, str] = {
    "xlsx": ".xlsx",
    "csv": "-csv",
    "geojson": ".geojson",
    "geoparquet": ".parquet",
    "netcdf": ".nc",
}


def default_path(run: Run, chosen: Format, audience: Audience) -> Path:
    """Where an export goes unless the user says otherwise: its audience is in its name."""
    return run.path / f"export-{audience}{ENDINGS[chosen]}"


def export_run(
    run: Run,
    *,
    format: Format,  # noqa: A002 - the command's own word
    audience: Audience = "internal",
    path: Path | None = None,
    hxl: bool = False,
    origin: dt.date | None = None,
) -> Path:
    """Write a run's results in a format others read; whole or not at all.

    Parameters
    ----------
    run
        An opened run.
    format
        ``xlsx``, ``csv`` (a folder), ``geojson``, ``geoparquet`` or ``netcdf``.
    audience
        ``internal`` for all there is; ``public`` for what may be published (see
        :mod:`caravana.exports.disclosure`).
    path
        Where to (default: in the run folder).
    hxl
        Put a row of HXL tags under the headers (``xlsx`` and ``csv``).
    origin
        Last day that is past, if another than the run itself tells.

    Raises
    ------
    caravana.errors.UsageError
        If the request cannot be met.
    caravana.errors.CaravanaError
        If the file cannot be written; nothing half-written is left.
    """
    if format not in get_args(Format):
        raise UsageError(f"format {format!r}: expected one of {', '.join(get_args(Format))}")
    if audience not in get_args(Audience):
        raise UsageError(f"audience {audience!r}: expected one of {', '.join(get_args(Audience))}")
    if hxl and format not in {"xlsx", "csv"}:
        raise UsageError(f"an HXL row goes with xlsx and csv, not with {format}")
    export = public_export(run, origin=origin) if audience == "public" else internal_export(run, origin=origin)
    if "people" not in export.tables:
        raise UsageError("there is nobody to export: every cell is empty or after the last day that is known")
    return _write(export, format, path or default_path(run, format, audience), hxl=hxl)


def _write(export: Export, chosen: Format, path: Path, *, hxl: bool) -> Path:
    if chosen == "csv":
        from caravana.exports.sheets import csv_files

        return write_folder_whole(path, csv_files(export, hxl=hxl))
    if chosen == "xlsx":
        from caravana.exports.sheets import workbook

        return write_whole(path, workbook(export, hxl=hxl))
    if chosen == "netcdf":
        from caravana.exports.netcdf import netcdf

        return write_whole(path, netcdf(export))
    from caravana.exports.geo import geojson, write_geoparquet

    if chosen == "geojson":
        return write_whole(path, geojson(export))
    return write_whole(path, lambda part: write_geoparquet(export, part))
