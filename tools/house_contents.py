"""What must not stand in a file: branches on a rule set, SQL outside its rooms, names that say nothing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from source_tree import Module

#: Names of rule sets, and of the two families: one family held against another is no branch, held against a name it is.
RULE_SETS = frozenset({"caravan", "flee", "caravana", "walk", "camp-shares", "shares", "displacement"})
#: Columns in which "caravan" is a kind of place, flow, account or group, and no rule set.
KINDS = frozenset({"kind", "status", "flow", "side", "column", "group"})
REGISTRY = ("models/registry.py",)
SQL_ROOMS = ("run.py", "results/", "operation/ledger", "web/store")
#: Writes a run's tables: it may COPY them to files, and ask nothing of them.
SQL_WRITERS = ("ensemble/store.py",)
SQL = re.compile(r"\bSELECT\b[\s\S]*\bFROM\b|\b(?:read_parquet|read_csv_auto|parquet_scan)\s*\(|\bCOPY\s*\(")
ASKING = re.compile(r"\bread_parquet\b|\bFROM\s+(?!frame\b)\w")
SQL_CALLS = frozenset({"query", "sql", "execute", "executemany"})
VAGUE = frozenset({"util", "utils", "helper", "helpers", "manager", "managers"})
DIALECT = frozenset({"told", "found", "made", "asked"})


def _is_rules(node: ast.expr) -> bool:
    """Whether an expression is a scenario's rule set: ``x.rules``, ``rules``, ``rules_of(x)``."""
    name = ""
    match node:
        case ast.Attribute(attr=attr):
            name = attr
        case ast.Name(id=ident):
            name = ident
        case ast.Call(func=ast.Name(id=ident) | ast.Attribute(attr=ident)):
            name = ident.removesuffix("_of")
        case ast.BoolOp(values=values):
            return any(_is_rules(value) for value in values)
    return name in {"rules", "rule_set"}


def _literals(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def find_rule_branches(module: Module) -> list[str]:
    """Comparisons with the name of a rule set, and choices by it (``match``, a look-up by ``x.rules``)."""
    lines = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            others = [s for s in sides if not isinstance(s, ast.Constant | ast.Tuple | ast.Set | ast.List)]
            of_kinds = bool(others) and all(_last_name(s) in KINDS for s in others)
            named = any(
                isinstance(s, ast.Constant | ast.Tuple | ast.Set | ast.List) and RULE_SETS & _literals(s) for s in sides
            )
            nothing = all(isinstance(s, ast.Constant) and s.value is None for s in node.comparators)
            # `"ge" in rules` asks what some rules hold; `rules in (...)` which they are.
            member = any(isinstance(op, ast.In | ast.NotIn) for op in node.ops)
            by_rules = _is_rules(node.left) if member else any(_is_rules(s) for s in sides)
            if (named and not of_kinds) or (by_rules and not nothing):
                lines.add(node.lineno)
        elif isinstance(node, ast.Match):
            cases = {v for c in node.cases for v in _literals(c.pattern)}
            if _is_rules(node.subject) or (cases & RULE_SETS and _last_name(node.subject) not in KINDS):
                lines.add(node.lineno)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Attribute) and node.slice.attr == "rules":
            lines.add(node.lineno)
    return [f"{module.inside}:{line}" for line in sorted(lines)]


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.lower().strip("_")
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _docstrings(tree: ast.Module) -> set[int]:
    """Ids of the nodes that are strings standing alone: docstrings, and those of attributes."""
    return {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}


def find_sql(module: Module) -> list[str]:
    """Strings that are SQL, and calls that send it; of a file that writes tables, only what asks."""
    docs = _docstrings(module.tree)
    lines: dict[int, str] = {}
    pattern = ASKING if module.inside in SQL_WRITERS else SQL
    for node in ast.walk(module.tree):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(v.value if isinstance(v, ast.Constant) else "x" for v in node.values)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SQL_CALLS:
            if module.inside not in SQL_WRITERS and not (node.func.attr == "query" and _has_trees(module)):
                lines.setdefault(node.lineno, f".{node.func.attr}()")
            continue
        if pattern.search(text):
            lines[node.lineno] = " ".join(text.split())[:60]
    return [f"{module.inside}:{line} {what}" for line, what in sorted(lines.items())]


def _has_trees(module: Module) -> bool:
    """Whether a module looks up neighbours in SciPy's k-d trees, whose ``query`` has nothing to do with SQL."""
    return any(isinstance(node, ast.ImportFrom) and node.module == "scipy.spatial" for node in ast.walk(module.tree))


def find_twins(modules: Iterable[Module]) -> list[str]:
    """Names that more than one class of the package has, private ones too."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{module.inside}:{node.lineno}")
    return [f"{name}: {', '.join(where)}" for name, where in sorted(places.items()) if len(where) > 1]


def identifiers_of(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names bound or used in a file, with their lines: variables, arguments, attributes, functions, classes."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.keyword(arg=str(name)):
                yield name, node.lineno
            case ast.alias(name=name, asname=other):
                yield other or name.rsplit(".", 1)[-1], node.lineno
            case ast.MatchAs(name=str(name)):
                yield name, node.lineno


def find_names(module: Module) -> tuple[list[str], list[str]]:
    """Vague names (of modules, classes and functions), and words of a private dialect (of anything)."""
    stems = Path(module.inside).with_suffix("").parts
    vague = [f"{module.inside}:1 {part}" for part in stems if VAGUE & set(part.split("_"))]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            parts = set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_"))
            if VAGUE & parts:
                vague.append(f"{module.inside}:{node.lineno} {node.name}")
    dialect = [
        f"{module.inside}:{line} {name}"
        for name, line in sorted(set(identifiers_of(module.tree)), key=lambda pair: pair[1])
        if name.strip("_").lower() in DIALECT
    ]
    return vague, dialect
