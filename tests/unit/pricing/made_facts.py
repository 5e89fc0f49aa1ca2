"""Facts made up in one line each, for units that are priced in tests."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from app.evidence.correlation.authority import Authority, Owner
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Package, Shipment, Stop
from app.evidence.facts.market import ExchangeRate, IndexValue
from app.evidence.facts.money import Accessorial, Cost, CostKind
from app.evidence.facts.party import Customer, Place
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment, WorkOrder
from app.measures import Distance, DistanceUnit, Weight, WeightUnit
from app.money import Money

KEEPERS = Authority(
    owners=(
        Owner(attribute="credit_status", systems=("erp",)),
        Owner(attribute="tax_determination", systems=("tax",)),
        Owner(attribute="dispute", systems=("customer", "erp")),
        Owner(attribute="dispute_resolution", systems=("billing", "erp")),
    )
)
PICKED_UP = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
SHIPPED_ON = date(2026, 3, 4)


def fact(
    said: Said,
    at: datetime = PICKED_UP,
    *,
    system: str = "tms",
    classifier: Classifier = Classifier.ACTUAL,
    revision: int = 0,
) -> Fact:
    return identified(
        Fact(
            fact_id="",
            tenant="demo",
            actor="test",
            source=Source(system=system, instance="one", message_id="m1"),
            classifier=classifier,
            quality=Quality.API,
            occurred_at=at,
            recorded_at=at,
            revision=revision,
            said=said,
        )
    )


def shipment(number: str, at: datetime = PICKED_UP, **values: Any) -> Fact:
    return fact(Shipment(shipment=number, **values), at)


def load(number: str, shipments: Iterable[str] = (), miles: str = "", by: str = "PC*MILER") -> Fact:
    distance = distance_of(miles, by) if miles else None
    return fact(Load(load=number, shipments=tuple(shipments), distance=distance))


def package(
    number: str,
    at: datetime = PICKED_UP,
    *,
    system: str = "wms",
    classifier: Classifier = Classifier.ACTUAL,
    size: str = "",
    **values: Any,
) -> Fact:
    """`size` is length, width and height in inches: `12.5 x 10.2 x 8.4`; `-` was not measured."""
    names = ("length_in", "width_in", "height_in")
    sides = zip(names, size.split(" x "), strict=True) if size else ()
    told: dict[str, Any] = {name: Decimal(side) for name, side in sides if side != "-"}
    said = Package(package=number, **told, **values)
    return fact(said, at, system=system, classifier=classifier)


def milestone(status: MilestoneStatus, at: datetime = PICKED_UP, **values: Any) -> Fact:
    return fact(Milestone(status=status, **values), at, system="carrier")


def picked_up(at: datetime = PICKED_UP) -> Fact:
    return milestone(MilestoneStatus.PICKED_UP, at)


def stop(number: str, **values: Any) -> Fact:
    return fact(Stop(stop=number, **values), system="carrier")


def claim(accessorial: str, charge: str, **values: Any) -> Fact:
    return fact(Accessorial(accessorial=accessorial, charge=charge, **values), system="carrier")


def cost(carrier: str, number: str, amount: str, kind: str, bill_type: str = "original") -> Fact:
    """`amount` is `600.00 USD`."""
    value, currency = amount.split()
    said = Cost(
        kind=CostKind(kind),
        carrier=carrier,
        number=number,
        bill_type=bill_type,
        total=Money(Decimal(value), currency),
    )
    return fact(said, system="carrier")


def diesel(published_on: date, price: str, revision: int = 0) -> Fact:
    return fact(
        IndexValue(
            series="EIA on-highway diesel",
            region="US",
            published_on=published_on,
            price=Decimal(price),
        ),
        datetime(published_on.year, published_on.month, published_on.day, 16, tzinfo=UTC),
        system="pricing",
        revision=revision,
    )


def customer(code: str, **values: Any) -> Fact:
    return fact(Customer(customer=code, **values), system="erp")


def exchange(pair: str, on: date, rate: str, rate_type: str, revision: int = 0) -> Fact:
    """`pair` is `CAD to USD`: so many US dollars for one Canadian."""
    base, quote = pair.split(" to ")
    return fact(
        ExchangeRate(base=base, quote=quote, rate_type=rate_type, on=on, rate=Decimal(rate)),
        datetime(on.year, on.month, on.day, 16, tzinfo=UTC),
        system="market",
        revision=revision,
    )


def ship_confirm(
    number: str,
    lines: Iterable[tuple[str, str, str]],
    *,
    shipped_on: date = SHIPPED_ON,
    cartons: str | None = None,
    pallets: str | None = "0",
) -> Fact:
    """Lines are item, shipped quantity and unit; one more than shipped was ordered of each."""
    return fact(
        WarehouseShipment(
            warehouse_shipment=number,
            status="shipped",
            shipped_on=shipped_on,
            cartons=Decimal(cartons) if cartons else None,
            pallets=Decimal(pallets) if pallets else None,
            lines=tuple(
                ShippedLine(
                    line=str(at),
                    item=item,
                    ordered=Decimal(shipped) + 1,
                    shipped=Decimal(shipped),
                    unit=unit,
                    disposition=Disposition.COMPLETE,
                )
                for at, (item, shipped, unit) in enumerate(lines, start=1)
            ),
        ),
        system="wms",
    )


def work(number: str, task: str, quantity: str, unit: str = "each", status: str = "done") -> Fact:
    return fact(
        WorkOrder(
            work_order=number, task=task, quantity=Decimal(quantity), unit=unit, status=status
        ),
        system="wms",
    )


def pounds(value: str) -> Weight:
    return Weight(Decimal(value), WeightUnit.LB)


def distance_of(miles: str, by: str = "PC*MILER") -> Distance:
    return Distance(Decimal(miles), DistanceUnit.MI, by)


def zone(offset: timedelta) -> timezone:
    return timezone(offset)


def place(text: str) -> Place:
    """`Atlanta GA 30301` or `Toronto ON, CA`: city, state, perhaps postal code and country."""
    text, _, country = text.partition(", ")
    words = text.split()
    code = words.pop() if words[-1][0].isdigit() else ""
    return Place(
        city=" ".join(words[:-1]), region=words[-1], postal_code=code, country=country or "US"
    )


def unit(number: str, *facts: Fact, kind: str = "shipment") -> BillableUnit:
    return unit_of(f"{kind}:{number}", facts, KEEPERS)
