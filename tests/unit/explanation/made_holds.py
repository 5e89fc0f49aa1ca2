"""Units with one thing amiss, for every hold that facts can end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from app.dossier import METHODS_NOW
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import identified
from app.evidence.facts.freight import Fault, Package, Stop
from app.evidence.facts.money import Accessorial, Approval, Cost, CostKind
from app.evidence.facts.order import OrderLine
from app.evidence.facts.papers import Document, DocumentStatus, ExceptionReport
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.money import Money
from tests.unit.explanation.made_units import (
    DELIVERED,
    LAST_WORD,
    Case,
    decided,
    editions,
    kestrel,
    milestone,
    northwind,
    order,
    told,
)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def disputed(**resolved: object) -> Case:
    """Northwind disputes its fuel surcharge, where nothing else says what became of it."""
    claim = Dispute(
        dispute="D-17",
        charge="fuel_surcharge",
        shipment="S-1",
        reason=DisputeReason.RATE,
        amount=usd("20.00"),
        state=DisputeState.OPENED,
    )
    words = [told(claim, DELIVERED, "customer")]
    if resolved:
        words.append(told(msgspec.structs.replace(claim, **resolved), system="billing"))
    return northwind(*words, agreed={"split_held_lines": False})


def credited(amount: str, authority: str) -> Case:
    return disputed(
        state=DisputeState.RESOLVED,
        outcome=DisputeOutcome.CREDITED,
        granted=usd(amount),
        resolved_by="J. Doe",
        authority=authority,
    )


def exception(kind: str) -> Case:
    said = ExceptionReport(exception="EX-1", exception_type=kind)
    return northwind(told(said, system="ops"))


def claimed(charge: str, *, make: Callable[..., Case] = northwind, **more: object) -> Case:
    """An extra service with its paper on file, and nobody has approved it."""
    said = Accessorial(accessorial="AC-1", charge=charge, evidence=("R-1",), **more)  # type: ignore[arg-type]
    return make(told(said, system="carrier"), told(receipt(), system="ops"))


def receipt() -> Document:
    return Document(document="R-1", document_type="RECEIPT", status=DocumentStatus.ACCEPTED)


def lumper(amount_approved_by: str = "ops", evidence: tuple[str, ...] = ("R-1",)) -> Case:
    """A lumper fee, approved and without its receipt."""
    return kestrel(
        told(Accessorial(accessorial="LU-1", charge="lumper", evidence=evidence)),
        told(
            Approval(
                approval="AP-1",
                subject="LU-1",
                granted=True,
                approver="somebody",
                authority=amount_approved_by,
            ),
            system="ops",
        ),
    )


def invoiced(*totals: str, number: str = "") -> list[Cost]:
    return [
        Cost(
            kind=CostKind.INVOICED,
            carrier="ABFL",
            number=number or f"INV-{place}",
            total=usd(each),
        )
        for place, each in enumerate(totals, start=1)
    ]


def tendered(total: str) -> Cost:
    return Cost(kind=CostKind.TENDERED, carrier="ABFL", number="T-1", total=usd(total))


def cost_differs() -> Case:
    (invoice,) = invoiced("160.00")
    return northwind(told(tendered("120.00")), told(invoice, system="carrier"), methods=METHODS_NOW)


def billed_twice() -> Case:
    """Once more under another number, with the same PRO and amount."""
    pro = Reference(kind=ReferenceKind.PRO, value="7654321", issuer="ABFL")
    first, again = (
        told(invoiced("120.00", number=number)[0], at, system="carrier")
        for number, at in (("771", DELIVERED), ("980", LAST_WORD))
    )
    return northwind(
        *(identified(msgspec.structs.replace(bill, references=(pro,))) for bill in (first, again)),
        methods=METHODS_NOW,
    )


def halcyon(
    *facts: tuple[str, str, Disposition] | str, status: str = "shipped", agreed: str = ""
) -> Case:
    """Twenty lamps ordered; what of them was shipped, and what becomes of the rest."""
    ordered = order(
        customer="HALCYON",
        status="open",
        lines=(OrderLine(line="1", item="LAMP", ordered=Decimal(20), unit="each"),),
    )
    went = [
        told(
            WarehouseShipment(
                warehouse_shipment="WS-1",
                order="O-1",
                status=status,
                cartons=Decimal(2),
                pallets=Decimal(0),
                lines=(
                    ShippedLine(
                        line="1",
                        item=each[0],
                        ordered=Decimal(20),
                        shipped=Decimal(each[1]),
                        unit="each",
                        disposition=each[2],
                    ),
                ),
            ),
            DELIVERED,
            "wms",
        )
        for each in facts
        if not isinstance(each, str)
    ]
    terms = {agreed: True} if agreed else {}
    return decided([ordered, *went], editions("HALCYON", **terms), unit="order:O1")


def detention(*times: datetime | None, fault: Fault = Fault.NONE, quantity: str = "") -> Case:
    """Waiting at stop 2 of Kestrel's truck, approved; times are in and out."""
    came, left = times
    early = DELIVERED - timedelta(hours=5)
    subject = "DT-1" if quantity else "stop 2"
    claim = Accessorial(accessorial="DT-1", charge="detention", stop="2", evidence=("R-1",))
    approved = Approval(
        approval="AP-1", subject=subject, granted=True, approver="somebody", authority="customer"
    )
    return kestrel(
        told(Stop(stop="2", appointment_early=early, arrived_at=came, departed_at=left)),
        told(approved, system="portal"),
        told(receipt(), system="dms"),
        *([told(claim, system="carrier")] if quantity else []),
        *(
            [milestone("delayed", DELIVERED, stop="2", fault=fault)]
            if fault is not Fault.NONE
            else []
        ),
    )


def measured_twice() -> Case:
    one, other = (
        Package(package="P-1", length_in=Decimal(40)),
        Package(package="P-1", length_in=Decimal(48)),
    )
    return northwind(told(one, DELIVERED, system="wms"), told(other, system="carrier"))


def bill_that_tells(**more: object) -> Cost:
    """A carrier's invoice that tells a weight or a place of its own."""
    said: Cost = Cost(
        kind=CostKind.INVOICED,
        carrier="ABFL",
        number="INV-1",
        total=usd("120.00"),
        **more,  # type: ignore[arg-type]
    )
    return said
