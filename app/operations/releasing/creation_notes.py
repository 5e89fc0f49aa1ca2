"""What is known of the creation of one release's invoice, and what was taken away on the way.

A creation that began may go on unheard until the billing system must have ended it. Until then
nothing is given up for good and nothing is taken for complete: a draft may still appear.
"""

import logging
from datetime import timedelta

from app.billing.events import BILLED
from app.billing.posted import PostedInvoice
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.sending.surplus import called
from app.infrastructure.storage.rows import Attempt
from app.operations.house import House

_log = logging.getLogger(__name__)


class CreationNotes:
    """Reads and writes them for one attempt to send an invoice.

    Args:
        house: who acts where.
        release_id: the release that is billed.
        subject: of the event that bills it.
        system: the billing system, as a destination.
        settles_within_s: how long a creation may go on unheard.
    """

    def __init__(
        self, house: House, release_id: str, *, subject: str, system: str, settles_within_s: float
    ) -> None:
        self._house, self._release_id, self._subject = house, release_id, subject
        self._system = system
        self._settled_after = timedelta(seconds=settles_within_s)
        self._began = False

    def was_begun(self) -> bool:
        """Whether anybody ever began to create the invoice."""
        with self._house.database.reading(self._house.tenant) as store:
            return store.invoices.begun_at(self._release_id) is not None

    def begins(self) -> None:
        """Committed before the request leaves: a process killed in it is waited for, too."""
        with self._house.database.writing(self._house.tenant) as store:
            wait = store.invoices.begin(
                self._release_id,
                at=self._house.now(),
                settled_after=self._settled_after,
                actor=self._house.actor,
            )
        if wait is not None:
            raise self.waits(
                wait,
                f"invoice {self._release_id} may be being created by an earlier request that was "
                "not answered; it is looked for again when that must have ended",
            )
        self._began = True

    def withdraws(self, draft: PostedInvoice, kept: PostedInvoice) -> None:
        """Committed beside the attempts before the request leaves."""
        said = f"{called(draft)} of {draft.total}, a draft, as a double of {called(kept)}"
        _log.warning("invoice %s: taking away %s", self._release_id, said)
        with self._house.database.writing(self._house.tenant) as store:
            for each in store.sendings.about(self._subject):
                if each.type in BILLED and each.destination == self._system:
                    attempt = Attempt(
                        sending_seq=each.seq,
                        at=self._house.now(),
                        outcome="withdrew",
                        detail=said,
                        actor=self._house.actor,
                    )
                    store.sendings.withdrew(attempt)

    def unsettled(self) -> timedelta | None:
        """How long an earlier creation may still go on; None where none does.

        One that this attempt began has been answered when anybody asks.
        """
        if self._began:
            return None
        with self._house.database.reading(self._house.tenant) as store:
            begun = store.invoices.begun_at(self._release_id)
        if begun is None:
            return None
        left = begun + self._settled_after - self._house.now()
        return left if left > timedelta(0) else None

    @staticmethod
    def waits(wait: timedelta, why: str) -> NotSentError:
        """Only this one waits, so long."""
        return NotSentError(why, retry=True, after_s=wait.total_seconds(), only_this=True)
