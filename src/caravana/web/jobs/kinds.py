"""Kinds of jobs: what may be asked, and the command that does it.

A job is a command, so what comes of it is what the command line gives, to the bit.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

Lang = Literal["en", "es"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Members = Annotated[int, Field(ge=1, le=100_000)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
RUNS, POLICIES, COMPARISONS, CALIBRATIONS = "runs", "policies", "comparisons", "calibrations"
"""Folders in the operation's, of what comes of jobs, and of the policies that are compared."""


class UpdateJob(BaseModel):
    """An evening: forecast, score, ask the triggers, write the pages; with `since` all evenings from there."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["update"] = "update"
    on: dt.date | None = None
    since: dt.date | None = None
    lang: Lang = "en"

    def words(self, folder: Path, _number: int) -> list[str]:
        """The command."""
        dates = {"--on": self.on, "--since": self.since}
        given = [word for name, day in dates.items() if day is not None for word in (name, day.isoformat())]
        return ["update", str(folder), *given, "--lang", self.lang, "--json"]


class RunJob(BaseModel):
    """The world as it stands, simulated as an ensemble; goes on from the blocks that are done."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["run"] = "run"
    members: Members = 200
    seed: Seed = 1
    lang: Lang = "en"

    def words(self, folder: Path, number: int) -> list[str]:
        """The command."""
        out = folder / RUNS / f"job-{number}"
        given = ["--members", str(self.members), "--seed", str(self.seed), "--out", str(out), "--lang", self.lang]
        return ["run", str(folder), *given, "--json"]


class CompareJob(BaseModel):
    """A named policy held against the base, paired run by run."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["compare"] = "compare"
    policy: Name
    members: Members = 256
    seed: Seed = 1
    lang: Lang = "en"

    def words(self, folder: Path, number: int) -> list[str]:
        """The command."""
        policy, out = folder / POLICIES / f"{self.policy}.toml", folder / COMPARISONS / f"job-{number}"
        given = ["--members", str(self.members), "--seed", str(self.seed), "--out", str(out), "--lang", self.lang]
        return ["compare", str(folder), str(policy), *given, "--json"]


class CalibrateJob(BaseModel):
    """Parameters learned from what was reported; goes on from what is kept."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["calibrate"] = "calibrate"
    seed: Seed = 1

    def words(self, folder: Path, number: int) -> list[str]:
        """The command."""
        out = folder / CALIBRATIONS / f"job-{number}"
        return ["calibrate", str(folder), "--seed", str(self.seed), "--out", str(out), "--json"]


class BriefJob(BaseModel):
    """The brief of an evening as PDF, its map and chart, for those within."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["brief"] = "brief"
    on: dt.date | None = None
    lang: Lang = "en"

    def words(self, folder: Path, _number: int) -> list[str]:
        """The command."""
        given = [] if self.on is None else ["--on", self.on.isoformat()]
        return ["brief", str(folder), *given, "--lang", self.lang, "--json"]


class ExportJob(BaseModel):
    """A simulation handed on, for those within: a workbook, points for a map, labelled arrays."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["export"] = "export"
    run: Annotated[int, Field(ge=1, le=2**31 - 1)]
    format: Literal["xlsx", "geojson", "netcdf"] = "xlsx"

    def words(self, folder: Path, _number: int) -> list[str]:
        """The command."""
        return ["export", str(folder / RUNS / f"job-{self.run}"), "--format", self.format]


class OrderSheetJob(BaseModel):
    """What people need by place in the days after one, as a spreadsheet to order by and a page, of a simulation."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["needs"] = "needs"
    run: Annotated[int, Field(ge=1, le=2**31 - 1)]
    on: dt.date
    lang: Lang = "en"

    def words(self, folder: Path, _number: int) -> list[str]:
        """The command."""
        run = folder / RUNS / f"job-{self.run}"
        return ["needs", str(run), "--origin", self.on.isoformat(), "--lang", self.lang, "--json"]


Job = Annotated[
    UpdateJob | RunJob | CompareJob | CalibrateJob | BriefJob | ExportJob | OrderSheetJob, Field(discriminator="kind")
]
ON_CLUSTER = ("run",)
"""Kinds that a Dask scheduler can be named to."""


def command_of(row: Mapping[str, Any], folder: Path, *, scheduler: str | None = None) -> list[str]:
    """The words of a job's command, without the program's name."""
    job: Job = TypeAdapter(Job).validate_python({"kind": row["kind"], **row["options"]})
    words = job.words(folder, int(row["job"]))
    return [*words, "--scheduler", scheduler] if scheduler and row["kind"] in ON_CLUSTER else words
