"""Every public name is documented as numpydoc has it, with an example that runs, and is typed for strangers."""

import ast
import doctest
import importlib
import inspect
import tomllib
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from numpydoc.validate import validate
from tests.made.displacement_run import make_scenario

import caravana as cv

ROOT = Path(__file__).parents[2]
STRANGER = ROOT / "tests" / "docs" / "stranger.py"
# Left to the house's own form: where the text begins, how long it is, cross-references, sentences about what is
# returned, and types, which stand in the signature and are held by mypy.
OWN_FORM = {"GL01", "GL02", "GL03", "ES01", "SA01", "SA04", "RT03", "SS06", "PR04"}
# A class is documented by its attributes.
OF_CLASSES = {"PR01"}
NAMES = [name for name in cv.__all__ if not name.startswith("__") and callable(getattr(cv, name))]
# Classes of before whose methods have the house's form alone.
METHODS_OF = (
    cv.Run, cv.Scenario, cv.ForecastResult, cv.BacktestResult, cv.CalibrationResult, cv.ScoreResult, cv.SweepResult,
    cv.RunComparison,
)  # fmt: skip


def documented():
    """Public functions and methods, by the name that numpydoc finds them by."""
    found = {}
    for name in NAMES:
        value = getattr(cv, name)
        if not inspect.isclass(value):
            found[f"caravana.{name}"] = value
    plots = importlib.import_module("caravana.accessors").RunPlots
    for home in (*METHODS_OF, plots):
        for owner in home.__mro__:
            if not owner.__module__.startswith("caravana"):
                continue
            for name, value in vars(owner).items():
                method = value.__func__ if isinstance(value, classmethod) else value
                if not name.startswith("_") and inspect.isfunction(method):
                    found[f"{owner.__module__}.{owner.__qualname__}.{name}"] = method
    return found


FUNCTIONS = documented()
CLASSES = {f"caravana.{name}": getattr(cv, name) for name in NAMES if inspect.isclass(getattr(cv, name))}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_documented(name):
    assert [error for error in validate(name)["errors"] if error[0] not in OWN_FORM] == []


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_documented(name):
    assert [error for error in validate(name)["errors"] if error[0] not in OWN_FORM | OF_CLASSES] == []


SLOW = ("simulate", "forecast", "backtest", "sweep")


@pytest.fixture(scope="module")
def remembered():
    """What takes long, with a memory: the same call in another example gives what the first one gave."""
    held = {}

    def with_memory(name):
        function = getattr(cv, name)

        def call(*given, **options):
            key = repr((name, given, sorted(options.items())))
            if key not in held:
                held[key] = function(*given, **options)
            return held[key]

        return call

    return {name: with_memory(name) for name in SLOW}


@pytest.fixture
def elsewhere(tmp_path, monkeypatch, remembered):
    """An empty folder to work in, and pictures that nobody looks at."""
    mpl.use("Agg")
    for name, function in remembered.items():
        monkeypatch.setattr(cv, name, function, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """A scenario and the folder of its calibration: what examples of a calibration call their own."""
    scenario, folder = make_scenario(days=60, rules="camp-shares"), tmp_path_factory.mktemp("fit") / "calibration"
    cv.calibrate(scenario, budget=64, draws=20, out=folder, workers=1)
    return {"scenario": scenario, "folder": folder}


@pytest.mark.parametrize("name", FUNCTIONS | CLASSES)
def test_the_example_runs(name, elsewhere, request):
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
    examples = doctest.DocTestFinder(recurse=False).find((FUNCTIONS | CLASSES)[name], name, globs={})
    every = [one for test in examples for one in test.examples]
    assert every, f"{name} has no example"
    assert not [one for one in every if doctest.SKIP in one.options], f"an example of {name} does not run"
    for test in examples:
        if "folder, scenario" in test.docstring:
            test.globs.update(request.getfixturevalue("calibrated"))
        failed = doctest.DocTestRunner(optionflags=options).run(test).failed
        assert failed == 0, name


def test_a_strangers_script_is_checked_with_the_package():
    files = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["files"]
    assert STRANGER.relative_to(ROOT).as_posix() in files
    tree = ast.parse(STRANGER.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    taken = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cv"
    }
    assert "caravana" in imported
    assert not [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "caravana" in (node.module or "")
    ]
    assert taken == set(cv.__all__) - {"__version__"}
    assert "type: ignore" not in STRANGER.read_text("utf-8")


def test_a_name_that_there_is_not_gets_its_near_one():
    with pytest.raises(AttributeError, match="did you mean 'simulate'"):
        cv.simulte  # noqa: B018
