"""Storage periods and stock movements made up in one line each."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.warehouse import (
    InventoryMovement,
    MovedMeasure,
    MovementReason,
    StoragePeriod,
)
from tests.unit.pricing import made_facts as made


def period(
    number: str, first: str, last: str, status: str = "closed", system: str = "wms", **more: Any
) -> Fact:
    """Both days are in it."""
    said = StoragePeriod(
        storage_period=number,
        customer="CASE",
        warehouse="JOLIET",
        starts_on=date.fromisoformat(first),
        ends_before=date.fromisoformat(last) + timedelta(days=1),
        status=status,  # type: ignore[arg-type]
    )
    return made.fact(said, moment(last), system=system, **more)


def moved(
    movement: str,
    on: str,
    quantity: str,
    unit: str = "pallet",
    item: str = "X",
    lot: str = "",
    reason: str = "",
    storage_class: str = "",
    measures: dict[str, str] | None = None,
    *,
    system: str = "wms",
    classifier: Classifier = Classifier.ACTUAL,
    revision: int = 0,
) -> Fact:
    """`quantity` is signed; `on` is a day, at noon, or a day and a time."""
    said = InventoryMovement(
        movement=movement,
        customer="CASE",
        item=item,
        quantity=Decimal(quantity),
        unit=unit,
        lot=lot,
        warehouse="JOLIET",
        reason=MovementReason(reason) if reason else None,
        storage_class=storage_class,
        measures=tuple(
            MovedMeasure(unit=name, quantity=Decimal(value))
            for name, value in (measures or {}).items()
        ),
    )
    return made.fact(said, moment(on), system=system, classifier=classifier, revision=revision)


def moment(text: str) -> datetime:
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{hour or '12:00'}").replace(tzinfo=UTC)


def storage_unit(number: str, *facts: Fact) -> BillableUnit:
    return made.unit(number, *facts, kind="storage")


def storage_unit_in(number: str, case: dict[str, Any]) -> BillableUnit:
    """The unit of a case's period: `2026-03-01 to 2026-03-31`, and `open` behind it where it is."""
    first, _, last, *status = case["periods"][number].split()
    movements = (movement_in(told) for told in case.get("movements", []))
    claims = (
        made.claim(each["id"], each["charge"], quantity=Decimal(each["quantity"]))
        for each in case.get("claims", [])
    )
    return storage_unit(
        number, period(number, first, last, *(status or ["closed"])), *movements, *claims
    )


def movement_in(told: dict[str, Any]) -> Fact:
    """`{id: M1, on: 2026-03-10, moves: 100 pallet, lot: A}`."""
    quantity, _, unit = told["moves"].partition(" ")
    return moved(
        told["id"],
        told["on"],
        quantity,
        unit,
        told.get("item", "X"),
        told.get("lot", ""),
        told.get("reason", ""),
        told.get("class", ""),
        told.get("measures"),
    )
