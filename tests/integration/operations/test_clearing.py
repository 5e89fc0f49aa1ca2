"""What people do about a unit that waits, on real databases: recorded once, decided, replayed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.access import Person, Role
from app.digest import digest
from app.errors import ConflictError, ForbiddenError, NotFoundError, RequestError
from app.evidence.correlation.assigned import assigned_to
from app.evidence.facts.money import Outcome
from app.evidence.facts.papers import Document
from app.evidence.intake.feed import Lane
from app.evidence.intake.paper import PAPER_MEDIA
from app.explanation.report import explanation_report
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.money import of_minor_units
from app.operations.clearing.approve_charge import approve_charge
from app.operations.clearing.assign_hold import assign_hold
from app.operations.clearing.attach_document import File, attach_document
from app.operations.clearing.desk import Acted, HoldNamed
from app.operations.clearing.take_back_waiver import take_back_waiver
from app.operations.clearing.waive_hold import waive_hold
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.drain_due import drain_due
from app.operations.deciding.gather_dossier import find_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.operations.looking.look_up import waiting_facts
from app.operations.looking.paper import attached_paper
from app.operations.looking.read_trace import stored_trace
from app.operations.looking.unit_page import unit_page
from app.operations.receiving.record_messages import kept_by
from app.operations.releasing.claim_release import claim_release
from app.reports.unit.unit_page import UnitPage
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import SetClock

OPS = Person(name="O. Perez", role=Role.OPERATIONS)
FINANCE = Person(name="F. Ito", role=Role.FINANCE)
AUDITOR = Person(name="A. Audit", role=Role.AUDIT)
SCAN = File(name=r"C:\scans\pod n2.pdf", media="application/pdf", raw=b"%PDF-1.7 signed")
UNIT = "shipment:N2"
POD = HoldNamed(code="POD_MISSING")
MOST = 1000


def dollars(amount: int) -> Any:
    return of_minor_units(amount * 100, "USD")


def held(house: House) -> Decision:
    """12,000 lb of Northwind's, above what goes out ahead of the proof of delivery."""
    nw.record(house, *nw.moved("N2", "12000"))
    decision = decide_unit(house, "N2").decision
    assert (decision.verdict, [h.code for h in decision.holds]) == (Verdict.HOLD, ["POD_MISSING"])
    return decision


def waived(house: House, form: str = "form-0001", **more: Any) -> Acted:
    more.setdefault("hold", "POD_MISSING")
    more.setdefault("reason", "the customer has seen it on the portal")
    return waive_hold(house, FINANCE, UNIT, form_id=form, **more)


def attached(house: House, form: str = "form-0001", **more: Any) -> Acted:
    said = {"document_type": "pod", "signed": True, "exceptions_noted": False, "file": SCAN, **more}
    return attach_document(house, OPS, UNIT, form_id=form, most_bytes=MOST, **said)


def all_replay(house: House) -> bool:
    return not [each for each in replay_decisions(house) if each.differs]


def test_a_unit_held_for_its_proof_of_delivery_is_released_when_a_person_attaches_it(
    house: House,
) -> None:
    held(house)
    acted = attached(house, signed_by=" J. Doe ")
    assert (acted.before, acted.after) == ("hold", "release")
    assert (acted.gone, acted.placed, acted.repeated) == ((POD,), (), False)
    with house.database.reading(house.tenant) as store:
        message = store.messages.last_reading("ops", "console", acted.message_id)
        first = store.messages.latest(limit=10)[-1]
        (fact,) = store.facts.of_message("ops", "console", acted.message_id)
    assert message is not None
    assert (message.actor, message.correlation_id) == (OPS.name, first.correlation_id)
    assert (fact.actor, fact.quality) == (OPS.name, "manual")
    assert all_replay(house)


