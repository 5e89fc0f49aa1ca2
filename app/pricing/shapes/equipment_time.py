"""Per diem, demurrage and chassis: days beyond the free time, each at its own tier.

The clock runs from what the terminal reports (discharged, available, out-gate) to what it
reports (out-gate, in-gate of the empty). Tiers go by the number of the chargeable day, as in
public tariffs: days 1 to 4 at one rate, from day 5 on at another.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Literal

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.intake.zones import is_zone
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import StepRow, in_force
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Unpriced
from app.pricing.lines.wording import money, rate
from app.pricing.reckoned.lookup import only
from app.pricing.reckoned.occasion import Line, Occasion, Working, charged, unpriced
from app.pricing.told.claims import Claim, claims
from app.pricing.told.equipment_days import (
    MOST_DAYS,
    ClosedDay,
    Counting,
    Day,
    Days,
    FirstDay,
    FreeTime,
    Held,
    days_out,
)

STATUSES = {
    "discharged": MilestoneStatus.CONTAINER_DISCHARGED,
    "available": MilestoneStatus.CONTAINER_AVAILABLE,
    "gate out": MilestoneStatus.GATE_OUT,
    "gate in": MilestoneStatus.GATE_IN,
}


class DayStep(StepRow, frozen=True, kw_only=True, omit_defaults=True):
    """The rate for one day, by the number of the chargeable day; the first is day 1."""

    rate: Decimal


class EquipmentTime(Term, frozen=True, kw_only=True, omit_defaults=True, tag="equipment time"):
    """From what to what the clock runs, what a day is, and how many are free."""

    clock_starts: Literal["discharged", "available", "gate out"]
    clock_ends: Literal["gate out", "gate in"]
    days: Counting
    first_day: FirstDay = ""
    """Of local days: whether the day on which the clock starts is the first one."""
    time_zone: str
    """The facility's, where its reports name none: `America/Chicago`."""
    free_days: int
    free_days_counted: Days
    days_charged: Days
    customs_holds_stop_the_clock: bool = True
    closed: tuple[ClosedDay, ...] = ()
    """The terminal's calendar of holidays and closures."""
    cap: Decimal | None = None
    """The most for one container or chassis."""
    method: Literal["equipment_time_1"] = "equipment_time_1"
    rates: tuple[DayStep, ...]

    def flaws(self) -> Iterator[Flaw]:
        """A clock that ends where it starts, an unknown zone, days without a rate."""
        if self.clock_starts == self.clock_ends:
            what = "the clock ends with what starts it"
            yield Flaw(what=what, charge=self.charge, field="clock_ends")
        if (self.days == "local days") != bool(self.first_day):
            what = "`first day` says with which local day counting begins, and only of these"
            yield Flaw(
                what=what,
                charge=self.charge,
                field="first_day",
                allowed=("same day", "next day"),
            )
        if not is_zone(self.time_zone):
            yield Flaw(
                what=f"{self.time_zone!r} is no time zone",
                charge=self.charge,
                field="time_zone",
                word=self.time_zone,
                mend="an IANA name such as America/Chicago",
            )
        if self.rates and min(step.at_least for step in self.rates) > 1:
            first = min(self.rates, key=lambda step: step.at_least)
            what = "the first chargeable day, day 1, has no rate"
            yield Flaw(what=what, charge=self.charge, row=first, field="at_least")
        for row in self.closed:
            if row.day < row.effective_from:
                what = f"{row} counts only after the day that it closes"
                yield Flaw(what=what, charge=self.charge, row=row, field="effective_from")


class _Report(msgspec.Struct, frozen=True):
    """A report of the terminal: when, in which zone, by which fact."""

    at: datetime
    zone: str
    told: Input


class _Moves(msgspec.Struct, frozen=True):
    """What is reported of one container or chassis."""

    begun: tuple[_Report, ...]
    ended: tuple[_Report, ...]
    held: tuple[_Report, ...]
    released: tuple[_Report, ...]


def equipment_time(occasion: Occasion, term: EquipmentTime) -> tuple[Line, ...]:
    """A line for each container or chassis that was out longer than its free time."""
    claimed = tuple(claim for claim in claims(occasion.unit) if claim.charge == term.charge)
    names = _equipment(occasion.unit, term)
    if isinstance(names, str):
        return (unpriced(term, "no_times", names, inputs=[each.told for each in claimed]),)
    if not names:
        return tuple(_without_times(term, claim) for claim in claimed)
    lines = (_line(occasion, term, name, claimed) for name in names)
    return tuple(line for line in lines if line is not None)


