"""What a billing system must be able to do for us; small, so that the next one is a day's work.

`send_invoice` is the whole protocol and the same for all of them: look by reference, create what
is not there, post what is not posted, read back. A crash between any two of these steps is mended
by doing it again, because the reference is made from what is billed.
"""

from collections.abc import Sequence
from typing import Protocol

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice


class Connector(Protocol):
    """One billing system or ERP."""

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
        """Post a draft and return it with its number.

        Raises:
            NotSentError: it was refused, or nobody knows whether it was posted.
        """
        ...

    def receivables(self, references: Sequence[str]) -> tuple[PostedInvoice, ...]:
        """What became of the invoices with these references: state, what is still due.

        Raises:
            NotSentError: the system did not answer, or not sensibly.
        """
        ...
