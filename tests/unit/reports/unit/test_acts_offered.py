"""Which acts stand beside a hold, by hold and by who looks."""

import msgspec
import pytest

from app.access import Person, Role
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Accessorial, Cost
from app.evidence.facts.papers import Document, DocumentStatus
from app.judgement.decision import Hold
from app.reports.standing.missing_paper import missing_paper
from app.reports.unit.acts_offered import Offered, acts_offered
from app.reports.unit.unit_page import Around, holds_shown
from tests.unit.explanation.made_units import LAST_WORD, drafts, told
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


def paper(document: str, **more: bool) -> Fact:
    accepted = DocumentStatus.ACCEPTED
    said = Document(document=document, document_type="POD", status=accepted)
    return told(msgspec.structs.replace(said, **more), system="dms")


def claim(accessorial: str, *evidence: str) -> Fact:
    said = Accessorial(accessorial=accessorial, charge="detention", evidence=evidence)
    return told(said, system="carrier")


UNIT = unit_of(
    "shipment:S1",
    [
        paper("P-1", signed=False),
        paper("P-2", exceptions_noted=True),
        claim("D-1", "RCPT-1"),
        claim("D-2", "P-1"),
        claim("D-3"),
    ],
    drafts().authority,
)


def offered(role: Role, *costs: Cost, **hold: object) -> Offered:
    person = Person(name="Ann", role=role)
    about = msgspec.structs.replace(HOLD, **hold)
    missing = missing_paper(about.code, about.subject, UNIT)
    return acts_offered(about, person, WAIVABLE, costs, missing)


@pytest.mark.parametrize(
    ("code", "subject", "attach", "approve"),
    [
        ("POD_MISSING", "", "POD", ""),
        ("DOC_SET_INCOMPLETE", "required_document:LUMPER_RECEIPT", "LUMPER_RECEIPT", ""),
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


@pytest.mark.parametrize(
    ("code", "subject", "attach", "attach_as"),
    [
        ("POD_UNSIGNED_OR_EXCEPTION", "document:P-1", "POD", "P-1"),
        ("POD_UNSIGNED_OR_EXCEPTION", "document:P-2", "", ""),
        ("POD_UNSIGNED_OR_EXCEPTION", "document:P-3", "", ""),
        ("POD_UNSIGNED_OR_EXCEPTION", "", "", ""),
        ("ACCESSORIAL_UNSUPPORTED", "charge:detention/D-1", "EVIDENCE", "RCPT-1"),
        ("ACCESSORIAL_UNSUPPORTED", "charge:detention/D-2", "POD", "P-1"),
        ("ACCESSORIAL_UNSUPPORTED", "charge:detention/D-3", "", ""),
        ("ACCESSORIAL_UNSUPPORTED", "unpriced:detention/D-1#0", "", ""),
        ("DOC_SET_INCOMPLETE", "", "", ""),
    ],
)
def test_a_paper_is_offered_only_as_the_one_that_ends_the_hold(
    code: str, subject: str, attach: str, attach_as: str
) -> None:
    found = offered(Role.OPERATIONS, code=code, subject=subject)
    assert (found.attach, found.attach_as) == (attach, attach_as)


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
    assigned = {("POD_MISSING", ""): "Bo"}
    around = Around(unit=UNIT, waivable=(), permitted=True, assigned=assigned)
    shown = holds_shown((warns, HOLD, other, line), person, around)
    assert [each.anchor for each in shown] == [
        "hold-POD_MISSING",
        "hold-POD_MISSING-2",
        "hold-POD_MISSING-charge-liftgate-LG-1",
        "hold-CUTOFF_MISSED",
    ]
    assert [each.assigned_to for each in shown] == ["Bo", "Bo", "", ""]


def still(*holds: Hold, permitted: bool) -> list[tuple[str, ...]]:
    person = Person(name="Ann", role=Role.FINANCE)
    around = Around(unit=UNIT, waivable=WAIVABLE, permitted=permitted)
    shown = holds_shown(holds, person, around)
    return [each.still for each in shown]


def test_what_would_still_hold_it_is_said_of_each_hold() -> None:
    other = msgspec.structs.replace(HOLD, code="DELIVERY_NOT_CONFIRMED")
    warns = msgspec.structs.replace(HOLD, code="CUTOFF_MISSED", blocks=False)
    line = msgspec.structs.replace(
        HOLD, code="ACCESSORIAL_UNAPPROVED", subject="charge:liftgate/LG-1", on_line=True
    )
    assert still(HOLD, permitted=True) == [()]
    assert still(HOLD, permitted=False) == [("RELEASE_NOT_PERMITTED",)]
    assert still(HOLD, other, permitted=True) == [("DELIVERY_NOT_CONFIRMED",), ("POD_MISSING",)]
    assert still(HOLD, warns, permitted=True)[0] == ()
    assert still(HOLD, line, permitted=True) == [(), ("POD_MISSING",)]
    unsupported = msgspec.structs.replace(line, code="ACCESSORIAL_UNSUPPORTED")
    assert still(line, unsupported, permitted=True)[0] == ("ACCESSORIAL_UNSUPPORTED",)
    waived = msgspec.structs.replace(other, waived_by=("waiver W-1",))
    assert still(HOLD, waived, permitted=True)[0] == ()
