"""The rule set ``caravana`` of dispersal: camps share arrivals by nearness, size, room and record.

Counts of camps are counts of people who have *arrived*; so the rise of their sum on a day is
shared out among the camps that day (Flee takes it for departures).  A camp's pull is

    pull = capacity ^ size_power * nearness * room ^ room_power

(room: what is left of its capacity, as a share), and arrivals divide as

    recent * (what arrived lately) + (1 - recent) * (held * present shares + (1 - held) * pull),

each part adding up to 1 over the camps that are open, *recent* fading by half in
``recent_fades`` days after the origin.  When the sum falls all camps shrink alike; a small part
moves on to where the pull is.  Parameters are one pooled set for all instances, with a spread
over members; an instance adds only its counts up to the origin.  See docs/dispersal.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from caravana.dynamics.dispersal_paths import link_shares, nearness, shortest_roads
from caravana.errors import UsageError
from caravana.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.dynamics.dispersal_counts import DailyCounts
    from caravana.dynamics.dispersal_days import PlaceDays
    from caravana.dynamics.dispersal_network import Links
    from caravana.scenario.flee_settings import DispersalSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled parameter: its value, spread over members on its own scale, unit and meaning."""

    value: float
    spread: float
    scale: str
    unit: str
    meaning: str


#: The pooled parameters (``log`` and ``logit`` scales are normal in the log and the logit).
POOLED: dict[str, Pooled] = {
    "size_power": Pooled(0.40, 0.20, "log", "", "power of a camp's capacity in its pull"),
    "room_power": Pooled(1.10, 0.30, "log", "", "power of the room left in a camp's pull"),
    "room_capacity": Pooled(1.05, 0.03, "log", "capacities", "how full a camp gets before it has no room"),
    "softening": Pooled(77.0, 0.30, "log", "km", "km added to every road distance"),
    "held": Pooled(0.60, 0.50, "logit", "share", "arrivals that divide as those already there"),
    "recent": Pooled(0.80, 0.60, "logit", "share", "arrivals that divide as those of late, at the origin"),
    "recent_days": Pooled(5.0, 0.30, "log", "days", "half-life of what counts as late"),
    "recent_fades": Pooled(120.0, 0.50, "log", "days", "half-life of that memory after the origin"),
    "moving_on": Pooled(0.002, 0.50, "log", "1/day", "share of camp residents who move to where the pull is"),
    "surprise": Pooled(0.80, 0.0, "log", "log", "standard deviation of a camp's pull between members"),
    "drift": Pooled(0.045, 0.0, "log", "log per sqrt(day)", "daily shock to a camp's count"),
    "drift_days": Pooled(30.0, 0.0, "log", "days", "time in which shocks to a camp's count wear off"),
    "total_rate": Pooled(0.50, 0.0, "log", "log", "standard deviation of the rate of arrivals ahead"),
    "total_fades": Pooled(45.0, 0.40, "log", "days", "half-life of the rate of arrivals ahead"),
}


@dataclass(frozen=True, slots=True)
class CampModel:
    """What the rule set sees of a scenario.

    Attributes
    ----------
    camps
        Places with counts, as place indices, [camp].
    capacity
        Persons each takes, [camp].
    is_open
        Whether it can be reached and takes people, [day, camp].
    near
        From :func:`nearness`, [day, camp].
    origin_share
        Where people come from, [day, place].
    use
        From :func:`link_shares`, one table for each stretch of days, and which each day has.
    counts
        Counts, known up to the origin, [day, camp].
    total
        Their sum, [day].
    origin
        Day of the origin: the model starts from that evening's counts.
    follow_total
        Whether the sum after the origin is taken from the counts (as in Flee) or forecast.
    """

    camps: Ints
    capacity: Floats
    is_open: Bools
    near: Floats
    origin_share: Floats
    use: tuple[tuple[Floats, ...], Ints]
    counts: Ints
    total: Ints
    origin: int
    follow_total: bool


