"""What the warehouse did: shipments, movements, storage periods, work orders."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from app.measures import Weight, refuse_nonsense


class Disposition(StrEnum):
    """What becomes of a line (X12 element 368); decides whether more will follow."""

    COMPLETE = "complete"
    SHORT_CLOSED = "short_closed"
    """Shipped short, nothing more will come (CP)."""
    BACKORDERED = "backordered"
    """Shipped short, the rest ships later (BP)."""
    SUBSTITUTED = "substituted"
    OVER = "over"
    CANCELLED = "cancelled"
    UNMAPPED = "unmapped"


class ShippedLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One line as picked and shipped; quantities count `unit`."""

    line: str
    item: str
    ordered: Decimal | None = None
    shipped: Decimal
    unit: str
    disposition: Disposition
    raw_code: str = ""

    def __post_init__(self) -> None:
        """Refuse a quantity nobody can ship."""
        refuse_nonsense("shipped", self.shipped)
        if self.ordered is not None:
            refuse_nonsense("ordered", self.ordered)


class WarehouseShipment(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="warehouse_shipment",
    tag_field="entity",
):
    """A ship confirmation (945). Natural key: `warehouse_shipment`."""

    warehouse_shipment: str
    order: str | None = None
    customer: str | None = None
    status: str | None = None
    """`shipped` once the goods have left; anything else is not a confirmation."""
    shipped_on: date | None = None
    cartons: Decimal | None = None
    pallets: Decimal | None = None
    weight: Weight | None = None
    lines: tuple[ShippedLine, ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that nothing can have."""
        for name in ("cartons", "pallets"):
            if (value := getattr(self, name)) is not None:
                refuse_nonsense(name, value)


class MovementReason(StrEnum):
    """Why stock came or went; where nobody says it, the sign does: in or out."""

    RECEIPT = "receipt"
    SHIPMENT = "shipment"
    ADJUSTMENT = "adjustment"
    """Counted again, damaged, found: stock, and no handling."""
    RELOCATION = "relocation"
    """Moved within the warehouse: it stays the stock that it was."""


class MovedMeasure(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What moved, in another unit: pallets, cubic feet, hundredweight; never below zero."""

    unit: str
    quantity: Decimal

    def __post_init__(self) -> None:
        """Refuse a quantity nobody can store."""
        refuse_nonsense("quantity", self.quantity)


class InventoryMovement(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="inventory_movement",
    tag_field="entity",
):
    """Stock that came or went. Natural key: `movement`. `quantity` is signed: out is negative."""

    movement: str
    customer: str
    item: str
    quantity: Decimal
    unit: str
    lot: str = ""
    location: str = ""
    warehouse: str = ""
    """Where; without it no storage period knows the movement."""
    measures: tuple[MovedMeasure, ...] = ()
    """The same goods in other units; they come and go as `quantity` does."""
    reason: MovementReason | None = None
    storage_class: str = ""
    """How it has to be kept where that costs more: frozen, hazardous."""

    def __post_init__(self) -> None:
        """Refuse a quantity that is not a number."""
        refuse_nonsense("quantity", abs(self.quantity))


class StoragePeriod(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="storage_period",
    tag_field="entity",
):
    """The time for which a customer's stock at one warehouse is billed together.

    Natural key: `storage_period`. The first day is in it, `ends_before` is not.
    """

    storage_period: str
    customer: str
    warehouse: str
    starts_on: date
    ends_before: date
    status: Literal["open", "closed"] = "open"
    """`closed` once the warehouse expects no further movement in it."""
    reason: str = ""
    """Why it is declared, where a person did so afterwards."""

    def __post_init__(self) -> None:
        """Refuse a period without a day."""
        if self.ends_before <= self.starts_on:
            raise ValueError(
                f"ends_before is {self.ends_before}; it must be after {self.starts_on}"
            )


class WorkOrder(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="work_order",
    tag_field="entity",
):
    """Value-added work done in the warehouse. Natural key: `work_order`."""

    work_order: str
    task: str
    quantity: Decimal
    unit: str
    status: str = "done"

    def __post_init__(self) -> None:
        """Refuse a quantity nobody can work."""
        refuse_nonsense("quantity", self.quantity)
