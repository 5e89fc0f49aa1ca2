"""Ways out by papers, by a person's word, and by numbers that are told."""

from collections.abc import Callable

from app.evidence.correlation.journey import Journey
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Shipment
from app.evidence.facts.money import Accessorial
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus, ExceptionReport
from app.evidence.facts.party import Customer
from app.evidence.facts.reference import Reference, ReferenceKind
from app.explanation.unlock.situation import (
    EXPECTED,
    Situation,
    Way,
    Ways,
    corrected,
    key_of,
    new_fact,
)
from app.judgement.decision import Hold

FREE_TIME = ("free_time_start", "free_time_end")


def paper(kind: str) -> Callable[[Hold, Situation], Ways]:
    """A signed paper without exceptions, of this kind or of the one the contract asks for."""

    def ways(hold: Hold, at: Situation) -> Ways:
        wanted = key_of(hold) if hold.subject.startswith("required_document:") else kind
        system = at.may_say("document", "dms")
        said = Document(
            document=f"{EXPECTED} {wanted}",
            document_type=wanted,
            status=DocumentStatus.ACCEPTED,
            signed=True,
            exceptions_noted=False,
        )
        yield Way(
            says=f"a signed {wanted} without exceptions is received and accepted",
            system=system,
            facts=(new_fact(at, system, said),),
        )

    return ways


def clean_paper(hold: Hold, at: Situation) -> Ways:
    """Only a paper can be made good; what the consignee refused is not billed by a fact.

    What is noted on a paper is on every copy of it: whoever told of that has to correct it.
    """
    bad = [f for f in at.unit.documents if getattr(f.said, "document", "") == key_of(hold)]
    noted = any(getattr(fact.said, "exceptions_noted", None) for fact in bad)
    told = "is corrected: signed, and no exception is noted on it"
    signed = "comes back signed and without exceptions"
    if hold.subject.startswith("document:") and bad:
        yield Way(
            says=f"document {key_of(hold)} {told if noted else signed}",
            system=bad[0].source.system,
            facts=tuple(corrected(at, fact, signed=True, exceptions_noted=False) for fact in bad),
        )


def evidence(hold: Hold, at: Situation) -> Ways:
    """A paper that the claim names; a claim that names none has to name it."""
    subject = key_of(hold).partition("/")[2]
    claims = [
        (fact, fact.said)
        for fact in at.unit.accessorials
        if isinstance(fact.said, Accessorial) and fact.said.accessorial == subject
    ]
    if not claims:
        return
    claim, said = claims[0]
    wanted = said.evidence[0] if said.evidence else f"{EXPECTED} evidence of {subject}"
    here = [f.said for f in at.unit.documents if isinstance(f.said, Document)]
    kind = next((each.document_type for each in here if each.document == wanted), "EVIDENCE")
    system = at.may_say("document", "dms")
    shown = Document(document=wanted, document_type=kind, status=DocumentStatus.ACCEPTED)
    naming = () if said.evidence else (corrected(at, claim, evidence=(wanted,)),)
    what = wanted if said.evidence else f"a paper that the claim of {claim.source.system} names"
    yield Way(
        says=f"{what} is received and accepted as evidence of {subject}",
        system=system,
        facts=(new_fact(at, system, shown), *naming),
    )


def closed_exception(hold: Hold, at: Situation) -> Ways:
    """Whoever opened it closes it: nobody else's word ends a hold."""
    open_ones = [
        fact
        for fact in at.unit.exceptions
        if isinstance(fact.said, ExceptionReport)
        and fact.said.exception == key_of(hold)
        and fact.said.open
    ]
    if hold.subject.startswith("exception:") and open_ones:
        yield Way(
            says=f"exception {key_of(hold)} is closed by whoever opened it",
            system=open_ones[0].source.system,
            facts=tuple(corrected(at, fact, open=False) for fact in open_ones),
        )


def whose_it_is(hold: Hold, at: Situation) -> Ways:
    """Somebody who knows says that the doubtful fact belongs here, or that it does not."""
    for doubtful in at.dossier.doubts:
        fact = doubtful.fact
        if not fact.fact_id.startswith(key_of(hold)):
            continue
        numbers = " and ".join(" ".join(k.split(":")) for k in doubtful.doubt.through)
        named = f"the {fact.entity} that names {numbers.replace('  ', ' ')}"
        yield Way(
            says=f"somebody who knows says that {named} belongs here",
            system="ops",
            joins=(fact.fact_id,),
        )
        yield Way(
            says=f"somebody who knows says that {named} does not belong here",
            system="ops",
            parts=(fact.fact_id,),
        )


