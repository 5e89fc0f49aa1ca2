"""What a customer sees of a unit is named, and everything else stays inside."""

from datetime import date, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given

from app.evidence.facts.dispute import DisputeReason
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Load, Shipment
from app.evidence.facts.order import Order
from app.evidence.facts.reference import Reference, ReferenceKind
from app.explanation.rating_in_words import said_formula
from app.family.document import DocumentKind
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.pricing.rating.agreed_credits import METHOD as AGREED_CREDIT
from app.pricing.shapes import Shape
from app.reports.customer.charges import BY_CARD, NOT_SHOWN, working_for_customer
from app.reports.customer.references import references_of
from app.reports.customer.view import (
    INVOICES,
    REASONS,
    CustomerUnit,
    customer_unit,
    is_theirs,
)
from app.reports.customer.waits import CHECKED, HIDDEN, SHOWN, is_checked, wait_for
from tests.unit.explanation.made_units import drafts, northwind
from tests.unit.pricing.made_facts import fact
from tests.unit.reports.customer.poisoned import (
    BATCH_ON,
    CANARY,
    DECISIONS,
    SECRETS,
    credited,
    poisoned_charge,
    poisoned_decision,
    poisoned_hold,
    shared,
    taxed,
    usd,
)


def seen(decision: Decision, batch_on: date | None = BATCH_ON) -> CustomerUnit:
    return customer_unit(decision, references=(), is_complete=True, batch_on=batch_on)


def text_of(unit: CustomerUnit) -> str:
    return msgspec.json.encode(unit).decode()


@given(DECISIONS)
def test_no_decision_whatever_lets_a_secret_out(decision: Decision) -> None:
    told = text_of(seen(decision))
    assert not [each for each in SECRETS if each in told]


def test_every_hold_of_the_catalogue_is_classified_exactly_once() -> None:
    catalogue = {hold.code for hold in drafts().packs[0].holds}
    lists = (frozenset(SHOWN), CHECKED, HIDDEN)
    assert {code for each in lists for code in each} == catalogue
    assert sum(map(len, lists)) == len(catalogue)


def test_a_hold_that_nobody_has_classified_is_being_checked() -> None:
    assert is_checked("NEVER_HEARD_OF")
    assert wait_for("NEVER_HEARD_OF") is None
    unit = seen(poisoned_decision([poisoned_hold("NEVER_HEARD_OF")]))
    assert unit.checking
    assert unit.waits == ()


def test_every_method_of_every_shape_is_classified() -> None:
    of_shapes = {
        method
        for shape in get_args(Shape)
        for field in msgspec.structs.fields(shape)
        if field.name == "method"
        for method in get_args(field.type)
    }
    assert of_shapes | {AGREED_CREDIT} == BY_CARD | NOT_SHOWN
    assert not BY_CARD & NOT_SHOWN


def test_every_kind_of_invoice_and_reason_has_words() -> None:
    assert set(INVOICES) == set(DocumentKind)
    assert set(REASONS) == set(DisputeReason)


@pytest.mark.parametrize("code", sorted(HIDDEN))
def test_a_hidden_hold_looks_like_none(code: str) -> None:
    charges = [poisoned_charge("flat_1")]
    held = seen(poisoned_decision([poisoned_hold(code)], charges))
    assert held == seen(poisoned_decision([], charges, Verdict.RELEASE))


@pytest.mark.parametrize("code", sorted(CHECKED))
def test_what_is_ours_to_sort_out_is_only_checked(code: str) -> None:
    unit = seen(poisoned_decision([poisoned_hold(code)]))
    assert (unit.checking, unit.waits) == (True, ())
    assert unit == seen(poisoned_decision([poisoned_hold("NEVER_HEARD_OF")]))


def test_a_missing_proof_of_delivery_is_said_with_who_brings_it() -> None:
    unit = seen(poisoned_decision([poisoned_hold("POD_MISSING")]))
    assert [(each.what, each.whom) for each in unit.waits] == [
        ("the signed proof of delivery", "the carrier")
    ]
    assert unit.expected.endswith("close on 2026-03-13, once nothing is missing.")


