"""Says what others' tools find wrong with CITATION.cff and the conda recipe, as JSON; without the network.

::

    .venv/checks/bin/python tools/validate_files.py

cffconvert holds the citation against the schema of the Citation File Format that it ships; rattler-build, which would
build the recipe, reads and renders it.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import rattler_build
from cffconvert import Citation

ROOT = Path(__file__).parents[1]


def citation_fault(text: str) -> str:
    """What is wrong with a citation file; nothing where it is valid."""
    try:
        Citation(text).validate()
    except (jsonschema.ValidationError, ValueError) as error:
        return str(error).splitlines()[0]
    return ""


def recipe_fault(text: str) -> tuple[str, dict[str, list[str]]]:
    """What is wrong with a recipe, and the requirements that it renders to."""
    try:
        rendered = rattler_build.Stage0Recipe.from_yaml(text).render(rattler_build.VariantConfig())
    except rattler_build.RattlerBuildError as error:
        return str(error), {}
    return "", rendered[0].recipe.to_dict()["requirements"]


def main() -> None:
    """Validate both, and a broken one of each, so that it is seen that faults are found."""
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    recipe = (ROOT / "packaging" / "conda" / "recipe.yaml").read_text("utf-8")
    fault, requirements = recipe_fault(recipe)
    found = {
        "citation": citation_fault(citation),
        "broken citation": citation_fault(citation.replace("cff-version: 1.2.0", "cff-version: 1.2.0\nauthor: x")),
        "recipe": fault,
        "requirements": requirements,
        "broken recipe": recipe_fault(recipe.replace("requirements:", "requirement:"))[0],
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
