"""Which distances people come by, compiled: how often they arrive at each post with how many km behind them."""

from __future__ import annotations

import numpy as np

from caravana.models.displacement.walk.kernels.arrays import Floats, Ints
from caravana.models.displacement.walk.kernels.random import loop

#: Share of those arriving in a town who go on the same day, roughly; only for choosing levels.
GOING_ON = 0.7
#: Fewer are not followed further.
FEWEST = 1e-3
#: Km that nobody tells from half a one.
NEARLY = 1e-6


@loop
def carry_on(
    moving: Floats,
    first: Ints,
    next_post: Ints,
    km: Floats,
    within: Floats,
    share: Floats,
    came: Floats,
    going: Floats,
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
    going
        Room for how often they go on, [km].
    """
    width = moving.shape[1]
    for post in range(moving.shape[0]):
        if first[post] == first[post + 1]:
            continue
        for value in range(width):
            going[value] = moving[post, value] * GOING_ON if moving[post, value] > FEWEST else 0.0
        for hop in range(first[post], first[post + 1]):
            target, part, further = next_post[hop], share[hop], int(np.rint(km[hop]))
            if abs(abs(km[hop] - further) - 0.5) > NEARLY:
                for value in range(max(min(int(np.ceil(within[hop])), width) - further, 0)):
                    came[target, value + further] += going[value] * part
            else:  # half a km is rounded to the even one
                for value in range(width):
                    reached = int(np.rint(value + km[hop]))
                    if reached >= within[hop]:
                        break
                    came[target, reached] += going[value] * part
