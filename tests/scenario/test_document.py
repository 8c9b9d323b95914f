"""``scenario.toml``: every key known, of the right sort, and told by its line."""

from __future__ import annotations

import pytest
from tests.made.small_folder import TEXTS

from caravana.received import as_utf8
from caravana.scenario import folders
from caravana.scenario.reading.document import find_keys


def line_of(part):
    text = TEXTS["scenario.toml"]
    return text[: text.index(part)].count("\n") + 1


CASES = [
    ('name = "small"', 'name = "no good"', "line @, key name: 'no good' — expected an id of letters, digits,"),
    ('name = "small"\n', "", "scenario.toml, key name: expected this key, an id of letters, digits"),
    ("format = 1", "format = 2", "line @, key format: 2 — expected 1"),
    ("format = 1\n", "", "scenario.toml, key format: expected this key, 1; it is missing"),
    ('title = "A small scenario"', 'title = ""', "line @, key title: '' — expected text, not nothing"),
    ("start = 2021-10-23", "start = 20211023", "line @, key start: 20211023 — expected a date like 2021-10-23"),
    ("start = 2021-10-23", "start = 2021-10-23T07:00:00", "line @, key start: 2021-10-23 07:00:00 — expected a date"),
    ("start = 2021-10-23", 'start = "23 October"', "line @, key start: '23 October' — expected a date like"),
    (
        'rules = "caravan"',
        'rules = "magic"',
        "line @, key rules: 'magic' — expected one of caravan, flee, walk, camp-shares",
    ),
    ('rules = "caravan"', 'rule = "caravan"', "line @, key rule: 'rule' — expected one of the keys format, name,"),
    (
        'rules = "caravan"',
        'rules = "caravan"\nplaces = []',
        "key places: expected this table in a file places.csv, not",
    ),
    ("share = 0.5", "share = nan", "line @, key settings.share: nan — expected true, false, a finite number, text,"),
    ("share = 0.5", "share = {a = 1}", "line @, key settings.share: {'a': 1} — expected true, false, a finite"),
    ("levels = [1.0, 2.5]", "levels = [1.0, inf]", "line @, key settings.levels: [1.0, inf] — expected true, false"),
    ("men = 1", "men = true", "line @, key kinds.men: true — expected a whole number, 0 or more"),
    ("men = 1", "men = 1.5", "line @, key kinds.men: 1.5 — expected a whole number, 0 or more"),
    ("men = 1", "men = -1", "line @, key kinds.men: -1 — expected a whole number, 0 or more"),
    ("men = 1", "mens = 1", "line @, key kinds.mens: 'mens' — expected one of the keys id, men, women,"),
    ("share = 0.6", 'share = "0.6"', "line @, key kinds.share: '0.6' — expected a number between 0 and 1"),
    ("share = 0.6", "share = 1.6", "line @, key kinds.share: 1.6 — expected a number between 0 and 1"),
    ("share = 0.6\n", "", "line 15, key kinds.share: expected this key, a number between 0 and 1; it is missing"),
    ('via = ["b"]', 'via = "b"', "key itineraries.via: 'b' — expected a list, each an id of letters,"),
    ("sigma = 0.35", "sigma = 0", "line @, key parameters.prior.sigma: 0.0 — expected a number above 0"),
    ("sigma = 0.35", "sigma = inf", "line @, key parameters.prior.sigma: inf — expected a finite number above 0"),
    ("sigma = 0.35", "sd = 0.35", "line @, key parameters.prior.sd: 'sd' — expected one of the keys dist, mean,"),
    ("low = 10\nhigh = 90\n", "low = '10'\nhigh = 90\n", "line @, key parameters.prior.low: '10' — expected a number"),
    ('dist = "uniform"', 'dist = "flat"', "line @, key parameters.prior.dist: 'flat' — expected one of normal,"),
    ('dist = "uniform"\n', "", "key parameters.prior.dist: expected this key, one of normal, lognormal"),
    ("prior = {dist", "prior = 5 #", "line @, key parameters.prior: 5 — expected a table of dist, mean"),
    ("[[facilities]]", "[facilities]", "line @, key facilities: expected tables that each begin with [[facilities]]"),
    ("[settings]", "[setting]", "line @, key setting: 'setting' — expected one of the keys"),
]


@pytest.mark.parametrize(("old", "new", "line"), CASES)
def test_key_that_does_not_fit(folder, old, new, line):
    line = line.replace("@", str(line_of(old)))
    told = folder.change("scenario.toml", old, new).told()
    assert any(line in one for one in told), told
    assert not any("pydantic" in one or "Input should" in one for one in told)


def test_each_such_key_is_one_fault(folder):
    assert len(folder.change("scenario.toml", "sigma = 0.35", "sigma = 0").told()) == 1


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'title = "A small',
            'title "A small',
            "scenario.toml line 3: expected valid TOML at character 7; found instead:",
        ),
        ("start =", 'name = "again"\nstart =', "scenario.toml line 5: expected valid TOML at character 15; found"),
        (
            'title = "A small scenario"',
            'title = "A small',
            "scenario.toml line 3: expected valid TOML at character 17; found",
        ),
        ("men = 1", "men = 1" + "0" * 5000, "scenario.toml line "),
        ("levels = [1.0, 2.5]", "levels = " + "[" * 5000, "scenario.toml: expected TOML with lists nested less deeply"),
    ],
)
def test_text_that_is_no_toml(folder, old, new, line):
    (told,) = folder.change("scenario.toml", old, new).told()
    assert told.startswith(line)


def test_kinds_may_not_be_missing(folder):
    path = folder.path / "scenario.toml"
    text = path.read_text()
    path.write_text(text[: text.index("[[kinds]]")] + text[text.index("[[itineraries]]") :])
    assert folder.told() == [], "caravans inherit kinds of party"
    _, faults = folders.read_scenario(folder.path, declared_by={})
    assert "scenario.toml, key kinds: expected at least one [[kinds]]" in map(str, faults)


def test_latin_1(folder):
    path = folder.path / "scenario.toml"
    path.write_bytes(path.read_text().replace("small scenario", "peque\xf1o").encode("latin-1"))
    assert folder.told() == [f"scenario.toml line 3: byte 0xF1 at offset 42 — expected {as_utf8('Windows-1252')}"]


def test_inline_lists_of_tables_are_taken(folder):
    path = folder.path / "scenario.toml"
    text = path.read_text()
    kinds = 'kinds = [{id = "lone", men = 1, share = 0.5}, {id = "pair", men = 1, women = 1, share = 0.6}]\n'
    path.write_text(kinds + text[: text.index("[[kinds]]")] + text[text.index("[[itineraries]]") :])
    assert folder.told() == ["scenario.toml line 1, key kinds.share: 1.1 — expected shares of all kinds that add to 1"]


def test_keys_are_found_past_text_over_several_lines():
    text = 'note = """\n[[kinds]]\nid = 1\n"""\n[[kinds]] # the first\n  id = "a"\n"b c" = 2\n[kinds.prior]\nlow = 1\n'
    found = find_keys(text)
    assert found.top == {"note": 1, "kinds": 5}
    assert found.tables["kinds"] == [(5, {"id": 6, "b c": 7, "prior": 8, "prior.low": 9})]
