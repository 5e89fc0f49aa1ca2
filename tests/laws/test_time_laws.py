"""Laws of charges by time: minutes add up, later is never less, nothing is billed twice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.files.card_files import card_from
from app.pricing.lines.charge import Rated
from app.pricing.rating.rate import price
from app.pricing.told.equipment_days import (
    ClosedDay,
    Counting,
    Days,
    FirstDay,
    FreeTime,
    Held,
    days_out,
)
from app.pricing.told.stop_clock import minutes_between
from tests.unit.pricing import made_facts as made

LAW = settings(deadline=None)
"""A busy machine may be slow; that breaks no law of time."""

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(["America/Chicago", "America/Los_Angeles", "America/Phoenix", "UTC"])
MINUTES = st.integers(0, 400 * 1440)
SPANS = st.integers(0, 60 * 1440)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """A minute of a year, with the offset of some zone, changes of the clocks among them."""
    moment = NEW_YEAR + timedelta(minutes=draw(MINUTES))
    return moment.astimezone(ZoneInfo(draw(ZONES)))


@LAW
@given(moments(), SPANS, SPANS, ZONES)
def test_minutes_split_at_any_instant_add_up(
    begun: datetime, first: int, second: int, zone: str
) -> None:
    middle = (begun.astimezone(UTC) + timedelta(minutes=first)).astimezone(ZoneInfo(zone))
    ended = middle.astimezone(UTC) + timedelta(minutes=second)
    parts = minutes_between(begun, middle) + minutes_between(middle, ended)
    assert parts == minutes_between(begun, ended) == first + second


def closed_day(number: int, day: date, kind: str) -> ClosedDay:
    return ClosedDay(
        table="c.csv",
        line=number,
        row=str(number),
        effective_from=date(2026, 1, 1),
        known_from=date(2026, 1, 1),
        day=day,
        kind="closure" if kind == "closure" else "holiday",
    )


COUNTED: st.SearchStrategy[Days] = st.sampled_from(["calendar days", "business days"])
FIRST_DAYS: st.SearchStrategy[FirstDay] = st.sampled_from(["same day", "next day"])
COUNTING: st.SearchStrategy[Counting] = st.sampled_from(["local days", "each begun 24 hours"])


@st.composite
def terms(draw: st.DrawFn) -> FreeTime:
    days = draw(st.dictionaries(st.integers(0, 460), st.sampled_from(["closure", "holiday"])))
    holds = draw(st.lists(st.tuples(MINUTES, st.integers(0, 5 * 1440)), max_size=3))
    counting = draw(COUNTING)
    return FreeTime(
        zone=draw(ZONES),
        counting=counting,
        first_day=""
        if counting != "local days"
        else draw(st.sampled_from(["same day", "next day"])),
        free_days=draw(st.integers(0, 8)),
        free_counted=draw(COUNTED),
        charged_counted=draw(COUNTED),
        closed=tuple(
            closed_day(at, date(2026, 1, 1) + timedelta(days=at), kind)
            for at, kind in sorted(days.items())
        ),
        held=tuple(
            Held(NEW_YEAR + timedelta(minutes=at), NEW_YEAR + timedelta(minutes=at + length))
            for at, length in holds
        ),
    )


@LAW
@given(moments(), SPANS, SPANS, terms())
def test_a_later_in_gate_only_adds_days(
    begun: datetime, stood: int, longer: int, agreed: FreeTime
) -> None:
    known_on = date(2026, 12, 31)
    early = days_out(begun, _later(begun, stood), agreed, known_on)
    late = days_out(begun, _later(begun, stood + longer), agreed, known_on)
    assert late[: len(early)] == early
    free = [day for day in late if day.is_a == "free"]
    assert len(free) <= agreed.free_days
    if any(day.is_a == "charged" for day in late):
        assert len(free) == agreed.free_days


def _later(begun: datetime, minutes: int) -> datetime:
    return begun.astimezone(UTC) + timedelta(minutes=minutes)


@LAW
@given(moments(), SPANS, terms())
def test_no_day_that_stops_the_clock_is_charged(
    begun: datetime, stood: int, agreed: FreeTime
) -> None:
    closures = {row.day for row in agreed.closed if row.kind == "closure"}
    days = days_out(begun, _later(begun, stood), agreed, date(2026, 12, 31))
    for day in days:
        assert day.is_a == "not counted" or day.day not in closures
        assert (day.is_a == "not counted") == bool(day.why)


CARD = """\
name: Laws
customer: TEST
currency: USD
agreed in: a test
effective: 2025-01-01 onwards
rate date: pickup
charges:
  - charge: detention
    shape: detention
    clock starts: arrival
    free minutes: 0
    increment minutes: 1
    counted: exactly
    layover after hours: 12
    rates: d.csv
  - {charge: layover, shape: layover, clock starts: arrival, after hours: 12,
     counted: each begun 24 hours, rates: l.csv}
"""
TABLE = "row,rate,effective from,known from\n1,1.00,2025-01-01,2025-01-01\n"
LAYOVER_CARD = card_from(
    "T", {"card.yaml": CARD, "d.csv": TABLE, "l.csv": TABLE.replace("1.00", "1000.00")}.__getitem__
)


def stayed(minutes: int) -> Rated:
    arrived = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
    stop = made.stop("2", arrived_at=arrived, departed_at=arrived + timedelta(minutes=minutes))
    unit = made.unit("S1", made.shipment("S1"), made.picked_up(), stop)
    return price(unit, (), (), LAYOVER_CARD, date(2026, 12, 31))


@LAW
@given(SPANS)
def test_detention_and_layover_never_bill_a_minute_twice(minutes: int) -> None:
    rated = stayed(minutes)
    assert rated.unpriced == ()
    as_detention = rated.sum_of("detention").amount
    assert as_detention == min(minutes, 720)
    days = -(-max(minutes - 720, 0) // 1440)
    assert rated.sum_of("layover").amount == Decimal(1000) * days
