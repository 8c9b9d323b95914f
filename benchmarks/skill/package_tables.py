"""The tables of other caravans, and of other records of camps, that ship with the package."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.skill import endings
from benchmarks.skill.caravans import skills

import caravana
from caravana.inference.caravan import level, pacing
from caravana.inference.caravan.nights import plans_kept
from caravana.inference.caravan.pooled.branching import ways_taken
from caravana.inference.caravan.pooled.rosters import FIGURES, HORIZONS, POSITIONS
from caravana.inference.caravan.together import Hazard
from caravana.inference.displacement.forecast import FORECASTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.skill.caravans import Measured
    from numpy.typing import NDArray

    from caravana.inference.displacement.listening import Phase, Total

    Floats = NDArray[np.float64]

PACKAGE = Path(caravana.__file__).parent
FOLDER = PACKAGE / "inference" / "caravan" / "pooled"
CAMP_WEIGHTS = PACKAGE / "inference" / "displacement" / "pool_weights.csv"


def write_tables(measured: Measured, folder: Path = FOLDER) -> None:
    """Write the tables of what each caravan tells of the others, and of what is chosen with each left out."""
    _write_caravans(measured, folder)
    _write_left_out(measured, folder)


def _write_caravans(measured: Measured, folder: Path) -> None:
    """Write what was read, seen and scored of each caravan."""
    departs = {one.name: one.record.departs.isoformat() for one in measured.given}
    _write(
        folder / "advance.csv",
        ("caravan", "departs", "parameter", "reading", "error"),
        (
            (name, departs[name], parameter, f"{reading[i]:.4f}", f"{error[i]:.4f}")
            for name, (reading, error) in measured.readings.items()
            for i, parameter in enumerate(pacing.NAMES)
            if np.isfinite(error[i])
        ),
    )
    _write(
        folder / "hosts.csv",
        ("caravan", "departs", "place"),
        ((name, departs[name], place) for name, places in measured.places.items() for place in sorted(places)),
    )
    kept = {one.name: plans_kept(one.record) for one in measured.given}
    _write(
        folder / "plans.csv",
        ("caravan", "departs", "kept", "announced"),
        ((name, departs[name], *counted) for name, counted in kept.items() if counted[1]),
    )
    _write(
        folder / "branches.csv",
        ("caravan", "departs", "leaves", "towards", "left", "aside"),
        (
            (
                one.name,
                departs[one.name],
                *way.key,
                str(way.left).lower(),
                "" if way.aside is None else str(way.aside).lower(),
            )
            for one in measured.given
            for way in ways_taken(one.record)
        ),
    )
    _write(
        folder / "levels.csv",
        ("caravan", "departs", *level.GRID_NAMES),
        (
            (name, departs[name], *(f"{x - row.max():.3f}" for x in row))
            for name, row in measured.evidence.items()
            if np.ptp(row) > 0.0
        ),
    )
    _write(
        folder / "fates.csv",
        ("caravan", "departs", "broken"),
        (
            (life.name, life.departs.isoformat(), str(life.broken).lower())
            for life in endings.lives(measured.given)
            if life.broken is not None
        ),
    )
    rows = skills(measured)
    _write(
        folder / "skills.csv",
        ("caravan", "departs", "quantity", "horizon", "score", "naive", "cases"),
        ((name, departs[name], *key, f"{own:.4g}", f"{naive:.4g}", n) for name, *key, own, naive, n in rows),
    )


def _write_left_out(measured: Measured, folder: Path) -> None:
    """Write weights, widths, hazards and shares, each with one caravan left out."""
    _write(folder / "weights.csv", ("left_out", "quantity", "horizon", "forecaster", "weight"), _weights(measured))
    _write(
        folder / "widths.csv",
        ("left_out", "quantity", "horizon", "worth", "own", "easing", "errors"),
        _widths(measured),
    )
    hazards = endings.hazards(measured.given)
    names = [field.name for field in fields(Hazard)]
    _write(
        folder / "hazards.csv",
        ("left_out", *names),
        ((name, *(f"{getattr(hazard, each):.4f}" for each in names)) for name, hazard in hazards.items()),
    )
    shares = endings.shares_together(measured.given)
    rows = ((name, horizon, f"{share:.4f}") for (name, horizon), share in shares.items())
    _write(folder / "together.csv", ("left_out", "horizon", "share"), rows)


def write_camp_weights(
    weights: Mapping[Total, Mapping[Phase, Mapping[int, Floats]]], path: Path = CAMP_WEIGHTS
) -> None:
    """Write ``pool_weights.csv``: what each forecaster of camps weighs, by total and by phase of the crisis."""
    rows = (
        (total, phase, horizon, *(f"{weight:.4f}" for weight in each))
        for total, by_phase in weights.items()
        for phase, by_horizon in by_phase.items()
        for horizon, each in by_horizon.items()
    )
    _write(path, ("total", "phase", "horizon", *FORECASTERS), rows)


def _weights(measured: Measured) -> Iterable[tuple[object, ...]]:
    for quantity, roster in (("position", POSITIONS), ("headcount", FIGURES)):
        for name, learned in measured.learned[quantity].items():
            for horizon in HORIZONS:
                for forecaster, weight in zip(roster.names, learned.weights[horizon], strict=True):
                    yield name, quantity, horizon, forecaster, f"{weight:.5f}"


def _widths(measured: Measured) -> Iterable[tuple[object, ...]]:
    for quantity, by_name in measured.learned.items():
        for name, learned in by_name.items():
            for horizon, width in learned.widths.items():
                errors = " ".join(f"{error:.3f}" for error in width.errors)
                yield name, quantity, horizon, f"{width.worth:.2f}", f"{width.own:g}", f"{width.easing:g}", errors


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
