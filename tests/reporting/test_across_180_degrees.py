"""Maps of regions on both sides of 180 degrees, and rings that cross it."""

from types import SimpleNamespace

import numpy as np
import pytest

from caravana.lands.polygons import unrolled
from caravana.language.language import load_language
from caravana.reporting.displacement.countries import countries, east_of, frame_of, seam


def places(*points):
    return [SimpleNamespace(id=f"p{n}", lon=lon, lat=lat, country="FJ") for n, (lon, lat) in enumerate(points)]


ACROSS = places((177.4, -17.8), (179.3, -16.5), (-179.9, -16.9), (-178.8, -17.3))


def test_a_region_on_both_sides_is_framed_whole_and_narrow():
    west, _, east, _ = frame_of(ACROSS)
    assert 176 < west < 177.4
    assert 181.2 < east < 183
    assert [round(east_of(p.lon, seam(ACROSS)), 1) for p in ACROSS] == [177.4, 179.3, 180.1, 181.2]


@pytest.mark.parametrize(
    "points", [[(-92.0, 15.0), (-99.1, 19.4)], [(10.0, 5.0)], [(-120.0, 0.0), (0.0, 0.0), (120.0, 0.0)]]
)
def test_elsewhere_longitudes_stay_as_they_are(points):
    some = places(*points)
    assert seam(some) == -180
    assert all(east_of(p.lon, seam(some)) == p.lon for p in some)


def test_a_ring_runs_on_across_180_degrees():
    ring = np.array([[179.0, -16.0], [-179.5, -16.0], [-179.5, -17.0], [179.0, -17.0]])
    assert np.ptp(unrolled(ring)[:, 0]) == pytest.approx(1.5)


@pytest.mark.parametrize("some", [ACROSS, places((177.4, -17.8), (178.4, -18.1)), places((150.0, -30.0), (175.0, 0.0))])
def test_no_line_goes_across_the_map(some):
    frame = frame_of(some)
    drawn = countries(frame, some, load_language("en"))
    assert "Fiji" in [c["name"] for c in drawn]
    for country in drawn:
        for ring in country["rings"]:
            points = np.reshape(ring, (-1, 2))
            # An edge along the window's own border may be long; one between is a line across the map.
            inner = (points[:, 0] > points[:, 0].min()) & (points[:, 0] < points[:, 0].max())
            steps = np.abs(np.diff(points, axis=0, append=points[:1]))
            level = (steps[:, 0] > 20) & (np.abs(points[:, 1] + 16.5) < 1)
            assert not (level & inner).any(), country["name"]
            assert np.ptp(points[:, 0]) < 350
