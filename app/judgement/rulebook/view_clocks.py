"""What runs out, as rules see it: the right to bill each line, cut-offs, and fields of a law."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from app.evidence.correlation.journey import Journey
from app.evidence.correlation.unit import BillableUnit
from app.family.family import Family
from app.judgement.rulebook.seen import Item, Seen
from app.measures import Instant
from app.pricing.contract.approval import late_billing_approved
from app.pricing.contract.contract import Contract
from app.pricing.contract.cutoffs import cutoff_of, day_at_customer, end_of, next_cutoff
from app.pricing.contract.windows import InvoicingCalendar
from app.pricing.lines.charge import Charge, Rated
from app.pricing.right.clocks import (
    Right,
    Situation,
    earliest,
    right_of,
    service_day,
    strictest,
)
from app.pricing.right.demurrage import fields_of


class Clocks(msgspec.Struct, frozen=True):
    """The clocks of a unit: its own names, and those of each charge by its key."""

    unit: Mapping[str, Seen]
    charges: Mapping[str, Mapping[str, Seen]]

    def on(self, item: Item) -> Item:
        """The item, a charge with its clock."""
        if item.entity != "charge":
            return item
        return msgspec.structs.replace(item, values={**item.values, **self.charges[item.key]})


def clocks_of(
    unit: BillableUnit,
    journey: Journey,
    rated: Rated,
    contract: Contract | None,
    family: Family,
    policy_at: Instant,
) -> Clocks:
    """Until when each line may be billed, and the first of these days for the unit."""
    rights = _rights(unit, journey, rated, contract, family)
    served = service_day(journey).day is not None
    first = earliest(rights.values())
    return Clocks(
        {
            "right_to_bill_expires_on": Seen(
                first.expires_on if first else None, first.fact_ids if first else ()
            )
        },
        {
            each.key: {
                **_right(rights[each.key], served=served),
                **_late(each, unit, policy_at),
            }
            for each in rated.charges
        },
    )


def _rights(
    unit: BillableUnit,
    journey: Journey,
    rated: Rated,
    contract: Contract | None,
    family: Family,
) -> Mapping[str, Right | None]:
    """The right to each line by its key; without a contract no clock runs."""
    rights: dict[str, Right | None] = {each.key: None for each in rated.charges}
    if contract is None:
        return rights
    first = family.first.billed_on if family.first else None
    at = Situation(unit=unit, journey=journey, contract=contract, billed_first_on=first)
    live = family.live_lines
    for each in rated.charges:
        billed = live.get(each.key)
        right = right_of(each, at, billed.amount if billed else None)
        rights[each.key] = strictest((rights[each.key], right))
    return rights


def _right(right: Right | None, *, served: bool) -> Mapping[str, Seen]:
    if right is None:
        none = Seen(None)
        return {
            "right_expires_on": none,
            "right_source": none,
            "right_day_missing": Seen(value=False),
        }
    return {
        "right_expires_on": Seen(right.expires_on, right.fact_ids),
        "right_source": Seen(right.source, right.fact_ids),
        # Before the service is complete every day is missing, and nothing runs out yet.
        "right_day_missing": Seen(served and right.expires_on is None, right.fact_ids),
    }


def _late(charge: Charge, unit: BillableUnit, policy_at: Instant) -> Mapping[str, Seen]:
    approved, ids = late_billing_approved(charge, unit, policy_at)
    return {"late_billing_approved": Seen(approved, ids)}


def cutoffs_of(
    journey: Journey, contract: Contract | None, policy_at: Instant
) -> Mapping[str, Seen]:
    """The cut-off the service belongs to and the next one, as days of the customer's."""
    calendar = contract.invoicing_calendar if contract else None
    served_at, ids = _served_at(journey, calendar)
    own = cutoff_of(calendar, served_at) if calendar and served_at else None
    coming = next_cutoff(calendar, policy_at) if calendar else None
    return {
        "billing_cutoff_on": Seen(own.date() if own else None, ids if own else ()),
        "billing_cutoff_passed": Seen(policy_at > own if own else None, ids if own else ()),
        "next_billing_cutoff_on": Seen(
            day_at_customer(calendar, coming) if calendar and coming else None
        ),
    }


def _served_at(
    journey: Journey, calendar: InvoicingCalendar | None
) -> tuple[datetime | None, tuple[str, ...]]:
    """When the service was complete; a storage period is when its last day is over."""
    facts = journey.delivered or journey.ship_confirmed
    if not facts and journey.stored_until is not None and calendar is not None:
        return end_of(journey.stored_until, calendar), ()
    facts = facts or journey.picked_up
    return (facts[0].occurred_at, (facts[0].fact_id,)) if facts else (None, ())


def ruled_fields(
    unit: BillableUnit, rated: Rated, contract: Contract | None, listed: Collection[str]
) -> Iterable[Item]:
    """What 46 CFR 541.6 asks of this invoice beyond the fields that the contract lists."""
    ruled = contract.demurrage_invoices if contract else None
    for field in fields_of(unit, rated.charges, ruled):
        if field.name not in listed:
            yield Item(
                entity="required_field",
                key=field.name,
                values={
                    "field": Seen(field.name),
                    "present": Seen(field.present, field.fact_ids),
                },
            )
