"""What a word on a dispute has to say, and what it must not, with the place of the mistake."""

import json
from typing import Any

import pytest

from app.evidence.facts.dispute import Dispute
from app.evidence.intake.canonical import read_event
from app.evidence.intake.received import Received

CLAIM = {
    "dispute": "D-17",
    "charge": "detention",
    "subject": "DT-1",
    "shipment": "S1",
    "reason": "accessorial_not_ordered",
    "amount": {"amount": "60.00", "currency": "USD"},
    "state": "opened",
}
CREDITED = {
    "state": "resolved",
    "outcome": "credited",
    "granted": {"amount": "40.00", "currency": "USD"},
    "resolved_by": "J. Doe",
    "authority": "billing_manager",
}


def read(**changes: Any) -> Received:
    said = {key: value for key, value in {**CLAIM, **changes}.items() if value is not None}
    event = {
        "specversion": "1.0",
        "id": "d-17/1",
        "source": "/portal/northwind",
        "type": "tollgate.fact.dispute.v1",
        "time": "2026-03-10T09:00:00-06:00",
        "data": {
            "classifier": "actual",
            "occurred_at": "2026-03-10T09:00:00-06:00",
            "dispute": said,
        },
    }
    return read_event(json.loads(json.dumps(event)), "$", "d.json", "t", "a")


def test_a_dispute_is_read_and_leads_to_the_unit_of_its_line() -> None:
    (fact,) = read(**CREDITED, invoice="INV-1").facts
    assert isinstance(fact.said, Dispute)
    assert (fact.entity, fact.said.line) == ("dispute", "detention/DT-1")
    assert [str(reference) for reference in fact.references] == ["shipment S1"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shipment": None}, "names the one shipment, order or storage period"),
        ({"shipment": None, "invoice": "INV-1"}, "the number of an invoice does not lead to it"),
        ({"order": "O1"}, "names the one shipment, order or storage period"),
        ({"charge": ""}, "names the charge of its line"),
        ({"reason": "because"}, "rate"),
        ({"reason": "other"}, "needs a text"),
        ({"amount": {"amount": "0.00", "currency": "USD"}}, "must be more than zero"),
        ({"amount": {"amount": "-1.00", "currency": "USD"}}, "must be more than zero"),
        ({"amount": {"amount": "1.005", "currency": "USD"}}, "fraction of the smallest coin"),
        ({"state": "resolved"}, "an outcome stands where a dispute is resolved"),
        ({"outcome": "rejected"}, "an outcome stands where a dispute is resolved"),
        ({**CREDITED, "granted": None}, "what is granted stands where a dispute is credited"),
        ({**CREDITED, "outcome": "rejected"}, "what is granted stands where"),
        ({**CREDITED, "granted": {"amount": "1.00", "currency": "CAD"}}, "nobody grants 1.00 CAD"),
        ({**CREDITED, "granted": {"amount": "0.00", "currency": "USD"}}, "more than zero"),
        ({**CREDITED, "resolved_by": " "}, "says so in `resolved_by` and `authority`"),
        ({**CREDITED, "authority": None}, "says so in `resolved_by` and `authority`"),
        ({"answered_at": "2026-03-10T10:00:00-06:00"}, "has not been answered"),
    ],
)
def test_what_nobody_can_act_on_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    received = read(**changes)
    assert not received.facts
    (fault,) = received.faults
    assert words in fault.detail
    assert fault.place.field.startswith("$.data.dispute")


def test_whoever_withdraws_its_own_dispute_needs_no_capacity() -> None:
    assert read(state="resolved", outcome="withdrawn").facts
