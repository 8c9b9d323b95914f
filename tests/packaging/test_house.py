import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CONTRACTS = """
[tool.importlinter]
root_package = "inn"

[[tool.importlinter.contracts]]
name = "One way"
type = "layers"
containers = ["inn"]
exhaustive = true
layers = ["cli", "reporting | exports", "results", "run", "ensemble", "models | scenario", "errors"]

[[tool.importlinter.contracts]]
name = "Two models"
type = "independence"
modules = ["inn.models.walk", "inn.models.ride"]
"""

SOUND = {
    "__init__.py": '"""An inn.  SELECT a room FROM the list."""\n',
    "errors.py": "class InnError(Exception):\n    pass\n",
    "scenario/__init__.py": "",
    "scenario/reading.py": 'from inn.errors import InnError\n\nKIND = "caravan"\n\n\ndef read(row):\n'
    '    """Read; a place of kind "caravan" moves."""\n    return row.kind == "caravan" or "ge" in InnError.rules\n',
    "models/__init__.py": "",
    "models/registry.py": 'def model_of(scenario):\n    return scenario.rules == "flee"\n',
    "models/walk.py": "from contextlib import contextmanager\n\nWORDS = ['walk', 'flee'], contextmanager\n",
    "models/ride.py": "import json\n\nWORDS = json\n\n\ndef same(a, b):\n    return a.family == b.family\n",
    "ensemble/__init__.py": "",
    "ensemble/store.py": "def write(db):\n    db.execute(\"COPY (SELECT a FROM frame) TO 'b' (FORMAT parquet)\")\n",
    "run.py": "def ask(db):\n    return db.query('SELECT a FROM b')\n",
    "results/__init__.py": "",
    "results/members.py": "SQL = 'SELECT a FROM read_parquet(b)'\n",
    "exports/__init__.py": "",
    "reporting/__init__.py": "",
    "cli/__init__.py": "",
    "scenario/library/one/scenario.toml": "a = 1\n" * 1699,
}
# Rooms of one size, so that the biggest is under a fifth.
FILLED = ("scenario", "models", "ensemble", "results", "exports", "reporting", "cli")


@pytest.fixture
def build(tmp_path):
    def build(**changes):
        package = tmp_path / "src" / "inn"
        files = SOUND | {f"{room}/filling.py": "1\n" * 100 for room in FILLED} | changes.pop("files", {})
        for name, text in files.items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (tmp_path / "pyproject.toml").write_text(CONTRACTS, encoding="utf-8")
        return tmp_path

    return build


