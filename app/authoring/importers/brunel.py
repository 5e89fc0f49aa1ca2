"""A producer's freight rates and orders as Brunel University published them.

FreightRates.csv: air and ground rates by carrier, ports, service level and weight band, a
minimum and a rate a kilogram, money written as `$1,234.5 `. OrderList.csv: one shipment a line.
Orders of service level CRF are arranged by the customer and cost nothing here. The rates are
not dated; they are taken to count from the first day of the orders.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from app.authoring.importers.published import Files, Read, dollars, records, table
from app.evidence.correlation.authority import Authority
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.freight import Shipment
from app.evidence.facts.order import Order
from app.measures import Weight, WeightUnit

RATES, ORDERS = "FreightRates.csv", "OrderList.csv"
CUSTOMER = "BRUNEL"
BY_CUSTOMER = "CRF"
"""The service level of orders whose freight the customer arranges."""

KEYS = {
    "Carrier": "carrier",
    "Origin port": "origin_code",
    "Destination port": "destination_code",
    "Service level": "service",
}
TRANSIT = {"Transit days": "transit_days"}
NOBODY = Authority(owners=())


def card_of_brunel(read: Read, *, by_transit_days: bool, rounded: bool) -> Files:
    """card.yaml and its table, as contradictory as the rates were published.

    Args:
        read: the text of a published file.
        by_transit_days: whether the days of transit find a rate too.
        rounded: whether weights are brought to the two decimals of the bounds first.

    Raises:
        FileError: where a file is not as published.
    """
    keys = KEYS | TRANSIT if by_transit_days else KEYS
    since = min(order.ordered_on for order in orders_of_brunel(read))
    head = HEAD.format(
        customer=CUSTOMER,
        since=since.isoformat(),
        keys=", ".join(f"{name}: {attribute}" for name, attribute in keys.items()),
        rounded="        rounded: half up\n" if rounded else "",
    )
    columns = ("row", *KEYS, *TRANSIT, *BOUNDS) if by_transit_days else ("row", *KEYS, *BOUNDS)
    return {"card.yaml": head, "tables/freight.csv": table(columns, _rows(read, since, len(keys)))}


def _rows(read: Read, since: date, keys: int) -> Iterator[tuple[object, ...]]:
    """The published rates in their order; a row is numbered as its line is among the rates."""
    for at, row in enumerate(records(read, RATES, PUBLISHED), start=1):
        words = tuple(row[column] for column in PUBLISHED_KEYS[:keys])
        least, a_kilogram = (
            dollars(row[column], RATES, at + 1) for column in ("minimum cost", "rate")
        )
        bounds = row["minm_wgh_qty"], row["max_wgh_qty"]
        yield (at, *words, *bounds, least, a_kilogram, since, since, row["mode_dsc"])


class BrunelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the order list."""

    number: str
    line: int
    ordered_on: date
    by_customer: bool
    """Whether the customer arranges the freight."""
    shipment: Shipment

    def unit(self) -> BillableUnit:
        """The order as a unit that can be priced."""
        at = datetime(self.ordered_on.year, self.ordered_on.month, self.ordered_on.day, tzinfo=UTC)
        said: tuple[Said, ...] = (self.shipment, Order(order=self.number, customer=CUSTOMER))
        facts = [_fact(each, self.line, position, at) for position, each in enumerate(said)]
        return unit_of(f"shipment:{self.number}", facts, NOBODY)


def _fact(said: Said, line: int, position: int, at: datetime) -> Fact:
    return identified(
        Fact(
            fact_id="",
            tenant="audit",
            actor="",
            source=Source(
                system="tms", instance=ORDERS, message_id=f"line {line}", position=position
            ),
            classifier=Classifier.ACTUAL,
            quality=Quality.MANUAL,
            occurred_at=at,
            recorded_at=at,
            said=said,
        )
    )


def orders_of_brunel(read: Read) -> Iterator[BrunelOrder]:
    """Every order of the list.

    Raises:
        FileError: where the file is not as published.
    """
    for line, row in enumerate(records(read, ORDERS, LISTED), start=2):
        month, day, year = row["Order Date"].split("/")
        yield BrunelOrder(
            number=row["Order ID"],
            line=line,
            ordered_on=date(2000 + int(year), int(month), int(day)),
            by_customer=row["Service Level"] == BY_CUSTOMER,
            shipment=Shipment(
                shipment=row["Order ID"],
                customer=CUSTOMER,
                carrier=row["Carrier"],
                service=row["Service Level"],
                origin_code=row["Origin Port"],
                destination_code=row["Destination Port"],
                transit_days=Decimal(row["TPT"]),
                weight=Weight(Decimal(row["Weight"]), WeightUnit.KG),
            ),
        )


PUBLISHED_KEYS = ("Carrier", "orig_port_cd", "dest_port_cd", "svc_cd", "tpt_day_cnt")
PUBLISHED = (*PUBLISHED_KEYS, "minm_wgh_qty", "max_wgh_qty", "minimum cost", "rate", "mode_dsc")
LISTED = (
    *("Order ID", "Order Date", "Origin Port", "Carrier", "TPT"),
    *("Service Level", "Destination Port", "Weight"),
)
BOUNDS = (
    *("weight from", "weight to", "minimum", "rate"),
    *("effective from", "known from", "note"),
)
HEAD = """\
name: Brunel freight rates
customer: {customer}
currency: USD
agreed in: Brunel University, supply chain logistics problem
effective: {since} onwards
rate date: order
charges:
  - charge: freight
    shape: banded
    description: Freight
    keys: {{{keys}}}
    bands:
      weight:
        of: weight
        unit: kg
        decimals: 2
        interval: both inclusive
{rounded}    rate is: per unit of weight
    rates: tables/freight.csv
"""
