"""MkDocs hook: draws the tables that the pages ask for from the code and the bundled scenarios.

A page asks with a comment on a line of its own, such as ``<!-- table: parameters tapachula-2021 -->``.
So a table in the docs cannot say something else than the program does.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import math
import re
import sys
import tomllib
import types
import typing
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic_core import PydanticUndefined

import caravana
from caravana.models.caravan.order import ORDER
from caravana.models.parameters import CARAVAN, declared
from caravana.scenario import model

if typing.TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    from caravana.models.parameters import Law

# MkDocs loads this file by its path alone: the tools beside it are looked for here.
sys.path.insert(0, str(Path(__file__).parent))
from docs_results import RESULTS, draw_table
from draw_contracts import draw_contracts

REQUEST = re.compile(r"^<!-- table: (?P<name>\w+)(?P<arguments>(?: [\w.-]+)*) -->$", re.MULTILINE)
MEANINGS = Path(__file__).parent / "columns.toml"
NAMED_TYPES = {
    "Mapping": "table",
    "Series": "files, see below",
    "date": "date",
    "str": "text",
    "float": "number",
    "int": "whole number",
    "bool": "true or false",
}


OPTION_TYPES = {int: "N", str: "TEXT", Path: "PATH", list[str]: "TEXT (may be repeated)"}


def first_line(thing: object) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n\n", maxsplit=1)[0]


def draw_licences() -> str:
    """Every package of the locks with its version, what it is needed for, and its licence."""
    bill = json.loads((Path(__file__).parents[1] / "requirements" / "bill-of-materials.json").read_text("utf-8"))
    rows = []
    for one in bill["components"]:
        licence = one["licenses"][0]
        needed = "to run" if one["scope"] == "required" else "extras, tests, docs"
        rows.append((f"`{one['name']}`", one["version"], needed, licence.get("expression") or licence["license"]["id"]))
    return draw_table(("Package", "Version", "Needed", "Licence"), rows)


def draw_order() -> str:
    """The order of the day: every process, what it does, and the parameters it reads."""
    rows = [
        (str(n), f"`{p.name}`", first_line(p.act), ", ".join(f"`{name}`" for name in p.parameters))
        for n, p in enumerate(ORDER, start=1)
    ]
    return draw_table(("", "process", "what it does", "parameters"), rows)


def say_prior(parameter: model.Parameter) -> str:
    """A value or a prior as people write it."""
    if parameter.prior is None:
        return f"{parameter.value:g}" if parameter.value is not None else ""
    given = parameter.prior.model_dump(exclude_none=True)
    dist = given.pop("dist")
    return f"{dist}({', '.join(f'{name} {value:g}' for name, value in given.items())})"


def draw_parameters(name: str) -> str:
    """Every parameter of a bundled scenario, in file order."""
    rows = [
        (f"`{p.name}`", p.unit, say_prior(p), f"{p.low:g} to {p.high:g}", ", ".join(p.basis), p.description)
        for p in caravana.load_scenario(name).parameters
    ]
    return draw_table(("name", "unit", "value or prior", "bounds", "rests on", "what it is"), rows)


def draw_declared() -> str:
    """Every parameter that the caravan rules declare, with what runs and forecasts begin from."""
    rows = [
        (
            f"`{name}`", row.parameter.unit, f"{row.parameter.low:g} to {row.parameter.high:g}",
            say_law(row.law) if row.simulated else "", say_law(row.for_forecast) if row.for_forecast else "",
            row.parameter.description, row.basis,
        )
        for name, row in declared(CARAVAN).items()
    ]  # fmt: skip
    heads = ("name", "unit", "bounds", "default prior", "prior of a forecast", "what it is", "rests on")
    return draw_table(heads, rows)


def say_law(law: Law) -> str:
    """A distribution or a number as the table has it."""
    figures = ", ".join(f"{name} {value:g}" for name, value in law.figures.items())
    return f"{law.value:g}" if law.dist == "value" else f"{law.dist}({figures})"


def draw_kinds(name: str) -> str:
    """The party kinds of a bundled scenario."""
    kinds = caravana.load_scenario(name).kinds
    rows = [(f"`{k.id}`", k.label, *(str(n) for n in k.composition), f"{k.share:.1%}") for k in kinds]
    return draw_table(("kind", "", *model.PERSON_KINDS, "share of parties"), rows)


def draw_policies(name: str) -> str:
    """The policies of a bundled scenario, and whether each was in force in fact."""
    rows = [
        (f"`{p.id}`", p.title, f"`{p.lever}`", str(p.start), str(p.end or "open"), "yes" if p.base else "no")
        for p in caravana.load_scenario(name).policies
    ]
    return draw_table(("policy", "", "lever", "from", "to", "in the base run"), rows)


def say_type(hint: Any) -> str:
    """A type hint in plain words."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return say_constraint(parts)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in {typing.Union, types.UnionType}:
        return ", or ".join(say_type(part) for part in parts if part is not type(None))
    if origin is tuple:
        return f"list of: {say_type(parts[0])}"
    if inspect.isclass(hint) and issubclass(hint, model.Row):
        return f"table of [{hint.__name__}](#{hint.__name__.lower()})"
    return NAMED_TYPES.get(getattr(hint, "__name__", ""), str(getattr(hint, "__name__", hint)))


