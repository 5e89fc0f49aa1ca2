"""What would have to be said, and by whom, for a hold to go away: as facts nobody has told yet.

A way out never invents what only the world can know (a time, a price, a weight): it is a paper
that is accepted, an approval, a milestone that is confirmed, or a source that agrees with the
one whose word counts. Where more is needed, there is no way out by facts, and that is said.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from app.dossier import Dossier, Editions
from app.evidence.correlation.unit import BillableUnit, OrderedLine
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment
from app.evidence.facts.money import Accessorial, Approval, Cost, CostKind
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus, ExceptionReport
from app.evidence.facts.party import Customer
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment
from app.judgement.decision import Decision, Hold
from app.money import Money
from app.pricing.cost.match import cost_matches


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The unit as decided, and whose word counts for it."""

    dossier: Dossier
    editions: Editions
    unit: BillableUnit
    decision: Decision

    def may_say(self, attribute: str, preferred: str) -> str:
        """A system with authority over the attribute: the preferred one where it has it."""
        owner = self.editions.authority.owner_of(attribute, self.unit.text("customer"))
        systems = owner.systems if owner else ()
        return preferred if not systems or preferred in systems else systems[0]

    def number(self) -> str:
        """The unit's own number."""
        return self.unit.unit.partition(":")[2]

    def amount_of(self, line: str) -> Money | None:
        """What a charge line comes to."""
        return next((each.charge.amount for each in self.decision.lines if each.key == line), None)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of one hold: what is said, by whom, as facts."""

    says: str
    system: str
    facts: tuple[Fact, ...] = ()
    settles: tuple[str, ...] = ()
    """Doubtful facts that somebody says do not belong to the unit."""


Ways = Iterable[Way]


def ways_out(hold: Hold, at: Situation) -> tuple[Way, ...]:
    """Every way out of the hold that facts can take; none where facts cannot end it."""
    find = _BY_CODE.get(hold.code)
    return tuple(find(hold, at)) if find else ()


def _new(at: Situation, system: str, said: Said) -> Fact:
    """A fact that this system has yet to tell, dated right after the last word on the unit."""
    moment = at.dossier.policy_at + timedelta(seconds=1)
    return identified(
        Fact(
            fact_id="",
            tenant=at.dossier.tenant,
            actor="",
            source=Source(system=system, instance="expected", message_id="expected"),
            classifier=Classifier.ACTUAL,
            quality=Quality.MANUAL,
            occurred_at=moment,
            recorded_at=moment,
            said=said,
        )
    )


def _corrected(at: Situation, fact: Fact, **changes: Any) -> Fact:
    """The same source's next word on the same thing."""
    said: Any = msgspec.structs.replace(fact.said, **changes)
    moment = at.dossier.policy_at + timedelta(seconds=1)
    return identified(
        msgspec.structs.replace(
            fact,
            source=msgspec.structs.replace(fact.source, message_id="expected", position=0),
            revision=fact.revision + 1,
            occurred_at=moment,
            recorded_at=moment,
            supersedes=fact.fact_id,
            remarks=(),
            said=said,
        )
    )


def _key(hold: Hold) -> str:
    return hold.subject.partition(":")[2]


def _paper(hold: Hold, at: Situation) -> Ways:
    kind = _key(hold) if hold.subject.startswith("required_document:") else "POD"
    system = at.may_say("document", "dms")
    paper = Document(
        document=f"expected {kind}",
        document_type=kind,
        status=DocumentStatus.ACCEPTED,
        signed=True,
        exceptions_noted=False,
    )
    yield Way(
        says=f"a signed {kind} without exceptions is received and accepted",
        system=system,
        facts=(_new(at, system, paper),),
    )


def _clean_paper(hold: Hold, at: Situation) -> Ways:
    """Only a paper can be made good; what the consignee refused is not billed by a fact."""
    bad = [f for f in at.unit.documents if getattr(f.said, "document", "") == _key(hold)]
    if not hold.subject.startswith("document:") or not bad:
        return
    yield Way(
        says=f"document {_key(hold)} comes back signed and without exceptions",
        system=bad[0].source.system,
        facts=tuple(_corrected(at, fact, signed=True, exceptions_noted=False) for fact in bad),
    )


def _milestone(status: MilestoneStatus) -> Callable[[Hold, Situation], Ways]:
    def ways(hold: Hold, at: Situation) -> Ways:
        if hold.subject:  # a stop of the load that is still ahead: another unit's milestone
            return
        said = Milestone(status=status, shipment=at.number())
        yield Way(
            says=f"the carrier confirms that it is {status.value.replace('_', ' ')}",
            system="carrier",
            facts=(_new(at, "carrier", said),),
        )

    return ways


