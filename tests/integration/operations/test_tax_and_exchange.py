"""Exchange rates and an engine's tax reach the decision, and tax changes no other question."""

from collections.abc import Callable
from typing import Any

import msgspec

from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.changing.accept_editions import accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.pricing.rating.card import RateCard
from app.pricing.shapes.tax import Tax
from app.pricing.told.exchange import Exchange
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts


def northwind_by(house: House, change: Callable[[RateCard], RateCard]) -> None:
    """Northwind's card as changed comes into force."""
    cards = tuple(change(card) if card.customer == "NORTHWIND" else card for card in drafts().cards)
    accept_editions(house, msgspec.structs.replace(drafts(), cards=cards))


def taxed(card: RateCard) -> RateCard:
    """The card with a tax at the bottom that an engine determines."""
    tax = Tax(
        charge="tax",
        of=tuple(term.charge for term in card.charges),
        determined_by="external",
        tax_date="pickup",
        place_of_supply="destination",
    )
    return msgspec.structs.replace(card, charges=(*card.charges, tax))


def linehaul_in_canadian_dollars(card: RateCard) -> RateCard:
    return msgspec.structs.replace(
        card,
        exchange=Exchange(rate_type="noon", dated_by="pickup", convert="each line"),
        charges=tuple(
            msgspec.structs.replace(term, currency="CAD") if term.charge == "linehaul" else term
            for term in card.charges
        ),
    )


def dollars(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def determined() -> dict[str, Any]:
    """30% of 296.34 and of 59.27, far above what passes without an approval."""
    lines = [
        {
            "charge": charge,
            "taxable": dollars(taxable),
            "jurisdiction": "US-GA",
            "tax": "SALES",
            "percent": "30",
            "amount": dollars(amount),
        }
        for charge, taxable, amount in (
            ("linehaul", "296.34", "88.90"),
            ("fuel_surcharge", "59.27", "17.78"),
        )
    ]
    said = {
        "tax_determination": "D-1",
        "engine": "Engine",
        "determined_on": "2026-03-05",
        "shipment": "N1",
        "lines": lines,
    }
    return nw.event("tax_determination", said, system="tax", time="2026-03-05T11:00:00Z")


def decided(house: House) -> Decision:
    return decide_unit(house, "N1").decision


def codes(house: House) -> list[str]:
    return [hold.code for hold in decided(house).holds]


def test_without_the_engines_answer_it_waits_and_with_it_the_tax_is_billed(house: House) -> None:
    northwind_by(house, taxed)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    assert codes(house) == ["TAX_DATA_MISSING"]
    nw.record(house, determined())
    decision = decided(house)
    assert (decision.verdict, decision.holds) == (Verdict.RELEASE, ())
    amounts = [str(line.charge.amount.amount) for line in decision.lines]
    assert amounts == ["296.34", "59.27", "88.90", "17.78"]
    assert str(decision.total) == "462.29 USD"
    assert [each.differs for each in replay_decisions(house)] == ["", ""]


def test_a_shipment_that_was_weighed_again_makes_the_answer_stale(house: House) -> None:
    northwind_by(house, taxed)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), determined())
    again = nw.shipment("N1", "2500", revision=1, id="again", time="2026-03-05T12:00:00-06:00")
    nw.record(house, again)
    (hold,) = decided(house).holds
    assert hold.code == "TAX_DATA_MISSING"
    assert "is stale" in hold.evidence[0].says


def test_tax_is_not_held_against_the_quote(house: House) -> None:
    northwind_by(house, taxed)
    quoted = nw.shipment("N1", revision=1, id="quoted", time="2026-03-02T10:00:00-06:00")
    quoted["data"]["shipment"]["quoted"] = {"amount": "355.61", "currency": "USD"}
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), quoted, determined())
    assert codes(house) == []


def test_an_invoice_with_tax_is_not_split_when_one_of_its_lines_is_held(house: House) -> None:
    claim = {"accessorial": "A1", "charge": "liftgate", "quantity": "1", "unit": "each"}
    claimed = nw.event("accessorial", claim, references=nw.named("shipment", "N1"))
    nw.record(house, *nw.moved("N1"), nw.pod("N1"), claimed)
    split = decided(house)
    assert split.verdict is Verdict.RELEASE
    assert [line.charge.code for line in split.lines if not line.billed] == ["liftgate"]
    lift = next(line.charge.amount for line in split.lines if line.charge.code == "liftgate")

    northwind_by(house, taxed)
    answer = determined()
    lines = answer["data"]["tax_determination"]["lines"]
    amount = dollars(str(lift.amount))
    lines.append(
        {
            **lines[0],
            "charge": "liftgate",
            "subject": "A1",
            "taxable": amount,
            "percent": "100",
            "amount": amount,
        }
    )
    nw.record(house, answer)
    whole = decided(house)
    assert [line.charge.code for line in whole.lines].count("tax") == 3
    assert (whole.verdict, all(line.billed for line in whole.lines)) == (Verdict.HOLD, True)


def rate(on: str, base: str = "USD", quote: str = "CAD") -> dict[str, Any]:
    said = {"base": base, "quote": quote, "rate_type": "noon", "on": on, "rate": "1.5"}
    return nw.event("exchange_rate", said, system="market", time=f"{on}T16:00:00Z", id=f"fx {on}")


def test_the_exchange_rates_around_the_units_days_are_gathered_and_used(house: House) -> None:
    northwind_by(house, linehaul_in_canadian_dollars)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    assert set(codes(house)) == {"FX_RATE_MISSING"}
    of_pickup = rate("2026-03-02", "CAD", "USD")
    nw.record(house, of_pickup, rate("2025-12-01"), rate("2026-03-03"))
    decision = decide_unit(house, "N1")
    assert sum(used.entity == "exchange_rate" for used in decision.trace.facts) == 2
    # 296.34 CAD x 1.5 = 444.51 USD; fuel 20.0% of it = 88.90.
    lines = decision.decision.lines
    assert [str(line.charge.amount) for line in lines] == ["444.51 USD", "88.90 USD"]
