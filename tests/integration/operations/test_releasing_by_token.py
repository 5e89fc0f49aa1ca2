"""A release is claimed by the token of a decision: stale where money changed, and only there."""

from typing import Any

import msgspec
import pytest

from app.billing.events import RELEASE_CLAIMED, ReleaseClaimed
from app.billing.release_token import release_token, token_for
from app.errors import ConflictError, NotFoundError, RequestError, StaleDecisionError
from app.infrastructure.storage.rows import Release
from app.judgement.decision import Decision
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking.look_up import look_up_unit
from app.operations.releasing.claim_release import claim_by_token, claim_release
from app.operations.releasing.record_invoice import record_invoice
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock

Event = dict[str, Any]

HELD = {"exception": "M1", "exception_type": "manual_hold"}
HOLD = nw.event("exception", HELD, system="ops", references=nw.named("shipment", "N1"))
LIFTED = nw.event(
    "exception",
    {**HELD, "open": False},
    system="ops",
    id="lifted",
    time="2026-03-06T09:00:00-06:00",
    references=nw.named("shipment", "N1"),
)
ON_THE_WAY = nw.milestone("N1", "en_route", "2026-03-03T08:00:00-06:00")
SAME_CLASS = nw.shipment("N1", weight="1850", revision=1, id="weighed again")
HEAVIER = nw.shipment("N1", weight="2400", revision=1, id="weighed again")
PACKING_LIST = nw.event(
    "document",
    {"document": "PL-1", "document_type": "PACKING_LIST", "status": "accepted"},
    system="dms",
    references=nw.named("shipment", "N1"),
)
OTHER_WEEK = nw.event(
    "index_value",
    {
        "series": "EIA on-highway diesel",
        "region": "US",
        "published_on": "2026-02-09",
        "price": "3.500",
    },
    system="market",
    time="2026-02-09T16:00:00-05:00",
)


def billed_to(name: str) -> Event:
    event = nw.shipment("N1", revision=1, id=f"billed to {name}")
    event["data"]["shipment"]["bill_to"] = {"name": name}
    return event


def released(house: House) -> tuple[Decision, str]:
    """A unit that may go out, and its token."""
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decision = decide_unit(house, "N1").decision
    return decision, release_token(decision)


@pytest.mark.parametrize(
    "came",
    [ON_THE_WAY, SAME_CLASS, PACKING_LIST, OTHER_WEEK, nw.pod("N1", id="the paper again")],
    ids=[
        "one more status of the carrier",
        "a weight that is rated the same",
        "another paper",
        "diesel of another week",
        "the same paper again",
    ],
)
def test_what_came_since_and_changed_no_money_does_not_stand_in_the_way(
    house: House, came: Event
) -> None:
    decision, token = released(house)
    nw.record(house, came)
    now = decide_unit(house, "N1").decision

    release = claim_by_token(house, token)

    assert (release.decision_id, release.asked_decision_id) == (
        now.decision_id,
        decision.decision_id,
    )
    assert release.amount_minor == 35561


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (
            HOLD,
            {
                "verdict": "release -> hold",
                "fact exception": "new, from ops north, message exception-M1-2026-03-02T09:00:00"
                "-06:00: exception M1, exception type manual_hold",
            },
        ),
        (
            HEAVIER,
            {
                # 24 cwt x 49.39 = 1,185.36, less 70% = 355.61; fuel 20.0% = 71.12.
                "total": "355.61 USD -> 426.73 USD",
                "line linehaul": "296.34 USD -> 355.61 USD",
                "line fuel_surcharge": "59.27 USD -> 71.12 USD",
            },
        ),
        (
            billed_to("Acme Payables"),
            {"bill-to": "nobody named -> Acme Payables"},
        ),
    ],
    ids=["a hold", "a weight that is rated higher", "somebody else is to pay"],
)
def test_what_came_since_and_changed_money_makes_the_token_stale_and_is_told(
    house: House, came: Event, told: dict[str, str]
) -> None:
    _, token = released(house)
    nw.record(house, came)

    with pytest.raises(StaleDecisionError) as refused:
        claim_by_token(house, token)

    found = {str(each.place): each.what for each in refused.value.mistakes}
    assert told.items() <= found.items()
    assert any(place.startswith("fact ") for place in found)
    with house.database.reading("main") as store:
        assert store.releases.of_unit("shipment:N1") == ()


def test_a_stale_claim_is_told_the_token_of_the_decision_that_took_its_place(house: House) -> None:
    _, token = released(house)
    nw.record(house, HEAVIER)
    with pytest.raises(StaleDecisionError) as refused:
        claim_by_token(house, token)

    now = decide_unit(house, "N1").decision

    assert release_token(now) in str(refused.value)
    assert claim_by_token(house, release_token(now)).amount_minor == 42673


def test_a_hold_that_was_lifted_again_leaves_the_first_token_good(house: House) -> None:
    decision, token = released(house)
    nw.record(house, HOLD)
    with pytest.raises(StaleDecisionError):
        claim_by_token(house, token)
    nw.record(house, LIFTED)
    assert claim_by_token(house, token).asked_decision_id == decision.decision_id


