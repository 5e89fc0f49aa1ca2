"""The numbers a fact names by what it says: its natural key and its links."""

from app.evidence.facts.dispute import Dispute
from app.evidence.facts.fact import Said
from app.evidence.facts.freight import Load, Milestone, Package, Shipment, Stop
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.market import IndexValue
from app.evidence.facts.money import Cost, CostKind
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, SameThing, Withdrawal
from app.evidence.facts.party import Customer
from app.evidence.facts.reference import PAPER, Reference, ReferenceKind
from app.evidence.facts.tax import TaxDetermination
from app.evidence.facts.warehouse import InventoryMovement, StoragePeriod, WarehouseShipment


def references_of(said: Said) -> tuple[Reference, ...]:
    """The references implied by what is said, without those that are not given.

    A customer is named only by its own master data: were it a reference of every
    shipment, all shipments of a customer would be one unit.
    """
    return tuple(
        Reference(kind=kind, value=value, issuer=issuer)
        for kind, value, issuer in _implied(said)
        if value
    )


def names_something(reference: Reference) -> bool:
    """Whether any letter or digit is left to compare; blanks and dashes name nothing."""
    return any(sign.isalnum() for sign in reference.value)


def united(*groups: tuple[Reference, ...]) -> tuple[Reference, ...]:
    """All of them in the order first named, each once, none without a letter or digit."""
    everything = (reference for group in groups for reference in group)
    return tuple(dict.fromkeys(filter(names_something, everything)))


def _implied(said: Said) -> list[tuple[ReferenceKind, str | None, str]]:
    kind = ReferenceKind
    match said:
        case Customer():
            return [(kind.CUSTOMER, said.customer, "")]
        case Order():
            return [(kind.ORDER, said.order, ""), (kind.CUSTOMER_PO, said.customer_po, "")]
        case WarehouseShipment():
            return [
                (kind.WAREHOUSE_SHIPMENT, said.warehouse_shipment, ""),
                (kind.ORDER, said.order, ""),
            ]
        case InventoryMovement():
            return [(kind.STOCK, said.warehouse, said.customer)]
        case StoragePeriod():
            return [
                (kind.STORAGE, said.storage_period, ""),
                (kind.STOCK, said.warehouse, said.customer),
            ]
        case Shipment():
            return [(kind.SHIPMENT, said.shipment, ""), (kind.LOAD, said.load, "")]
        case Load():
            shipments = [(kind.SHIPMENT, shipment, "") for shipment in said.shipments]
            return [(kind.LOAD, said.load, ""), *shipments]
        case Stop():
            shipments = [(kind.SHIPMENT, shipment, "") for shipment in said.shipments]
            return [(kind.SHIPMENT, said.shipment, ""), (kind.LOAD, said.load, ""), *shipments]
        case Milestone():
            return [(kind.SHIPMENT, said.shipment, ""), (kind.LOAD, said.load, "")]
        case Package():
            return [
                (kind.SHIPMENT, said.shipment, ""),
                (kind.TRACKING, said.package, ""),
                (kind.TRACKING, said.tracking, ""),
            ]
        case SameThing():
            return [(ref.kind, ref.value, ref.issuer) for ref in (said.one, said.other)]
        case Withdrawal():
            return [(kind.MESSAGE, said.withdrawal, "")]
        case Document():
            return [(kind.DOCUMENT, said.document, ""), (kind.OTHER, said.delivery_id, PAPER)]
        case Cost(kind=CostKind.INVOICED):
            return [(kind.INVOICE, said.number, said.carrier)]
        case Receivable():
            return [(kind.INVOICE, said.receivable, "")]
        case IndexValue():
            return [(kind.INDEX, f"{said.series} {said.region}", "")]
        case TaxDetermination():
            return [(kind.SHIPMENT, said.shipment, ""), (kind.ORDER, said.order, "")]
        case Dispute():
            return [
                (kind.SHIPMENT, said.shipment, ""),
                (kind.ORDER, said.order, ""),
                (kind.STORAGE, said.storage_period, ""),
            ]
        case _:
            return []
