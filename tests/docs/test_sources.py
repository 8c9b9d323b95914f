"""What is cited, in pages and in code, is in one list of sources, with one year and one DOI."""

import calendar
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
CODE = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
SOURCES = (ROOT / "docs" / "theory.md").read_text("utf-8").split("## Sources\n")[1]
ENTRIES = [" ".join(entry.split()) for entry in re.split(r"^- ", SOURCES, flags=re.MULTILINE)[1:]]
YEAR = re.compile(r"\b(1[89]\d\d|20[0-2]\d)\b(?=[);,:]| [a-z(])")
BEFORE = 90
"""How many letters before a year its authors may begin."""
#: ``Name``, ``Name and Name``, ``Name, Name and Name`` or ``Name and others``, right before a year.
NAMES = re.compile(
    r"(?P<first>[A-Z][a-zéöü]+(?: [A-Z][a-z]+)?)(?:'s)?"
    r"(?P<rest>(?:,? [A-Z][a-zA-Zéöü]+){0,4},? and (?:others|[A-Z][a-zéöü]+)| et al\.|)(?:'s)?,? \(?$"
)
DOI = re.compile(r"10\.\d{4,9}/[^\s\"'>)}]+[^\s\"'>)}.,;]")


def authors_and_year(entry):
    names, year = re.match(r"(.*?)(?: and others)? \((\d{4})\)", entry).groups()
    return tuple(names.split(", ")), year


LISTED = [authors_and_year(entry) for entry in ENTRIES]
FIRST = {authors[0]: year for authors, year in LISTED}


def plain(path):
    return " ".join(line.lstrip("#:> ") for line in path.read_text("utf-8").splitlines())


TEXTS = {path: plain(path) for path in [*PAGES, *CODE]}


def citations(text):
    for year in YEAR.finditer(text):
        found = NAMES.search(text, max(0, year.start() - BEFORE), year.start())
        # A name alone before a year is as often a month or a country.
        if found and found["first"] not in calendar.month_name and (found["first"] in FIRST or found["rest"]):
            yield found["first"], found["rest"], year[1]


def test_the_list_is_in_order_and_each_entry_has_a_title_in_a_place():
    assert len(ENTRIES) > 20
    assert [names[0] for names, _ in LISTED] == sorted((names[0] for names, _ in LISTED), key=str.casefold)
    assert not [entry for entry in ENTRIES if not re.match(r"[^(]+\(\d{4}\)\. ", entry)]
    assert len(FIRST) == len(LISTED)


def test_who_is_cited_is_listed_with_that_year():
    """Of several authors the first and the year must be an entry; of one name, whoever is listed keeps the year."""
    cited = [(path, *one) for path, text in TEXTS.items() for one in citations(text)]
    assert len(cited) > len(ENTRIES)
    assert not [(path.name, f"{first}{rest} {year}") for path, first, rest, year in cited if FIRST.get(first) != year]


def test_every_source_is_cited_somewhere():
    texts = [*TEXTS.values(), plain(ROOT / "paper" / "paper.in.md")]
    around = [
        text[max(0, at.start() - 2 * BEFORE) : at.end()].lower()
        for text in texts for at in re.finditer(r"(?:1[89]|20)\d\d", text.split("## Sources ")[0])
    ]  # fmt: skip
    for (first, *_), year in LISTED:
        assert any(first.lower() in one and one.endswith(year) for one in around), f"{first} {year} is cited nowhere"


def test_dois_of_the_citation_file_and_the_paper_are_those_of_the_list():
    listed = set(DOI.findall(SOURCES))
    assert len(listed) == SOURCES.count("doi:")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    given = {one["doi"] for one in citation["references"]}
    given |= set(DOI.findall((ROOT / "paper" / "paper.bib").read_text("utf-8")))
    assert given
    assert given <= listed
    for path, text in TEXTS.items():
        assert set(DOI.findall(text)) <= listed, path
