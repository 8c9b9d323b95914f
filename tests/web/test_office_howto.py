"""What the how-to for an office shows is what those programs take: unit, proxies, container, and our own options."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from caravana.cli.main import app

TEXT = (Path(__file__).parents[2] / "docs" / "how-to" / "serve-an-office.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*[^\n]*\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
INSTRUCTIONS = ("FROM", "RUN", "USER", "EXPOSE", "VOLUME", "ENTRYPOINT")
COMMANDS = get_command(app).commands


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


@pytest.mark.parametrize("whole", [True, False])
def test_the_server_of_nginx_is_one(tmp_path, whole):
    key, cert = tmp_path / "k.pem", tmp_path / "c.pem"
    made = [needs("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=x", "-keyout", str(key), "-out", str(cert)]  # fmt: skip
    program = needs("nginx")
    assert checked(made, cwd=tmp_path)[0] == 0
    server = block("server {").replace("/etc/ssl/caravana.pem", str(cert)).replace("/etc/ssl/caravana.key", str(key))
    server = server if whole else server.replace("proxy_buffering", "proxy_bufering")
    conf = f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{server}}}\n"
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        conf = conf.replace("access_log off;", f"access_log off; {name}_temp_path {tmp_path}/{name};", 1)
    (tmp_path / "nginx.conf").write_text(conf, "utf-8")
    status, said = checked([program, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], cwd=tmp_path)
    assert (status == 0) is whole, said


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
    extras = re.search(r'"caravana\[([a-z,]+)\]"', TEXT)[1].split(",")
    declared = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert all(re.search(rf"^{one} = \[", declared, re.MULTILINE) for one in extras), extras
