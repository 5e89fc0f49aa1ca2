"""Every unit is made due, to be decided when nothing critical waits: a back-fill."""

import msgspec

from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.rows import Due
from app.operations.due_units import FACTS
from app.operations.house import House

ANCHORS = (ReferenceKind.SHIPMENT, ReferenceKind.ORDER, ReferenceKind.STORAGE)
"""What every unit has one of."""
AT_ONCE = 200
IN_A_ROW = 10
"""Numbers of one row: their units are decided in one turn."""


class MadeDue(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch made due."""

    after: str | None
    """The last number, where the next batch begins; None where none is left."""
    numbers: int


def decide_all(house: House, *, tag: str, after: str = "", at_most: int = AT_ONCE) -> MadeDue:
    """Make the units of the next few numbers due; a unit that is current is not decided anew."""
    moment = house.now()
    with house.database.writing(house.tenant) as store:
        keys = store.facts.keys_after(ANCHORS, after, at_most)
        store.due.add(
            Due(
                lane=Lane.BULK,
                share=f"back-fill {tag}",
                keys=keys[start : start + IN_A_ROW],
                cause=FACTS,
                correlation_id=f"back-fill {tag}",
                due_at=moment,
            )
            for start in range(0, len(keys), IN_A_ROW)
        )
    return MadeDue(after=keys[-1] if len(keys) == at_most else None, numbers=len(keys))
