"""The money that nobody will owe if it is not billed in time: by day, customer, hold and owner.

Each priced line of a decision that was not claimed stands under its own right to bill and
under the cut-off of its unit, where these run; so the two kinds of clock are never added up.
A right ends with its day, as days are told in UTC; a batch closes at its moment.
What neither runs for is listed apart, and what has no price yet is listed with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter

import msgspec

from app.judgement.decision import Clock, DecidedLine, Decision, Hold, Runs
from app.judgement.verdict import Verdict
from app.money import Money, total

SOON = timedelta(days=30)
"""The usual measure: what is held and runs out within thirty days."""
NOBODY = "billing"
"""Whose turn it is where nothing holds the line: whoever claims the release."""


class By(StrEnum):
    """How far days are taken together."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Risk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line that has to be billed by a day, and what stops it."""

    last_day: date
    closes_at: datetime | None = None
    """Of a cut-off: when the batch closes; what is billed at that moment is in it."""
    runs: Runs
    unit: str
    line: str
    customer: str
    value: Money
    hold: str = ""
    """What stops it and is due first; empty where it only has to be claimed."""
    owner: str
    also_held_by: tuple[str, ...] = ()
    source: str = ""
    decision_id: str


class RiskRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Lines whose last day is in the same day, week or month, and for which the same is so."""

    period: str
    """`2026-03-06`, `2026-W10` or `2026-03`."""
    over: bool
    """Whether the last day has passed, or the batch has closed."""
    runs: Runs
    customer: str
    hold: str = ""
    owner: str
    lines: int
    value: Money


class Unclocked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line that no clock runs for, or a unit that has no price and so no line yet."""

    unit: str
    customer: str
    line: str = ""
    value: Money | None = None
    hold: str = ""
    owner: str
    decision_id: str


class RiskTotal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The money of all lines of one kind, in one currency."""

    of: str
    """`right` and `cutoff`, each `over` or `to come`, `right held, within 30 days`, ..."""
    lines: int
    value: Money


class ValueAtRisk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is decided and not released, by what runs out when."""

    on: date
    """The day, in UTC, from which it is looked at."""
    by: By
    rows: tuple[RiskRow, ...]
    totals: tuple[RiskTotal, ...]
    risks: tuple[Risk, ...]
    without_clock: tuple[Unclocked, ...]


Closings = Mapping[date, datetime]
"""When the batch of each cut-off day of a decision closes."""
NO_BATCHES: Closings = {}


def at_risk(
    decisions: Iterable[tuple[Decision, Closings]], moment: datetime, by: By
) -> ValueAtRisk:
    """What these decisions, none of them claimed, have to be billed by, as of a moment."""
    risks: list[Risk] = []
    unclocked: list[Unclocked] = []
    for decision, closings in decisions:
        if decision.verdict is Verdict.NO_BILL:
            continue  # a rule says that nothing is billed: there is nothing to lose
        for line, value in _to_be_billed(decision):
            found = list(_risks(decision, closings, line, value))
            risks += found
            if not found:
                unclocked.append(_unclocked(decision, line, value))
        if not decision.lines and decision.billed_before is None:
            unclocked.append(_unclocked(decision, None))
    risks.sort(key=lambda each: (each.last_day, each.runs, each.customer, each.unit, each.line))
    unclocked.sort(key=lambda each: (each.customer, each.unit, each.line))
    return ValueAtRisk(
        on=moment.astimezone(UTC).date(),
        by=by,
        rows=tuple(_rows(risks, moment, by)),
        totals=tuple(_totals(risks, unclocked, moment)),
        risks=tuple(risks),
        without_clock=tuple(unclocked),
    )


def rights_in(decision: Decision) -> tuple[Risk, ...]:
    """The lines of a decision that was not claimed for which a right to bill runs."""
    if decision.verdict is Verdict.NO_BILL:
        return ()
    clocks = tuple(clock for clock in decision.clocks if clock.runs is Runs.RIGHT)
    alone = msgspec.structs.replace(decision, clocks=clocks)
    return tuple(
        risk
        for line, value in _to_be_billed(alone)
        for risk in _risks(alone, NO_BATCHES, line, value)
    )


def _to_be_billed(decision: Decision) -> Iterator[tuple[DecidedLine, Money]]:
    """Its lines, but those of which nothing is left to lose, as all of it was billed before."""
    for line in decision.lines:
        value = _not_billed(decision, line)
        if value is not None:
            yield line, value


