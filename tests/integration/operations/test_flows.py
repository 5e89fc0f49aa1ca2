"""A unit's way to money, step by step: what is done by what, and what the next step waits for."""

import msgspec
import pytest

from app.billing.release_token import release_token
from app.errors import NotFoundError, RequestError
from app.explanation.flows.stage import Flow, Stage
from app.infrastructure.storage.rows import Attempt, Release, Sending
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking.flows import FLOWS, unit_flows
from app.operations.releasing.claim_release import claim_by_token
from app.operations.releasing.record_invoice import record_invoice
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.test_releasing_by_token import HOLD, LIFTED


def only(house: House, flow: str) -> Flow:
    (found,) = unit_flows(house, "N1", flow).flows
    return found


def states(flow: Flow) -> dict[str, str]:
    return {stage.name: stage.state for stage in flow.stages}


def stage(house: House, flow: str, name: str) -> Stage:
    return next(each for each in only(house, flow).stages if each.name == name)


def claimed(house: House) -> Release:
    return claim_by_token(house, release_token(decide_unit(house, "N1").decision))


def owed(state: str, due: str, on: str = "2026-03-20") -> dict[str, object]:
    amount = {"amount": "355.61", "currency": "USD"}
    said = {
        "receivable": "INV-1",
        "state": state,
        "amount": amount,
        "amount_due": {**amount, "amount": due},
    }
    return nw.event("receivable", said, system="erp", id=state, time=f"{on}T12:00:00Z")


