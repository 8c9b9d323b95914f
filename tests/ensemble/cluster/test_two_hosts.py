"""Two hosts that share no disk and no loopback: network namespaces joined by a virtual cable."""

import os
import shutil
import subprocess
import sys

import pytest
from tests.ensemble.cluster.conftest import ROOT, Cluster
from tests.made.small import small_scenario

import caravana as cv
from caravana.models.scenarios import write_scenario

IP = shutil.which("ip", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@pytest.fixture
def hosts():
    """Names of two network namespaces, 10.77.0.1 and 10.77.0.2."""
    if IP is None:
        pytest.skip("no `ip` command (iproute2) on this machine")
    names = [f"caravana-{os.getpid()}-{x}" for x in "ab"]
    a, b = names
    commands = [
        f"netns add {a}", f"netns add {b}",
        f"link add cvn0 netns {a} type veth peer name cvn1 netns {b}",
        f"-n {a} addr add 10.77.0.1/24 dev cvn0", f"-n {b} addr add 10.77.0.2/24 dev cvn1",
        *(f"-n {n} link set {d} up" for n, d in ((a, "lo"), (b, "lo"), (a, "cvn0"), (b, "cvn1"))),
    ]  # fmt: skip
    try:
        for command in commands:
            done = subprocess.run([IP, *command.split()], capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"this machine makes no network namespaces: {done.stderr.strip()}")
        yield names
    finally:
        for name in names:
            subprocess.run([IP, "netns", "del", name], capture_output=True, check=False)


@pytest.mark.slow
def test_a_run_over_two_hosts_is_that_of_one(hosts, tmp_path):
    client, worker = ([IP, "netns", "exec", name] for name in hosts)
    scenario = tmp_path / "small"
    write_scenario(small_scenario(days=5), scenario)
    (tmp_path / "cluster").mkdir()
    cluster = Cluster(tmp_path / "cluster", host="10.77.0.1", within=client)
    try:
        cluster.add_worker("--host", "10.77.0.2", within=worker)
        assert cluster.address.startswith("tcp://10.77.0.1:")
        done = subprocess.run(
            [*client, sys.executable, "-c", "from caravana.cli import main; main()", "run", str(scenario), "--members",
             "150", "--quiet", "--scheduler", cluster.address, "--out", str(tmp_path / "run")],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        cluster.close()
    assert (done.returncode, done.stderr) == (0, "")
    here = cv.simulate(str(scenario), members=150, workers=1)
    files = sorted(p.relative_to(here.path) for p in here.path.glob("blocks/*/*"))
    assert len(files) == 3 * 7
    for file in files:
        assert (here.path / file).read_bytes() == (tmp_path / "run" / file).read_bytes(), file