def run_house(project, *options):
    return subprocess.run(
        [sys.executable, ROOT / "tools" / "house.py", "--project", project, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def measure(project):
    done = run_house(project, "--json")
    assert not done.stderr, done.stderr
    answer = json.loads(done.stdout)
    assert (done.returncode == 0) is answer["holds"]
    return answer


def test_a_sound_house_holds(build):
    answer = measure(build())
    assert answer["holds"], answer["offenders"]
    assert answer["biggest_room_share"] < 0.2
    assert answer["library_lines"] == 1699
    numbers = ("upward_imports", "cycles", "rule_branches", "sql_files", "dialect_names", "vague_names")
    assert [answer[name] for name in numbers] == [0] * 6


VIOLATIONS = {
    "an import upward": (
        {"scenario/up.py": "x = 1\nimport inn.run\n"},
        "upward_imports",
        "upward",
        ["scenario/up.py:2 imports inn.run, which is above it"],
    ),
    "an import upward inside a function": (
        {"scenario/up.py": "def f():\n    from inn import run\n    return run\n"},
        "upward_imports",
        "upward",
        ["scenario/up.py:2 imports inn.run, which is above it"],
    ),
    "a relative import upward": (
        {"scenario/up.py": "from ..results.members import SQL\n"},
        "upward_imports",
        "upward",
        ["scenario/up.py:1 imports inn.results.members, which is above it"],
    ),
    "a neighbour": (
        {"exports/side.py": "from inn.reporting.filling import x\n"},
        "upward_imports",
        "upward",
        ["exports/side.py:1 imports inn.reporting.filling, a neighbour"],
    ),
    "an independent neighbour": (
        {"models/ride.py": "import inn.models.walk\n"},
        "upward_imports",
        "upward",
        ["models/ride.py:1 imports inn.models.walk, a neighbour"],
    ),
    "a cycle": (
        {"cli/one.py": "from inn.cli.two import x\n", "cli/two.py": "def f():\n    import inn.cli.one\n"},
        "cycles",
        "cycles",
        ["inn.cli: one <-> two"],
    ),
    "a comparison with a rule set": (
        {"cli/a.py": "def f(plan):\n    return plan.rules != other\n"},
        "rule_branches",
        "rules",
        ["cli/a.py:2"],
    ),
    "a name of a rule set": (
        {"cli/a.py": "def f(name):\n    return name in ('flee', 'walk')\n"},
        "rule_branches",
        "rules",
        ["cli/a.py:2"],
    ),
    "a name of a family": (
        {"cli/a.py": "def f(run):\n    return 1 if run.model.family == 'displacement' else 2\n"},
        "rule_branches",
        "rules",
        ["cli/a.py:2"],
    ),
    "a match on a rule set": (
        {"cli/a.py": "def f(s):\n    match s.rules:\n        case _:\n            return 1\n"},
        "rule_branches",
        "rules",
        ["cli/a.py:2"],
    ),
    "a look-up by rule set": (
        {"cli/a.py": "def f(s):\n    return TABLE[s.rules]\n"},
        "rule_branches",
        "rules",
        ["cli/a.py:2"],
    ),
    "SQL in a string": (
        {"exports/a.py": "def f(run):\n    return f'SELECT {run} FROM places'\n"},
        "sql_files",
        "sql",
        ["exports/a.py:2 SELECT x FROM places"],
    ),
    "SQL sent": ({"exports/a.py": "def f(run, q):\n    return run.query(q)\n"}, "sql_files", "sql",
                 ["exports/a.py:2 .query()"]),
    "a writer that asks": (
        {"ensemble/store.py": "Q = 'SELECT a FROM places'\n"}, "sql_files", "sql",
        ["ensemble/store.py:1 SELECT a FROM places"],
    ),
    "a package without a contract": (
        {"attic/__init__.py": ""},
        "packages_without_contract",
        "unbound",
        ["inn.attic (attic) is in no layer"],
    ),
    "two classes of one name": (
        {"cli/a.py": "class InnError:\n    pass\n"},
        "classes_of_one_name",
        "twins",
        ["InnError: cli/a.py:1, errors.py:1"],
    ),
    "a vague module": ({"cli/test_utils.py": ""}, "vague_names", "vague", ["cli/test_utils.py:1 test_utils"]),
    "a vague class": (
        {"cli/a.py": "class RoomManager:\n    pass\n"}, "vague_names", "vague", ["cli/a.py:1 RoomManager"],
    ),
    "the private dialect": (
        {"cli/a.py": "def f(asked):\n    _told = asked\n    return _told\n"}, "dialect_names", "dialect",
        ["cli/a.py:1 asked", "cli/a.py:2 _told", "cli/a.py:2 asked", "cli/a.py:3 _told"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(VIOLATIONS))
def test_each_violation_is_counted_and_named(build, case):
    files, number, kind, named = VIOLATIONS[case]
    answer = measure(build(files=files))
    assert not answer["holds"]
    assert sorted(answer["offenders"][kind]) == named
    assert answer[number] == len(named) if kind != "sql" else answer[number] == 1
    others = [name for name, places in answer["offenders"].items() if places and name != kind]
    assert not others, f"{case} also breaks {others}"


def test_a_room_too_big_a_folder_too_full_and_a_long_library(build):
    answer = measure(build(files={"cli/big.py": "1\n" * 200}))
    assert answer["biggest_room_share"] > 0.2
    assert max(answer["rooms"], key=answer["rooms"].get) == "cli"
    project = build(files={"cli/big.py": "", **{f"exports/page{n}.css": "" for n in range(19)}})
    assert measure(project)["largest_folder_files"] == 21
    project = build(files={"scenario/library/two/scenario.toml": "b = 1\n"})
    assert measure(project)["library_lines"] == 1700
    table = run_house(project)
    assert table.returncode == 1
    lines = [" ".join(line.split()) for line in table.stdout.splitlines()]
    assert "files in the largest folder (exports) 21 at most 20 BROKEN" in lines
    assert "lines of the bundled scenario.toml 1,700 under 1700 BROKEN" in lines


def test_data_is_no_line_of_a_room(build):
    before = measure(build())["rooms"]
    after = measure(build(files={"results/standards.csv": "a\n" * 900, "results/outlines.json": "{}\n" * 90}))["rooms"]
    assert after == before


def test_the_house_of_this_project_is_read_in_time():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "house.py", "--json"], capture_output=True, text=True, check=False, timeout=60
    )
    answer = json.loads(done.stdout)
    assert answer["rooms"]["models"] > 5000
    assert answer["packages_without_contract"] == 0, answer["offenders"]["unbound"]
    assert answer["vague_names"] == 0, answer["offenders"]["vague"]