def test_the_same_token_again_is_the_same_release_and_then_has_its_invoice(
    house: House, clock: SetClock
) -> None:
    _, token = released(house)
    first = claim_by_token(house, token)
    nw.record(house, HEAVIER, HOLD)
    clock.forward(48)
    assert claim_by_token(house, token) == first
    record_invoice(house, first.release_id, number="INV-7", system="tryton")
    assert claim_by_token(house, token) == msgspec.structs.replace(first, invoice_number="INV-7")
    known = look_up_unit(house, "N1")
    assert (known.release_id, known.invoice_number) == (first.release_id, "INV-7")
    assert known.release_token == ""


def test_a_replay_of_an_older_token_is_the_same_release(house: House) -> None:
    _, token = released(house)
    nw.record(house, ON_THE_WAY)
    first = claim_by_token(house, token)
    nw.record(house, PACKING_LIST)
    assert claim_by_token(house, token) == first
    assert claim_release(house, first.asked_decision_id) == first


def test_of_two_tokens_of_a_unit_one_claims_and_the_other_is_told_who(house: House) -> None:
    _, early = released(house)
    nw.record(house, ON_THE_WAY)
    late = release_token(decide_unit(house, "N1").decision)
    first = claim_by_token(house, late)
    with pytest.raises(ConflictError, match="was released before, to test at 2026-04-01") as told:
        claim_by_token(house, early)
    assert first.release_id in str(told.value)


def test_the_release_is_named_after_what_is_billed_and_not_after_who_asks(
    house: House, clock: SetClock
) -> None:
    """The same money under another decision and in another installation is the same reference."""
    _, token = released(house)
    nw.record(house, ON_THE_WAY, PACKING_LIST)
    clock.forward(5)
    release = claim_by_token(house, token)
    assert release.release_id == (
        "5fc21efdcaeeb7d1725b06f1cd0c5c03659551b5396a93a0b9c909ac535ffbc0"
    )


def test_a_token_is_bound_to_its_decision_unit_and_tenant(house: House) -> None:
    decision, token = released(house)
    foreign = token_for("elsewhere", decision.unit, decision.decision_id)
    for wrong in (foreign, token_for("main", "shipment:N2", decision.decision_id)):
        assert wrong != token
        with pytest.raises(NotFoundError, match="no such release token"):
            claim_by_token(house, wrong)
    with pytest.raises(NotFoundError, match="no such release token"):
        claim_by_token(house, token_for("main", decision.unit, "0" * 64))
    for text in ("", "x", decision.decision_id, f"{token} ", token.upper()):
        with pytest.raises(RequestError, match=r"\$\.token"):
            claim_by_token(house, text)


def test_a_hold_has_no_token(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    decision = decide_unit(house, "N1").decision
    assert release_token(decision) == ""
    assert look_up_unit(house, "N1").release_token == ""
    with pytest.raises(ConflictError, match="nothing to release"):
        claim_by_token(house, token_for("main", decision.unit, decision.decision_id))


def test_a_changed_decision_is_told_with_its_token(house: House) -> None:
    decision, token = released(house)
    with house.database.reading("main") as store:
        told = [msgspec.json.decode(each.body) for each in store.outbox.about(decision.unit)]
    assert [each["token"] for each in told] == [token]
    assert look_up_unit(house, "N1").release_token == token


def test_a_claim_is_told_in_its_own_transaction_with_the_whole_invoice(house: House) -> None:
    decision, token = released(house)
    release = claim_by_token(house, token)
    claim_by_token(house, token)

    (event,) = claims_told(house, decision.unit)

    assert (event.release_id, event.token, event.kind) == (release.release_id, token, "final")
    assert event.correlation_id == release.correlation_id != ""
    invoice = event.invoice
    assert invoice.reference == release.release_id
    assert str(invoice.total) == "355.61 USD"
    assert [(line.key, str(line.amount)) for line in invoice.lines] == [
        ("linehaul", "296.34 USD"),
        ("fuel_surcharge", "59.27 USD"),
    ]
    assert invoice.references == (
        ("shipment", "N1"),
        ("order", "O-N1"),
        ("customer_po", "PO-N1"),
    )


def test_a_claim_that_is_refused_tells_nothing(house: House) -> None:
    decision, token = released(house)
    nw.record(house, HOLD)
    with pytest.raises(StaleDecisionError):
        claim_by_token(house, token)
    assert claims_told(house, decision.unit) == []


def test_a_provisional_claim_is_a_provisional_invoice_that_runs_out(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    decision = decide_unit(house, "N1").decision
    release: Release = claim_by_token(house, release_token(decision))
    (event,) = claims_told(house, decision.unit)
    assert (event.kind, event.invoice.kind) == ("provisional", "provisional")
    assert event.expires_at == release.expires_at


def test_the_paper_that_a_provisional_decision_waited_for_makes_its_token_stale(
    house: House,
) -> None:
    """What would be billed is another kind of invoice, although it comes to the same."""
    nw.record(house, *nw.moved("N1"))
    token = release_token(decide_unit(house, "N1").decision)
    nw.record(house, nw.pod("N1"))
    with pytest.raises(StaleDecisionError) as refused:
        claim_by_token(house, token)
    found = {str(each.place): each.what for each in refused.value.mistakes}
    assert found["verdict"] == "provisional -> release"
    assert found["provisional terms"].endswith("-> none")


def claims_told(house: House, unit: str) -> list[ReleaseClaimed]:
    with house.database.reading("main") as store:
        events = [each for each in store.outbox.about(unit) if each.type == RELEASE_CLAIMED]
    return [msgspec.json.decode(each.body, type=ReleaseClaimed) for each in events]