def test_a_line_that_waits_says_which_it_is() -> None:
    charge = poisoned_charge("flat_1", code="liftgate")
    hold = poisoned_hold("ACCESSORIAL_UNAPPROVED", subject=f"charge:{charge.key}", on_line=True)
    unit = seen(poisoned_decision([hold], [poisoned_charge("flat_1"), charge]))
    assert [each.about for each in unit.waits] == ["Our liftgate"]
    assert [each.waits for each in unit.charges] == [False, True]


def test_a_paper_that_nobody_knows_is_only_a_document() -> None:
    known = wait_for("DOC_SET_INCOMPLETE", "required_document:LUMPER_RECEIPT")
    other = wait_for("DOC_SET_INCOMPLETE", f"required_document:{CANARY}")
    assert known is not None
    assert other is not None
    assert known.what == "the lumper receipt"
    assert other.what == "a document that your contract asks for"


def test_the_total_is_what_the_shown_charges_come_to() -> None:
    unit = seen(poisoned_decision([], [poisoned_charge("flat_1"), taxed()]))
    assert unit.total == usd("614.88")


def test_nothing_without_a_price_has_a_total() -> None:
    assert seen(poisoned_decision()).total is None


def test_without_a_batch_that_is_still_open_no_day_is_promised() -> None:
    unit = seen(poisoned_decision(verdict=Verdict.RELEASE), None)
    assert unit.expected == "It is expected with the next invoices."


def test_the_working_of_the_customers_own_card_is_said_in_words() -> None:
    charge = poisoned_charge("cwt_deficit_on_net_1")
    assert working_for_customer(charge, [charge]) == said_formula("20.00 cwt x 25.62 = 512.40")


@pytest.mark.parametrize(
    "charge",
    [
        poisoned_charge("cost_plus_1"),
        poisoned_charge("method_of_next_year_1"),
        shared(),
        credited(),
        poisoned_charge("flat_1", of_dispute="D-1"),
    ],
)
def test_what_may_tell_a_cost_or_of_others_has_no_working(charge: object) -> None:
    decision = poisoned_decision([], [charge])  # type: ignore[list-item]
    assert [each.working for each in seen(decision).charges] == [()]


def test_what_is_taken_of_a_cost_has_no_working_however_many_steps_away() -> None:
    cost = poisoned_charge("cost_plus_1", code="freight")
    fee = poisoned_charge("percentage_1", code="fee", formula="12% of freight 28,000.00 = 3,360.00")
    fuel = poisoned_charge("fuel_1", code="fuel", formula="20% of fee 3,360.00 = 672.00")
    lift = poisoned_charge("flat_1", code="liftgate", formula="1 x 75.00 = 75.00")
    unit = seen(poisoned_decision([], [lift, fuel, fee, cost]))
    assert [bool(each.working) for each in unit.charges] == [True, False, False, False]


def test_a_credit_that_is_not_approved_is_promised_to_nobody() -> None:
    charges = [poisoned_charge("flat_1"), credited()]
    agreed = seen(poisoned_decision([], charges))
    asked = seen(poisoned_decision([poisoned_hold("DISPUTE_CREDIT_UNAPPROVED")], charges))
    assert agreed.total == usd("492.40")
    assert asked.total == usd("512.40")


def test_of_what_was_billed_nothing_pends() -> None:
    unit = seen(
        poisoned_decision(
            [poisoned_hold("ADJUSTMENT_UNAPPROVED")],
            [poisoned_charge("flat_1")],
            billed_before=usd("500.00"),
        )
    )
    assert (unit.charges, unit.total, unit.expected) == ((), None, "")
    assert unit.says == "It was billed."


def test_a_unit_is_its_customers_and_nobody_elses() -> None:
    decision = poisoned_decision()
    assert is_theirs(decision, "NORTHWIND")
    assert not is_theirs(decision, "KESTREL")
    assert not is_theirs(poisoned_decision(customer=""), "")


@pytest.mark.parametrize(
    ("code", "subject"), [("SOURCE_CONFLICT", "conflict:customer"), ("BILL_TO_UNRESOLVED", "")]
)
def test_a_unit_whose_customer_is_in_doubt_is_shown_to_nobody(code: str, subject: str) -> None:
    decision = poisoned_decision([poisoned_hold(code, subject=subject)])
    assert not is_theirs(decision, "NORTHWIND")


