# %% [markdown]
# # Change a scenario
# `with_parameters` changes numbers and priors, `replace` anything else. What is changed is checked as a file would
# be, and rests on an assumption from then on. Here: what if they walked further?

# %%
import caravana as cv

further = cv.load_scenario("tapachula-2021").with_parameters(walk_km=cv.Prior(dist="lognormal", median=22, sigma=0.2))
ax = cv.simulate(further, members=64, until="2021-11-20").plot.arrivals()
