"""The things of a unit as rules see them: documents, charges, conflicts, doubts, ...

Like the view itself this only lists names; each value comes from the room that owns it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from app.evidence.correlation.authority import Attribute, shown
from app.evidence.correlation.disputes import KnownDispute, disputes_of
from app.evidence.correlation.journey import Journey, StopClock
from app.evidence.correlation.links import Doubt
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.facts.money import Accessorial, Approval
from app.evidence.facts.papers import Document, DocumentStatus, ExceptionReport
from app.evidence.facts.warehouse import Disposition, WorkOrder
from app.judgement.rulebook.seen import Item, Seen, Value
from app.judgement.rulebook.view_costs import Costs, cost_items
from app.judgement.rulebook.view_disputes import dispute_items, of_charge
from app.judgement.rulebook.view_extra import state_of
from app.judgement.rulebook.view_things import things_of
from app.measures import Instant
from app.pricing.contract.approval import approval_of, needs_approval
from app.pricing.contract.contract import Contract, required_documents, tolerated_missing
from app.pricing.entitlement.standing import Extra
from app.pricing.lines.charge import Charge, Rated


def items_of(
    unit: BillableUnit,
    journey: Journey,
    doubts: Iterable[tuple[Doubt, Fact]],
    rated: Rated,
    contract: Contract | None,
    policy_at: Instant,
    costs: Costs,
    extra: Extra,
) -> tuple[Item, ...]:
    """Everything about the unit that there may be several of."""
    disputes = disputes_of(unit)
    return (
        *_required_documents(unit, contract),
        *(_document(fact, unit) for fact in unit.documents if fact.classifier is Classifier.ACTUAL),
        *(_milestone(fact) for fact in unit.milestones),
        *_stops(journey, unit, contract),
        *_lines(unit, contract),
        *(_charge(charge, unit, contract, policy_at, disputes) for charge in rated.charges),
        *_unpriced(rated),
        *_excluded(rated),
        *(_accessorial(fact, unit, rated, extra) for fact in unit.accessorials),
        *cost_items(unit, costs),
        *(_conflict(attribute) for attribute in unit.attributes.values() if attribute.disputed),
        *(_doubt(doubt, fact) for doubt, fact in doubts),
        *(_exception(fact, policy_at) for fact in unit.exceptions),
        *(_work_order(fact) for fact in unit.work_orders),
        *_remarks(unit),
        *things_of(unit, policy_at),
        *dispute_items(disputes, rated, policy_at),
    )


def _item(entity: str, key: str, fact_ids: tuple[str, ...], **values: Value | None) -> Item:
    return Item(
        entity=entity,
        key=key,
        values={name: Seen(value, fact_ids) for name, value in values.items()},
    )


def _required_documents(unit: BillableUnit, contract: Contract | None) -> tuple[Item, ...]:
    """Each document the contract asks for, and whether one of the kind is accepted."""
    here: dict[str, list[str]] = {}
    for fact in unit.documents:
        if isinstance(fact.said, Document) and _status(fact, unit) is DocumentStatus.ACCEPTED:
            here.setdefault(fact.said.document_type, []).append(fact.fact_id)
    return tuple(
        _item(
            "required_document",
            wanted,
            tuple(here.get(wanted, ())),
            document_type=wanted,
            accepted=wanted in here,
        )
        for wanted in (required_documents(contract) if contract else ())
    )


def _status(fact: Fact, unit: BillableUnit) -> DocumentStatus:
    """Accepted only by a system that may accept; from anybody else it has just been received."""
    said = fact.said
    assert isinstance(said, Document), "documents are chosen by type"
    accepted = said.status is DocumentStatus.ACCEPTED and fact.classifier is Classifier.ACTUAL
    if accepted and fact.fact_id not in unit.owned_acts:
        return DocumentStatus.RECEIVED
    return said.status


def _document(fact: Fact, unit: BillableUnit) -> Item:
    said = fact.said
    assert isinstance(said, Document), "documents are chosen by type"
    return _item(
        "document",
        said.document,
        (fact.fact_id,),
        document_type=said.document_type,
        status=_status(fact, unit).value,
        signed=said.signed,
        exceptions_noted=said.exceptions_noted,
    )


def _milestone(fact: Fact) -> Item:
    said = fact.said
    assert isinstance(said, Milestone), "milestones are chosen by type"
    return _item(
        "milestone",
        fact.fact_id[:12],
        (fact.fact_id,),
        status=said.status.value,
        happened=fact.classifier is Classifier.ACTUAL,
        mapped=said.status is not MilestoneStatus.UNMAPPED,
        fault=said.fault.value,
    )


def _stops(journey: Journey, unit: BillableUnit, contract: Contract | None) -> tuple[Item, ...]:
    return tuple(
        _item(
            "stop",
            stop.stop,
            stop.fact_ids,
            arrival_known=stop.arrived_at is not None,
            departure_known=stop.departed_at is not None,
            times_possible=stop.times_possible,
            unclaimed_minutes=_unclaimed(stop, unit, contract),
        )
        for stop in journey.stops
    )


def _unclaimed(stop: StopClock, unit: BillableUnit, contract: Contract | None) -> int:
    """Whole minutes of reported waiting beyond what passes unnoticed, which nobody claims."""
    after = contract.waiting_noted_after_minutes if contract else None
    claimed = any(
        isinstance(f.said, Accessorial)
        and f.said.stop in {stop.stop, None}
        and f.said.charge == "detention"
        for f in unit.accessorials
    )
    if after is None or claimed or stop.arrived_at is None or stop.departed_at is None:
        return 0
    return max(0, (stop.departed_at - stop.arrived_at) // timedelta(minutes=1) - after)


CLOSED = {Disposition.SHORT_CLOSED, Disposition.SUBSTITUTED, Disposition.CANCELLED}
"""Dispositions that close a difference; `complete` with something missing closes nothing."""


def _lines(unit: BillableUnit, contract: Contract | None) -> tuple[Item, ...]:
    return tuple(
        _item(
            "order_line",
            line.item,
            line.fact_ids,
            ordered=line.ordered,
            shipped=line.shipped,
            missing=(
                line.ordered - line.shipped
                if line.ordered is not None and line.shipped is not None
                else None
            ),
            tolerated=tolerated_missing(line, contract),
            disposition=line.disposition.value if line.disposition else None,
            settled=line.disposition in CLOSED,
        )
        for line in unit.lines
    )


def _charge(
    charge: Charge,
    unit: BillableUnit,
    contract: Contract | None,
    policy_at: Instant,
    disputes: Sequence[KnownDispute],
) -> Item:
    approved, approvals = approval_of(charge, unit, policy_at)
    claim = next(
        (
            fact
            for fact in unit.accessorials
            if isinstance(fact.said, Accessorial) and fact.said.accessorial == charge.subject
        ),
        None,
    )
    facts = tuple(sorted({fact_id for used in charge.inputs for fact_id in used.fact_ids}))
    evidenced = _is_evidenced(claim, unit) if claim else None
    return Item(
        entity="charge",
        key=charge.key,
        values={
            "charge": Seen(charge.code, facts),
            "amount": Seen(charge.amount, facts),
            "extra_service": Seen(charge.is_extra_service),
            "needs_approval": Seen(needs_approval(charge, contract)),
            "approved": Seen(approved, approvals),
            "approved_by": Seen(_approver(unit, approvals) if approved else None, approvals),
            "evidenced": Seen(evidenced, (claim.fact_id,) if claim else ()),
            **of_charge(charge, disputes, unit, policy_at),
        },
    )


def _approver(unit: BillableUnit, approvals: tuple[str, ...]) -> str | None:
    """In what capacity the approval was given."""
    said = [unit.facts[each].said for each in approvals]
    return next((each.authority for each in said if isinstance(each, Approval)), None)


def _is_evidenced(claim: Fact, unit: BillableUnit) -> bool:
    """Whether a paper that the claim names lies accepted with the unit; its number is no proof."""
    named = claim.said.evidence if isinstance(claim.said, Accessorial) else ()
    return any(
        isinstance(fact.said, Document)
        and fact.said.document in named
        and _status(fact, unit) is DocumentStatus.ACCEPTED
        for fact in unit.documents
    )


def _unpriced(rated: Rated) -> tuple[Item, ...]:
    return tuple(
        Item(
            entity="unpriced",
            key=f"{missing.charge}/{missing.subject}#{number}",
            values={
                "charge": Seen(missing.charge),
                "problem": Seen(missing.problem),
                "why": Seen(missing.why, _facts_of(missing.inputs)),
            },
            evidence=((missing.why, ""),),
        )
        for number, missing in enumerate(rated.unpriced)
    )


def _facts_of(inputs: Iterable[object]) -> tuple[str, ...]:
    return tuple(sorted({each for used in inputs for each in getattr(used, "fact_ids", ())}))


def _excluded(rated: Rated) -> tuple[Item, ...]:
    return tuple(
        _item(
            "excluded",
            f"{each.charge}/{each.subject}#{number}",
            _facts_of(each.inputs),
            charge=each.charge,
            amount=each.amount,
        )
        for number, each in enumerate(rated.excluded)
    )


def _accessorial(fact: Fact, unit: BillableUnit, rated: Rated, extra: Extra) -> Item:
    said = fact.said
    assert isinstance(said, Accessorial), "accessorials are chosen by type"
    item = _item(
        "accessorial",
        said.accessorial,
        (fact.fact_id,),
        charge=said.charge,
        evidenced=_is_evidenced(fact, unit),
        billed=any(charge.subject == said.accessorial for charge in rated.charges),
    )
    return msgspec.structs.replace(item, values={**item.values, "state": state_of(fact, extra)})


def _conflict(attribute: Attribute) -> Item:
    told = (attribute.counts, *attribute.others)
    return Item(
        entity="conflict",
        key=attribute.name,
        values={
            "attribute": Seen(attribute.name, tuple(word.fact_id for word in told)),
            "owned": Seen(attribute.owned, (attribute.counts.fact_id,)),
        },
        evidence=tuple((shown(word.value), word.fact_id) for word in told),
    )


def _doubt(doubt: Doubt, fact: Fact) -> Item:
    return Item(
        entity="doubt",
        key=doubt.fact_id[:12],
        values={
            "entity": Seen(fact.entity, (fact.fact_id,)),
            "candidates": Seen(len(doubt.candidates), (fact.fact_id,)),
        },
        evidence=(
            (
                (
                    f"a {fact.entity} that names {', '.join(doubt.through)} may belong to "
                    f"{' or '.join(doubt.candidates)}"
                ),
                fact.fact_id,
            ),
        ),
    )


def _exception(fact: Fact, policy_at: Instant) -> Item:
    said = fact.said
    assert isinstance(said, ExceptionReport), "exceptions are chosen by type"
    expired = said.expires_at is not None and said.expires_at <= policy_at
    return Item(
        entity="exception",
        key=said.exception,
        values={
            "exception_type": Seen(said.exception_type, (fact.fact_id,)),
            "open": Seen(said.open and not expired, (fact.fact_id,)),
        },
        evidence=((said.note, fact.fact_id),) if said.note else (),
    )


def _work_order(fact: Fact) -> Item:
    said = fact.said
    assert isinstance(said, WorkOrder), "work orders are chosen by type"
    return _item("work_order", said.work_order, (fact.fact_id,), task=said.task, status=said.status)


def _remarks(unit: BillableUnit) -> tuple[Item, ...]:
    """Each remark once, although every fact of its message carries it."""
    once: dict[tuple[str, str, str], str] = {}
    for fact_id, fact in sorted(unit.facts.items(), reverse=True):
        for remark in fact.remarks:
            once[fact.source.message_id, remark.code, remark.detail] = fact_id
    return tuple(
        Item(
            entity="remark",
            key=f"{code}#{number}",
            values={"code": Seen(code, (fact_id,))},
            evidence=((detail, fact_id),),
        )
        for number, ((_, code, detail), fact_id) in enumerate(sorted(once.items()))
    )
