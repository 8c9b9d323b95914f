"""The smallest inputs that once ended a reader: each is one message now."""

import io
import json
import subprocess
import sys
import zipfile

import pytest
from tests.importers.counts.layouts import workbook
from tests.made.instances import write_instance

import caravana as cv
from caravana.cli.options import read_date
from caravana.errors import InputError, RunError, UsageError
from caravana.importers.articles.drafts import draft
from caravana.importers.counts.reading import read_counts
from caravana.importers.flee.instance import import_flee
from caravana.inference.posterior.folder import read_array
from caravana.results.supplies import load_profile, load_stock

PLACES = {"tapachula": "tapachula"}
ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    ["[" * 5000, "- " * 5000, ALIASES, "move_rules:\n  a: 2001-13-45\n", "move_rules:\n  a: " + "9" * 5000,
     "move_rules:\n  a: !!bool x\n", "move_rules:\n  a: !!int ''\n", "move_rules:\n  a: !!timestamp x\n", "a: [\n"],
)  # fmt: skip
def test_yaml(tmp_path, text):
    folder = write_instance(tmp_path / "x", settings=text)
    (fault,) = map(str, import_flee(folder, folder / "simsetting.yml").faults)
    assert fault.startswith("simsetting.yml")
    assert len(fault) < 300


def test_names_of_files_that_no_system_takes(tmp_path):
    folder = write_instance(tmp_path / "x")
    (folder / "source_data" / "data_layout.csv").write_text(f"total,refugees.csv\nNear,{'x' * 300}.csv\n")
    (fault,) = map(str, import_flee(folder).faults)
    assert "of at most 255 bytes" in fault


@pytest.mark.parametrize("days", ["99999999999", "1e18", "inf", "nan", "-1", "x" * 9000])
def test_stock(tmp_path, days):
    (tmp_path / "s.csv").write_text(f"item,quantity,lead_days\nwater,10,{days}\n")
    with pytest.raises(InputError, match="row 2, lead_days") as refused:
        load_stock(tmp_path / "s.csv", load_profile(), PLACES)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("quantity", ["20.000", "1.250.000", "2.125"])
def test_stock_with_dots_between_thousands(tmp_path, quantity):
    (tmp_path / "s.csv").write_text(f"item,quantity\nwater,{quantity}\n")
    with pytest.raises(InputError, match="row 2, quantity"):
        load_stock(tmp_path / "s.csv", load_profile(), PLACES)


@pytest.mark.parametrize("date", ["1 de enero de 0001", "31 de diciembre de 9999", "3 de noviembre de 2021"])
def test_articles_of_any_year(date):
    text = f"Tapachula, {date}. Unos 2 mil migrantes salieron hace tres semanas de Tapachula, el lunes pasado y mañana."
    scenario = cv.load_scenario("tapachula-2021")
    if "2021" in date:
        assert draft(text, scenario, name="a", published=None).sentences
    else:
        with pytest.raises(UsageError):
            draft(text, scenario, name="a", published=None)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2021-13-45", "x" * 5000, "\0", ""])
def test_dates_of_a_command_line(text):
    with pytest.raises(UsageError, match="--origin") as refused:
        read_date(text, "--origin")
    assert len(str(refused.value)) < 150


PLAN = {"scenario": "a", "scenario_hash": "b", "rules": "flee", "seed": 1, "first": "2021-01-01", "last": "2021-01-05"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last": "2021-26"}, "plan.last is not a date"), ({"seed": None}, "plan.seed is not a whole number"),
        ({"first": "2022-01-01"}, "plan.last is before plan.first"), ({"policies": [1]}, "plan.policies is not"),
        ({"seed": 2**70}, "plan.seed is not a whole number"), ({"taken": {"a": 1}}, "plan.taken is not"),
    ],
)  # fmt: skip
def test_manifests(tmp_path, changes, words):
    (tmp_path / "manifest.json").write_text(json.dumps({"plan": PLAN | changes, "members": 64, "block": 64}))
    with pytest.raises(RunError, match=words):
        cv.open_run(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"plan": PLAN, "members": 64}))
    with pytest.raises(RunError, match="block is missing"):
        cv.open_run(tmp_path)
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(RunError, match="nested too deeply"):
        cv.open_run(tmp_path)


def packed(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def test_a_compressed_bomb_is_refused_before_it_unpacks(tmp_path):
    bomb = packed(**{"xl__worksheets__sheet1.xml": b"\0" * 2**28, "xl__more.xml": b"\0" * 2**20})
    assert len(bomb) < 2**20
    (tmp_path / "a.xlsx").write_bytes(bomb)
    (tmp_path / "b.npz").write_bytes(packed(**{f"a{n}.npy": b"\0" * 2**26 for n in range(9)}))
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from caravana.importers.counts.reading import read_counts\n"
        "from caravana.inference.posterior.folder import read_array\n"
        "import caravana as cv\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for read, name in ((read_counts, 'a.xlsx'), (read_array, 'b.npz')):\n"
        "    try:\n        read(Path(sys.argv[1]) / name)\n"
        "    except cv.CaravanaError as error:\n        print('MB' in str(error))\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    first, second, grown = done.stdout.split()
    assert (first, second) == ("True", "True"), done.stderr
    assert int(grown) < 100, "megabytes"
    with pytest.raises(RunError, match="unpacks to more than"):
        read_array(tmp_path / "b.npz")


def test_a_cell_at_the_far_end_of_a_sheet_does_not_fill_the_memory(tmp_path):
    sound = workbook({"S": [["camp", "date", "persons"], ["A", 44616, 5]]})
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                text = text.replace(b'r="C2"', b'r="XFD1048576"')
            new.writestr(part, text)
    (tmp_path / "a.xlsx").write_bytes(content.getvalue())
    with pytest.raises(InputError, match="has 1,048,576 rows and 16,384 columns"):
        read_counts(tmp_path / "a.xlsx")
