"""Large files, long lines and endless lists are refused before they fill the memory; sound ones are quick."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from caravana.models.scenarios import load_scenario, read_scenario, write_scenario
from caravana.scenario.folders import bundled, find_scenario
from caravana.scenario.model import Link, Place
from caravana.scenario.reading.tables import MOST_BYTES, MOST_LINE_BYTES

# Prints the faults, and the peak of resident memory above that of the imports, in MB.
PROBE = """
import resource, sys
from caravana.models.scenarios import read_scenario

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

before = peak()
faults = read_scenario(sys.argv[1])[1]
sys.stdout.write("\\n".join(map(str, faults)) + f"\\n{peak() - before:.0f}")
"""


def probe(folder):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(folder.path)], capture_output=True, text=True, check=True, timeout=60
    )
    *told, megabytes = done.stdout.split("\n")
    return told, int(megabytes)


def test_300_megabytes_are_refused_unread(folder):
    row = b"x,Somewhere on the road,15.0,-92.0,1000,town,true,MX\n"
    with (folder.path / "places.csv").open("ab") as file:
        block = row * 20_000
        for _ in range(300 * 2**20 // len(block) + 1):
            file.write(block)
    told, megabytes = probe(folder)
    assert told == ["places.csv: 300 MB — expected a file of at most 64 MB"]
    assert megabytes < 20


def test_rows_without_end_stop_at_the_limit(folder, monkeypatch):
    monkeypatch.setattr("caravana.scenario.reading.tables.MOST_ROWS", 1000)
    folder.append("sources.csv", "".join(f"s{number},news,x,,\n" for number in range(1000)))
    # Only that is told: with the table cut short, ids that others name may stand in the rest.
    assert folder.told() == ["sources.csv line 1002: expected at most 1,000 rows"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_one_endless_line(folder, quote):
    """Sparse: nothing but NUL bytes, up to the limit of size."""
    path = folder.path / "places.csv"
    with path.open("ab") as file:
        file.write(quote.encode())
        file.truncate(MOST_BYTES)
    told, megabytes = probe(folder)
    assert told == [f"places.csv line 6: expected a line of at most {MOST_LINE_BYTES:,} bytes"]
    assert megabytes < 20


def test_quote_that_swallows_the_rest(folder):
    folder.append("places.csv", 'x,"' + "y\n" * 100_000)
    (told,) = folder.told()
    assert told.startswith("places.csv line 6: expected cells of at most 131,072 characters (or a '\"' that closes")


def test_large_document(folder):
    with (folder.path / "scenario.toml").open("ab") as file:
        file.truncate(300 * 2**20)
    assert folder.told() == ["scenario.toml: 300 MB — expected a file of at most 8 MB"]


def test_loading_takes_in_proportion_to_the_scenario(folder, tmp_path):
    """250 places, links and observations, and four times as many: no part of reading looks at all pairs."""
    scenario = load_scenario(folder.path)

    def seconds(number):
        more = [Place(id=f"p{n}", name="Somewhere", lat=15, lon=-92) for n in range(number)]
        names = ["d", *(place.id for place in more)]
        links = [Link(from_id=one, to_id=other, km=9) for one, other in pairwise(names)]
        observation = scenario.observations[0]
        observations = [observation.model_copy(update={"id": f"o{n}"}) for n in range(number)]
        update = {
            "places": (*scenario.places, *more),
            "links": (*scenario.links, *links),
            "observations": (*scenario.observations, *observations),
        }
        large = tmp_path / str(number)
        write_scenario(scenario.model_copy(update=update), large)
        took = []
        for _ in range(4):
            begun = time.process_time()
            load_scenario(large)
            took.append(time.process_time() - begun)
        return min(took)

    assert seconds(1_000) < 8 * seconds(250)


def test_reading_imports_nothing_heavy(folder):
    code = (
        "import sys\nfrom caravana.models.scenarios import load_scenario\nload_scenario(sys.argv[1])\n"
        "heavy = {'pandas', 'xarray', 'duckdb', 'scipy', 'plotly', 'rich'} & set(sys.modules)\n"
        "sys.stdout.write(' '.join(sorted(heavy)))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder.path], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_folder_by_the_name_of_a_bundled_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (bundle,) = [one.path for one in bundled() if one.name == "tapachula-2021"]
    assert find_scenario(Path("tapachula-2021")) == bundle
    Path("tapachula-2021").mkdir()
    assert find_scenario("tapachula-2021") == bundle
    assert find_scenario("./tapachula-2021") == Path("tapachula-2021")
    assert find_scenario(Path("./tapachula-2021")) == Path("tapachula-2021")


def test_every_bundled_scenario_is_sound():
    scenarios = bundled()
    assert "tapachula-2021" in {one.name for one in scenarios}
    for one in scenarios:
        scenario, faults = read_scenario(one.path)
        assert [str(fault) for fault in faults] == []
        assert scenario is not None
        assert (scenario.title, scenario.title_es) == (one.title, one.title_es)
        assert find_scenario(one.name) == one.path
