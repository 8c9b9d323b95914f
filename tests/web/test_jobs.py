"""Jobs: claimed at least once, renewed, cancelled, given back; what comes of them is what the command gives."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import get_args
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tests.made.served import served
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.language.language import LANGUAGES, load_language
from caravana.operation.folder import open_operation
from caravana.web.jobs.kinds import Job, command_of
from caravana.web.jobs.runner import JobRunner
from caravana.web.store import jobs

UPDATE = {"kind": "update", "on": "2021-11-22"}


def test_a_job_is_claimed_once_while_its_worker_lives_and_again_when_it_died(desk_of):
    store = desk_of().store
    number = jobs.ask_for_job(store, "update", {}, who="ana")
    assert jobs.claim_job(store, "one", at=100.0)["job"] == number
    assert jobs.claim_job(store, "two", at=100.0 + jobs.LEASE_SECONDS - 1) is None
    assert jobs.renew_job(store, number, "one", at=105.0, progress={"done": 3}) == "held"
    assert jobs.claim_job(store, "two", at=105.0 + jobs.LEASE_SECONDS - 1) is None
    again = jobs.claim_job(store, "two", at=106.0 + jobs.LEASE_SECONDS)
    assert (again["job"], again["attempts"], again["done"]) == (number, 2, 3)
    # Whoever lost it can neither renew nor end it.
    assert jobs.renew_job(store, number, "one", at=120.0, progress={}) == "lost"
    assert not jobs.end_job(store, number, "one", jobs.DONE, message="", result="")
    assert jobs.end_job(store, number, "two", jobs.DONE, message="", result='{"a": 1}')
    assert jobs.job_of(store, number)["result"] == {"a": 1}


def test_a_job_whose_workers_die_again_and_again_is_given_up(desk_of):
    store = desk_of().store
    number = jobs.ask_for_job(store, "update", {}, who="ana")
    for n in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim_job(store, f"w{n}", at=100.0)["attempts"] == n + 1
        jobs.try_again(store, number, f"w{n}")
    assert jobs.claim_job(store, "last", at=1e6) is None
    assert jobs.job_of(store, number)["state"] == jobs.FAILED


def test_a_job_is_cancelled_before_and_while_it_runs(desk_of):
    store = desk_of().store
    first, second = (jobs.ask_for_job(store, "update", {}, who="ana") for _ in range(2))
    assert jobs.cancel_job(store, first, who="ana")
    assert jobs.job_of(store, first)["state"] == jobs.CANCELLED
    assert jobs.claim_job(store, "one", at=1.0)["job"] == second
    assert jobs.cancel_job(store, second, who="ana")
    assert jobs.renew_job(store, second, "one", at=2.0, progress={}) == "cancelled"
    assert not jobs.cancel_job(store, first, who="ana")


@pytest.mark.parametrize(
    "given",
    [{"kind": "shell"}, {"kind": "update", "on": "--out=x"}, {"kind": "run", "members": 0},
     {"kind": "run", "out": "/etc"}, {"kind": "compare", "policy": "../x"}, {"kind": "compare", "policy": "--help"},
     {"kind": "run", "seed": "1; rm"}, {"kind": "export", "run": -1}],
)  # fmt: skip
def test_what_is_no_job_is_refused(client, given):
    assert client.post("/api/jobs", json=given).status_code == 422


def test_a_jobs_command_is_made_of_checked_words_alone(tmp_path):
    row = {"job": 7, "kind": "run", "options": {"members": 64, "seed": 2, "lang": "es"}}
    assert command_of(row, tmp_path) == [
        "run", str(tmp_path), "--members", "64", "--seed", "2", "--out", str(tmp_path / "runs" / "job-7"), "--lang",
        "es", "--json",
    ]  # fmt: skip
    assert command_of(row, tmp_path, scheduler="tcp://host:8786")[-2:] == ["--scheduler", "tcp://host:8786"]


def test_a_cancelled_process_ends_and_its_children_with_it(desk_of):
    desk = desk_of()
    number = jobs.ask_for_job(desk.store, "run", {"members": 100_000}, who="ana")
    with JobRunner(desk.store, desk.operation.folder, most=1):
        wait_for(lambda: jobs.job_of(desk.store, number)["message"])
        jobs.cancel_job(desk.store, number, who="ana")
        wait_for(lambda: jobs.job_of(desk.store, number)["state"] == jobs.CANCELLED)
    assert not processes_of(desk.operation.folder)


def wait_for(happens, seconds=300):
    """Wait long: jobs let everything else on the machine go before."""
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


def processes_of(folder):
    import psutil

    held = []
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):
            if str(folder) in (process.info["cmdline"] or []):
                held.append(process)
    return held


def jobs_of(folder):
    """Those that lead the group of a job; that a process has ended since is no fault."""
    held = processes_of(folder)
    return [one for one in held if "caravana.web.jobs.child" in one.info["cmdline"] and one.pid == group_of(one.pid)]


def group_of(pid):
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(pid)


def serve(folder, *words):
    process = subprocess.Popen(
        [sys.executable, "-m", "caravana.cli", "serve", str(folder), "--port", "0", "--json", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    line = process.stdout.readline()
    assert line, process.stderr.read()
    url = json.loads(line)["url"]
    client = httpx.Client(base_url=url, timeout=120)
    client.headers["Authorization"] = "Bearer " + client.post("/api/session", json={}).json()["token"]
    return process, client


@pytest.mark.slow
def test_killed_in_the_midst_of_a_job_nothing_is_lost_and_the_bits_are_those_of_the_command(evening, tmp_path):
    folder = shutil.copytree(evening.folder, tmp_path / "op")
    server, client = serve(folder)
    try:
        assert client.get("/api/health").json()["well"]
        number = client.post("/api/jobs", json=UPDATE).json()["job"]
        assert client.post("/api/reports", json={"date": "2021-11-21", "persons": "900"}).status_code == 201
        assert client.post("/api/changes", json={"change": "office", "place_id": "huixtla"}).status_code == 201
        # First its process, as soon as it is there (later it might be done), then the server, at some moment.
        wait_for(lambda: jobs_of(folder))
        for one in jobs_of(folder):
            with contextlib.suppress(ProcessLookupError):  # of its group, one may have ended with another
                os.killpg(one.pid, signal.SIGKILL)
        wait_for(lambda: client.get(f"/api/jobs/{number}").json()["attempts"] == 2)
        assert client.post("/api/reports", json={"date": "2021-11-20", "persons": "910"}).status_code == 201
    finally:
        client.close()
        os.kill(server.pid, signal.SIGKILL)
        server.communicate()
    # The job's process ends with the server, however that ends.
    wait_for(lambda: not processes_of(folder))
    server, client = serve(folder)
    try:
        wait_for(lambda: client.get(f"/api/jobs/{number}").json()["over"])
        job = client.get(f"/api/jobs/{number}").json()
        assert job["state"] == "done", job
        held = [r["high"] for r in client.get("/api/reports").json()["reports"]]
        assert (held.count(900), held.count(910)) == (1, 1)
        assert [one["change"] for one in client.get("/api/changes").json()["changes"]] == ["office"]
    finally:
        client.close()
        server.send_signal(signal.SIGINT)
        _out, err = server.communicate(timeout=120)
    assert "Traceback" not in err
    other = shutil.copytree(evening.folder, tmp_path / "other")
    for words in (
        ["observe", "--on", "2021-11-21", "--persons", "900"],
        ["observe", "--on", "2021-11-20", "--persons", "910"],
        ["update", "--on", "2021-11-22", "--quiet"],
    ):
        assert CliRunner().invoke(app, [words[0], str(other), *words[1:]]).exit_code == 0
    frozen = "forecasts/2021-11-22-1.json"
    assert (folder / frozen).read_bytes() == (other / frozen).read_bytes()
    assert open_operation(folder).name == "November"


def test_a_job_says_nothing_of_where_the_operation_lies(client, desk_of):
    desk = desk_of()
    number = jobs.ask_for_job(desk.store, "run", {}, who="ana")
    jobs.claim_job(desk.store, "w", at=1.0)
    where = desk.operation.folder.resolve() / "runs" / "job-1" / "report.html"
    jobs.end_job(desk.store, number, "w", jobs.DONE, message=f"The report is at {where}", result="")
    assert client.get(f"/api/jobs/{number}").json()["message"] == "The report is at runs/job-1/report.html"


def test_a_server_that_is_ended_lets_go_of_who_watches_a_job_without_a_trace(operation):
    with served(operation.folder, "--jobs", "1") as url, httpx.Client(base_url=url, timeout=120) as client:
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        number = client.post("/api/jobs", json={"kind": "calibrate"}).json()["job"]
        with client.stream("GET", f"/api/jobs/{number}/events") as events:
            lines = events.iter_lines()
            first = next(lines)
            assert json.loads(first.removeprefix("data:"))["over"] is False
            os.kill(server_at(urlsplit(url).port), signal.SIGINT)
            # The rest of it ends in order: what is cut off would be an error of the connection.
            assert all(json.loads(line.removeprefix("data:"))["over"] is False for line in lines if line[:5] == "data:")


def server_at(port):
    """The process that listens at a port of this machine."""
    return next(
        process.pid for process in psutil.Process().children(recursive=True)
        if any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in process.net_connections())
    )  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_a_job_was_asked_with_is_said_in_words_of_the_page(code):
    language = load_language(code)
    (kinds, _) = get_args(Job)
    asked = {name for kind in get_args(kinds) for name in kind.model_fields} - {"kind", "lang"}
    assert {"members", "policy", "since"} <= asked
    assert all(language.text(f"web.jobs.{name}") for name in asked)


def test_a_job_says_in_spanish_what_it_was_asked_with(client):
    number = client.post("/api/jobs", json={"kind": "run", "members": 3, "lang": "es"}).json()["job"]
    held = client.get(f"/api/jobs/{number}?lang=es").json()
    assert held["option_words"] == ["Corridas: 3", "Semilla: 1"]
