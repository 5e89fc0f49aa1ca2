"""A partner whose payloads drift is seen, also where its messages are refused for it."""

import pytest

from app.entrypoints.working import watching_loops
from app.infrastructure.storage.rows import Finding
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import record_messages
from app.operations.receiving.watch_drift import FIRST_LOOK, Looks, watch_drift
from app.telemetry import REGISTRY
from tests.integration.operations import remapped
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.test_mapped_feeds import taught
from tests.unit.evidence.mapped_samples import PARTNER

COLUMNS = ["Movement", "Customer", "Item", "Quantity", "Unit", "Lot", "Reason", "Pallets"]
HEADER = ";".join([*COLUMNS, "Order", "Booked"])
MOVED = "BLUEWAVE;P-77;{quantity};case;L9;{reason};2;;03.03.2026 08:15"
CAME = Came(partner=PARTNER, feed="movements")


def moved(
    house: House,
    *numbers: int,
    header: str = HEADER,
    quantity: str = "48",
    reason: str = "GR",
    came: Came = CAME,
) -> None:
    """A file for each number, of one movement."""
    for number in numbers:
        row = f"M-{number};{MOVED.format(quantity=quantity, reason=reason)}"
        raw = f"{header}\n{row}\n".encode()
        record_messages(house, raw, f"{number}.csv", media="text/csv", came=came)


def reported(house: House, *numbers: int, code: str = "D1") -> None:
    """A 214 for each number."""
    for number in numbers:
        one = remapped.status(code, shipment=f"SHP-{number}")
        remapped.receive(house, remapped.interchange(one, number=number))


def findings(house: House) -> dict[str, str]:
    """What was found, and how: without its share of messages."""
    return {f"{each.code} {each.detail.split(':')[0]}": each.detail for each in stored(house)}


def stored(house: House) -> tuple[Finding, ...]:
    with house.database.reading(house.tenant) as store:
        return store.findings.latest(limit=100)


def metric(code: str) -> float:
    labels = {"partner": PARTNER, "feed": "movements", "code": code}
    return REGISTRY.get_sample_value("tollgate_drift_total", labels) or 0.0


@pytest.fixture
def warehouse(house: House) -> House:
    """A house in which a warehouse has sent fifty files, all alike."""
    moved(taught(house), *range(50))
    assert watch_drift(house, Looks()) == 0
    return house


def test_a_renamed_column_is_missing_under_one_name_and_new_under_the_other(
    warehouse: House,
) -> None:
    looks, before = Looks(), metric("NEW_FIELD")
    watch_drift(warehouse, looks)
    moved(warehouse, *range(50, 70), header=HEADER.replace("Quantity", "Qty"))

    assert watch_drift(warehouse, looks) == 2
    assert set(findings(warehouse)) == {
        "NEW_FIELD Qty, column",
        "MISSING_FIELD Quantity, column",
    }
    assert {(each.partner, each.feed) for each in stored(warehouse)} == {(PARTNER, "movements")}
    assert metric("NEW_FIELD") == before + 1
    assert watch_drift(warehouse, looks) == 0


def test_a_change_is_told_after_five_messages(warehouse: House) -> None:
    looks = Looks()
    watch_drift(warehouse, looks)
    for number in range(50, 54):
        moved(warehouse, number, quantity="48 cases")
        assert watch_drift(warehouse, looks) == 0
    moved(warehouse, 54, quantity="48 cases")
    assert watch_drift(warehouse, looks) == 1
    (told,) = findings(warehouse).values()
    assert told.startswith("Quantity, text: in 5 of 20 messages now, in 0 of 35 before;")


def test_a_code_that_no_map_knows_is_found_with_its_first_message(house: House) -> None:
    remapped.maps_say(house)
    reported(house, *range(1, 51))
    looks = Looks()
    assert watch_drift(house, looks) == 0
    reported(house, 51, code="Q9")
    reported(house, 52)
    assert watch_drift(house, looks) == 1
    (found,) = stored(house)
    assert (found.partner, found.feed, found.code) == ("bender", "", "NEW_CODE")
    assert found.detail.startswith("from BENDR: AT7-01, Q9: in 1 of 20 messages now, in 0 of 3")

    reported(house, 53, code="Q9")
    assert watch_drift(house, Looks()) == 0


def test_two_that_watch_find_it_once_and_one_that_begins_anew_finds_what_it_missed(
    warehouse: House,
) -> None:
    other = Looks()
    watch_drift(warehouse, other)
    moved(warehouse, *range(50, 70), quantity="48 cases")
    moved(warehouse, *range(70, 100))
    assert watch_drift(warehouse, Looks()) == 1
    assert watch_drift(warehouse, other) == 0
    assert len(stored(warehouse)) == 1


def test_a_flood_between_two_looks_does_not_hide_when_it_began(warehouse: House) -> None:
    looks = Looks()
    watch_drift(warehouse, looks)
    moved(warehouse, *range(50, 180), header=HEADER.replace("Quantity", "Qty"))
    assert watch_drift(warehouse, looks) == 2


def test_a_small_feed_is_left_alone(house: House) -> None:
    taught(house)
    moved(house, *range(29))
    moved(house, *range(29, 49), header=HEADER.replace("Quantity", "Qty"))
    assert watch_drift(house, Looks()) == 0
    assert stored(house) == ()


def test_a_feed_of_which_nothing_new_came_is_not_looked_at(
    warehouse: House, clock: SetClock
) -> None:
    moved(warehouse, *range(50, 70), quantity="48 cases")
    clock.forward(int(FIRST_LOOK.total_seconds() // 3600) + 1)
    looks = Looks()
    assert watch_drift(warehouse, looks) == 0
    moved(warehouse, 70)
    assert watch_drift(warehouse, looks) == 1


def test_replays_are_no_drift(warehouse: House) -> None:
    old = Came(partner=PARTNER, feed="movements", replay="backfill")
    moved(warehouse, *range(100, 130), header=HEADER.replace("Quantity", "Qty"), came=old)
    moved(warehouse, 50)
    assert watch_drift(warehouse, Looks()) == 0


def test_what_comes_by_no_feed_is_compared_with_what_the_same_sender_sent(house: House) -> None:
    reported(house, *range(1, 51))
    looks = Looks()
    watch_drift(house, looks)
    # Another sender of the same kind of message, with an element the first one leaves out.
    for number in range(51, 71):
        one = remapped.status(shipment=f"SHP-{number}")
        raw = remapped.interchange([*one[:5], "K1*WITH CARE", f"SE*7*{1:04}"], number=number)
        other = raw.replace(b"BENDR", b"OTHER")
        record_messages(house, other, "x.edi", media="application/edi-x12")
    assert watch_drift(house, looks) == 0


def test_a_process_that_works_watches_by_itself(warehouse: House) -> None:
    (loop,) = [each for each in watching_loops(warehouse) if each.name == "watching for drift"]
    assert loop.act() == 0
    moved(warehouse, *range(50, 70), quantity="48 cases")
    assert stored(warehouse) == ()
    assert loop.act() == 0
    assert set(findings(warehouse)) == {"RETYPED_FIELD Quantity, text"}
