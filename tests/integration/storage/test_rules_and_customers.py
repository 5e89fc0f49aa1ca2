"""What rules hold, and what one customer may be shown, of where units stand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.infrastructure.storage.customer_rows import AfterInvoice
from app.infrastructure.storage.database import Database
from app.infrastructure.storage.rule_firings import RuleFirings
from app.infrastructure.storage.store import Store
from app.reports.rules.effects import AfterUnit, MoneyOfRule, UnitOfRule
from app.reports.standing.standing import (
    BilledInvoice,
    Permitted,
    Spell,
    Stage,
    Standing,
    WhereItStands,
)

TENANT, ON = "demo", date(2026, 3, 9)
AT = datetime(2026, 3, 6, 12, tzinfo=UTC)


def stands(unit: str, customer: str, *, stage: Stage = Stage.HELD, **more: Any) -> WhereItStands:
    return WhereItStands(
        standing=Standing(
            unit=unit,
            decision_id="d",
            customer=customer,
            stage=stage,
            verdict="hold",
            first_fact_at=AT,
            last_fact_at=AT,
            decided_at=AT,
            decided_on=ON,
            first_verdict="hold",
            changed_at=AT,
        ),
        **more,
    )


def spell(unit: str, customer: str, minor: int | None, subject: str = "", **more: Any) -> Spell:
    told: dict[str, Any] = {
        "unit": unit,
        "code": "POD_MISSING",
        "subject": subject,
        "customer": customer,
        "owner": "carrier desk",
        "rule_id": "POD-1",
        "says": "missing",
        "waits_for": "paper",
        "currency": "USD" if minor is not None else "",
        "value_minor": minor,
        "opened_at": AT,
        "opened_on": ON,
        "due_at": AT,
        "decision_id": "d",
    }
    return Spell(**(told | more))


def invoice(unit: str, customer: str, place: int, **more: Any) -> BilledInvoice:
    told: dict[str, Any] = {
        "release_id": f"r-{unit}-{place}",
        "unit": unit,
        "place": place,
        "kind": "final",
        "customer": customer,
        "currency": "USD",
        "amount_minor": 100 * place,
        "claimed_at": AT + timedelta(days=place // 2),
        "claimed_on": ON,
        "number": f"INV-{place}",
        "invoiced_at": AT,
        "invoiced_on": ON,
    }
    return BilledInvoice(**(told | more))


def fill(database: Database, *units: WhereItStands) -> None:
    with database.writing(TENANT) as store:
        for each in units:
            assert each.standing is not None
            store.standings.replace(each.standing.unit, each, AT)


def asked(store: Store) -> RuleFirings:
    return store.rule_firings


@pytest.fixture
def held(database: Database) -> Database:
    """Three units of two customers, one of them closed before, one without a price."""
    closed: dict[str, Any] = {"closed_at": AT, "closed_on": ON, "how": "cleared", "place": 1}
    one = (
        spell("shipment:1", "NORTHWIND", 500, "charge:a"),
        spell("shipment:1", "NORTHWIND", 250, "charge:b"),
        spell("shipment:1", "NORTHWIND", 900, "charge:c", **closed),
        spell("shipment:1", "NORTHWIND", 77, "charge:d", rule_id="ACC-1"),
    )
    two = (
        spell("shipment:2", "KESTREL", 1000, "cost:x"),
        spell("shipment:2", "KESTREL", 1000, "cost:y"),
        spell("shipment:2", "KESTREL", 40, "charge:a"),
    )
    fill(
        database,
        stands("shipment:1", "NORTHWIND", spells=one),
        stands("shipment:2", "KESTREL", spells=two),
        stands("shipment:3", "KESTREL", spells=(spell("shipment:3", "KESTREL", None),)),
        stands("shipment:4", "KESTREL", spells=(spell("shipment:4", "KESTREL", 1000),)),
    )
    return database


def test_lines_add_up_and_an_invoice_is_held_once(held: Database) -> None:
    with held.reading(TENANT) as store:
        assert asked(store).held_now("POD-1", "") == (
            MoneyOfRule("", 1, 0),
            MoneyOfRule("USD", 3, 2750),
        )
        assert asked(store).held_now("POD-1", "NORTHWIND") == (MoneyOfRule("USD", 1, 750),)
        assert asked(store).held_ever("POD-1", "") == 8
        assert asked(store).held_ever("POD-1", "NORTHWIND") == 3
        assert asked(store).held_now("NEVER-1", "") == ()


def test_the_units_behind_it_come_a_part_at_a_time_the_most_money_first(held: Database) -> None:
    with held.reading(TENANT) as store:
        first = asked(store).units_held("POD-1", "", None, 2)
        rest = asked(store).units_held("POD-1", "", AfterUnit(1000, "shipment:4"), 9)
    assert [(each.unit, each.minor) for each in first] == [
        ("shipment:2", 1000),
        ("shipment:4", 1000),
    ]
    assert rest == (
        UnitOfRule(unit="shipment:1", customer="NORTHWIND", currency="USD", minor=750),
        UnitOfRule(unit="shipment:3", customer="KESTREL", currency="", minor=None),
    )


def test_what_is_counted_for_all_rules_at_once_is_what_is_counted_for_one(held: Database) -> None:
    with held.reading(TENANT) as store:
        totals = asked(store).totals()
        assert totals.keys() == {"POD-1", "ACC-1"}
        for rule_id, total in totals.items():
            for customer in ("", "NORTHWIND", "KESTREL", "NOBODY"):
                assert total.now_for(customer) == asked(store).held_now(rule_id, customer)
                assert total.placed_for(customer) == asked(store).held_ever(rule_id, customer)


def test_another_tenant_holds_nothing(held: Database) -> None:
    with held.reading("other") as store:
        assert asked(store).held_now("POD-1", "") == ()
        assert asked(store).units_held("POD-1", "", None, 9) == ()
        assert store.customer_rows.units("NORTHWIND", tuple(Stage), "", 9) == ()


def test_what_a_rule_permits_is_counted_by_its_units(database: Database) -> None:
    permits = [
        Permitted(
            rule_id="REL-1",
            unit=f"shipment:{n}",
            customer=customer,
            verdict="release",
            currency="USD",
            amount_minor=100 * n,
            decision_id="d",
        )
        for n, customer in ((1, "NORTHWIND"), (2, "KESTREL"))
    ]
    fill(database, *(stands(each.unit, each.customer, permitted=(each,)) for each in permits))
    with database.reading(TENANT) as store:
        assert asked(store).permitted_now("REL-1", "") == (MoneyOfRule("USD", 2, 300),)
        assert asked(store).permitted_now("REL-1", "KESTREL") == (MoneyOfRule("USD", 1, 200),)
        assert asked(store).totals()["REL-1"].now_for("") == (MoneyOfRule("USD", 2, 300),)
        units = asked(store).units_permitted("REL-1", "", AfterUnit(200, "shipment:2"), 9)
    assert [each.unit for each in units] == ["shipment:1"]


def test_a_customer_has_its_own_units_in_the_stages_asked_for(database: Database) -> None:
    fill(
        database,
        stands("shipment:1", "NORTHWIND"),
        stands("shipment:2", "KESTREL"),
        stands("shipment:3", "NORTHWIND", stage=Stage.BILLED),
        stands("shipment:4", "NORTHWIND", stage=Stage.READY),
    )
    with database.reading(TENANT) as store:
        pending = (Stage.HELD, Stage.READY)
        assert store.customer_rows.units("NORTHWIND", pending, "", 9) == (
            "shipment:1",
            "shipment:4",
        )
        assert store.customer_rows.units("NORTHWIND", pending, "shipment:1", 9) == ("shipment:4",)
        assert store.customer_rows.units("NORTHWIND", pending, "", 1) == ("shipment:1",)


def test_invoices_with_a_number_come_the_latest_first(database: Database) -> None:
    mine = tuple(invoice("shipment:1", "NORTHWIND", place) for place in (1, 2, 3))
    waiting = invoice("shipment:1", "NORTHWIND", 4, number="", invoiced_on=None)
    fill(
        database,
        stands("shipment:1", "NORTHWIND", invoices=(*mine, waiting)),
        stands("shipment:2", "KESTREL", invoices=(invoice("shipment:2", "KESTREL", 5),)),
    )
    with database.reading(TENANT) as store:
        every = store.customer_rows.numbered("NORTHWIND", None, 9)
        after = AfterInvoice(every[0].claimed_at, every[0].release_id)
        rest = store.customer_rows.numbered("NORTHWIND", after, 9)
    assert [each.number for each in every] == ["INV-2", "INV-3", "INV-1"]
    assert rest == every[1:]


def test_units_with_a_dispute_that_may_be_open_are_the_customers_own(database: Database) -> None:
    mine = spell("shipment:1", "NORTHWIND", 1, code="DISPUTE_OPEN")
    others = spell("shipment:4", "KESTREL", 1, code="DISPUTE_OPEN")
    opened = invoice("shipment:2", "NORTHWIND", 1, disputed_at=AT)
    twice = invoice("shipment:1", "NORTHWIND", 2, disputed_at=AT)
    ended = invoice("shipment:3", "NORTHWIND", 1, disputed_at=AT, dispute_outcome="credited")
    fill(
        database,
        stands("shipment:1", "NORTHWIND", spells=(mine,), invoices=(twice,)),
        stands("shipment:2", "NORTHWIND", invoices=(opened,)),
        stands("shipment:3", "NORTHWIND", invoices=(ended,)),
        stands("shipment:4", "KESTREL", spells=(others,)),
    )
    with database.reading(TENANT) as store:
        rows = store.customer_rows
        assert rows.disputed_units("NORTHWIND", "", 9) == ("shipment:1", "shipment:2")
        assert rows.disputed_units("NORTHWIND", "", 1) == ("shipment:1",)
        assert rows.disputed_units("NORTHWIND", "shipment:1", 9) == ("shipment:2",)
        assert rows.disputed("NORTHWIND") == 2
        assert rows.disputed("NOBODY") == 0
