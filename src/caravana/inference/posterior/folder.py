"""The folder of a calibration: its plan, its blocks, its draws; foreign and broken ones are refused.

::

    plan.json          what makes two calibrations the same: scenario and its hash, date, budget, seed
    ways.npz           parameters of the advance and ways drawn from their exact posterior
    searches/NNN.npz   points where the expected course fits the reports
    blocks/N-NNN.npz   a block of 64 members at points of search N: scores, weights, what came of them
    posterior.npz      the draws kept
    diagnostics.json   what was learned, and how well it fits

The command ``calibrate`` adds ``calibration.html``, the same as figures.

Each file is written whole or not at all, and read only from the folder itself: links in it are not followed.  Arrays
say which file of which plan they are, so that one in the place of another is refused.
"""

from __future__ import annotations

import io
import struct
import tokenize
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from caravana.atomic import make_folder, write_json, write_whole
from caravana.ensemble.integrity import digest_of_file
from caravana.errors import RunError
from caravana.models.scenarios import scenario_hash
from caravana.parts import is_part, remove_parts
from caravana.received import is_real_folder, open_ordinary, read_json
from caravana.scenario.reading.faults import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from caravana.scenario.model import Scenario

FORMAT = 2
SEARCHES, BLOCKS = "searches", "blocks"
KEPT_AS = "kept_as"
"""Name of the array that says what a file is; files of earlier versions have none."""
MOST_BYTES = 2**29
"""Bytes that arrays of a file unpack to at most."""


@dataclass(frozen=True)
class PosteriorPlan:
    """What makes two calibrations the same; a folder made to one plan is never continued with another."""

    scenario: str
    scenario_hash: str
    caravan: str
    until: str
    budget: int
    draws: int
    seed: int
    format: int = FORMAT


_KINDS = {"budget": int, "draws": int, "seed": int, "format": int}


@dataclass(frozen=True)
class KeptPosterior:
    """Posterior draws read back: parameters by name (each of shape (draws,)), ``path``, ``persons``, ``cards``."""

    plan: PosteriorPlan
    draws: dict[str, NDArray[Any]]
    diagnostics: dict[str, Any]


def open_folder(folder: Path, plan: PosteriorPlan) -> None:
    """Make a folder for a plan, or find that it was made for it.

    Raises
    ------
    RunError
        If it holds another calibration, or something else, or links that lead out of it.
    """
    path = folder / "plan.json"
    places = [folder / name for name in (SEARCHES, BLOCKS)]
    if path.exists() or path.is_symlink():
        stored = _read_plan(folder)
        other = [k for k, v in asdict(plan).items() if asdict(stored)[k] != v]
        if other:
            raise RunError(f"{folder} holds another calibration (it differs in {', '.join(other)}); give another --out")
    elif folder.exists() and not _is_begun(folder):
        raise RunError(f"{folder} exists and is not a calibration's; give another --out")
    for place in places:
        if place.is_symlink():
            raise RunError(f"{place} is a link; it is not followed out of the calibration. Give another --out")
    try:
        for place in places:
            make_folder(place)
        for place in (folder, *places):
            remove_parts(place)
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}") from None
    if not path.exists():
        write_json(path, asdict(plan))


def _is_begun(folder: Path) -> bool:
    """Whether a folder without a plan is empty, or one that was killed before it had its plan."""
    if not folder.is_dir():
        return False
    return all(
        is_part(path) or (path.name in {SEARCHES, BLOCKS} and is_real_folder(path) and not any(path.iterdir()))
        for path in folder.iterdir()
    )


