"""What people waived: who, which hold, why, up to what, and whether their word counts.

A word counts from a system that `rules/authority.yaml` names for `waiver`, of what has happened,
and until it expires against the moment of the decision. Where several who may speak of one waiver,
one who takes it back is enough: a hold that stands too long costs less than a wrong invoice.
"""

from collections import defaultdict

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.work import Waiver
from app.measures import Instant
from app.money import Money


class KnownWaiver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One waiver as it stands; stored in traces, so it grows only by fields with defaults."""

    waiver: str
    hold: str
    subject: str = ""
    approver: str
    reason: str
    up_to: Money | None = None
    expires_at: Instant | None = None
    void: str = ""
    """Why it waives nothing, in words; empty where it is in force."""
    fact_id: str

    def is_about(self, code: str, subject: str) -> bool:
        """Whether it names this hold."""
        return self.hold == code and self.subject in {"", subject}


def waivers_of(unit: BillableUnit, at: Instant) -> tuple[KnownWaiver, ...]:
    """Each source's last word on every waiver of the unit, by number.

    Args:
        unit: whose facts they are.
        at: the moment of the decision, against which they expire.
    """
    words: dict[str, list[Fact]] = defaultdict(list)
    for fact in unit.waivers:
        words[_said(fact).waiver].append(fact)
    return tuple(
        _known(fact, _void(fact, mine, unit, at))
        for _, mine in sorted(words.items())
        for fact in sorted(mine, key=lambda each: each.fact_id)
    )


def _void(fact: Fact, words: list[Fact], unit: BillableUnit, at: Instant) -> str:
    """Why the word waives nothing."""
    said = _said(fact)
    if fact.fact_id not in unit.owned_acts:
        return f"{fact.source.system} may not waive holds"
    if fact.classifier is not Classifier.ACTUAL:
        return f"it is only {fact.classifier.value}"
    if takes_back := [each for each in words if _takes_back(each, unit)]:
        back = _said(takes_back[0])
        return f"{back.approver} took it back: {back.reason}"
    if said.expires_at is not None and said.expires_at <= at:
        return f"it expired at {said.expires_at.isoformat()}"
    return ""


def _takes_back(fact: Fact, unit: BillableUnit) -> bool:
    counts = fact.fact_id in unit.owned_acts and fact.classifier is Classifier.ACTUAL
    return counts and not _said(fact).granted


def _known(fact: Fact, void: str) -> KnownWaiver:
    said = _said(fact)
    return KnownWaiver(
        waiver=said.waiver,
        hold=said.hold,
        subject=said.subject,
        approver=said.approver,
        reason=said.reason,
        up_to=said.up_to,
        expires_at=said.expires_at,
        void=void,
        fact_id=fact.fact_id,
    )


def _said(fact: Fact) -> Waiver:
    assert isinstance(fact.said, Waiver), "waivers are chosen by type"
    return fact.said
