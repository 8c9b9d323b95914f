"""Small Flee instances, written to a folder for a test."""

import datetime as dt
from pathlib import Path

from caravana.importers.flee.instance import import_flee

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "flee"

LOCATIONS = """#name,region,country,latitude,longitude,location_type,conflict_date,population
A,R1,Here,1.0,1.0,conflict_zone,0,1000
B,R1,Here,1.0,2.0,town,,
Near,R2,There,1.0,3.0,camp,,10000
Far,R2,There,2.0,3.0,camp,,10000
"""
ROUTES = """#name1,name2,distance,forced_redirection
A,B,90,
B,Near,100,
B,Far,190,
"""
CLOSURES = "#closure_type,name1,name2,closure_start,closure_end\n"


#: Places of which each has a road to each other, so that those who see two links ahead have dozens of routes.
DENSE_LOCATIONS = (
    "#name,region,country,latitude,longitude,location_type,conflict_date,population\nA,R1,Here,1.0,1.0,conflict_zone,0,1000\n"
    + "".join(f"T{at},R1,Here,1.0,{at}.0,town,,\n" for at in range(4))
    + "".join(f"{name},R2,There,2.0,{at}.0,camp,,{people}\n" for at, (name, people) in enumerate(
        (("Near", 60), ("Far", 250), ("Third", 100), ("Fourth", 10_000))
    ))
)  # fmt: skip
DENSE_ROUTES = "#name1,name2,distance,forced_redirection\n" + "".join(
    f"{a},{b},{55 + 17 * (3 * i + 5 * j) % 160},\n"
    for i, a in enumerate(("A", "T0", "T1", "T2", "T3", "Near", "Far", "Third", "Fourth"))
    for j, b in enumerate(("A", "T0", "T1", "T2", "T3", "Near", "Far", "Third", "Fourth"))
    if i < j
)


def counts(start, rows):
    return "".join(f"{start + dt.timedelta(days=day)},{people}\n" for day, people in rows)


def write_instance(folder, *, days=20, locations=LOCATIONS, routes=ROUTES, closures=CLOSURES, settings="", camps=None):
    """Write an instance; `camps` maps a camp to (day, count) rows."""
    start = dt.date(2020, 1, 1)
    camps = {"Near": [(0, 0), (days, 600)], "Far": [(0, 0), (days, 300)]} if camps is None else camps
    inputs, data = folder / "input_csv", folder / "source_data"
    inputs.mkdir(parents=True)
    data.mkdir()
    (inputs / "locations.csv").write_text(locations)
    (inputs / "routes.csv").write_text(routes)
    (inputs / "closures.csv").write_text(closures)
    (inputs / "conflicts.csv").write_text("#Day,A\n" + "".join(f"{day},1\n" for day in range(days)))
    (inputs / "sim_period.csv").write_text(f"StartDate,{start}\nLength,{days}\n")
    (data / "data_layout.csv").write_text("total,refugees.csv\n" + "".join(f"{name},{name}.csv\n" for name in camps))
    total = [(0, 0), (days, 900)]
    (data / "refugees.csv").write_text(counts(start, total))
    for name, rows in camps.items():
        (data / f"{name}.csv").write_text(counts(start, rows))
    (folder / "simsetting.yml").write_text(settings)
    return folder


def told(result):
    return [str(fault) for fault in result.faults]


def with_files(tmp_path, file, content):
    """Import a sound instance with one file put in place of its own, or several by name; None takes a file away."""
    folder = write_instance(tmp_path / "x")
    for name, text in (content if file is None else {file: content}).items():
        path = folder / name
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_flee(folder, folder / "simsetting.yml", tmp_path / "out")