def _ship_confirmed(_hold: Hold, at: Situation) -> Ways:
    lines = tuple(
        ShippedLine(
            line=line.line,
            item=line.item,
            ordered=line.ordered,
            shipped=line.ordered,
            unit=line.unit,
            disposition=Disposition.COMPLETE,
        )
        for line in at.unit.lines
        if line.ordered is not None
    )
    said = WarehouseShipment(
        warehouse_shipment="expected", status="shipped", order=at.number(), lines=lines
    )
    yield Way(
        says="the warehouse confirms that everything ordered has left",
        system="wms",
        facts=(_new(at, "wms", said),),
    )


def _closed_short(hold: Hold, at: Situation) -> Ways:
    """The warehouse says of the item that nothing more will come."""
    item = _key(hold)
    confirmed = [(f, f.said) for f in at.unit.warehouse_shipments]
    facts = [
        _corrected(at, fact, lines=tuple(_closed(line, item) for line in said.lines))
        for fact, said in confirmed
        if isinstance(said, WarehouseShipment) and any(line.item == item for line in said.lines)
    ]
    if not facts:  # no confirmation mentions it: the first one has to
        ordered = next((line for line in at.unit.lines if line.item == item), None)
        facts = [
            _corrected(at, fact, lines=(*said.lines, _nothing_of(ordered)))
            for fact, said in confirmed[:1]
            if isinstance(said, WarehouseShipment) and ordered is not None
        ]
    if facts:
        yield Way(
            says=f"the warehouse closes the line of {item}: nothing more will ship",
            system=facts[0].source.system,
            facts=tuple(facts),
        )


def _closed(line: ShippedLine, item: str) -> ShippedLine:
    if line.item != item:
        return line
    return msgspec.structs.replace(line, disposition=Disposition.SHORT_CLOSED)


def _nothing_of(line: OrderedLine) -> ShippedLine:
    return ShippedLine(
        line=line.line,
        item=line.item,
        ordered=line.ordered,
        shipped=Decimal(0),
        unit=line.unit,
        disposition=Disposition.SHORT_CLOSED,
    )


def _approval(hold: Hold, at: Situation) -> Ways:
    line = _key(hold)
    amount = at.amount_of(line)
    if amount is None:
        return
    subject = line.partition("/")[2] or line
    system = at.may_say("approval", "portal")
    said = Approval(
        approval=f"expected for {line}",
        subject=subject,
        granted=True,
        approver="expected",
        authority="customer",
        up_to=amount,
    )
    yield Way(
        says=f"the customer approves {line} up to {amount}",
        system=system,
        facts=(_new(at, system, said),),
    )


def _evidence(hold: Hold, at: Situation) -> Ways:
    """A paper that the claim names; a claim that names none has to name it."""
    subject = _key(hold).partition("/")[2]
    claims = [
        fact
        for fact in at.unit.accessorials
        if isinstance(fact.said, Accessorial) and fact.said.accessorial == subject
    ]
    if not claims:
        return
    claim = claims[0]
    named = claim.said.evidence if isinstance(claim.said, Accessorial) else ()
    wanted = named[0] if named else f"expected evidence of {subject}"
    kind = next(
        (
            fact.said.document_type
            for fact in at.unit.documents
            if isinstance(fact.said, Document) and fact.said.document == wanted
        ),
        "EVIDENCE",
    )
    system = at.may_say("document", "dms")
    paper = Document(document=wanted, document_type=kind, status=DocumentStatus.ACCEPTED)
    naming = () if named else (_corrected(at, claim, evidence=(wanted,)),)
    yield Way(
        says=f"{wanted} is received and accepted as evidence of {subject}",
        system=system,
        facts=(_new(at, system, paper), *naming),
    )


def _requoted(_hold: Hold, at: Situation) -> Ways:
    if at.decision.total is None:
        return
    system = at.may_say("quoted", "tms")
    told = at.unit.attributes.get("quoted")
    fact = at.unit.facts.get(told.counts.fact_id) if told else None
    if fact is None or not isinstance(fact.said, Shipment):
        return
    priced = [line.charge.amount for line in at.decision.lines]
    total = sum(priced[1:], priced[0]) if priced else at.decision.total
    yield Way(
        says=f"the customer accepts {total}, and the quote says so",
        system=system,
        facts=(_corrected(at, fact, quoted=total),),
    )


def _credit_good(_hold: Hold, at: Situation) -> Ways:
    customer = at.unit.text("customer")
    told = [fact for fact in at.unit.customers if isinstance(fact.said, Customer)]
    facts = tuple(_corrected(at, fact, credit_status="good") for fact in told)
    system = at.may_say("credit_status", "erp")
    yield Way(
        says=f"the ERP ends the credit hold of {customer}",
        system=system,
        facts=facts or (_new(at, system, Customer(customer=customer, credit_status="good")),),
    )


def _reference(_hold: Hold, at: Situation) -> Ways:
    orders = [fact for fact in at.unit.facts.values() if isinstance(fact.said, Order)]
    system = at.may_say("customer_po", "oms")
    number = getattr(orders[0].said, "order", "") if orders else f"expected for {at.number()}"
    said = Order(order=number, customer_po="expected")
    yield Way(
        says="the customer's purchase order number is told",
        system=system,
        facts=(_new(at, system, said),),
    )


