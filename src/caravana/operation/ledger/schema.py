"""Tables of the ledger.  Rows are added and never changed: the database itself refuses anything else.

One row of ``reports`` is one version of a report: a correction is another version, and so is a withdrawal.
One row of ``scores`` is one forecast held against what was known on a day; it is superseded by a later row, never
replaced.  One row of ``verified`` says which truth (a hash) all scores of a forecast were made with.  Moments are text
in UTC (``2021-11-10T21:04:05Z``), so that both databases give them back alike.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

FORMAT = "1"
"""What the tables are like; a ledger of another format is refused."""

METADATA = MetaData()

ABOUT = Table("about", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

REPORTS = Table(
    "reports",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("date", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("caravan", Text),
    Column("kind", Text, nullable=False),
    Column("place", Text),
    Column("km_past", Double),
    Column("low", Double),
    Column("high", Double),
    Column("qualifier", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("inferred", Boolean, nullable=False),
    Column("source", Text),
    Column("claims", Text),
    Column("note", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("id", "revision"),
    Index("reports_of_day", "date", "kind"),
)

FORECASTS = Table(
    "forecasts",
    METADATA,
    Column("forecast_id", Text, primary_key=True),
    Column("issued_on", Date, nullable=False),
    Column("issue", Integer, nullable=False),
    Column("family", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("horizon", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    UniqueConstraint("issued_on", "issue"),
    UniqueConstraint("issued_on", "inputs"),
    # All but the content: SQLite reads a row up to the column it wants, and a content may be of megabytes.
    Index(
        "forecasts_but_content",
        *(
            "issued_on",
            "issue",
            "forecast_id",
            "family",
            "subject",
            "horizon",
            "version",
            "inputs",
            "hash",
            "issued_at",
            "issued_by",
        ),
    ),
)

QUANTILES = Table(
    "quantiles",
    METADATA,
    Column("forecast_id", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_date", Date, primary_key=True),
    Column("horizon_days", Integer, nullable=False),
    Column("quantile", Double, primary_key=True),
    Column("value", Double, nullable=False),
)

OTHERS = Table(
    "others",
    METADATA,
    Column("model", Text, primary_key=True),
    Column("issued_on", Date, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_date", Date, primary_key=True),
    Column("horizon_days", Integer, nullable=False),
    Column("quantile", Double, primary_key=True),
    Column("value", Double, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

CHANCES = Table(
    "chances",
    METADATA,
    Column("forecast_id", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("target_date", Date, primary_key=True),
    Column("horizon_days", Integer, nullable=False),
    Column("stop", Text, primary_key=True),
    Column("km", Double, nullable=False),
    Column("chance", Double, nullable=False),
)

SCORES = Table(
    "scores",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("forecast_id", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("target_date", Date, nullable=False),
    Column("horizon_days", Integer, nullable=False),
    Column("truth", Text, nullable=False),
    Column("observed_low", Double, nullable=False),
    Column("observed_high", Double, nullable=False),
    Column("crps", Double, nullable=False),
    Column("naive", Text, nullable=False),
    Column("naive_crps", Double),
    Column("error", Double, nullable=False),
    Column("inside_50", Double, nullable=False),
    Column("inside_90", Double, nullable=False),
    Column("dropped", Boolean, nullable=False),
    Column("scored_on", Date, nullable=False),
    Column("scored_at", Text, nullable=False),
    Index("scores_of", "forecast_id", "scored_on"),
)

VERIFIED = Table(
    "verified",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("forecast_id", Text, nullable=False),
    Column("scored_on", Date, nullable=False),
    Column("truth", Text, nullable=False),
)

TRIGGERS = Table(
    "triggers",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("trigger", Text, nullable=False),
    Column("declaration", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("content", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("alert_id", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("forecast_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("content", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("alert_id", "step"),
)

RELEASES = Table(
    "releases",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("forecast_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("forecast_id", "kind", "audience", "language", "hash"),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", Text, nullable=False),
)

APPEND_ONLY = (
    REPORTS, FORECASTS, QUANTILES, OTHERS, CHANCES, SCORES, VERIFIED, TRIGGERS, ALERTS, RELEASES, JOURNAL,
)  # fmt: skip
"""Tables whose rows stand for good."""


KEEPING = (
    "CREATE OR REPLACE FUNCTION {schema}.keep_rows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'rows of the ledger are never changed'; END $$"
)
KEPT = (
    "CREATE OR REPLACE TRIGGER keep_{table} BEFORE UPDATE OR DELETE ON {schema}.{table} "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.keep_rows()"
)
KEPT_IN_A_FILE = (
    "CREATE TRIGGER IF NOT EXISTS keep_{table}_{act} BEFORE {act} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'rows of the ledger are never changed'); END"
)


def statements_that_keep(dialect: str, schema: str | None) -> list[str]:
    """Statements by which a database refuses whatever would change or remove a row."""
    names = [table.name for table in APPEND_ONLY]
    if dialect == "sqlite":
        return [KEPT_IN_A_FILE.format(table=name, act=act) for name in names for act in ("UPDATE", "DELETE")]
    return [KEEPING.format(schema=schema), *(KEPT.format(schema=schema, table=name) for name in names)]