def _without_times(term: EquipmentTime, claim: Claim) -> Unpriced:
    why = f"{claim.accessorial} claims it, and neither {term.clock_starts} nor "
    why += f"{term.clock_ends} is reported"
    return unpriced(term, "no_times", why, claim.accessorial, (claim.told,))


def _equipment(unit: BillableUnit, term: EquipmentTime) -> tuple[str, ...] | str:
    """Whose clocks run, or why that cannot be said.

    Reports that name no container are of the only one there is.
    """
    said = [each.said for each in unit.happened(STATUSES[term.clock_starts])]
    said += [each.said for each in unit.happened(STATUSES[term.clock_ends])]
    named = {each.equipment or "" for each in said if isinstance(each, Milestone)}
    known = tuple(sorted(named - {""}))
    if "" in named and len(known) > 1:
        return f"{' and '.join(known)} are out, and a report names neither"
    return known or tuple(named)


def _line(
    occasion: Occasion, term: EquipmentTime, name: str, claimed: tuple[Claim, ...]
) -> Line | None:
    moves = _moves(occasion.unit, term, name)
    inputs = (*(each.told for each in (*moves.begun, *moves.ended)),)
    if not moves.begun:
        why = f"no {term.clock_starts} of {name or 'the container'} is reported"
        return unpriced(term, "no_times", why, name, inputs)
    if not moves.ended:
        why = f"no {term.clock_ends} of {name or 'the container'} is reported; its days still run"
        return unpriced(term, "not_complete", why, name, inputs)
    held = _held(moves)
    if isinstance(held, str):
        return unpriced(term, "no_times", held, name, inputs)
    customs = tuple(each.told for each in (*moves.held, *moves.released))
    inputs = (*inputs, *(customs if held else ()), *(claim.told for claim in claimed))
    days = _agreed_days(occasion, term, moves, held)
    if isinstance(days, str):
        return unpriced(term, "no_times", days, name, inputs)
    working = _working(occasion, term, name, moves, days)
    if not isinstance(working, Working):
        return working
    if others := _also_of(occasion, term, name, moves):
        why = f"{', '.join(others)} has it too, and the card does not say how to share it"
        return unpriced(term, "no_allocation_basis", why, name, inputs)
    return charged(occasion, term, msgspec.structs.replace(working, inputs=inputs))


def _also_of(occasion: Occasion, term: EquipmentTime, name: str, moves: _Moves) -> tuple[str, ...]:
    """Other units of the load of which it is reported, too; its days are owed once."""
    ids = {each for report in (*moves.begun, *moves.ended) for each in report.told.fact_ids}
    return tuple(
        other.unit
        for other in occasion.load
        if other.unit != occasion.unit.unit
        and (ids & other.facts.keys() or (name and name in _equipment(other, term)))
    )


def _moves(unit: BillableUnit, term: EquipmentTime, name: str) -> _Moves:
    customs = term.customs_holds_stop_the_clock
    return _Moves(
        begun=_reports(unit, STATUSES[term.clock_starts], name),
        ended=_reports(unit, STATUSES[term.clock_ends], name),
        held=_reports(unit, MilestoneStatus.CUSTOMS_HELD, name) if customs else (),
        released=_reports(unit, MilestoneStatus.CUSTOMS_RELEASED, name) if customs else (),
    )


def _reports(unit: BillableUnit, status: MilestoneStatus, name: str) -> tuple[_Report, ...]:
    return tuple(
        _report(fact, fact.said)
        for fact in unit.happened(status)
        if isinstance(fact.said, Milestone) and fact.said.equipment in {name, None, ""}
    )


def _report(fact: Fact, said: Milestone) -> _Report:
    words = said.status.value.replace("_", " ")
    return _Report(
        at=fact.occurred_at,
        zone=said.place.zone if said.place else "",
        told=Input(
            name=f"{words} {said.equipment}" if said.equipment else words,
            value=fact.occurred_at.isoformat(" ", "minutes"),
            fact_ids=(fact.fact_id,),
        ),
    )


def _held(moves: _Moves) -> tuple[Held, ...] | str:
    """Each hold to the first release after it, or why its end is not known."""
    found = []
    for hold in moves.held:
        ends = [each.at for each in moves.released if each.at >= hold.at]
        if not ends:
            return f"customs held it {hold.told.value}, and no release is reported"
        found.append(Held(hold.at, min(ends)))
    return tuple(found)


