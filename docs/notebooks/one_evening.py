# %% [markdown]
# # A notebook: one evening, from reports to a score
# What a planner asks every evening, asked in Python: what is known, where they will sleep, and a few days
# later how right that was. It takes a minute.

# %%
import datetime as dt

import caravana as cv
from caravana.inference.reports import nights_by_day, read_record

scenario = cv.load_scenario("tapachula-2021")
evening = "2021-10-28"
known = [o for o in scenario.observations if o.kind == "position" and str(o.date) <= evening]
for report in known[-3:]:
    print(report.date, report.place_id, "by", report.speaker_side)

# %% [markdown]
# The forecast uses what was known on that evening, and nothing later.

# %%
forecast = cv.forecast(scenario, on=evening, horizon=7)
rows = forecast.to_hubverse()
nights = rows[(rows["target"] == "position_km") & (rows["output_type_id"].isin(["0.05", "0.5", "0.95"]))]
band = nights.pivot(index="horizon", columns="output_type_id", values="value")
print(band.round(0).to_string())

# %% [markdown]
# The band is the stretch of road that holds the caravan nine nights in ten. In a picture, with what was reported later:

# %%
ax = forecast.plot()

# %% [markdown]
# How right was it? The kilometres at which the caravan was reported on the nights that followed, inside the band or
# outside:

# %%
record = read_record(scenario)
later = nights_by_day(record, direct=True)
today = record.day(dt.date.fromisoformat(evening))
for ahead in band.index:
    if today + ahead in later:
        km = later[today + ahead]
        inside = band.loc[ahead, "0.05"] <= km <= band.loc[ahead, "0.95"]
        print(f"{ahead} days on: km {km:.0f}, {'inside' if inside else 'outside'} the band")
