"""The command ``read``: a news article into drafts of evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from caravana.cli.console import give, say
from caravana.cli.options import load, read_date

if TYPE_CHECKING:
    from caravana.importers.articles.drafts import Drafts


def _tell(drafts: Drafts) -> None:
    for row in drafts.sentences:
        figure = f"{row['counts']} {row['qualifier']}" if row["counts"] else "statement"
        typer.echo(f"{row['start']:>6}  {row['date']}  {row['place_id'] or '-':<24} {row['speaker_role']}: {figure}")
        typer.echo(f"        {row['sentence']}")
        for doubt in row["doubts"]:
            typer.echo(f"        GARBLED? {doubt}")


def read(
    article: Annotated[Path, typer.Argument(help="A news text, English or Spanish, as plain text of at most 1 MB.")],
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name, or a scenario folder.")],
    published: Annotated[str | None, typer.Option(help="When it was published  [default: its dateline's date]")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the drafts  [default: ARTICLE-drafts, here]")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; write a folder only with --out.")
    ] = False,
) -> None:
    """Read an article into draft rows of evidence, for a person to edit and accept.

    Speakers are roles, never names.  What contradicts the scenario's own geography is marked.
    """
    from caravana.atomic import write_folder_whole
    from caravana.importers.articles.drafts import as_json, check_folder, draft, draft_files
    from caravana.importers.articles.text import read_article

    date = None if published is None else read_date(published, "--published")
    text = read_article(article)
    folder = out if out is not None else None if json else Path(f"{article.stem}-drafts")
    if folder is not None:
        check_folder(folder)
    drafts = draft(text, load(scenario), name=article.stem, published=date)
    if folder is not None:
        write_folder_whole(folder, draft_files(drafts))
    if json:
        give(as_json(drafts))
    else:
        _tell(drafts)
    doubted = sum(bool(row["doubts"]) for row in drafts.sentences)
    say(
        f"{len(drafts.observations)} draft observations and {len(drafts.claims)} draft claims,"
        f" {doubted} marked as garbled."
        + (f" They are in {folder.resolve()}; edit them before you accept any." if folder is not None else "")
    )