def test_the_bytes_of_a_paper_are_kept_and_given_back_as_they_were_attached(house: House) -> None:
    held(house)
    attached(house)
    paper = attached_paper(house, AUDITOR, digest(SCAN.raw))
    assert (paper.name, paper.media, paper.raw) == ("pod n2.pdf", "application/pdf", SCAN.raw)
    customer = Person(name="C", role=Role.CUSTOMER, customer="NORTHWIND")
    with pytest.raises(ForbiddenError):
        attached_paper(house, customer, digest(SCAN.raw))


def test_what_a_partner_sent_is_no_paper_even_where_a_document_names_it(house: House) -> None:
    receipt = nw.record(house, *nw.moved("N2", "12000"))
    sent = receipt.delivery_id
    with pytest.raises(NotFoundError):
        attached_paper(house, OPS, sent)
    about = {"references": nw.named("shipment", "N2"), "system": "dms"}
    for media in PAPER_MEDIA:
        said = {"document": media, "document_type": "POD", "delivery_id": sent, "media": media}
        assert nw.record(house, nw.event("document", said, **about)).counted("recorded") == 1
        with pytest.raises(NotFoundError):
            attached_paper(house, OPS, sent)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"file": File(name="a.exe", media="application/pdf", raw=b"MZ")}, "does not begin like"),
        ({"file": File(name="a.html", media="text/html", raw=b"<p>")}, "and not text/html"),
        ({"file": File(name="a.txt", media="text/plain", raw=b"\xff")}, "none in UTF-8"),
        ({"file": File(name="a.txt", media="text/plain", raw=b"")}, "is empty"),
        ({"file": File(name="a.txt", media="text/plain", raw=b"a" * 1001)}, "1,001 bytes"),
        ({"document_type": " "}, "document_type: there is no document type given"),
        ({"document_type": "<b>"}, "nothing asks for a document of type '<B>'; allowed: POD, BOL"),
        ({"document_type": "LETTER"}, "nothing asks for a document of type 'LETTER'"),
        ({"file": None}, "file: there is no file, and nothing says where the paper is"),
        ({"file": None, "kept_at": " "}, "choose a file, or say where the paper is"),
        ({"document": "POD-N9"}, "document: the unit has no paper 'POD-N9'"),
        ({"note": "x" * 501}, "note: the text is longer than 500"),
    ],
)
def test_what_is_no_paper_is_refused_field_by_field_and_nothing_is_kept(
    house: House, more: dict[str, Any], says: str
) -> None:
    held(house)
    with pytest.raises(RequestError, match=says):
        attached(house, **more)
    with house.database.reading(house.tenant) as store:
        assert store.messages.counted() == {"recorded": 5}
        with pytest.raises(NotFoundError):
            store.messages.delivery(digest(SCAN.raw))


def test_a_paper_without_a_file_is_taken_once_it_is_said_where_it_is(house: House) -> None:
    held(house)
    acted = attached(house, file=None, kept_at="binder 12, page 3")
    assert acted.after == "release"
    with house.database.reading(house.tenant) as store:
        (fact,) = store.facts.of_message("ops", "console", acted.message_id)
    assert isinstance(fact.said, Document)
    assert fact.said.kept_at == "binder 12, page 3"


def proof(**more: bool) -> dict[str, Any]:
    """What the carrier's desk scanned."""
    said = {"document": "POD-N2", "document_type": "POD", "status": "accepted", "signed": True}
    about = {"references": nw.named("shipment", "N2"), "time": "2026-03-05T10:00:00-06:00"}
    return nw.event("document", {**said, "exceptions_noted": False, **more}, system="dms", **about)


def unsigned(house: House) -> HoldNamed:
    """12,000 lb whose proof of delivery came and is not signed; its hold."""
    nw.record(house, *nw.moved("N2", "12000"), proof(signed=False))
    (hold,) = decide_unit(house, "N2").decision.holds
    assert (hold.code, hold.subject) == ("POD_UNSIGNED_OR_EXCEPTION", "document:POD-N2")
    return HoldNamed(code=hold.code, subject=hold.subject)


