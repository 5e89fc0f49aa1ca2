"""One tenant's rows inside one transaction, by subject."""

import copy
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from app.infrastructure.storage.acknowledgements import Acknowledgements
from app.infrastructure.storage.board_rows import BoardRows
from app.infrastructure.storage.clock import told_ahead
from app.infrastructure.storage.consolidations import Consolidations
from app.infrastructure.storage.counted import Counted
from app.infrastructure.storage.customer_rows import CustomerRows
from app.infrastructure.storage.decisions import Decisions
from app.infrastructure.storage.due import DueUnits
from app.infrastructure.storage.editions import Editions
from app.infrastructure.storage.facts import Facts
from app.infrastructure.storage.findings import Findings
from app.infrastructure.storage.invoices import Invoices
from app.infrastructure.storage.kpi_rows import KpiRows
from app.infrastructure.storage.messages import Messages
from app.infrastructure.storage.outbox import Outbox
from app.infrastructure.storage.pulls import Pulls
from app.infrastructure.storage.quarantine import Quarantine
from app.infrastructure.storage.releases import Releases
from app.infrastructure.storage.right_rows import RightRows
from app.infrastructure.storage.rows import Counts
from app.infrastructure.storage.rule_firings import RuleFirings
from app.infrastructure.storage.sendings import Sendings
from app.infrastructure.storage.standings import Standings
from app.infrastructure.storage.streams import Streams
from app.infrastructure.storage.tenant_rows import TenantRows
from app.infrastructure.storage.watching import Watching


class Store:
    """What the operations load from and store in."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        rows = TenantRows(connection, tenant)
        self._connection = connection
        self.tenant = tenant
        self.messages = Messages(rows)
        self.facts = Facts(rows)
        self.editions = Editions(rows)
        self.decisions = Decisions(rows)
        self.releases = Releases(rows)
        self.consolidations = Consolidations(rows)
        self.invoices = Invoices(rows)
        self.due = DueUnits(rows)
        self.outbox = Outbox(rows)
        self.quarantine = Quarantine(rows)
        self.findings = Findings(rows)
        self.acknowledgements = Acknowledgements(rows)
        self.pulls = Pulls(rows)
        self.sendings = Sendings(rows)
        self.streams = Streams(rows)
        self.standings = Standings(rows)
        self.rights = RightRows(rows)
        self.rule_firings = RuleFirings(rows)
        self.customer_rows = CustomerRows(rows)
        self.counted = Counted(rows)
        self.board = BoardRows(rows)
        self.watching = Watching(rows)
        self.kpi_rows = KpiRows(rows)
        self._told: list[Callable[[], None]] = []

    def once_stored(self, tell: Callable[[], None]) -> None:
        """Tell of it when this transaction is stored for good, and never where it is not."""
        self._told.append(tell)

    def is_stored(self) -> None:
        """Whoever has committed it says so, once."""
        told, self._told = self._told, []
        for tell in told:
            tell()

    def as_if_accepted(self, drafts: Mapping[tuple[str, str], bytes]) -> "Store":
        """The same rows, read as they would be were these drafts in force; nothing is stored.

        Args:
            drafts: the canonical body of each edition by kind and name.
        """
        other = copy.copy(self)
        other.editions = self.editions.as_if_accepted(drafts)
        return other

    def clock(self) -> timedelta:
        """By how much the time of this database is ahead of the real one: `Database.clock`."""
        return told_ahead(self._connection)

    def counts(self) -> Counts:
        """How much there is."""
        return Counts(
            messages=self.messages.counted(),
            facts=self.facts.counted(),
            decisions=self.decisions.counted(),
        )
