"""What stands before every request: whose host, whose page, how large, and what every answer forbids."""

import pytest
from tests.made.web import URL, speak

from caravana.web.guard.door import HEADERS, LARGEST, public_address

REPORT = {"date": "2021-11-21", "place": "mapastepec"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "127.0.0.1.evil.example:8720", "", "localhost"])
def test_a_forged_host_is_refused(client, host):
    for path in ("/", "/api/health", "/static/common.js"):
        assert client.get(path, headers={"Host": host}).status_code == 421


def test_the_machines_own_names_are_let_in(client):
    for host in ("127.0.0.1:8720", "localhost:8720", "[::1]:8720", "LOCALHOST:8720"):
        assert client.get("/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
def test_a_page_of_somebody_elses_changes_nothing(client, headers):
    answer = client.post("/api/reports", json=REPORT, headers=headers)
    assert answer.status_code == 403
    assert not [r for r in client.get("/api/reports").json()["reports"] if r["date"] == "2021-11-21"]


def test_without_the_pages_token_nothing_changes(client, desk_of):
    for token in ("", "0" * 64, "x"):
        assert client.post("/api/reports", json=REPORT, headers={"X-CSRF-Token": token}).status_code == 403
    assert client.post("/api/reports", json=REPORT, headers={"Origin": URL}).status_code == 201


def test_every_answer_forbids_what_is_not_ours(client):
    for path in ("/", "/api/health", "/nothing", "/static/common.js", "/api/map/world"):
        held = client.get(path).headers
        assert {name: held[name] for name in HEADERS} == HEADERS, path
    assert "unsafe" not in HEADERS["content-security-policy"]


def test_pages_of_one_file_run_apart(client):
    held = client.get("/api/record/evenings/2021-11-21").headers["content-security-policy"]
    assert held.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in held


@pytest.mark.parametrize("length", [str(LARGEST + 1), "9" * 5000])
def test_what_is_too_large_is_refused_before_it_is_read(client, length):
    head = {"Content-Length": length, "Content-Type": "application/json"}
    assert client.post("/api/reports", content=b"{}", headers=head).status_code == 413


def test_what_grows_too_large_without_saying_so_is_refused(client):
    def parts():
        for _ in range(LARGEST // 2**20 + 2):
            yield b"x" * 2**20

    assert client.post("/api/reports", content=parts()).status_code == 413


def test_behind_a_proxy_its_name_is_ours():
    address = public_address("https://caravana.example.org", 8720)
    assert "caravana.example.org" in address.hosts
    assert "https://caravana.example.org" in address.origins
    assert address.secure


@pytest.mark.parametrize(
    "path",
    ["/static/../desk.py", "/static/%2e%2e/desk.py", "/static/..%2f..%2fpyproject.toml", "/static//etc/passwd",
     "/api/jobs/1/files/..%2f..%2foperation.toml", "/api/releases/2021-01-01-1/files/..%2f..%2foperation.toml"],
)  # fmt: skip
def test_no_path_leads_out(client, path):
    assert client.get(path).status_code in (404, 422)


def test_a_policys_name_is_no_path(client):
    for name in ("../x", "a/b", "..", "A", "x.toml", ""):
        assert client.post("/api/changes/policies", json={"name": name}).status_code == 422
        assert client.post("/api/changes/compare", json={"name": name}).status_code == 422


def test_an_error_is_one_line_and_no_trace(desk_of):
    made = speak(desk_of(), raise_server_exceptions=False)
    answer = made.get("/api/jobs/999")
    assert answer.status_code == 404
    assert answer.json() == {"error": "There is nothing at this address."}
    assert made.get("/nothing", headers={"Accept-Language": "es"}).text.count("No hay nada en esta dirección") == 1
