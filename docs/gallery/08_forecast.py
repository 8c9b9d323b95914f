# %% [markdown]
# # Forecast from what was known on an evening
# Nothing published later is used; what came since is drawn beside the forecast, which has not seen it.

# %%
import caravana as cv

forecast = cv.forecast("tapachula-2021", on="2021-11-03")
forecast.to_hubverse().head()

# %%
ax = forecast.plot()
