"""The order of the day: one table, read from top to bottom, that is the model description.

A process is a pure function ``(state, world, draws, today, stream) -> Outcome``.  Anyone can
add one of their own: ``insert(ORDER, Process("curfew", my_function), after="advance")`` (:mod:`caravana.models.base`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from caravana.models.base import Process
from caravana.models.caravan.calendar import turn_the_page
from caravana.models.caravan.processes.accounts import keep_accounts
from caravana.models.caravan.processes.advance import advance
from caravana.models.caravan.processes.assembly import assemble, meet_town
from caravana.models.caravan.processes.attrition import leave, reshape
from caravana.models.caravan.processes.choice import choose
from caravana.models.caravan.processes.enforcement import detain_in_caravans, detain_stragglers, run_stations
from caravana.models.caravan.processes.health import fall_ill, meet_traffic, recover
from caravana.models.caravan.processes.observation import report
from caravana.models.caravan.processes.papers import revoke, work_offices
from caravana.models.caravan.processes.smuggling import ride

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import Outcome, State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream


class Act(Protocol):
    """What a process does: looks at the state and says what happens today."""

    def __call__(self, state: State, world: World, draws: Draws, today: Today, stream: Stream, /) -> Outcome:
        """Return today's outcome; the arguments are not to be written to."""


ORDER: tuple[Process, ...] = (
    Process("calendar", turn_the_page, ("switch_north", "offer_delay", "day_temperature")),
    Process("assembly", assemble, ("inflow", "joiners_start", "joiners_decay", "stuck_pool")),
    Process("choice", choose, (
        "join_logodds", "walk_logodds", "seat_logodds", "apply_logodds", "accept_logodds", "go_back_logodds",
        "settle_logodds", "company_value", "crowding_push", "wait_push", "price_response", "perceived_risk",
        "family_walk", "family_readiness", "seat_price", "interception_chance", "accident_chance", "vehicle_km",
        "office_per_day", "stuck_inertia", "stuck_pool",
    )),
    Process("advance", advance, (
        "rest_chance", "walk_km", "walk_spread", "lift_chance", "lift_km", "lift_spread", "population_pull",
        "roadblock_hold",
    )),
    Process("reshape", reshape, (
        "split_chance", "split_share", "merge_chance", "dissolution_at_home", "dissolution_beyond",
    )),
    Process("joiners", meet_town, ("town_stuck_per_1000",)),
    Process("attrition", leave, (
        "leave_hazard", "share_ahead", "seat_hazard", "accept_hazard", "family_readiness", "hazard_drift",
        "bus_fare", "seat_price", "vehicle_km",
    )),
    Process("stragglers", detain_stragglers, ("detention_alone", "company_exponent")),
    Process("detention", detain_in_caravans, (
        "detention_caravan", "clash_detained", "clash_injured", "raid_detained",
    )),
    Process("stations", run_stations, ("return_rate", "release_rate")),
    Process("illness", fall_ill, (
        "treated_rate", "heat_response", "child_factor", "care_refused", "referral_share",
    )),
    Process("care", recover, ("recovery_rate", "care_death")),
    Process("traffic", meet_traffic, ("road_death",)),
    Process("papers", work_offices, ("office_per_day", "recognition_share")),
    Process("revocation", revoke, ("revoke_hazard",)),
    Process("smuggling", ride, (
        "accident_deaths", "shooting_risk", "interception_chance", "accident_chance", "vehicle_km",
    )),
    Process("accounts", keep_accounts, ("bus_fare", "food_spend")),
    Process("observation", report, (
        "bias_authorities", "bias_organisers", "bias_press", "bias_agency", "bias_observer", "report_noise",
    )),
)  # fmt: skip
