"""A job where an address of a Dask cluster is given: it runs there, and its blocks are those of this machine."""

import pytest

pytest.importorskip("distributed")

from distributed import Client
from tests.ensemble.cluster.conftest import Cluster, wait_for
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.web.jobs.runner import JobRunner
from caravana.web.store import jobs

pytestmark = pytest.mark.slow


def blocks(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.glob("blocks/**/*")) if p.is_file()}


def test_a_run_on_a_named_cluster_gives_the_bits_of_the_command_here(desk_of, tmp_path):
    desk = desk_of()
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster")
    try:
        cluster.add_worker()
        number = jobs.ask_for_job(desk.store, "run", {"members": 70, "seed": 2}, who="ana")
        with JobRunner(desk.store, desk.operation.folder, most=1, scheduler=cluster.address):
            wait_for(lambda: jobs.job_of(desk.store, number)["state"] in jobs.OVER, seconds=300)
        with Client(cluster.address) as client:
            seen = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    finally:
        cluster.close()
    job = jobs.job_of(desk.store, number)
    assert job["state"] == jobs.DONE, job["message"]
    assert seen > 0, "the scheduler had tasks"
    other = tmp_path / "here"
    words = ["run", str(desk.operation.folder), "--members", "70", "--seed", "2", "--workers", "1", "--out", str(other)]
    assert CliRunner().invoke(app, [*words, "--quiet"]).exit_code == 0
    there = blocks(desk.operation.folder / "runs" / f"job-{number}")
    assert len(there) > 1
    assert there == blocks(other)
