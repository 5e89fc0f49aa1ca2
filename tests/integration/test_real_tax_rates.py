"""The built-in table engine with the percentages of a public collection of sales taxes.

The collection states what a province adds to the federal 5%; where it says `hst` the two are
one tax. What Canada, Great Britain, France and Germany ask is known from their laws as well.
"""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.money import Money
from app.pricing.tax.engine import Jurisdiction, TaxableLine, TaxQuestion, TaxRate
from app.pricing.tax.table import TaxTable

SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = SHARED / "tax" / "sales_tax_rates.json"
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"the real tax rates are not here ({FILE}); see tests/README.md"
)


def collected(day: date) -> tuple[TaxRate, ...]:
    """The collection as a table: each country's tax, and the regions that add to it."""
    countries: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    found: list[TaxRate] = []
    for country, record in countries.items():
        own = in_force(record, day)
        federal = [] if own["type"] == "none" else [(own["type"], own["rate"])]
        found += [rate(country, "*", *each) for each in federal]
        for region, told in record.get("states", {}).items():
            added = in_force(told, day)
            if added["type"] == "hst":
                found.append(rate(country, region, "hst", own["rate"] + added["rate"]))
                continue
            both = (*federal, (added["type"], added["rate"]))
            found += [rate(country, region, *each) for each in both]
    return tuple(found)


def in_force(record: dict[str, Any], day: date) -> dict[str, Any]:
    """The record, or the earlier one that stood until a moment after the day."""
    changes = sorted(record.get("before", {}).items())
    return next((old for until, old in changes if date.fromisoformat(until[:10]) > day), record)


def rate(country: str, region: str, tax: str, share: Decimal | int) -> TaxRate:
    return TaxRate(
        row=f"{country} {region} {tax}",
        country=country,
        region=region,
        tax=tax.upper(),
        percent=100 * Decimal(share),
        supply="domestic",
    )


def taxes(place: str, day: date) -> dict[str, Decimal] | str:
    """What 1,000.00 is taxed there, or why it is not known."""
    thousand = Money(Decimal("1000.00"), "USD")
    country, _, region = place.partition("-")
    line = TaxableLine(
        charge="linehaul",
        subject="",
        amount=thousand,
        whole=thousand,
        place=Jurisdiction(country, region),
        supply="domestic",
    )
    question = TaxQuestion(day=day, rounding="per invoice", lines=(line,))
    answer = TaxTable(collected(day)).determine(question)
    if answer.missing:
        return answer.missing[0].why
    return {
        each.tax: each.exact.numerator / Decimal(each.exact.denominator) for each in answer.lines
    }


IN_2026 = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("place", "day", "owed"),
    [
        ("CA-ON", IN_2026, {"HST": Decimal(130)}),
        ("CA-AB", IN_2026, {"GST": Decimal(50)}),
        ("CA-QC", IN_2026, {"GST": Decimal(50), "QST": Decimal("99.75")}),
        ("CA-BC", IN_2026, {"GST": Decimal(50), "PST": Decimal(70)}),
        ("CA-NS", date(2025, 3, 31), {"HST": Decimal(150)}),
        ("CA-NS", date(2025, 4, 1), {"HST": Decimal(140)}),
        ("GB", IN_2026, {"VAT": Decimal(200)}),
        ("GB-ENG", IN_2026, {"VAT": Decimal(200)}),
        ("FR", IN_2026, {"VAT": Decimal(200)}),
        ("DE", date(2020, 7, 1), {"VAT": Decimal(160)}),
        ("DE", IN_2026, {"VAT": Decimal(190)}),
    ],
)
def test_a_thousand_is_taxed_as_the_country_asks(
    place: str, day: date, owed: dict[str, Decimal]
) -> None:
    assert taxes(place, day) == owed


@pytest.mark.parametrize("place", ["CA", "US-OR", "XX"])
def test_a_place_without_a_rate_or_a_region_is_not_untaxed(place: str) -> None:
    assert isinstance(taxes(place, IN_2026), str)
