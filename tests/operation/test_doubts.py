"""What a report is held against: the last before it that counts, whatever was announced or withdrawn between."""

from __future__ import annotations

import pytest
from tests.operation.test_commands import call

from caravana.operation import doubts


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("doubts") / "op")
    call("new", folder, "--road", "tapachula-mexico-city", "--departs", "2023-12-24", "--until", "2024-03-10")
    call("observe", folder, "huixtla", "--on", "2023-12-26", "--persons", "4500")
    call("observe", folder, "huixtla", "--on", "2023-12-30", "--persons", "4400", "--planned")
    call("observe", folder, "huixtla", "--on", "2023-12-30", "--persons", "4300")
    call("observe", folder, "--withdraw", "2023-12-30-headcount-2")
    call("observe", folder, "--withdraw", "2023-12-30-position-2")
    call("observe", folder, "--on", "2023-12-30", "--kind", "position")
    return folder


def test_what_was_announced_or_withdrawn_hides_no_doubt(folder):
    said = call("observe", folder, "huixtla", "--on", "2023-12-31", "--persons", "450", "--no-night")[1]
    assert "10 times less than 2023-12-26-headcount-1" in said


def test_a_night_nowhere_hides_no_leap(folder, monkeypatch):
    monkeypatch.setattr(doubts, "MOST_KM_A_DAY", 20.0)
    said = call("observe", folder, "juchitan", "--on", "2023-12-31")[1]
    assert "beyond Huixtla" in said


def test_announcements_hide_no_report_that_it_walked_on(folder):
    call("observe", folder, "huixtla", "--on", "2024-01-04", "--persons", "4000", "--no-night")
    for day in range(5, 5 + doubts.LOOKED_BACK):
        call("observe", folder, "huixtla", "--on", f"2024-01-{day:02}", "--persons", "4000", "--planned", "--no-night")
    said = call("observe", folder, "--ended", "papers", "--on", "2024-01-02")[1]
    assert "2024-01-04-headcount-1 tells of it on 2024-01-04" in said
    call("observe", folder, "--withdraw", "2024-01-02-ended-1")
