# %% [markdown]
# # Load a scenario and look at it
# A scenario says what is known, contested as it is: places, roads, people, policies, evidence. On a screen it is a
# short list.

# %%
import caravana as cv

scenario = cv.load_scenario("tapachula-2021")
scenario

# %% [markdown]
# Simulate it as an ensemble, and ask where the caravan sleeps.

# %%
ax = cv.simulate(scenario, members=64, seed=1).plot.map("2021-11-05")