def _not_billed(decision: Decision, line: DecidedLine) -> Money | None:
    """What of the line is still to be billed; None where nothing is.

    A line that waits on a unit that was billed counts whole: it has mostly come since.
    """
    if decision.billed_before is None or not line.billed:
        return line.charge.amount
    out = [each.amount for doc in decision.documents for each in doc.lines if each.key == line.key]
    left = total(out, line.charge.amount.currency)
    return left if left.amount > 0 else None


def _risks(
    decision: Decision, closings: Closings, line: DecidedLine, value: Money
) -> Iterator[Risk]:
    if value.amount <= 0:
        return  # what lowers the invoice is not lost by waiting
    holds = _stopping(decision, line)
    for clock in decision.clocks:
        if _is_for(clock, line):
            yield Risk(
                last_day=clock.last_day,
                closes_at=closings[clock.last_day] if clock.runs is Runs.CUTOFF else None,
                runs=clock.runs,
                unit=decision.unit,
                line=line.key,
                customer=decision.customer or "unknown",
                value=value,
                hold=holds[0].code if holds else "",
                owner=holds[0].owner if holds else NOBODY,
                also_held_by=tuple(dict.fromkeys(hold.code for hold in holds[1:])),
                source=clock.source,
                decision_id=decision.decision_id,
            )


def _is_for(clock: Clock, line: DecidedLine) -> bool:
    return clock.line in {"", line.key}


def _stopping(decision: Decision, line: DecidedLine | None) -> list[Hold]:
    """What keeps the line from going out, what is due first before the rest."""
    if decision.verdict is not Verdict.HOLD and (line is None or line.billed):
        return []
    blocking = sorted(
        (hold for hold in decision.holds if hold.stands), key=attrgetter("due_at", "code")
    )
    mine = {f"charge:{line.key}"} if line else set()
    own = [h for h in blocking if h.subject in mine or not h.subject.startswith("charge:")]
    return own or blocking  # where lines do not wait alone another line's hold stops this one


def _unclocked(
    decision: Decision, line: DecidedLine | None, value: Money | None = None
) -> Unclocked:
    holds = _stopping(decision, line)
    return Unclocked(
        unit=decision.unit,
        customer=decision.customer or "unknown",
        line=line.key if line else "",
        value=value,
        hold=holds[0].code if holds else "",
        owner=holds[0].owner if holds else NOBODY,
        decision_id=decision.decision_id,
    )


def _is_over(risk: Risk, moment: datetime) -> bool:
    if risk.closes_at is not None:
        return risk.closes_at < moment
    return risk.last_day < moment.astimezone(UTC).date()


def _rows(risks: Iterable[Risk], moment: datetime, by: By) -> Iterator[RiskRow]:
    """One row for what has everything in common, by day; risks come sorted."""
    groups: dict[tuple[str, ...], list[Risk]] = defaultdict(list)
    for each in risks:
        over = "over" if _is_over(each, moment) else ""
        rest = (each.runs, each.customer, each.hold, each.owner, each.value.currency)
        groups[(period_of(each.last_day, by), over, *rest)].append(each)
    for (period, over, *_), lines in groups.items():
        first = lines[0]
        yield RiskRow(
            period=period,
            over=bool(over),
            runs=first.runs,
            customer=first.customer,
            hold=first.hold,
            owner=first.owner,
            lines=len(lines),
            value=total((each.value for each in lines), first.value.currency),
        )


def period_of(day: date, by: By) -> str:
    """The day, its ISO week or its month, as people write it."""
    if by is By.WEEK:
        week = day.isocalendar()
        return f"{week.year}-W{week.week:02}"
    return day.isoformat() if by is By.DAY else f"{day:%Y-%m}"


def _totals(
    risks: Iterable[Risk], unclocked: Iterable[Unclocked], moment: datetime
) -> Iterator[RiskTotal]:
    on = moment.astimezone(UTC).date()
    sums: dict[tuple[str, str], list[Money]] = defaultdict(list)
    for each in risks:
        when = "over" if _is_over(each, moment) else "to come"
        sums[f"{each.runs}, {when}", each.value.currency].append(each.value)
        if each.runs is Runs.RIGHT and each.hold and each.last_day < on + SOON:
            sums[f"right, held, within {SOON.days} days", each.value.currency].append(each.value)
    for one in unclocked:
        if one.value is not None:
            sums["no clock", one.value.currency].append(one.value)
    for (of, currency), values in sorted(sums.items()):
        yield RiskTotal(of=of, lines=len(values), value=total(values, currency))
