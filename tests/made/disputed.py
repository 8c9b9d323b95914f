"""A small disputed scenario: claims, what follows from them, and policies to compare."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.made.small import parameters, small_scenario

from caravana.scenario.model import Claim, Observation, Policy, Prior, Reading, Scenario, Source

START = dt.date(2021, 10, 23)


def claim(name: str, **fields: Any) -> Claim:
    """Return a claim with the fields that matter, and the rest filled in."""
    filled = {
        "speaker_role": "organiser", "speaker_side": "organisers", "topic": "headcount", "claim": "So many walk.",
        "status": "disputed", "source_id": "paper", **fields,
    }  # fmt: skip
    return Claim(id=name, **filled)


def disputed_scenario(**changes: Any) -> Scenario:
    """Return the small road with three uncertain parameters, five claims and three policies."""
    uncertain = {
        "turnout": Prior(dist="lognormal", median=120, sigma=0.3),
        "seat_hazard": Prior(dist="lognormal", median=0.01, sigma=0.7),
        "seat_price": Prior(dist="lognormal", median=3500, sigma=0.25),
    }
    given = tuple(
        p.model_copy(update={"prior": uncertain[p.name], "value": None, "low": 0.0, "high": 1e6, "basis": ("many",)})
        if p.name in uncertain
        else p
        for p in parameters()
    )
    money = {"topic": "money_to_smugglers", "speaker_side": "authorities", "date_said": dt.date(2021, 11, 9)}
    fields: dict[str, Any] = {
        "towns": 8, "days": 10, "parameters": given,
        "sources": (Source(id="paper", kind="news", publisher="A paper"),),
        "claims": (
            claim("many"), claim("money", **money, disputed_by=("many",)), claim("trusted", topic="aid_refused"),
            claim("age", topic="force"), claim("plain", status="uncontested"), claim("count"),
            claim("fees", **money, quantity_low=100.0, quantity_high=100.0, unit="USD per person"),
        ),
        "observations": (
            Observation(
                id="obs", date=START, known_on=START, kind="headcount", low=100, high=100, qualifier="about",
                speaker_role="organiser", speaker_side="organisers", claim_ids=("many",), source_id="paper",
            ),
        ),
        "readings": (
            Reading(claim="many", taken="true", parameter="turnout", value=200, why="200 set out", why_es="salen 200"),
            Reading(
                claim="many", taken="false", parameter="turnout", prior=Prior(dist="lognormal", median=60, sigma=0.2),
                why="60 or so set out", why_es="salen unas 60",
            ),
            Reading(claim="money", taken="true", parameter="seat_hazard", value=0.05, why="seats are bought"),
            Reading(claim="money", taken="false", parameter="seat_hazard", value=0.0, why="no seats are bought"),
            Reading(claim="trusted", taken="true", policy="trust", why="the cards are trusted"),
            Reading(claim="count", taken="true", date=START + dt.timedelta(days=2), low=80, why="80 or more walk"),
            Reading(claim="count", taken="false", date=START + dt.timedelta(days=2), low=80, why="fewer walk"),
            Reading(claim="fees", taken="true", parameter="organiser_fee", value=100),
        ),
        "policies": (
            Policy(id="no-caravan", title="No caravan", title_es="Sin caravana", lever="no_caravan", start=START),
            Policy(id="trust", title="Cards are trusted", lever="cards_credible", start=START),
            Policy(id="stricter", title="More control", lever="enforcement", start=START, value=3.0),
            Policy(id="strictest", title="Much more", lever="enforcement", start=START, value=9.0),
            Policy(id="lifts", title="Lifts", lever="lifts", start=START, value=1.0),
            Policy(id="was-so", title="Was so", lever="lifts", start=START, value=0.5),
        ),
    }  # fmt: skip
    fields.update(changes)
    fields["policies"] = tuple(
        p.model_copy(update={"base": p.id == "was-so", "basis": ("assumption",)}) for p in fields["policies"]
    )
    return small_scenario(**fields)
