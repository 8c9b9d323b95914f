"""A finished run, opened: labelled arrays with named dimensions and units, and plain SQL."""

from __future__ import annotations

import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.accessors import RunPlots, bound
from caravana.arguments import as_path
from caravana.ensemble.integrity import block_path, blocks_of, inspect_run, read_manifest
from caravana.ensemble.store import members_done, read_failures
from caravana.errors import IntegrityWarning, RunError, ScenarioError, UsageError
from caravana.models.registry import model_of
from caravana.models.scenarios import parameters_of
from caravana.scenario.folders import load_scenario
from caravana.spelling import did_you_mean
from caravana.sql import AGAIN, lazy_column, make_view, open_connection, require_columns
from caravana.summaries import Summarised, counted, listed_names

if TYPE_CHECKING:
    import os

    import numpy as np
    import pandas as pd
    import xarray as xr

    from caravana.ensemble.store import Failure
    from caravana.scenario.model import Parameter, Scenario

SHOWN = 5
"""How many damaged files a message names."""


class Run(Summarised):
    """An opened run folder.

    A dataset whose table the run's model does not write raises
    :class:`~caravana.errors.UsageError`, with what it does write.

    Attributes
    ----------
    path
        The folder.
    manifest
        Its manifest: plan, members, versions, wall time.
    scenario
        The scenario as simulated, from the folder itself.
    connection
        DuckDB, with a view for each table of the run.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> run.members, run.model, len(run.days)
    (64, 'caravan', 2)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = read_manifest(path)
        if "members" not in self.manifest:
            raise RunError(f"{path} has no finished block yet; run the same command again to resume it")
        unverified = _refuse_damage(path, self.manifest)
        self.scenario: Scenario = load_scenario(path / "scenario", declared_by={})
        self.connection = open_connection()
        self._make_views(read_through=bool(unverified))

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that the run's model wrote, as its folder has them, in order of name."""
        return tuple(sorted(self._files))

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        """Files of each table, in order of blocks."""
        files: dict[str, list[Path]] = {}
        for block in sorted(blocks_of(self.path, self.manifest)):
            for file in sorted(block_path(self.path, block).glob("*.parquet")):
                files.setdefault(file.stem, []).append(file)
        return files

    def _make_views(self, *, read_through: bool) -> None:
        """Make a view for each table; where nothing vouches for the files, each is read through once before."""
        import duckdb

        for table in self.tables:
            try:
                make_view(self.connection, table, self._files[table], members=self.members, read_through=read_through)
            except duckdb.Error as error:
                reason = str(error).split("\n", 1)[0]
                raise RunError(f"{self.path}: its table {table} cannot be read ({reason}); {AGAIN}") from None

    def _summary_rows(self) -> tuple[str, list[tuple[str, str]]]:
        """Return what ``repr`` shows."""
        plan = self.manifest["plan"]
        added = [p.id for p in self.scenario.policies if not p.base and p.id in plan.get("policies", ())]
        by_hand = {**plan.get("settings", {}), **dict.fromkeys(added, "in force")}
        rows = [
            ("days", f"{plan['first']} to {plan['last']} ({len(self.days):,})"),
            ("members", f"{len(self.member_ids):,} of {self.members:,}, seed {plan['seed']}"),
            ("model", f"{self.model}, family {self.family}"),
            ("tables", ", ".join(self.tables)),
            ("set by hand", listed_names(f"{name}={value}" for name, value in by_hand.items())),
            ("folder", str(self.path)),
        ]
        if self.failures:
            rows.append(("failed", counted(len(self.failures), "block")))
        return f"Run of {self.scenario.name}", rows

    @property
    def plot(self) -> RunPlots:
        """Pictures of the run: ``run.plot.map(day=)``, ``.headcount()``, ``.fan()``, ``.arrivals()``."""
        return RunPlots(self)

    def to_dataframe(self, table: str = "people") -> pd.DataFrame:
        """Return a table of the run as it was written, long: a row a cell that is not empty.

        Parameters
        ----------
        table : str
            One of :attr:`tables`.

        Returns
        -------
        pandas.DataFrame
            Of ``people``: ``member``, ``day`` (datetime64), ``place``, ``kind``, ``status``, ``parties``, ``persons``.
            Names are categories, counts int32; of other tables likewise.

        Raises
        ------
        UsageError
            If the run has no such table; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> list(run.to_dataframe().columns)
        ['member', 'day', 'place', 'kind', 'status', 'parties', 'persons']
        """
        frame: pd.DataFrame = bound("Run.to_dataframe")(self, table)
        return frame

    def to_xarray(self, table: str = "people") -> xr.Dataset:
        """Return a table of the run as labelled arrays by CF conventions, read when they are asked for.

        Parameters
        ----------
        table : str
            ``people``, ``flows``, ``payments``, ``reports``, ``parameters`` or ``caravans``.

        Returns
        -------
        xarray.Dataset
            Dimensions ``member``, ``day``, ``place``, ... as :attr:`people` has them; counts int32.  Beside ``place``
            stand ``latitude``, ``longitude``, ``place_name``, ``place_kind``, ``pcode`` and ``capacity``; every
            variable and coordinate has ``long_name``, and ``units`` where it has some.

        Raises
        ------
        UsageError
            If the run has no such table; the nearest name is offered.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.to_xarray()["latitude"].attrs["units"]
        'degrees_north'
        """
        data: xr.Dataset = bound("Run.to_xarray")(self, table)
        return data

    def require(self, table: str) -> None:
        """Refuse to go on where the run has no such table.

        Parameters
        ----------
        table : str
            Its name.

        Raises
        ------
        caravana.errors.UsageError
            If the run's model did not write it; the message names the model and what it wrote.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> run.require("floows")
        Traceback (most recent call last):
        ...
        caravana.errors.UsageError: this run has no floows (did you mean 'flows'?): ...
        """
        if table in self.tables:
            return
        wrote = ", ".join(self.tables) or "nothing yet"
        meant = did_you_mean(table, self.tables)
        raise UsageError(f"this run has no {table}{meant}: its model, {self.model!r}, writes {wrote}")

    def _declared(self) -> tuple[Parameter, ...]:
        """The parameters that the model declares; none where it is not to be had here."""
        try:
            return parameters_of(self.scenario)
        except ScenarioError:
            return ()

    @property
    def model(self) -> str:
        """Name of the model that made it."""
        plan = self.manifest["plan"]
        return str(plan.get("model") or plan.get("rules") or self.scenario.rules)

    @cached_property
    def family(self) -> str:
        """Family of that model: by it the layers above choose scores, outcomes, reports."""
        return str(self.manifest["plan"].get("family") or model_of(self.scenario).family)

    @property
    def members(self) -> int:
        """Members asked for; those of failed blocks are missing from :attr:`member_ids`."""
        return int(self.manifest["members"])

    @cached_property
    def member_ids(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Members on disk."""
        return members_done(self.path, members=self.members, block=int(self.manifest["block"]))

    @cached_property
    def days(self) -> pd.DatetimeIndex:
        """Days simulated."""
        import pandas as pd

        plan = self.manifest["plan"]
        return pd.date_range(plan["first"], plan["last"], freq="D", name="day", unit="s")

    @property
    def failures(self) -> list[Failure]:
        """Blocks that failed."""
        return read_failures(self.path)

    def query(self, sql: str) -> pd.DataFrame:
        """Return what a DuckDB query over the run's tables gives.

        There is a view for each of :attr:`tables`, with the columns of its Parquet files.  Every
        model writes ``people``.  Those of caravans write ``caravans``, ``flows``, ``payments``,
        ``reports`` and ``parameters`` as well, and ``cohort``, ``cohort_flows`` and ``ledger`` where
        the run followed those who set out; those of displacement ``flows`` and ``links``.

        Parameters
        ----------
        sql : str
            The query.

        Returns
        -------
        pandas.DataFrame
            Its rows.

        Examples
        --------
        >>> import caravana as cv
        >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
        >>> int(run.query("SELECT count(DISTINCT member) AS n FROM people")["n"][0])
        64
        """
        return self.connection.execute(sql).df()

    def _labels(self, table: str, column: str, order: tuple[str, ...]) -> list[str]:
        names = {r[0] for r in self.connection.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall()}
        if column == "place":
            # A place where nobody ever was has nobody, and is no unknown name.
            names |= {place.id for place in self.scenario.places}
        return [x for x in order if x in names] + sorted(names - set(order))

    def _dataset(self, table: str, keys: tuple[str, ...], columns: dict[str, str], order: dict[str, Any]) -> xr.Dataset:
        import xarray as xr

        self.require(table)
        require_columns(self.connection, table, (*keys, *columns), folder=self.path)
        labels: dict[str, Any] = {"member": self.member_ids, "day": self.days.to_numpy()}
        for key in keys:
            if key not in labels:
                labels[key] = self._labels(table, key, order.get(key, ()))
        labels = {k: labels[k] for k in keys}
        data = {}
        for column, unit in columns.items():
            cells = lazy_column(self.connection, table=table, column=column, keys=keys, labels=labels)
            data[column] = (keys, cells, {"units": unit})
        about = {"scenario": self.scenario.name, "seed": self.manifest["plan"]["seed"]}
        return xr.Dataset(data, coords=labels, attrs=about)

    @cached_property
    def people(self) -> xr.Dataset:
        """Who is where, in what state: dims member, day, place, kind, status (read when asked for).

        ``place`` holds the fixed places, all of them and in the scenario's order, the caravans by
        id, and ``road:<destination>`` for people under way; caravans and roads that stay empty in
        every member are left out.
        """
        places = (*(p.id for p in self.scenario.places), *(c.id for c in self.scenario.caravans))
        order = {"place": places, "kind": tuple(k.id for k in self.scenario.kinds)}
        columns = {"parties": "parties", "persons": "persons"}
        return self._dataset("people", ("member", "day", "place", "kind", "status"), columns, order)

    @cached_property
    def flows(self) -> xr.Dataset:
        """What happened each day, persons: dims member, day, flow, kind."""
        order = {"kind": tuple(k.id for k in self.scenario.kinds)}
        return self._dataset("flows", ("member", "day", "flow", "kind"), {"persons": "persons per day"}, order)

    @cached_property
    def payments(self) -> xr.Dataset:
        """Who paid whom each day: dims member, day, payer, payee."""
        return self._dataset("payments", ("member", "day", "payer", "payee"), {"usd": "USD per day"}, {})

    @cached_property
    def reports(self) -> xr.Dataset:
        """What a source of each side would have reported: dims member, day, caravan, side."""
        order = {"caravan": tuple(c.id for c in self.scenario.caravans)}
        return self._dataset("reports", ("member", "day", "caravan", "side"), {"persons": "persons"}, order)

    @cached_property
    def parameters(self) -> xr.Dataset:
        """The parameters drawn: one variable a parameter, dim member, with its unit."""
        import xarray as xr

        self.require("parameters")
        wide = self.query("SELECT * FROM parameters").pivot_table(index="member", columns="name", values="value")
        units = {p.name: p.unit for p in (*self.scenario.parameters, *self._declared())}
        data = {str(n): ("member", wide[n].to_numpy(), {"units": units.get(str(n), "")}) for n in wide.columns}
        return xr.Dataset(data, coords={"member": wide.index.to_numpy()})

    @cached_property
    def caravans(self) -> xr.Dataset:
        """Each caravan's night: dims member, day, caravan; variables active, place, km, mode, parties, persons."""
        self.require("caravans")
        frame = self.query("SELECT * FROM caravans").set_index(["member", "day", "caravan"])
        data = frame.astype({"place": object, "mode": object}).to_xarray()
        for name in ("km", "persons", "parties"):
            data[name].attrs["units"] = name
        order = [c.id for c in self.scenario.caravans]
        return data.reindex(caravan=[*order, *(c for c in data["caravan"].to_numpy() if c not in order)])


def _refuse_damage(folder: Path, manifest: dict[str, Any]) -> tuple[str, ...]:
    """Refuse a run that is not as it was written; say in a line what cannot be verified, and return it."""
    look = inspect_run(folder, manifest)
    if look.damages:
        more = f" and {len(look.damages) - SHOWN} files more" if len(look.damages) > SHOWN else ""
        raise RunError(
            f"{folder} is damaged: {', '.join(map(str, look.damages[:SHOWN]))}{more}."
            " Run the same `caravana run` again to mend it; `caravana verify` lists all"
        )
    if look.unverified:
        warnings.warn(
            f"{folder} was written by an earlier version, without digests: it cannot be verified that it is whole",
            IntegrityWarning,
            stacklevel=4,
        )
    return look.unverified


def open_run(path: str | os.PathLike[str]) -> Run:
    """Open a run folder.

    Parameters
    ----------
    path
        The folder that ``caravana run`` wrote.

    Returns
    -------
    Run
        The opened run.

    Raises
    ------
    RunError
        If it is no run folder, nothing in it is finished, or a file is damaged, missing or exchanged.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> cv.open_run(run.path).members
    64
    """
    return Run(as_path(path, name="path"))
