"""Days on which goods were in stock and that no declared storage period bills.

A gap belongs to the period that follows it, so that it is found once. It is raised by
declaring a period for its days, and comes to what the card asks for exactly that period.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from app.evidence.correlation.storage import Period, period_of
from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import local_day
from app.evidence.facts.fact import Classifier
from app.evidence.facts.warehouse import InventoryMovement, StoragePeriod
from app.pricing.entitlement.deadline import claim_deadline
from app.pricing.entitlement.found import Entitlement, FaultClass, Times
from app.pricing.entitlement.made import Scene, storage_unit
from app.pricing.lines.charge import Input
from app.pricing.shapes.storage.terms import Storage


def unbilled_storage(scene: Scene) -> Iterator[Entitlement]:
    """The days before the unit's period back to the one before it, or to the first receipt."""
    period = period_of(scene.unit)
    term = next((each for each in scene.terms if isinstance(each, Storage)), None)
    billed = scene.contract is not None and scene.contract.billable_unit == "storage"
    if isinstance(period, str) or term is None or not billed:
        return
    gap = _gap_before(scene, period)
    own = _own(scene, period)
    if gap is None or own is None:
        return
    name = scene.id_of("storage", f"{gap[0].isoformat()} to {gap[1].isoformat()}")
    said = StoragePeriod(
        storage_period=name,
        customer=own.customer,
        warehouse=own.warehouse,
        starts_on=gap[0],
        ends_before=gap[1],
        status="closed",
    )
    rated = scene.priced(storage_unit(scene.unit, said, datetime.combine(gap[1], time(), UTC)))
    if not rated.charges and not rated.unpriced:
        return  # nothing lay there
    lines = rated.charges
    last = date.fromordinal(gap[1].toordinal() - 1)
    evidence = {each.name: each for line in lines for each in line.inputs if each.fact_ids}
    yield Entitlement(
        entitlement=name,
        unit=scene.unit.unit,
        charge=term.charge,
        subject=f"{gap[0].isoformat()} to {last.isoformat()}",
        quantity=None,
        amount=rated.total if lines and not rated.unpriced else None,
        working="; ".join(line.formula for line in lines),
        clause=term.clause,
        times=Times(
            fault=FaultClass.NONE,
            because="goods were in stock, and no storage period bills these days",
            evidence=(*evidence.values(), _told(period)),
        ),
        missing=tuple(each.why for each in rated.unpriced),
        service_day=last,
        deadline=claim_deadline(scene.contract, term.charge, last),
        claim=said,
    )


def _told(period: Period) -> Input:
    return Input(name="next storage period", value=str(period), fact_ids=period.fact_ids)


def _own(scene: Scene, period: Period) -> StoragePeriod | None:
    said = (scene.unit.facts[each].said for each in period.fact_ids if each in scene.unit.facts)
    return next((each for each in said if isinstance(each, StoragePeriod)), None)


def _gap_before(scene: Scene, period: Period) -> tuple[date, date] | None:
    """First day and the day after the last of what no period covers just before this one."""
    last = {
        (fact.source.system, fact.source.instance, said.storage_period): said
        for unit in (scene.unit, *scene.siblings)
        for fact in sorted(unit.storage_periods, key=rank)
        if isinstance(said := fact.said, StoragePeriod) and fact.classifier is Classifier.ACTUAL
    }
    ends = [said.ends_before for said in last.values() if said.ends_before <= period.starts_on]
    moved = [
        local_day(fact)
        for fact in scene.unit.movements
        if isinstance(fact.said, InventoryMovement) and fact.classifier is Classifier.ACTUAL
    ]
    starts_on = max(ends, default=min(moved, default=period.starts_on))
    return (starts_on, period.starts_on) if starts_on < period.starts_on else None
