"""What a corrected card would do is listed as it would be decided, and nothing is stored by it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from app.errors import FileError
from app.explanation.correction import Correction
from app.explanation.correction_sums import Sums
from app.judgement.verdict import Verdict
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.accept_correction import accept_correction
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.looking import plan_correction as planning
from app.operations.looking.plan_correction import (
    Asked,
    NotPlanned,
    new_editions,
    plan_correction,
)
from app.operations.looking.proposed_adjustments import proposed_adjustments
from app.operations.releasing.claim_release import claim_release
from app.pricing.rating.card import RateCard
from app.pricing.shapes.cwt_breaks import CwtBreaks
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts

CHANGED = """\
linehaul 296.34 USD (row 1 of tables/linehaul.csv, known from 2025-11-17) \
-> 284.34 USD (row C1 of tables/linehaul.csv, known from 2026-03-25)
fuel_surcharge 59.27 USD (row 9 of tables/fuel.csv, known from 2025-11-17) \
-> 56.87 USD (row 9 of tables/fuel.csv, known from 2025-11-17)""".splitlines()
MARCH = {"effective_from": date(2026, 3, 1), "effective_before": date(2026, 4, 1)}


def corrected(hundredweight: str = "47.39", **values: Any) -> Drafts:
    """March's price of 2,000 lb and more was another one: a new row, known from a later day."""

    def with_row(card: RateCard) -> RateCard:
        linehaul = card.charges[0]
        assert isinstance(linehaul, CwtBreaks)
        first = linehaul.rates[0]
        rates = {**first.rates, "2M": Decimal(hundredweight)}
        more = {**MARCH, "row": "C1", "known_from": date(2026, 3, 25), **values}
        row = msgspec.structs.replace(first, rates=rates, **more)
        again = msgspec.structs.replace(linehaul, rates=(*linehaul.rates, row))
        return msgspec.structs.replace(card, charges=(again, *card.charges[1:]))

    cards = tuple(with_row(c) if c.customer == "NORTHWIND" else c for c in drafts().cards)
    return msgspec.structs.replace(drafts(), cards=cards)


@pytest.fixture
def shipped(house: House) -> House:
    """N1 and N2 are billed, N3 is ready, N4 has no paper yet, N5 has not moved, all by one row."""
    for number in ("N1", "N2", "N3"):
        nw.record(house, *nw.moved(number), nw.pod(number))
    nw.record(house, *nw.moved("N4"))
    nw.record(house, nw.shipment("N5"), nw.order("N5"))
    for number in ("N1", "N2", "N3", "N4", "N5"):
        decide_unit(house, number)
    for number in ("N1", "N2"):
        claim_release(house, decide_unit(house, number).decision.decision_id)
    return house


def planned(house: House, *asked: Asked) -> dict[str, Correction]:
    found = plan_correction(house, corrected(), *asked)
    return {each.unit: each for each in found if isinstance(each, Correction)}


def summed(corrections: Iterable[Correction]) -> Sums:
    sums = Sums()
    for each in corrections:
        sums.add(each)
    return sums


def test_each_unit_is_listed_with_what_was_billed_and_what_it_comes_to(shipped: House) -> None:
    # 20.00 x 47.39 = 947.80, less 70% = 284.34; fuel 20.0% of it 56.87: 341.21, 14.40 less.
    found = planned(shipped)
    assert list(found) == [f"shipment:N{number}" for number in range(1, 6)]
    billed, ready = found["shipment:N1"], found["shipment:N3"]
    assert (str(billed.billed), str(billed.comes_to)) == ("355.61 USD", "341.21 USD")
    assert (ready.billed, str(ready.before), str(ready.comes_to)) == (
        *(None, "355.61 USD"),
        "341.21 USD",
    )
    assert str(billed.difference) == str(ready.difference) == "-14.40 USD"
    assert [str(each.total) for each in billed.documents] == ["-14.40 USD"]
    assert list(map(str, billed.why)) == CHANGED
    assert (billed.was, billed.verdict) == (Verdict.BILLED, Verdict.CREDIT)
    assert (ready.was, ready.verdict) == (Verdict.RELEASE, Verdict.RELEASE)
    assert not found["shipment:N5"].changed


