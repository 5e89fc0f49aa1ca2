"""What is so beyond a unit reaches its decision: months, feeds, and what was billed before."""

from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.releasing.claim_release import claim_release
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock


def holds(house: House, number: str) -> list[str]:
    return [hold.code for hold in decide_unit(house, number).decision.holds]


def month(closed: bool, system: str = "erp") -> dict[str, object]:
    said = {"accounting_period": "2026-03", "closed": closed}
    time = "2026-03-06T08:00:00-06:00" if closed else "2026-03-07T08:00:00-06:00"
    return nw.event("accounting_period", said, system=system, time=time, id=f"{system}-{closed}")


def feed(silent: bool) -> dict[str, object]:
    said = {"feed_status": "carrier ABFL", "silent": silent}
    time = "2026-03-03T08:00:00-06:00" if silent else "2026-03-03T12:00:00-06:00"
    return nw.event("feed_status", said, system="integration", time=time, id=f"feed-{silent}")


def test_a_month_that_finance_closed_holds_and_one_that_it_opened_again_does_not(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    assert holds(house, "N1") == []
    nw.record(house, month(closed=True))
    assert holds(house, "N1") == ["PERIOD_CLOSED"]
    nw.record(house, month(closed=False))
    assert holds(house, "N1") == []
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


def test_nobody_but_finance_closes_a_month(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    nw.record(house, month(closed=True, system="tms"))
    assert holds(house, "N1") == []


def test_a_silent_feed_holds_what_is_still_under_way(house: House) -> None:
    nw.record(house, *nw.moved("N1")[:-1])
    assert "SOURCE_DOWN" not in holds(house, "N1")
    nw.record(house, feed(silent=True))
    assert "SOURCE_DOWN" in holds(house, "N1")
    nw.record(house, feed(silent=False))
    assert "SOURCE_DOWN" not in holds(house, "N1")


def test_a_provisional_invoice_that_has_run_out_holds_at_the_next_word(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"))
    decision = decide_unit(house, "N1").decision
    assert decision.verdict == "provisional"
    release = claim_release(house, decision.decision_id)
    assert release.expires_at is not None
    assert "PROVISIONAL_EXPIRED" not in holds(house, "N1")
    clock.forward(15 * 24)
    said = nw.shipment("N1", revision=1, id="again", time=clock().isoformat())
    assert nw.record(house, said).counted("recorded") == 1
    assert "PROVISIONAL_EXPIRED" in holds(house, "N1")


def test_the_same_invoice_under_another_spelling_is_a_duplicate(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))

    def invoice(
        number: str, day: int, bill_type: str = "original", asks: str = "512.40"
    ) -> dict[str, object]:
        said = {
            "kind": "invoiced",
            "carrier": "ABFL",
            "number": number,
            "bill_type": bill_type,
            "total": {"amount": asks, "currency": "USD"},
        }
        return nw.event(
            "cost",
            said,
            system="carrier",
            id=number + bill_type + asks,
            time=f"2026-03-{day:02}T08:00:00-06:00",
            references=nw.named("shipment", "N1"),
        )

    nw.record(house, invoice("INV-000123", 6))
    assert holds(house, "N1") == []
    nw.record(house, invoice("123", 8, bill_type="balance_due"))
    assert holds(house, "N1") == []
    nw.record(house, invoice("inv 123", 27))
    assert holds(house, "N1") == []  # it asks for the same once more, and nobody has to look
    nw.record(house, invoice("Inv #123", 28, asks="512.41"))
    assert holds(house, "N1") == ["CARRIER_INVOICE_DUPLICATE"]
