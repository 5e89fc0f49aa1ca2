"""What the customer's master data says, by the last word of whoever owns it."""

from datetime import date

import msgspec

from app.evidence.correlation.told import rank
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.party import Customer


class Said(msgspec.Struct, frozen=True):
    """A value and the fact that says it."""

    value: str | bool | int | date
    fact_id: str


def said_of_customer(unit: BillableUnit, name: str) -> Said | None:
    """The last word on one field of `Customer`; None where nobody who may has said it."""
    told = [
        Said(value, fact.fact_id)
        for fact in sorted(unit.customers, key=rank)
        if isinstance(fact.said, Customer) and fact.fact_id in unit.owned_acts
        if (value := getattr(fact.said, name)) not in {None, ""}
    ]
    return told[-1] if told else None
