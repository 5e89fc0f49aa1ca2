"""What moves: shipments, loads, stops, packages, and what carriers report of them."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

import msgspec

from app.evidence.facts.party import Party, Place
from app.measures import Distance, Instant, Weight, plain, refuse_nonsense
from app.money import Money


class Mode(StrEnum):
    """How it moves."""

    LTL = "LTL"
    TL = "TL"
    PARCEL = "PARCEL"
    INTERMODAL = "INTERMODAL"
    WAREHOUSE = "WAREHOUSE"


class FreightItem(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One line of a bill of lading: goods of one freight class."""

    freight_class: str | None = None
    weight: Weight | None = None
    volume: Decimal | None = None
    """Cubic feet."""
    pieces: Decimal | None = None
    nmfc: str | None = None
    """The item of the National Motor Freight Classification: `156600-2`."""

    def __post_init__(self) -> None:
        """Refuse measures that nothing can have."""
        for name in ("volume", "pieces"):
            if (value := getattr(self, name)) is not None:
                refuse_nonsense(name, value)

    def __str__(self) -> str:
        """`900 lb, class 100, NMFC 156600-2`."""
        parts = (
            str(self.weight) if self.weight else "",
            f"class {self.freight_class}" if self.freight_class else "",
            f"NMFC {self.nmfc}" if self.nmfc else "",
            f"{plain(self.volume)} cu ft" if self.volume is not None else "",
            f"{plain(self.pieces)} pieces" if self.pieces is not None else "",
        )
        return ", ".join(part for part in parts if part)


class Shipment(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="shipment",
    tag_field="entity",
):
    """A freight shipment as one source describes it. Natural key: `shipment`."""

    shipment: str
    customer: str | None = None
    bill_to: Party | None = None
    mode: Mode | None = None
    carrier: str | None = None
    """SCAC."""
    status: str | None = None
    """`tendered`, `accepted`, `cancelled`; the journey itself is told by milestones."""
    freight_terms: str | None = None
    freight_class: str | None = None
    load: str | None = None
    weight: Weight | None = None
    pallets: Decimal | None = None
    pieces: Decimal | None = None
    volume: Decimal | None = None
    """Cubic feet."""
    spaces: Decimal | None = None
    """Places on the floor of the trailer; two pallets that are stacked take one."""
    linear_feet: Decimal | None = None
    """Feet of the trailer's length that it takes."""
    distance: Distance | None = None
    origin: Place | None = None
    destination: Place | None = None
    quoted: Money | None = None
    """What the customer was quoted for this shipment."""
    service: str | None = None
    """The service level that was sold, in the words of the tariff: `DTD`, `EXPEDITED`."""
    transit_days: Decimal | None = None
    """The days of transit that were sold."""
    origin_code: str | None = None
    """What a tariff calls the place of origin: a port, a terminal, a service area."""
    destination_code: str | None = None
    items: tuple[FreightItem, ...] = ()
    """What it consists of, where it is of several freight classes."""

    def __post_init__(self) -> None:
        """Refuse counts that nothing can have."""
        for name in ("pallets", "pieces", "volume", "spaces", "linear_feet", "transit_days"):
            if (value := getattr(self, name)) is not None:
                refuse_nonsense(name, value)


class Load(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="load",
    tag_field="entity",
):
    """A truck's trip with one or more shipments. Natural key: `load`."""

    load: str
    shipments: tuple[str, ...] = ()
    carrier: str | None = None
    distance: Distance | None = None


class StopType(StrEnum):
    """What happens at a stop."""

    PICKUP = "pickup"
    DELIVERY = "delivery"


