"""How an invoice is sent to a billing system: the whole protocol, and the same for all of them.

Look by reference, create what is not there, take away what is there twice, post what is not posted,
read back. A crash between any two of these steps is mended by doing it again, because the reference
is made from what is billed. A creation whose answer nobody heard may still be going on: whoever has
begun one notes it before, nobody begins another until it must have ended, and whoever posted
meanwhile looks again then (`look_again`).
"""

from typing import Protocol

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.erp_http import RefusedError
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.sending.surplus import ISSUED, Withdrawals, called, look, only_one


class Notes(Withdrawals, Protocol):
    """Knows and writes down what was begun, whatever becomes of whoever began it."""

    def was_begun(self) -> bool:
        """Whether anybody ever began to create the invoice."""
        ...

    def begins(self) -> None:
        """Note for good that a creation begins.

        Raises:
            NotSentError: another one may still be going on.
        """
        ...


def send_invoice(connector: Connector, invoice: Invoice, notes: Notes) -> PostedInvoice:
    """The invoice, posted in the system once, whatever happened to earlier tries.

    Nothing is posted whose total is not ours to the cent, and nothing while the system has two
    under one reference: surplus drafts are taken away, and whatever else it has is for a person.

    Args:
        connector: the system.
        invoice: what is billed.
        notes: what was begun before, and where it is written down.

    Raises:
        NotSentError: it is not posted, or nobody knows; calling again goes on where this ended.
    """
    _refuse_unsendable(invoice)
    reference = invoice.reference
    found = look(connector, reference) if notes.was_begun() else connector.find(reference)
    there = only_one(connector, reference, invoice.total, found, notes)
    if there is None:
        notes.begins()
        # Looked for again: the request may have arrived twice, or somebody else's beside it.
        found = _created(connector, invoice)
        there = only_one(connector, reference, invoice.total, found, notes)
    if there is None:
        raise NotSentError(f"{_named(invoice)} was created and is not there", retry=True)
    return _posted(connector, invoice, there)


def look_again(
    connector: Connector, invoice: Invoice, number: str, notes: Withdrawals
) -> PostedInvoice | None:
    """Take away what arrived late of an invoice whose number is known, and see that it is the one.

    Returns:
        The invoice as the system has it; None where it has none under this reference.

    Raises:
        NotSentError: the system did not say, or a person must look.
    """
    reference = invoice.reference
    found = look(connector, reference)
    there = only_one(connector, reference, invoice.total, found, notes)
    if there is not None and there.state in ISSUED and there.number != number:
        what = f"{_named(invoice)} is {number} here and {called(there)} in the billing system"
        raise NotSentError(f"{what}; credit one of them there", retry=False)
    return there


def _refuse_unsendable(invoice: Invoice) -> None:
    if not invoice.lines:
        raise NotSentError("the invoice has no line: there is nothing to bill", retry=False)
    if invoice.kind == "credit" and not invoice.credits:
        what = f"{_named(invoice)} is a credit and does not say of what"
        raise NotSentError(f"{what}; name the invoice it takes back", retry=False)


def _created(connector: Connector, invoice: Invoice) -> tuple[PostedInvoice, ...]:
    """All there is then; a second arrival may be refused where the first was not."""
    refused: RefusedError | None = None
    try:
        connector.create(invoice)
    except RefusedError as error:
        refused = error
    found = look(connector, invoice.reference)
    if refused is not None and not found:
        raise refused
    return found


def _posted(connector: Connector, invoice: Invoice, there: PostedInvoice) -> PostedInvoice:
    _refuse_other_total(there, invoice)
    posted = _post(connector, there) if there.state == "draft" else there
    _refuse_other_total(posted, invoice)
    if posted.state == "cancelled":
        what = f"{_named(invoice)} was cancelled in the billing system as {called(posted)}"
        raise NotSentError(f"{what}; somebody there must say what to bill instead", retry=False)
    if posted.state == "draft" or not posted.number:
        what = f"{_named(invoice)} is {posted.state} and has {posted.number or 'no number'}"
        raise NotSentError(f"{what} after it was posted", retry=True)
    return posted


def _post(connector: Connector, draft: PostedInvoice) -> PostedInvoice:
    """Whatever was refused, the post or only the look at what it did: a draft or it is posted."""
    try:
        return connector.post(draft)
    except RefusedError:
        found = look(connector, draft.reference)
        now = [each for each in found if each.external_id == draft.external_id]
        if not now or now[0].state == "draft":
            raise
        return now[0]


def _refuse_other_total(there: PostedInvoice, invoice: Invoice) -> None:
    if there.total != invoice.total:
        what = f"{_named(invoice)} comes to {there.total} in the billing system as {called(there)}"
        raise NotSentError(
            f"{what} and was decided at {invoice.total}; correct or delete it there", retry=False
        )


def _named(invoice: Invoice) -> str:
    return f"invoice {invoice.reference}"
