"""Who pays whom: by leg and mode, and what smugglers receive with the caravan and without it.

Organisers' receipts are not modelled: no source quantifies them.  They are given only where a claim
that gives an amount is taken as true, and the answer says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caravana.results.members import INTERVAL, drawn_parameters, interval
from caravana.results.money import paid_by_leg
from caravana.results.outcomes import joined
from caravana.studies.rank_correlation import decided_by, describe, noise_of, rank_correlations

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run
    from caravana.studies.compare import Comparison

MODES = {"smugglers": "vehicle off the route", "transport": "bus", "shops": "on foot"}
"""How those who pay a payee travel."""
QUESTIONED = ("seat_price", "perceived_risk", "company_exponent", "company_value")
"""Price, the risk people perceive, and company: what the receipts are asked to be sensitive to."""
UNSET = "Organisers' receipts are not modelled: no source quantifies them, and no claim that does is taken as true."


def who_pays_whom(run: Run, *, cohort: bool = True) -> pd.DataFrame:
    """Return USD by payer, payee, mode and leg, with quantiles over members.

    Parameters
    ----------
    run
        A run that followed those who set out.
    cohort
        What those who set out paid; otherwise, everyone.

    Returns
    -------
    pandas.DataFrame
        Columns payer (``caravan``: while in one; ``alone``: on their own), payee, mode, leg (the
        state in which they paid), low, median, high.  Sorted by what is paid.
    """
    import pandas as pd

    wide = paid_by_leg(run, cohort=cohort)
    table = pd.DataFrame({name: wide.quantile(q) for name, q in INTERVAL.items()}).reset_index()
    table.insert(2, "mode", [MODES.get(str(p), "") for p in table["payee"]])
    table["mean"] = wide.mean().to_numpy()
    table = table[table["high"] > 0]
    return table.sort_values(["payee", "mean"], ascending=[True, False], kind="stable").reset_index(drop=True)


def _caravan_question(comparison: Comparison) -> bool:
    return any(p.lever == "no_caravan" for p in comparison.policies)


def smugglers_receipts(comparison: Comparison) -> dict[str, Any]:
    """Return what smugglers receive per 1,000 people who set out, in both worlds.

    The cohort is the same in both: those who set out on the first caravan's day, with it or (where
    none sets out) each on their own, followed wherever they go until the scenario's last day.
    Where the policy is that no caravan sets out, the difference is *with the caravan less without
    it*, so that a negative number says that the caravan lowers what smugglers receive.
    """
    worlds = comparison.values["set_out"]
    base, policy = (worlds[w]["smugglers_per_1000"] for w in ("base", "policy"))
    caravan = _caravan_question(comparison)
    difference = base - policy if caravan else policy - base
    return {
        "unit": "USD per 1,000 people who set out",
        "who": "the people who set out on the first caravan's day, followed to the last day, in both worlds",
        "difference_is": "with the caravan less without it" if caravan else "with the policy less without it",
        ("with_caravan" if caravan else "base"): interval(base),
        ("without_caravan" if caravan else "policy"): interval(policy),
        "difference": interval(difference),
        "share_lower": float((difference < 0).mean()),
        "share_lower_is": "share of members in which "
        + ("the caravan lowers them" if caravan else "the policy lowers them"),
        "decided_by": [d.as_json() for d in decided_by(comparison.base, difference)],
        "chance_correlation": round(noise_of(len(difference), drawn_parameters(comparison.base).shape[1]), 3),
        "sensitivity": sensitivity(comparison, base, policy, difference),
    }


def sensitivity(
    comparison: Comparison, base: pd.Series[float], policy: pd.Series[float], difference: pd.Series[float]
) -> list[dict[str, Any]]:
    """Return how receipts hang on price, perceived risk and company: in either world, and their difference."""
    parameters = drawn_parameters(comparison.base).loc[comparison.members]
    rows = []
    for name in QUESTIONED:
        if name not in parameters.columns:
            continue
        row: dict[str, Any] = {"parameter": name}
        for world, answer in (("base", base), ("policy", policy), ("difference", difference)):
            rho = float(rank_correlations(parameters[[name]], answer).iloc[0])
            decider = describe(comparison.scenario, parameters, answer, name, rho).as_json()
            row["unit"], row["description"] = decider.pop("unit"), decider.pop("description")
            row[world] = {k: decider[k] for k in ("rank_correlation", "in_lowest_third", "in_highest_third")}
        rows.append(row)
    return rows


def organisers_receipts(comparison: Comparison) -> dict[str, Any]:
    """Return what organisers receive: unset, unless a claim that gives an amount is taken as true."""
    fee = comparison.inputs.organiser_fee
    if fee is None:
        return {"usd": None, "why": UNSET}
    claims = [c for c, taken in comparison.taken.items() if taken == "true"]
    worlds = {"base": comparison.base, "policy": comparison.policy}
    receipts = {world: interval(joined(run).reindex(comparison.members) * fee) for world, run in worlds.items()}
    why = f"{fee:g} USD for each person who joins a caravan, because {', '.join(claims)} is taken as true."
    return {"usd": receipts, "fee": fee, "why": why}


def ledger_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return who pays whom in both worlds, per payer, payee, mode and leg, of those who set out."""
    import pandas as pd

    keys = ["payer", "payee", "mode", "leg"]
    worlds = {"base": comparison.base, "policy": comparison.policy}
    tables = [who_pays_whom(run).set_index(keys).add_suffix(f"_{world}") for world, run in worlds.items()]
    both = pd.concat(tables, axis=1).fillna(0.0)
    rows = []
    for key, row in both.iterrows():
        named = dict(zip(keys, key, strict=True)) if isinstance(key, tuple) else {}
        rows.append({
            **named,
            "base": {n: float(row[f"{n}_base"]) for n in INTERVAL},
            "policy": {n: float(row[f"{n}_policy"]) for n in INTERVAL},
        })  # fmt: skip
    return rows
