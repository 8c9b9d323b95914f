"""One Ctrl-C ends a command within three seconds with status 130; a pipe that closes gives no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from importlib import import_module

import duckdb
import pytest

import caravana as cv
from caravana.ensemble import executors
from caravana.interrupts import InterruptWatch

# A test run in the background ignores Ctrl-C, and so would its children: these listen again.
LISTEN = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " runpy.run_module('caravana.cli', run_name='__main__')"
)
SECONDS = 3.0


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-c", LISTEN, *map(str, words)],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(folder, pattern):
    deadline = time.monotonic() + 120
    while not list(folder.glob(pattern)) and time.monotonic() < deadline:
        time.sleep(0.01)


def seconds_to_end(folder, workers, delay):
    """Interrupt a run once it has a block or two; return how long it takes to end as it should."""
    process = start("run", "tapachula-2021", "--members", 1280, "--workers", workers, "--quiet", "--out", folder)
    wait_for(folder, "blocks/0000[1-4]")
    time.sleep(delay)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    took = time.monotonic() - began
    assert process.returncode == 130, err
    assert f"The blocks done are kept in {folder}; the same command goes on from there." in err
    assert "Traceback" not in err
    assert out == "", (out, err)
    assert not (folder / "failures.json").exists()
    return took


@pytest.mark.parametrize(("workers", "delay"), [(1, 0.0), (2, 0.3), (1, 0.7)])
def test_one_interrupt_ends_a_run_and_says_how_to_go_on(tmp_path, workers, delay):
    # What else runs on the machine may hold one of them up; nothing holds up all three.
    assert any(seconds_to_end(tmp_path / f"run-{n}", workers, delay) < SECONDS for n in range(3))


def press(*_):
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def listening():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("becomes", [RuntimeError, duckdb.InterruptException, None])
def test_an_interrupt_that_a_library_swallows_is_no_failed_block(tmp_path, monkeypatch, listening, becomes):
    real = executors.run_task

    def swallow(task, folder):
        try:
            press()
        except KeyboardInterrupt:
            if becomes is not None:
                return task.block, becomes.__name__, ""
        return real(task, folder)

    monkeypatch.setattr(executors, "run_task", swallow)
    with pytest.raises(KeyboardInterrupt):
        cv.simulate("tapachula-2021-11-18", members=128, until="2021-11-19", out=tmp_path / "run", workers=1)
    assert not (tmp_path / "run" / "failures.json").exists()


def test_watches_are_nested_and_give_the_handler_back(listening):
    with InterruptWatch() as outer:
        with InterruptWatch() as inner, pytest.raises(KeyboardInterrupt):
            press()
        assert inner.came
        assert outer.came
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with InterruptWatch() as quiet:
        pass
    quiet.raise_swallowed()


def test_an_interrupt_after_the_command_is_done_is_noted_and_not_raised(listening):
    with InterruptWatch() as watch:
        watch.only_note()
        press()
    assert watch.came
    with pytest.raises(KeyboardInterrupt):
        press()


@pytest.mark.parametrize("at", ["__enter__", "__exit__"])
def test_an_interrupt_before_or_after_anything_watches_is_a_line(monkeypatch, capsys, listening, at):
    def press(self, *_):
        raise KeyboardInterrupt

    command_line = import_module("caravana.cli.main")
    monkeypatch.setattr(InterruptWatch, at, press)
    monkeypatch.setattr(sys, "argv", ["caravana", "--version"])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == 130
    assert capsys.readouterr().err.strip() == command_line.HOW_TO_GO_ON


@pytest.mark.parametrize("words", [["scenarios"], ["check", "tapachula-2021", "--json"], ["--help"]])
def test_a_closed_pipe_gives_no_traceback(words):
    process = start(*words)
    process.stdout.close()
    with process.stderr as stream:
        err = stream.read()
    process.wait(60)
    assert err.count("\n") <= 1, err
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    assert process.returncode in {0, 1}


@pytest.mark.parametrize("becomes", ["KeyboardInterrupt", "ImportError", None])
def test_an_interrupt_while_modules_are_imported_is_a_line(tmp_path, becomes):
    # A module that the command line needs first presses Ctrl-C while it is imported.
    end = f"raise {becomes}" if becomes else "pass"
    (tmp_path / "typer.py").write_text(
        f"import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\nexcept KeyboardInterrupt:\n    {end}\n"
    )
    script = LISTEN.replace("import runpy", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import runpy")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr == "caravana: interrupted before it began; the same command begins again\n"
    assert done.stdout == ""
