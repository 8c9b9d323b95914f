"""Which distances people come by, compiled: how often they arrive at each post with how many km behind them."""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import Floats, Ints
from caravana.models.displacement.walk.kernels.random import loop

#: Share of those arriving in a town who go on the same day, roughly; only for choosing levels.
GOING_ON = 0.7
#: Fewer are not followed further.
FEWEST = 1e-3


@loop
def carry_on(
    moving: Floats, first: Ints, next_post: Ints, km: Floats, within: Floats, share: Floats, came: Floats
) -> None:
    """Let those who arrived somewhere go on by one hop on the same day.

    Parameters
    ----------
    moving
        How often people arrive with how many km behind them, [post, km].
    first
        First hop of each post, with their number at the end, [post + 1].
    next_post, km, within, share
        Where a hop leads, its length, the km below which it ends on the same day, its share in its post, [hop].
    came
        How often people arrive so by one hop more, [post, km]; added to.
    """
    for post in range(moving.shape[0]):
        for value in range(moving.shape[1]):
            if moving[post, value] > FEWEST:
                going = moving[post, value] * GOING_ON
                for hop in range(first[post], first[post + 1]):
                    reached = int(np.rint(value + km[hop]))
                    if reached < within[hop]:
                        came[next_post[hop], reached] += going * share[hop]
