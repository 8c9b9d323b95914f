"""Accounts: every role against every route, sessions that end, locks, and nothing said of which names there are."""

import json
import time

import pytest
from fastapi.routing import APIRoute
from tests.made.web import PASSWORD, URL, speak
from typer.testing import CliRunner

from caravana.cli.main import app
from caravana.errors import UsageError
from caravana.web.access import passwords, signing_in
from caravana.web.access.roles import Role
from caravana.web.store import accounts

NAMES = {Role.READER: "rita", Role.PLANNER: "pablo", Role.RELEASER: "rosa"}


def routes(app):
    """Every route with the role that it needs, read from what it begins with."""
    held = []
    for route in walk(app.routes):
        needed = [d.call.role for d in route.dependant.dependencies if hasattr(d.call, "role")]
        assert len(needed) == 1, route.path
        held += [(method, route.path, needed[0]) for method in route.methods]
    return held


def walk(found):
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "original_router", None)
            yield from walk(inner.routes if inner is not None else [])


def filled(path):
    for name, value in (
        ("number", "1"), ("name", "2021-01-01-1"), ("file", "x"), ("report_id", "x"), ("on", "2021-11-21"),
        ("alert", "x"),
    ):  # fmt: skip
        path = path.replace("{" + name + "}", value)
    return path


def test_every_role_against_every_route(shared, signed_in):
    held = routes(speak(shared).app)
    assert len(held) > 40
    assert {(m, p) for m, p, needed in held if needed is Role.ANYONE} == {
        ("GET", "/api/health"), ("POST", "/api/session"), ("GET", "/sign-in"),
    }  # fmt: skip
    everybody = {Role.ANYONE: speak(shared)} | {role: signed_in(name) for role, name in NAMES.items()}
    for method, path, needed in held:
        if (method, path) == ("DELETE", "/api/session") or path.endswith("/events"):
            continue
        for role, who in everybody.items():
            status = who.request(method, filled(path)).status_code
            if role >= needed:
                assert status not in (401, 403) or path == "/api/session", (method, path, role)
            else:
                assert status in ((401, 303) if role is Role.ANYONE else (403,)), (method, path, role, status)