def compile_camps(
    counts: DailyCounts,
    places: PlaceDays,
    links: Links,
    open_link: Bools,
    settings: DispersalSettings,
    *,
    camps: Ints,
    capacity: Floats,
    population: Ints,
) -> CampModel:
    """Compile the camps of a scenario.

    Raises
    ------
    UsageError
        If ``origin_day`` is no day of the run.
    """  # fmt: skip
    days, n = places.score.shape
    origin = settings.origin_day
    if not 0 <= origin < days:
        raise UsageError(f"origin_day {origin}: expected a day from 0 to {days - 1}")
    is_open = np.empty((days, len(camps)), dtype=bool)
    near = np.empty((days, len(camps)))
    tables: list[Floats] = []
    which = np.empty(days, dtype=np.int64)
    weight = places.origin_weight * population
    total = weight.sum(axis=1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    softening = POOLED["softening"].value
    seen: dict[bytes, tuple[int, Floats]] = {}
    roads_of = {}
    entering = [np.flatnonzero(links.end == camp) for camp in camps]
    for day in range(days):
        key = open_link[day].tobytes()
        if key not in roads_of:
            roads_of[key] = shortest_roads(links, open_link[day], camps, places=n)
        whole = key + share[day].tobytes()
        if whole not in seen:
            roads = roads_of[key]
            tables.append(link_shares(roads, links, share[day], camps, softening=softening))
            seen[whole] = (len(tables) - 1, nearness(roads, share[day], softening=softening))
        which[day], near[day] = seen[whole]
        is_open[day] = [open_link[day][into].any() for into in entering] & places.camp[day, camps]
    total_counts = counts.camps.sum(axis=1)
    size = np.where(capacity > 0, capacity, np.median(capacity[capacity > 0]) if (capacity > 0).any() else 1.0)
    return CampModel(
        camps, size, is_open, near, share, (tuple(tables), which), counts.camps[:days], total_counts[:days], origin,
        not settings.forecast_total,
    )  # fmt: skip


def draw_pooled(members: int, rng: np.random.Generator) -> dict[str, Floats]:
    """Draw the pooled parameters for each member, as columns [member, 1]."""
    drawn: dict[str, Floats] = {}
    for name, one in POOLED.items():
        noise = one.spread * rng.standard_normal((members, 1))
        if one.scale == "log":
            drawn[name] = one.value * np.exp(noise)
        else:
            odds = one.value / (1 - one.value) * np.exp(noise)
            drawn[name] = odds / (1 + odds)
    return drawn


def simulate_camps(
    model: CampModel, *, seed: int, block: int, members: int, days: int, places: int
) -> tuple[Ints, Ints, Floats]:
    """Simulate a block of members.

    Returns
    -------
    tuple
        People at each place [member, day, place], newly displaced by origin [member, day, place],
        departures on links summed over members [day, link].
    """
    rng = stream(seed, block, "dispersal.parameters", 0)
    p = draw_pooled(members, rng)
    surprise = np.exp(p["surprise"] * rng.standard_normal((members, len(model.camps))))
    path = np.empty((members, days, len(model.camps)), dtype=np.int64)
    known = min(model.origin + 1, days)
    path[:, :known] = model.counts[:known]
    lately = _recent_shares(model, p)
    target = _totals(model, p, days, members, rng)
    displaced = np.zeros((members, days, places), dtype=np.int64)
    departures = np.zeros((days, model.use[0][0].shape[1]))
    shocked = np.zeros(surprise.shape)
    for day in range(known, days):
        rng = stream(seed, block, "dispersal.camps", day)
        before = path[:, day - 1]
        pull = _pull(model, p, day, before) * surprise
        pull = _normalised(pull * model.is_open[day], model.is_open[day])
        chance = _divide(model, p, day, before, pull, lately, surprise)
        rise = target[:, day] - before.sum(axis=1)
        arrived = rng.multinomial(np.maximum(rise, 0), chance)
        # Shocks wear off, so that a long run does not wander without end.
        shock = p["drift"] * rng.standard_normal(before.shape) - shocked / p["drift_days"]
        shocked = shocked + shock
        wanted = before + p["moving_on"] * (before.sum(axis=1, keepdims=True) * pull - before)
        wanted = wanted * np.exp(shock)
        path[:, day] = whole_to(wanted, before.sum(axis=1) + np.minimum(rise, 0)) + arrived
        share = model.origin_share[day]
        if share.sum() > 0:
            displaced[:, day] = rng.multinomial(arrived.sum(axis=1), _last_rest(share))
        departures[day] = arrived.sum(axis=0) @ model.use[0][model.use[1][day]]
    people = np.zeros((members, days, places), dtype=np.int64)
    people[:, :, model.camps] = path
    return people, displaced, departures


def _pull(model: CampModel, p: dict[str, Floats], day: int, people: Ints) -> Floats:
    """Pull of each camp, [member, camp]."""
    room = np.maximum(p["room_capacity"] * model.capacity - people, 0.02 * model.capacity) / model.capacity
    return np.asarray(model.capacity ** p["size_power"] * (model.near[day] + 1e-9) * room ** p["room_power"])


def _divide(
    model: CampModel, p: dict[str, Floats], day: int, people: Ints, pull: Floats, lately: Floats, surprise: Floats
) -> Floats:
    """How arrivals divide, [member, camp]."""
    is_open = model.is_open[day]
    room = np.maximum(p["room_capacity"] * model.capacity - people, 0.02 * model.capacity) / model.capacity
    of_late = _normalised(lately * surprise**0.5 * is_open * room**0.3, is_open)
    present = _normalised(people * is_open, is_open)
    recent = p["recent"] * 0.5 ** ((day - model.origin) / p["recent_fades"]) * (lately.sum(axis=1, keepdims=True) > 0)
    chance = recent * of_late + (1 - recent) * (p["held"] * present + (1 - p["held"]) * pull)
    return _last_rest(chance)


def _recent_shares(model: CampModel, p: dict[str, Floats]) -> Floats:
    """Shares of camps in the rises up to the origin, later ones weighing more, [member, camp]; 0 without any."""
    rises = np.maximum(np.diff(model.counts[: model.origin + 1], axis=0), 0)
    age = np.arange(len(rises))[::-1]
    weight = 0.5 ** (age[None, :] / p["recent_days"])
    summed = weight @ rises
    total = summed.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(summed, total, out=np.zeros_like(summed), where=total > 0))


