"""Which acts of a person make sense on a hold; who may do them is asked of `app.access`.

A paper ends what waits for a paper, an approval what waits for one, and whoever may waives what
the catalogue lets be waived. Every hold can be assigned. What ends otherwise is ended by the
system that is waited for, and nothing is offered for it.
"""

from collections.abc import Collection

import msgspec

from app.access import May, Person
from app.evidence.correlation.acts import is_of_credit
from app.evidence.facts.money import Cost
from app.judgement.decision import Hold
from app.judgement.rulebook.view_family import ADJUSTMENT
from app.judgement.waived import WAIVER
from app.pricing.contract.approval import LATE_BILLING
from app.pricing.cost.accepted import VARIANCE
from app.reports.standing.missing_paper import MissingPaper
from app.reports.unit.approvable import LATE_OF, RIGHT_EXPIRED, needed_for


class Offered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The acts that are offered on one hold to one person."""

    attach: str = ""
    """The type of document that is missing; empty where no document ends it."""
    attach_as: str = ""
    """The number that the document has to have; empty where any does."""
    approve: str = ""
    """What an approval that ends it is about; empty where none does."""
    waive: bool = False
    take_back: tuple[str, ...] = ()
    """The waivers by which people have waived it."""
    assign: bool = False


def acts_offered(
    hold: Hold,
    person: Person,
    waivable: Collection[str],
    costs: Collection[Cost],
    missing: MissingPaper | None,
) -> Offered:
    """What this person may do about the hold.

    Args:
        hold: of the current decision.
        person: who looks.
        waivable: the codes of the holds that may be waived, by the rules that decided.
        costs: what carriers ask for the unit, and for the others of its loads.
        missing: the paper that would end it; None where none does.
    """
    may_waive = person.may(May.WAIVE)
    paper = missing if person.may(May.ATTACH) and hold.stands else None
    return Offered(
        attach=paper.document_type if paper else "",
        attach_as=paper.document if paper else "",
        approve=_approval(hold, person, costs) if hold.stands else "",
        waive=may_waive and hold.stands and bool(hold.rule_id) and hold.code in waivable,
        take_back=_waivers(hold) if may_waive else (),
        assign=person.may(May.ASSIGN) and not hold.waived_for_good,
    )


def _approval(hold: Hold, person: Person, costs: Collection[Cost]) -> str:
    """What rating, cost or rules look for when they ask whether it is approved, if he may."""
    line = hold.subject.removeprefix("charge:")
    found: dict[str, tuple[str, May]] = {
        "ACCESSORIAL_UNAPPROVED": (line.partition("/")[2] or line, May.APPROVE_ACCESSORIALS),
        "ADJUSTMENT_UNAPPROVED": (ADJUSTMENT, May.APPROVE_ADJUSTMENTS),
        RIGHT_EXPIRED: (f"{LATE_OF}{line}" if line else LATE_BILLING, May.APPROVE_LATE_BILLING),
        "CARRIER_COST_VARIANCE": (VARIANCE, May.APPROVE_COSTS),
    }
    if hold.code not in found:
        return ""
    subject, kind = found[hold.code]
    allowed = all(map(person.may, needed_for(subject, kind, costs)))
    return subject if allowed and not is_of_credit(subject) else ""


def _waivers(hold: Hold) -> tuple[str, ...]:
    return tuple(by.removeprefix(WAIVER) for by in hold.waived_by if by.startswith(WAIVER))
