"""What a doubled request left in a billing system: one document of a reference stays, drafts go.

Which one stays does not depend on who looks and when: the posted one, else the draft that the
system counted first. Two that look at once keep the same one. Nothing is taken away but drafts
without a number over the total that was decided; whatever else there are several of, a person must
see. What is asked may be answered late, twice or not at all, so it is read back each time, and
nobody goes on until one is left.
"""

from collections.abc import Sequence
from typing import Protocol

from app.billing.posted import PostedInvoice
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.erp_http import RefusedError
from app.infrastructure.sending.sender import NotSentError
from app.money import Money

ISSUED = ("posted", "paid")


class Withdrawals(Protocol):
    """Writes down what is taken away."""

    def withdraws(self, draft: PostedInvoice, kept: PostedInvoice) -> None:
        """A draft is about to be taken away, because it is the same as the one that is kept."""
        ...


def look(connector: Connector, reference: str) -> tuple[PostedInvoice, ...]:
    """What stands under a reference of which something may be there.

    Raises:
        NotSentError: the system did not say. Never given up because it refused to: a draft that
            nobody looks for would stay there.
    """
    try:
        return connector.find(reference)
    except RefusedError as error:
        raise NotSentError(error.detail, retry=True, only_this=True) from error


def only_one(
    connector: Connector,
    reference: str,
    total: Money,
    found: Sequence[PostedInvoice],
    notes: Withdrawals,
) -> PostedInvoice | None:
    """The one document of a reference, after its doubles were taken away; None where none is.

    Args:
        connector: the system.
        reference: under which they were found.
        total: what was decided; nothing over another total is taken away.
        found: all that the system has under it.
        notes: is told of every draft before it is taken away.

    Raises:
        NotSentError: a person must say which one counts, or nobody knows yet what is left.
    """
    kept, surplus = _parted(reference, total, found)
    if kept is None or not surplus:
        return kept
    if not connector.withdraws:
        raise _for_a_person(reference, found, "the connection does not say how to `withdraw` one")
    said = ""
    for draft in surplus:
        notes.withdraws(draft, kept)
        try:
            connector.withdraw(draft)
        except RefusedError as error:
            said = f": {error.detail}"  # perhaps it was posted meanwhile: what is there now tells
    kept, surplus = _parted(reference, total, look(connector, reference))
    if surplus:
        left = _listed(surplus)
        what = f"invoice {reference} still has doubles after they were taken away: {left}{said}"
        raise NotSentError(what, retry=True, only_this=True)
    return kept


def _parted(
    reference: str, total: Money, found: Sequence[PostedInvoice]
) -> tuple[PostedInvoice | None, tuple[PostedInvoice, ...]]:
    """The one that counts, and the drafts that are the same."""
    if len(found) <= 1:
        return (found[0] if found else None), ()
    live = [each for each in found if not (each.state == "cancelled" and not each.number)]
    issued = [each for each in live if each.state in ISSUED]
    drafts = [each for each in live if each.state == "draft" and not each.number]
    if len(live) == 1:
        return live[0], ()
    if not live or len(issued) > 1 or len(issued) + len(drafts) < len(live):
        raise _for_a_person(reference, found)
    if any(each.total != total for each in live):
        raise _for_a_person(reference, found, f"{total} was decided")
    kept = issued[0] if issued else min(drafts, key=_counted)
    return kept, tuple(each for each in drafts if each is not kept)


def _counted(draft: PostedInvoice) -> tuple[int, str]:
    """Ids that are numbers in their order, and any others in one that is always the same."""
    return len(draft.external_id), draft.external_id


def _for_a_person(reference: str, found: Sequence[PostedInvoice], why: str = "") -> NotSentError:
    because = f"; {why}" if why else ""
    return NotSentError(
        f"invoice {reference} is in the billing system {len(found)} times: {_listed(found)}"
        f"{because}; delete or credit all but one there, then send it again",
        retry=False,
    )


def _listed(found: Sequence[PostedInvoice]) -> str:
    return ", ".join(f"{called(each)} ({each.state}, {each.total})" for each in found)


def called(posted: PostedInvoice) -> str:
    """How a person finds it in the billing system."""
    return posted.number or f"id {posted.external_id}"
