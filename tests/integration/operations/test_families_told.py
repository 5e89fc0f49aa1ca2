"""A unit that is billed, disputed and credited, as lists, flows and the story tell of it."""

from collections.abc import Sequence

from app.explanation.billed import billed_report, going_out_report, proofs_report
from app.explanation.story import story_report
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking.family import known_family
from app.operations.looking.flows import unit_flows
from app.operations.looking.story import unit_story
from app.operations.releasing.claim_release import claim_release
from app.operations.releasing.record_invoice import record_invoice
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock
from tests.integration.operations.test_disputes import dispute, granted
from tests.integration.operations.test_flows import owed, stage
from tests.integration.operations.test_releasing_by_token import HOLD, LIFTED


def billed(house: House, number: str = "") -> None:
    release = claim_release(house, decide_unit(house, "N1").decision.decision_id)
    if number:
        record_invoice(house, release.release_id, number=number, system="north")


def holds_all(lines: Sequence[str], *parts: str) -> None:
    text = "\n".join(lines)
    for part in parts:
        assert part in text, text


def test_before_anything_is_billed_there_is_no_family_and_no_story(house: House) -> None:
    nw.record(house, nw.shipment("N1"))
    known = known_family(house, "N1")
    assert (known.state, known.balance, known.documents, known.proposal) == (
        "unbilled",
        None,
        (),
        (),
    )
    assert known.decision_id == ""
    assert unit_story(house, "N1") == ()
    assert list(billed_report(())) == []


def test_a_credit_is_proposed_then_claimed_and_told_with_its_proof(
    house: House, clock: SetClock
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    billed(house, "INV-1")
    nw.record(house, dispute("10T09:00"), granted("12T09:00", "15.01"))
    clock.forward(1)
    decided = decide_unit(house, "N1")
    before = known_family(house, "N1")
    assert [(each.kind, str(each.total)) for each in before.proposal] == [("credit", "-15.01 USD")]
    assert before.release_token
    holds_all(
        list(going_out_report(decided.decision, before.documents)),
        "What goes out next",
        "credit: -15.01 USD; adjusts 1",
    )
    holds_all(
        list(proofs_report(decided.trace.proofs)),
        "the lines are the total: credit: (-15.01) = -15.01 USD",
        "what is billed then is what the unit comes to: 355.61 USD - 15.01 = 340.60 USD",
    )

    clock.forward(1)
    billed(house)
    after = known_family(house, "N1")
    assert (str(after.balance), after.proposal, after.release_token) == ("340.60 USD", (), "")
    holds_all(
        list(going_out_report(decided.decision, after.documents)),
        "all that was decided is claimed; ask for the next decision",
    )
    holds_all(
        list(billed_report(after.documents)),
        "1. final invoice INV-1",
        "2. credit, no number told yet",
        "balance 340.60 USD; the family is billed",
    )
    holds_all(
        list(story_report(unit_story(house, "N1"))),
        "dispute D-17 of fuel_surcharge is opened, 20.00 USD claimed, rate: the index is of",
        "is resolved, credited, 15.01 USD of 20.00 USD granted by J. Doe as billing_manager",
        "billed as 2: credit, no number told yet, -15.01 USD",
        "adjusts 1",
        "proved: what is billed then is what the unit comes to: 355.61 USD - 15.01 = 340.60 USD",
    )


def test_what_waits_is_told_as_waiting_and_has_no_token(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    billed(house, "INV-1")
    nw.record(house, dispute("10T09:00"), granted("12T09:00", "15.01"), HOLD)
    decision = decide_unit(house, "N1").decision
    known = known_family(house, "N1")
    assert (known.verdict, known.release_token) == ("hold", "")
    assert [each.kind for each in known.proposal] == ["credit"]
    holds_all(list(going_out_report(decision, known.documents)), "What waits to go out")


def test_every_document_has_a_number_and_is_paid_before_the_flow_is_through(house: House) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    billed(house, "INV-1")
    nw.record(house, HOLD, dispute("10T09:00"), granted("12T09:00", "15.01"))
    decide_unit(house, "N1")
    nw.record(house, LIFTED)
    billed(house)
    released = stage(house, "ship_to_invoice", "released")
    assert [act.says.split(",")[0] for act in released.acts] == ["final", "credit"]
    waits = stage(house, "ship_to_invoice", "invoiced")
    assert (waits.state, waits.waits_for) == ("waiting", "the number of its credit")

    reference = known_family(house, "N1").documents[-1].document.reference
    record_invoice(house, reference, number="CRN-1", system="north")
    assert stage(house, "ship_to_invoice", "invoiced").state == "done"
    credited = stage(house, "exception_to_credit", "credited")
    assert [act.kind for act in credited.acts] == ["release"]
    nw.record(house, owed("paid", "0.00"))
    assert stage(house, "ship_to_invoice", "paid").state == "done"
    assert unit_flows(house, "N1") == unit_flows(house, "N1")
