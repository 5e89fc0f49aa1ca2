"""Units made up in memory, with the repository's own rules and rate cards in force."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from app.decide import conclude, prepare, second_answer
from app.dossier import Dossier, DoubtfulFact, Editions, EditionsUsed, LinkedFact, Sibling
from app.evidence.correlation.links import Doubt, Strength
from app.evidence.facts.fact import Fact, Said
from app.evidence.facts.freight import Milestone, MilestoneStatus, Shipment
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus
from app.explanation.unlock.answer import Unlocking
from app.explanation.unlock.search import unlocking_of
from app.judgement.decision import Decision
from app.main import read_drafts
from app.operations.changing.accept_editions import Drafts
from app.settings import Settings
from tests.unit.pricing.made_facts import diesel, distance_of, fact, place, pounds

PICKED_UP = datetime(2026, 3, 2, 15, tzinfo=UTC)
DELIVERED = datetime(2026, 3, 4, 16, tzinfo=UTC)
LAST_WORD = datetime(2026, 3, 6, 12, tzinfo=UTC)
Case = tuple[Dossier, Editions, Decision]


@cache
def drafts() -> Drafts:
    return read_drafts(Settings())


def editions(customer: str, **agreed: Any) -> Editions:
    """What is in force for a customer; `agreed` is different in its contract."""
    written = drafts()
    packs = {pack.name: pack for pack in written.packs}
    contract = next(each for each in written.contracts if each.customer == customer)
    return Editions(
        rules=packs.get(customer, packs["standard"]),
        authority=written.authority,
        card=next(each for each in written.cards if each.customer == customer),
        contract=msgspec.structs.replace(contract, **agreed),
    )


def told(said: Said, at: datetime = LAST_WORD, system: str = "tms", **more: Any) -> Fact:
    return fact(said, at, system=system, **more)


def shipment(number: str = "S-1", customer: str = "NORTHWIND", **more: Any) -> Fact:
    """1,800 lb from Chicago to Atlanta."""
    values: dict[str, Any] = {
        "shipment": number,
        "customer": customer,
        "mode": "LTL",
        "carrier": "ABFL",
        "weight": pounds("1800"),
        "origin": place("Chicago IL 60638"),
        "destination": place("Atlanta GA 30336"),
    }
    return told(Shipment(**(values | more)), PICKED_UP - timedelta(days=1))


def truckload(number: str = "S-1", **more: Any) -> Fact:
    """One truck of Kestrel's, 488 miles."""
    values: dict[str, Any] = {
        "mode": "TL",
        "carrier": "KNXT",
        "weight": pounds("20000"),
        "distance": distance_of("488"),
    }
    return shipment(number, "KESTREL", **(values | more))


def milestone(status: str, at: datetime, **more: Any) -> Fact:
    return told(Milestone(status=MilestoneStatus(status), **more), at, "carrier")


def order(**more: Any) -> Fact:
    return told(Order(**({"order": "O-1", "customer_po": "PO-1"} | more)), PICKED_UP, "oms")


def pod(**more: Any) -> Fact:
    values: dict[str, Any] = {
        "document": "POD-1",
        "document_type": "POD",
        "status": DocumentStatus.ACCEPTED,
        "signed": True,
        "exceptions_noted": False,
    }
    return told(Document(**(values | more)), LAST_WORD, "dms")


def moved() -> tuple[Fact, ...]:
    return milestone("picked_up", PICKED_UP), milestone("delivered", DELIVERED)


def fuel() -> tuple[Fact, ...]:
    return diesel(date(2026, 2, 23), "3.698"), diesel(date(2026, 3, 2), "3.742")


def decided(
    facts: Iterable[Fact],
    in_force: Editions,
    *,
    unit: str = "shipment:S1",
    market: Iterable[Fact] | None = None,
    doubts: Iterable[Fact] = (),
    siblings: Iterable[tuple[str, tuple[Fact, ...]]] = (),
    **more: Any,
) -> Case:
    """The facts as a dossier, and the decision about it."""
    dossier = Dossier(
        tenant="demo",
        unit=unit,
        policy_at=LAST_WORD,
        facts=tuple(LinkedFact(fact=each, strength=Strength.NAMED, through=unit) for each in facts),
        doubts=tuple(DoubtfulFact(fact=each, doubt=_doubt(each, unit)) for each in doubts),
        siblings=tuple(Sibling(unit=name, facts=theirs) for name, theirs in siblings),
        market=tuple(fuel() if market is None else market),
        editions=EditionsUsed(rules="rules", authority="authority"),
        **more,
    )
    question = prepare(dossier, in_force)
    return dossier, in_force, conclude(question, second_answer(question)[0]).decision


def _doubt(fact: Fact, unit: str) -> Doubt:
    return Doubt(
        fact_id=fact.fact_id, candidates=(unit, "shipment:S9"), through=("customer_po::PO1",)
    )


def northwind(*but: Fact, without: tuple[Fact, ...] = (), agreed: Any = None, **more: Any) -> Case:
    """Northwind's shipment, ready to be billed but for what is different."""
    facts = [shipment(), order(), *moved(), pod()]
    replaced = {(each.entity, each.source.system, _status(each)) for each in but}
    kept = [
        f
        for f in facts
        if (f.entity, f.source.system, _status(f)) not in replaced and f not in without
    ]
    return decided([*kept, *but], editions("NORTHWIND", **(agreed or {})), **more)


def kestrel(*but: Fact, agreed: Any = None, **more: Any) -> Case:
    """Kestrel's truck, delivered."""
    mine = [] if any(isinstance(each.said, Shipment) for each in but) else [truckload()]
    return decided([*mine, *moved(), *but], editions("KESTREL", **(agreed or {})), **more)


def _status(fact: Fact) -> str:
    return str(getattr(fact.said, "status", "")) if isinstance(fact.said, Milestone) else ""


def unlocked(case: Case) -> Unlocking:
    return unlocking_of(*case)


def sets_of(case: Case) -> list[list[str]]:
    """Each set as who says what."""
    return [[f"{s.system}: {s.says}" for s in each.steps] for each in unlocked(case).sets]
