"""The importers there are: a table of those built in, and those of other packages.

A package adds one by an entry point of the group ``caravana.importers`` that names an
:class:`~caravana.importers.base.Importer`; nothing here changes for it.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from caravana.errors import UsageError
from caravana.importers.base import Importer, ImportResult, refuse_taken
from caravana.importers.flee.instance import read_instance
from caravana.scenario.folders import write_scenario
from caravana.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "caravana.importers"
"""The entry point group of importers in other packages."""

BUILT_IN = (
    Importer(
        "flee",
        "Turn a Flee instance into a scenario; what cannot be carried over is listed.",
        "Folder of a Flee instance, with input_csv and source_data.",
        read_instance,
    ),
)


def importer_names() -> list[str]:
    """Names of all importers: those built in first, then those of other packages by name."""
    own = [importer.name for importer in BUILT_IN]
    return [*own, *sorted({point.name for point in entry_points(group=GROUP)} - set(own))]


def find_importer(name: str) -> Importer:
    """The importer of a name; a built-in one is never replaced by another package's.

    Raises
    ------
    UsageError
        If there is none of this name, or another package's cannot be loaded.
    """
    for importer in BUILT_IN:
        if importer.name == name:
            return importer
    for point in entry_points(group=GROUP, name=name):
        try:
            loaded = point.load()
        # A foreign package may fail in any way at all.
        except Exception as error:
            raise UsageError(f"the importer {name} cannot be loaded from {point.value}: {error}") from error
        if not isinstance(loaded, Importer):
            raise UsageError(f"{point.value} is no importer: expected a caravana.importers.base.Importer")
        return loaded
    offered = did_you_mean(name, importer_names())
    raise UsageError(f"no importer {name}{offered}: expected one of {', '.join(importer_names())}")


def import_scenario(name: str, source: Path, settings: Path | None, out: Path) -> ImportResult:
    """Read files with an importer and write the scenario.

    Parameters
    ----------
    name
        The importer.
    source
        The folder or file that it reads.
    settings
        A file of settings, for an importer that reads one.
    out
        Folder to write the scenario to; nothing is written where there are faults.

    Raises
    ------
    UsageError
        If there is no such importer, or `out` is there and not empty.
    """
    importer = find_importer(name)
    refuse_taken(out)
    result = importer.read(source, settings)
    if result.scenario is not None:
        write_scenario(result.scenario, out, declared_by={})
    return result
