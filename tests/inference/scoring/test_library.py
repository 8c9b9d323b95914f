"""What the library of scores costs, and what it leaves to others in the process."""

import subprocess
import sys

SCORE = """
import sys
import numpy as np
from caravana.inference.scoring.proper_scores import crps, weighted_interval_score

points, weight = np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 1.0])
print(crps(points, weight, 2.5), weighted_interval_score(points, weight, 2.5))
"""


def run(code: str) -> list[str]:
    """Run code in a process of its own, and return what it prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_scoring_compiles_nothing_and_whoever_imports_the_library_beside_gets_it_whole():
    crps, wis, left = run(SCORE + "print([name for name in sys.modules if name.startswith('scoringrules')])\n")
    assert (float(crps), float(wis) > 0, left) == (0.4375, True, "[]")


def test_scores_are_the_same_where_the_library_was_imported_before():
    assert run("import scoringrules\n" + SCORE) == run(SCORE)
