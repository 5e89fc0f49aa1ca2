"""The lines of a stock transfer: W04 of what is on its way in (943), W07 of what came in (944)."""

from collections.abc import Sequence

from app.evidence.facts.warehouse import InventoryMovement, MovementReason
from app.evidence.intake.enveloped.loops import value_in
from app.evidence.intake.x12 import values
from app.evidence.intake.x12.amounts import compare_count, item_of, unit_word
from app.evidence.intake.x12.segments import Segment
from app.evidence.intake.x12.transaction import Reading


def receipts(
    reading: Reading,
    loops: Sequence[Sequence[Segment]],
    total: Segment | None,
    *,
    number: str,
    customer: str,
    warehouse: str,
    lot_at: int | None = None,
) -> tuple[InventoryMovement, ...]:
    """A receipt for each line, numbered after the transfer; a wrong total is remarked.

    Args:
        reading: the transaction.
        loops: the lines, each from its W04 or W07 on.
        total: W03 or W14, whose first element is the sum of their quantities.
        number: of the transfer.
        customer: whose stock it is.
        warehouse: where it is kept.
        lot_at: the line's element for the lot, which else an N9 of it names.
    """
    found = tuple(
        InventoryMovement(
            movement=f"{number}/{count}",
            customer=customer,
            item=item_of(loop[0], 5, 3, 7),
            quantity=reading.parsed(values.quantity, loop[0], 1),
            unit=unit_word(reading, loop[0], 2),
            lot=(loop[0].at(lot_at) if lot_at else "") or value_in(loop, ("N9",), "LT", 1, 2),
            warehouse=warehouse,
            reason=MovementReason.RECEIPT,
        )
        for count, loop in enumerate(loops, start=1)
    )
    compare_count(reading, [(each.quantity, each.unit) for each in found], total, 1)
    return found
