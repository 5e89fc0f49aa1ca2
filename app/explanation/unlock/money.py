"""Money: an approval, a quote, a credit status, a carrier's cost."""

from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Shipment
from app.evidence.facts.money import Approval, Cost, CostKind
from app.evidence.facts.party import Customer
from app.explanation.unlock.situation import Situation, Way, Ways, corrected, key_of, new_fact
from app.judgement.decision import Hold
from app.pricing.cost.match import cost_matches


def approval(hold: Hold, at: Situation) -> Ways:
    """The customer approves the line up to its amount."""
    line = key_of(hold)
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
        facts=(new_fact(at, system, said),),
    )


def requoted(_hold: Hold, at: Situation) -> Ways:
    """The customer accepts the price, and the quote says so."""
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
        facts=(corrected(at, fact, quoted=total),),
    )


def credit_good(_hold: Hold, at: Situation) -> Ways:
    """The ERP ends the customer's credit hold."""
    customer = at.unit.text("customer")
    told = [fact for fact in at.unit.customers if isinstance(fact.said, Customer)]
    facts = tuple(corrected(at, fact, credit_status="good") for fact in told)
    system = at.may_say("credit_status", "erp")
    yield Way(
        says=f"the ERP ends the credit hold of {customer}",
        system=system,
        facts=facts or (new_fact(at, system, Customer(customer=customer, credit_status="good")),),
    )


def cost_agreed(hold: Hold, at: Situation) -> Ways:
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
                facts=(corrected(at, invoices[0], total=match.expected, lines=()),),
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
                facts=(new_fact(at, "tms", accrued),),
            )


def _is_accrued(fact: Fact) -> bool:
    return isinstance(fact.said, Cost) and fact.said.kind is CostKind.ACCRUED
