"""A provisional invoice ends: trued up, final as it was billed, or credited in full."""

from collections.abc import Sequence

from app.billing.claimed import ended_by
from app.family.document import FamilyDocument
from app.infrastructure.storage.rows import Settlement
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.operations.house import House


def settle_provisional(
    house: House, store: Store, decision: Decision, family: Sequence[FamilyDocument]
) -> None:
    """Note how the decision ends the unit's provisional invoice, where it does.

    It is noted once; its amount is then no longer open under the customer's limit.
    """
    opened = ended_by(decision, family)
    if opened is None:
        return
    store.releases.settle(
        Settlement(
            release_id=opened.reference,
            decision_id=decision.decision_id,
            how=decision.settles,
            at=house.now(),
            actor=house.actor,
        )
    )
