"""The model description in the ODD form, held against the code that runs.

What its tables say of processes, parameters, statuses and modes is compared with the code's own, and a run is watched
while it goes: which process reads which parameter, in which order, and that nobody but the processes moves anybody.
"""

import datetime as dt
import re
from collections import defaultdict
from pathlib import Path

import pytest

import caravana as cv
from caravana.ensemble.tasks import BlockTasks
from caravana.models.caravan.state import Mode, Phase, Status
from caravana.models.displacement.camp_shares.order import ORDER as SHARES
from caravana.models.displacement.walk.order import ORDER as WALK
from caravana.models.parameters import CARAVAN, declared
from caravana.models.registry import model_of, simulate_task
from caravana.scenario.model import PERSON_KINDS
from caravana.simulation import Plan

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "model.md").read_text("utf-8")
ELEMENTS = [
    "Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling",
    "Design concepts", "Initialisation", "Input data", "Submodels",
]  # fmt: skip
CONCEPTS = [
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
]  # fmt: skip
ELSEWHERE = {"assembly": {"stuck_pool"}, "calendar": {"day_temperature"}, "choice": {"vehicle_km", "office_per_day"}}
"""Parameters that a process reads and another section of the page describes."""
BESIDE = {
    "calendar": {"day_temperature", "offer_delay"},  # when the tables of the days are made
    "assembly": {"stuck_pool"},  # when the first day begins
    "accounts": {"bus_fare"},  # when what others moved is paid
}
"""Parameters that are read for a process outside its own call."""
DAYS = 24


class Watched(dict):
    """Draws that note which parameters are read."""

    def __init__(self, draws, notes):
        super().__init__(draws)
        self.notes = notes

    def __getitem__(self, name):
        self.notes.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.notes.add(name)
        return super().get(name, default)


def submodels():
    """Heading and text of every submodel, in the order of the page."""
    details = PAGE[PAGE.index("### 6. Submodels") : PAGE.index("### Parameters")]
    parts = re.split(r"^#### (.+)$", details, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def watched():
    """Which parameters each process read in a block of the bundled caravan, and the order of the first day."""
    scenario = cv.load_scenario("tapachula-2021")
    model, read, acted = model_of(scenario), defaultdict(set), []

    def watch(process):
        def act(state, world, draws, today, stream):
            acted.append(process.name)
            return process.act(state, world, Watched(draws, read[process.name]), today, stream)

        return cv.Process(process.name, act, process.parameters)

    last = scenario.start + dt.timedelta(days=DAYS)
    policies = tuple(p.id for p in scenario.policies if p.base)
    plan = Plan(scenario.name, "", "caravan", "caravan", 1, str(scenario.start), str(last), policies=policies)
    order = tuple(watch(process) for process in cv.ORDER)
    simulate_task(BlockTasks(scenario, plan, [0], model, order, None)[0])
    return read, acted


def test_it_has_every_element_and_every_design_concept():
    headings = [line.lstrip("# ").lower() for line in PAGE.splitlines() if line.startswith("#")]
    places = [next(n for n, heading in enumerate(headings) if element.lower() in heading) for element in ELEMENTS]
    assert places == sorted(places)
    assert [concept for concept in CONCEPTS if f"**{concept}.**" not in PAGE] == []


def test_statuses_phases_modes_and_person_kinds_are_those_of_the_code():
    said = re.search(r"^Statuses: (.+?)\n\n", PAGE, re.MULTILINE | re.DOTALL)[1]
    assert {name.replace(" ", "_") for name in re.findall(r"\*([^*]+)\*", said)} == {one.name for one in Status}
    row = next(line for line in PAGE.splitlines() if line.startswith("| caravan |"))
    phases = re.search(r"phase \(([^)]*)\)", row)[1]
    assert {name.strip().replace(" ", "_") for name in phases.split(",")} == {one.name for one in Phase}
    modes = re.search(r"mode of the day \(([^)]*)\)", row)[1]
    ends = {"arrived", "dissolved"}
    assert {name.strip() for name in modes.split(",")} | ends == {one.name for one in Mode}
    kinds = next(line for line in PAGE.splitlines() if line.startswith("| party kind |")).replace("women", "women ")
    assert len(PERSON_KINDS) == len(re.search(r"composition: ([^|]*)\|", kinds)[1].replace(" or ", ", ").split(",")) - 1


def test_submodels_are_described_in_the_order_in_which_they_act():
    headings = [heading.lower() for heading, _ in submodels()]
    places = [next(n for n, heading in enumerate(headings) if process.name in heading) for process in cv.ORDER]
    assert places == sorted(places)
    assert set(places) == set(range(len(headings)))


def test_each_submodel_names_the_parameters_that_it_reads():
    sections = {heading.lower(): text for heading, text in submodels()}
    for process in cv.ORDER:
        text = " ".join(text for heading, text in sections.items() if process.name in heading)
        missing = {name for name in process.parameters if name not in text and not name.startswith("bias_")}
        assert missing == ELSEWHERE.get(process.name, set()), process.name


def test_processes_act_in_the_order_of_the_table(watched):
    _, acted = watched
    assert acted[: len(cv.ORDER)] == [process.name for process in cv.ORDER]


def test_a_process_reads_what_the_table_says_and_nothing_else(watched):
    read, _ = watched
    known = set(declared(CARAVAN))
    hidden = {p.name: (read[p.name] & known) - set(p.parameters) for p in cv.ORDER}
    assert {name: names for name, names in hidden.items() if names} == {}


def test_what_the_table_says_is_read_is_read(watched):
    read, _ = watched
    unread = {p.name: set(p.parameters) - read[p.name] for p in cv.ORDER}
    assert {name: names for name, names in unread.items() if names} == BESIDE


@pytest.mark.parametrize("order", [WALK, SHARES])
def test_the_models_of_displacement_name_their_processes(order):
    page = (DOCS / "dispersal.md").read_text("utf-8").lower()
    assert [p.name for p in order if p.name.replace("_", " ") not in page and p.name not in page] == []
