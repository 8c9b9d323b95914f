"""Commands killed at random moments, a full disk: nothing lost, nothing twice, the next call completes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

from benchmarks.attacks.operation import attack

from caravana.operation.ledger import open_ledger


def test_killed_commands_lose_nothing_and_the_next_completes():
    figures = attack(3, seed=3)
    assert figures.tries == 3
    assert (figures.lost, figures.silent, figures.tracebacks) == (0, 0, 0)


def test_a_full_disk_is_one_line_and_the_ledger_stays_as_it_was(copy):
    operation = copy()
    with open_ledger(operation) as ledger:
        before = ledger.reports()
    words = ["observe", str(operation.folder), "huixtla", "--on", "2021-11-20", "--persons", "900"]

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-m", "caravana.cli", *words], capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=fill, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "the ledger" in done.stderr
    assert "it is as it was before" in done.stderr
    with open_ledger(operation) as ledger:
        assert ledger.reports().equals(before)
