"""Which acts of a person make sense on a hold; who may do them is asked of `app.access`.

A paper ends what waits for a paper, an approval what waits for one, and whoever may waives what
the catalogue lets be waived. Every hold can be assigned. What ends otherwise is ended by the
system that is waited for, and nothing is offered for it.
"""

from collections.abc import Collection

import msgspec

from app.access import May, Person
from app.judgement.decision import Hold
from app.judgement.rulebook.view_family import ADJUSTMENT
from app.judgement.waived import WAIVER
from app.pricing.contract.approval import LATE_BILLING
from app.pricing.cost.accepted import VARIANCE

PAPER_OF = {
    "POD_MISSING": "POD",
    "POD_UNSIGNED_OR_EXCEPTION": "POD",
    "DOC_SET_INCOMPLETE": "",
    "RATE_UNCONFIRMED": "RATE_CON",
    "ACCESSORIAL_UNSUPPORTED": "EVIDENCE",
}
"""The holds that a paper ends, and which; empty where the hold's subject names it."""


class Offered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The acts that are offered on one hold to one person."""

    attach: str = ""
    """The type of document that is missing; empty where no document ends it."""
    approve: str = ""
    """What an approval that ends it is about; empty where none does."""
    waive: bool = False
    take_back: tuple[str, ...] = ()
    """The waivers by which people have waived it."""
    assign: bool = False


def acts_offered(hold: Hold, person: Person, waivable: Collection[str]) -> Offered:
    """What this person may do about the hold.

    Args:
        hold: of the current decision.
        person: who looks.
        waivable: the codes of the holds that may be waived, by the rules that decided.
    """
    may_waive = person.may(May.WAIVE)
    return Offered(
        attach=_paper(hold) if person.may(May.ATTACH) and hold.stands else "",
        approve=_approval(hold) if person.may(May.APPROVE) and hold.stands else "",
        waive=may_waive and hold.stands and bool(hold.rule_id) and hold.code in waivable,
        take_back=_waivers(hold) if may_waive else (),
        assign=person.may(May.ASSIGN) and not hold.waived_for_good,
    )


def _paper(hold: Hold) -> str:
    wanted = PAPER_OF.get(hold.code)
    if wanted is None:
        return ""
    return wanted or hold.subject.partition(":")[2]


def _approval(hold: Hold) -> str:
    """What rating, cost or rules look for when they ask whether it is approved."""
    line = hold.subject.removeprefix("charge:")
    return {
        "ACCESSORIAL_UNAPPROVED": line.partition("/")[2] or line,
        "ADJUSTMENT_UNAPPROVED": ADJUSTMENT,
        "BILLING_RIGHT_EXPIRED": f"{LATE_BILLING} of {line}" if line else LATE_BILLING,
        "CARRIER_COST_VARIANCE": VARIANCE,
    }.get(hold.code, "")


def _waivers(hold: Hold) -> tuple[str, ...]:
    return tuple(by.removeprefix(WAIVER) for by in hold.waived_by if by.startswith(WAIVER))
