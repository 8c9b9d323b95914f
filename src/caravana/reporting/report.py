"""The report of a run: one HTML file that opens from a USB stick with no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravana.arguments import as_path
from caravana.atomic import write_whole
from caravana.ensemble.crate import write_crate
from caravana.language.language import load_language
from caravana.reporting.caravan.report import REPORT as CARAVAN
from caravana.reporting.displacement.report import REPORT as DISPLACEMENT
from caravana.reporting.page import render
from caravana.reporting.places.report import REPORT as PLACES

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from caravana.language.language import Code
    from caravana.reporting.page import MakeSection, Report
    from caravana.results.needs import Standard
    from caravana.run import Run

REPORTS: Mapping[str, Report] = {"caravan": CARAVAN, "displacement": DISPLACEMENT}
"""How a run is reported, by the family of its model."""
ANY_MODEL = PLACES
"""How a run of any other family is reported: people at places."""


def report_of(run: Run) -> Report:
    """How a run is reported; its ``sections`` are what to add one's own to."""
    return REPORTS.get(run.family, ANY_MODEL)


def write_report(
    run: Run,
    *,
    path: str | os.PathLike[str] | None = None,
    language: Code = "en",
    standards: Sequence[Standard] | None = None,
    scores: Mapping[str, Any] | None = None,
    sections: Sequence[MakeSection] | None = None,
) -> Path:
    """Write the report of a run.

    Parameters
    ----------
    run
        An opened run, of any model.
    path
        Where to write it; ``report.html`` in the run folder by default.
    language
        ``en`` or ``es``.
    standards
        A profile for the needs; the bundled Sphere profile by default.
    scores
        What :func:`caravana.inference.run_scores.score_run` gives, to state the coverage; asked for by default.
    sections
        What it says, in order: functions of the run's answers and a language that give a
        :class:`~caravana.reporting.sections.Section` or None; those of ``report_of(run)`` by default.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    caravana.errors.UsageError
        If the language is unknown, the run has no finished member, or `path` is no place for a file.
    caravana.errors.CaravanaError
        If the file cannot be written.

    Examples
    --------
    >>> import caravana as cv
    >>> run = cv.simulate("tapachula-2021", members=64, until="2021-10-24", workers=1)
    >>> cv.write_report(run).name
    'report.html'
    """
    target = Path(run.path) / "report.html" if path is None else as_path(path, name="path")
    page = render_report(run, language=language, standards=standards, scores=scores, sections=sections)
    written = write_whole(target, page.encode())
    if target.parent == Path(run.path):
        write_crate(target.parent)
    return written


def render_report(
    run: Run,
    *,
    language: Code = "en",
    standards: Sequence[Standard] | None = None,
    scores: Mapping[str, Any] | None = None,
    sections: Sequence[MakeSection] | None = None,
) -> str:
    """The report's HTML; parameters and errors as for :func:`write_report`."""
    words, report = load_language(language), report_of(run)
    answers = report.ask(run, standards, scores)
    return render(report, answers, words, report.sections if sections is None else sections)
