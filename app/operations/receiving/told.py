"""What the log and the counters are told of bytes that came, and of what became of them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from app.evidence.facts.reference import ReferenceKind
from app.evidence.intake.explained import plainly
from app.evidence.intake.received import Received
from app.operations.receiving.arrival import MessageReceipt
from app.operations.receiving.came import MENDED, Came
from app.telemetry import MESSAGES, REPROCESSED
from app.telemetry.story import Step, tell

MOST_NAMED = 5
"""Numbers of a kind in one line; a file of a thousand messages is one line, too."""


def tell_received(
    way: Came, delivery_id: str, receipts: Sequence[MessageReceipt], received: Iterable[Received]
) -> None:
    """Tell of one delivery that is stored."""
    outcomes = Counter(each.outcome for each in receipts)
    for outcome, count in outcomes.items():
        MESSAGES.labels(outcome).inc(count)
    if way.replay:
        REPROCESSED.labels("mended" if way.replay == MENDED else "replayed").inc(len(receipts))
    facts = [fact for each in received for fact in each.facts]
    numbers = [(ref.kind, ref.value) for fact in facts for ref in fact.references]
    tell(
        Step.RECEIVED,
        way.correlation_id,
        delivery_id=delivery_id,
        partner=way.partner,
        feed=way.feed,
        outcome=", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())),
        message_id=_some(each.message_id for each in receipts),
        order=_some(value for kind, value in numbers if kind is ReferenceKind.ORDER),
        shipment=_some(value for kind, value in numbers if kind is ReferenceKind.SHIPMENT),
    )


def _some(names: Iterable[str]) -> str:
    """The first of the names on one line, and how many more there are."""
    named = list(dict.fromkeys(plainly(name) for name in names if name))
    shown = ", ".join(named[:MOST_NAMED])
    return f"{shown} and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else shown
