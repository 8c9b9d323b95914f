"""A benchmark of forecasts that others can enter: tasks, truth by the day it was known, naive rules, scores.

Read ``docs/benchmark.md``.  Everybody's forecasts come through one door, a file of quantiles in the hubverse's layout,
our own too; a task, a level and a score are defined here once, and no row of it asks whose forecast it is.

::

    python -m benchmarks.skill.entries tasks --out FOLDER      what is to be forecast, and what was known on each day
    python -m benchmarks.skill.entries score FILE ...          score files of forecasts beside the naive rules
    python -m benchmarks.skill.entries own                     make our own files anew (minutes)
    python -m benchmarks.skill.entries results                 score every file in submitted/ and keep results.json

Each takes ``--displacement FOLDER``, a folder of Flee instances, for the tasks of camps; ``results`` without it keeps
what it had of camps.
"""
