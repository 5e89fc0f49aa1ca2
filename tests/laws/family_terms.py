"""Northwind as it ships, and as its contract could be: how much ahead, in which style, with tax."""

from datetime import date
from decimal import Decimal
from functools import cache
from random import Random

import msgspec

from app.dossier import Editions
from app.judgement.rulebook.model import ProvisionalTerms, RulePack
from app.money import of_minor_units
from app.pricing.contract.contract import AdjustmentStyle
from app.pricing.shapes.cwt_breaks import CwtBreaks
from app.pricing.shapes.tax import Tax, TaxRow
from tests.laws.family_ledger import FLAT, TARIFFS, TAX_TENTHS
from tests.unit.explanation.made_units import editions

NOTHING_AHEAD = "nothing ahead"
BILLS = ("full estimate", "percent of estimate", "not to exceed", NOTHING_AHEAD)
ON_EXPIRY = ("escalate", "credit in full", "final at estimate")


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which Northwind may be billed."""

    style: AdjustmentStyle
    splits: bool
    taxed: bool
    bills: str
    on_expiry: str


def some_terms(by: Random) -> Terms:
    """Any of them."""
    return Terms(
        style=by.choice(tuple(AdjustmentStyle)),
        splits=by.random() < 0.6,
        taxed=by.random() < 0.3,
        bills=by.choice(BILLS),
        on_expiry=by.choice(ON_EXPIRY),
    )


@cache
def in_force(terms: Terms, tariff: int) -> Editions:
    """What decides by these terms, with the edition of the tariff."""
    shipped = editions("NORTHWIND", adjustments=terms.style, split_held_lines=terms.splits)
    assert shipped.card is not None, "Northwind has a card"
    charges = tuple(
        _at(tariff, each) if isinstance(each, CwtBreaks) else each for each in shipped.card.charges
    )
    if terms.taxed:
        charges = (*charges, _tax())
    return msgspec.structs.replace(
        shipped,
        card=msgspec.structs.replace(shipped.card, charges=charges),
        rules=_policy(terms.bills, terms.on_expiry),
    )


def _at(tariff: int, linehaul: CwtBreaks) -> CwtBreaks:
    rows = tuple(
        msgspec.structs.replace(
            row,
            rates={
                name: of_minor_units(cents, "USD").amount
                for name, cents in zip(row.rates, TARIFFS[tariff], strict=True)
            },
        )
        if (row.origin, row.destination) == ("IL", "GA")
        else row
        for row in linehaul.rates
    )
    return msgspec.structs.replace(linehaul, rates=rows)


def _tax() -> Tax:
    since = date(2024, 1, 1)
    row = {"table": "t.csv", "line": 1, "row": "1", "effective_from": since, "known_from": since}
    told = {"country": "US", "tax": "SALES", "percent": Decimal(TAX_TENTHS).scaleb(-1)}
    return Tax(
        charge="tax",
        of=("linehaul", "fuel_surcharge", *FLAT, "detention"),
        determined_by="table",
        tax_date="pickup",
        place_of_supply="destination",
        rounding="per line",
        rates=(msgspec.convert(row | told, TaxRow),),
    )


@cache
def _policy(bills: str, on_expiry: str) -> RulePack:
    """One pack for each policy, however the contract reads: it is compiled once."""
    shipped = editions("NORTHWIND").rules
    ahead = [each for each in shipped.rules if each.provisional is not None]
    rules = [each for each in shipped.rules if each.provisional is None]
    for rule in ahead if bills != NOTHING_AHEAD else ():
        assert rule.provisional is not None, "they were chosen by it"
        terms = _ahead(rule.provisional, bills, on_expiry)
        rules.append(msgspec.structs.replace(rule, provisional=terms))
    return msgspec.structs.replace(shipped, rules=tuple(rules))


def _ahead(policy: ProvisionalTerms, bills: str, on_expiry: str) -> ProvisionalTerms:
    ahead = msgspec.structs.replace(policy, on_expiry=on_expiry)
    if bills == "percent of estimate":
        return msgspec.structs.replace(ahead, bills=bills, percent="90")
    if bills == "not to exceed":
        return msgspec.structs.replace(ahead, not_to_exceed=of_minor_units(30000, "USD"))
    return ahead