def test_a_signed_copy_of_the_unsigned_paper_releases_and_one_that_is_not_clean_does_not(
    house: House,
) -> None:
    hold = unsigned(house)
    anew = attached(house)
    assert (anew.after, anew.gone) == ("hold", ()), "another paper leaves the old one unsigned"
    for number, signed in enumerate((False, None)):
        again = attached(house, f"form-01{number:02}", document="POD-N2", signed=signed)
        assert (again.after, again.gone) == ("hold", ())
    damaged = attached(house, "form-0200", document="POD-N2", exceptions_noted=True)
    assert (damaged.after, damaged.gone) == ("hold", ())
    clean = attached(house, "form-0300", document="POD-N2")
    assert (clean.after, clean.gone) == ("release", (hold,))
    assert all_replay(house)


def test_a_copy_has_the_type_of_its_paper(house: House) -> None:
    unsigned(house)
    with pytest.raises(RequestError, match="document_type: POD-N2 is no BOL; allowed: POD"):
        attached(house, document="POD-N2", document_type="BOL")


def test_a_clean_copy_undoes_no_damage_that_was_noted(house: House) -> None:
    nw.record(house, *nw.moved("N2", "12000"), proof(exceptions_noted=True))
    assert attached(house, document="POD-N2").after == "hold"
    assert [h.rule_id for h in decide_unit(house, "N2").decision.holds] == ["POD-3"]


def test_a_waived_hold_releases_for_good_and_stays_with_who_and_why(house: House) -> None:
    held(house)
    acted = waived(house)
    assert (acted.before, acted.after, acted.gone) == ("hold", "release", (POD,))
    decision = decide_unit(house, UNIT).decision
    (hold,) = decision.holds
    number = hold.waived_by[0].removeprefix("waiver ")
    assert number.startswith("W-")
    assert (hold.stands, decision.provisional, decision.permitted_by) == (False, (), ("REL-1",))
    assert [each.says for each in hold.evidence][-1] == (
        f"waiver {number} by F. Ito: the customer has seen it on the portal"
    )
    trace = stored_trace(house, decision.decision_id)
    assert [(each.waiver, each.void) for each in trace.waivers] == [(number, "")]
    assert "waiver" in {fact.entity for fact in trace.facts}
    shown = "\n".join(explanation_report(decision, trace))
    assert f"{number} of POD_MISSING by F. Ito" in shown
    with house.database.reading(house.tenant) as store:
        rows = store.standings.of_unit(UNIT)
    assert rows.standing is not None
    assert (rows.standing.stage, rows.standing.holds, rows.standing.touches) == ("ready", 0, 1)
    assert [(each.code, each.how) for each in rows.spells] == [("POD_MISSING", "waived")]
    claimed = claim_release(house, decision.decision_id)
    assert claimed.kind == "final"
    assert all_replay(house)


