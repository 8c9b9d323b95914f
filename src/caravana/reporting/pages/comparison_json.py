"""A comparison as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.language.language import load_language
from caravana.reporting.pages.comparison_words import headline
from caravana.studies.compare import LEVELS
from caravana.studies.money import ledger_rows, organisers_receipts, smugglers_receipts

if TYPE_CHECKING:
    from caravana.studies.compare import Comparison


def as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as one JSON object; ``docs/what-if.md`` tells its keys.

    Parameters
    ----------
    comparison
        Two worlds, member by member.
    """
    plan = comparison.base.manifest["plan"]
    receipts = smugglers_receipts(comparison)
    places = comparison.places()
    return {
        "scenario": plan["scenario"],
        "scenario_hash": plan["scenario_hash"],
        "caravana": comparison.base.manifest["caravana"],
        "seed": plan["seed"],
        "members": len(comparison.members),
        "first": plan["first"],
        "last": plan["last"],
        "policies": [p.model_dump(mode="json") for p in comparison.policies],
        "claims_taken": dict(comparison.taken),
        "interval": "low to high holds 90% of members; differences are taken member by member",
        "smugglers_receipts": receipts,
        "outcomes": {
            "set_out": [e.as_json() for e in comparison.effects("set_out")],
            "everyone": [e.as_json() for e in comparison.effects("everyone")],
        },
        "persons_in_need_by_place": [
            {
                "place": str(place), "base": float(row["base"]), "policy": float(row["policy"]),
                "difference": {name: float(row[name]) for name in LEVELS}, "share_higher": float(row["share_higher"]),
            }
            for place, row in places.iterrows()
        ],
        "money": {"set_out": ledger_rows(comparison), "organisers_receipts": organisers_receipts(comparison)},
        "headline": {code: headline(comparison, receipts, load_language(code)) for code in ("en", "es")},
    }  # fmt: skip
