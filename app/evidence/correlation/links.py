"""Which billable unit a fact belongs to, by the numbers it names.

A shipment declared by a system that plans freight is a unit; an order that no shipment
names is a unit of its own (a warehouse order). Where a customer is billed by order, its
orders are the units and its shipments only tell about them. A storage period is a unit, and
every movement of its stock before its end belongs to it: what lies there came with them.

A fact belongs to the unit it names, or to the one unit that claims a strong number it
names: a unit claims the numbers that stand in facts about it. Two claimants make the fact
ambiguous; a weak number (a customer's PO is used again and again) only raises a suspicion.
A fact nobody claims is an orphan; nothing is remembered about it, so every new fact gives
it another chance. What the ledger says of an invoice belongs to no unit, whatever it names, and
neither does who works on it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from app.evidence.correlation.in_force import in_force
from app.evidence.facts.deadline import Deadline
from app.evidence.facts.dispute import Dispute
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Load, Milestone, Shipment, Stop
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.money import Accessorial, Approval, Cost
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, ExceptionReport, SameThing, Withdrawal
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.facts.tax import TaxDetermination
from app.evidence.facts.warehouse import InventoryMovement, StoragePeriod
from app.evidence.facts.work import Assignment, Waiver

PLANNERS = frozenset({"tms", "oms", "erp", "ops"})
"""Systems whose word makes a shipment exist; a carrier only reports about one."""

STOREKEEPERS = PLANNERS | {"wms"}
"""Systems whose word makes a storage period exist."""

STRONG = frozenset(
    {
        ReferenceKind.SHIPMENT,
        ReferenceKind.BOL,
        ReferenceKind.PRO,
        ReferenceKind.ORDER,
        ReferenceKind.WAREHOUSE_SHIPMENT,
        ReferenceKind.STORAGE,
    }
)
WEAK = frozenset(
    {
        ReferenceKind.CUSTOMER_PO,
        ReferenceKind.DELIVERY,
        ReferenceKind.TRACKING,
        ReferenceKind.CONTAINER,
    }
)
FOLLOWED = STRONG | {ReferenceKind.LOAD}
"""Kinds of numbers by which neighbouring facts are fetched."""

HUBS = (Order, Load)
"""Said about several units at once: they belong to all and pass no numbers on."""
SHARED_BY_LOAD = (Load, Stop, Milestone, Cost, Accessorial, Approval, ExceptionReport)
"""What may be said of a whole load; a document of a load does not prove each delivery."""


OWN_AFFAIR = (Document, Approval, ExceptionReport, TaxDetermination, Deadline, Dispute, Waiver)
"""What concerns one unit of a load and changes nothing for the others."""


APART = (Withdrawal, Receivable, Assignment)
"""What is of no unit and waits for none: a withdrawal has done its work once facts are in force,
and what people note about their work is no evidence.
"""


class Strength(StrEnum):
    """How a fact came to a unit."""

    NAMED = "named"
    CLAIMED = "claimed"
    LOAD = "load"
    STOCK = "stock"
    """A movement of the stock that is stored, whenever it was before the period's end."""
    CUSTOMER = "customer"
    """Said of the customer, and so of all the customer's units."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Why one fact belongs to the unit."""

    fact_id: str
    strength: Strength
    through: str
    """The reference that links them."""


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that may belong to the unit; it proves nothing until a person says so."""

    fact_id: str
    candidates: tuple[str, ...]
    through: tuple[str, ...]


class UnitLinks(msgspec.Struct, frozen=True, kw_only=True):
    """One billable unit and the facts that belong or may belong to it."""

    unit: str
    """`shipment:NUMBER`, `order:NUMBER` or `storage:NUMBER`."""
    links: tuple[Link, ...]
    doubts: tuple[Doubt, ...]
    load_keys: tuple[str, ...]


class Correlation(msgspec.Struct, frozen=True, kw_only=True):
    """All units among the facts, and the facts that nobody claims."""

    units: Mapping[str, UnitLinks]
    orphans: tuple[str, ...]


def unit_name(reference: Reference) -> str:
    """The name of the unit that the number of a shipment, order or period stands for."""
    kind, _, value = reference.key.split(":", 2)
    return f"{kind}:{value}"


def reference_of(unit: str) -> Reference:
    """The number that a unit's name stands for."""
    kind, _, number = unit.partition(":")
    return Reference(kind=ReferenceKind(kind), value=number)


