"""Everything one decision is computed from, and its digest.

A decision may depend only on its dossier. If you need one more thing, add it here: then it
is digested, stored and replayed. There is no other door.
"""

from datetime import date

import msgspec

from app.digest import digest_of
from app.evidence.correlation.authority import Authority
from app.evidence.correlation.links import Doubt, Strength
from app.evidence.facts.fact import Fact
from app.family.document import FamilyDocument
from app.judgement.rulebook.model import RulePack
from app.measures import Instant
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard

METHODS = (
    "authority_1",
    "correlation_1",
    "half_up_1",
    "largest_remainder_1",
    "verdict_1",
    "view_1",
)
"""Named versions of what is not named by a charge itself; a changed meaning is a new name.

What a dossier leaves out it was decided by, so these stay as they are for good.
"""

METHODS_NOW = (
    *METHODS[:-2],
    "cost_2",
    "family_1",
    "holding_2",
    "rating_2",
    "rating_3",
    "trace_2",
    "verdict_2",
    "view_1",
)
"""What a dossier gathered today is decided by."""


class LinkedFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact of the unit and why it belongs there."""

    fact: Fact
    strength: Strength
    through: str


class DoubtfulFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact that may belong to the unit; it proves nothing."""

    fact: Fact
    doubt: Doubt


class Sibling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another unit on the same load, with its facts: what is shared is split by them."""

    unit: str
    facts: tuple[Fact, ...]


class EditionsUsed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Digests of the stored editions that decide; empty where there is none."""

    rules: str
    authority: str
    card: str = ""
    contract: str = ""


class Dossier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The facts, circumstances and editions behind one decision."""

    tenant: str
    unit: str
    policy_at: Instant
    """The moment against which expiries count: the last word recorded about the unit."""
    known_on: date | None = None
    """Prices known later than this day do not count; None: all of the edition's."""
    facts: tuple[LinkedFact, ...]
    doubts: tuple[DoubtfulFact, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    market: tuple[Fact, ...] = ()
    """Published index values and exchange rates around the unit's days."""
    surroundings: tuple[Fact, ...] = ()
    """Closed months of the unit's days, of a billed one that of the posting, and silent feeds."""
    billed_as: tuple[str, ...] = ()
    """Other names of the unit under which it was released before."""
    provisional_until: Instant | None = None
    """When the unit's provisional release runs out, as long as the family was not kept here."""
    family: tuple[FamilyDocument, ...] = ()
    """Every invoice of the unit so far, in order."""
    editions: EditionsUsed
    methods: tuple[str, ...] = METHODS
    schema: str = "dossier-1"

    @property
    def digest(self) -> str:
        """The identity of the decision that follows from it."""
        return digest_of(self)


class Editions(msgspec.Struct, frozen=True, kw_only=True):
    """The editions themselves, found by their digests; a dossier names, this carries."""

    rules: RulePack
    authority: Authority
    card: RateCard | None = None
    contract: Contract | None = None
