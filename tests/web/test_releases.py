"""Releases: a purpose, a second person, the hash of the very files, an end, and what corrects what."""

import datetime as dt
import hashlib

PURPOSE = "For the meeting of shelters on Monday"


def asked_for(**values):
    expires = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    return {"purpose": PURPOSE, "expires_on": expires.isoformat(), "lang": "en", **values}


def test_where_people_share_it_a_second_person_signs_what_was_asked_for(signed_in, shared):
    rosa, raul, pablo = (signed_in(name) for name in ("rosa", "raul", "pablo"))
    assert pablo.post("/api/releases", json=asked_for()).status_code == 403
    one = rosa.post("/api/releases", json=asked_for()).json()
    assert one["state"] == "waiting"
    address = f"/api/releases/{one['publication']}"
    assert rosa.post(f"{address}/signature").status_code == 403
    assert pablo.post(f"{address}/signature").status_code == 403
    done = raul.post(f"{address}/signature").json()
    assert (done["state"], [step["who"] for step in done["steps"]]) == ("public", ["rosa", "raul"])
    assert raul.post(f"{address}/signature").status_code == 422
    (row,) = shared.ledger.releases().to_dict("records")
    assert (row["audience"], row["hash"], row["recorded_by"]) == ("public", done["hash"], "raul")
    acts = shared.ledger.journal()
    assert [acts[acts["act"] == a]["who"].iloc[-1] for a in ("ask_publication", "signed_publication")] == [
        "rosa",
        "raul",
    ]


def test_files_that_were_changed_after_they_were_asked_for_are_not_signed(signed_in, shared):
    one = signed_in("rosa").post("/api/releases", json=asked_for()).json()
    folder = shared.operation.folder / "releases" / one["hash"][:16]
    (folder / next(name for name in one["files"] if name.endswith(".csv"))).write_text("other\n", "utf-8")
    answer = signed_in("raul").post(f"/api/releases/{one['publication']}/signature")
    assert answer.status_code == 422
    assert "not those that were asked for" in answer.json()["error"]


def test_the_hash_is_of_the_files(client, operation):
    one = client.post("/api/releases", json=asked_for()).json()
    assert one["state"] == "public"
    whole = hashlib.sha256()
    for name in sorted(one["files"]):
        content = client.get(f"/api/releases/{one['publication']}/files/{name}").content
        whole.update(f"{name}\0{len(content)}\0".encode() + content)
    assert whole.hexdigest() == one["hash"]
    assert client.get(f"/api/releases/{one['publication']}/files/operation.toml").status_code == 404


def test_a_correction_supersedes_and_says_what_it_corrects(client):
    one = client.post("/api/releases", json=asked_for()).json()
    assert client.post("/api/releases", json=asked_for(corrects=one["publication"])).status_code == 422
    wrong = {"corrects": one["publication"], "correction": "A count was read as another day's", "lang": "es"}
    two = client.post("/api/releases", json=asked_for(**wrong)).json()
    held = {row["publication"]: row for row in client.get("/api/releases").json()["releases"]}
    assert held[one["publication"]]["state"] == "superseded"
    assert held[one["publication"]]["steps"][-1]["content"]["by"] == two["publication"]
    assert held[two["publication"]]["correction"].startswith("A count")


def test_it_needs_a_purpose_and_an_end_and_expires(client, desk_of, monkeypatch):
    for values in ({"purpose": "x"}, {"expires_on": "2020-01-01"}, {"expires_on": "2999-01-01"},
                   {"purpose": "For ana@example.org to read"}):  # fmt: skip
        assert client.post("/api/releases", json=asked_for(**values)).status_code == 422
    one = client.post("/api/releases", json=asked_for()).json()
    monkeypatch.setattr("caravana.web.desk.Desk.today", lambda _desk: dt.date(2998, 1, 1))
    assert client.get("/api/releases").json()["releases"][0]["state"] == "expired"
    assert one["state"] == "public"


def test_one_that_is_refused_is_not_given_out(signed_in):
    one = signed_in("rosa").post("/api/releases", json=asked_for()).json()
    raul = signed_in("raul")
    address = f"/api/releases/{one['publication']}"
    assert raul.post(f"{address}/refusal", json={"why": "too early"}).json()["state"] == "refused"
    assert raul.post(f"{address}/signature").status_code == 422
