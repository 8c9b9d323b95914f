# %% [markdown]
# # Plot a run on axes of your own
# Each picture takes `ax=` and returns it, so it goes where you want it. Bands hold 5 and 9 in 10 members.

# %%
import matplotlib.pyplot as plt

import caravana as cv

run = cv.simulate("tapachula-2021", members=64, until="2021-11-20")
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.5), layout="constrained")
run.plot.headcount(ax=left)
ax = run.plot.fan("huixtla", ax=right)