def say_constraint(parts: tuple[Any, ...]) -> str:
    """An annotated type in plain words: an id, or a number with its bounds."""
    info = parts[1]
    if hint_is_id(info):
        return "id"
    bounds = {type(m).__name__: m for m in getattr(info, "metadata", [])}
    said = say_type(parts[0])
    if "Ge" in bounds and "Le" in bounds:
        return f"{said}, {bounds['Ge'].ge:g} to {bounds['Le'].le:g}"
    if "Ge" in bounds:
        return f"{said}, {bounds['Ge'].ge:g} or more"
    if "Gt" in bounds:
        return f"{said}, more than {bounds['Gt'].gt:g}"
    return said


def hint_is_id(info: object) -> bool:
    """Whether an annotation is that of an id."""
    return any(getattr(m, "pattern", None) for m in getattr(info, "metadata", []))


def say_default(field: FieldInfo) -> str:
    """What holds when the cell is empty."""
    if field.is_required():
        return "must be given"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default in (None, "", (), {}, PydanticUndefined):
        return "may be empty"
    if isinstance(default, float) and math.isinf(default):
        return "inherited"
    return f"`{';'.join(default) if isinstance(default, tuple) else str(default).lower()}`"


def draw_columns(name: str) -> str:
    """The columns (or keys) of one class of the scenario model."""
    row = getattr(model, name)
    meanings = tomllib.loads(MEANINGS.read_text(encoding="utf-8")).get(name, {})
    hints = typing.get_type_hints(row, include_extras=True)
    rows = [
        (f"`{column}`", say_type(hints[column]), say_default(field), meanings.get(column, ""))
        for column, field in row.model_fields.items()
    ]
    return draw_table(("name", "type", "when left out", "meaning"), rows)


def draw_scenarios(language: str = "en") -> str:
    """The bundled scenarios, in English or Spanish."""
    spanish = language == "es"
    rows = []
    for entry in caravana.bundled():
        scenario = caravana.load_scenario(entry.name)
        days = f"{scenario.start} {'a' if spanish else 'to'} {scenario.end}"
        rows.append((f"`{entry.name}`", entry.title_es if spanish else entry.title, f"`{scenario.rules}`", days))
    return draw_table(("nombre", "", "reglas", "días") if spanish else ("name", "", "rules", "days"), rows)


def describe_option(option: Any) -> tuple[str, str, str]:
    """An argument or option of a command: how it is written, what it is, what holds without it."""
    if option.param_type_name == "argument":
        return f"`{option.name.upper()}`", option.help or "", "must be given" if option.required else "may be left out"
    flags = ", ".join(f"`{flag}`" for flag in option.opts)
    annotation = option.type_descriptor.annotation
    kind = "" if option.is_flag else f" {OPTION_TYPES.get(annotation, 'TEXT')}"
    default = "" if option.default in (None, False, ()) else f"`{option.default}`"
    meaning, _, rest = (option.help or "").partition("[default: ")
    return f"{flags}{kind}", meaning.strip(), default or rest.rstrip("]")


def draw_rows() -> str:
    """Every class of the scenario model with its columns, one section each: the top level, then the rows it holds."""
    classes = [model.Scenario, *find_rows(model.Scenario), model.Prior]
    meanings = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))
    sections = []
    for row in classes:
        about = meanings.get(row.__name__, {}).get("", first_line(row))
        sections.append(f"## {row.__name__}\n{about}\n\n{draw_columns(row.__name__)}")
    return "\n\n".join(sections)


def find_rows(holder: type) -> list[type]:
    """The row classes that a class holds lists of, in the order of its fields."""
    hints = typing.get_type_hints(holder, include_extras=True).values()
    held = [part for hint in hints for part in typing.get_args(hint) if inspect.isclass(part)]
    return [part for part in held if issubclass(part, model.Row)]


