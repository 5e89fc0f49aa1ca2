"""Laws of what runs out: a later service never ends sooner, and a cut-off is never in the past."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from app.evidence.correlation.journey import Journey
from app.evidence.facts.freight import MilestoneStatus
from app.pricing.contract.contract import ClaimWindow, Contract
from app.pricing.contract.cutoffs import closes_at, cutoff_of, day_at_customer, next_cutoff
from app.pricing.contract.windows import InvoicingCalendar, Weekday
from app.pricing.right.clocks import Situation, right_of
from tests.unit.pricing.made_facts import milestone, shipment, unit
from tests.unit.pricing.test_billing_right import charge

LAW = settings(deadline=None)
START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(
    ["America/Chicago", "America/St_Johns", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
)
MINUTES = st.integers(0, 2 * 365 * 1440)


@st.composite
def calendars(draw: st.DrawFn) -> InvoicingCalendar:
    """Weekly or monthly, at any minute, with holidays one after the other now and then."""
    how = draw(st.sampled_from(["weekly", "monthly", "last"]))
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 365)))
    return InvoicingCalendar(
        time_zone=draw(ZONES),
        time_of_day=f"{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}",
        weekday=draw(st.sampled_from(Weekday)) if how == "weekly" else None,
        day_of_month=draw(st.integers(1, 31)) if how == "monthly" else None,
        last_working_day=how == "last",
        holidays=tuple(first + timedelta(days=n) for n in range(draw(st.integers(0, 12)))),
    )


@LAW
@given(calendars(), MINUTES)
def test_the_next_cut_off_is_never_before_the_moment_and_is_its_own_next(
    calendar: InvoicingCalendar, minutes: int
) -> None:
    moment = START + timedelta(minutes=minutes)
    following = next_cutoff(calendar, moment)
    assert following is not None
    assert following >= moment
    assert next_cutoff(calendar, following) == following
    assert day_at_customer(calendar, following) not in calendar.holidays


@LAW
@given(calendars(), MINUTES)
def test_the_day_of_a_cut_off_tells_its_moment(calendar: InvoicingCalendar, minutes: int) -> None:
    closing = cutoff_of(calendar, START + timedelta(minutes=minutes))
    assert closes_at(closing.date(), calendar, calendar.time_zone) == closing


@LAW
@given(calendars(), MINUTES, st.integers(0, 90 * 1440))
def test_what_is_served_later_belongs_to_no_earlier_cut_off(
    calendar: InvoicingCalendar, minutes: int, later: int
) -> None:
    moment = START + timedelta(minutes=minutes)
    assert cutoff_of(calendar, moment) <= cutoff_of(calendar, moment + timedelta(minutes=later))


@LAW
@given(MINUTES, st.integers(0, 400 * 1440), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_a_later_service_never_gives_an_earlier_last_day_and_one_window_more_no_later_one(
    minutes: int, later: int, windows: list[int]
) -> None:
    served = (START + timedelta(minutes=minutes)).astimezone(ZoneInfo("America/Chicago"))
    first, second = served, served + timedelta(minutes=later)
    assert last_day(first, windows) <= last_day(second, windows)
    assert last_day(first, windows) <= last_day(first, windows[1:] or windows)


def last_day(served: datetime, windows: list[int]) -> date:
    made = unit("S", shipment("S"), milestone(MilestoneStatus.DELIVERED, served))
    agreed = Contract(
        customer="C",
        name="",
        agreed_in="",
        currency="USD",
        effective_from=date(2026, 1, 1),
        claim_windows=tuple(ClaimWindow(charge="any", days=each, source="s") for each in windows),
    )
    right = right_of(charge(), Situation(unit=made, journey=Journey(made), contract=agreed))
    assert right is not None
    assert right.expires_on is not None
    return right.expires_on