class Stop(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="stop",
    tag_field="entity",
):
    """A stop of a shipment or load. Natural key: `stop` within its shipment or load.

    `appointment_early` to `appointment_late` is the agreed window; the moments that follow
    are what the truck did, `notified_at` among them: the driver reports ready to be handled.
    """

    stop: str
    shipment: str | None = None
    load: str | None = None
    stop_type: StopType | None = None
    place: Place | None = None
    appointment_early: Instant | None = None
    appointment_late: Instant | None = None
    arrived_at: Instant | None = None
    departed_at: Instant | None = None
    weight: Weight | None = None
    shipments: tuple[str, ...] = ()
    """The shipments handled here, where the stop belongs to a load."""
    notified_at: Instant | None = None


class MilestoneStatus(StrEnum):
    """What carriers report, in our words; partners' codes are mapped onto these."""

    TENDER_ACCEPTED = "tender_accepted"
    TENDER_DECLINED = "tender_declined"
    PICKUP_APPOINTMENT = "pickup_appointment"
    DELIVERY_APPOINTMENT = "delivery_appointment"
    ARRIVED_PICKUP = "arrived_pickup"
    LOADED = "loaded"
    PICKED_UP = "picked_up"
    EN_ROUTE = "en_route"
    ARRIVED_TERMINAL = "arrived_terminal"
    DEPARTED_TERMINAL = "departed_terminal"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ARRIVED_DELIVERY = "arrived_delivery"
    DELIVERED = "delivered"
    DEPARTED_DELIVERY = "departed_delivery"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    REFUSED = "refused"
    RETURNED = "returned"
    DAMAGED = "damaged"
    CANCELLED = "cancelled"
    DELAYED = "delayed"
    CUSTOMS = "customs"
    DISPATCHED = "dispatched"
    """The truck was sent to the first pickup."""
    NOTIFIED = "notified"
    """The driver told whoever handles the stop that the truck is ready."""
    CONTAINER_DISCHARGED = "container_discharged"
    CONTAINER_AVAILABLE = "container_available"
    GATE_OUT = "gate_out"
    GATE_IN = "gate_in"
    """The empty equipment came back."""
    RETURN_OPENED = "return_opened"
    """From then on the terminal takes the export container: its earliest return date."""
    CUSTOMS_HELD = "customs_held"
    CUSTOMS_RELEASED = "customs_released"
    OTHER = "other"
    UNMAPPED = "unmapped"
    """The partner's code map does not know the code."""


class Fault(StrEnum):
    """Whose doing a delay was; decides detention, layover and redelivery."""

    CARRIER = "carrier"
    CUSTOMER = "customer"
    NEUTRAL = "neutral"
    NONE = "none"
    UNMAPPED = "unmapped"


class Milestone(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="milestone",
    tag_field="entity",
):
    """Something a carrier reported; the moment is the fact's `occurred_at`.

    Natural key: status, stop and moment. `raw_status` and `raw_reason` are the partner's
    own codes, kept because maps are corrected later.
    """

    status: MilestoneStatus
    raw_status: str = ""
    fault: Fault = Fault.NONE
    raw_reason: str = ""
    shipment: str | None = None
    load: str | None = None
    stop: str | None = None
    place: Place | None = None
    equipment: str | None = None
    """The container or chassis, where it is about one."""


class Package(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="package",
    tag_field="entity",
):
    """A handling unit. Natural key: `package` (SSCC or tracking number); sizes in inches."""

    package: str
    weight: Weight | None = None
    length_in: Decimal | None = None
    width_in: Decimal | None = None
    height_in: Decimal | None = None
    shipment: str | None = None
    service: str | None = None
    """The carrier's service level, where it is told of the package."""
    residential: bool | None = None
    """Whether it goes to somebody's home, as the carrier has it."""
    tracking: str | None = None
    """The carrier's number, where `package` is another one."""
    status: Literal["voided"] | None = None
    """`voided` once its label was cancelled; another word for it is refused, or it would move."""

    def __post_init__(self) -> None:
        """Refuse sizes that nothing can have."""
        for name in ("length_in", "width_in", "height_in"):
            if (value := getattr(self, name)) is not None:
                refuse_nonsense(name, value)
