"""Which facts still count: what a source corrected or took back does not."""

from collections.abc import Iterable, Mapping

from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.papers import Withdrawal


def in_force(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that their source neither supersedes nor withdraws, resends left out.

    Only the source itself may take its word back; another source's claim to supersede is
    a disagreement. What superseded a fact and was withdrawn itself supersedes nothing. Of
    resends of the same content the one with the smallest id stands. Nothing depends on the
    order of arrival.
    """
    by_id = {fact.fact_id: fact for fact in facts}
    withdrawn = _withdrawn(by_id)
    gone = withdrawn | _superseded(by_id, by_id.keys() - withdrawn)
    standing: dict[str, Fact] = {}
    for fact_id in sorted(by_id.keys() - gone, reverse=True):
        standing[by_id[fact_id].content_digest] = by_id[fact_id]
    return tuple(sorted(standing.values(), key=lambda fact: fact.fact_id))


def _superseded(by_id: Mapping[str, Fact], speaking: Iterable[str]) -> set[str]:
    """The facts that one of those who speak, of the same source, supersedes."""
    return {
        before.fact_id
        for fact in map(by_id.__getitem__, speaking)
        if (before := by_id.get(fact.supersedes or "")) and _source(before) == _source(fact)
    }


def _withdrawn(by_id: Mapping[str, Fact]) -> set[str]:
    """The facts of messages that their source took back.

    A withdrawal cannot be withdrawn, or two could undo each other: it is superseded, or the
    source says the thing again in a new message.
    """
    found = [fact for fact in by_id.values() if isinstance(fact.said, Withdrawal)]
    if not found:
        return set()
    taken_back = _superseded(by_id, by_id)
    messages = {
        (*_source(fact), fact.said.withdrawal)
        for fact in found
        if isinstance(fact.said, Withdrawal)
        and fact.fact_id not in taken_back
        and fact.classifier is Classifier.ACTUAL
    }
    return {
        fact.fact_id
        for fact in by_id.values()
        if (*_source(fact), fact.source.message_id) in messages
        and not isinstance(fact.said, Withdrawal)
    }


def _source(fact: Fact) -> tuple[str, str]:
    return fact.source.system, fact.source.instance