def names_of(facts: Iterable[Fact]) -> frozenset[str]:
    """Every name a unit with these facts goes by, or went by before numbers were made one."""
    names = set()
    for fact in facts:
        if isinstance(fact.said, Shipment):
            reference = Reference(kind=ReferenceKind.SHIPMENT, value=fact.said.shipment)
            names.add(unit_name(reference))
        elif isinstance(fact.said, Order):
            names.add(unit_name(Reference(kind=ReferenceKind.ORDER, value=fact.said.order)))
        elif isinstance(fact.said, StoragePeriod):
            names.add(unit_name(_number_of(fact.said)))
    return frozenset(names)


def _share_a_day(some: Iterable[Fact], others: Iterable[Fact]) -> bool:
    """Whether any two of these periods, as they were told, have a day in common."""
    return any(
        one.starts_on < other.ends_before and other.starts_on < one.ends_before
        for one in _periods_in(some)
        for other in _periods_in(others)
    )


def _periods_in(facts: Iterable[Fact]) -> list[StoragePeriod]:
    return [fact.said for fact in facts if isinstance(fact.said, StoragePeriod)]


def _number_of(said: StoragePeriod) -> Reference:
    return Reference(kind=ReferenceKind.STORAGE, value=said.storage_period)


def followed(fact: Fact) -> Iterable[str]:
    """The numbers by which a fact belongs to others that name them too."""
    everything = isinstance(fact.said, SameThing)
    return (ref.key for ref in fact.references if everything or ref.kind in FOLLOWED)


def correlate(facts: Iterable[Fact], billed_by_order: Collection[str] = ()) -> Correlation:
    """Every fact's unit, or why it has none; `billed_by_order` names such customers."""
    said = (fact for fact in in_force(facts) if not isinstance(fact.said, APART))
    return _Graph(tuple(said), billed_by_order).correlation()