def purchase_order(_hold: Hold, at: Situation) -> Ways:
    """The number is told with the order; without an order, with one that names the unit."""
    contract = at.editions.contract
    pattern = contract.customer_po_pattern if contract else ""
    number = "".join({"9": "0", "A": "X"}.get(sign, sign) for sign in pattern) or EXPECTED
    orders = _orders(at)
    told = [(fact, said) for fact, said in orders if said.customer_po]
    system = told[0][0].source.system if told else at.may_say("customer_po", "oms")
    said = Order(
        order=orders[0][1].order if orders else f"{EXPECTED} for {at.number}", customer_po=number
    )
    yield Way(
        says="the customer's purchase order number is told",
        system=system,
        facts=tuple(corrected(at, fact, customer_po=number) for fact, _ in told)
        or (new_fact(at, system, said),),
        assumes=f"a number that looks like {pattern}" if pattern else "",
    )


def freight_terms(_hold: Hold, at: Situation) -> Ways:
    """Nobody has told the terms; what somebody did tell is not argued away."""
    contract = at.editions.contract
    if contract is None or at.unit.attributes.get("freight_terms"):
        return
    mine = [(f, f.said) for f in at.unit.facts.values() if isinstance(f.said, Shipment)]
    for terms in contract.freight_terms_billed[:1]:
        system = at.may_say("freight_terms", "tms")
        for fact, _ in sorted(mine, key=lambda each: each[0].fact_id):
            if fact.source.system == system:
                yield Way(
                    says="the freight terms are told",
                    system=system,
                    facts=(corrected(at, fact, freight_terms=terms),),
                    assumes=terms,
                )
                return


def closed_order(_hold: Hold, at: Situation) -> Ways:
    """Whoever keeps the order closes it."""
    orders = _orders(at)
    system = orders[0][0].source.system if orders else "oms"
    said = Order(order=at.number, status="closed")
    yield Way(
        says="the order is closed: nothing is added any more",
        system=system,
        facts=tuple(corrected(at, fact, status="closed") for fact, _ in orders)
        or (new_fact(at, system, said),),
    )


def _orders(at: Situation) -> list[tuple[Fact, Order]]:
    found = [(f, f.said) for f in at.unit.facts.values() if isinstance(f.said, Order)]
    return sorted(found, key=lambda each: each[0].fact_id)


def invoice_field(hold: Hold, at: Situation) -> Ways:
    """A number of the kind is named, or each claim tells its free time."""
    field = key_of(hold)
    if field in FREE_TIME:
        claims = [
            fact
            for fact in at.unit.accessorials
            if isinstance(fact.said, Accessorial) and getattr(fact.said, f"{field}s_at") is None
        ]
        if claims:
            yield Way(
                says=f"each claim tells its {field.replace('_', ' ')}",
                system=claims[0].source.system,
                facts=tuple(
                    corrected(at, fact, **{f"{field}s_at": fact.occurred_at}) for fact in claims
                ),
            )
        return
    mine = [f for f in at.unit.facts.values() if f.entity == at.unit.kind]
    if field in set(ReferenceKind) and mine:
        first = min(mine, key=lambda fact: fact.fact_id)
        number = Reference(kind=ReferenceKind(field), value=EXPECTED)
        yield Way(
            says=f"the {field.replace('_', ' ')} number is told",
            system=first.source.system,
            facts=(corrected(at, first, references=(*first.references, number)),),
        )


def credit_good(_hold: Hold, at: Situation) -> Ways:
    """Only who may put a customer on hold may let it go."""
    customer = at.unit.text("customer")
    system = at.may_say("credit_status", "erp")
    told = [
        (fact, fact.said)
        for fact in at.unit.customers
        if isinstance(fact.said, Customer) and fact.source.system == system
    ]
    words: list[str] = []
    changes: dict[str, str | bool] = {}
    if any(said.credit_status == "hold" for _, said in told):
        words.append(f"the credit hold of {customer} is ended")
        changes["credit_status"] = "good"
    if any(said.factoring_pending for _, said in told):
        words.append(f"it is told where invoices to {customer} are paid")
        changes["factoring_pending"] = False
    if changes:
        yield Way(
            says=", and ".join(words),
            system=system,
            facts=tuple(corrected(at, fact, **changes) for fact, _ in told),
        )


def invoice_profile(_hold: Hold, at: Situation) -> Ways:
    """How the customer gets its invoices; a contract that is not there is not told by a fact."""
    if at.editions.contract is None:
        return
    system = at.may_say("credit_status", "erp")
    said = Customer(
        customer=at.unit.text("customer"), invoice_channel=EXPECTED, invoice_to=EXPECTED
    )
    yield Way(
        says="it is told how the customer gets its invoices, and addressed to whom",
        system=system,
        facts=(new_fact(at, system, said, after=at.unit.customers),),
    )


def exemption(_hold: Hold, at: Situation) -> Ways:
    """A certificate that covers the day of service."""
    day = Journey(at.unit).service_date
    if day is None:
        return
    system = at.may_say("credit_status", "erp")
    said = Customer(customer=at.unit.text("customer"), exempt_until=day)
    yield Way(
        says=f"an exemption certificate that covers {day.isoformat()} is on file",
        system=system,
        facts=(new_fact(at, system, said, after=at.unit.customers),),
    )
