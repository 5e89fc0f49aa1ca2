"""Every event becomes one sending for each destination that wants it, exactly once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.billing.destination import Destination
from app.operations.house import House
from app.operations.sending.fan_out import fan_out
from tests.integration.sending.told import counted, destination, tell

BILLING = destination("billing")
CLAIMS = destination("claims", events=("release.claimed", "decision.changed"))
HALCYON = destination("halcyon", customers=("HALCYON",))


def waiting(house: House) -> int:
    with house.database.writing(house.tenant) as store:
        return len(store.outbox.waiting(100))


def test_an_event_goes_to_every_destination_that_wants_its_type_and_its_customer(
    house: House,
) -> None:
    tell(house, "1", customer="HALCYON")
    tell(house, "2", customer="GLOBEX")
    tell(house, "3", customer="")
    tell(house, "4", event_type="release.claimed", customer="HALCYON")

    assert fan_out(house, [BILLING, CLAIMS, HALCYON]) == 4

    assert counted(house) == {
        ("acme/billing", "waiting"): 3,
        ("acme/claims", "waiting"): 4,
        ("acme/halcyon", "waiting"): 1,
    }
    assert waiting(house) == 0


def test_fanning_out_again_adds_nothing(house: House) -> None:
    tell(house, "1")

    assert fan_out(house, [BILLING]) == 1
    assert fan_out(house, [BILLING]) == 0

    assert counted(house) == {("acme/billing", "waiting"): 1}


def test_what_nobody_wants_is_not_kept_for_who_comes_later(house: House) -> None:
    tell(house, "1")

    assert fan_out(house, []) == 1

    assert waiting(house) == 0
    assert fan_out(house, [BILLING]) == 0
    assert counted(house) == {}


def test_at_most_so_many_events_are_fanned_out_the_oldest_first(house: House) -> None:
    tell(house, "1", "2", "3")

    assert fan_out(house, [BILLING], at_most=2) == 2

    with house.database.reading(house.tenant) as store:
        found = store.sendings.listed("waiting", at_most=10)
        assert [each.subject for each in found] == ["shipment:1", "shipment:2"]
    assert waiting(house) == 1


def test_several_who_fan_out_at_once_make_every_sending_once_and_in_order(house: House) -> None:
    tell(house, *map(str, range(60)))

    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: fan_out(house, [BILLING, CLAIMS], 7), range(12)))

    assert sum(done) == 60
    assert counted(house) == {("acme/billing", "waiting"): 60, ("acme/claims", "waiting"): 60}
    with house.database.reading(house.tenant) as store:
        found = store.sendings.listed("waiting", "acme/billing", at_most=100)
        assert [each.outbox_seq for each in found] == sorted(each.outbox_seq for each in found)


def test_what_fails_half_way_leaves_everything_to_be_fanned_out(house: House) -> None:
    class Broken(Destination, frozen=True, kw_only=True):
        def hears(self, event: str, customer: str = "", subject: str = "") -> bool:
            raise ZeroDivisionError(event, customer, subject)

    broken = Broken(partner="acme", name="broken", kind=BILLING.kind, events=())
    tell(house, "1")

    with pytest.raises(ZeroDivisionError):
        fan_out(house, [BILLING, broken])

    assert counted(house) == {}
    assert fan_out(house, [BILLING]) == 1
    assert counted(house) == {("acme/billing", "waiting"): 1}