def test_two_sources_that_name_two_customers_leave_the_unit_to_neither() -> None:
    other = fact(Shipment(shipment="S-1", customer="KESTREL"), system="carrier")
    decision = northwind(other)[2]
    assert not is_theirs(decision, decision.customer)


def reference(kind: str, value: str) -> Reference:
    return Reference(kind=ReferenceKind(kind), value=value)


def record(said: Shipment | Order | Load, *references: Reference, system: str = "tms") -> Fact:
    return msgspec.structs.replace(
        fact(said, system=system), references=references, fact_id=f"{system}{said}"
    )


OWN = record(
    Shipment(shipment="S-1", customer="NORTHWIND"),
    reference("shipment", "S-1"),
    reference("order", "O-1"),
    reference("customer_po", "PO-1"),
    reference("load", "L-9"),
)


def numbers(*facts: Fact) -> list[str]:
    return [f"{n.what} {n.number}" for n in references_of("shipment:S1", "NORTHWIND", facts)]


def test_a_unit_is_known_by_the_numbers_of_its_own_records() -> None:
    order = record(Order(order="O-1"), reference("order", "O-1"), reference("customer_po", "PO-2"))
    assert numbers(OWN, order) == ["Order O-1", "Purchase order PO-1", "Purchase order PO-2"]


def test_the_record_of_a_load_names_other_customers_freight_and_is_left_alone() -> None:
    load = record(
        Load(load="L-9", shipments=("S-1", "S-2")),
        reference("shipment", "S-1"),
        reference("customer_po", CANARY),
        reference("bol", CANARY),
    )
    assert CANARY not in " ".join(numbers(OWN, load))


def test_records_of_other_freight_are_left_alone() -> None:
    others = [
        record(Shipment(shipment="S-2", customer="NORTHWIND"), reference("bol", CANARY)),
        record(Order(order="O-2"), reference("customer_po", CANARY)),
    ]
    assert CANARY not in " ".join(numbers(OWN, *others))


@pytest.mark.parametrize(
    "said", [Shipment(shipment="S-1", customer="KESTREL"), Order(order="O-1", customer="KESTREL")]
)
def test_a_record_that_gives_the_freight_to_somebody_else_tells_nothing(
    said: Shipment | Order,
) -> None:
    other = record(said, reference("customer_po", CANARY), system="oms")
    assert CANARY not in " ".join(numbers(OWN, other))


def test_a_record_that_its_source_has_corrected_tells_nothing() -> None:
    wrong = record(Shipment(shipment="S-1"), reference("customer_po", CANARY))
    right = msgspec.structs.replace(OWN, supersedes=wrong.fact_id)
    assert CANARY not in " ".join(numbers(right, wrong))


def following(*records: Fact) -> list[Fact]:
    """The records as one source told them, one after the other."""
    return [
        msgspec.structs.replace(
            each, fact_id=f"{at}", recorded_at=each.recorded_at + timedelta(minutes=at)
        )
        for at, each in enumerate(records)
    ]


def test_a_later_record_of_a_source_hides_no_number_of_an_earlier_one() -> None:
    later = record(Shipment(shipment="S-1"), reference("pro", "PRO-1"))
    assert numbers(*following(OWN, later)) == ["Order O-1", "PRO PRO-1", "Purchase order PO-1"]


def test_what_a_source_told_while_it_gave_the_freight_to_somebody_else_tells_nothing() -> None:
    theirs = record(Shipment(shipment="S-1", customer="KESTREL"), reference("bol", CANARY))
    between = record(Shipment(shipment="S-1"), reference("customer_po", CANARY))
    assert numbers(*following(theirs, between, OWN)) == ["Order O-1", "Purchase order PO-1"]


def test_a_record_without_a_customer_takes_nothing_back() -> None:
    theirs = record(Shipment(shipment="S-1", customer="KESTREL"), reference("bol", CANARY))
    bare = record(Shipment(shipment="S-1"), reference("customer_po", CANARY))
    assert numbers(*following(OWN, theirs, bare)) == []
