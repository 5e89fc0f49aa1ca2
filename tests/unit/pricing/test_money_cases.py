"""Worked examples that a biller can read, priced by the product and reckoned again here."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from app.authoring.files.card_files import card_from, load_card
from app.errors import FileError
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.dispute import Dispute, DisputeOutcome, DisputeReason, DisputeState
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Fault, FreightItem, MilestoneStatus, StopType
from app.evidence.facts.papers import Document, DocumentStatus
from app.evidence.facts.party import Place
from app.evidence.facts.tax import DeterminedTax, TaxDetermination
from app.measures import Weight, WeightUnit
from app.money import Money, largest_remainder
from app.pricing.lines.charge import Rated
from app.pricing.lines.tie_out import tie_out_faults
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.reckoned.methods import Methods
from tests.unit.pricing import made_facts as made
from tests.unit.pricing.arithmetic import holds, result_of
from tests.unit.pricing.made_stock import storage_unit_in

CASES = Path(__file__).parents[2] / "cases" / "pricing"
Case = dict[str, Any]
WORDS = ("carrier", "service", "origin_code", "destination_code")


def read_cases() -> list[Any]:
    """Every case of every file; all values are text, as billers typed them."""
    return [
        pytest.param(case, id=f"{file.stem}: {case['case']}")
        for file in sorted(CASES.glob("*.yaml"))
        for case in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CBaseLoader)
    ]


WORKED = (
    *("A1", "A1b", "A1c", "A1d", "A2", "A3", "A4", "A5", "A6"),
    *("B1", "B2", "B3", "B4", "B5", "B6"),
    *("C1", "C1b", "C1c", "C2", "C2b", "C2c"),
    *("D1", "D1b", "D1c", "D2", "D3"),
    *("F1", "F1b", "F2", "F3", "F4", "F5"),
    *("G1", "G2", "G3"),
)
"""The trade's worked examples and wrong public ones, by the numbers under which they are known."""


@pytest.mark.parametrize("number", WORKED)
def test_every_worked_example_of_the_trade_is_a_case(number: str) -> None:
    names = [str(case.id).partition(": ")[2] for case in read_cases()]
    assert any(name.startswith(f"{number},") or name == number for name in names)


@pytest.mark.parametrize("case", read_cases())
def test_case_comes_to_the_cents_that_a_biller_reckons(case: Case) -> None:
    if "share" in case:
        check_shares(case)
    elif "refused" in case:
        check_refusal(case)
    else:
        check_price(case)


def check_shares(case: Case) -> None:
    for sentence in case["because"]:
        assert holds(sentence), sentence
    amount = Money(Decimal(case["share"]), "USD")
    weights = tuple((key, Decimal(weight)) for key, weight in case["by"].items())
    got = {key: str(share.amount) for key, share in largest_remainder(amount, weights)}
    assert got == case["expect"]
    assert sum(Decimal(share) for share in got.values()) == amount.amount


def check_refusal(case: Case) -> None:
    with pytest.raises(FileError) as refused:
        card_of(case)
    for words in texts(case["refused"]):
        assert words in str(refused.value)


def rated_in(case: Case, card: RateCard) -> dict[str, Rated]:
    """Each shipment of a case that something is expected of, rated."""
    units, market, known_on = told_in(case)
    methods = Methods(bills_stand=case.get("before") != "cost_2")
    return {
        number: price(units[number], tuple(units.values()), market, card, known_on, methods=methods)
        for number in case["expect"]
    }


def told_in(case: Case) -> tuple[dict[str, BillableUnit], tuple[Fact, ...], date]:
    """The shipments of a case, the market, and the day whose knowledge counts."""
    units = {number: unit_in(number, case) for number in case.get("shipments", ())}
    units |= {number: storage_unit_in(number, case) for number in case.get("periods", ())}
    market = tuple(
        made.diesel(date.fromisoformat(day), value) for day, value in case.get("index", {}).items()
    ) + tuple(exchange_in(told) for told in case.get("exchange rates", []))
    known_on = date.fromisoformat(case.get("known on", "2026-03-31"))
    return units, market, known_on


