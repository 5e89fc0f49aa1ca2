"""Forecasts as people say them: spans of time, shares, and what they rest on."""

from app.reports.forecast.clear_times import ENOUGH, Basis

HOUR, DAY = 60, 60 * 24
RAREST = 100
"""Shares rarer than one in so many are not told apart."""


def span(minutes: int) -> str:
    """Minutes below an hour, hours and minutes below a day, then days and hours: `1 d 4 h`."""
    if minutes < HOUR:
        return f"{minutes} min"
    if minutes < DAY:
        return _two(minutes // HOUR, "h", minutes % HOUR, "min")
    hours = minutes // HOUR
    return _two(hours // 24, "d", hours % 24, "h")


def span_or_more(minutes: int | None, beyond: int) -> str:
    """A span, or that it is longer than anything that was seen."""
    return f"more than {span(beyond)}" if minutes is None else span(minutes)


def percent(mille: int) -> str:
    """Whole percents, and never none or all."""
    if mille < 10:
        return "under 1%"
    if mille > 990:
        return "over 99%"
    return f"{(mille + 5) // 10}%"


def share(mille: int, known: int) -> str:
    """Whole percents, or how rare it is at least where it never or always happened."""
    one_in = max(min(known, RAREST), 1)
    if mille * one_in < 1000:
        return f"less than 1 in {one_in}"
    if (1000 - mille) * one_in < 1000:
        return f"more than {one_in - 1} in {one_in}"
    return percent(mille)


def basis(rests_on: Basis) -> str:
    """How many closed holds of which kind; or that they are too few."""
    of = f"closed holds of {kind(rests_on)}"
    long = " that lasted as long" if rests_on.lasted < rests_on.closed else ""
    if not rests_on.enough:
        return f"not enough history: {rests_on.lasted} of {ENOUGH} {of}{long}"
    many = f"{rests_on.lasted} of {rests_on.closed}" if long else f"{rests_on.closed}"
    return f"from {many} {of}{long}"


def kind(rests_on: Basis) -> str:
    """`POD_MISSING at ABFL for ACME`."""
    at = f" at {rests_on.carrier}" if rests_on.carrier else ""
    of = f" for {rests_on.customer}" if rests_on.customer else ""
    return f"{rests_on.code}{at}{of}"


def _two(many: int, unit: str, few: int, smaller: str) -> str:
    return f"{many} {unit} {few} {smaller}" if few else f"{many} {unit}"
