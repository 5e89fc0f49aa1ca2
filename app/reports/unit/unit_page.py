"""Everything one page says about one billable unit, gathered from what is stored.

Nothing is decided and no amount is worked out here: each is one that a decision or a document
has. What would release the unit costs many decisions and is asked for apart.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from app.access import Person
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.money import Cost
from app.explanation.billed import BilledDocument
from app.family.family import Family
from app.judgement.decision import DecidedLine, Decision, Hold
from app.judgement.verdict import NOT_PERMITTED
from app.money import Money
from app.pricing.lines.charge import Excluded, Unpriced
from app.reports.standing.missing_paper import missing_paper
from app.reports.standing.standing import Spell, Standing
from app.reports.unit.acts_offered import Offered, acts_offered
from app.reports.unit.charge_table import ChargeTable, charge_table
from app.reports.unit.decision_diff import Compared, DecisionDiff, decision_diff
from app.reports.unit.timeline import TakenAt, Timeline
from app.reports.unit.why_not import WhyNot


class HoldShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One hold of the current decision, with what a person may do about it."""

    hold: Hold
    anchor: str
    """The id of its place on the page: `hold-POD_MISSING`."""
    due_at: datetime
    """As the work list has it; of what keeps no money, as the decision says."""
    assigned_to: str = ""
    offered: Offered = Offered()
    still: tuple[str, ...] = ()
    """What would still hold it if only this hold were waived, by code."""


class Earlier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer about the unit, and how it differs from the one before."""

    place: int
    """Which answer about the unit it is, from 1."""
    taken: TakenAt
    diff: DecisionDiff | None = None
    """None of the first, of one after which the unit was gone, and where it was not compared."""


class FamilyShown(msgspec.Struct, frozen=True, kw_only=True):
    """What was billed for the unit."""

    state: str
    balance: Money | None
    documents: tuple[BilledDocument, ...]


class CurrentShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision in force."""

    decision: Decision
    taken: TakenAt
    holds: tuple[HoldShown, ...]
    why_not: tuple[WhyNot, ...]
    stopped: tuple[str, ...] = ()
    """On a hold: the rules that would permit it, but for the holds."""
    document_types: tuple[str, ...] = ()
    """What a document that is attached may be, by the rules that decided."""
    unpriced: tuple[Unpriced, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    @property
    def assigned_to(self) -> tuple[str, ...]:
        """Everybody who was given one of its holds, by name."""
        return tuple(sorted({held.assigned_to for held in self.holds if held.assigned_to}))

    @property
    def charges(self) -> ChargeTable:
        """Its lines, what becomes of each, and what they come to."""
        return charge_table(self.decision)

    @property
    def kept_back(self) -> tuple[DecidedLine, ...]:
        """The lines that wait while the rest goes out."""
        return tuple(line for line in self.decision.lines if not line.billed)


class UnitPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit as people see it."""

    unit: str
    customer: str = ""
    """Empty where nobody names one, or nothing was decided yet."""
    standing: Standing | None = None
    """Where it stands, as lists have it; None until that was worked out."""
    timeline: Timeline
    sources: dict[str, str]
    """Who told a fact in which message, by the fact's id."""
    current: CurrentShown | None = None
    """None before the first decision, and of a unit that is gone."""
    gone: bool = False
    """Whether it is none any more: its facts belong to other units."""
    belongs_to: tuple[str, ...] = ()
    """Of a unit that is gone: the units to which what names it belongs now."""
    family: FamilyShown
    answers: tuple[Earlier, ...] = ()
    """What was answered, the last first, as far back as is shown."""
    answered: int = 0
    """How often there was another answer."""
    undecided: int = 0
    """Facts that name it and came after the current decision."""


def anchor_of(code: str, subject: str) -> str:
    """`hold-ACCESSORIAL_UNAPPROVED-charge-liftgate-LG-1`: what a link to the hold ends with."""
    told = "".join(sign if sign.isalnum() else "-" for sign in subject)
    return f"hold-{code}-{told}" if told else f"hold-{code}"


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What is known around the holds of a unit."""

    unit: BillableUnit
    """As the decision saw it."""
    waivable: Collection[str]
    """The codes of the holds that may be waived."""
    permitted: bool
    """Whether a rule permits an invoice for good, but for the holds."""
    assigned: Mapping[tuple[str, str], str] = {}
    """To whom work was given, by code and subject."""
    costs: Collection[Cost] = ()
    """What carriers ask for the unit, and for the others of its loads."""
    spells: Sequence[Spell] = ()
    """The open ones, whose days are those of the work list."""


def holds_shown(holds: Sequence[Hold], person: Person, around: Around) -> tuple[HoldShown, ...]:
    """The holds of the current decision, those that block first, each with a place of its own."""
    due = {(spell.code, spell.subject): spell.due_at for spell in around.spells}
    ordered = sorted(holds, key=lambda hold: (not hold.blocks, bool(hold.waived_by)))
    anchors: dict[str, int] = {}
    shown = []
    for hold in ordered:
        anchor = anchor_of(hold.code, hold.subject)
        anchors[anchor] = seen = anchors.get(anchor, 0) + 1
        shown.append(
            HoldShown(
                hold=hold,
                anchor=anchor if seen == 1 else f"{anchor}-{seen}",
                due_at=due.get((hold.code, hold.subject), hold.due_at),
                assigned_to=around.assigned.get((hold.code, hold.subject), ""),
                offered=acts_offered(
                    hold,
                    person,
                    around.waivable,
                    around.costs,
                    missing_paper(hold.code, hold.subject, around.unit),
                ),
                still=_still(hold, holds, permitted=around.permitted),
            )
        )
    return tuple(shown)


def _still(hold: Hold, holds: Sequence[Hold], *, permitted: bool) -> tuple[str, ...]:
    """What stands beside the hold on the same thing; what no rule permits goes out by no waiver."""
    others = [
        each.code
        for each in holds
        if each.stands
        and (each.code, each.subject) != (hold.code, hold.subject)
        and (not each.on_line or each.subject == hold.subject)
    ]
    return tuple(dict.fromkeys((*others, *(() if permitted else (NOT_PERMITTED,)))))


def family_shown(billed: Sequence[BilledDocument]) -> FamilyShown:
    """The documents in order, where the family stands and what it comes to."""
    family = Family(documents=tuple(each.document for each in billed))
    return FamilyShown(state=family.state.value, balance=family.balance, documents=tuple(billed))


def answers_of(
    taken: Sequence[TakenAt], compared: dict[str, Compared], *, answered: int, at_most: int
) -> tuple[Earlier, ...]:
    """What was answered, the last first, each with how it differs from the one before it.

    Args:
        taken: the last answers, the oldest first; of one more than is shown, where there is one.
        compared: the decisions that are compared, by id; the others are only listed.
        answered: how many answers there are altogether.
        at_most: how many are shown.
    """
    first = answered - len(taken) + 1
    shown = [
        Earlier(
            place=first + at, taken=each, diff=_diff(taken[at - 1] if at else None, each, compared)
        )
        for at, each in enumerate(taken)
    ]
    return tuple(reversed(shown[-at_most:]))


def _diff(
    before: TakenAt | None, after: TakenAt, compared: dict[str, Compared]
) -> DecisionDiff | None:
    if before is None or after.gone:
        return None
    was, now = compared.get(before.decision_id), compared.get(after.decision_id)
    return decision_diff(was, now) if was and now else None