def check_price(case: Case) -> None:
    card = card_of(case)
    for number, rated in rated_in(case, card).items():
        expected = case["expect"][number]
        assert tie_out_faults(rated) == ()
        check_lines(rated, expected.get("lines", []))
        check_unpriced(rated, expected.get("unpriced", []))
        check_excluded(rated, expected.get("excluded", []))
        if "total" in expected:
            assert holds(expected["total"]), expected["total"]
            assert rated.total == Money(result_of(expected["total"]), card.currency)


def check_lines(rated: Rated, expected: list[Any]) -> None:
    assert [charge.code for charge in rated.charges] == [line["charge"] for line in expected], rated
    for charge, line in zip(rated.charges, expected, strict=True):
        assert charge.amount.amount == Decimal(line["amount"]), charge.formula
        assert "because" in line or "source" in line, "a cent has its arithmetic or its source"
        for sentence in texts(line.get("because", [])):
            assert holds(sentence), sentence
        if "because" in line:
            assert result_of(texts(line["because"])[-1]) == charge.amount.amount
        for words in texts(line.get("formula", [])):
            assert words in charge.formula
        for words in texts(line.get("rejected", [])):
            assert any(words in other for other in charge.rejected), charge.rejected
        assert any(each.fact_ids for each in charge.inputs)


def check_unpriced(rated: Rated, expected: list[Any]) -> None:
    got = [(each.charge, each.problem) for each in rated.unpriced]
    assert got == [(each["charge"], each["problem"]) for each in expected], rated.unpriced
    for missing, words in zip(rated.unpriced, expected, strict=True):
        assert words.get("why", "") in missing.why


def check_excluded(rated: Rated, expected: list[Any]) -> None:
    assert len(rated.excluded) == len(expected), rated.excluded
    for line, words in zip(rated.excluded, expected, strict=True):
        assert (line.charge, str(line.amount.amount)) == (words["charge"], words["amount"])
        assert words["why"] in line.why
        assert holds(words["because"]), words["because"]
        assert result_of(words["because"]) == line.amount.amount


def card_of(case: Case) -> RateCard:
    """The case's own card, or one of `cards` with what `with charge` says of its first charge."""
    card = case["card"]
    if isinstance(card, str) and not case.keys() & {"with charge", "tables"}:
        return load_card(CASES / "cards" / card)
    if isinstance(card, str):
        text = (CASES / "cards" / card / "card.yaml").read_text(encoding="utf-8")
        card = yaml.load(text, yaml.CBaseLoader)
        card["charges"][0] |= case.get("with charge", {})
    files = {"card.yaml": yaml.safe_dump(card), **case.get("tables", {})}
    return card_from("case", files.__getitem__)


def unit_in(number: str, case: Case) -> BillableUnit:
    told = case["shipments"][number]
    facts = [
        made.shipment(number, **attributes_in(told)),
        *picked_up_in(told),
        *(milestone_in(each) for each in told.get("milestones", [])),
        *(document_in(each) for each in told.get("documents", [])),
        *(package_in(number, each) for each in told.get("packages", [])),
        *(load_in(case["load"]) if "load" in case else ()),
        *(exempt_in(case["exempt"]) if "exempt" in case else ()),
        *(determined_in(case["determined"]) if "determined" in case else ()),
        *(fact for stop in case.get("stops", []) for fact in stop_in(number, stop)),
        *(cost_in(each) for each in told.get("costs", [])),
        *(fact for each in told.get("disputes", []) for fact in dispute_in(number, each)),
        *(
            made.claim(
                each["id"],
                each["charge"],
                stop=each.get("stop"),
                quantity=Decimal(each["quantity"]) if "quantity" in each else None,
                unit=each.get("unit"),
            )
            for each in told.get("claims", [])
        ),
    ]
    if "delivered" in told:
        facts.append(made.milestone(MilestoneStatus.DELIVERED, moment(told["delivered"])))
    return made.unit(number, *facts)


