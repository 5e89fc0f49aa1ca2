"""Numbers as people read them; every rounding here is of a text, never of a number."""

from collections.abc import Callable

from app.money import of_minor_units
from app.reports.kpis.definition import Kpi, Measure
from app.reports.kpis.measured import Measured, Sum

_SPANS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
DAY_S = 86_400
NOTHING = "0.00"
"""Of what is open now: a sum over nothing, in no currency."""


def number_in_words(kpi: Kpi, number: Measured) -> str:
    """The one number a KPI comes to, in one short text."""
    match kpi.measure:
        case Measure.COUNT:
            return f"{number.n:,}"
        case Measure.RATIO:
            return _ratio(kpi, number)
        case Measure.MONEY | Measure.MONEY_DAYS if number.n == 0 and _is_snapshot(kpi):
            return NOTHING
        case _ if number.n == 0:
            return "none in this window"
        case Measure.DURATION:
            return duration(number.spread.p50) if number.spread else "none in this window"
        case Measure.SHARE:
            return _share(number)
        case Measure.MEAN:
            return _mean(number)
        case Measure.MONEY:
            return _sums(number, _money)
        case Measure.MONEY_DAYS:
            return _sums(number, _money_days)
        case Measure.MONEY_SHARE:
            return _sums(number, _rest if kpi.rest else _part)
        case Measure.DAYS:
            return _sums(number, _days)


def value_in_words(kpi: Kpi, value: int | None, currency: str) -> str:
    """What one row adds to the number."""
    if value is None:
        return "" if kpi.value is None and kpi.weight is None else "no price"
    match kpi.measure:
        case Measure.DURATION | Measure.COUNT:
            return duration(value)
        case Measure.MEAN | Measure.RATIO:
            return f"{value:,}"
        case Measure.MONEY | Measure.MONEY_SHARE | Measure.SHARE:
            return str(of_minor_units(value, currency))
        case Measure.MONEY_DAYS | Measure.DAYS:
            return _money_days(Sum(currency=currency, minor=value))


def duration(seconds: int) -> str:
    """`2 d 3 h`, `3 h 20 min`, `45 s`: the two largest spans, cut off below."""
    left = abs(seconds)
    told: list[tuple[int, str]] = []
    for name, length in _SPANS:
        if (told or left >= length or length == 1) and len(told) < 2:
            told.append((left // length, name))
            left %= length
    words = " ".join(f"{many} {name}" for many, name in told if many or len(told) == 1)
    return f"-{words}" if seconds < 0 else words


def percent(part: int, whole: int) -> str:
    """`95.3%`, halves away from zero; `of nothing` where there is no whole."""
    if whole == 0:
        return "of nothing"
    sign = "-" if part * whole < 0 else ""
    tenths = (2000 * abs(part) + abs(whole)) // (2 * abs(whole))
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def hundredths(part: int, whole: int) -> str:
    """`1.25`, halves away from zero."""
    sign = "-" if part * whole < 0 else ""
    many = (200 * abs(part) + abs(whole)) // (2 * abs(whole))
    return f"{sign}{many // 100}.{many % 100:02}"


def _is_snapshot(kpi: Kpi) -> bool:
    return kpi.cohort is not None and kpi.cohort.snapshot


def _share(number: Measured) -> str:
    assert number.hits is not None, "a share has what is above the line"
    return f"{percent(number.hits, number.n)} ({number.hits:,} of {number.n:,})"


def _mean(number: Measured) -> str:
    assert number.spread is not None, "a mean is of something"
    return f"{hundredths(number.spread.total, number.n)} ({number.spread.total:,} of {number.n:,})"


def _ratio(kpi: Kpi, number: Measured) -> str:
    if kpi.made_of is not None and kpi.made_of.money:
        return _sums(number, _part) if number.money else "none in this window"
    assert number.hits is not None, "a ratio has what is above the line"
    if number.n == 0:
        return "none in this window" if number.hits == 0 else f"{number.hits:,} to none"
    return f"{hundredths(number.hits, number.n)} ({number.hits:,} to {number.n:,})"


def _sums(number: Measured, told: Callable[[Sum], str]) -> str:
    texts = [told(each) for each in number.money]
    if number.unpriced:
        texts.append(f"{number.unpriced:,} without a price")
    return "; ".join(texts)


def _money(one: Sum) -> str:
    return str(of_minor_units(one.minor, one.currency))


def _money_days(one: Sum) -> str:
    """Whole days times money, cut to the smallest coin."""
    sign = -1 if one.minor < 0 else 1
    return f"{of_minor_units(sign * (abs(one.minor) // DAY_S), one.currency)} days"


def _part(one: Sum) -> str:
    assert one.over is not None, "a share of money is of money"
    share, of = percent(one.minor, one.over), of_minor_units(one.over, one.currency)
    return f"{share} ({of_minor_units(one.minor, one.currency)} of {of})"


def _rest(one: Sum) -> str:
    assert one.over is not None, "a share of money is of money"
    if one.over == 0:
        return f"of nothing in {one.currency}"
    share, of = percent(one.over - one.minor, one.over), of_minor_units(one.over, one.currency)
    return f"{share} (all of {of} but {of_minor_units(one.minor, one.currency)})"


def _days(one: Sum) -> str:
    assert one.over is not None, "weighted days have a weight"
    if one.over == 0:
        return f"of nothing in {one.currency}"
    return f"{hundredths(one.minor, one.over * DAY_S)} days in {one.currency}"