def test_the_sums_are_those_of_the_units_that_change(shipped: House) -> None:
    sums = summed(planned(shipped).values())
    assert (sums.looked_at, sums.changed, sums.release_state_changed) == (5, 4, 0)
    (northwind,) = sums.by_customer
    assert str(northwind.net) == str(northwind.down) == "-57.60 USD"  # 4 x 14.40
    assert str(northwind.before) == "1,422.44 USD"  # 4 x 355.61
    assert str(northwind.comes_to) == "1,364.84 USD"  # 4 x 341.21
    assert sums.by_currency[0].net == northwind.net


def test_a_plan_stores_nothing_and_is_what_is_decided_afterwards(shipped: House) -> None:
    with shipped.database.reading(shipped.tenant) as store:
        before = store.counts()
    found = planned(shipped)
    assert planned(shipped) == found
    with shipped.database.reading(shipped.tenant) as store:
        assert store.counts() == before
    assert list(proposed_adjustments(shipped)) == []

    decided = list(accept_correction(shipped, corrected(), found))
    assert {each.unit: each.decision_id for each in decided} == {
        unit: each.decision_id for unit, each in found.items()
    }
    assert [each.unit for each in proposed_adjustments(shipped)] == ["shipment:N1", "shipment:N2"]
    assert list(proposed_adjustments(shipped, "HALCYON")) == []
    assert planned(shipped) == {}
    assert new_editions(shipped, corrected()) == ()


def test_one_unit_at_a_time_is_the_same_plan(
    shipped: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = planned(shipped)
    monkeypatch.setattr(planning, "AT_ONCE", 1)
    assert planned(shipped) == found


def test_only_the_days_and_the_customer_asked_for_are_looked_at(shipped: House) -> None:
    fourth, fifth = date(2026, 3, 4), date(2026, 3, 5)
    on_the_fourth = Asked(service_from=fourth, service_before=fifth)
    assert len(planned(shipped, on_the_fourth)) == 4
    assert planned(shipped, Asked(service_before=fourth)) == {}
    assert planned(shipped, Asked(service_from=fifth)) == {}
    assert planned(shipped, Asked(customer="HALCYON")) == {}
    (left_out,) = (
        each
        for each in plan_correction(shipped, corrected(), on_the_fourth)
        if isinstance(each, NotPlanned)
    )
    assert (left_out.unit, left_out.why) == ("shipment:N5", "its service has no day yet")


def test_another_month_is_not_touched(shipped: House) -> None:
    february: dict[str, Any] = {
        "effective_from": date(2026, 2, 1),
        "effective_before": date(2026, 3, 1),
    }
    found = list(plan_correction(shipped, corrected(**february)))
    assert len(found) == 5
    assert not any(each.changed for each in found if isinstance(each, Correction))


def test_what_loses_its_price_has_no_difference_and_is_counted(shipped: House) -> None:
    """A row that is known to have ended before March leaves nothing that holds."""
    ended = {"row": "1", "effective_from": date(2026, 1, 1), "effective_before": date(2026, 2, 1)}
    found = [
        each
        for each in plan_correction(shipped, corrected("49.39", **ended))
        if isinstance(each, Correction)
    ]
    first = found[0]
    assert (first.comes_to, first.difference, first.documents) == (None, None, ())
    assert first.verdict is Verdict.HOLD
    assert first.no_price[0].startswith("linehaul: ")
    sums = summed(found)
    assert sums.by_customer == ()
    assert sums.not_known == sums.changed


def test_a_price_of_the_past_that_was_overwritten_is_refused_as_it_is_on_acceptance(
    shipped: House,
) -> None:
    wrong = corrected(row="1", known_from=date(2025, 11, 17))
    with pytest.raises(FileError, match="is overwritten") as refused:
        list(plan_correction(shipped, wrong))
    with pytest.raises(FileError) as on_acceptance:
        accept_editions(shipped, wrong)
    assert str(refused.value) == str(on_acceptance.value)


def test_a_unit_whose_facts_belong_to_another_by_now_is_told_and_not_planned(
    house: House,
) -> None:
    nw.record(house, nw.order("N1"))
    decide_unit(house, "order:ON1")
    nw.record(house, *nw.moved("N1"))
    (left_out,) = plan_correction(house, corrected())
    assert isinstance(left_out, NotPlanned)
    assert left_out.unit == "order:ON1"
    assert left_out.why == "it is no unit any more; its facts belong to: shipment:N1"
