"""One release: what was claimed, and what became of it in the billing system."""

import msgspec

from app.billing.events import InvoicePosted
from app.billing.release_token import token_for
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.money import Money
from app.operations.house import House
from app.operations.releasing.receivables import receivable_of


class ReleaseKnown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known about a release."""

    release: Release
    token: str
    """By which it was claimed; the same token again is answered with the same release."""
    state: str
    """`claimed`, then what the billing system says: `posted`, `paid`, `cancelled`."""
    invoice_number: str = ""
    system: str = ""
    """Which billing system has the invoice."""
    external_id: str = ""
    amount_due: Money | None = None
    """What is still owed, where the billing system has said."""
    together: tuple[str, ...] = ()
    """Every release of the same claim in order, where it was more than one."""


def look_up_release(house: House, release_id: str) -> ReleaseKnown:
    """A release, its invoice, and what is owed on it.

    Raises:
        NotFoundError: there is no such release.
    """
    with house.database.reading(house.tenant) as store:
        return _known(store, store.releases.by_id(release_id))


def _known(store: Store, release: Release) -> ReleaseKnown:
    asked = release.asked_decision_id or release.decision_id
    token = token_for(store.tenant, release.unit, asked)
    invoice = store.invoices.of_release(release.release_id)
    same = tuple(each.release_id for each in store.releases.claimed_by(asked))
    together = same if len(same) > 1 else ()
    if invoice is None:
        return ReleaseKnown(release=release, token=token, state="claimed", together=together)
    owed = receivable_of(store, invoice)
    return ReleaseKnown(
        release=release,
        token=token,
        state=owed.state if owed else "posted",
        invoice_number=invoice.number,
        system=invoice.system,
        external_id=msgspec.json.decode(invoice.body, type=InvoicePosted).posted.external_id,
        amount_due=owed.amount_due if owed else None,
        together=together,
    )
