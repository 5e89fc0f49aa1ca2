"""What a billing system must be able to do for us; small, so that the next one is a day's work.

How an invoice is sent to any of them is `send_invoice`.
"""

from collections.abc import Sequence
from typing import Protocol

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.measures import Instant


class Connector(Protocol):
    """One billing system or ERP."""

    @property
    def settles_within_s(self) -> float:
        """How long after a creation began it may go on without a word, in seconds."""
        ...

    @property
    def withdraws(self) -> bool:
        """Whether it can be asked to take a draft away."""
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

    def withdraw(self, draft: PostedInvoice) -> None:
        """Take a draft away for good; one that is gone already, or cancelled, is left so.

        Raises:
            NotSentError: it was refused, as what is posted by now must be, or nobody knows.
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
