"""Facts with the references they name, in one line each."""

from datetime import UTC, datetime, timedelta
from itertools import count

from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.reference import Reference, ReferenceKind
from app.evidence.intake.references import references_of, united

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
_numbers = count(1)


def told(
    said: Said,
    *references: str,
    system: str = "carrier",
    instance: str = "one",
    message_id: str = "",
    hours: int = 0,
    revision: int = 0,
    supersedes: str | None = None,
    classifier: Classifier = Classifier.ACTUAL,
) -> Fact:
    """A fact; references are written `kind value` or `kind issuer value`."""
    at = START + timedelta(hours=hours)
    return identified(
        Fact(
            fact_id="",
            tenant="t",
            actor="a",
            source=Source(
                system=system, instance=instance, message_id=message_id or f"m{next(_numbers)}"
            ),
            classifier=classifier,
            quality=Quality.API,
            occurred_at=at,
            recorded_at=at,
            revision=revision,
            supersedes=supersedes,
            references=united(references_of(said), tuple(ref(text) for text in references)),
            said=said,
        )
    )


def ref(text: str) -> Reference:
    kind, *middle, value = text.split(" ")
    return Reference(kind=ReferenceKind(kind), value=value, issuer="".join(middle))
