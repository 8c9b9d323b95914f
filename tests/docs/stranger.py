"""A script of somebody who knows the public names alone: never run, held by ``mypy --strict`` (see pyproject.toml)."""

import datetime as dt
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes

import caravana as cv


def look(scenario: cv.Scenario) -> tuple[Axes, ...]:
    """Draw a run in every way."""
    run: cv.Run = cv.simulate(scenario, members=64, until="2021-11-05", set={"walk_km": 18})
    return run.plot.map("2021-11-05"), run.plot.headcount(), run.plot.fan("huixtla"), run.plot.arrivals()


def tabulate(run: cv.Run) -> tuple[pd.DataFrame, xr.Dataset, float]:
    """Take a run's numbers out."""
    people: pd.DataFrame = run.to_dataframe("people")
    data: xr.Dataset = run.to_xarray()
    return people, data, float(data["persons"].sum())


def change(scenario: cv.Scenario) -> cv.Scenario:
    """Change a scenario, and make one."""
    changed = scenario.replace(title="Another").with_parameters(walk_km=cv.Prior(dist="normal", mean=15.0, sigma=2.0))
    frames: dict[str, pd.DataFrame] = changed.to_frames()
    own: cv.Scenario = cv.Scenario.from_frames(
        places=frames["places"], links=frames["links"], name="own", start="2024-01-01", end="2024-02-01", rules="flee"
    )
    return own


def learn(scenario: cv.Scenario) -> list[pd.DataFrame]:
    """Forecast, test, calibrate, sweep and compare."""
    forecast: cv.ForecastResult = cv.forecast(scenario, on="2021-11-03", horizon=7)
    test: cv.BacktestResult = cv.backtest(scenario, horizon=7)
    fit: cv.CalibrationResult = cv.calibrate(scenario, budget=512)
    sweep: cv.SweepResult = cv.sweep(scenario, {"walk_km": [12, 18]})
    comparison: cv.RunComparison = cv.compare(sweep.runs[0], sweep.runs[1])
    scores: cv.ScoreResult = cv.score(forecast)
    ax: Axes = forecast.plot()
    test.plot_skill(ax=ax)
    refit = cv.simulate(scenario, design=fit.design)
    return [
        forecast.to_dataframe(), forecast.to_hubverse(), test.skill(), fit.to_dataframe(), sweep.summary(),
        comparison.to_dataframe(), scores.to_dataframe(), refit.to_dataframe(),
    ]  # fmt: skip


def read_and_write(folder: Path) -> list[Path]:
    """Find scenarios, read them, write them, and hand on what a run says."""
    names: list[str] = [one.name for one in cv.bundled()]
    scenario: cv.Scenario = cv.load_scenario(names[0])
    cv.write_scenario(scenario, folder / "copy")
    again, faults = cv.read_scenario(folder / "copy")
    if again is None:
        raise cv.ScenarioError("; ".join(str(fault) for fault in faults))
    run: cv.Run = cv.open_run(folder / "run")
    report: Path = cv.write_report(run, language="es")
    table: Path = cv.export_run(run, format="csv", audience="public")
    scores: dict[str, Any] = cv.score_run(run)
    fit: cv.CalibrationResult = cv.open_calibration(folder / "fit", again)
    return [report, table, fit.path] if scores else []


def bring_in(folder: Path) -> cv.Scenario | None:
    """Make scenarios of other people's files, and rows of a text."""
    built = cv.build(folder / "built", osm=folder / "roads.pbf", start=dt.date(2024, 1, 1))
    page: Path = cv.write_build_page(folder / "built")
    imported: cv.Scenario | None = cv.import_flee(folder / "instance").scenario
    if imported is not None:
        drafts = cv.draft(cv.read_article(folder / "news.txt"), imported, name="news.txt")
        files: dict[str, bytes] = cv.draft_files(drafts)
        print(built, page, sorted(files))  # noqa: T201 - a script of somebody's prints
    return imported


def supply(run: cv.Run, on: dt.date) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """What the coming days need, by day and by place."""
    profile = cv.load_profile()
    stock = cv.load_stock(Path("stock.csv"), profile, {place.name: place.id for place in run.scenario.places})
    ahead = cv.look_ahead(run, origin=on, days=3)
    return (
        cv.needs_by_day(ahead, profile, stock=stock), cv.needs_by_place(ahead, profile), cv.people_by_place(ahead),
    )  # fmt: skip


def weigh_claims(scenario: cv.Scenario) -> object:
    """Hold what is contested against what was seen, and take one side for a run."""
    ledger, taken = cv.read_ledger(scenario), cv.take(scenario, {"enforcement": "press"})
    print(ledger, taken)  # noqa: T201 - a script of somebody's prints
    return cv.weigh(scenario, members=64)


def rest(state: Any, world: Any, draws: Any, today: Any, stream: Any) -> cv.Outcome:
    """A process of one's own: some rest, some come, one dies."""
    at: Any = np.flatnonzero(state.status == cv.Status.on_foot)
    come = cv.Move("joined", source=None, target=at, parties=np.ones(len(at), dtype=np.int64))
    die = cv.Loss("died", source=at[:1], person=np.zeros(1, dtype=np.int64), parties=np.ones(1, dtype=np.int64))
    return cv.Outcome(moves=(come,), losses=(die,))


def add_process(scenario: cv.Scenario) -> cv.Run | None:
    """Simulate with it; what is wrong is told apart, what is warned of is chosen."""
    pace = cv.Parameter(name="rest_share", value=0.1, basis=("assumption",))
    own: cv.Process = cv.Process("rest", rest, parameters=(pace.name,))
    order: tuple[cv.Process, ...] = cv.insert(cv.ORDER, own, after="advance")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", cv.CaravanaWarning)
            for kind in (cv.IntegrityWarning, cv.RenamedWarning, cv.UnusedInputWarning):
                warnings.simplefilter("ignore", kind)
            return cv.simulate(scenario, order=order)
    except (cv.ScenarioError, cv.UsageError, cv.RunError, cv.InvariantError) as error:
        print(error)  # noqa: T201 - a script of somebody's prints
    except cv.CaravanaError:
        raise
    return None
