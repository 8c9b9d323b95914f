# %% [markdown]
# # Calibrate, and see what was learned
# Parameters are fitted to what was published by a day. The posterior is a table, an `arviz.InferenceData`, and a
# picture: where the two outlines lie on each other, the reports say nothing of that parameter.

# %%
import caravana as cv

fit = cv.calibrate("tapachula-2021", until="2021-11-03", budget=512, draws=200)
posterior = fit.to_arviz().posterior
ax = fit.plot_posterior(["walk_km", "rest_chance", "turnout"])