def _closed_exception(hold: Hold, at: Situation) -> Ways:
    """Whoever opened it closes it: nobody else's word ends a hold."""
    if not hold.subject.startswith("exception:"):
        yield from _agreed(hold, at)
        return
    open_ones = [
        fact
        for fact in at.unit.exceptions
        if isinstance(fact.said, ExceptionReport)
        and fact.said.exception == _key(hold)
        and fact.said.open
    ]
    if open_ones:
        yield Way(
            says=f"exception {_key(hold)} is closed by whoever opened it",
            system=open_ones[0].source.system,
            facts=tuple(_corrected(at, fact, open=False) for fact in open_ones),
        )


def _agreed(hold: Hold, at: Situation) -> Ways:
    """Every source that differs repeats the value that counts; or the owner takes the other's."""
    name = _key(hold)
    attribute = at.unit.attributes.get(name)
    if not hold.subject.startswith("conflict:") or attribute is None:
        return
    counts = attribute.counts
    others = [word for word in attribute.others if word.value != counts.value]
    differing = [at.unit.facts[word.fact_id] for word in others]
    yield Way(
        says=f"{_names(differing)} corrects the {name} to {counts.value}",
        system=differing[0].source.system if differing else counts.system,
        facts=tuple(_corrected(at, fact, **{name: counts.value}) for fact in differing),
    )
    if len({str(word.value) for word in others}) == 1:
        owner = at.unit.facts[counts.fact_id]
        yield Way(
            says=f"{owner.source.system} corrects its {name} to {others[0].value}",
            system=owner.source.system,
            facts=(_corrected(at, owner, **{name: others[0].value}),),
        )


def _names(facts: Iterable[Fact]) -> str:
    return " and ".join(dict.fromkeys(f"{f.source.system} {f.source.instance}" for f in facts))


def _cost_agreed(hold: Hold, at: Situation) -> Ways:
    """The carrier corrects its invoice, or the expectation is corrected to what it asks."""
    for match in cost_matches(at.unit):
        if f"cost_match:{match.carrier}/{match.number}" != hold.subject:
            continue
        if match.expected is None or match.invoiced is None:
            return
        invoices = [at.unit.facts[each] for each in match.invoiced_by]
        if len(invoices) == 1:
            yield Way(
                says=f"{match.carrier} corrects its invoice to {match.expected}",
                system=invoices[0].source.system,
                facts=(_corrected(at, invoices[0], total=match.expected, lines=()),),
            )
        accrued = Cost(
            kind=CostKind.ACCRUED,
            carrier=match.carrier,
            number="expected",
            total=match.invoiced,
        )
        if not any(_is_accrued(fact) for fact in at.unit.costs):
            yield Way(
                says=f"the cost of {match.invoiced} is accepted and accrued",
                system="tms",
                facts=(_new(at, "tms", accrued),),
            )


def _is_accrued(fact: Fact) -> bool:
    return isinstance(fact.said, Cost) and fact.said.kind is CostKind.ACCRUED


def _not_ours(hold: Hold, at: Situation) -> Ways:
    doubts = [d.fact for d in at.dossier.doubts if d.fact.fact_id.startswith(_key(hold))]
    if doubts:
        yield Way(
            says=f"somebody who knows says that the {doubts[0].entity} does not belong here",
            system="ops",
            settles=tuple(fact.fact_id for fact in doubts),
        )


_BY_CODE: Mapping[str, Callable[[Hold, Situation], Ways]] = {
    "POD_MISSING": _paper,
    "DOC_SET_INCOMPLETE": _paper,
    "POD_UNSIGNED_OR_EXCEPTION": _clean_paper,
    "PICKUP_NOT_CONFIRMED": _milestone(MilestoneStatus.PICKED_UP),
    "DELIVERY_NOT_CONFIRMED": _milestone(MilestoneStatus.DELIVERED),
    "SHIP_CONFIRM_MISSING": _ship_confirmed,
    "PARTIAL_SHIPMENT_OPEN": _closed_short,
    "QTY_MISMATCH": _closed_short,
    "ACCESSORIAL_UNAPPROVED": _approval,
    "ACCESSORIAL_UNSUPPORTED": _evidence,
    "QUOTE_MISMATCH": _requoted,
    "CREDIT_HOLD": _credit_good,
    "CUSTOMER_REF_MISSING": _reference,
    "MANUAL_HOLD": _closed_exception,
    "SOURCE_CONFLICT": _closed_exception,
    "WEIGHT_MISMATCH": _agreed,
    "CARRIER_COST_VARIANCE": _cost_agreed,
    "CORRELATION_AMBIGUOUS": _not_ours,
}
"""What facts can end; every other hold needs a price, a contract, a map or a rule."""
