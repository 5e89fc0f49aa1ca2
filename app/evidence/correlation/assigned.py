"""Who works on the holds of a unit: what people noted last, which no decision sees."""

from collections.abc import Iterable

from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.links import reference_of
from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.work import Assignment


def assigned_to(facts: Iterable[Fact], unit: str) -> tuple[Assignment, ...]:
    """The last word on each hold of the unit that somebody works on, by hold and subject.

    Args:
        facts: all that name the unit's numbers; those of other units are left out.
        unit: its name.
    """
    key = reference_of(unit).key
    last: dict[tuple[str, str], Assignment] = {}
    for fact in sorted(in_force(facts), key=rank):
        said = fact.said
        if isinstance(said, Assignment) and key in {each.key for each in fact.references}:
            last[said.hold, said.subject] = said
    return tuple(said for _, said in sorted(last.items()) if said.to)
