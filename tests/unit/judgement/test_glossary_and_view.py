"""The glossary and the view name the same things, in both directions."""

from datetime import UTC, datetime
from decimal import Decimal

from app.authoring.files.authority_files import load_authority
from app.authoring.files.rule_files import load_packs
from app.evidence.correlation.links import Doubt
from app.evidence.correlation.surroundings import surroundings_of
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Classifier, Fact, Quality, Remark, Said, Source, identified
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Package, Shipment, Stop
from app.evidence.facts.money import Accessorial, Approval, Cost, CostKind, CostLine
from app.evidence.facts.order import Order, OrderLine
from app.evidence.facts.papers import Document, ExceptionReport
from app.evidence.facts.surroundings import FeedStatus
from app.evidence.facts.warehouse import InventoryMovement, WorkOrder
from app.judgement.rulebook.model import Name, ValueType
from app.judgement.rulebook.seen import Seen, Value, View
from app.judgement.rulebook.view import view_of
from app.measures import Weight, WeightUnit
from app.money import Money
from app.pricing.contract.accessorial_life import lives_of, subjects_of
from app.pricing.contract.contract import Contract
from app.pricing.entitlement.deadline import Deadline
from app.pricing.entitlement.found import Entitlement, FaultClass, Found, Times
from app.pricing.entitlement.standing import Extra
from app.pricing.lines.charge import Charge, Excluded, Rated, Unpriced
from tests.rule_cases import RULES

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TYPES: dict[ValueType, type] = {
    ValueType.TEXT: str,
    ValueType.WORD: str,
    ValueType.YES_NO: bool,
    ValueType.WHOLE: int,
    ValueType.NUMBER: Decimal,
    ValueType.MONEY: Money,
    ValueType.DATE: type(NOON.date()),
}


def fact(said: Said, system: str = "tms") -> Fact:
    return identified(
        Fact(
            fact_id="",
            tenant="t",
            actor="a",
            source=Source(system=system, instance="X", message_id="1"),
            classifier=Classifier.ACTUAL,
            quality=Quality.API,
            occurred_at=NOON,
            recorded_at=NOON,
            remarks=(Remark(code="CODE_UNMAPPED", detail="what"),),
            said=said,
        )
    )


def dollars(text: str) -> Money:
    return Money(Decimal(text), "USD")


def cost(kind: CostKind, number: str, amount: str) -> Cost:
    line = CostLine(line="1", charge="linehaul", amount=dollars(amount))
    return Cost(kind=kind, carrier="K", number=number, total=dollars(amount), lines=(line,))