def attributes_in(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"customer": "CASE"}
    if "weight" in told:
        value, unit = told["weight"].split()
        found["weight"] = Weight(Decimal(value), WeightUnit(unit))
    if "distance" in told:
        miles, _, by = told["distance"].split(maxsplit=2)
        found["distance"] = made.distance_of(miles, by)
    if "lane" in told:
        origin, destination = told["lane"].split(" to ")
        found |= {"origin": made.place(origin), "destination": made.place(destination)}
    for key in ("load", "freight_class", "status", *WORDS):
        if key in told:
            found[key] = told[key]
    if "items" in told:
        found["items"] = tuple(item_in(each) for each in told["items"])
    for key in ("pallets", "volume", "spaces", "linear feet", "transit_days"):
        if key in told:
            found[key.replace(" ", "_")] = Decimal(told[key])
    return found


def item_in(told: dict[str, str]) -> FreightItem:
    value, unit = told["weight"].split() if "weight" in told else ("", "")
    return FreightItem(
        freight_class=told.get("class"),
        weight=Weight(Decimal(value), WeightUnit(unit)) if value else None,
        volume=Decimal(told["volume"]) if "volume" in told else None,
        nmfc=told.get("nmfc"),
    )


def dispute_in(number: str, told: dict[str, str]) -> list[Fact]:
    """`{id: D-17, of: detention/DT-1, claimed: 60.00}`: opened, and what became of it.

    `granted: 40.00`, `outcome: rejected` or `withdrawn`; nothing of these leaves it open.
    """
    charge, _, subject = told["of"].partition("/")
    currency = told.get("currency", "USD")
    claim = Dispute(
        dispute=told["id"],
        charge=charge,
        subject=subject,
        shipment=number,
        reason=DisputeReason(told.get("reason", "rate")),
        amount=Money(Decimal(told["claimed"]), currency),
        state=DisputeState.OPENED,
    )
    opener = told.get("opened by", "customer")
    opened = [made.fact(claim, moment("2026-03-10 09:00"), system=opener)]
    outcome = DisputeOutcome(told.get("outcome", "credited" if "granted" in told else "none"))
    if outcome is DisputeOutcome.NONE:
        return opened
    resolved = msgspec.structs.replace(
        claim,
        state=DisputeState.RESOLVED,
        outcome=outcome,
        granted=Money(Decimal(told["granted"]), currency) if "granted" in told else None,
        resolved_by="J. Doe",
        authority="billing_manager",
    )
    by = told.get("resolved by", "billing")
    return [*opened, made.fact(resolved, moment("2026-03-12 09:00"), system=by)]


def cost_in(told: str) -> Fact:
    """`invoiced ABFL 123 600.00 USD`, perhaps with the type of bill at its end."""
    kind, carrier, number, amount, currency, *bill_type = told.split()
    return made.cost(carrier, number, f"{amount} {currency}", kind, *bill_type)


def exchange_in(told: dict[str, str]) -> Fact:
    day = date.fromisoformat(told["on"])
    return made.exchange(
        told["pair"], day, told["rate"], told["type"], int(told.get("revision", "0"))
    )


def picked_up_in(told: dict[str, Any]) -> list[Fact]:
    """Every shipment of a case was picked up, but where it says `picked up: no`."""
    when = told.get("picked up", "2026-03-04 09:00")
    return [] if when == "no" else [made.picked_up(moment(when))]


def milestone_in(told: dict[str, str]) -> Fact:
    """`{status: gate_out, at: 2026-03-04 09:00}`, with stop, fault, equipment, zone."""
    values: dict[str, Any] = {key: told[key] for key in ("stop", "equipment") if key in told}
    if "zone" in told:
        values["place"] = Place(zone=told["zone"])
    if "reason" in told:
        values["raw_reason"] = told["reason"]
    fault = Fault(told.get("fault", "none"))
    return made.milestone(
        MilestoneStatus(told["status"]), moment(told["at"]), fault=fault, **values
    )


