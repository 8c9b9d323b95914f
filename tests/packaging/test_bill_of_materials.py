"""The bill of materials lists every package of the locks, at its version, with a licence."""

import json
import re
from pathlib import Path

import pytest
from tests.made.tools import load_tool

ROOT = Path(__file__).parents[2]
BILL = json.loads((ROOT / "requirements" / "bill-of-materials.json").read_text("utf-8"))
BY_NAME = {one["name"]: one for one in BILL["components"] if one["purl"].startswith("pkg:pypi/")}
VENDORED = {one["name"]: one for one in BILL["components"] if one["purl"].startswith("pkg:npm/")}


@pytest.fixture(scope="module")
def tool():
    return load_tool("bill_of_materials")


@pytest.mark.parametrize("lock", ["run", "dev"])
def test_it_is_complete_against_the_lock(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    pins = dict(line.split(" ")[0].split("==") for line in re.findall(r"^[^\s#-].*==.*$", text, re.MULTILINE))
    assert len(pins) > 20
    assert {name: BY_NAME[name]["version"] for name in pins} == pins
    if lock == "run":
        assert {name for name, one in BY_NAME.items() if one["scope"] == "required"} == set(pins)
    else:
        assert set(BY_NAME) == set(pins)


def test_every_licence_is_known_and_none_forbids_to_pass_it_on():
    for one in BILL["components"]:
        (licence,) = one["licenses"]
        words = licence.get("expression") or licence["license"]["id"]
        assert words
        # What is linked into the program itself has no copyleft; a driver of a database may have a weak one.
        assert one["scope"] != "required" or "GPL" not in words, one["name"]


def test_what_is_vendored_is_in_it_and_every_file_is_what_its_list_says():
    vendor = load_tool("vendor_web")
    assert {name: one["version"] for name, one in VENDORED.items()} == {
        p["name"]: p["version"] for p in vendor.PACKAGES
    }
    assert vendor.faults() == []
    listed = {
        row["file"]
        for p in json.loads((vendor.PAGES / "vendor.json").read_text("utf-8"))["packages"]
        for row in p["files"]
    }
    there = {path.name.removesuffix(".gz") for path in vendor.PAGES.iterdir()} - {"vendor.json", "pmtiles-LICENSE.txt"}
    assert there == listed


def test_it_is_what_the_tool_writes(tool):
    assert tool.bill() == BILL


def test_a_package_without_a_licence_is_refused(tool, monkeypatch):
    monkeypatch.setattr(
        tool.metadata, "metadata", lambda name: __import__("email").message_from_string("License: ours\n")
    )
    monkeypatch.setattr(tool, "_SPDX", re.compile("MIT"))
    with pytest.raises(SystemExit, match="declares no licence"):
        tool.licence_of("odd")
