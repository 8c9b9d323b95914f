"""How much nearer places weigh than others, by how the crow flies.

Quirks of Flee are numbered as in docs/dispersal.md#flee-quirks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from caravana.models.displacement.network import Routes
    from caravana.models.displacement.walk.travel import Options
    from caravana.scenario.model import Scenario
    from caravana.scenario.settings import DisplacementSettings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

#: Radius of the earth as Flee takes it, km.
EARTH_KM = 6371.0


def closeness_of(
    scenario: Scenario, routes: Routes, options: Options, settings: DisplacementSettings, *, home: Ints, mended: bool
) -> Floats:
    """Weight of destinations by great-circle distance from home, [option]: 1 / max(1, km) ^ power.

    Flee measures from the person's present place (quirk 42), and takes latitude for longitude and back (quirk 56).

    Parameters
    ----------
    home
        Home of those who may choose each option, -1 where that is not kept, [option].
    mended
        Without these defects.
    """
    if not settings.stay_close_to_home:
        return np.ones(len(options.route))
    lat = np.radians([place.lat or 0.0 for place in scenario.places])
    lon = np.radians([place.lon or 0.0 for place in scenario.places])
    if not mended:
        # Flee's x is the file's latitude and its y the longitude, and it reads y as latitude.
        lat, lon = lon, lat
    origin, b = routes.origin[options.route], routes.destination[options.route]
    a = np.where(home >= 0, home, origin) if mended else origin
    chord = np.sin((lat[b] - lat[a]) / 2) ** 2 + np.cos(lat[a]) * np.cos(lat[b]) * np.sin((lon[b] - lon[a]) / 2) ** 2
    km = EARTH_KM * 2 * np.arctan2(np.sqrt(chord), np.sqrt(np.maximum(1 - chord, 0.0)))
    return np.asarray(1.0 / np.maximum(1.0, km) ** settings.home_distance_power)
