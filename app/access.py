"""Who acts, and what they may do: the one place that knows roles.

Identity fills in who somebody is; what a role may do is said here, and asked wherever a person
acts.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from app.errors import ForbiddenError


class Role(StrEnum):
    """What somebody is here for."""

    OPERATIONS = "operations"
    FINANCE = "finance"
    AUDIT = "audit"
    CUSTOMER = "customer"


class May(StrEnum):
    """What can be allowed."""

    LOOK = "look at work, money and costs"
    ASSIGN = "assign work"
    ATTACH = "attach documents"
    APPROVE_ACCESSORIALS = "approve accessorials"
    APPROVE_COSTS = "approve carriers' costs"
    APPROVE_ADJUSTMENTS = "approve changes of what was billed"
    APPROVE_LATE_BILLING = "approve late billing"
    WAIVE = "waive holds"
    REPLAY = "replay decisions"
    LOOK_AT_OWN = "look at one customer's own charges"


APPROVALS = (
    May.APPROVE_ACCESSORIALS,
    May.APPROVE_COSTS,
    May.APPROVE_ADJUSTMENTS,
    May.APPROVE_LATE_BILLING,
)
"""What a person's word on a charge can be, by what it is about.

Whoever did the service knows whether an accessorial is owed; what was agreed to be paid, billed
anew or billed after its time is finance's to say, as the owners of these holds are.
"""
MAY: Mapping[Role, frozenset[May]] = {
    Role.OPERATIONS: frozenset(
        {May.LOOK, May.ASSIGN, May.ATTACH, May.APPROVE_ACCESSORIALS, May.REPLAY}
    ),
    Role.FINANCE: frozenset(set(May)),
    Role.AUDIT: frozenset({May.LOOK, May.REPLAY}),
    Role.CUSTOMER: frozenset({May.LOOK_AT_OWN}),
}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has come in."""

    name: str
    role: Role
    customer: str = ""
    """Of somebody of a customer: which one."""

    def may(self, what: May) -> bool:
        """Whether the role allows it."""
        return what in MAY[self.role]


def must_be_allowed(person: Person, what: May, *or_else: May) -> None:
    """Raise ForbiddenError where the person's role allows none of these."""
    if any(map(person.may, (what, *or_else))):
        return
    roles = ", ".join(role for role in Role if MAY[role] & {what, *or_else})
    raise ForbiddenError(f"{person.name} is here for {person.role} and may not {what}; {roles} may")
