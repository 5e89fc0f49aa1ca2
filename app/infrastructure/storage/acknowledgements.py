"""Which interchanges were answered with a 997: each once, under a number of its own."""

import msgspec

from app.infrastructure.storage import tables
from app.infrastructure.storage.rows import Acknowledgement
from app.infrastructure.storage.tenant_rows import TenantRows

_acknowledgement = tables.acknowledgement.c
_ACKNOWLEDGEMENT = tuple(_acknowledgement[name] for name in Acknowledgement.__struct_fields__)


class Acknowledgements:
    """Answers that were given; what they said is in the outbox."""

    def __init__(self, rows: TenantRows) -> None:
        self._rows = rows

    def add(self, answered: Acknowledgement) -> int | None:
        """Keep that it is answered, and return a number no other has; None where it was before."""
        row = msgspec.structs.asdict(answered)
        added = self._rows.add(tables.acknowledgement, [row], _acknowledgement.seq)
        return int(added[0]) if added else None

    def of_delivery(self, delivery_id: str) -> tuple[Acknowledgement, ...]:
        """What was answered of a delivery, in the order of its bytes."""
        query = self._rows.select(tables.acknowledgement, *_ACKNOWLEDGEMENT)
        query = query.where(_acknowledgement.delivery_id == delivery_id)
        rows = self._rows.all(query.order_by(_acknowledgement.place))
        return tuple(Acknowledgement(**row._asdict()) for row in rows)
