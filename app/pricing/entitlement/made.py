"""A claim that nobody raised, and what the rate card asks for it."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Classifier, Fact, Quality, Said, Source, identified
from app.evidence.facts.money import Accessorial
from app.evidence.facts.warehouse import StoragePeriod
from app.measures import Instant
from app.pricing.contract.contract import Contract
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import NOTHING_GIVEN_UP, price
from app.pricing.reckoned.methods import TODAY, Methods
from app.pricing.reckoned.occasion import Line
from app.pricing.shapes import Shape

MADE = "entitlement"
"""Stands where a source would name its message."""


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, and what it is priced by."""

    unit: BillableUnit
    siblings: tuple[BillableUnit, ...]
    market: tuple[Fact, ...]
    card: RateCard | None
    known_on: date
    contract: Contract | None
    methods: Methods = TODAY
    """As the decision prices it, like the next; see `price`."""
    last_known: bool = False
    billed: frozenset[str] = frozenset()
    """The keys of the lines that are billed by now."""

    @property
    def terms(self) -> tuple[Shape, ...]:
        """What the card charges for."""
        return self.card.charges if self.card else ()

    def id_of(self, charge: str, subject: str) -> str:
        """The id of an entitlement: `shipment:S1/detention/stop-2`."""
        return "/".join(
            part.replace(" ", "-") for part in (self.unit.unit, charge, subject) if part
        )

    def priced_with(self, claims: Iterable[Accessorial], at: Instant) -> Rated:
        """The unit with these claims, by the same card, on the same day."""
        made = {fact.fact_id: fact for fact in (made_fact(said, at) for said in claims)}
        claimed = msgspec.structs.replace(
            self.unit,
            accessorials=(*self.unit.accessorials, *made.values()),
            facts={**self.unit.facts, **made},
        )
        return self.priced(claimed)

    def priced(
        self, unit: BillableUnit, given_up: Mapping[tuple[str, str], str] = NOTHING_GIVEN_UP
    ) -> Rated:
        """Another unit, by the same card, on the same day; without the lines given up."""
        return price(
            unit,
            self.siblings,
            self.market,
            self.card,
            self.known_on,
            methods=self.methods,
            last_known=self.last_known,
            given_up=given_up,
        )

    def line_of(self, claim: Accessorial, at: Instant) -> Line | None:
        """What the card makes of one claim; None where nothing is owed for it."""
        return line_about(self.priced_with((claim,), at), claim.accessorial)


def line_about(rated: Rated, subject: str) -> Line | None:
    """The line about one claim, of whatever kind; None where there is none."""
    every: tuple[Line, ...] = (*rated.charges, *rated.excluded, *rated.unpriced)
    return next((line for line in every if line.subject == subject), None)


def made_fact(said: Said, at: Instant) -> Fact:
    """What somebody might say, as the fact it would be."""
    return identified(
        Fact(
            fact_id="",
            tenant="",
            actor="",
            source=Source(system="ops", instance=MADE, message_id=MADE),
            classifier=Classifier.ACTUAL,
            quality=Quality.MANUAL,
            occurred_at=at,
            recorded_at=at,
            said=said,
        )
    )


def storage_unit(unit: BillableUnit, said: StoragePeriod, at: Instant) -> BillableUnit:
    """The stock of a storage unit over other days."""
    made = made_fact(said, at)
    return msgspec.structs.replace(
        unit,
        unit=f"storage:{_bare(said.storage_period)}",
        storage_periods=(*unit.storage_periods, made),
        facts={**unit.facts, made.fact_id: made},
    )


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
