"""From where each system that only answers questions is asked the next time."""

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Pulled
from app.infrastructure.storage.tenant_rows import TenantRows

_pulled = tables.pulled.c
_PULLED = tuple(_pulled[name] for name in Pulled.__struct_fields__)


class Pulls:
    """Pulls whose every answer was stored."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, pulled: Pulled) -> None:
        """Keep that it was asked."""
        self._rows.add(tables.pulled, [msgspec.structs.asdict(pulled)], _pulled.seq)

    def last(self, partner: str, feed: str) -> Pulled | None:
        """The last pull of a feed, if there was one."""
        query = self._rows.select(tables.pulled, *_PULLED)
        query = query.where(_pulled.partner == partner, _pulled.feed == feed)
        row = self._rows.first(query.order_by(_pulled.seq.desc()).limit(1))
        return None if row is None else Pulled(**row._asdict())