def draw_commands() -> str:
    """Every command with its arguments and options, one section each."""
    import typer

    from caravana.cli import app

    root: Any = typer.main.get_command(app)
    context = typer.Context(root, info_name="caravana")
    sections = []
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        rows = [describe_option(option) for option in command.params if not getattr(option, "hidden", False)]
        arguments = [p.name.upper() for p in command.params if p.param_type_name == "argument"]
        words = " ".join(["caravana", name, *arguments, "[OPTIONS]"])
        text = (command.help or "").split("\f")[0].strip()
        sections.append(f"## {name}\n`{words}`\n\n{text}\n\n{draw_table(('', 'what it is', 'when left out'), rows)}")
    return "\n\n".join(sections)


def draw_walls() -> str:
    """The import contracts as a drawing."""
    return draw_contracts(Path(__file__).parents[1])


def measured_in(part: str) -> tuple[types.ModuleType, typing.Any]:
    """The module that draws the tables of a folder of ``benchmarks``, and the results that lie there."""
    folder = Path(__file__).parents[1] / "benchmarks" / part
    spec = importlib.util.spec_from_file_location(f"{part.replace('/', '_')}_tables", folder / "tables.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder / 'tables.py'} cannot be loaded")
    drawn = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawn)
    return drawn, json.loads((folder / "results.json").read_text(encoding="utf-8"))


def draw_made(part: str, missed: str = "") -> str:
    """Tables of ``benchmarks/skill/perturbed/results.json``: of made ``camps`` or ``caravans``, or what they missed."""
    drawn, results = measured_in("skill/perturbed")
    return str((drawn.made_misses if missed else drawn.made_table)(results, part))


def draw_skill(part: str) -> str:
    """Tables of ``benchmarks/skill/results.json``: of ``caravans`` or ``displacement``, and what these ``missed``.

    ``skill missed`` is of caravans, ``skill camps_missed`` of displacement.
    """
    drawn, results = measured_in("skill")
    of_both = {"displacement": drawn.camp_tables, "camps_missed": drawn.camp_misses}
    if part in of_both:
        return str(of_both[part](results))
    draw = {"caravans": drawn.caravan_table, "missed": drawn.misses}[part]
    return str(draw(results["caravans"]))


def draw_attacks() -> str:
    """The table of ``benchmarks/attacks/results.json``: what every campaign came to."""
    results = json.loads((Path(__file__).parents[1] / "benchmarks" / "attacks" / "results.json").read_text("utf-8"))
    header = ("campaign", "tries", "lost", "silent", "outside", "tracebacks")
    return draw_table(header, [(one["campaign"], *(f"{one[name]:,}" for name in header[1:])) for one in results])


def draw_readers() -> str:
    """Tables of ``benchmarks/attacks/readers.json`` and ``build_readers.json``: each reader under damaged inputs."""
    folder = Path(__file__).parents[1] / "benchmarks" / "attacks"
    kept = [json.loads((folder / name).read_text("utf-8")) for name in ("readers.json", "build_readers.json")]
    columns = ("tries", "tracebacks", "large", "lost", "outside")
    rows = [(name, *(f"{one[key]:,}" for key in columns)) for part in kept for name, one in part.items()]
    return draw_table(("reader", *columns), rows)


def draw_reader() -> str:
    """How the reader of reports does, by set of texts and language, as ``benchmarks.reader.run --write`` left it."""
    results = json.loads((Path(__file__).parents[1] / "benchmarks" / "reader" / "results.json").read_text("utf-8"))
    columns = [(texts, code) for texts in results for code in ("en", "es", "all")]
    rows = [
        [
            name.replace("_", " "),
            *(f"{one[name]:g}" if name in one else "" for one in (results[t][c] for t, c in columns)),
        ]
        for name in results["rules"]["all"]
    ]
    return draw_table(["measure", *(f"{texts}, {code}" for texts, code in columns)], rows)


TABLES: dict[str, Callable[..., str]] = {
    "licences": draw_licences,
    "order": draw_order,
    "parameters": draw_parameters,
    "declared": draw_declared,
    "kinds": draw_kinds,
    "policies": draw_policies,
    "columns": draw_columns,
    "rows": draw_rows,
    "scenarios": draw_scenarios,
    "commands": draw_commands,
    "walls": draw_walls,
    "skill": draw_skill,
    "made": draw_made,
    "attacks": draw_attacks,
    "readers": draw_readers,
    "reader": draw_reader,
    **RESULTS,
}


def fill_tables(markdown: str) -> str:
    """A page's text with every table that it asks for drawn."""
    return REQUEST.sub(lambda asking: TABLES[asking["name"]](*asking["arguments"].split()), markdown)


def on_page_markdown(markdown: str, **_: object) -> str:
    """What MkDocs calls for each page."""
    return fill_tables(markdown)
