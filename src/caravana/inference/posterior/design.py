"""An ensemble from posterior draws: parameters, and as far as the calibration went also the way and the drift.

A calibration conditions on more than parameters: on the nights that were
reported, on how the hazard of leaving drifted, on when a part split off.  A run
from its draws is led along all that to the last day the calibration knew, and
goes on by itself from there.  What each person does is drawn anew, so numbers
differ from the calibration's own by the chance of the road (a few per cent).

Where something else than what happened is simulated (another policy), the past
would have been another: then the parameters are used, and nobody is led.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from caravana.atomic import write_json
from caravana.ensemble.integrity import keep_digest
from caravana.errors import RunError, UsageError
from caravana.inference.posterior.folder import read_posterior
from caravana.models.base import BLOCK
from caravana.models.caravan.conditioned import lead_order
from caravana.models.registry import model_of
from caravana.received import read_json, read_ordinary

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from caravana.inference.posterior.folder import KeptPosterior
    from caravana.models.base import Process
    from caravana.scenario.model import Scenario

    Floats = NDArray[np.float64]


LEARNED = "posterior.json"
NEEDED = ("persons", "path", "drift", "splits", "turnout")


@dataclass(frozen=True)
class PosteriorDesign:
    """Members from posterior draws: see :class:`caravana.ensemble.design.Design`.

    Attributes
    ----------
    kept : KeptPosterior
    name : str
        Folder, date, number of draws and the first digits of their checksum.
    led : bool
        Whether members are led along the ways of their draws.
    """

    family: ClassVar[str] = "caravan"
    kept: KeptPosterior
    name: str
    led: bool = True

    def members(self, block: int, *, seed: int) -> NDArray[np.int64]:
        """Which draw each member of a block has: all of them once, in an order of the seed's, and over again."""
        draws = len(self.kept.draws["persons"])
        mixed = np.random.default_rng([seed, 37]).permutation(draws)
        return np.asarray(mixed[np.arange(BLOCK * block, BLOCK * (block + 1)) % draws], np.int64)

    def draw(self, block: int, *, seed: int) -> dict[str, Floats]:
        """Return the parameters of one block's members, each float64 [64]."""
        at = self.members(block, seed=seed)
        return {name: value[at] for name, value in self.kept.draws.items() if value.ndim == 1}

    def lead(self, order: tuple[Process, ...], block: int, *, seed: int) -> tuple[Process, ...]:
        """Return the order of the day of one block: with the first caravan led as far as is known."""
        if not self.led:
            return order
        at, draws = self.members(block, seed=seed), self.kept.draws
        return lead_order(draws["path"][at], draws["drift"][at], draws["splits"][at], order=order)


def open_design(folder: Path, scenario: Scenario, *, led: bool = True) -> PosteriorDesign:
    """Open a calibration's draws to simulate the same scenario with them.

    Parameters
    ----------
    folder : Path
        Of a finished calibration.
    scenario : Scenario
    led : bool
        Whether members follow the ways of their draws.

    Raises
    ------
    UsageError
        If the scenario is not of caravans.
    RunError
        If the folder is foreign, corrupt, unfinished, or of another state of the scenario.
    """
    model = model_of(scenario)
    if model.family != PosteriorDesign.family:
        raise UsageError(f"{scenario.name} has the rules {model.name}: posterior draws lead caravans only")
    kept = read_posterior(folder, scenario=scenario)
    lacking = [name for name in NEEDED if name not in kept.draws]
    if lacking:
        raise RunError(f"{folder / 'posterior.npz'} is corrupt: it has no {', '.join(lacking)}")
    checksum = hashlib.sha256(read_ordinary(folder / "posterior.npz", links=False)).hexdigest()[:12]
    draws = len(kept.draws["persons"])
    led_words = "" if led else ", parameters only"
    return PosteriorDesign(kept, f"{folder.name} ({draws} draws, until {kept.plan.until}{led_words}; {checksum})", led)


def keep_learned(folder: Path, design: PosteriorDesign) -> None:
    """Keep what the calibration learned beside a run made of its draws, so that the run's report stands alone."""
    content = {"posterior": design.name, "led": design.led, "until": design.kept.plan.until, **design.kept.diagnostics}
    write_json(folder / LEARNED, content)
    keep_digest(folder, LEARNED)


def read_learned(folder: Path) -> dict[str, Any] | None:
    """Return what was kept by :func:`keep_learned`, None where nothing was.

    Raises
    ------
    RunError
        If it cannot be read.
    """
    try:
        content: dict[str, Any] = read_json(folder / LEARNED, links=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise RunError(f"{folder / LEARNED} cannot be read: {error}") from None
    return content
