"""What is known, for people who ask: current decisions, and facts that wait for a unit."""

import msgspec

from app.billing.release_token import release_token
from app.evidence.correlation.links import correlate
from app.evidence.facts.fact import Fact
from app.evidence.facts.reference import ReferenceKind
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.operations.deciding.gather_dossier import Neighbourhood, find_unit, neighbourhood
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House

ANCHORS = (ReferenceKind.SHIPMENT, ReferenceKind.ORDER, ReferenceKind.STORAGE)
ABOUT_UNITS = (
    "order",
    "shipment",
    "load",
    "stop",
    "milestone",
    "warehouse_shipment",
    "work_order",
    "tax_determination",
    "storage_period",
    "document",
    "accessorial",
    "cost",
    "approval",
    "exception",
    "waiver",
    "dispute",
    "reference",
)
"""What is said of something billable; master data, stock and market values stand by themselves."""


def all_units(house: House) -> tuple[str, ...]:
    """Every billable unit anybody has reported, sorted."""
    with house.database.reading(house.tenant) as store:
        return units_in(store)


def units_in(store: Store) -> tuple[str, ...]:
    """Every billable unit anybody has reported, sorted."""
    units: set[str] = set()
    seen: set[str] = set()
    for key in tuple(store.facts.keys_of_kinds(ANCHORS)):
        if key in seen:
            continue
        near = neighbourhood(store, [key], None)
        seen |= {ref.key for fact in near.facts.values() for ref in fact.references}
        units |= set(near.correlation.units)
    return tuple(sorted(units))


def current_decisions(house: House) -> tuple[Decision, ...]:
    """Every unit's current decision, by unit."""
    with house.database.reading(house.tenant) as store:
        found = [msgspec.json.decode(row.body, type=Decision) for row in store.decisions.current()]
    return tuple(sorted(found, key=lambda decision: decision.unit))


def waiting_facts(house: House) -> tuple[Fact, ...]:
    """Facts about freight that nobody's shipment or order claims yet, in business order."""
    with house.database.reading(house.tenant) as store:
        facts = store.facts.of_entities(ABOUT_UNITS)
    waiting = (facts[fact_id] for fact_id in correlate(facts.values()).orphans)
    return tuple(sorted(waiting, key=lambda fact: (fact.occurred_at, fact.fact_id)))


class UnitKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known about one unit, decided or not."""

    unit: str
    facts: tuple[Fact, ...]
    """Those that belong to it."""
    doubts: tuple[Fact, ...]
    """Those that may belong to it."""
    decision_id: str = ""
    """Its current decision, empty before the first."""
    release_id: str = ""
    release_token: str = ""
    """By which its release is claimed; empty where nothing is to be claimed, or all was."""
    invoice_number: str = ""
    """What the billing system calls its invoice, once it has told."""


def look_up_unit(house: House, reference: str) -> UnitKnown:
    """What is known about the unit that goes by this number.

    Raises:
        NotFoundError: no unit goes by it.
        ConflictError: several do.
    """
    with house.database.reading(house.tenant) as store:
        unit, near = find_unit(store, reference, None)
        return _known(store, unit, near)


def _known(store: Store, unit: str, near: Neighbourhood) -> UnitKnown:
    links = near.correlation.units[unit]
    decision = store.decisions.current_of(unit)
    family = store.releases.of_unit(unit)
    release = family[-1] if family else None
    unclaimed = decoded(decision).decision if decision else None
    if unclaimed and store.releases.claimed_by(unclaimed.decision_id):
        unclaimed = None
    return UnitKnown(
        unit=unit,
        facts=tuple(near.facts[link.fact_id] for link in links.links),
        doubts=tuple(near.facts[doubt.fact_id] for doubt in links.doubts),
        decision_id=decision.decision_id if decision else "",
        release_id=release.release_id if release else "",
        release_token=release_token(unclaimed) if unclaimed else "",
        invoice_number=release.invoice_number if release else "",
    )
