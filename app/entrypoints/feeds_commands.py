"""`tollgate feeds`: how it goes with every feed, and what was found about them."""

from datetime import datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from app.entrypoints.drafts import working_house
from app.entrypoints.plainly import told_plainly
from app.infrastructure.storage.rows import Finding
from app.operations.looking.feeds import FeedKnown, known_feeds
from app.settings import Settings

COLUMNS = (
    "last message",
    "rhythm",
    "lag P50",
    "P90",
    "recorded",
    "refused",
    "conflict",
    "kept aside",
    "waiting",
    "findings",
)

WIDE = 200
"""So that a line is a feed, in a pipe and in a narrow window too."""


@click.command()
@told_plainly
def feeds() -> None:
    """Show every feed: when it was heard, how late it is, and what became of its messages.

    Messages are those of the last 24 hours; what is kept aside and the findings are of all time.
    """
    with working_house(Settings(), accept=False) as house:
        known = known_feeds(house)
    if not known.feeds:
        click.echo("no feed is configured, and nothing ever came")
        return
    Console(width=WIDE).print(_table(known.feeds))
    for finding in known.findings:
        click.echo(_finding_line(finding))


def _table(known: tuple[FeedKnown, ...]) -> Table:
    table = Table("feed", box=None, header_style="bold", pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for feed in known:
        table.add_row(*_cells(feed))
    return table


def _cells(feed: FeedKnown) -> tuple[str, ...]:
    return (
        feed.feed if feed.configured else f"{feed.feed} (not configured)",
        _moment(feed.last_message_at) or "never",
        _rhythm(feed),
        _span(feed.lag_p50_s),
        _span(feed.lag_p90_s),
        *(str(each) for each in (feed.recorded, feed.refused, feed.conflict)),
        *(str(each) for each in (feed.kept_aside, feed.waiting, feed.findings)),
    )


def _rhythm(feed: FeedKnown) -> str:
    if feed.silent_after_minutes is None:
        return "none"
    told = f"{feed.silent_after_minutes} min"
    return f"{told}, silent since {_moment(feed.silent_since)}" if feed.silent_since else told


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ", timespec="minutes") if moment else ""


def _span(seconds: int | None) -> str:
    return "" if seconds is None else str(timedelta(seconds=seconds))


def _finding_line(finding: Finding) -> str:
    feed = f"{finding.partner}/{finding.feed}" if finding.feed else finding.partner or "no partner"
    return f"{_moment(finding.at)} {feed} {finding.code}: {finding.detail}"
