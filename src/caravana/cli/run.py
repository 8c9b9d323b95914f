"""The command ``run``: simulates a scenario, writes its report, and says which settings had no effect."""

from __future__ import annotations

import contextlib
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import Progress
from caravana.cli.ensemble.outcome import tell_run
from caravana.cli.ensemble.plan import memory_line, tell_piece, tell_plan
from caravana.cli.options import load, settings_with, spoken_language, take_claims, take_rules
from caravana.errors import InterruptedRunError, UnusedInputWarning, UsageError
from caravana.interrupts import InterruptWatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from caravana.evidence.taken import TakenInputs
    from caravana.inference.posterior.design import PosteriorDesign
    from caravana.run import Run
    from caravana.scenario.model import Scenario


def take_posterior(
    scenario: Scenario, folder: Path | None, *, taken: Mapping[str, str], policies: Sequence[str]
) -> PosteriorDesign | None:
    """Return the draws of a calibration to simulate with; None where none are asked for.

    Raises
    ------
    UsageError
        If claims are taken as well: the draws were fitted with all of them open.
    RunError
        If the folder is no finished calibration of this very scenario.
    """
    from caravana.inference.posterior.design import open_design

    if folder is None:
        return None
    if taken:
        raise UsageError("--take with --posterior: the draws were fitted with all claims open; calibrate anew for that")
    # Under another policy the past would have been another: its ways say nothing then.
    return open_design(folder, scenario, led=not policies)


def refuse_policies(scenario: str, names: Sequence[str], inputs: TakenInputs | None) -> None:
    """Refuse policies that the scenario does not have, or that contradict each other.

    Raises
    ------
    UsageError
        Naming them, and why.
    """
    from caravana.simulation import choose_policies
    from caravana.studies.policies import refuse_contradictions

    if not names and (inputs is None or not inputs.policies):
        return
    loaded = load(scenario) if inputs is None else inputs.scenario
    taken = () if inputs is None else inputs.policies
    force = dict.fromkeys([*names, *taken])
    chosen = [p for p in choose_policies(loaded, list(force)) if p.id in force]
    refuse_contradictions([p for p in chosen if not p.base])


def default_folder(scenario: str, seed: int) -> Path:
    """Return where a run goes unless the user says otherwise: ``runs/<scenario>-seed<seed>``."""
    return Path("runs") / f"{Path(scenario).name}-seed{seed}"


def run(
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name (see `caravana scenarios`) or a folder.")],
    members: Annotated[int, typer.Option(help="Size of the ensemble.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of all randomness; the same seed gives the same numbers.")] = 1,
    until: Annotated[str | None, typer.Option(help="Last date to simulate, such as 2021-11-05.")] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder  [default: runs/SCENARIO-seedSEED]")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes to use  [default: the machine's cores]")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="A Dask scheduler to simulate on: tcp://host:port, or its .json file.")
    ] = None,
    storage: Annotated[
        str | None,
        typer.Option(
            help="With --scheduler: where workers write blocks: the run folder, on a disk they share, or s3://..."
        ),
    ] = None,
    piece: Annotated[
        str | None, typer.Option(help="Only this share of the run, such as 3/40; `caravana merge` joins them.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what the run takes: blocks, memory, disk.")] = False,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A parameter or setting: name=value.")] = None,
    policy: Annotated[list[str] | None, typer.Option(help="A policy of the scenario to put in force.")] = None,
    take: Annotated[
        list[str] | None, typer.Option("--take", help="Take a claim as given: CLAIM=true, CLAIM=false or CLAIM=open.")
    ] = None,
    posterior: Annotated[
        Path | None, typer.Option(help="Folder of a finished calibration: simulate with its draws, not the priors.")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Simulate a scenario as an ensemble and write its report.

    A run that was interrupted is completed by the same command.
    """
    from caravana.models.registry import model_of
    from caravana.simulation import simulate

    started = time.perf_counter()
    # Whatever can be refused is refused before an ensemble has been simulated.
    language = spoken_language(lang)
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: expected 1 or more")
    numbers, rules = take_rules(set_ or [])
    inputs, taken = take_claims(scenario, take or ())
    loaded = load(scenario) if inputs is None else inputs.scenario
    settings = settings_with(loaded, inputs, numbers)
    refuse_policies(scenario, policy or (), inputs)
    design = take_posterior(loaded, posterior, taken=taken, policies=policy or ())
    folder = out or default_folder(scenario, seed)
    if plan:
        tell_plan(loaded, members=members, until=until, rules=rules, settings=settings, piece=piece, json=json)
        return
    # Said once the simulation begins: what is refused ends with one message.
    hello = f"Simulating {scenario}: {members} members, seed {seed}. The run goes to {folder}"
    notice = model_of(loaded, rules=rules).notice
    hello += f"\n{notice}" if notice else ""
    hello += f"\n{memory_line(loaded, until=until, rules=rules, settings=settings)}" if scheduler or piece else ""
    progress = Progress("Blocks of members", quiet=quiet, first=hello)
    with _kept_on_interrupt(folder):
        finished = simulate(
            loaded, members=members, seed=seed, until=until, rules=rules,
            set=settings, taken=taken, design=design, out=folder, workers=workers,
            policies=[*(policy or ()), *(() if inputs is None else inputs.policies)], scheduler=scheduler,
            storage=storage, piece=piece, progress=progress,
        )  # fmt: skip
        _keep_learned(finished, design)
        if piece is not None:
            tell_piece(finished, folder, piece, json=json, quiet=quiet)
        else:
            tell_run(finished, started=started, lang=language.code, json=json, quiet=quiet)


@contextlib.contextmanager
def _kept_on_interrupt(folder: Path) -> Iterator[None]:
    """Turn an interrupt, however it comes out, into the line that says where the same command goes on from.

    Raises
    ------
    InterruptedRunError
        If there was one.
    """
    with InterruptWatch() as watch, warnings.catch_warnings():
        # Said at the end, with all else that was not used.
        warnings.filterwarnings("ignore", "not used by the rules", UnusedInputWarning)
        try:
            yield
            watch.raise_swallowed()
        except (KeyboardInterrupt, Exception) as error:
            # In the midst of a query an interrupt comes out as another error.
            if not watch.came and not isinstance(error, KeyboardInterrupt):
                raise
            raise InterruptedRunError(
                f"\nInterrupted. The blocks done are kept in {folder}; the same command goes on from there."
            ) from None


def _keep_learned(run: Run, design: PosteriorDesign | None) -> None:
    from caravana.inference.posterior.design import keep_learned

    if design is not None:
        keep_learned(run.path, design)
