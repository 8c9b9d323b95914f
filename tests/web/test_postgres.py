"""What the pages keep, in PostgreSQL as in a file."""

import shutil
import tempfile
from pathlib import Path

from tests.made import postgres
from tests.made.web import EVENING

from caravana.operation.creating import new_operation
from caravana.operation.ledger import open_ledger
from caravana.web.store import accounts, edits, jobs, publications
from caravana.web.store.marks import forecast_marks
from caravana.web.store.tables import Store

pytestmark = postgres.NEEDS_SERVER


def test_accounts_jobs_edits_and_publications_are_kept_there():
    base = Path(tempfile.mkdtemp(prefix="pg-"))
    base.chmod(0o755)
    try:
        with postgres.cluster(base / "c") as url:
            operation = new_operation(base / "op", name="Pages", scenario="tapachula-2021-11-18", database=url)
            with open_ledger(operation) as ledger:
                store = Store(Store(ledger).ledger)
                number = jobs.ask_for_job(store, "update", {}, who="ana")
                assert jobs.claim_job(store, "w", at=1.0)["job"] == number
                assert jobs.claim_job(store, "v", at=2.0) is None
                assert jobs.renew_job(store, number, "w", at=2.0, progress={"done": 1}) == "held"
                assert jobs.end_job(store, number, "w", jobs.DONE, message="", result="{}")
                accounts.add_account(store, "ana", "planner", "x")
                accounts.begin_session(store, "t" * 40, "ana", at=1.0)
                assert accounts.session_of(store, "t" * 40)["role"] == "planner"
                assert edits.add_edit(store, "ana", {"change": "lifts"})
                assert edits.undo_edit(store, "ana")
                assert edits.edits_of(store, "ana") == ([], 1)
                assert publications.add_publication(store, {}, on=EVENING, who="ana") == f"{EVENING}-1"
                assert forecast_marks(store) == (0, 0, 0, 0, 0)
                assert len(ledger.reports(last=3)) == 3
    finally:
        shutil.rmtree(base, ignore_errors=True)
