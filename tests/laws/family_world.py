"""A shipment of Northwind's to which anything may happen, decided and claimed in memory.

Each event is told twice: to the application as facts, and to the ledger in the ledger's own words.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec

from app.billing.claimed import claimed_documents, ended_by
from app.billing.release_token import may_be_claimed
from app.decide import Concluded, conclude, prepare, second_answer
from app.dossier import METHODS_NOW, Dossier, EditionsUsed, LinkedFact
from app.evidence.correlation.in_force import in_force as counting
from app.evidence.correlation.links import Strength
from app.evidence.facts.deadline import Deadline
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Fact, Said, identified
from app.evidence.facts.freight import Milestone, MilestoneStatus, Mode, Shipment, Stop, StopType
from app.evidence.facts.market import IndexValue
from app.evidence.facts.money import Accessorial, Approval, Outcome
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus, Withdrawal
from app.evidence.facts.surroundings import AccountingPeriod
from app.family.document import FamilyDocument
from app.family.family import Family
from app.money import of_minor_units
from tests.laws.family_ledger import TARIFFS, Claimed, Ledger
from tests.laws.family_terms import Terms, in_force
from tests.unit.pricing import made_facts as made

PICKED_UP = datetime(2026, 3, 2, 15, tzinfo=UTC)
DELIVERED = datetime(2026, 3, 4, 16, tzinfo=UTC)
UNIT = "shipment:S1"
MARKET = (IndexValue,)
SURROUNDING = (AccountingPeriod,)


class World:
    """The facts so far, the family so far, and the ledger.

    Args:
        seed: by which everything that happens is chosen.
        terms: of the contract.
    """

    def __init__(self, seed: int, terms: Terms) -> None:
        self.by = Random(seed)
        self.terms = terms
        self.ledger = Ledger(taxed=terms.taxed)
        self.now = DELIVERED + timedelta(hours=2)
        self.facts: list[Fact] = []
        self.family: tuple[FamilyDocument, ...] = ()
        self.last_claim: tuple[Concluded, tuple[FamilyDocument, ...]] | None = None
        self.closed: set[str] = set()
        self.weighed: Fact | None = None
        self.weighed_at = PICKED_UP
        self.moved: list[Fact] = []
        self.number = 0
        self._begin()

    def _begin(self) -> None:
        self.weigh(1800, PICKED_UP - timedelta(days=1))
        self.tell(Order(order="O-1", customer_po="PO-1", customer="NORTHWIND"), "oms", PICKED_UP)
        self.moves()
        self.publish(3698)

    # What is told.

    def tell(self, said: Said, system: str, at: datetime | None = None, **more: Any) -> Fact:
        """One fact in a message of its own; without a moment it is told now."""
        self.number += 1
        bare = made.fact(said, at or self.now, system=system)
        source = msgspec.structs.replace(bare.source, message_id=f"m-{self.number}")
        fact = identified(msgspec.structs.replace(bare, source=source, **more))
        self.facts.append(fact)
        return fact

    def weigh(self, pounds: int, at: datetime | None = None, supersedes: str | None = None) -> None:
        """The planner's word on the shipment; a later one counts, and one that supersedes."""
        said = Shipment(
            shipment="S-1",
            customer="NORTHWIND",
            mode=Mode.LTL,
            carrier="ABFL",
            weight=made.pounds(str(pounds)),
            origin=made.place("Chicago IL 60638"),
            destination=made.place("Atlanta GA 30336"),
        )
        moment = at or self.now
        fact = self.tell(said, "tms", moment, supersedes=supersedes)
        if self.weighed is None or supersedes == self.weighed.fact_id or moment > self.weighed_at:
            self.weighed, self.weighed_at, self.ledger.pounds = fact, moment, pounds

    def moves(self) -> None:
        """It is picked up and delivered, at the stop with its times."""
        self.moved = [
            self.tell(Milestone(status=MilestoneStatus.PICKED_UP), "carrier", PICKED_UP),
            self.tell(Milestone(status=MilestoneStatus.DELIVERED), "carrier", DELIVERED),
        ]

    def publish(self, price: int) -> None:
        """The index of the week that counts, or its correction."""
        said = IndexValue(
            series="EIA on-highway diesel",
            region="US",
            published_on=date(2026, 2, 23),
            price=Decimal(price).scaleb(-3),
        )
        at = datetime(2026, 2, 23, 16, tzinfo=UTC)
        self.tell(said, "pricing", at, revision=self.number)
        self.ledger.diesel = price

    def wait(self, minutes: int) -> None:
        """How long the truck stood at the consignee's, or its correction."""
        begins = DELIVERED - timedelta(hours=9)
        said = Stop(
            stop="2",
            shipment="S-1",
            stop_type=StopType.DELIVERY,
            appointment_early=begins,
            appointment_late=begins + timedelta(hours=1),
            arrived_at=begins,
            departed_at=begins + timedelta(minutes=minutes),
        )
        self.tell(said, "carrier")
        self.ledger.waited = minutes

    def claim(self, name: str, charge: str) -> None:
        """Somebody claims an extra service, or says that it was another one."""
        stop = "2" if charge == "detention" else None
        paper = f"SLIP-{name}"
        claim = Accessorial(accessorial=name, charge=charge, stop=stop, evidence=(paper,))
        self.tell(claim, "carrier")
        if known := self.ledger.claims.get(name):
            known.charge = charge
            return
        self.ledger.claims[name] = Claimed(charge)
        self.show(name, shown=self.by.random() < 0.7)

    def show(self, name: str, *, shown: bool) -> None:
        """The paper that a claim names is accepted, or not yet."""
        status = DocumentStatus.ACCEPTED if shown else DocumentStatus.RECEIVED
        self.tell(Document(document=f"SLIP-{name}", document_type="SLIP", status=status), "dms")
        self.ledger.claims[name].shown = shown

    def approve(self, subject: str, who: str, most: int | None = None) -> None:
        """Approved, rejected or waived by `ops` or the customer."""
        given_up = who in {"reject", "waive"}
        outcomes = {"reject": Outcome.REJECTED, "waive": Outcome.WAIVED}
        said = Approval(
            approval=f"AP-{self.number}",
            subject=subject,
            granted=not given_up,
            approver="R. Roe",
            authority={"ops": "ops_manager", "customer": "customer"}.get(who, "ops_manager"),
            up_to=of_minor_units(most, "USD") if most is not None else None,
            outcome=outcomes.get(who),
            reason="not ordered" if given_up else "",
        )
        system = "finance" if subject.startswith("dispute ") else "portal"
        self.tell(said, system)
        if subject in self.ledger.claims:
            self.ledger.claims[subject].acts.append((who, most))

    def dispute(self, name: str, step: str, cents: int = 0, capacity: str = "finance") -> None:
        """`opened`, `answered`, `credited`, `rejected` or `withdrawn`."""
        known = self.ledger.disputes[name]
        charge, _, subject = known.line.partition("/")
        state = {"opened": DisputeState.OPENED, "answered": DisputeState.ANSWERED}
        ends = state.get(step, DisputeState.RESOLVED) is DisputeState.RESOLVED
        said = Dispute(
            dispute=name,
            charge=charge,
            subject=subject,
            shipment="S-1",
            reason=DisputeReason.RATE,
            amount=of_minor_units(known.claimed, "USD"),
            state=state.get(step, DisputeState.RESOLVED),
            outcome=DisputeOutcome(step) if ends else DisputeOutcome.NONE,
            granted=of_minor_units(cents, "USD") if step == "credited" else None,
            resolved_by="J. Doe" if ends else "",
            authority=capacity if ends else "",
        )
        self.tell(said, "customer" if step in {"opened", "withdrawn"} else "billing")
        known.open = not ends
        if step in {"credited", "rejected"}:
            known.granted = cents

    def paper(self, status: DocumentStatus) -> None:
        """The proof of delivery."""
        said = Document(
            document="POD-1",
            document_type="POD",
            status=status,
            signed=True,
            exceptions_noted=False,
        )
        self.tell(said, "dms")

    def period(self, *, closed: bool) -> None:
        """Finance closes the month of the service, or opens it again."""
        self.tell(AccountingPeriod(accounting_period="2026-03", closed=closed), "erp")

    def call_off(self) -> None:
        """It never moved: the carrier takes its milestones back, and the planner cancels it."""
        for fact in self.moved:
            self.tell(Withdrawal(withdrawal=fact.source.message_id), "carrier")
        self.tell(Shipment(shipment="S-1", status="cancelled"), "tms")
        self.ledger.called_off = True

    def call_on(self) -> None:
        """And that was wrong."""
        self.moves()
        self.tell(Shipment(shipment="S-1", status="planned"), "tms")
        self.ledger.called_off = False

    def retariff(self) -> None:
        """Another edition of the card."""
        self.ledger.tariff = self.by.randrange(len(TARIFFS))

    def resend(self) -> None:
        """A message comes a second time, or its content in another message."""
        fact = self.by.choice(self.facts)
        if self.by.random() < 0.5 or fact in self.moved:
            self.facts.append(fact)
            return
        again = self.tell(fact.said, fact.source.system)
        self.facts.remove(again)
        source = msgspec.structs.replace(fact.source, message_id=again.source.message_id)
        self.facts.append(identified(msgspec.structs.replace(fact, source=source)))

    def expire(self) -> None:
        """Weeks pass, and the timer of an open provisional invoice falls due."""
        self.now += timedelta(days=16)
        opened = Family(documents=self.family).open_provisional
        if opened is not None and opened.expires_at is not None:
            name = f"provisional {opened.reference}"
            self.tell(Deadline(deadline=name, passed_at=opened.expires_at), "integration")

    # What is decided.

    def dossier(self, order: Sequence[Fact] | None = None) -> Dossier:
        """Everything that counts, as it would be gathered; in any order of the facts."""
        facts = counting(self.facts if order is None else order)
        facts = facts if order is None else tuple(sorted(facts, key=list(order).index))
        own = [each for each in facts if not isinstance(each.said, (*MARKET, *SURROUNDING))]
        policy_at = max(each.recorded_at for each in own)
        months = [each for each in facts if isinstance(each.said, SURROUNDING)]
        last = max(months, key=lambda each: each.occurred_at, default=None)
        closed = last is not None and getattr(last.said, "closed", False)
        return Dossier(
            tenant="demo",
            unit=UNIT,
            policy_at=policy_at,
            facts=tuple(
                LinkedFact(fact=each, strength=Strength.NAMED, through=UNIT) for each in own
            ),
            market=tuple(each for each in facts if isinstance(each.said, MARKET)),
            surroundings=(last,) if closed and last else (),
            family=self.family,
            editions=EditionsUsed(rules="rules", authority="authority"),
            methods=METHODS_NOW,
        )

    def decided(self, order: Sequence[Fact] | None = None) -> Concluded:
        """The decision; nothing is kept of it."""
        question = prepare(self.dossier(order), in_force(self.terms, self.ledger.tariff))
        return conclude(question, second_answer(question)[0])

    def ends_by_itself(self, concluded: Concluded) -> bool:
        """With nothing to claim, that it is decided ends an open provisional invoice."""
        return not concluded.decision.documents and self._settle(concluded)

    def claims(self, concluded: Concluded) -> tuple[FamilyDocument, ...]:
        """What goes out by it; nothing where nothing may be claimed."""
        if not may_be_claimed(concluded.decision):
            return ()
        out = claimed_documents(concluded.decision, self.family, self.now)
        self.last_claim = concluded, self.family
        self._settle(concluded)
        self.family = (*self.family, *out)
        for document in out:
            for line in document.lines:
                of = line.tax.taxable.minor_units if line.tax else None
                self.ledger.went_out(line.key, line.amount.minor_units, of)
        return out

    def claims_again(self) -> tuple[str, ...]:
        """The references under which the last claim would go out once more."""
        if self.last_claim is None:
            return ()
        concluded, before = self.last_claim
        again = claimed_documents(concluded.decision, before, self.now + timedelta(hours=1))
        return tuple(each.reference for each in again)

    def _settle(self, concluded: Concluded) -> bool:
        ended = ended_by(concluded.decision, self.family)
        if ended is None:
            return False
        settled = msgspec.structs.replace(ended, settled=concluded.decision.settles)
        self.family = (settled, *self.family[1:])
        return True
