"""A forecast of camps as a plain object and as lines of text."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from caravana.inference.displacement.listening import HORIZONS
from caravana.inference.displacement.outlook import CAMPS, TOTAL
from caravana.inference.scoring.proper_scores import quantiles
from caravana.reporting.capacities import capacity_words
from caravana.reporting.displacement.closed import closed_words, tell_closed
from caravana.results.displacement import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.inference.displacement.outlook import CampOutlook, Points
    from caravana.inference.pool import OpenPool
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
LONGEST_NAME = 24
HEAVIEST = 3


def tell_camps(forecast: CampOutlook, scenario: Scenario, words: Language) -> dict[str, Any]:
    """Return a forecast of camps as the object that ``caravana forecast --json`` prints.

    Returns
    -------
    dict
        ``camps``: of each camp by its id its name, the last count known, people by date (``days``: ``q05`` to ``q95``)
        and on the days that have weights of their own (``horizons``); ``total`` likewise for all camps together;
        ``weights``: of the forecasters, for camps and for their sum, by horizon; ``capacity``: what each camp's
        capacity was taken for and why (``capacity_words``: in words); ``closed``: why camps that are shut, empty or not
        open yet are taken to hold nobody, and when (``closed_words``: in words); ``useful_lead``: days ahead up to
        which past forecasts from this record beat the best naive rule, for camps, their sum, and each camp (null where
        too few have come true); ``past_forecasts``: how many have.
    """
    names = {place.id: plain_name(place) for place in scenario.places}
    camps = {}
    for at, place_id in enumerate(forecast.camps.place_ids):
        report = forecast.reports[at]
        last = None
        if report.persons.size:
            date = scenario.start + dt.timedelta(days=int(report.last_day))
            last = {"date": date.isoformat(), "persons": round(report.last)}
        said = [forecast.camp(at, ahead) for ahead in range(1, forecast.ahead + 1)]
        camps[place_id] = {"name": names[place_id], "last_count": last, **_days(forecast, said)}
    closed = tell_closed(forecast)
    return {
        "scenario": scenario.name,
        "origin": forecast.origin.isoformat(),
        "members": int(forecast.sums.shape[1]),
        "past_forecasts": forecast.heard,
        "useful_lead": {
            CAMPS: forecast.useful_lead[CAMPS],
            TOTAL: forecast.useful_lead[TOTAL],
            "by_camp": {place: forecast.useful_lead[place] for place in camps},
        },
        "weights": {what: _weights(forecast.pools[what], forecast.ahead) for what in (CAMPS, TOTAL)},
        "capacity": {
            place: {"given": one.given, "reading": one.reading, "why": one.why, "size": round(one.size)}
            for place, one in forecast.capacity.items()
        },
        "capacity_words": capacity_words(forecast.scenario, words),
        "closed": closed,
        "closed_words": closed_words(forecast, closed, words),
        "total": _days(forecast, [forecast.total(ahead) for ahead in range(1, forecast.ahead + 1)]),
        "camps": camps,
    }


def _days(forecast: CampOutlook, said: list[Points]) -> dict[str, Any]:
    """People by date, and by horizon."""
    days = [
        {"date": (forecast.origin + dt.timedelta(days=ahead)).isoformat(), **_levels(*points)}
        for ahead, points in enumerate(said, start=1)
    ]
    return {"horizons": {str(h): days[h - 1] for h in _horizons(len(days))}, "days": days}


def _horizons(ahead: int) -> list[int]:
    """The days ahead that are shown: those with weights of their own, and the last."""
    return sorted({h for h in HORIZONS if h <= ahead} | {ahead})


def _levels(points: NDArray[Any], weight: NDArray[Any]) -> dict[str, int]:
    values = quantiles(points, weight, tuple(LEVELS.values()))
    return {name: round(float(value)) for name, value in zip(LEVELS, values, strict=True)}


def _weights(pools: Mapping[int, OpenPool], ahead: int) -> dict[str, dict[str, float]]:
    shown = [h for h in pools if h <= ahead] or [min(pools)]
    return {str(h): {name: round(weight, 3) for name, weight in pools[h].by_name().items()} for h in shown}


def camp_lines(content: Mapping[str, Any], words: Language) -> list[str]:
    """Return a forecast of camps as lines: a table with a row a camp, then what it rests on."""
    horizons, every = list(content["total"]["horizons"]), words.text("outlook.all_camps")
    width = max(len(every), *(min(len(c["name"]), LONGEST_NAME) for c in content["camps"].values()))
    head = "".join(f"  {words.text('outlook.in_days', n=h):<27}" for h in horizons)
    lines = [
        words.text("outlook.camps_head", scenario=content["scenario"], day=content["origin"]),
        "",
        f"{'':<{width}}  {words.text('outlook.last_count'):<21}{head}".rstrip(),
    ]
    for row in content["camps"].values():
        last = row["last_count"]
        counted = f"{words.number(last['persons'])} ({last['date']})" if last else words.text("outlook.no_count")
        lines.append(f"{row['name'][:LONGEST_NAME]:<{width}}  {counted:<21}{_cells(row, horizons, words)}".rstrip())
    lines.append(f"{every:<{width}}  {'':<21}{_cells(content['total'], horizons, words)}".rstrip())
    if content["closed_words"]:
        lines += ["", *content["closed_words"]]
    lines += ["", *content["capacity_words"], "", _lead_line(content, words), _weight_line(content, words)]
    return lines


def _cells(row: Mapping[str, Any], horizons: list[str], words: Language) -> str:
    cells, to = [], words.text("outlook.to")
    for horizon in horizons:
        at = row["horizons"][horizon]
        middle, low, high = (words.number(at[name]) for name in ("q50", "q05", "q95"))
        said = f"{middle} ({low} {to} {high})"
        cells.append(f"  {said:<27}")
    return "".join(cells)


def _lead_line(content: Mapping[str, Any], words: Language) -> str:
    """How far ahead the forecast is of use."""
    lead = content["useful_lead"]
    if lead[CAMPS] is None:
        return words.text("outlook.too_few")
    total = words.text("outlook.unknown") if lead[TOTAL] is None else words.text("outlook.days", n=lead[TOTAL])
    return words.text("outlook.of_use", camps=lead[CAMPS], total=total, n=content["past_forecasts"])


def _weight_line(content: Mapping[str, Any], words: Language) -> str:
    """The heaviest forecasters of camps at the longest horizon."""
    by_horizon = content["weights"][CAMPS]
    horizon = max(by_horizon, key=int)
    heaviest = sorted(by_horizon[horizon].items(), key=lambda pair: -pair[1])[:HEAVIEST]
    parts = ", ".join(f"{name} {round(100 * weight)}" for name, weight in heaviest)
    return words.text("outlook.weights", days=horizon, parts=parts)