class _Graph:
    """The references as nodes, the facts as what joins them."""

    def __init__(self, facts: tuple[Fact, ...], billed_by_order: Collection[str]) -> None:
        self.facts = facts
        self.billed_by_order = frozenset(billed_by_order)
        self.same = _same_things(facts)
        self.keys = {
            fact.fact_id: frozenset(
                key
                for key in (self.same.get(ref.key, ref.key) for ref in fact.references)
                if key.split(":", 1)[0] in FOLLOWED
            )
            for fact in facts
        }
        self.weak_keys = {
            fact.fact_id: frozenset(ref.key for ref in fact.references if ref.kind in WEAK)
            for fact in facts
        }
        self.anchors = self._anchors()
        self.named = {
            fact.fact_id: frozenset(
                self.anchors[key] for key in self.keys[fact.fact_id] if key in self.anchors
            )
            for fact in facts
        }
        self.claims = self._claims()

    def _anchors(self) -> dict[str, str]:
        """Reference key to unit name; numbers that are one give the unit one name."""
        anchors: dict[str, str] = {}
        with_shipment: set[str] = set()
        for fact in self.facts:
            if isinstance(fact.said, Shipment) and self._makes_a_shipment(fact, fact.said):
                key = Reference(kind=ReferenceKind.SHIPMENT, value=fact.said.shipment).key
                root = self.same.get(key, key)
                anchors[root] = f"shipment:{root.rsplit(':', 1)[1]}"
                with_shipment |= {key for key in self.keys[fact.fact_id] if _is(key, "order")}
        for fact in self.facts:
            if isinstance(fact.said, Order):
                key = Reference(kind=ReferenceKind.ORDER, value=fact.said.order).key
                root = self.same.get(key, key)
                carried = root in with_shipment or bool(self.keys[fact.fact_id] & anchors.keys())
                own = fact.said.customer in self.billed_by_order or not carried
                if own and not _is(root, "shipment"):
                    anchors[root] = f"order:{root.rsplit(':', 1)[1]}"
        for fact in self.facts:
            if isinstance(fact.said, StoragePeriod) and fact.source.system in STOREKEEPERS:
                key = _number_of(fact.said).key
                root = self.same.get(key, key)
                if _is(root, "storage"):
                    anchors[root] = f"storage:{root.rsplit(':', 1)[1]}"
        return anchors

    def _makes_a_shipment(self, fact: Fact, said: Shipment) -> bool:
        return fact.source.system in PLANNERS and said.customer not in self.billed_by_order

    def _claims(self) -> dict[str, set[str]]:
        """Reference key to the units that claim it, grown until nothing is added."""
        claims: dict[str, set[str]] = defaultdict(set)
        for key, unit in self.anchors.items():
            claims[key].add(unit)
        grown = True
        while grown:
            grown = False
            for fact in self.facts:
                if isinstance(fact.said, HUBS) and not self._anchors_itself(fact):
                    continue
                units = self.named[fact.fact_id] or self._claimants(fact, claims)
                for key in self.keys[fact.fact_id]:
                    if _passes_on(key, fact, self.anchors) and not units <= claims[key]:
                        claims[key] |= units
                        grown = True
        return claims

    def _anchors_itself(self, fact: Fact) -> bool:
        return isinstance(fact.said, Order) and bool(self.named[fact.fact_id])

    def _claimants(self, fact: Fact, claims: Mapping[str, set[str]]) -> frozenset[str]:
        strong = [key for key in self.keys[fact.fact_id] if not _is(key, "load")]
        return frozenset().union(*(claims.get(key, set()) for key in strong))

    def correlation(self) -> Correlation:
        links: dict[str, list[Link]] = defaultdict(list)
        doubts: dict[str, list[Doubt]] = defaultdict(list)
        orphans: list[str] = []
        listed = self._units_by_stop()
        stored = self._periods_of_movements()
        for fact_id, rivalled in self._rival_periods().items():
            stored.setdefault(fact_id, {}).update(rivalled)
        for fact in self.facts:
            units, strength, through = self._place(fact, listed)
            for unit, stock in stored.get(fact.fact_id, {}).items():
                if strength is None or unit not in units:
                    link = Link(fact_id=fact.fact_id, strength=Strength.STOCK, through=stock)
                    links[unit].append(link)
            if strength is None and not units and fact.fact_id not in stored:
                orphans.append(fact.fact_id)
            for unit in units:
                if strength is None:
                    doubt = Doubt(
                        fact_id=fact.fact_id, candidates=tuple(sorted(units)), through=through
                    )
                    doubts[unit].append(doubt)
                else:
                    links[unit].append(
                        Link(fact_id=fact.fact_id, strength=strength, through=", ".join(through))
                    )
        loads: dict[str, set[str]] = defaultdict(set)
        for key, claimants in self.claims.items():
            for unit in claimants if _is(key, "load") else ():
                loads[unit].add(key)
        return Correlation(
            units={
                unit: UnitLinks(
                    unit=unit,
                    links=tuple(links[unit]),
                    doubts=tuple(doubts[unit]),
                    load_keys=tuple(sorted(loads[unit])),
                )
                for unit in sorted(set(self.anchors.values()))
            },
            orphans=tuple(orphans),
        )

    def _periods_of_movements(self) -> dict[str, dict[str, str]]:
        """Movement to the storage periods that end after it, and through which stock.

        Where a movement was told for several days, the first of them counts: its last word
        is looked at wherever an earlier one would be believed without it.
        """
        ends = self._ends_of_periods()
        moved: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            if isinstance(fact.said, InventoryMovement):
                for stock in _stocks_of(fact):
                    moved[stock, fact.said.movement].append(fact)
        found: dict[str, dict[str, str]] = {}
        for (stock, _), words in sorted(moved.items()):
            first = min(fact.occurred_at.date() for fact in words)
            periods = {unit: stock for unit, end in sorted(ends[stock].items()) if first < end}
            for fact in words if periods else ():
                found.setdefault(fact.fact_id, {}).update(periods)
        return found

    def _rival_periods(self) -> dict[str, dict[str, str]]:
        """Period to the other units that bill a day of the same stock, and through which stock.

        What lies in a warehouse owes each day once; both are shown to both.
        """
        told: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            if isinstance(fact.said, StoragePeriod):
                for stock in _stocks_of(fact):
                    for unit in self.named[fact.fact_id]:
                        told[stock, unit].append(fact)
        found: dict[str, dict[str, str]] = {}
        for (stock, unit), own in sorted(told.items()):
            for (same, _), words in told.items():
                if same == stock and words is not own and _share_a_day(own, words):
                    # Every word about the other: the last may say that it was moved away.
                    for fact in words:
                        found.setdefault(fact.fact_id, {})[unit] = stock
        return found

    def _ends_of_periods(self) -> dict[str, dict[str, date]]:
        """By stock, where each of its storage periods ends; the latest end that is told."""
        ends: dict[str, dict[str, date]] = defaultdict(dict)
        for fact in self.facts:
            if isinstance(fact.said, StoragePeriod):
                for unit in self.named[fact.fact_id]:
                    for stock in _stocks_of(fact):
                        end = max(fact.said.ends_before, ends[stock].get(unit, date.min))
                        ends[stock][unit] = end
        return ends

    def _place(
        self, fact: Fact, listed: Mapping[tuple[str, str], frozenset[str]]
    ) -> tuple[frozenset[str], Strength | None, tuple[str, ...]]:
        """The units, how they were found (None: only suspected), and through which numbers."""
        keys = self.keys[fact.fact_id]
        if units := self.named[fact.fact_id]:
            return units, Strength.NAMED, tuple(sorted(keys & self.anchors.keys()))
        if units := self._claimants(fact, self.claims):
            through = tuple(sorted(k for k in keys if self.claims.get(k) and not _is(k, "load")))
            sure = len(units) == 1 or isinstance(fact.said, HUBS)
            return units, Strength.CLAIMED if sure else None, through
        loads = tuple(sorted(key for key in keys if _is(key, "load") and self.claims.get(key)))
        if loads:
            return self._on_load(fact, loads, listed)
        return self._suspected(fact)

    def _on_load(
        self, fact: Fact, loads: tuple[str, ...], listed: Mapping[tuple[str, str], frozenset[str]]
    ) -> tuple[frozenset[str], Strength | None, tuple[str, ...]]:
        units = frozenset().union(*(self.claims[key] for key in loads))
        stop = getattr(fact.said, "stop", None)
        if stop is not None and isinstance(fact.said, SHARED_BY_LOAD):
            here = frozenset().union(*(listed.get((key, stop), frozenset()) for key in loads))
            if here:
                return here & units, Strength.LOAD, loads
        whole = isinstance(fact.said, Load | Cost) or stop is None
        shared = isinstance(fact.said, SHARED_BY_LOAD) and whole and not _proves_delivery(fact)
        return units, Strength.LOAD if shared or len(units) == 1 else None, loads

    def _suspected(self, fact: Fact) -> tuple[frozenset[str], None, tuple[str, ...]]:
        """The units whose weak numbers it names; with a strong number it is somebody else's."""
        if self.keys[fact.fact_id]:
            return frozenset(), None, ()
        owners = self._weak_owners()
        through = tuple(sorted(key for key in self.weak_keys[fact.fact_id] if key in owners))
        return frozenset().union(*(owners[key] for key in through)), None, through

    def _weak_owners(self) -> dict[str, set[str]]:
        owners: dict[str, set[str]] = defaultdict(set)
        for fact in self.facts:
            units = self.named[fact.fact_id] or self._claimants(fact, self.claims)
            for key in self.weak_keys[fact.fact_id]:
                owners[key] |= units
        return owners

    def _units_by_stop(self) -> dict[tuple[str, str], frozenset[str]]:
        """Which units a load's stop handles, where a source lists them."""
        listed: dict[tuple[str, str], frozenset[str]] = {}
        for fact in self.facts:
            if isinstance(fact.said, Stop) and fact.said.load and fact.said.shipments:
                load = Reference(kind=ReferenceKind.LOAD, value=fact.said.load).key
                keys = {
                    Reference(kind=ReferenceKind.SHIPMENT, value=number).key
                    for number in fact.said.shipments
                }
                units = frozenset(self.anchors[key] for key in keys if key in self.anchors)
                listed[load, fact.said.stop] = listed.get((load, fact.said.stop), units) | units
        return listed


