"""A script of somebody who knows the public names alone: never run, held by ``mypy --strict`` (see pyproject.toml)."""

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
