"""Whatever is done to the files, reading ends in a scenario or in faults in plain words, never in an exception."""

from __future__ import annotations

from random import Random

import pytest
from tests.made.small_folder import TEXTS

from caravana.models.scenarios import read_scenario

FRAGMENTS = [
    b"", b",", b'"', b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"=", b"[", b"]", b"{", b"}", b";", b"#", b"'",
    b"1e999", b"-1", b"nan", b"2021-13-01", b"9" * 400, b"true", b"[[kinds]]\n", b"[parameters]\n", b"prior = 5\n",
    b'prior = {dist = "beta"}\n', b"a,b,c\n", b"day,a\n0,1\n", b'"""', b"0x" + b"f" * 5000, b"series = 3\n",
    b"\xc2\x85",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_damaged_files(tmp_path, seed):
    random = Random(seed)
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text)
    for _ in range(20):
        name = random.choice(["scenario.toml", *TEXTS])
        raw = TEXTS[name].encode()
        for _ in range(random.randint(1, 4)):
            start = random.randint(0, len(raw))
            raw = raw[:start] + random.choice(FRAGMENTS) + raw[start + random.randint(0, 12) :]
        (tmp_path / name).write_bytes(raw)
        scenario, faults = read_scenario(tmp_path)
        assert (scenario is None) == bool(faults)
        for fault in faults:
            told = str(fault)
            assert "\n" not in told
            assert "pydantic" not in told
            assert len(told) < 700
        (tmp_path / name).write_text(TEXTS[name])


@pytest.mark.parametrize("seed", range(10))
def test_lines_left_out(tmp_path, seed):
    random = Random(seed)
    for _ in range(10):
        for name, text in TEXTS.items():
            lines = [line for line in text.splitlines(keepends=True) if random.random() > 0.05]
            (tmp_path / name).write_text("".join(lines))
        scenario, faults = read_scenario(tmp_path)
        assert (scenario is None) == bool(faults)
