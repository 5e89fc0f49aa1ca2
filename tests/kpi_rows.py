"""Rows for KPIs, made at random, and rows as cases write them."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from app.reports.kpis.window import Window
from app.reports.standing.standing import (
    BilledInvoice,
    RightToBill,
    Spell,
    Stage,
    Standing,
    WhereItStands,
)

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
CODES = ("POD_MISSING", "ACCESSORIAL_UNAPPROVED", "CORRELATION_AMBIGUOUS", "DUPLICATE_BILLABLE")


def window(since: str, before: str, now: datetime = NOW) -> Window:
    return Window(since=date.fromisoformat(since), before=date.fromisoformat(before), now=now)


def random_unit(number: int, random: Random) -> WhereItStands:
    """One unit with its holds and invoices; whatever may be missing sometimes is."""
    unit = f"shipment:S{number:04}"
    about: dict[str, Any] = {
        "unit": unit,
        "customer": random.choice(("Acme", "Globex", "")),
        "carrier": random.choice(("SWFT", "ODFL")),
        "mode": random.choice(("LTL", "TL")),
        "lane": random.choice(("IL-WI", "")),
        "rules": random.choice(("abc", "def")),
    }
    return WhereItStands(
        standing=_standing(about, random),
        spells=tuple(_spell(about, code, random) for code in random.sample(CODES, 2)),
        invoices=tuple(_invoice(about, place, random) for place in range(1, random.randint(1, 4))),
        rights=_rights(about, Random(number)),
    )


MOMENTS = ("completed", "delivered", "pod", "judged", "released", "final", "claimed", "invoiced")


def _standing(about: dict[str, Any], random: Random) -> Standing | None:
    if random.random() < 0.05:
        return None
    moments: dict[str, Any] = {}
    for name in (
        "completed",
        "delivered",
        "pod",
        "judged",
        "released",
        "final",
        "claimed",
        "invoiced",
    ):
        moments |= _moment(name, random, missing=0.3)
    decided = _moment("decided", random, missing=0)
    return Standing(
        **about,
        **moments,
        **decided,
        decision_id="d",
        stage=random.choice(list(Stage)),
        verdict="provisional" if about["unit"].endswith(("1", "4", "7")) else "release",
        currency=random.choice(("USD", "EUR", "")),
        amount_minor=random.choice((None, 0, 1050, 20000)),
        held_minor=random.choice((0, 300)),
        billed_minor=random.choice((0, 99999)),
        first_fact_at=_some_time(random),
        last_fact_at=NOW,
        first_verdict=random.choice(("release", "provisional", "hold")),
        first_by_hand=random.random() < 0.3,
        judged_verdict=random.choice(("release", "hold")),
        judged_by_hand=random.random() < 0.3,
        touches=random.randint(0, 3),
        released_as=random.choice(("release", "provisional")),
        **(_batch(random) if about["customer"] else {}),
        right_until=random.choice((None, _some_time(random).date())),
        excluded=random.choice(("", "", "", "cancelled", "no bill", "test", "odd")),
        changed_at=NOW,
    )


def _batch(random: Random) -> dict[str, Any]:
    """A cut-off now and then, with a lead or without; some units share one."""
    if random.random() < 0.4:
        return {}
    soon = NOW + timedelta(hours=random.choice((-1, 0, 1, 24, 30, 48, 160, 168, 720)))
    closes_at = random.choice(
        (soon, _some_time(random).replace(hour=22, minute=0, second=0, microsecond=0))
    )
    lead = timedelta(hours=random.choice((0, 24)))
    return {
        "cutoff_on": closes_at.date(),
        "cutoff_at": closes_at,
        "complete_by_at": closes_at - lead,
    }


def _spell(about: dict[str, Any], code: str, random: Random) -> Spell:
    return Spell(
        **about,
        **_moment("opened", random, missing=0),
        **_moment("closed", random, missing=0.4),
        code=code,
        owner=random.choice(("billing", "carrier desk")),
        says="",
        waits_for="",
        currency=random.choice(("USD", "EUR", "")),
        value_minor=random.choice((None, 700, 123456)),
        how=random.choice(("cleared", "waived", "gone", "")),
        reopened=random.random() < 0.2,
        due_at=NOW,
        right_until=random.choice((None, _some_time(random).date())),
        cutoff_at=random.choice((None, NOW + timedelta(hours=random.randint(-24, 96)))),
        decision_id="d",
    )


def _invoice(about: dict[str, Any], place: int, random: Random) -> BilledInvoice:
    moments: dict[str, Any] = {}
    for name in ("invoiced", "settled"):
        moments |= _moment(name, random, missing=0.3)
    kind = random.choice(("final", "provisional", "supplemental", "credit", "rebill"))
    return BilledInvoice(
        **about,
        **moments,
        **_moment("claimed", random, missing=0),
        release_id=f"{about['unit']}-{place}",
        place=place,
        kind=kind,
        currency=random.choice(("USD", "EUR")),
        amount_minor=random.choice((-500, 0, 1999, 40000)),
        expires_at=random.choice((None, _some_time(random))),
        final_minor=random.choice((None, 2100)),
        reason=random.choice(("", "duplicate", "rate")),
        credited_minor=random.choice((0, 0, 500)),
        supplemented_minor=random.choice((0, 250)),
        disputed_at=random.choice((None, _some_time(random))),
        disputed_minor=random.choice((0, 100)),
        dispute_ended_at=random.choice((None, _some_time(random))),
        dispute_outcome=random.choice(("", "credited", "rejected", "withdrawn")),
    )


def _rights(about: dict[str, Any], random: Random) -> tuple[RightToBill, ...]:
    """Some lines with a last day, soon or long ago; some on the same one."""
    lines = ("linehaul", "detention/D-1", "lumper/L-1")[: random.randint(0, 3)]
    return tuple(
        RightToBill(
            unit=about["unit"],
            line=line,
            customer=about["customer"],
            currency=random.choice(("USD", "EUR")),
            value_minor=random.choice((1050, 20000)),
            last_day=NOW.date() + timedelta(days=random.choice((-90, -1, 0, 1, 2, 7, 8, 30, 31))),
            hold=random.choice(("", "POD_MISSING")),
            owner="ops",
            decision_id="d",
        )
        for line in lines
    )


def _moment(name: str, random: Random, missing: float) -> dict[str, Any]:
    """A moment with its day in Chicago, or neither."""
    if random.random() < missing:
        return {}
    at = _some_time(random)
    return {f"{name}_at": at, f"{name}_on": (at - timedelta(hours=6)).date()}


def _some_time(random: Random) -> datetime:
    return START + timedelta(microseconds=random.randrange(100 * 86_400_000_000))


def as_row(struct: msgspec.Struct, **worked_out: Any) -> dict[str, Any]:
    """A row as storage gives it, with what it works out beside the columns."""
    return {**msgspec.structs.asdict(struct), **worked_out}
