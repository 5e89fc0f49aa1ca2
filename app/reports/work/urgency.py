"""How urgent a hold is: a factor by which its money counts in the order of work.

The right to bill outweighs the customer's batch, and that outweighs a queue's own promise:

    right to bill ends within 7 days    8
    right to bill ends within 30 days   4
    the batch closes within 48 hours    4
    the batch has closed                3
    the queue's own day is past         2
    otherwise, or the right has ended   1
    the freight is still on its way     0

Batches close at a moment. Days of rights are the customer's; a queue's own day is told in UTC, as
the order is.
What has run out for good is not urgent: nothing that is done today brings it back by itself. What
is on its way waits for nobody, until the queue's own day is past.
"""

from datetime import UTC, date, datetime, time, timedelta

import msgspec

from app.reports.moments import written
from app.reports.standing.standing import Spell

RIGHT_NEAR, RIGHT_SOON = timedelta(days=7), timedelta(days=30)
BATCH_NEAR = timedelta(hours=48)


class Urgency(msgspec.Struct, frozen=True):
    """The factor, and why in words."""

    factor: int
    why: str


def urgency_of(spell: Spell, moment: datetime) -> Urgency:
    """How urgent an open hold is at a moment."""
    on = moment.astimezone(UTC).date()
    if spell.right_until is not None:
        if spell.right_until < on:
            return Urgency(1, f"the right to bill ended on {spell.right_until}")
        if spell.right_until - on <= RIGHT_SOON:
            factor = 8 if spell.right_until - on <= RIGHT_NEAR else 4
            return Urgency(factor, f"the right to bill ends on {spell.right_until}")
    return _by_batch(spell.cutoff_at, moment) or _by_queue(spell, on)


def rank_of(spell: Spell, moment: datetime) -> int:
    """Money times urgency, in minor units; what has no price yet, or is on its way, is last."""
    return (spell.value_minor or 0) * urgency_of(spell, moment).factor


def ranked_until(spell: Spell, moment: datetime) -> datetime:
    """The last moment at which a rank of that moment still holds.

    Days change for all at once, so each rank holds until the end of its day at most; it ends
    before where the batch comes near, or closes, on that day.
    """
    turns = [datetime.combine(moment.astimezone(UTC).date(), time.max, UTC)]
    if spell.cutoff_at is not None:
        turns += [spell.cutoff_at - BATCH_NEAR, spell.cutoff_at]
    return min(each for each in turns if each >= moment)


def _by_batch(cutoff_at: datetime | None, moment: datetime) -> Urgency | None:
    if cutoff_at is None or cutoff_at - moment >= BATCH_NEAR:
        return None
    told = written(cutoff_at)
    if cutoff_at < moment:
        return Urgency(3, f"the customer's batch closed at {told}")
    return Urgency(4, f"the customer's batch closes at {told}")


def _by_queue(spell: Spell, on: date) -> Urgency:
    due_on = spell.due_at.astimezone(UTC).date()
    if due_on < on:
        return Urgency(2, f"it was due on {due_on}")
    if spell.moving:
        return Urgency(0, f"still on its way; it is due on {due_on}")
    return Urgency(1, f"it is due on {due_on}")
