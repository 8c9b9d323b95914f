# %% [markdown]
# # Sweep a parameter
# One run an entry, all on the same random streams; the result is one tidy table.

# %%
import caravana as cv

sweep = cv.sweep("tapachula-2021", {"walk_km": [10, 14, 18]}, members=64, until="2021-11-09")
sweep.summary().query("outcome == 'position'")

# %%
ax = sweep.plot("position")