def read_posterior(folder: Path, *, scenario: Scenario | None = None) -> KeptPosterior:
    """Open the draws of a finished calibration.

    Parameters
    ----------
    folder : Path
    scenario : Scenario, optional
        The scenario they are to be used with; its hash must be that of the calibration.

    Raises
    ------
    RunError
        If the folder is foreign, corrupt, unfinished, or of another state of the scenario.
    """
    plan = _read_plan(folder)
    if scenario is not None and plan.scenario != scenario.name:
        raise RunError(f"{folder} was calibrated for {plan.scenario}, not for {scenario.name}")
    if scenario is not None and plan.scenario_hash != scenario_hash(scenario):
        raise RunError(
            f"{folder} was calibrated for another state of {plan.scenario}: the scenario has changed since;"
            " calibrate again"
        )
    draws = read_array(folder / "posterior.npz")
    if draws is None:
        raise RunError(f"{folder} has no draws yet; run the same calibration again to finish it")
    if {np.atleast_1d(value).shape[0] for value in draws.values()} != {plan.draws}:
        raise RunError(f"{folder / 'posterior.npz'} is corrupt: it has not the {plan.draws} draws of its plan")
    try:
        diagnostics = read_json(folder / "diagnostics.json", links=False)
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / 'diagnostics.json'} cannot be read: {error}") from None
    return KeptPosterior(plan, draws, diagnostics)


def write_posterior(folder: Path, draws: Mapping[str, NDArray[Any]], diagnostics: Mapping[str, Any]) -> None:
    """Keep draws and diagnostics, each written whole or not at all."""
    write_array(folder / "posterior.npz", draws)
    write_json(folder / "diagnostics.json", diagnostics)


def write_array(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write named arrays whole or not at all, and with them which file of which plan they are."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **dict(arrays), **{KEPT_AS: np.array(_kept_as(path))})
    write_whole(path, content.getvalue())


def read_array(path: Path) -> dict[str, NDArray[Any]] | None:
    """Read named arrays, or None where there is no such file.

    Raises
    ------
    RunError
        If the file is corrupt.
    """
    if not path.exists() and not path.is_symlink():
        return None
    try:
        with open_ordinary(path, links=False) as opened:
            with zipfile.ZipFile(opened) as packed:
                if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                    raise ValueError(f"it unpacks to more than {MOST_BYTES // 2**20} MB")  # noqa: TRY301 - as any fault
            opened.seek(0)
            with np.load(opened, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        kept_as = arrays.pop(KEPT_AS, None)
        if kept_as is not None and str(kept_as) != _kept_as(path):
            raise ValueError("it is another file, or one of another calibration")  # noqa: TRY301 - as any fault
    except (
        OSError, ValueError, LookupError, TypeError, EOFError, MemoryError, RuntimeError, OverflowError, SyntaxError,
        AttributeError, NotImplementedError, zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError,
    ) as error:  # fmt: skip
        # What reads an array of a file lets the errors of all it is made of through.
        raise RunError(f"{path} is corrupt ({shown(error)}); remove it and run the same calibration again") from None
    return arrays


def _kept_as(path: Path) -> str:
    """Return what a file of arrays is: its place in the folder, and the digest of the folder's plan."""
    inside = path.parent.name in {SEARCHES, BLOCKS}
    home = path.parent.parent if inside else path.parent
    plan = home / "plan.json"
    return f"{path.relative_to(home)} of {digest_of_file(plan) if plan.is_file() else 'no plan'}"


def _read_plan(folder: Path) -> PosteriorPlan:
    path = Path(folder) / "plan.json"
    try:
        content = read_json(path, links=False)
        plan = PosteriorPlan(**content)
        odd = [name for name, value in asdict(plan).items() if type(value) is not _KINDS.get(name, str)]
        if odd:
            raise ValueError(f"{', '.join(odd)}: not what it writes there")  # noqa: TRY301 - said as any fault
    except FileNotFoundError:
        raise RunError(f"{folder} is not a calibration's folder: it has no plan.json") from None
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"{path} is not the plan of a calibration: {error}") from None
    if plan.format != FORMAT:
        raise RunError(f"{folder} was written in format {plan.format}; this version reads {FORMAT}")
    return plan
