"""Figures over everything, kept as they were when somebody last counted."""

from datetime import datetime

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.tenant_rows import TenantRows

_counted = tables.counted.c


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted, when, and how long it took."""

    name: str
    body: bytes
    """Canonical JSON."""
    counted_at: datetime
    took_ms: int


class Counted:
    """Every set of figures of a tenant, by name."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def keep(self, figures: Figures) -> None:
        """In place of what was counted before."""
        self._rows.remove(tables.counted, _counted.name, [figures.name])
        self._rows.add(tables.counted, [msgspec.structs.asdict(figures)], _counted.name)

    def known(self, name: str) -> Figures | None:
        """As last counted; None before the first time."""
        columns = (_counted.name, _counted.body, _counted.counted_at, _counted.took_ms)
        query = self._rows.select(tables.counted, *columns)
        row = self._rows.first(query.where(_counted.name == name))
        return None if row is None else Figures(**row._asdict())
