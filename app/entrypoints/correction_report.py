"""What `tollgate rates correct` and `tollgate adjustments` print: aligned lines, and exact sums."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from app.digest import canonical
from app.entrypoints.demo_report import aligned
from app.entrypoints.rates_report import signed
from app.explanation.correction import Correction
from app.explanation.correction_sums import Sum, Sums
from app.family.document import Planned
from app.money import Money, total
from app.operations.looking.plan_correction import NotPlanned
from app.operations.looking.proposed_adjustments import Proposed

_UNITS = ("unit", "customer", "service", "billed", "comes to", "difference")
_THEN = ("goes out", "verdict", "waits for")
_SUMS = ("sum", "currency", "units", "before", "up", "down", "net", "comes to")


class CorrectionReport:
    """Units as they come, kept as the text that is printed of them and no longer as values."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, ...]] = []
        self._why: list[str] = []
        self._others: list[str] = []

    def add(self, each: Correction | NotPlanned) -> None:
        """One unit more: it changes, or nothing can be said of it."""
        if isinstance(each, NotPlanned):
            whose = each.customer or "nobody"
            self._others.append(f"not looked at: {each.unit} of {whose}: {each.why}")
        else:
            self._rows.append(_row(each))
            self._why.extend(_why(each))

    def lines(self, sums: Sums) -> Iterator[str]:
        """Every unit that changes, why, those of which nothing can be said, and the sums."""
        if self._rows:
            yield from aligned((*_UNITS, *_THEN), self._rows, right={3, 4, 5})
            yield from ("", *self._why, "")
        yield from self._others
        yield from _sums(sums)
        yield in_all(sums)


def sums_as_json(sums: Sums) -> bytes:
    """The last line of the list, for a program."""
    return canonical(
        {
            "looked_at": sums.looked_at,
            "changed": sums.changed,
            "release_state_changed": sums.release_state_changed,
            "not_known": sums.not_known,
            "sums": [
                {**msgspec.structs.asdict(each), "net": each.net, "comes_to": each.comes_to}
                for each in sums.by_customer
            ],
        }
    )


def in_all(sums: Sums) -> str:
    """`120 units looked at, 3 change, net +12.00 USD (up 20.00 USD, down -8.00 USD), ...`."""
    nets = "; ".join(
        f"net {signed(each.net)} (up {each.up}, down {each.down})" for each in sums.by_currency
    )
    return ", ".join(
        (
            f"{sums.looked_at} units looked at",
            f"{sums.changed} change",
            *([nets] if nets else []),
            f"{sums.release_state_changed} change release state",
            *([f"{sums.not_known} without a known difference"] if sums.not_known else []),
        )
    )


def _row(each: Correction) -> tuple[str, ...]:
    return (
        each.unit,
        each.customer or "unknown",
        each.service_date.isoformat() if each.service_date else "not yet",
        _or(each.billed, "-"),
        _or(each.comes_to, "not known"),
        signed(each.difference) if each.difference else "not known",
        _documents(each.documents),
        each.verdict.value.replace("_", " "),
        ", ".join(each.holds),
    )


def _or(amount: Money | None, otherwise: str) -> str:
    return otherwise if amount is None else str(amount)


def _documents(documents: Iterable[Planned]) -> str:
    """`credit -2,312.50 USD, rebill 2,444.00 USD`."""
    return ", ".join(f"{each.kind} {each.total}" for each in documents) or "nothing"


def _why(each: Correction) -> Iterator[str]:
    yield each.unit
    yield from (f"  {change}" for change in each.why)
    yield from (f"  no price for {missing}" for missing in each.no_price)
    if not each.why and not each.no_price:
        yield f"  no charge changes; it was {each.was.value.replace('_', ' ')} before"


def _sums(sums: Sums) -> Iterator[str]:
    rows = [_sum(each) for each in (*sums.by_customer, *sums.by_currency)]
    if rows:
        yield from aligned(_SUMS, rows, right=range(2, len(_SUMS)))
        yield ""


def _sum(each: Sum) -> tuple[str, ...]:
    return (
        each.customer or "together",
        each.currency,
        str(each.units),
        *(str(amount) for amount in (each.before, each.up, each.down)),
        signed(each.net),
        str(each.comes_to),
    )


def adjustment_lines(proposed: Sequence[Proposed]) -> Iterator[str]:
    """Every unit with what is proposed for it, and the sums."""
    head = ("unit", "customer", "goes out", "amount", "verdict", "since", "waits for")
    rows = [
        (
            each.unit,
            each.customer,
            _documents(each.documents),
            signed(each.amount),
            each.verdict.value.replace("_", " "),
            f"{each.since:%Y-%m-%d %H:%M %Z}",
            ", ".join(each.waits_for),
        )
        for each in proposed
    ]
    if rows:
        yield from aligned(head, rows, right={3})
        yield ""
        yield from _adjusted(proposed)
    yield f"{len(rows)} units with an adjustment that is not claimed"


def _adjusted(proposed: Sequence[Proposed]) -> Iterator[str]:
    """What is proposed by customer and currency, in either direction."""
    names = sorted({(each.customer, each.amount.currency) for each in proposed})
    currencies = sorted({currency for _, currency in names})
    rows = []
    for customer, currency in (*names, *(("", currency) for currency in currencies)):
        amounts = [
            each.amount
            for each in proposed
            if customer in {"", each.customer} and each.amount.currency == currency
        ]
        up = total((each for each in amounts if each.amount > 0), currency)
        down = total((each for each in amounts if each.amount < 0), currency)
        assert up + down == total(amounts, currency), "up and down make the net"
        sums = (str(up), str(down), signed(up + down))
        rows.append((customer or "together", currency, str(len(amounts)), *sums))
    yield from aligned(("sum", "currency", "units", "up", "down", "net"), rows, range(2, 6))
    yield ""