def document_in(told: dict[str, str]) -> Fact:
    """A paper with the moment at which it was signed."""
    return made.fact(
        Document(
            document=told["id"],
            document_type=told["type"],
            status=DocumentStatus(told.get("status", "accepted")),
            signed_at=moment(told["signed"]) if "signed" in told else None,
            stop=told.get("stop"),
        ),
        system="dms",
    )


def package_in(number: str, told: dict[str, str]) -> Fact:
    """A package as `by` (the warehouse unless told otherwise) told it at `at`."""
    values: dict[str, Any] = {
        key: told[key] for key in ("service", "tracking", "status") if key in told
    }
    if "weight" in told:
        value, unit = told["weight"].split()
        values["weight"] = Weight(Decimal(value), WeightUnit(unit))
    if "residential" in told:
        values["residential"] = told["residential"] == "yes"
    return made.package(
        told["package"],
        moment(told.get("at", "2026-03-03 08:00")),
        system=told.get("by", "wms"),
        classifier=Classifier(told.get("classifier", "actual")),
        size=told.get("size", ""),
        shipment=number,
        **values,
    )


def load_in(told: dict[str, Any]) -> list[Fact]:
    miles, by = "", ""
    if "distance" in told:
        miles, _, by = told["distance"].split(maxsplit=2)
    return [made.load(told["number"], told.get("shipments", ()), miles, by)]


def exempt_in(told: dict[str, str]) -> list[Fact]:
    until = date.fromisoformat(told["until"]) if "until" in told else None
    certificate = told.get("certificate")
    return [
        made.customer("CASE", tax_exempt=True, exempt_until=until, exempt_certificate=certificate)
    ]


def determined_in(told: dict[str, Any]) -> list[Fact]:
    """Lines are `linehaul 1000.00 CAD CA-ON HST 13% 130.00`, as a tax engine answers."""
    words = (line.split() for line in told["lines"])
    lines = (
        DeterminedTax(
            charge=charge,
            taxable=Money(Decimal(taxable), currency),
            jurisdiction=place,
            tax=tax,
            percent=Decimal(percent.removesuffix("%")),
            amount=Money(Decimal(amount), currency),
        )
        for charge, taxable, currency, place, tax, percent, amount in words
    )
    said = TaxDetermination(
        tax_determination="D1",
        engine="Engine",
        determined_on=date(2026, 3, 5),
        lines=tuple(lines),
    )
    return [made.fact(said, system=told.get("by", "tax"))]


def stop_in(number: str, told: dict[str, Any]) -> list[Fact]:
    """A stop of a load belongs to the shipments it lists; any other to `of`."""
    if number not in texts(told.get("shipments", told.get("of", ""))):
        return []
    value, unit = told.get("weight", "0 lb").split()
    late = told.get("appointment until", told.get("appointment", ""))
    return [
        made.stop(
            told["stop"],
            load=told.get("load"),
            shipment=None if "load" in told else number,
            shipments=tuple(told.get("shipments", ())),
            weight=Weight(Decimal(value), WeightUnit(unit)) if "weight" in told else None,
            stop_type=StopType(told["type"]) if "type" in told else None,
            place=made.place(told["place"]) if "place" in told else None,
            appointment_early=moment(told["appointment"]) if "appointment" in told else None,
            appointment_late=moment(late) if late else None,
            arrived_at=moment(told["in"]) if "in" in told else None,
            departed_at=moment(told["out"]) if "out" in told else None,
            notified_at=moment(told["notified"]) if "notified" in told else None,
        )
    ]


def moment(text: str) -> datetime:
    """Chicago's winter time, where the text names no other offset."""
    named = datetime.fromisoformat(text)
    return named if named.tzinfo else datetime.fromisoformat(f"{text}-06:00")


def texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
