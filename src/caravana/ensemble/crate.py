"""The run folder as an RO-Crate: ``ro-crate-metadata.json`` says in a form that archives read what lies in it.

It is written from the manifest and from what lies beside it, so one folder always gives the same bytes; no path of the
machine and no name of its user is in it.  Who holds the folder may write the name and address of an organization in
the entity ``#holder``, which stays when the description is written anew.

References
----------
P. Sefton et al., "RO-Crate Metadata Specification 1.1".  S. Leo et al., "Recording provenance of workflow runs with
RO-Crate", PLoS ONE 19 (2024): the profile Process Run Crate, 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caravana.atomic import write_json
from caravana.ensemble.integrity import BLOCKS, MANIFEST, SCENARIO, block_path, blocks_present, read_manifest
from caravana.received import is_real_folder, read_json
from caravana.scenario.writing import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CRATE = "ro-crate-metadata.json"
SPECIFICATION, PROFILE = "https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/wfrun/process/0.5"
SIMULATION, PLAN, RIGHTS, HOLDER = "#simulation", "#plan", "#internal", "#holder"
NO_HOME = "https://caravana.invalid"
"""The profile wants an address of the tool; where its metadata have none, a name that is reserved for that."""
LONGEST = 200
"""Characters of what a holder wrote of themselves that are kept at most."""
Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What a file of a run folder is: a pattern of its name, words, its media type, whether the simulation made it."""

    pattern: str
    name: str
    media: str
    simulated: bool = False


PARTS = (
    Part(MANIFEST, "The plan, what came of it, and digests of its files", "application/json", simulated=True),
    Part("failures.json", "Blocks of members that failed", "application/json", simulated=True),
    Part("posterior.json", "What the calibration learned that was simulated", "application/json", simulated=True),
    Part("summary.parquet", "Quantiles over the members, by day", "application/vnd.apache.parquet"),
    Part("report.html", "The report, for people", "text/html"),
    Part("model_card.md", "Purpose, data, assumptions, skill, limits and misuse", "text/markdown"),
    Part("backtest.json", "How well past forecasts did", "application/json"),
    Part("comparison.json", "A world with policies against one without", "application/json"),
    Part("comparison.html", "A world with policies against one without, for people", "text/html"),
    Part("claims.json", "Contested claims weighed", "application/json"),
    Part("claims.html", "Contested claims weighed, for people", "text/html"),
    Part("sensitivity.html", "What drives the outcomes, for people", "text/html"),
    Part("needs-*.html", "Supplies for the days after a date, for people", "text/html"),
)
"""Files at the top of a run folder that are described; others of its user's may lie beside them."""
TABULAR = {".csv": "text/csv", ".toml": "application/toml", ".json": "application/json", ".md": "text/markdown"}


def write_crate(folder: Path) -> Path:
    """Describe a run folder as it is now, in place of an older description.

    Parameters
    ----------
    folder
        A run folder with a manifest.

    Returns
    -------
    pathlib.Path
        The file written, ``ro-crate-metadata.json`` in the folder.

    Raises
    ------
    caravana.errors.RunError
        If it is no run folder.
    caravana.errors.WriteError
        If it cannot be written.
    """
    manifest = read_manifest(folder)
    graph = _graph(folder, manifest, holder=_holder(folder))
    return write_json(folder / CRATE, {"@context": f"{SPECIFICATION}/context", "@graph": graph})


def _graph(folder: Path, manifest: Mapping[str, Any], *, holder: Entity) -> list[Entity]:
    plan, version = manifest["plan"], manifest.get("caravana", "")
    home = _home()
    tool = f"{home}/{version}/"
    files = [(part, file) for part in PARTS for file in _files(folder, part)]
    inputs = list(_folder_of(folder, SCENARIO, "The scenario as simulated"))
    blocks = list(_blocks(folder, manifest))
    results = [_reference(f"{BLOCKS}/"), *(file for part, file in files if part.simulated)]
    title = f"Simulation of {plan['scenario']}, {plan['first']} to {plan['last']}, seed {plan['seed']}"
    data = [*(file for _, file in files), *inputs, *blocks]
    return [
        {
            "@id": CRATE, "@type": "CreativeWork", "about": _reference("./"),
            "conformsTo": _reference(SPECIFICATION),
        },
        {
            "@id": "./", "@type": "Dataset", "name": title,
            "description": f"An ensemble of {manifest.get('members', 0)} members simulated by caravana under the rules"
            f" {plan.get('rules', '')}. Each table of each block of members is a Parquet file.",
            "datePublished": manifest.get("finished", manifest.get("started", plan["first"])),
            "license": _reference(RIGHTS), "conformsTo": _reference(PROFILE), "mentions": _reference(SIMULATION),
            "author": _reference(HOLDER), "publisher": _reference(HOLDER), "hasPart": _references(data),
        },
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {
            "@id": RIGHTS, "@type": "CreativeWork", "name": "Internal",
            "description": "A run is internal: nothing of it is published before its small counts and its harm are"
            " weighed (do no harm).  What may be handed on is made by `caravana export --audience public`.",
        },
        _simulation(manifest, tool, title, results),
        {
            "@id": tool, "@type": "SoftwareApplication", "name": "caravana", "softwareVersion": version,
            "url": f"{home}/", "identifier": f"pkg:pypi/caravana@{version}",
        },
        holder,
        *_settings(manifest),
        *data,
    ]  # fmt: skip