def _totals(model: CampModel, p: dict[str, Floats], days: int, members: int, rng: np.random.Generator) -> Ints:
    """Sum over camps on each day, [member, day]: the counts' own, or forecast after the origin.

    The forecast rate of arrivals is that of the last days, times a factor of each member's,
    fading by half in ``total_fades`` days.
    """
    observed = np.broadcast_to(model.total[:days], (members, days)).astype(np.int64)
    if model.follow_total:
        return observed
    total = observed.copy()
    back = max(model.origin - 14, 0)
    rate = (model.total[model.origin] - model.total[back]) / max(model.origin - back, 1)
    ahead = np.arange(1, days - model.origin)
    factor = np.exp(p["total_rate"] * rng.standard_normal((members, 1)))
    life = p["total_fades"] / np.log(2.0)
    grown = rate * factor * life * (1.0 - np.exp(-ahead / life))
    total[:, model.origin + 1 :] = np.rint(np.maximum(model.total[model.origin] + grown, 0))
    return total


def _normalised(weight: Floats, is_open: Bools) -> Floats:
    """Weights as shares; even over open camps (over all where none is open) where all weigh nothing."""
    total = weight.sum(axis=1, keepdims=True)
    even = is_open / is_open.sum() if is_open.any() else np.full(len(is_open), 1.0 / len(is_open))
    return np.asarray(np.where(total > 0, weight / np.where(total > 0, total, 1.0), even))


def _last_rest(chance: Floats) -> Floats:
    """Chances whose last one is exactly what is missing to 1."""
    chance = np.array(chance, dtype=float)
    chance[..., -1] = np.maximum(1.0 - chance[..., :-1].sum(axis=-1), 0.0)
    return chance


def whole_to(wanted: Floats, total: Ints) -> Ints:
    """Whole numbers in proportion to `wanted` that add up to `total`, [member, camp].

    Rounded down, then the largest remainders up.
    """
    share = np.maximum(wanted, 0.0)
    summed = share.sum(axis=1, keepdims=True)
    even = np.full_like(share, 1.0 / share.shape[1])
    exact = np.where(summed > 0, share / np.where(summed > 0, summed, 1.0), even) * total[:, None]
    whole = np.floor(exact).astype(np.int64)
    missing = total - whole.sum(axis=1)
    rank = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(whole + (rank < missing[:, None]))
