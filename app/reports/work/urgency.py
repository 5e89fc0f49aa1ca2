"""How urgent a hold is: a factor by which its money counts in the order of work.

The right to bill outweighs the customer's batch, and that outweighs a queue's own promise:

    right to bill ends within 7 days    8
    right to bill ends within 30 days   4
    the batch closes within 2 days      4
    the batch has closed                3
    the queue's own day is past         2
    otherwise, or the right has ended   1
    the freight is still on its way     0

Days of rights and batches are the customer's; a queue's own day is told in UTC, as the order is.
What has run out for good is not urgent: nothing that is done today brings it back by itself. What
is on its way waits for nobody, until the queue's own day is past.
"""

from datetime import UTC, date, timedelta

import msgspec

from app.reports.standing.standing import Spell

RIGHT_NEAR, RIGHT_SOON, BATCH_NEAR = timedelta(days=7), timedelta(days=30), timedelta(days=2)


class Urgency(msgspec.Struct, frozen=True):
    """The factor, and why in words."""

    factor: int
    why: str


def urgency_of(spell: Spell, on: date) -> Urgency:
    """How urgent an open hold is on a day."""
    if spell.right_until is not None:
        if spell.right_until < on:
            return Urgency(1, f"the right to bill ended on {spell.right_until}")
        if spell.right_until - on <= RIGHT_SOON:
            factor = 8 if spell.right_until - on <= RIGHT_NEAR else 4
            return Urgency(factor, f"the right to bill ends on {spell.right_until}")
    return _by_batch(spell.cutoff_on, on) or _by_queue(spell, on)


def rank_of(spell: Spell, on: date) -> int:
    """Money times urgency, in minor units; what has no price yet, or is on its way, is last."""
    return (spell.value_minor or 0) * urgency_of(spell, on).factor


def _by_batch(cutoff_on: date | None, on: date) -> Urgency | None:
    if cutoff_on is None or cutoff_on - on > BATCH_NEAR:
        return None
    if cutoff_on < on:
        return Urgency(3, f"the customer's batch closed on {cutoff_on}")
    return Urgency(4, f"the customer's batch closes on {cutoff_on}")


def _by_queue(spell: Spell, on: date) -> Urgency:
    due_on = spell.due_at.astimezone(UTC).date()
    if due_on < on:
        return Urgency(2, f"it was due on {due_on}")
    if spell.moving:
        return Urgency(0, f"still on its way; it is due on {due_on}")
    return Urgency(1, f"it is due on {due_on}")
