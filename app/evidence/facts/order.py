"""Orders: what the customer asked for."""

from datetime import date
from decimal import Decimal

import msgspec

from app.measures import Weight, refuse_nonsense


class OrderLine(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One item of an order; `ordered` counts `unit` (each, case, pallet)."""

    line: str
    item: str
    ordered: Decimal
    unit: str

    def __post_init__(self) -> None:
        """Refuse a quantity nobody can order."""
        refuse_nonsense("ordered", self.ordered)


class Order(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="order",
    tag_field="entity",
):
    """An order as the OMS, ERP or TMS holds it. Natural key: `order`."""

    order: str
    customer: str | None = None
    bill_to: str | None = None
    customer_po: str | None = None
    freight_terms: str | None = None
    """`prepaid`, `collect` or `third_party`."""
    status: str | None = None
    """`open`, `closed` or `cancelled`."""
    lines: tuple[OrderLine, ...] = ()
    weight: Weight | None = None
    requested_ship_on: date | None = None
    requested_delivery_on: date | None = None
