# %% [markdown]
# # A scenario of your own, from frames
# Tables in memory become a scenario, checked as files are: a slip is named with its table, row, column and value.

# %%
import pandas as pd

import caravana as cv

places = pd.DataFrame({"id": ["river", "ford", "hill"], "kind": ["conflict_zone", "town", "camp"]})
places = places.assign(name=["River", "Ford", "Hill"], lat=[9.0, 8.6, 8.2], lon=[30.0, 30.4, 30.9])
links = pd.DataFrame({"from_id": ["river", "ford"], "to_id": ["ford", "hill"], "km": [70, 85]})
days = pd.to_datetime(["2024-03-01", "2024-03-15", "2024-04-10"])
said = {"place_id": "hill", "kind": "camp_count", "qualifier": "exact", "speaker_role": "UN", "speaker_side": "agency"}
counts = pd.DataFrame({"id": [*"abc"], "date": days, "known_on": days, "low": [300, 2_100, 3_900]}).assign(**said)
world = {"name": "river", "rules": "camp-shares", "start": "2024-03-01", "end": "2024-04-30"}
own = cv.Scenario.from_frames(places=places, links=links, observations=counts, **world)
ax = cv.simulate(own, members=64).plot.fan("hill")
