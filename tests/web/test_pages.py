"""The pages: both languages whole, nothing of a user's text runs, light on a slow line; the API as it says itself."""

import gzip
import json
import re
import sys

import pytest
from benchmarks.attacks.asked import ask_everything
from tests.made.web import speak
from typer.testing import CliRunner

from caravana.cli.main import app as commands
from caravana.errors import UsageError
from caravana.language.faults import message_words
from caravana.language.language import load_language
from caravana.web import serving

PAGES = ("/", "/report", "/world", "/jobs", "/record", "/release")
SCRIPT = '"><img src=x onerror=alert(1)><script>alert(1)</script>'


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages_and_holds_no_script_of_its_own(client, path):
    for code in ("en", "es"):
        html = client.get(f"{path}?lang={code}").text
        assert f'<html lang="{code}">' in html
        assert not re.findall(r"<script(?![^>]* src=)(?![^>]*application/json)", html)
        assert not re.findall(r"\son\w+=|\sstyle=", html)
        assert load_language(code).text("web.menu.record") in html


def test_a_script_in_a_name_is_text(client, operation, desk_of):
    file = operation.folder / "operation.toml"
    file.write_text(file.read_text("utf-8").replace('"November"', json.dumps(SCRIPT)), "utf-8")
    from dataclasses import replace

    from caravana.operation.folder import open_operation

    desk = replace(desk_of(), operation=open_operation(operation.folder))
    for path in PAGES:
        html = speak(desk).get(path).text
        assert SCRIPT not in html
        assert "&lt;script&gt;alert(1)" in html


def test_the_first_view_is_light(client):
    """What a browser fetches before the other map, squeezed: under 300 kB with the land's outlines."""
    html = client.get("/").text
    wanted = {"/": html}
    queue = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
    while queue:
        path = queue.pop()
        if path in wanted:
            continue
        body = client.get(path).content
        wanted[path] = body
        if path.endswith(".js"):
            queue += [
                "/static/" + name for name in re.findall(r'^import .*from "\./([^"]+)"', body.decode(), re.MULTILINE)
            ]
        if path.endswith(".css"):
            queue += re.findall(r'url\("(/static/[^"]+)"\)', body.decode())
    for path in ("/api/map/evening", "/api/map/world", "/api/map/reports"):
        wanted[path] = client.get(path).content
    sizes = {
        path: len(gzip.compress(body if isinstance(body, bytes) else body.encode())) for path, body in wanted.items()
    }
    assert any(path.endswith("drawnmap.js") for path in sizes)
    assert sum(sizes.values()) < 300_000, sizes


@pytest.mark.parametrize("name", ["maplibre-gl.mjs", "maplibre-gl.css"])
def test_what_is_kept_packed_is_served_as_it_is_and_unpacked(client, name):
    packed = client.get(f"/static/vendor/{name}")
    plain = client.get(f"/static/vendor/{name}", headers={"accept-encoding": "identity"})
    assert (packed.status_code, packed.headers["content-encoding"]) == (200, "gzip")
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content, "the client unpacks"
    kinds = {each.headers["content-type"] for each in (packed, plain)}
    assert kinds == {f"text/{'javascript' if name.endswith('.mjs') else 'css'}; charset=utf-8"}
    assert client.get("/static/vendor/none.mjs").status_code == 404


def test_past_evenings_are_as_they_were_known(client):
    page = client.get("/?on=2021-11-21")
    assert page.status_code == 200
    assert client.get("/?on=2021-11-20").status_code == 422
    assert "Mapastepec" in client.get("/api/record/evenings/2021-11-21").text


def test_what_the_extra_gives_is_said_where_it_is_missing(operation, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = CliRunner().invoke(commands, ["serve", str(operation.folder)])
    assert isinstance(done.exception, UsageError)
    assert "install caravana with its extra 'web'" in str(done.exception)
    assert ".venv/bin/pip install '.[web]'" in str(done.exception)
    assert "en un clon del proyecto: .venv/bin/pip install" in message_words(str(done.exception), load_language("es"))


@pytest.mark.parametrize(
    ("values", "said"),
    [({"listen": "0.0.0.0"}, "--shared"), ({"shared": True}, "no account yet"), ({"port": 99999}, "cannot listen"),
     ({"public_url": "x"}, "expected an address"), ({"jobs": 0}, "--jobs 0")],
)  # fmt: skip
def test_what_would_open_them_too_wide_is_refused(operation, values, said):
    with pytest.raises(Exception, match=said):
        serving.serve_operation(operation, serving.ServeSettings(**values), ready=print)


@pytest.mark.filterwarnings("ignore")
def test_no_request_that_the_api_describes_makes_an_error_of_the_server(desk_of):
    made = speak(desk_of(), raise_server_exceptions=False)
    made.headers["Authorization"] = "Bearer " + "t" * 40
    asked, wrong = ask_everything(made, examples=2)
    assert wrong == []
    assert asked > 50
