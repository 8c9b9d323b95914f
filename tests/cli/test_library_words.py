"""What libraries warn of and log, as lines of ours: never raw, each once."""

from __future__ import annotations

import logging
import sys
import warnings

import numpy as np
import pytest
from tests.cli.test_compare import call

from caravana.cli import main
from caravana.cli.console import library_line
from caravana.errors import CaravanaWarning
from caravana.importers.articles.documents import read_documents

PAGE = b"BT /F1 12 Tf 72 700 Td (The caravan slept in Huixtla on 26 October 2021, 4000 people.) Tj ET"
PDF = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n5\n%%%%EOF\n"
) % (len(PAGE), PAGE)


def test_a_damaged_pdf_is_read_and_said_in_our_words_alone(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pypdf")
    path = tmp_path / "report.pdf"
    path.write_bytes(PDF)
    with pytest.warns(CaravanaWarning, match="report.pdf is damaged or not as a PDF should be"):
        (document,) = read_documents(path)
    assert "slept in Huixtla" in document.text
    assert logging.getLogger("pypdf").propagate
    monkeypatch.chdir(tmp_path)
    status, _, err = call(monkeypatch, capsys, "read", "report.pdf", "tapachula-2021", "--json", "--lang", "es")
    assert status == 0
    assert err.count("report.pdf está dañado o no es como debe ser un PDF") == 1
    assert "startxref" not in err


@pytest.mark.parametrize(
    ("filename", "library"),
    [
        ("/x/lib/python3.11/site-packages/numpy/_core/x.py", "numpy"),
        ("/x/lib/python3.11/site-packages/six.py", "six"),
        ("/x/site-packages/caravana/inference/pool.py", "caravana"),
        ("/x/src/caravana/inference/pool.py", "caravana"),
        ("/usr/lib/python3.11/zipfile.py", "zipfile"),
    ],
)
def test_a_warning_of_a_library_is_one_line(filename, library):
    line = library_line("\n  divide by zero\n and more", "RuntimeWarning", filename)
    assert line == f"caravana goes on; {library} warns (RuntimeWarning): divide by zero"


@pytest.mark.parametrize(("given", "shown"), [([], 1), (["default"], 0)])
def test_a_warning_of_a_library_is_said_once_unless_python_was_asked_for_warnings(monkeypatch, capsys, given, shown):
    def warn() -> list[object]:
        for _ in range(2):
            warnings.warn_explicit("of the library", UserWarning, np.__file__, 3)
        return []

    monkeypatch.setattr("caravana.scenario.folders.bundled", warn)
    monkeypatch.setattr(sys, "warnoptions", given)
    monkeypatch.setattr(sys, "argv", ["caravana", "scenarios", "--lang", "es"])
    raw = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_: raw.append(str(message))
        with pytest.raises(SystemExit):
            main()
    err = capsys.readouterr().err
    assert err.count("caravana sigue; numpy advierte (UserWarning): of the library") == shown
    assert raw == ["of the library"] * (0 if shown else 2)
