"""Which acts stand beside a hold, by hold and by who looks."""

import msgspec
import pytest

from app.access import Person, Role
from app.evidence.facts.money import Cost
from app.judgement.decision import Hold
from app.reports.unit.acts_offered import Offered, acts_offered
from app.reports.unit.unit_page import holds_shown
from tests.unit.explanation.made_units import LAST_WORD
from tests.unit.pricing import made_facts

WAIVABLE = ("POD_MISSING", "ACCESSORIAL_UNAPPROVED")
HOLD = Hold(
    code="POD_MISSING",
    says="",
    owner="carrier desk",
    waits_for="",
    way_out="",
    due_at=LAST_WORD,
    rule_id="POD-1",
)


def offered(role: Role, *costs: Cost, **hold: object) -> Offered:
    person = Person(name="Ann", role=role)
    return acts_offered(msgspec.structs.replace(HOLD, **hold), person, WAIVABLE, costs)


@pytest.mark.parametrize(
    ("code", "subject", "attach", "approve"),
    [
        ("POD_MISSING", "", "POD", ""),
        ("POD_UNSIGNED_OR_EXCEPTION", "document:P-1", "POD", ""),
        ("DOC_SET_INCOMPLETE", "required_document:LUMPER_RECEIPT", "LUMPER_RECEIPT", ""),
        ("ACCESSORIAL_UNSUPPORTED", "charge:detention/D-1", "EVIDENCE", ""),
        ("ACCESSORIAL_UNAPPROVED", "charge:liftgate/LG-1", "", "LG-1"),
        ("ADJUSTMENT_UNAPPROVED", "", "", "adjustment"),
        ("BILLING_RIGHT_EXPIRED", "charge:linehaul", "", "late billing of linehaul"),
        ("CARRIER_COST_VARIANCE", "", "", "cost variance"),
        ("RATE_NOT_FOUND", "", "", ""),
        ("DELIVERY_NOT_CONFIRMED", "", "", ""),
    ],
)
def test_only_what_ends_the_hold_is_offered(
    code: str, subject: str, attach: str, approve: str
) -> None:
    found = offered(Role.FINANCE, code=code, subject=subject)
    assert (found.attach, found.approve) == (attach, approve)
    assert found.assign


def test_what_somebody_may_not_do_is_not_offered() -> None:
    assert offered(Role.AUDIT) == Offered()
    assert offered(Role.OPERATIONS) == Offered(attach="POD", assign=True)
    assert offered(Role.FINANCE) == Offered(attach="POD", waive=True, assign=True)


@pytest.mark.parametrize(
    ("code", "subject", "approve"),
    [
        ("ACCESSORIAL_UNAPPROVED", "charge:liftgate/LG-1", "LG-1"),
        ("ACCESSORIAL_UNAPPROVED", "charge:liftgate/adjustment", ""),
        ("ACCESSORIAL_UNAPPROVED", "charge:liftgate/late billing of linehaul", ""),
        ("ADJUSTMENT_UNAPPROVED", "", ""),
        ("BILLING_RIGHT_EXPIRED", "charge:linehaul", ""),
        ("CARRIER_COST_VARIANCE", "", ""),
    ],
)
def test_operations_is_offered_to_approve_accessorials_and_nothing_that_is_finances(
    code: str, subject: str, approve: str
) -> None:
    assert offered(Role.OPERATIONS, code=code, subject=subject).approve == approve
    assert offered(Role.FINANCE, code=code, subject=subject).approve


def test_what_is_called_like_a_bill_is_offered_to_finance_and_like_a_credit_to_nobody() -> None:
    bill = made_facts.cost("ABFL", "LG-1", "90.00 USD", "invoiced").said
    assert isinstance(bill, Cost)
    line: dict[str, object] = {"code": "ACCESSORIAL_UNAPPROVED", "subject": "charge:liftgate/lg-1"}
    assert offered(Role.OPERATIONS, **line).approve == "lg-1"
    assert offered(Role.OPERATIONS, bill, **line).approve == ""
    assert offered(Role.FINANCE, bill, **line).approve == "lg-1"
    line["subject"] = "charge:liftgate/dispute D-17"
    assert offered(Role.FINANCE, **line).approve == ""


def test_what_the_catalogue_never_waives_is_not_offered_to_be_waived() -> None:
    assert not offered(Role.FINANCE, code="RATE_NOT_FOUND").waive
    assert not offered(Role.FINANCE, rule_id="").waive, "the service placed it"
    assert not offered(Role.FINANCE, blocks=False).waive, "it only warns"


def test_a_hold_that_a_person_waived_can_be_made_to_stand_again_and_nothing_else() -> None:
    waived = ("waiver W-1", "waiver W-2")
    assert offered(Role.FINANCE, waived_by=waived) == Offered(take_back=("W-1", "W-2"))
    assert offered(Role.OPERATIONS, waived_by=waived) == Offered()


def test_a_hold_that_a_policy_waives_for_now_still_waits_for_its_paper() -> None:
    assert offered(Role.FINANCE, waived_by=("NW-PRV-1",)) == Offered(
        attach="POD", waive=True, assign=True
    )


def test_two_holds_alike_have_places_of_their_own_and_those_that_stop_come_first() -> None:
    warns = msgspec.structs.replace(HOLD, code="CUTOFF_MISSED", blocks=False)
    other = msgspec.structs.replace(HOLD, rule_id="POD-2")
    line = msgspec.structs.replace(HOLD, subject="charge:liftgate/LG-1")
    person = Person(name="Ann", role=Role.FINANCE)
    shown = holds_shown((warns, HOLD, other, line), person, (), {("POD_MISSING", ""): "Bo"}, (), ())
    assert [each.anchor for each in shown] == [
        "hold-POD_MISSING",
        "hold-POD_MISSING-2",
        "hold-POD_MISSING-charge-liftgate-LG-1",
        "hold-CUTOFF_MISSED",
    ]
    assert [each.assigned_to for each in shown] == ["Bo", "Bo", "", ""]
