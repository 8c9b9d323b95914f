# %% [markdown]
# # Compare two runs
# Runs of one seed share their random streams: what differs is taken member by member, and what does not is left at
# nought.

# %%
import caravana as cv

base = cv.simulate("tapachula-2021", members=64, until="2021-11-20")
restless = cv.simulate("tapachula-2021", members=64, until="2021-11-20", set={"rest_chance": 0.1})
comparison = cv.compare(base, restless)

# %%
ax = comparison.plot()
