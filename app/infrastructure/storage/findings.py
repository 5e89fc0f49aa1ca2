"""What was found about feeds, each finding once."""

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Finding
from app.infrastructure.storage.tenant_rows import TenantRows

_finding = tables.finding.c
_FINDING = tuple(_finding[name] for name in Finding.__struct_fields__)


class Findings:
    """Gaps, drifts and whatever else a person should look at."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, finding: Finding) -> bool:
        """Keep it; whether it is new."""
        row = msgspec.structs.asdict(finding)
        return bool(self._rows.add(tables.finding, [row], _finding.seq))

    def latest(
        self, *, partner: str | None = None, code: str | None = None, limit: int
    ) -> tuple[Finding, ...]:
        """The findings that were made last, the last one first."""
        query = self._rows.select(tables.finding, *_FINDING)
        if partner is not None:
            query = query.where(_finding.partner == partner)
        if code is not None:
            query = query.where(_finding.code == code)
        query = query.order_by(_finding.seq.desc()).limit(limit)
        return tuple(Finding(**row._asdict()) for row in self._rows.all(query))
