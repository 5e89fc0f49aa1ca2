"""What is known of the creation of one release's invoice, and what was taken away on the way.

A creation that began may go on unheard until the billing system must have ended it. Until then
nothing is given up for good and nothing is taken for complete: a draft may still appear.
"""

import logging
from datetime import timedelta

from app.billing.posted import PostedInvoice
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.sending.surplus import called
from app.operations.house import House

_log = logging.getLogger(__name__)


class CreationNotes:
    """Reads and writes them for one attempt to send an invoice.

    Args:
        house: who acts where.
        release_id: the release that is billed.
        settles_within_s: how long a creation may go on unheard.
    """

    def __init__(self, house: House, release_id: str, settles_within_s: float) -> None:
        self._house, self._release_id = house, release_id
        self._settled_after = timedelta(seconds=settles_within_s)
        self._began = False
        self.withdrew: tuple[str, ...] = ()
        """What was asked to be taken away in this attempt, in words."""

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
        """Said before the request leaves; kept with the attempt when it has ended."""
        said = f"{called(draft)} of {draft.total}, a draft, as a double of {called(kept)}"
        _log.warning("invoice %s: taking away %s", self._release_id, said)
        self.withdrew = (*self.withdrew, said)

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

    def judged(self, error: NotSentError) -> NotSentError:
        """The same, with what was taken away; not for good while a creation may be going on."""
        wait = None if error.retry else self.unsettled()
        told = error if wait is None else self.waits(wait, error.detail)
        return NotSentError(
            told.detail,
            retry=told.retry,
            after_s=told.after_s,
            most_attempts=told.most_attempts,
            only_this=told.only_this,
            withdrew=self.withdrew,
        )

    @staticmethod
    def waits(wait: timedelta, why: str) -> NotSentError:
        """Only this one waits, so long."""
        return NotSentError(why, retry=True, after_s=wait.total_seconds(), only_this=True)
