"""Who paid whom in a run that followed those who set out, and on which leg."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from caravana.run import Run


def paid_by_leg(run: Run, *, cohort: bool = True) -> pd.DataFrame:
    """Return USD paid, [member, (payer, payee, leg)].

    Parameters
    ----------
    run
        A run that followed those who set out.
    cohort
        What those who set out paid; otherwise, everyone.

    Raises
    ------
    caravana.errors.UsageError
        If the run has no ledger: it followed nobody.
    """
    run.require("ledger")
    amount = "cohort_usd" if cohort else "usd"
    frame = run.query(f"SELECT member, payer, payee, leg, sum({amount}) AS usd FROM ledger GROUP BY ALL")
    wide = frame.pivot_table(index="member", columns=["payer", "payee", "leg"], values="usd", observed=True)
    return wide.reindex(run.member_ids).fillna(0.0)
