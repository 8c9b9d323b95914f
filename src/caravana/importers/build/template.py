"""A folder for a planner without any files: tables with their columns and one line each as an example to replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from caravana.atomic import make_folder, write_folder_whole
from caravana.importers.base import refuse_taken

if TYPE_CHECKING:
    from pathlib import Path

_FILES = {
    "build.toml": """\
# A plan: which files there are. Take away a part that you have no file for; what stands in for it is shown.
# Dates: the first and the last day. Without them those of the counts, or of the conflict.
# title = "My land"
# start = 2030-01-01
# end = 2030-06-30

[roads]                     # an OpenStreetMap extract of the land, if you have one
# file = "land.osm.pbf"
# paths = false             # true: footpaths are roads too

[places]
file = "places.csv"

[camps]
file = "camps.csv"

[conflict]                  # an export of ACLED or UCDP GED, or this table in ACLED's layout
file = "conflict.csv"
within_km = 30              # an event is of the nearest place that is no further away
lasts_days = 60             # for so long it is felt

[counts]
file = "counts.csv"

# [boundaries]
# file = "admin2.geojson"   # COD-AB
""",
    "places.csv": """\
name,latitude,longitude,population,country
Capital,12.50,-1.50,250000,Homeland
Mill,12.90,-0.80,18000,Homeland
""",
    "camps.csv": """\
name,latitude,longitude,capacity,opens,closes,country
Lakeside,12.10,0.40,8000,2030-01-10,,Northland
""",
    "conflict.csv": (
        "event_id_cnty,event_date,event_type,latitude,longitude,fatalities\nHOM1,2030-01-03,Battles,12.51,-1.49,4\n"
    ),
    "counts.csv": "camp,date,persons\nLakeside,2030-01-15,120\nLakeside,2030-02-15,900\n",
}  # fmt: skip


def write_template(folder: Path) -> list[str]:
    """Write the plan and its tables into a folder; return their names.

    Raises
    ------
    UsageError
        If there is a file of that name, or a folder that is not empty.
    """
    refuse_taken(folder)
    make_folder(folder.parent)
    write_folder_whole(folder, {name: text.encode() for name, text in _FILES.items()})
    return list(_FILES)
