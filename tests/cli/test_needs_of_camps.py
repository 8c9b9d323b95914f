"""The needs of a displacement are told on the terminal, from the last day that anything was known of."""

from benchmarks.operation_replay import make_scenario
from tests.made.instances import write_instance
from tests.operation.test_commands import call

import caravana as cv


def test_each_camp_has_one_figure_a_need_from_the_last_count_on(tmp_path):
    camps = {"Near": [(day, 200 * day) for day in range(0, 21, 5)], "Far": [(day, 3 * day) for day in range(0, 21, 5)]}
    instance = write_instance(tmp_path / "made" / "made", days=40, camps=camps)
    (instance / "simsetting.yml").rename(instance.parent / "simsetting.yml")
    scenario = cv.load_scenario(make_scenario(instance, tmp_path / "scenario"))
    cv.simulate(scenario, members=8, seed=1, out=tmp_path / "run")
    days = cv.open_run(tmp_path / "run").days
    # Days ahead there are only within the run.
    last = min(max(one.known_on for one in scenario.observations), days[-2].date())
    out, err = call("needs", str(tmp_path / "run"), "--lang", "es")
    lines = out.splitlines()
    assert lines[0].endswith("lo que basta en 9 de cada 10 simulaciones")
    assert lines[0].startswith(str(last.fromordinal(last.toordinal() + 1)))
    assert sum(line.startswith("  Near: ") for line in lines) == 1
    assert sum("litros al día" in line for line in lines) == sum(line.endswith(" personas") for line in lines)
    assert "son las personas de la simulación" in err
    assert (tmp_path / "run" / f"needs-{last}.xlsx").is_file()
