"""What drafts of cards and contracts would do to every unit that they touch; nothing is stored.

Units are decided as they would be were the drafts in force, both keys asked, a few at a time and
by unit: however many there are, no more than one page of them is held, and no transaction stays
open while the engine works.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from app.decide import Concluded, Question, conclude, prepare
from app.digest import canonical, digest
from app.dossier import Dossier, Editions
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.links import reference_of
from app.explanation.correction import Correction, correction_of
from app.infrastructure.storage.store import Store
from app.operations.changing.accept_editions import Drafts, named_drafts, prove_drafts
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.gather_dossier import gather_dossier, neighbourhood
from app.operations.deciding.keep_decision import decoded
from app.operations.due_units import LOOK_BACK
from app.operations.house import House

AT_ONCE = 50
"""Units of one page."""
PRICES = ("card", "contract")
"""The kinds of edition that say what a customer owes."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which units are looked at: all, where nothing is said."""

    customer: str = ""
    service_from: date | None = None
    service_before: date | None = None

    def covers(self, day: date) -> bool:
        """Whether a service on that day is looked at."""
        too_early = self.service_from is not None and day < self.service_from
        too_late = self.service_before is not None and day >= self.service_before
        return not too_early and not too_late

    @property
    def by_day(self) -> bool:
        """Whether the day counts at all."""
        return self.service_from is not None or self.service_before is not None


class NotPlanned(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of the customers of which nothing can be said, and why."""

    unit: str
    customer: str
    why: str


class _Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit, ready to be decided by the drafts."""

    dossier: Dossier
    editions: Editions
    current: Concluded


def new_editions(house: House, drafts: Drafts) -> tuple[tuple[str, str], ...]:
    """Kind and name of every draft that is not in force as it stands."""
    bodies = _bodies(drafts)
    with house.database.reading(house.tenant) as store:
        before = {kind: store.editions.names_in_force(kind) for kind, _ in bodies}
    return tuple(
        (kind, name)
        for (kind, name), body in sorted(bodies.items())
        if before[kind].get(name) != digest(body)
    )


def plan_correction(
    house: House, drafts: Drafts, asked: Asked | None = None
) -> Iterator[Correction | NotPlanned]:
    """Every unit of the customers whose card or contract differs from what is in force, by unit.

    Looked at is what was decided and not billed, and what was billed as far back as anybody may
    come back to it.

    Raises:
        FileError: the drafts may not come into force, as `accept_editions`.
    """
    prove_drafts(house, drafts, house.now().date())
    wanted = asked or Asked()
    bodies = _bodies(drafts)
    changed = {name for kind, name in new_editions(house, drafts) if kind in PRICES}
    customers = {name for name in changed if wanted.customer in {"", name}}
    billed_since = house.now() - LOOK_BACK
    after = ""
    while True:
        with house.database.reading(house.tenant) as store:
            page = store.decisions.units_of(
                customers, billed_since=billed_since, after=after, limit=AT_ONCE
            )
            as_if = store.as_if_accepted(bodies)
            units = [_unit(store, as_if, *named) for named in page]
        for each in units:
            yield from _planned(house, each, wanted)
        if len(page) < AT_ONCE:
            return
        after = page[-1][0]


def _bodies(drafts: Drafts) -> Mapping[tuple[str, str], bytes]:
    return {(kind, name): canonical(model) for kind, name, model in named_drafts(drafts)}


def _unit(store: Store, as_if: Store, unit: str, customer: str) -> _Unit | NotPlanned:
    near = neighbourhood(as_if, [reference_of(unit).key], None)
    current = store.decisions.current_of(unit)
    assert current is not None, "a unit is found by its current decision"
    if unit not in near.correlation.units:
        others = ", ".join(sorted(near.correlation.units)) or "none"
        why = f"it is no unit any more; its facts belong to: {others}"
        return NotPlanned(unit=unit, customer=customer, why=why)
    dossier = gather_dossier(as_if, unit, near, None)
    return _Unit(
        dossier=dossier,
        editions=editions_by_digest(as_if, dossier.editions),
        current=decoded(current),
    )


def _planned(
    house: House, unit: _Unit | NotPlanned, asked: Asked
) -> Iterator[Correction | NotPlanned]:
    if isinstance(unit, NotPlanned):
        yield unit
        return
    question = prepare(unit.dossier, unit.editions)
    day = Journey(question.unit).service_date
    if asked.by_day and day is None:
        customer = question.unit.text("customer")
        why = "its service has no day yet"
        yield NotPlanned(unit=unit.dossier.unit, customer=customer, why=why)
    elif day is None or asked.covers(day):
        after = _concluded(house, question)
        yield correction_of(unit.current, after, unit.dossier.family, day)


def _concluded(house: House, question: Question) -> Concluded:
    return conclude(question, house.first_key.judge(question.pack, question.view))