def test_signing_in_gives_another_session_than_was_there(shared):
    made = speak(shared)
    made.cookies.set("caravana_session", "fixed-by-somebody-else-0123456789")
    answer = made.post("/api/session", json={"name": "rita", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["token"] != "fixed-by-somebody-else-0123456789"
    other = speak(shared)
    other.cookies.set("caravana_session", "fixed-by-somebody-else-0123456789")
    assert other.get("/api/session").status_code == 401
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_session_ends_when_it_is_left_and_signed_out(shared, signed_in, monkeypatch):
    one = signed_in("rita")
    assert one.get("/api/session").status_code == 200
    token = one.cookies["caravana_session"]
    one.delete("/api/session")
    stolen = speak(shared)
    stolen.cookies.set("caravana_session", token)
    assert stolen.get("/api/session").status_code == 401
    two = signed_in("rita")
    now = time.time()
    monkeypatch.setattr(signing_in.time, "time", lambda: now + signing_in.IDLE + 1)
    assert two.get("/api/session").status_code == 401


def test_whoever_reads_the_database_has_no_session(shared, signed_in):
    one = signed_in("rita")
    token = one.cookies["caravana_session"]
    content = b"".join(path.read_bytes() for path in shared.operation.folder.glob("ledger.sqlite*"))
    assert token.encode() not in content
    assert PASSWORD.encode() not in content
    assert accounts.digest_of(token).encode() in content


def test_after_failures_a_name_is_locked_and_says_the_same_whether_it_is_there(shared, monkeypatch):
    monkeypatch.setattr(signing_in, "fits", lambda password, kept: False)
    for name in ("rita", "nobody"):
        made = speak(shared)
        statuses = [
            made.post("/api/session", json={"name": name, "password": "wrong"}).status_code
            for _ in range(signing_in.FAILURES + 1)
        ]
        assert statuses == [401] * signing_in.FAILURES + [429]


def test_a_wrong_name_is_as_much_work_as_a_wrong_password(monkeypatch):
    """What takes the time is the hash: it is computed once either way, at the same cost."""
    seen = []
    real = passwords.PasswordHasher.verify
    monkeypatch.setattr(
        passwords.PasswordHasher, "verify", lambda self, kept, given: seen.append(kept) or real(self, kept, given)
    )
    kept = passwords.hash_password(PASSWORD)
    assert passwords.fits(PASSWORD, kept)
    assert not passwords.fits("wrong", kept)
    assert not passwords.fits("wrong", None)
    assert [one.split("$")[1:4] for one in seen] == [kept.split("$")[1:4]] * 3


def test_refusing_takes_the_same_work_whatever_is_wrong(shared, monkeypatch):
    """Measured in the processor's time.

    Another process on the same core makes some of the calls dearer, the first call warms up: the least of many counts.
    """
    monkeypatch.setattr(signing_in, "FAILURES", 1000)
    accounts.change_account(shared.store, "raul", {"open": False})
    made, took = speak(shared), {}
    for name, password in (("rita", "wrong"), ("nobody", "wrong"), ("raul", PASSWORD), ("rita" * 15, "w" * 250)) * 7:
        began = time.process_time()
        assert made.post("/api/session", json={"name": name, "password": password}).status_code == 401
        took.setdefault(name, []).append(time.process_time() - began)
    least = {name: min(each) for name, each in took.items()}
    assert max(least.values()) < 1.4 * min(least.values()), least
    assert min(least.values()) > 0.01, "the hash is there"


def test_a_stolen_sessions_page_token_is_of_no_use_with_another_session(shared, signed_in):
    thief, owner = signed_in("rita"), signed_in("pablo")
    thief.headers["X-CSRF-Token"] = owner.headers["X-CSRF-Token"]
    assert thief.delete("/api/session").status_code == 403
    # And a session does not outlive a change of its account's role.
    accounts.change_account(shared.store, "pablo", {"role": "reader"})
    assert owner.post("/api/reports", json={"date": "2021-11-21"}).status_code in (401, 403)


def test_a_change_of_an_account_ends_its_sessions(shared, signed_in):
    one = signed_in("rita")
    accounts.change_account(shared.store, "rita", {"open": False})
    assert one.get("/api/session").status_code == 401
    assert speak(shared).post("/api/session", json={"name": "rita", "password": PASSWORD}).status_code == 401


def test_a_program_signs_in_and_needs_no_cookie(shared):
    token = speak(shared).post("/api/session", json={"name": "pablo", "password": PASSWORD}).json()["token"]
    bare = speak(shared)
    bare.headers["Authorization"] = f"Bearer {token}"
    assert bare.post("/api/reports", json={"date": "2021-11-21", "place": "mapastepec"}).status_code == 201
    (last,) = (r for r in bare.get("/api/reports").json()["reports"] if r["date"] == "2021-11-21")
    assert last["recorded_by"] == "pablo"


def test_accounts_are_made_by_a_command(operation):
    def run(*words, given=""):
        return CliRunner().invoke(app, ["accounts", str(operation.folder), *words], input=given)

    refused = [run("ana", "--role", "planner", given="short\n"), run("ana", "--role", "king"), run("ana", "--close"),
               run("a/b", "--role", "reader")]  # fmt: skip
    assert all(isinstance(one.exception, UsageError) for one in refused)
    assert run("ana", "--role", "planner", given=f"{PASSWORD}\n").exit_code == 0
    (one,) = json.loads(run("--json").stdout)["accounts"]
    assert (one["name"], one["role"], one["open"]) == ("ana", "planner", True)
    assert "hash" not in one
    assert run("ana", "--role", "reader", "--close").exit_code == 0
    (one,) = json.loads(run("--json").stdout)["accounts"]
    assert (one["role"], one["open"]) == ("reader", False)


@pytest.mark.parametrize("path", ["/", "/report", "/release"])
def test_a_page_sends_whoever_has_not_signed_in_to_do_so(shared, path):
    answer = speak(shared).get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert URL not in answer.text