def _agreed_days(
    occasion: Occasion, term: EquipmentTime, moves: _Moves, held: tuple[Held, ...]
) -> tuple[Day, ...] | str:
    """The days, where all reports of start and end come to the same ones."""
    found: list[tuple[Day, ...]] = []
    for begun, ended in product(moves.begun, moves.ended):
        if ended.at < begun.at:
            return f"{ended.told.name} {ended.told.value} is before {begun.told.value}"
        if (ended.at - begun.at).days > MOST_DAYS:
            return f"{begun.told.value} to {ended.told.value} is longer than {MOST_DAYS} days"
        zone = begun.zone or ended.zone or term.time_zone
        if not is_zone(zone):
            return f"{zone!r} is no time zone"
        terms = FreeTime(
            zone=zone,
            counting=term.days,
            first_day=term.first_day,
            free_days=term.free_days,
            free_counted=term.free_days_counted,
            charged_counted=term.days_charged,
            closed=term.closed,
            held=held,
        )
        found.append(days_out(begun.at, ended.at, terms, occasion.known_on))
    if any(days != found[0] for days in found):
        reports = ", ".join(f"{r.told.name} {r.told.value}" for r in (*moves.begun, *moves.ended))
        return f"the reports come to different days: {reports}"
    return found[0]


def _working(
    occasion: Occasion, term: EquipmentTime, name: str, moves: _Moves, days: tuple[Day, ...]
) -> Working | Unpriced | None:
    chargeable = tuple(day for day in days if day.is_a == "charged")
    if not chargeable:
        return None
    tiers = _tiers(occasion, term, name, len(chargeable))
    if isinstance(tiers, Unpriced):
        return tiers
    exact = sum((count * Fraction(step.rate) for step, count in tiers), Fraction(0))
    parts = " + ".join(f"{count} x {rate(step.rate)}" for step, count in tiers)
    text = (
        f"{term.clock_starts} {moves.begun[0].told.value}, "
        f"{term.clock_ends} {moves.ended[0].told.value}, {_free(term, days)}, "
        f"{_charged(days, chargeable)}, {parts}"
    )
    if term.cap is not None and exact > term.cap:
        text += f" = {money(exact)}, capped at {rate(term.cap)}"
        exact = Fraction(term.cap)
    closed = tuple(day.row for day in days if day.is_a == "not counted" and day.row is not None)
    return Working(
        quantity=Decimal(len(chargeable)),
        unit="day",
        rate=tiers[-1][0].rate,
        exact=exact,
        text=text,
        method=term.method,
        rows=(*(step for step, _ in tiers), *closed),
        rejected=tuple(
            f"{day.day.isoformat()}: {day.why}, not counted"
            for day in days
            if day.is_a == "not counted"
        ),
        subject=name,
    )


def _tiers(
    occasion: Occasion, term: EquipmentTime, name: str, count: int
) -> tuple[tuple[DayStep, int], ...] | Unpriced:
    """Each step with the days that fall on it, in the order of the days."""
    known = in_force(term.rates, occasion.day, occasion.known_on)
    found: list[tuple[DayStep, int]] = []
    for at in range(1, count + 1):
        here = tuple(step for step in known if step.holds(Decimal(at)))
        step = only(occasion, term, here, f"chargeable day {at}", name)
        if isinstance(step, Unpriced):
            return step
        if found and found[-1][0] == step:
            found[-1] = (step, found[-1][1] + 1)
        else:
            found.append((step, 1))
    return tuple(found)


def _free(term: EquipmentTime, days: tuple[Day, ...]) -> str:
    """`4 free calendar days, last free day 2026-03-05`."""
    free = [day.day for day in days if day.is_a == "free"]
    if not free:
        return "no free days"
    return f"{len(free)} free {term.free_days_counted}, last free day {free[-1].isoformat()}"


def _charged(days: tuple[Day, ...], chargeable: tuple[Day, ...]) -> str:
    """`2026-03-06 to 2026-03-10 5 days less 2 not counted (weekend) = 3 chargeable`."""
    free = [at for at, day in enumerate(days) if day.is_a == "free"]
    after = days[free[-1] + 1 :] if free else days
    span = f"{after[0].day.isoformat()} to {after[-1].day.isoformat()} {len(after)}"
    whys = dict.fromkeys(day.why for day in after if day.is_a == "not counted")
    off = len(after) - len(chargeable)
    less = f" less {off} not counted ({', '.join(whys)})" if off else ""
    return f"{span} {'day' if len(after) == 1 else 'days'}{less} = {len(chargeable)} chargeable"
