"""What a billing system must be able to do for us; small, so that the next one is a day's work.

`send_invoice` is the whole protocol and the same for all of them: look by reference, create what
is not there, post what is not posted, read back. A crash between any two of these steps is mended
by doing it again, because the reference is made from what is billed. A creation whose answer nobody
heard may still be going on: whoever has begun one notes it before, and nobody begins another until
it must have ended.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.infrastructure.sending.sender import NotSentError
from app.measures import Instant


class Connector(Protocol):
    """One billing system or ERP."""

    @property
    def settles_within_s(self) -> float:
        """How long after a creation began it may go on without a word, in seconds."""
        ...

    def find(self, reference: str) -> tuple[PostedInvoice, ...]:
        """Every invoice the system has under this reference; none where it has none.

        Raises:
            NotSentError: the system did not answer, or not sensibly.
        """
        ...

    def create(self, invoice: Invoice) -> PostedInvoice:
        """Make a draft of it.

        Raises:
            NotSentError: it was refused, or nobody knows whether it was made.
        """
        ...

    def post(self, draft: PostedInvoice) -> PostedInvoice:
        """Post a draft and return it with its number; one that is posted already is returned.

        Raises:
            NotSentError: it was refused, or nobody knows whether it was posted.
        """
        ...

    def receivables(
        self, references: Sequence[str], *, changed_since: Instant | None = None
    ) -> tuple[PostedInvoice, ...]:
        """What became of the invoices with these references: state, what is still due.

        Args:
            references: those asked about; what the system does not have is left out.
            changed_since: leave out what the system says it has not changed since then.

        Raises:
            NotSentError: the system did not answer, or not sensibly.
        """
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...


def send_invoice(
    connector: Connector, invoice: Invoice, begin: Callable[[], None]
) -> PostedInvoice:
    """The invoice, posted in the system once, whatever happened to earlier tries.

    Nothing is posted whose total is not ours to the cent, and nothing where the system has two
    under one reference: those are for a person.

    Args:
        connector: the system.
        invoice: what is billed.
        begin: notes for good that a creation begins; raises NotSentError where another one may
            still be going on.

    Raises:
        NotSentError: it is not posted, or nobody knows; calling again goes on where this ended.
    """
    if not invoice.lines:
        raise NotSentError("the invoice has no line: there is nothing to bill", retry=False)
    if invoice.kind == "credit" and not invoice.credits:
        what = f"{_named(invoice)} is a credit and does not say of what"
        raise NotSentError(f"{what}; name the invoice it takes back", retry=False)
    there = _only(connector.find(invoice.reference), invoice)
    if there is None:
        begin()
        connector.create(invoice)
        # Looked for again: somebody else may have created it in the same moment.
        there = _only(connector.find(invoice.reference), invoice)
    if there is None:
        raise NotSentError(f"{_named(invoice)} was created and is not there", retry=True)
    _refuse_other_total(there, invoice)
    posted = connector.post(there) if there.state == "draft" else there
    _refuse_other_total(posted, invoice)
    if posted.state == "cancelled":
        what = f"{_named(invoice)} was cancelled in the billing system as {_called(posted)}"
        raise NotSentError(f"{what}; somebody there must say what to bill instead", retry=False)
    if posted.state == "draft" or not posted.number:
        what = f"{_named(invoice)} is {posted.state} and has {posted.number or 'no number'}"
        raise NotSentError(f"{what} after it was posted", retry=True)
    return posted


def _only(found: Sequence[PostedInvoice], invoice: Invoice) -> PostedInvoice | None:
    if len(found) > 1:
        listed = ", ".join(f"{_called(each)} ({each.state}, {each.total})" for each in found)
        raise NotSentError(
            f"{_named(invoice)} is in the billing system {len(found)} times: {listed};"
            " delete or credit all but one there, then send it again",
            retry=False,
        )
    return found[0] if found else None


def _refuse_other_total(there: PostedInvoice, invoice: Invoice) -> None:
    if there.total != invoice.total:
        what = f"{_named(invoice)} comes to {there.total} in the billing system as {_called(there)}"
        raise NotSentError(
            f"{what} and was decided at {invoice.total}; correct or delete it there", retry=False
        )


def _named(invoice: Invoice) -> str:
    return f"invoice {invoice.reference}"


def _called(posted: PostedInvoice) -> str:
    return posted.number or f"id {posted.external_id}"
