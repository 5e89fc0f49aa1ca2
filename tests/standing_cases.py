"""Cases of where a unit stands, read: what happened when, as everything that a history says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from app.evidence.correlation.unit import unit_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Quality, Said, Source, identified
from app.evidence.facts.freight import Milestone, MilestoneStatus, Mode, Shipment
from app.evidence.facts.money import Approval
from app.evidence.facts.papers import Document, DocumentStatus
from app.evidence.facts.party import Place
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.warehouse import StoragePeriod
from app.evidence.facts.work import Assignment
from app.family.document import DocumentKind, DocumentLine, FamilyDocument, planned
from app.judgement.decision import Clock, DecidedLine, Decision, Hold, Runs
from app.judgement.verdict import Verdict
from app.main import read_drafts
from app.money import Money
from app.pricing.contract.consolidation import Consolidation, Every
from app.pricing.contract.contract import Contract, Trigger
from app.pricing.contract.windows import InvoicingCalendar
from app.pricing.lines.charge import Charge
from app.reports.standing.history import DecisionTook, DocumentClaimed, FactReceived, History
from app.settings import Settings
from tests.unit.pricing.made_facts import fact

CASES = Path(__file__).parent / "cases" / "standing"
UNIT = "shipment:S1"
MILESTONES = {each.value for each in MilestoneStatus}
authority = cache(lambda: read_drafts(Settings()).authority)


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.load((CASES / f"{name}.yaml").read_text(), yaml.CSafeLoader)
    assert found, "there are cases"
    return found


def history_of(case: Mapping[str, Any]) -> History:
    """Everything that a case says has happened, in its order."""
    happened = case["happened"]
    received = [_received(each) for each in happened if _said(each) is not None]
    billed = tuple(_billed(happened))
    decisions = [each for each in happened if each["what"] in {"decided", "gone"}]
    seen = happened[: happened.index(decisions[-1])]
    return History(
        unit=unit_of(case.get("unit", UNIT), [each.fact for each in received], authority()),
        contract=_contract(case),
        facts=tuple(received),
        rules="0123456789abcdef",
        taken=tuple(_took(number, each, case) for number, each in enumerate(decisions, start=1)),
        billed=billed,
        known_documents=sum(each["what"] == "claimed" for each in seen),
    )


def _contract(case: Mapping[str, Any]) -> Contract | None:
    told = case.get("contract")
    if told is None:
        return None
    calendar = InvoicingCalendar(
        time_zone=told["zone"],
        time_of_day=told.get("closes", "17:00"),
        days_after_service=7,
        lead_hours=told.get("lead hours", 0),
    )
    gathered = Consolidation(every=Every.DAY, time_zone=told["zone"], time_of_day="06:00")
    days_alone = told.get("days alone", False)
    return Contract(
        customer="ACME",
        name="Acme",
        agreed_in="the contract",
        currency="USD",
        effective_from=date(2026, 1, 1),
        trigger=Trigger(told.get("trigger", "delivery")),
        invoicing_calendar=None if days_alone else calendar,
        cutoff_days_after_service=7 if days_alone else None,
        consolidation=gathered if days_alone else None,
    )


def _received(each: Mapping[str, Any]) -> FactReceived:
    said = _said(each)
    assert said is not None
    made = fact(said, each["at"], system=each.get("by", "carrier"))
    by_hand = each.get("by hand", False)
    source = Source(system=made.source.system, instance="one", message_id=str(each))
    told = msgspec.structs.replace(
        made,
        source=source,
        quality=Quality.MANUAL if by_hand else made.quality,
        references=(Reference(kind=ReferenceKind.SHIPMENT, issuer="", value="S1"),),
    )
    return FactReceived(identified(told), each.get("received", each["at"]))


def _said(each: Mapping[str, Any]) -> Said | None:
    what = each["what"]
    if what in MILESTONES:
        return Milestone(status=MilestoneStatus(what), shipment="S1")
    makes = _SAID.get(what)
    return makes(each) if makes else None


def _shipment(each: Mapping[str, Any]) -> Shipment:
    return Shipment(
        shipment="S1",
        customer="ACME",
        carrier="ABFL",
        mode=Mode.LTL,
        status=each.get("status"),
        origin=Place(region="IL", country="US"),
        destination=Place(region="WI", country="US") if each.get("lane", True) else None,
    )


def _paper(each: Mapping[str, Any]) -> Document:
    return Document(
        document=each.get("name", "POD-1"),
        document_type=each.get("type", "POD"),
        status=DocumentStatus(each.get("status", "accepted")),
        exceptions_noted=each.get("exceptions"),
        signed_at=each.get("signed"),
    )


def _dispute(each: Mapping[str, Any]) -> Dispute:
    outcome = DisputeOutcome(each.get("outcome", "none"))
    resolved = outcome is not DisputeOutcome.NONE
    credited = outcome is DisputeOutcome.CREDITED
    return Dispute(
        dispute=each.get("name", "D-1"),
        charge="linehaul",
        shipment="S1",
        invoice=each.get("invoice", ""),
        reason=DisputeReason(each.get("reason", "rate")),
        amount=money(each["claims"]),
        state=DisputeState.RESOLVED if resolved else DisputeState.OPENED,
        outcome=outcome,
        granted=money(each["claims"]) if credited else None,
        resolved_by="Ann" if resolved else "",
        authority="finance" if resolved else "",
    )


def _approval(each: Mapping[str, Any]) -> Approval:
    del each
    return Approval(
        approval="A-1", subject="linehaul", granted=True, approver="Ann", authority="billing_clerk"
    )


def _assignment(each: Mapping[str, Any]) -> Assignment:
    return Assignment(
        assignment=f"S1 {each['hold']}", hold=each["hold"], to=each["to"], by="Bo", note=""
    )


def _storage(each: Mapping[str, Any]) -> StoragePeriod:
    return StoragePeriod(
        storage_period="P1",
        customer="ACME",
        warehouse="W1",
        starts_on=each["from"],
        ends_before=each["before"],
        status=each["status"],
    )


_SAID: dict[str, Callable[[Mapping[str, Any]], Said]] = {
    "shipment": _shipment,
    "paper": _paper,
    "dispute": _dispute,
    "approved": _approval,
    "assigned": _assignment,
    "storage period": _storage,
}


def money(text: str) -> Money:
    """`355.61 USD`."""
    amount, currency = text.split()
    return Money(Decimal(amount), currency)


def _took(number: int, each: Mapping[str, Any], case: Mapping[str, Any]) -> DecisionTook:
    total = money(each["total"]) if "total" in each else None
    held = money(each["held back"]) if "held back" in each else None
    priced = each.get("priced", True)
    price = money(each["price"]) if "price" in each else total if priced else None
    decision = Decision(
        decision_id=f"d{number}",
        tenant="demo",
        unit=case.get("unit", UNIT),
        customer="ACME",
        verdict=Verdict(each.get("verdict", "hold")),
        total=total,
        held_total=held,
        lines=(*_lines("linehaul", price), *_lines("detention", held)),
        holds=tuple(_hold(hold, each["at"]) for hold in each.get("holds", ())),
        permitted_by=tuple(each.get("permitted by", ())),
        documents=tuple(
            planned(DocumentKind(kind), (), "USD") for kind in each.get("goes out", ())
        ),
        clocks=tuple(_clocks(each)),
        settles=each.get("settles", ""),
        dossier="dossier",
    )
    return DecisionTook(decision=decision, at=each["at"], gone=each["what"] == "gone")


def _lines(code: str, total: Money | None) -> tuple[DecidedLine, ...]:
    """One line over all of it; a detention is held."""
    if total is None:
        return ()
    charge = Charge(
        code=code,
        description=code.capitalize(),
        quantity=Decimal(1),
        unit="shipment",
        rate=total.amount,
        amount=total,
        formula="",
        inputs=(),
        rows=(),
        card="card",
        method="flat_1",
        unrounded=str(total.amount),
        rounding="half_up_1",
        clause="",
    )
    return (DecidedLine(key=code, charge=charge, billed=code == "linehaul"),)


def _hold(told: Mapping[str, Any], at: datetime) -> Hold:
    return Hold(
        code=told["code"],
        says=told.get("says", "it is missing"),
        owner=told.get("owner", "carrier desk"),
        waits_for="it",
        way_out="get it",
        due_at=told.get("due", at),
        subject=told.get("subject", ""),
        on_line=told.get("on line", False),
        blocks=told.get("blocks", True),
        waived_by=tuple(told.get("waived by", ())),
        value=money(told["value"]) if "value" in told else None,
        right_to_bill_expires_on=told.get("right until"),
    )


def _clocks(each: Mapping[str, Any]) -> Iterable[Clock]:
    for name, runs in (("batches", Runs.CUTOFF), ("rights", Runs.RIGHT)):
        yield from (Clock(runs=runs, last_day=day) for day in each.get(name, ()))


def _billed(happened: Iterable[Mapping[str, Any]]) -> Iterable[DocumentClaimed]:
    told = list(happened)
    for each in told:
        if each["what"] == "claimed":
            yield _document(each, told)


def _document(each: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> DocumentClaimed:
    later = {e["what"]: e for e in told if e.get("of") == each["release"]}
    number, settled = later.get("invoiced"), later.get("settled")
    amount = money(each["amount"])
    return DocumentClaimed(
        document=FamilyDocument(
            reference=each["release"],
            kind=DocumentKind(each.get("kind", "final")),
            lines=(_billed_line(each.get("line", "linehaul"), amount),),
            total=amount,
            claimed_at=each["at"],
            decision_id="d",
            adjusts=each.get("adjusts", ""),
            reverses=each.get("reverses", ""),
            settled=settled["how"] if settled else "",
            expires_at=each.get("expires"),
        ),
        number=number["number"] if number else "",
        invoiced_at=number["at"] if number else None,
        settled_at=settled["at"] if settled else None,
    )


def _billed_line(key: str, amount: Money) -> DocumentLine:
    return DocumentLine(
        key=key,
        code="linehaul",
        description="Linehaul",
        quantity=Decimal(1),
        unit="shipment",
        rate=amount.amount,
        amount=amount,
    )
