"""Extra services as lines of text: what nobody claims, and the life of what is claimed."""

from collections.abc import Iterable, Iterator

from app.pricing.contract.accessorial_life import Life
from app.pricing.entitlement.found import Barred, Entitlement, Found, Times


def extra_services_report(lives: Iterable[Life], found: Found) -> Iterator[str]:
    """Each extra service with every act, then what nobody claims and what is not owed."""
    told = tuple(lives)
    if told:
        yield ""
        yield "Extra services"
    for life in told:
        yield from life_in_words(life)
    if found.entitlements:
        yield ""
        yield "Allowed by the contract, and claimed by nobody"
    for each in found.entitlements:
        yield from entitlement_in_words(each)
    if found.barred:
        yield ""
        yield "Found, and not owed or dismissed"
    for barred in found.barred:
        yield from barred_in_words(barred)


def life_in_words(life: Life) -> Iterator[str]:
    """The state, and every act that led there or had no effect."""
    amount = f"  {life.amount}" if life.amount is not None else ""
    yield f"  {life.charge}/{life.accessorial}: {life.state.upper()}{amount}"
    for step in life.steps:
        why = f": {step.why}" if step.why else ""
        told = f"      {step.at:%Y-%m-%d %H:%M %Z} {step.act} by {step.by}{why}"
        yield f"{told}; NO EFFECT: {step.refused}" if step.refused else f"{told} -> {step.state}"


def entitlement_in_words(
    each: Entitlement, customer: str = "", days_left: int | None = None
) -> Iterator[str]:
    """One charge that may be claimed, with the clock it was read from."""
    whose = f"  customer {customer}" if customer else ""
    yield f"  {each.entitlement}: {each.amount or 'no price yet'}{whose}"
    if each.working:
        yield f"      {each.working}  ({each.clause})"
    yield from _times(each.times)
    if each.deadline is not None:
        left = "" if days_left is None else _left(days_left)
        until = each.deadline.last_day.isoformat()
        yield f"      to be claimed by {until}{left} ({each.deadline.source})"
    if each.papers:
        yield f"      papers: {', '.join(each.papers)}"
    for missing in each.missing:
        yield f"      missing: {missing}"
    if each.claim is None:
        yield "      billed without a claim, with the next invoice of the unit"


def _left(days: int) -> str:
    return f", {days} days left" if days >= 0 else ", TOO LATE"


def barred_in_words(barred: Barred) -> Iterator[str]:
    """What is not owed and why."""
    amount = f"  {barred.amount}" if barred.amount is not None else ""
    yield f"  {barred.entitlement}:{amount}  {barred.why}"
    if barred.times is not None:
        yield from _times(barred.times)


def _times(times: Times) -> Iterator[str]:
    yield f"      fault: {times.fault}, {times.because}"
    for used in times.evidence:
        yield f"        {used.name}: {used.value}"
    for segment in times.segments:
        span = f"{segment.begins:%m-%d %H:%M} to {segment.ends:%m-%d %H:%M}"
        yield f"        {span}  {segment.minutes:>6} min  {segment.name}"
    if times.otherwise:
        yield f"        {times.otherwise}"
