"""No name of a private person is on the page, in the proposals, in drafts, or in what the command prints and logs."""

import subprocess

import pytest
from benchmarks.reader.privacy import SENTENCES, made_up_sentences
from tests.made.commands import quick_command


@pytest.fixture(scope="module")
def read_folder(tmp_path_factory):
    """Each sentence a text of its own, all read at once: what was written and printed, by name, and the names."""
    folder = tmp_path_factory.mktemp("names")
    (folder / "texts").mkdir()
    names = set()
    for n, (sentence, given, surname) in enumerate(made_up_sentences()):
        (folder / "texts" / f"{n:03}.txt").write_text(f"TONALA, Nov. 3, 2021.- {sentence}\n", encoding="utf-8")
        names |= {given, surname}
    done = subprocess.run(
        [quick_command(), "read", "texts", "tapachula-2021", "--out", "drafts", "--page", "page.html",
         "--proposals", "proposals.json", "--lang", "es"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    written = {"stdout": done.stdout, "stderr": done.stderr}
    for name in ("page.html", "proposals.json"):
        written[name] = (folder / name).read_text(encoding="utf-8")
    drafts = sorted((folder / "drafts").rglob("*.csv"))
    written["drafts"] = "".join(p.read_text(encoding="utf-8") for p in drafts)
    assert len(drafts) == 4 * SENTENCES
    return written, names


def test_no_made_up_name_is_in_anything_written_or_printed(read_folder):
    written, names = read_folder
    assert len(names) > 100
    for where, content in written.items():
        assert "[name]" in content or where == "stderr", where
        assert {n for n in names if n in content} == set(), where


def test_the_same_search_finds_a_name_that_is_there(read_folder):
    written, names = read_folder
    content = written["page.html"] + next(made_up_sentences())[0]
    assert {n for n in names if n in content}
