"""Process 11, observation: what a source of each side would have reported of each caravan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from caravana.models.caravan.state import Outcome, headcount

if TYPE_CHECKING:
    from caravana.models.caravan.calendar import Draws, Today
    from caravana.models.caravan.state import State
    from caravana.models.caravan.world import World
    from caravana.streams import Stream

SIDES = ("authorities", "organisers", "press", "agency", "observer")


def report(state: State, world: World, draws: Draws, today: Today, stream: Stream) -> Outcome:
    """Draw a report of each caravan's persons by each side: true count times bias times noise.

    The noise is lognormal with log standard deviation ``report_noise``; the bias is one number a
    side and a member, so a side that counts low today counts low tomorrow.
    """
    del today
    persons = headcount(state, world).astype(np.float64)
    noise = stream.at(0).standard_normal((len(SIDES), world.members, world.caravans))
    scale = np.exp(draws["report_noise"][None, :, None] * noise)
    bias = np.stack([draws[f"bias_{side}"] for side in SIDES])[:, :, None]
    reported = persons[None] * bias * scale
    return Outcome(reports={side: reported[i] for i, side in enumerate(SIDES)})
