"""The service: it is picked up, delivered, shipped, or closed short."""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from app.evidence.correlation.unit import OrderedLine
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.explanation.unlock.situation import Situation, Way, Ways, corrected, key_of, new_fact
from app.judgement.decision import Hold


def milestone(status: MilestoneStatus) -> Callable[[Hold, Situation], Ways]:
    """The carrier confirms the milestone; a stop that is another unit's is not told by this one."""

    def ways(hold: Hold, at: Situation) -> Ways:
        if hold.subject:  # a stop of the load that is still ahead: another unit's milestone
            return
        said = Milestone(status=status, shipment=at.number())
        yield Way(
            says=f"the carrier confirms that it is {status.value.replace('_', ' ')}",
            system="carrier",
            facts=(new_fact(at, "carrier", said),),
        )

    return ways


def ship_confirmed(_hold: Hold, at: Situation) -> Ways:
    """The warehouse confirms that everything ordered has left."""
    lines = tuple(
        ShippedLine(
            line=line.line,
            item=line.item,
            ordered=line.ordered,
            shipped=line.ordered,
            unit=line.unit,
            disposition=Disposition.COMPLETE,
        )
        for line in at.unit.lines
        if line.ordered is not None
    )
    said = WarehouseShipment(
        warehouse_shipment="expected", status="shipped", order=at.number(), lines=lines
    )
    yield Way(
        says="the warehouse confirms that everything ordered has left",
        system="wms",
        facts=(new_fact(at, "wms", said),),
    )


def closed_short(hold: Hold, at: Situation) -> Ways:
    """The warehouse says of the item that nothing more will come."""
    item = key_of(hold)
    confirmed = [(f, f.said) for f in at.unit.warehouse_shipments]
    facts = [
        corrected(at, fact, lines=tuple(_closed(line, item) for line in said.lines))
        for fact, said in confirmed
        if isinstance(said, WarehouseShipment) and any(line.item == item for line in said.lines)
    ]
    if not facts:  # no confirmation mentions it: the first one has to
        ordered = next((line for line in at.unit.lines if line.item == item), None)
        facts = [
            corrected(at, fact, lines=(*said.lines, _nothing_of(ordered)))
            for fact, said in confirmed[:1]
            if isinstance(said, WarehouseShipment) and ordered is not None
        ]
    if facts:
        yield Way(
            says=f"the warehouse closes the line of {item}: nothing more will ship",
            system=facts[0].source.system,
            facts=tuple(facts),
        )


def _closed(line: ShippedLine, item: str) -> ShippedLine:
    if line.item != item:
        return line
    return msgspec.structs.replace(line, disposition=Disposition.SHORT_CLOSED)


def _nothing_of(line: OrderedLine) -> ShippedLine:
    return ShippedLine(
        line=line.line,
        item=line.item,
        ordered=line.ordered,
        shipped=Decimal(0),
        unit=line.unit,
        disposition=Disposition.SHORT_CLOSED,
    )