def _stocks_of(fact: Fact) -> tuple[str, ...]:
    return tuple(ref.key for ref in fact.references if ref.kind is ReferenceKind.STOCK)


def _is(key: str, kind: str) -> bool:
    return key.startswith(f"{kind}:")


def _passes_on(key: str, fact: Fact, anchors: Mapping[str, str]) -> bool:
    """A unit never claims another unit's own number; only its planner puts it on a load."""
    if key in anchors:
        return False
    return not _is(key, "load") or isinstance(fact.said, Shipment)


def _proves_delivery(fact: Fact) -> bool:
    return isinstance(fact.said, Milestone) and "deliver" in fact.said.status


def _same_things(facts: Iterable[Fact]) -> dict[str, str]:
    """Reference key to the key it is replaced by, from people's word that both are one."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while key in parent:
            key = parent[key]
        return key

    said: dict[tuple[str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in sorted(facts, key=lambda fact: (fact.revision, fact.occurred_at, fact.fact_id)):
        if isinstance(fact.said, SameThing) and _may_say_so(fact):
            one, other = sorted((fact.said.one.key, fact.said.other.key))
            said[one, other][f"{fact.source.system}/{fact.source.instance}"] = fact
    # One voice that says they are not the same is enough: a wrong merge bills two as one.
    pairs = sorted(
        pair
        for pair, last_words in said.items()
        if all(isinstance(f.said, SameThing) and f.said.same for f in last_words.values())
    )
    for one, other in pairs:
        if (low := min(root(one), root(other), key=_rank)) != (
            high := max(root(one), root(other), key=_rank)
        ):
            parent[high] = low
    return {key: root(key) for key in parent}


def _may_say_so(fact: Fact) -> bool:
    """Only who plans freight may make two numbers one, and only as a matter of fact."""
    return fact.classifier is Classifier.ACTUAL and fact.source.system in PLANNERS


def _rank(key: str) -> tuple[int, str]:
    """A shipment's own number is kept before any other, so that its unit keeps its name."""
    order = ("shipment:", "order:")
    return next((n for n, start in enumerate(order) if key.startswith(start)), 9), key
