"""Which words on papers still stand where somebody who may accept papers has a new copy of one.

A paper that comes back signed has its number, and whoever told of it before does not tell again.
So an accepted copy that says so stands for every earlier word on that number and type, whoever
gave it. Overage, shortage or damage that was noted is not undone by a clean copy of the paper: that
word stands beside it until its own source corrects it.
"""

from collections.abc import Collection, Sequence

from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.papers import Document, DocumentStatus


def standing_papers(papers: Sequence[Fact], owned: Collection[str]) -> tuple[Fact, ...]:
    """The words on papers that no new copy stands for.

    Args:
        papers: each source's last word on each paper.
        owned: ids of the facts told by a system that may tell them.
    """
    copies = [fact for fact in papers if fact.fact_id in owned and _is_accepted_copy(fact)]
    return tuple(fact for fact in papers if not any(_stands_for(copy, fact) for copy in copies))


def _is_accepted_copy(fact: Fact) -> bool:
    said = fact.said
    return (
        isinstance(said, Document)
        and said.replaces_earlier
        and said.status is DocumentStatus.ACCEPTED
        and fact.classifier is Classifier.ACTUAL
    )


def _stands_for(copy: Fact, before: Fact) -> bool:
    """Whether it is a later word on the same paper, which notes no exceptions."""
    new, old = copy.said, before.said
    assert isinstance(new, Document), "copies are chosen among documents"
    assert isinstance(old, Document), "papers are documents"
    same = (new.document, new.document_type) == (old.document, old.document_type)
    later = (copy.occurred_at, copy.fact_id) > (before.occurred_at, before.fact_id)
    return same and later and old.exceptions_noted is not True
