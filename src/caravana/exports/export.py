"""Hand a run's results on: spreadsheets, CSV files, points for a map, labelled arrays.

A format is a row of :data:`FORMATS`; what is written is an :class:`~caravana.exports.tables.Export`,
whatever the model: tables by name, ``people`` first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, get_args

from caravana.arguments import as_date, as_path
from caravana.errors import UsageError
from caravana.exports.geo import write_geojson, write_geoparquet
from caravana.exports.netcdf import write_netcdf
from caravana.exports.public import public_export
from caravana.exports.regional import marks_of, write_regional
from caravana.exports.sheets import write_csv, write_xlsx
from caravana.exports.tables import Audience, Export, internal_export
from caravana.language.language import load_language
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    import datetime as dt
    import os
    from pathlib import Path

    from caravana.language.language import Code
    from caravana.run import Run


Writer = Callable[[Export, "Path"], "Path"]
"""Writes tables to a path, whole or not at all, and returns the path."""


@dataclass(frozen=True)
class Format:
    """A format that results are handed on in.

    Attributes
    ----------
    ending
        What its file's name ends in, such as ``.xlsx``.
    write
        Writes it.
    write_tagged
        Writes it with a row of HXL tags under the headers; None where it cannot carry one.
    """

    ending: str
    write: Writer
    write_tagged: Writer | None = None


FORMATS: Mapping[str, Format] = {
    "xlsx": Format(".xlsx", write_xlsx, partial(write_xlsx, hxl=True)),
    "csv": Format("-csv", write_csv, partial(write_csv, hxl=True)),
    "geojson": Format(".geojson", write_geojson),
    "geoparquet": Format(".parquet", write_geoparquet),
    "netcdf": Format(".nc", write_netcdf),
}
"""The formats by name."""


def default_path(run: Run, ending: str, audience: Audience) -> Path:
    """Where an export goes unless the user says otherwise: its audience is in its name."""
    return run.path / f"export-{audience}{ending}"


def export_run(
    run: Run,
    *,
    format: str,  # noqa: A002 - the command's own word
    audience: Audience = "internal",
    path: str | os.PathLike[str] | None = None,
    hxl: bool = False,
    origin: dt.date | str | None = None,
    region: str | None = None,
    language: Code = "en",
    formats: Mapping[str, Format] = FORMATS,
) -> Path:
    """Write a run's results in a format others read; whole or not at all.

    Parameters
    ----------
    run
        An opened run.
    format
        ``xlsx``, ``csv`` (a folder), ``geojson``, ``geoparquet`` or ``netcdf``, or another of `formats`.
    audience
        ``internal`` for all there is; ``public`` for what may be published (see
        :mod:`caravana.exports.disclosure`).
    path
        Where to (default: in the run folder).
    hxl
        Put a row of HXL tags under the headers (``xlsx`` and ``csv``).
    origin
        Last day that is past, if another than the run itself tells.
    region
        Write CSV files as the spreadsheet programs of ``en``, ``es-MX`` or ``es-ES`` open them: with a byte-order
        mark, and their separators and numbers.
    language
        Of the README of ``xlsx`` and ``csv``: ``en`` or ``es``. Headers and codes are the same in both.
    formats
        The formats by name: :data:`FORMATS`, or those and your own.

    Returns
    -------
    pathlib.Path
        The file or folder written.

    Raises
    ------
    caravana.errors.UsageError
        If the request cannot be met.
    caravana.errors.CaravanaError
        If the file cannot be written; nothing half-written is left.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> cv.export_run(run, format="netcdf").name
    'export-internal.nc'
    """
    if format not in formats:
        raise UsageError(f"format {format!r}: expected one of {', '.join(formats)}{did_you_mean(format, formats)}")
    if audience not in get_args(Audience):
        raise UsageError(f"audience {audience!r}: expected one of {', '.join(get_args(Audience))}")
    chosen = formats[format]
    write = chosen.write_tagged if hxl else chosen.write
    if write is None:
        carriers = " and ".join(name for name, one in formats.items() if one.write_tagged)
        raise UsageError(f"an HXL row goes with {carriers}, not with {format}")
    if region is not None:
        marks_of(region)
        if format != "csv":
            raise UsageError(f"numbers as in {region!r} go with csv, not with {format}")
    past = None if origin is None else as_date(origin, name="origin")
    export = public_export(run, origin=past) if audience == "public" else internal_export(run, origin=past)
    export = replace(export, words=load_language(language))
    if "people" not in export.tables:
        raise UsageError("there is nobody to export: every cell is empty or after the last day that is known")
    target = default_path(run, chosen.ending, audience) if path is None else as_path(path, name="path")
    written = write(export, target) if region is None else write_regional(export, target, region, hxl=hxl)
    if audience == "public":
        _open_to_all(written)
    return written


def _open_to_all(path: Path) -> None:
    """Let anybody read what is public: what is written into a run folder is its owner's only otherwise."""
    for file in (path, *path.rglob("*")) if path.is_dir() else (path,):
        file.chmod(0o755 if file.is_dir() else 0o644)
