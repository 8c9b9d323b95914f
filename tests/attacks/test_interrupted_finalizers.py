"""Ctrl-C inside of what Python calls when an object goes is as good as any other: it ends the command."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
import weakref

import pytest
from sqlalchemy import event, text

from caravana.interrupts import InterruptWatch, raise_those_of_finalizers, undisturbed
from caravana.operation.ledger.database import Database

SECONDS, STARTING = 3.0, 12.0
GOES = """
import os, runpy, signal, time, weakref

def press(*_):
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass

class Deleted:
    def __del__(self):
        press()

class Referred:
    pass

def generated():
    try:
        yield
    finally:
        press()

def go(way):
    if way == "__del__":
        Deleted()
    elif way == "weakref":
        one = Referred()
        held = weakref.ref(one, press)
        del one
    else:
        one = generated()
        next(one)
        del one
"""
COMMAND = """
signal.signal(signal.SIGINT, signal.default_int_handler)
import caravana.scenario.folders as folders

def find(path):
    go({way!r})
    time.sleep(30)

folders.find_scenario = find
runpy.run_module("caravana.cli", run_name="__main__")
"""


@pytest.fixture
def listening():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        pass


@pytest.mark.parametrize("way", ["__del__", "weakref", "generator"])
def test_an_interrupt_in_a_finalizer_ends_the_command(way):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", GOES + COMMAND.format(way=way), "check", "tapachula-2021"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert time.monotonic() - began < SECONDS + STARTING
    assert done.returncode == 130, done.stderr
    assert "Exception ignored" not in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_finalizer_after_another_does_not_swallow_it(listening):
    held = []

    def again(_):
        if len(held) < 5:
            held.append(None)
            press()

    def forget():
        one = type("Referred", (), {})()
        reference = weakref.ref(one, again)
        del one
        return reference

    def work():
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            forget()
            time.sleep(0.001)

    with pytest.raises(KeyboardInterrupt), raise_those_of_finalizers():
        work()
    assert held


def test_another_error_of_a_finalizer_is_told_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class Deleted:
        def __del__(self):
            raise ValueError("other")

    with raise_those_of_finalizers():
        Deleted()
    assert [one.exc_type for one in told] == [ValueError]
    assert sys.unraisablehook == told.append


def test_an_interrupt_of_the_last_moment_is_raised_where_it_was_expected(listening):
    scope = {}
    exec(GOES, scope)
    with pytest.raises(KeyboardInterrupt), raise_those_of_finalizers():
        scope["go"]("__del__")


def test_an_interrupt_waits_until_a_section_is_over(listening):
    done = []

    def clean():
        with undisturbed():
            press()
            done.append("whole")
        done.append("after")

    with InterruptWatch() as watch, pytest.raises(KeyboardInterrupt):
        clean()
    assert done == ["whole"]
    assert watch.came
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_of_the_section_is_not_lost_to_the_interrupt(listening):
    def fail():
        with undisturbed():
            press()
            raise ValueError("of the section")

    with pytest.raises(KeyboardInterrupt) as raised:
        fail()
    assert isinstance(raised.value.__context__, ValueError)


def test_an_interrupt_while_a_connection_is_given_back_is_no_fault_of_the_database(listening, tmp_path, caplog):
    database = Database(f"sqlite:///{tmp_path / 'ledger.sqlite'}", key="op")
    pressed = []

    def reset(*_):
        if not pressed:
            pressed.append(None)
            press()

    event.listen(database._engine, "reset", reset)
    with caplog.at_level(logging.WARNING), pytest.raises(KeyboardInterrupt):
        database.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
    assert pressed
    assert not caplog.records
    assert database.read(lambda connection: connection.execute(text("SELECT 1")).scalar()) == 1
    database.close()