def a_unit_with_one_of_everything() -> View:
    weight = Weight(Decimal(100), WeightUnit.LB)
    said: list[tuple[Said, str]] = [
        (Shipment(shipment="S", customer="C", weight=weight), "tms"),
        (Shipment(shipment="S", weight=Weight(Decimal(900), WeightUnit.LB)), "carrier"),
        (
            Order(order="O", lines=(OrderLine(line="1", item="I", ordered=Decimal(1), unit="EA"),)),
            "oms",
        ),
        (Milestone(status=MilestoneStatus.DELIVERED), "carrier"),
        (Stop(stop="1", shipment="S"), "tms"),
        (Document(document="D", document_type="POD"), "dms"),
        (Accessorial(accessorial="A", charge="liftgate"), "tms"),
        (cost(CostKind.TENDERED, "1", "1.00"), "tms"),
        (cost(CostKind.INVOICED, "2", "2.00"), "carrier"),
        (cost(CostKind.INVOICED, "02", "2.00"), "carrier"),
        (ExceptionReport(exception="E", exception_type="damage"), "ops"),
        (
            Approval(approval="P", subject="A", granted=True, approver="x", authority="customer"),
            "customer_portal",
        ),
        (Package(package="1", weight=weight), "wms"),
        (
            InventoryMovement(
                movement="M", customer="C", item="I", quantity=Decimal(-1), unit="EA"
            ),
            "wms",
        ),
        (Load(load="L", shipments=("S",)), "tms"),
        (
            Dispute(
                dispute="D-1",
                charge="linehaul",
                shipment="S",
                reason=DisputeReason.RATE,
                amount=dollars("1.00"),
                state=DisputeState.RESOLVED,
                outcome=DisputeOutcome.CREDITED,
                granted=dollars("0.50"),
                resolved_by="x",
                authority="finance",
            ),
            "erp",
        ),
        (WorkOrder(work_order="W", task="kitting", quantity=Decimal(1), unit="EA"), "wms"),
    ]
    facts = [fact(each, system) for each, system in said]
    unit = unit_of("shipment:S", facts, load_authority(RULES))
    charge = Charge(
        code="linehaul",
        description="",
        quantity=Decimal(1),
        unit="",
        rate=Decimal(1),
        amount=dollars("1.00"),
        formula="",
        inputs=(),
        rows=(),
        card="",
        method="",
        unrounded="1",
        rounding="half_up_1",
        clause="",
    )
    rated = Rated(
        currency="USD",
        charges=(charge,),
        unpriced=(Unpriced(charge="x", problem="no_rate", why="w"),),
        excluded=(Excluded(charge="x", subject="", why="w", amount=dollars("1.00")),),
    )
    doubt = Doubt(fact_id=facts[0].fact_id, candidates=("a", "b"), through=("bol::1",))
    contract = Contract(
        customer="C",
        name="",
        agreed_in="",
        currency="USD",
        effective_from=NOON.date(),
        required_documents=("POD",),
        invoice_fields=("container",),
    )
    feed = fact(FeedStatus(feed_status="carrier K", silent=True), "integration")
    deadline = Deadline(last_day=NOON.date(), days=1, source="section 1")
    waited = Entitlement(
        entitlement="E",
        unit="shipment:S",
        charge="detention",
        subject="stop 1",
        amount=dollars("1.00"),
        times=Times(fault=FaultClass.UNKNOWN, because="nobody says"),
        service_day=NOON.date(),
        deadline=deadline,
    )
    lives = lives_of(unit, subjects_of(unit, rated), NOON)
    extra = Extra(lives=lives, found=Found(entitlements=(waited,)))
    near = surroundings_of([feed], load_authority(RULES))
    return view_of(unit, [(doubt, facts[0])], rated, contract, NOON, near, extra=extra)


def glossary() -> dict[tuple[str, str], Name]:
    (pack,) = [pack for pack in load_packs(RULES) if pack.name == "standard"]
    return {(name.entity, name.name): name for name in pack.glossary}


def seen_names(view: View) -> dict[tuple[str, str], list[Seen]]:
    found: dict[tuple[str, str], list[Seen]] = {("unit", n): [s] for n, s in view.unit.items()}
    for item in view.items:
        for name, seen in item.values.items():
            found.setdefault((item.entity, name), []).append(seen)
    return found


def test_every_name_of_the_glossary_is_seen_and_every_name_seen_is_in_the_glossary() -> None:
    assert set(seen_names(a_unit_with_one_of_everything())) == set(glossary())


def test_every_value_has_the_type_that_the_glossary_gives_it() -> None:
    names = glossary()
    for key, all_seen in seen_names(a_unit_with_one_of_everything()).items():
        for seen in all_seen:
            assert seen.value is None or fits(names[key], seen.value), (key, seen.value)


def fits(name: Name, value: Value) -> bool:
    right = type(value) is TYPES[name.value_type]
    return right and (not name.allowed or value in name.allowed)


def test_a_name_that_always_has_a_value_has_one_on_a_unit_nobody_described() -> None:
    unit = unit_of("shipment:S", [fact(Shipment(shipment="S"))], load_authority(RULES))
    view = view_of(unit, [], Rated(currency=""), None, NOON)
    for (entity, name), entry in glossary().items():
        if entity == "unit" and entry.always:
            assert view.unit[name].value is not None, name