def test_from_the_order_until_it_is_delivered(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    flow = only(house, "order_to_ship")
    assert states(flow) == {
        "ordered": "waiting",
        "tendered": "ahead",
        "picked up": "ahead",
        "delivered": "ahead",
    }
    nw.record(house, nw.order("N1"), nw.milestone("N1", "picked_up", "2026-03-02T15:00:00-06:00"))
    waits = stage(house, "order_to_ship", "delivered")
    assert states(only(house, "order_to_ship")) == {
        "ordered": "done",
        # Nobody told of a tender, and yet it was picked up.
        "tendered": "passed_over",
        "picked up": "done",
        "delivered": "waiting",
    }
    assert (waits.waits_for, waits.owner) == (
        "an actual delivery milestone (214 D1)",
        "carrier desk",
    )
    assert waits.since is not None
    assert waits.since.isoformat() == "2026-03-02T15:00:00-06:00"


def test_from_the_delivery_until_it_is_paid(house: House, clock: SetClock) -> None:
    nw.record(house, *nw.moved("N1"))
    expected = {
        "picked up": "done",
        "delivered": "done",
        "proof": "waiting",
        "rated": "ahead",
        "decided": "ahead",
        "released": "ahead",
        "invoiced": "ahead",
        "paid": "ahead",
    }
    assert states(only(house, "ship_to_invoice")) == expected
    nw.record(house, nw.pod("N1"))
    decide_unit(house, "N1")
    expected |= {"proof": "done", "rated": "done", "decided": "done", "released": "waiting"}
    assert states(only(house, "ship_to_invoice")) == expected
    clock.forward(1)
    release = claimed(house)
    waits = stage(house, "ship_to_invoice", "invoiced")
    assert (waits.state, waits.owner, waits.since) == ("waiting", "billing", clock.moment)
    record_invoice(house, release.release_id, number="INV-1", system="north")
    expected |= {"released": "done", "invoiced": "done", "paid": "waiting"}
    assert states(only(house, "ship_to_invoice")) == expected
    nw.record(house, owed("posted", "100.00"))
    waits = stage(house, "ship_to_invoice", "paid")
    assert waits.waits_for == "100.00 USD of 355.61 USD still due"
    nw.record(house, owed("paid", "0.00", on="2026-03-28"))
    paid = stage(house, "ship_to_invoice", "paid")
    assert (paid.state, paid.acts[0].says) == ("done", "paid, 0.00 USD of 355.61 USD due")


def test_a_hold_waits_at_its_own_step_with_its_owner_and_deadline(house: House) -> None:
    nw.record(house, *[each for each in nw.moved("N1") if each["id"] != "N1-delivered"])
    decision = decide_unit(house, "N1").decision
    hold = next(each for each in decision.holds if each.code == "DELIVERY_NOT_CONFIRMED")
    waits = stage(house, "ship_to_invoice", "delivered")
    assert waits.state == "waiting"
    assert waits.waits_for == f"DELIVERY_NOT_CONFIRMED: {hold.waits_for}"
    assert (waits.owner, waits.due_at) == (hold.owner, hold.due_at)
    decided = stage(house, "ship_to_invoice", "decided")
    assert decided.state == "waiting"
    for each in decision.holds:
        assert not each.blocks or each.code in decided.waits_for


def test_every_step_names_what_did_it_and_in_which_affair(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    release = claimed(house)
    record_invoice(house, release.release_id, number="INV-1", system="north")
    told = unit_flows(house, "N1")
    acts = [act for flow in told.flows for each in flow.stages for act in each.acts]
    assert {act.kind for act in acts} == {"fact", "decision", "release", "invoice"}
    assert all(act.correlation_id for act in acts)
    assert set(told.correlation_ids) == {act.correlation_id for act in acts}
    (released,) = stage(house, "ship_to_invoice", "released").acts
    assert (released.id, released.by) == (release.release_id, "test")
    picked_up = stage(house, "ship_to_invoice", "picked up").acts[0]
    assert picked_up.by == "carrier north, message N1-picked_up"


def test_an_invoice_on_its_way_says_to_whom_and_why_it_has_not_arrived(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    release = claimed(house)
    with house.database.writing("main") as store:
        (event,) = [e for e in store.outbox.waiting(9) if e.type == "release.claimed"]
        going = Sending(
            outbox_seq=event.seq,
            destination="acme/erp",
            subject=event.subject,
            next_at=house.now(),
        )
        store.sendings.add([going])
    waits = stage(house, "ship_to_invoice", "invoiced")
    assert waits.waits_for == "the number of its invoice: to acme/erp waiting"
    with house.database.writing("main") as store:
        (row,) = store.sendings.next("acme/erp", house.now(), 1)
        why = Attempt(
            sending_seq=row.seq,
            at=house.now(),
            outcome="failed",
            detail="the customer is not known",
            actor="test",
        )
        store.sendings.failed(row, why, None)
    waits = stage(house, "ship_to_invoice", "invoiced")
    assert waits.waits_for.endswith("to acme/erp dead after 1 attempts: the customer is not known")
    record_invoice(house, release.release_id, number="INV-1", system="acme/erp")
    done = stage(house, "ship_to_invoice", "invoiced")
    assert [(act.kind, act.by) for act in done.acts] == [
        ("sending", "acme/erp"),
        ("invoice", "test"),
    ]


def test_an_exception_that_was_settled_before_anything_was_billed_costs_nothing(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), HOLD)
    decide_unit(house, "N1")
    flow = only(house, "exception_to_credit")
    assert (flow.subject, states(flow)) == (
        "M1",
        {
            "exception": "done",
            "held": "done",
            "resolved": "waiting",
            "credited": "not_needed",
        },
    )
    waits = stage(house, "exception_to_credit", "resolved")
    assert waits.waits_for.startswith("MANUAL_HOLD: ")
    nw.record(house, LIFTED)
    decide_unit(house, "N1")
    assert states(only(house, "exception_to_credit")) == {
        "exception": "done",
        "held": "done",
        "resolved": "done",
        "credited": "not_needed",
    }


def test_an_exception_after_the_invoice_waits_for_its_credit_until_the_invoice_is_cancelled(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    release = claimed(house)
    record_invoice(house, release.release_id, number="INV-1", system="north")
    later = {**HOLD, "id": "late", "time": "2026-03-30T09:00:00-06:00"}
    nw.record(house, later)
    decide_unit(house, "N1")
    assert states(only(house, "exception_to_credit"))["credited"] == "ahead"
    nw.record(house, owed("cancelled", "0.00"))
    credited = stage(house, "exception_to_credit", "credited")
    assert (credited.state, credited.acts[0].says) == (
        "done",
        "cancelled, 0.00 USD of 355.61 USD due",
    )
    assert stage(house, "ship_to_invoice", "decided").state == "done"
    assert stage(house, "ship_to_invoice", "paid").state == "not_needed"


def test_a_unit_without_exceptions_has_no_such_flow(house: House) -> None:
    nw.record(house, *nw.moved("N1"))
    assert unit_flows(house, "N1", "exception_to_credit").flows == ()
    assert [flow.flow for flow in unit_flows(house, "N1").flows] == [
        "order_to_ship",
        "ship_to_invoice",
    ]


def test_an_unknown_flow_and_an_unknown_number_are_refused(house: House) -> None:
    with pytest.raises(RequestError) as refused:
        unit_flows(house, "N1", "order_to_cash")
    (mistake,) = refused.value.mistakes
    assert mistake.allowed == ", ".join(FLOWS)
    with pytest.raises(NotFoundError):
        unit_flows(house, "N1")


def test_telling_a_flow_changes_nothing(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    decide_unit(house, "N1")
    first = unit_flows(house, "N1")
    assert unit_flows(house, "N1") == first
    assert msgspec.json.decode(msgspec.json.encode(first), type=type(first)) == first
