"""Whose stock it is, and where: what the warehouse messages 940, 943 and 944 share."""

from app.evidence.facts.party import Place
from app.evidence.intake.x12.parties import Named, code_or_name, party_of
from app.evidence.intake.x12.transaction import Reading

DEPOSITOR = "DE"
"""N1-01 (element 98) of whoever keeps stock at the warehouse."""
WAREHOUSE = ("WH", "ST")
"""N1-01 of the warehouse: named as such, else as the one goods are sent to."""


def depositor_of(reading: Reading, who: tuple[Named, ...]) -> str | None:
    """The customer: the depositor's code as the profile maps it.

    A message without a depositor is its sender's own, but only where the profile says which
    customer that is: senders send for several.
    """
    code = code_or_name(party_of(who, DEPOSITOR))
    if code:
        return reading.profile.customers.get(code, code)
    return reading.profile.customers.get(reading.instance)


def required_depositor(reading: Reading, who: tuple[Named, ...]) -> str:
    """The customer whose stock moves; without one the transaction is refused."""
    customer = depositor_of(reading, who)
    if customer is None:
        detail = (
            f"there is no N1 of the depositor ({DEPOSITOR}), and the profile does not map "
            f"the sender {reading.instance[:40]!r} to a customer"
        )
        reading.refuse("VALUE_MISSING", detail, reading.segments[0])
    return customer


def warehouse_of(reading: Reading, who: tuple[Named, ...]) -> tuple[str, Place | None]:
    """The warehouse by its code or name, and where it is; a missing one is remarked.

    Without it no storage period knows of a movement.
    """
    for role in WAREHOUSE:
        if named := party_of(who, role):
            return code_or_name(named), named.place
    detail = "no N1 names the warehouse (WH or ST), so that no storage period knows of it"
    reading.remark("VALUE_MISSING", detail, reading.segments[0])
    return "", None
