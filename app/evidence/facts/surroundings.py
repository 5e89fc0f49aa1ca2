"""What is so beyond a single unit: accounting periods, and feeds that have gone silent."""

import re

import msgspec

from app.measures import Instant

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class AccountingPeriod(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="accounting_period",
    tag_field="entity",
):
    """Finance opens or closes a month. Natural key: `accounting_period`, as `2026-03`."""

    accounting_period: str
    closed: bool

    def __post_init__(self) -> None:
        """Refuse what is no month."""
        if not _MONTH.fullmatch(self.accounting_period):
            raise ValueError(f"{self.accounting_period!r} is not a month such as 2026-03")


class FeedStatus(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="feed_status",
    tag_field="entity",
):
    """A feed is silent beyond its rhythm, or is heard again. Natural key: `feed_status`.

    `feed_status` names the feed, as `carrier PLVX`.
    """

    feed_status: str
    silent: bool
    last_heard_at: Instant | None = None
