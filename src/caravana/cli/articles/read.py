"""The command ``read``: texts into draft rows of evidence and proposals for a person to decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caravana.cli.articles.shown import show_text
from caravana.cli.articles.whole import read_known
from caravana.cli.articles.words import words_of
from caravana.cli.console import give, say
from caravana.cli.options import load, read_date, spoken_language
from caravana.errors import CaravanaError, UsageError
from caravana.language.faults import message_words
from caravana.language.names import speaker_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from caravana.importers.articles.documents import Document
    from caravana.importers.articles.drafts import Drafts
    from caravana.importers.articles.linking.whole import KnownText
    from caravana.importers.articles.proposals import TextReading
    from caravana.language.language import Language
    from caravana.scenario.model import Scenario


def _tell(drafts: Drafts, words: Language) -> None:
    for row in drafts.sentences:
        who = row["speaker_role"] if words.code == "en" else speaker_words(row["speaker_role"], words)
        typer.echo(f"{row['start']:>6}  {row['date']}  {row['place_id'] or '-':<24} {who}: {_figure(row, words)}")
        typer.echo(f"        {row['sentence']}")
        for doubt in row["doubts"]:
            typer.echo(f"        {words.text('reader.garbled', reason=message_words(doubt, words))}")


def _figure(row: Mapping[str, Any], words: Language) -> str:
    """What a sentence counts and how surely; in English by the names in the files."""
    if not row["counts"]:
        return words.text("reader.statement")
    if words.code == "en":
        return f"{row['counts']} {row['qualifier']}".rstrip()
    kind = words.texts.get(f"tonight.kind.{row['counts']}", row["counts"])
    qualifier = words.texts.get(f"reader.qualifier.{row['qualifier']}", row["qualifier"])
    return ", ".join(filter(None, (kind[:1].lower() + kind[1:], qualifier)))


def _read_each(
    documents: list[Document], scenario: Scenario, published: dt.date | None, known: KnownText
) -> list[tuple[Document, Drafts, TextReading]]:
    """Read each text; of several, one that cannot be read is told of and passed over."""
    from caravana.importers.articles.drafts import draft
    from caravana.importers.articles.proposals import propose

    out = []
    for document in documents:
        day = published or document.published
        try:
            reading = propose(document.text, scenario, published=day, known=known)
            drafts = draft(document.text, scenario, name=document.name, published=day, reading=reading)
            out.append((document, drafts, reading))
        except CaravanaError as error:
            if len(documents) == 1:
                raise
            say(f"{document.name}: {error}")
    if not out:
        raise UsageError("none of the texts could be read")
    return out


def as_proposals(document: Document, reading: TextReading, *, keep_text: bool) -> dict[str, Any]:
    """One text's proposals as ``accept`` takes them: the text's hash always, the text only if asked for."""
    kept = {"text": document.text} if keep_text else {}
    return {"name": document.name, "sha256": document.digest} | reading.as_json() | kept


def read(
    article: Annotated[
        Path, typer.Argument(help="A text, English or Spanish: .txt, .html, .pdf, .docx, a saved feed, or a folder.")
    ],
    scenario: Annotated[str, typer.Argument(help="A bundled scenario's name, or a folder of a scenario or operation.")],
    published: Annotated[str | None, typer.Option(help="When it was published  [default: its dateline's date]")] = None,
    voice: Annotated[str | None, typer.Option(help="Whose own words it is: press, agency, observer, ...")] = None,
    tells_of: Annotated[str | None, typer.Option(help="The day that most of it tells of.")] = None,
    at: Annotated[str | None, typer.Option(help="The place of the scenario where the caravan is in it.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the drafts  [default: ARTICLE-drafts, here]")] = None,
    page: Annotated[Path | None, typer.Option(help="Write a page on which a person decides.")] = None,
    proposals: Annotated[Path | None, typer.Option(help="Write the proposals to a file, for `accept`.")] = None,
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Keep the text beside its proposals.")] = False,
    lang: Annotated[str | None, typer.Option(help="en or es  [default: the locale's]")] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object; write a folder only with --out.")
    ] = False,
) -> None:
    """Read texts into draft rows of evidence and proposals, for a person to edit and accept.

    Speakers are roles, never names.  What contradicts the scenario's own geography is marked.
    """
    from caravana.atomic import write_folder_whole, write_json, write_text
    from caravana.cli.articles.page import decision_page
    from caravana.importers.articles.documents import read_documents
    from caravana.importers.articles.drafts import as_json, check_folder, draft_files
    from caravana.operation.folder import is_operation

    date = None if published is None else read_date(published, "--published")
    language = spoken_language(lang)
    documents = read_documents(article)
    several = article.is_dir() or len(documents) > 1
    folder = out if out is not None else None if json or several else Path(f"{article.stem}-drafts")
    if folder is not None:
        check_folder(folder)
    read_against = load(scenario)
    texts = _read_each(documents, read_against, date, read_known(read_against, voice, tells_of, at))
    if folder is not None and several:
        folder.mkdir(parents=True, exist_ok=True)  # one folder a text goes in it
    for document, drafts, _ in texts:
        if folder is not None:
            write_folder_whole(folder / document.name if several else folder, draft_files(drafts))
    for document, _, reading in texts:
        if reading.article.year_assumed:
            say(
                language.text(
                    "reader.year_assumed", name=document.name, date=language.day_year(reading.article.published)
                )
            )
    contents = [as_proposals(document, reading, keep_text=keep_text) for document, _, reading in texts]
    if proposals is not None:
        write_json(proposals, {"texts": contents})
    if page is not None:
        write_text(page, decision_page(contents, [d.text for d, _, _ in texts], read_against, language))
    if json:
        both = [as_json(drafts) | one for (_, drafts, _), one in zip(texts, contents, strict=True)]
        give({"texts": both} if several else both[0])
    for (document, drafts, _), one in zip(texts, contents, strict=True) if not json else []:
        if several:
            typer.echo(f"== {document.name}")
        if not is_operation(scenario):
            _tell(drafts, language)
        show_text(one, words_of(read_against, language))
    _sum_up([drafts for _, drafts, _ in texts], folder)
    counts = {name: sum(len(one[name]) for one in contents) for name in ("figures", "proposals")}
    say(language.text("reader.counts", **counts))


def _sum_up(drafts: list[Drafts], folder: Path | None) -> None:
    doubted = sum(bool(row["doubts"]) for one in drafts for row in one.sentences)
    say(
        f"{sum(len(one.observations) for one in drafts)} draft observations and"
        f" {sum(len(one.claims) for one in drafts)} draft claims, {doubted} marked as garbled."
        + (f" They are in {folder.resolve()}; edit them before you accept any." if folder is not None else "")
    )
