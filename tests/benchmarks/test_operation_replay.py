"""The kept figures of a displacement replayed: what was measured is what is promised."""

from __future__ import annotations

import json
from pathlib import Path

KEPT = Path(__file__).parents[2] / "benchmarks" / "operation_replay.json"


def test_a_replay_had_the_same_bytes_and_the_backtest_s_scores():
    figures = json.loads(KEPT.read_text("utf-8"))
    assert figures["frozen"]["files"] == figures["evenings"] > 30
    assert figures["same_bytes"] == figures["same_scores"] == {"again": True, "server": True}
    assert figures["beside_backtest"]["compared"] > 300
    assert figures["beside_backtest"]["differing"] == 0
