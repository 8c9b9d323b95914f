# %% [markdown]
# # Score forecasts against naive rules
# A forecast is worth something where it beats the best rule of thumb. Below the line it does not, and that is shown
# too.

# %%
import caravana as cv

test = cv.backtest("tapachula-2021", origins=["2021-10-30", "2021-11-03", "2021-11-08", "2021-11-12"], horizon=7)
test.skill()

# %%
ax = test.plot_skill()