def _home() -> str:
    """Where the tool can be read about, as the metadata of its installation say."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("caravana").get_all("Project-URL") or []
    except PackageNotFoundError:
        urls = []
    named = dict(url.split(", ", 1) for url in urls)
    return str(named.get("Homepage", NO_HOME)).removesuffix("/index.html")


def _holder(folder: Path) -> Entity:
    """The organization that holds the folder: as an earlier description names it, else nameless."""
    kept: Entity = {}
    try:
        graph = read_json(folder / CRATE, links=False)["@graph"]
        kept = next((one for one in graph if one["@id"] == HOLDER), {})
    except (OSError, ValueError, KeyError, TypeError):
        pass  # None yet, or damaged: it is replaced.
    words = {
        "name": "Whoever holds this folder", "url": "https://holder.invalid/",
        "description": "No name and no address is recorded.  Write your organization's here.",
    }  # fmt: skip
    for key in ("name", "url", "description"):
        if isinstance(kept.get(key), str) and len(kept[key]) <= LONGEST:
            words[key] = kept[key]
    return {"@id": HOLDER, "@type": "Organization", **words}


def _reference(name: str) -> Entity:
    return {"@id": name}


def _references(entities: Sequence[Entity]) -> Entity | list[Entity]:
    """References to entities; to a single one without a list, as JSON-LD has it."""
    every = [_reference(one["@id"]) for one in entities]
    return every[0] if len(every) == 1 else every


def _simulation(manifest: Mapping[str, Any], tool: str, title: str, results: list[Entity]) -> Entity:
    """What was done: by which tool, from what, when, and what came of it."""
    given = [_reference(f"{SCENARIO}/"), *_settings(manifest)]
    action: Entity = {
        "@id": SIMULATION, "@type": "CreateAction", "name": title,
        "description": "Parameters drawn from their priors, chance from counter-based streams of the seed: the same"
        " plan gives the same members to the bit.",
        "agent": _reference(HOLDER), "instrument": _reference(tool), "object": _references(given),
        "result": _references(results),
        "actionStatus": f"http://schema.org/{'Completed' if manifest.get('complete') else 'Failed'}ActionStatus",
    }  # fmt: skip
    times = {"startTime": "started", "endTime": "finished"}
    action |= {key: manifest[entry] for key, entry in times.items() if entry in manifest}
    if not manifest.get("complete"):
        action["error"] = f"{len(manifest.get('blocks_failed', ()))} blocks of members failed, or it was interrupted"
    return action


def _settings(manifest: Mapping[str, Any]) -> list[Entity]:
    """What was asked of the simulation beside its scenario, each a value with a name."""
    plan = manifest["plan"]
    given: dict[str, Any] = {
        "members": manifest.get("members", 0), "seed": plan["seed"], "rules": plan.get("rules", ""),
        "scenario_hash": plan.get("scenario_hash", ""), "policies": " ".join(plan.get("policies", ())),
        **{f"setting.{name}": value for name, value in sorted(plan.get("settings", {}).items())},
        **{f"taken.{name}": value for name, value in sorted(plan.get("taken", {}).items())},
    }  # fmt: skip
    return [
        {"@id": f"{PLAN}.{name}", "@type": "PropertyValue", "name": name, "value": value}
        for name, value in given.items()
        if value != ""
    ]


def _files(folder: Path, part: Part) -> Iterator[Entity]:
    for path in sorted(folder.glob(part.pattern)):
        if path.is_file() and not path.is_symlink():
            yield {"@id": path.name, "@type": "File", "name": part.name, "encodingFormat": part.media}


def _folder_of(folder: Path, name: str, words: str) -> Iterator[Entity]:
    """A folder of files, and each of them."""
    home = folder / name
    if not is_real_folder(home):
        return
    present = sorted(path for path in home.iterdir() if path.is_file() and not path.is_symlink() and is_ours(path.name))
    files = [
        {
            "@id": f"{name}/{path.name}", "@type": "File", "name": path.stem.replace("_", " "),
            "encodingFormat": TABULAR.get(path.suffix, "application/octet-stream"),
        }
        for path in present
    ]  # fmt: skip
    yield {"@id": f"{name}/", "@type": "Dataset", "name": words, "hasPart": _references(files)}
    yield from files


def _blocks(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Entity]:
    """The blocks of members, a folder each; which tables are in one its own ``digests.json`` says."""
    size = manifest.get("block", 0)
    present = [
        {
            "@id": f"{block_path(folder, block).relative_to(folder).as_posix()}/", "@type": "Dataset",
            "name": f"Members {block * size} to {(block + 1) * size - 1}" if size else f"Block {block}",
            "encodingFormat": "application/vnd.apache.parquet",
        }
        for block in sorted(blocks_present(folder))
    ]  # fmt: skip
    yield {"@id": f"{BLOCKS}/", "@type": "Dataset", "name": "What was simulated, in blocks of members",
           "hasPart": _references(present)}  # fmt: skip
    yield from present
