"""What the how-to for an office shows is what those programs take: unit, proxies, container, and our own options."""

import contextlib
import json
import os
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.made.served import kept_port, served
from tests.made.web import PASSWORD
from typer.main import get_command
from typer.testing import CliRunner

from caravana.cli.main import app

TEXT = (Path(__file__).parents[2] / "docs" / "how-to" / "serve-an-office.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*[^\n]*\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
INSTRUCTIONS = (
    *("FROM", "RUN", "ARG", "RUN", "RUN", "RUN", "USER", "ENV", "EXPOSE", "VOLUME", "STOPSIGNAL", "ENTRYPOINT"),
)
COMMANDS = get_command(app).commands
NAME = "caravana.example.org"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def block(begins):
    (one,) = (each for each in BLOCKS if each.startswith(begins))
    return one


def needs(program):
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
    return found or pytest.skip(f"{program} is not on this machine")


def checked(words, *, cwd):
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def takes(words):
    """Whether our own command takes such words."""
    name, *options = words
    known = {option for one in COMMANDS[name].params for option in one.opts}
    return {word for word in options if word.startswith("--")} <= known


def test_every_command_is_one_of_ours_with_its_options():
    found = re.findall(
        r"\bcaravana ((?:serve|accounts|new) [^#\n]*)", "\n".join([*BLOCKS, *re.findall(r"`[^`]+`", TEXT)])
    )
    said = [shlex.split(line.strip("` ")) for line in found]
    assert len(said) >= 5
    assert all(takes(words) for words in said), said
    assert not takes(["serve", "op", "--publik"])


@pytest.mark.parametrize(("change", "whole"), [(("", ""), True), (("KillSignal", "KilSignal"), False)])
def test_the_unit_is_one(tmp_path, change, whole):
    text = block("[Unit]").replace("/opt/caravana/bin/caravana", sys.executable).replace("User=caravana", "User=root")
    (tmp_path / "caravana.service").write_text(text.replace(*change) if whole is False else text, "utf-8")
    status, said = checked([needs("systemd-analyze"), "verify", "--man=no", "./caravana.service"], cwd=tmp_path)
    assert ((status, said.strip()) == (0, "")) is whole, said


def nginx_conf(folder, *, change=("", ""), at=("443", "8720")):
    """Write the server of the how-to with a certificate made here, `at` ports of its own and the pages'."""
    key, cert = folder / "k.pem", folder / "c.pem"
    made = [needs("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={NAME}",
            "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(key), "-out", str(cert),
    ]  # fmt: skip
    assert checked(made, cwd=folder)[0] == 0
    server = block("server {").replace("/etc/ssl/caravana.pem", str(cert)).replace("/etc/ssl/caravana.key", str(key))
    server = server.replace("listen 443", f"listen 127.0.0.1:{at[0]}").replace(":8720", f":{at[1]}").replace(*change)
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)
    # Started by root it would take another's name, who may not enter the folder of a test.
    user = "user root;" if os.geteuid() == 0 else ""
    conf = f"{user} pid {folder}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{temporary}{server}}}\n"
    (folder / "nginx.conf").write_text(conf, "utf-8")
    return [needs("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


@pytest.mark.parametrize("whole", [True, False])
def test_the_server_of_nginx_is_one(tmp_path, whole):
    words = nginx_conf(tmp_path, change=("", "") if whole else ("proxy_buffering", "proxy_bufering"))
    status, said = checked([*words, "-t"], cwd=tmp_path)
    assert (status == 0) is whole, said


@contextlib.contextmanager
def behind_nginx(folder, pages, **values):
    """Speak to pages through the nginx of the how-to, as a browser does that has its certificate."""
    with kept_port() as port:
        words = nginx_conf(folder, at=(port, urlsplit(pages).port), **values)
        proxy = subprocess.Popen([*words, "-g", "daemon off;"], stderr=subprocess.PIPE)
        try:
            verify = ssl.create_default_context(cafile=folder / "c.pem")
            with httpx.Client(
                base_url=f"https://127.0.0.1:{port}", verify=verify, timeout=240, trust_env=False
            ) as client:
                client.headers["Host"] = NAME
                client.event_hooks["request"] = [lambda request: request.extensions.update(sni_hostname=NAME)]
                for _ in range(100):
                    with contextlib.suppress(httpx.ConnectError):
                        client.get("/api/health")
                        break
                    time.sleep(0.1)
                yield client
        finally:
            proxy.terminate()
            proxy.communicate(timeout=30)


@pytest.fixture
def office(operation):
    """The pages of an operation as the how-to serves them, and where they listen; Ana is a planner."""
    made = CliRunner().invoke(
        app, ["accounts", str(operation.folder), "ana", "--role", "planner"], input=f"{PASSWORD}\n"
    )
    assert made.exit_code == 0, made.output
    public = ("--shared", "--public-url", f"https://{NAME}")
    with kept_port() as port, served(operation.folder, *public, port=port) as url:
        assert url == f"https://{NAME}"
        yield f"http://127.0.0.1:{port}"


def sign_in(client):
    answer = client.post(
        "/api/session", json={"name": "ana", "password": PASSWORD}, headers={"Origin": f"https://{NAME}"}
    )
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer


def test_the_pages_behind_nginx(tmp_path, office):
    with behind_nginx(tmp_path, office) as client:
        assert client.get("/api/health").json()["well"] is True
        # Whoever has not signed in is shown where they can, under the address that they asked for.
        asked = client.get("/", follow_redirects=False)
        assert asked.status_code in (302, 303, 307)
        assert urlsplit(asked.headers["location"]).netloc in ("", NAME)
        assert client.get(asked.headers["location"]).status_code == 200
        cookie = sign_in(client).headers["set-cookie"].lower()
        assert all(word in cookie for word in ("secure", "httponly", "samesite=strict"))
        assert 'id="sentence"' in client.get("/").text
        # What is larger than nginx takes of itself goes through; what is not from these pages is refused behind it.
        large = client.post("/api/articles", content=b"x" * 2**21)
        assert large.headers["content-type"] == "application/json"
        assert large.status_code == 422
        assert client.post("/api/jobs", json={}, headers={"Origin": "https://elsewhere.example"}).status_code == 403
        assert client.get("/api/health", headers={"Host": "elsewhere.example"}).status_code == 421


@pytest.mark.parametrize(
    ("change", "at_once"), [(("", ""), True), (("proxy_buffering off", "proxy_buffering on"), False)]
)
def test_progress_comes_through_nginx_as_it_happens(tmp_path, office, change, at_once):
    with behind_nginx(tmp_path, office, change=change) as client:
        sign_in(client)
        job = client.post("/api/jobs", json={"kind": "update"}).json()["job"]
        with client.stream("GET", f"/api/jobs/{job}/events") as events:
            first = next(line for line in events.iter_lines() if line.startswith("data:"))
            then = client.get(f"/api/jobs/{job}").json()
            assert json.loads(first.removeprefix("data:"))["over"] is False
            assert then["over"] is not at_once


def test_the_site_of_caddy_is_one(tmp_path):
    (tmp_path / "Caddyfile").write_text(block("caravana.example.org {"), "utf-8")
    words = [needs("caddy"), "adapt", "--config", "Caddyfile", "--adapter", "caddyfile", "--validate"]
    status, said = checked(words, cwd=tmp_path)
    assert status == 0, said
    assert "127.0.0.1:8720" in said


def test_the_containers_file_holds_instructions_and_an_entry_that_we_take():
    lines = [line for line in block("FROM ").splitlines() if line.strip()]
    assert [line.split()[0] for line in lines] == list(INSTRUCTIONS)
    program, *words = json.loads(lines[-1].removeprefix("ENTRYPOINT "))
    assert program == "caravana"
    assert takes(words)
    extras = [one for named in re.findall(r'"caravana\[([a-z,]+)\]"', TEXT) for one in named.split(",")]
    assert len(extras) > 5
    declared = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert all(re.search(rf"^{one} = \[", declared, re.MULTILINE) for one in extras), extras
