"""A billing system in memory that holds what a test puts into it, and does what it says."""

from collections.abc import Sequence

import msgspec

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice, State
from app.infrastructure.sending.erp_http import RefusedError
from app.measures import Instant
from app.money import of_minor_units

TOTAL = of_minor_units(45556, "USD")
OTHER = of_minor_units(45557, "USD")


def document(text: str) -> PostedInvoice:
    """`2 draft`, `2 draft with a number`, `2 draft of another total`."""
    number, state, *more = text.split(maxsplit=2)
    issued = state in {"posted", "paid"} or more == ["with a number"]
    total = OTHER if more == ["of another total"] else TOTAL
    return PostedInvoice(
        reference="rel-1",
        external_id=number,
        number=f"N{number}" if issued else "",
        state=msgspec.convert(state, State),
        total=total,
        amount_due=total,
    )


class Shelf:
    """One reference and its documents; whatever is asked to be taken away is remembered."""

    settles_within_s = 90.0

    def __init__(self, documents: str, *, takes_away: bool = True, refuses: str = "") -> None:
        self.documents = [document(each.strip()) for each in documents.split("|") if each.strip()]
        self.withdraws = True
        self.asked: list[str] = []
        self.posted: list[str] = []
        self._takes_away, self._refuses = takes_away, refuses

    def find(self, reference: str) -> tuple[PostedInvoice, ...]:
        return tuple(each for each in self.documents if each.reference == reference)

    def create(self, invoice: Invoice) -> PostedInvoice:
        raise AssertionError(f"{invoice.reference} is there")

    def post(self, draft: PostedInvoice) -> PostedInvoice:
        self.posted.append(draft.external_id)
        return document(f"{draft.external_id} posted")

    def withdraw(self, draft: PostedInvoice) -> None:
        self.asked.append(draft.external_id)
        if self._refuses:
            raise RefusedError(self._refuses)
        if self._takes_away:
            self.documents.remove(draft)

    def receivables(
        self, references: Sequence[str], *, changed_since: Instant | None = None
    ) -> tuple[PostedInvoice, ...]:
        assert changed_since is None
        return tuple(found for each in references for found in self.find(each))

    def close(self) -> None:
        """Nothing is open."""
