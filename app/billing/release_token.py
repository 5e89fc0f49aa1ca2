"""The token with which a release is claimed: bound to one decision about one unit of one tenant.

It opens nothing by itself (who may ask is settled at the door); it says what its holder has seen:
whoever claims by it bills what that decision said, or is told what has changed. It names its
decision openly, so that none has to be kept, and its check digits refuse a token of another
tenant or one that was put together by hand.
"""

import re

from app.billing.documents import documents_of
from app.digest import digest_of
from app.errors import Mistake, NotFoundError, Place, RequestError
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict

CLAIMABLE = (Verdict.RELEASE, Verdict.PROVISIONAL, Verdict.CREDIT)

_form = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{32})")


def may_be_claimed(decision: Decision) -> bool:
    """Whether the decision lets an invoice or a credit go out."""
    return decision.verdict in CLAIMABLE and bool(documents_of(decision))


def release_token(decision: Decision) -> str:
    """The token of a decision; empty where it permits nothing."""
    if not may_be_claimed(decision):
        return ""
    return token_for(decision.tenant, decision.unit, decision.decision_id)


def token_for(tenant: str, unit: str, decision_id: str) -> str:
    """`DECISION.CHECK`: the id of the decision, and 32 digits only tenant, unit and it give."""
    return f"{decision_id}.{digest_of(('release-token-1', tenant, unit, decision_id))[:32]}"


def decision_in(token: str) -> str:
    """The id of the decision that a token names; whether they belong together is seen later.

    Raises:
        RequestError: it has not the form of a token.
    """
    found = _form.fullmatch(token)
    if found is None:
        mistake = Mistake(
            place=Place(field="$.token"),
            what=f"{token[:80]!a} is not a release token",
            allowed="64 hexadecimal digits, a point, and 32 more, as a decision was answered with",
        )
        raise RequestError("the request is wrong at $.token", [mistake])
    return found[1]


def must_belong(token: str, decision: Decision) -> None:
    """Raise NotFoundError where the check digits are not those of the decision."""
    if token != token_for(decision.tenant, decision.unit, decision.decision_id):
        raise NotFoundError("there is no such release token; ask for the decision again")
