"""What a key must answer: which rules fired, about what, over how much it looked."""

from typing import Protocol

import msgspec

from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View


class Firing(msgspec.Struct, frozen=True, order=True, omit_defaults=True, gc=False):
    """One rule that fired; `subject` is `entity:key` of the item, empty for the unit."""

    rule_id: str
    subject: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """A complete answer: every rule was asked and every item was looked at."""

    firings: tuple[Firing, ...]
    """Sorted, each once."""


class NoAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="no answer"):
    """A key that did not give a complete answer, and why; it can only stop an invoice."""

    why: str
    evidence: str = ""


class Key(Protocol):
    """Anything that can judge a view by a pack without knowing the other key."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        """The firings of the pack over the view; never raises."""
        ...