def test_what_would_go_out_ahead_of_a_paper_goes_out_for_good_once_that_is_waived(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"))
    acted = waive_hold(house, FINANCE, "N1", form_id="form-0001", hold="POD_MISSING", reason="seen")
    assert (acted.unit, acted.before, acted.after) == ("shipment:N1", "provisional", "release")


def test_a_waiver_that_is_taken_back_brings_the_hold_back_whoever_waived_it(house: House) -> None:
    before = held(house)
    waived(house)
    number = decide_unit(house, UNIT).decision.holds[0].waived_by[0].removeprefix("waiver ")
    other = Person(name="G. Roe", role=Role.FINANCE)
    said = {"waiver": number, "reason": "it was another shipment"}
    back = take_back_waiver(house, other, UNIT, form_id="form-0002", **said)
    assert (back.before, back.after, back.placed) == ("release", "hold", (POD,))
    decision = decide_unit(house, UNIT).decision
    assert decision.decision_id != before.decision_id
    assert [each.says for each in decision.holds[0].evidence][-1] == (
        f"waiver {number} does not end it: G. Roe took it back: it was another shipment"
    )
    with pytest.raises(RequestError, match="took it back"):
        take_back_waiver(house, other, UNIT, form_id="form-0003", **said)
    with pytest.raises(RequestError, match="nobody waived anything as 'W-9'"):
        take_back_waiver(house, other, UNIT, form_id="form-0003", waiver="W-9", reason="no")
    assert waived(house, "form-0004").after == "release"
    assert all_replay(house)


def test_a_waiver_that_is_withdrawn_as_a_message_was_never_said(house: House) -> None:
    before = held(house)
    message = waived(house).message_id
    withdrawal = {"withdrawal": message}
    event = ops_console(nw.event("withdrawal", withdrawal, time=LATER))
    keep = kept_by(
        house, json.dumps([event]).encode(), "a.json", media="application/json", by_console=True
    )
    house.database.together(house.tenant, keep)
    assert decide_unit(house, UNIT).decision.holds == before.holds


def test_nobody_else_speaks_as_the_console(house: House) -> None:
    held(house)
    said = {"waiver": "W-1", "hold": "POD_MISSING", "granted": True, "approver": "nora"}
    about = {"references": nw.named("shipment", "N2"), "time": "2026-03-06T09:00:00-06:00"}
    told = nw.event("waiver", {**said, "reason": "it was there"}, system="ops", **about)
    receipt = nw.record(house, ops_console(told))
    assert receipt.messages[0].outcome == "refused"
    assert receipt.messages[0].faults[0].code == "NOT_THE_CONSOLE"


LATER = "2026-04-01T01:00:00+00:00"


def ops_console(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "source": "/ops/console"}


def test_a_waiver_of_somebody_who_may_not_changes_nothing_but_is_told(house: House) -> None:
    held(house)
    said = {
        "waiver": "W-1",
        "hold": "POD_MISSING",
        "granted": True,
        "approver": "driver",
        "reason": "it was there",
    }
    about = {"references": nw.named("shipment", "N2"), "time": "2026-03-06T09:00:00-06:00"}
    nw.record(house, nw.event("waiver", said, system="wms", **about))
    decision = decide_unit(house, "N2").decision
    assert (decision.verdict, decision.holds[0].waived_by) == (Verdict.HOLD, ())
    assert decision.holds[0].evidence[-1].says.endswith("wms may not waive holds")
    planned = nw.event("waiver", said, system="finance", classifier="planned", **about)
    nw.record(house, planned)
    assert decide_unit(house, "N2").decision.verdict is Verdict.HOLD


def test_a_waiver_expires_against_what_was_said_last_and_covers_no_more_than_its_limit(
    house: House, clock: SetClock
) -> None:
    value = held(house).holds[0].value
    assert str(value) == "1,557.36 USD"
    with pytest.raises(RequestError, match=r"up_to: 1,557.36 USD hangs on POD_MISSING"):
        waived(house, up_to=dollars(1557))
    until = clock.moment + timedelta(hours=8)
    assert waived(house, up_to=dollars(1558), expires_at=until).after == "release"
    heavier = {"revision": 1, "id": "again"}
    nw.record(house, nw.shipment("N2", "12400", time="2026-03-13T12:00:00-06:00", **heavier))
    above = decide_unit(house, UNIT).decision
    assert above.verdict is Verdict.HOLD
    assert "it is given up to 1,558.00 USD" in above.holds[0].evidence[-1].says

    clock.forward(7)
    again = waived(house, "form-0002", expires_at=clock.moment + timedelta(hours=2))
    assert again.after == "release"
    clock.forward(9)
    nw.record(house, nw.milestone("N2", "departed_delivery", clock.moment.isoformat()))
    expired = decide_unit(house, UNIT).decision
    assert expired.verdict is Verdict.HOLD
    assert [each.says.partition(": ")[2] for each in expired.holds[0].evidence[-2:]]
    assert "it expired at" in expired.holds[0].evidence[-1].says
    assert all_replay(house)


def test_a_waiver_that_has_ended_lets_nothing_be_claimed_though_nobody_has_spoken_since(
    house: House, clock: SetClock
) -> None:
    """A decision knows no clock: that it still says release is no permission for ever."""
    held(house)
    until = clock.moment + timedelta(hours=2)
    waived(house, expires_at=until)
    decision = decide_unit(house, UNIT).decision
    clock.forward(2)
    assert decide_unit(house, UNIT).decision == decision
    with pytest.raises(ConflictError, match=r"of POD_MISSING ended at .*take it back and waive"):
        claim_release(house, decision.decision_id)
    with house.database.reading(house.tenant) as store:
        assert store.releases.of_unit(UNIT) == ()

    number = decision.holds[0].waived_by[0].removeprefix("waiver ")
    said = {"waiver": number, "reason": "its time is over"}
    assert take_back_waiver(house, FINANCE, UNIT, form_id="form-0002", **said).after == "hold"
    anew = waived(house, "form-0003", expires_at=until + timedelta(hours=1))
    assert claim_release(house, anew.decision_id).kind == "final"
    assert all_replay(house)


def test_a_waiver_lets_it_be_claimed_until_it_ends(house: House, clock: SetClock) -> None:
    held(house)
    waived(house, expires_at=clock.moment + timedelta(hours=2))
    clock.forward(1)
    assert claim_release(house, decide_unit(house, UNIT).decision.decision_id).kind == "final"


def test_what_can_never_be_waived_or_is_not_open_is_refused_with_the_field(house: House) -> None:
    held(house)
    block = {"exception": "E1", "exception_type": "manual_hold", "note": "wait"}
    nw.record(house, nw.event("exception", block, references=nw.named("shipment", "N2")))
    with pytest.raises(RequestError, match="hold: MANUAL_HOLD can never be waived; way out:"):
        waived(house, hold="MANUAL_HOLD")
    for wrong in ({"hold": "TAX_DATA_MISSING"}, {"subject": "charge:linehaul"}):
        with pytest.raises(RequestError, match="is not open"):
            waived(house, **wrong)
    with pytest.raises(RequestError, match="reason: there is no reason given"):
        waived(house, reason=" ")
    with pytest.raises(RequestError, match="expires_at"):
        waived(house, expires_at=house.now())
    with pytest.raises(RequestError, match="form_id"):
        waived(house, "x")
    with pytest.raises(NotFoundError):
        waive_hold(house, FINANCE, "N9", form_id="form-0001", hold="POD_MISSING", reason="why")
    # A system may say it all the same; it ends nothing, and the hold says so.
    said = {"waiver": "W-1", "hold": "MANUAL_HOLD", "approver": "x", "reason": "y", "granted": True}
    about = {"references": nw.named("shipment", "N2"), "time": "2026-03-06T09:00:00-06:00"}
    nw.record(house, nw.event("waiver", said, system="erp", **about))
    decision = decide_unit(house, "N2").decision
    assert (decision.verdict, decision.holds[0].code) == (Verdict.HOLD, "MANUAL_HOLD")
    told = "waiver W-1 does not end it: MANUAL_HOLD can never be waived"
    assert decision.holds[0].evidence[-1].says == told


def unapproved(house: House, charge: str = "liftgate", called: str = "X-2") -> str:
    """A released unit with an extra service that nobody approved yet; its line."""
    claim = {
        "accessorial": called,
        "charge": charge,
        "quantity": "1",
        "unit": "each",
        "evidence": ["POD-N2"],
    }
    about = {"references": nw.named("shipment", "N2"), "system": "carrier"}
    nw.record(house, *nw.moved("N2"), nw.pod("N2"), nw.event("accessorial", claim, **about))
    decision = decide_unit(house, "N2").decision
    (hold,) = decision.holds
    assert (decision.verdict, hold.code) == (Verdict.RELEASE, "ACCESSORIAL_UNAPPROVED")
    return hold.subject


def test_a_line_whose_hold_is_waived_goes_out_with_the_others(house: House) -> None:
    line = unapproved(house)
    before = decide_unit(house, UNIT).decision
    acted = waived(house, hold="ACCESSORIAL_UNAPPROVED", subject=line)
    assert acted.gone == (HoldNamed(code="ACCESSORIAL_UNAPPROVED", subject=line),)
    after = decide_unit(house, UNIT).decision
    assert (after.verdict, after.held_total) == (Verdict.RELEASE, None)
    assert before.total is not None
    assert before.held_total is not None
    assert after.total == before.total + before.held_total
    assert all_replay(house)


def test_an_act_on_what_somebody_else_acted_on_since_is_refused_and_says_who(
    house: House,
) -> None:
    seen = held(house).decision_id
    first = waived(house, since=seen)
    who = "since the form was opened, F. Ito waived POD_MISSING at 2026-"
    with pytest.raises(ConflictError, match=who):
        waived(house, "form-0002", since=seen)
    assert waived(house, since=seen).repeated, "the same form is no other act"
    number = decide_unit(house, UNIT).decision.holds[0].waived_by[0].removeprefix("waiver ")
    said = {"waiver": number, "reason": "it was another one"}
    back = take_back_waiver(
        house, FINANCE, UNIT, form_id="form-0003", since=first.decision_id, **said
    )
    assert back.after == "hold"
    with pytest.raises(ConflictError, match=f"F. Ito took waiver {number} of POD_MISSING back at"):
        take_back_waiver(house, FINANCE, UNIT, form_id="form-0004", since=first.decision_id, **said)
    with pytest.raises(ConflictError, match="took waiver"):
        waived(house, "form-0005", since=seen)
    assert waived(house, "form-0005", since=back.decision_id).after == "release"
    with pytest.raises(ConflictError, match="the form shows no decision about shipment:N2"):
        waived(house, "form-0006", since="d" * 64)


def test_a_copy_of_a_paper_of_which_something_was_told_since_is_refused(house: House) -> None:
    unsigned(house)
    seen = decide_unit(house, UNIT).decision.decision_id
    attached(house, document="POD-N2", signed=False, since=seen)
    with pytest.raises(ConflictError, match=r"told of POD-N2 at 2026-04-01 00:00 UTC; look at"):
        attached(house, "form-0002", document="POD-N2", since=seen)
    assert attached(house, "form-0003", file=SCAN, since=seen).after == "hold"


def test_a_hold_on_which_more_money_hangs_than_the_form_shows_is_not_waived(house: House) -> None:
    seen = held(house).decision_id
    nw.record(house, nw.shipment("N2", "14000", revision=1, id="heavier"))
    with pytest.raises(ConflictError, match=r"decided anew at .*: POD_MISSING was about 1,557\.36"):
        waived(house, since=seen)


def test_a_charge_is_rejected_or_given_up_with_a_reason(house: House) -> None:
    unapproved(house)
    said = {"subject": "X-2", "reason": "the dock has no need of one"}
    with pytest.raises(RequestError, match="subject: 'X-9' is nothing to approve here; allowed:"):
        approve(house, Outcome.GRANTED, subject="X-9", reason="why")
    with pytest.raises(RequestError, match=r"up_to: liftgate X-2 is 85\.00 USD"):
        approve(house, Outcome.GRANTED, up_to=dollars(84), **said)
    with pytest.raises(RequestError, match="up_to: only what is granted has a limit"):
        approve(house, Outcome.REJECTED, up_to=dollars(85), **said)
    with pytest.raises(RequestError, match="reason: there is no reason given"):
        approve(house, Outcome.GRANTED, subject="X-2", reason="")
    rejected = approve(house, Outcome.REJECTED, **said)
    assert [each.code for each in rejected.gone] == ["ACCESSORIAL_UNAPPROVED"]
    assert "liftgate/X-2" not in [line.key for line in decide_unit(house, UNIT).decision.lines]
    assert all_replay(house)


def approve(house: House, outcome: Outcome, form: str = "form-0001", **said: Any) -> Acted:
    return approve_charge(house, OPS, UNIT, form_id=form, outcome=outcome, **said)


def test_an_approved_charge_is_billed(house: House) -> None:
    unapproved(house)
    said = {"subject": "X-2", "reason": "the dock has no gate", "up_to": dollars(85)}
    approved = approve(house, Outcome.GRANTED, **said)
    assert [each.code for each in approved.gone] == ["ACCESSORIAL_UNAPPROVED"]
    assert decide_unit(house, UNIT).decision.held_total is None


def test_above_what_operations_may_approve_the_customer_is_still_asked(house: House) -> None:
    unapproved(house, "redelivery")
    approved = approve(house, Outcome.GRANTED, subject="X-2", reason="nobody was there")
    assert (approved.gone, approved.placed) == ((), ())
    assert [each.rule_id for each in decide_unit(house, UNIT).decision.holds] == ["ACC-3"]


def test_a_change_of_what_was_billed_is_approved_by_finance_and_not_by_operations(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N2"), nw.pod("N2"))
    claim_release(house, decide_unit(house, "N2").decision.decision_id)
    nw.record(house, nw.shipment("N2", weight="4000", revision=1, id="reweigh"))
    changed = decide_unit(house, "N2").decision
    assert [each.code for each in changed.holds] == ["ADJUSTMENT_UNAPPROVED"]
    said: dict[str, Any] = {"subject": "adjustment", "reason": "the dock weighed it again"}
    refused = "O. Perez is here for operations and may not approve changes of what was billed;"
    with pytest.raises(ForbiddenError, match=f"{refused} finance may"):
        approve(house, Outcome.GRANTED, **said)
    assert decide_unit(house, "N2").decision == changed
    acted = approve_charge(
        house, FINANCE, UNIT, form_id="form-0001", outcome=Outcome.GRANTED, **said
    )
    assert [each.code for each in acted.gone] == ["ADJUSTMENT_UNAPPROVED"]
    assert all_replay(house)


@pytest.mark.parametrize("billed", ["N2", "N3"])
def test_what_goes_by_the_name_of_a_bill_on_the_load_is_not_for_operations_to_approve(
    house: House, billed: str
) -> None:
    """Where costs are shared out, a word on one shipment is heard on the bill of the other."""
    line = unapproved(house, called="pro_123")
    bill = {
        "kind": "invoiced",
        "carrier": "ABFL",
        "number": "PRO 123",
        "total": {"amount": "300.00", "currency": "USD"},
    }
    about = {"references": nw.named("shipment", billed), "system": "carrier"}
    nw.record(
        house,
        *nw.moved("N3"),
        on_the_load("N2"),
        on_the_load("N3"),
        nw.event("cost", bill, **about),
    )
    assert line in [each.subject for each in decide_unit(house, UNIT).decision.holds]
    said: dict[str, Any] = {"subject": "pro_123", "reason": "the dock has no gate"}

    with pytest.raises(ForbiddenError, match=r"O\. Perez .* may not approve carriers' costs"):
        approve(house, Outcome.GRANTED, **said)

    assert offered_on(house, OPS, line) == ""
    assert offered_on(house, FINANCE, line) == "pro_123"
    form: dict[str, Any] = {"form_id": "form-0001", "outcome": Outcome.GRANTED}
    acted = approve_charge(house, FINANCE, UNIT, **form, **said)
    assert line in [each.subject for each in acted.gone]
    assert all_replay(house)


def on_the_load(number: str) -> dict[str, Any]:
    """The shipment told once more, now that it is planned."""
    told = nw.shipment(number, revision=1, id=f"{number}-planned")
    told["data"]["references"] += nw.named("load", "L-1")
    return told


def offered_on(house: House, person: Person, subject: str) -> str:
    """What the page lets this person approve on the hold about this."""
    page = unit_page(house, UNIT, person)
    assert isinstance(page, UnitPage)
    assert page.current is not None
    (approve,) = (e.offered.approve for e in page.current.holds if e.hold.subject == subject)
    return approve


def test_who_works_on_a_hold_is_kept_and_changes_no_decision(house: House) -> None:
    before = held(house)
    with house.database.reading(house.tenant) as store:
        dossier = dossier_of(store, UNIT)
    acted = assign(house, "M. Rossi")
    assert (acted.before, acted.after, acted.gone) == ("hold", "hold", ())
    assert acted.decision_id == before.decision_id
    with house.database.reading(house.tenant) as store:
        assert dossier_of(store, UNIT).digest == dossier.digest
        assert [each.fact_id for each in store.facts.of_entities(["assignment"]).values()]
        taken = len(store.decisions.taken_of(UNIT))
    drain_due(house, Lane.CRITICAL)
    assign(house, "N. Silva", "form-0002")
    drain_due(house, Lane.CRITICAL)
    with house.database.reading(house.tenant) as store:
        assert len(store.decisions.taken_of(UNIT)) == taken
        _, near = find_unit(store, UNIT, None)
    assert waiting_facts(house) == ()
    (found,) = assigned_to(near.facts.values(), UNIT)
    assert (found.hold, found.to, found.by) == ("POD_MISSING", "N. Silva", OPS.name)
    assert works_on_it(house) == "N. Silva"
    assign(house, "", "form-0003")
    assert works_on_it(house) == ""
    with pytest.raises(RequestError, match="hold: WEIGHT_MISMATCH is not open"):
        assign(house, "M. Rossi", "form-0004", hold="WEIGHT_MISMATCH")


def works_on_it(house: House) -> str:
    """As work lists show it, without anybody making rows in between."""
    with house.database.reading(house.tenant) as store:
        assert store.standings.waiting() == 0
        (spell,) = store.standings.of_unit(UNIT).spells
    return spell.assigned_to


def assign(house: House, to: str, form: str = "form-0001", **more: Any) -> Acted:
    more.setdefault("hold", "POD_MISSING")
    return assign_hold(house, OPS, UNIT, form_id=form, to=to, **more)


def test_a_form_that_is_sent_twice_is_recorded_once(house: House, clock: SetClock) -> None:
    held(house)
    first = waived(house)
    clock.forward(1)
    second = waived(house)
    assert (second.repeated, second.message_id) == (True, first.message_id)
    assert (second.decision_id, second.after) == (first.decision_id, "release")
    with pytest.raises(ConflictError, match="sent before with other content"):
        waived(house, reason="another one")
    with house.database.reading(house.tenant) as store:
        assert store.messages.counted() == {"recorded": 6}


def test_of_two_clicks_at_once_one_is_recorded(house: House) -> None:
    held(house)
    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(attached, house) for _ in range(4)]
        acted = [each.result() for each in asked]
    assert {each.after for each in acted} == {"release"}
    assert [each.repeated for each in acted].count(False) == 1
    with house.database.reading(house.tenant) as store:
        assert store.messages.counted() == {"recorded": 6}


def test_each_act_is_only_for_those_whose_role_allows_it(house: House) -> None:
    held(house)
    customer = Person(name="C", role=Role.CUSTOMER, customer="NORTHWIND")
    with pytest.raises(ForbiddenError, match="may not waive holds"):
        waive_hold(house, OPS, UNIT, form_id="form-0001", hold="POD_MISSING", reason="why")
    for person in (AUDITOR, customer):
        with pytest.raises(ForbiddenError):
            assign_hold(house, person, UNIT, form_id="form-0001", hold="POD_MISSING", to="x")
        with pytest.raises(ForbiddenError):
            attach_document(
                house, person, UNIT, form_id="form-0001", document_type="POD", most_bytes=MOST
            )
        with pytest.raises(ForbiddenError):
            approve_charge(
                house,
                person,
                UNIT,
                form_id="form-0001",
                subject="x",
                outcome=Outcome.GRANTED,
                reason="why",
            )
        with pytest.raises(ForbiddenError):
            take_back_waiver(house, person, UNIT, form_id="form-0001", waiver="W", reason="why")
    with house.database.reading(house.tenant) as store:
        assert store.messages.counted() == {"recorded": 5}
