"""Which acts of a person make sense on a hold; who may do them is asked of `app.access`.

A paper ends what waits for a paper, an approval what waits for one, and whoever may waives what
the catalogue lets be waived. Every hold can be assigned. What ends otherwise is ended by the
system that is waited for, and nothing is offered for it.
"""

from collections.abc import Collection

import msgspec

from app.access import May, Person
from app.judgement.decision import Hold

PAPER_OF = {
    "POD_MISSING": "POD",
    "POD_UNSIGNED_OR_EXCEPTION": "POD",
    "DOC_SET_INCOMPLETE": "",
    "RATE_UNCONFIRMED": "RATE_CON",
    "ACCESSORIAL_UNSUPPORTED": "EVIDENCE",
}
"""The holds that a paper ends, and which; empty where the hold's subject names it."""
APPROVABLE = frozenset(
    {"ACCESSORIAL_UNAPPROVED", "ADJUSTMENT_UNAPPROVED", "DISPUTE_CREDIT_UNAPPROVED"}
)


class Offered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The acts that are offered on one hold to one person."""

    attach: str = ""
    """The type of document that is missing; empty where no document ends it."""
    approve: bool = False
    waive: bool = False
    assign: bool = False


def acts_offered(hold: Hold, person: Person, waivable: Collection[str]) -> Offered:
    """What this person may do about the hold.

    Args:
        hold: of the current decision.
        person: who looks.
        waivable: the codes of the holds that may be waived, by the rules that decided.
    """
    return Offered(
        attach=_paper(hold) if person.may(May.ATTACH) else "",
        approve=hold.code in APPROVABLE and person.may(May.APPROVE),
        waive=hold.code in waivable and not hold.waived_by and person.may(May.WAIVE),
        assign=person.may(May.ASSIGN),
    )


def _paper(hold: Hold) -> str:
    wanted = PAPER_OF.get(hold.code)
    if wanted is None:
        return ""
    return wanted or hold.subject.partition(":")[2]
