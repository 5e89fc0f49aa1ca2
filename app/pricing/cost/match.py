"""What carriers ask for matched against the cost that was expected, in all and charge by charge.

All bills of a carrier that stand count together, so that three balances due which are small
one by one are seen as what they come to. What somebody approved of further bills is expected.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.evidence.facts.money import Cost, CostKind
from app.money import EXACT, Money, total, zero
from app.pricing.cost.accepted import VARIANCE, Words
from app.pricing.cost.bills import ADDING, Bill, Bills, counting
from app.pricing.cost.counted import EXPECTED
from app.pricing.cost.trail import carrier_of

NOT_ITEMISED = "not_itemised"
"""The part of a cost that none of its lines explains."""
PERCENT_STEP = Decimal("0.0001")
STEPS_IN_ALL = 1_000_000
"""A hundred percent."""


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """What was expected and what was invoiced; a cost is never a customer's price."""

    carrier: str
    expected: Money | None
    """None where its parts are in several currencies."""
    expected_by: tuple[str, ...]
    invoiced: Money | None
    invoiced_by: tuple[str, ...]
    approved: bool = False
    """Whether somebody who may lets the difference through."""
    approved_by: tuple[str, ...] = ()

    @property
    def difference(self) -> Money | None:
        """How much more was invoiced; below zero where less; None where it cannot be compared."""
        one, other = self.expected, self.invoiced
        if one is None or other is None or one.currency != other.currency:
            return None
        return Money(EXACT.subtract(other.amount, one.amount), other.currency)

    @property
    def variance(self) -> Money | None:
        """How far they are apart, without sign; None where they cannot be compared."""
        apart = self.difference
        return None if apart is None else Money(abs(apart.amount), apart.currency)

    @property
    def over(self) -> Money | None:
        """How much more was invoiced than expected, as far as nobody lets it through."""
        return self._open(self.difference)

    @property
    def under(self) -> Money | None:
        """How much less was invoiced than expected, as far as nobody lets it through."""
        apart = self.difference
        return self._open(None if apart is None else -apart)

    @property
    def over_percent(self) -> Decimal | None:
        """The same in percent of what was expected; None where nothing was expected."""
        return self._percent(self.over)

    @property
    def under_percent(self) -> Decimal | None:
        """The same in percent of what was expected; None where nothing was expected."""
        return self._percent(self.under)

    def _open(self, apart: Money | None) -> Money | None:
        if apart is None:
            return None
        return zero(apart.currency) if self.approved or apart.amount < 0 else apart

    def _percent(self, part: Money | None) -> Decimal | None:
        """Rounded up to four places, so that no tolerance of up to four places is ever missed.

        No difference at all is none of anything.
        """
        if part is None or self.expected is None:
            return None
        if self.approved or self.difference == zero(part.currency):
            return Decimal(0)
        if self.expected.amount <= 0:
            return None
        steps = Fraction(part.amount) / Fraction(self.expected.amount) * STEPS_IN_ALL
        return EXACT.multiply(Decimal(-(-steps.numerator // steps.denominator)), PERCENT_STEP)


class CostMatch(Apart, frozen=True, kw_only=True):
    """One carrier's invoices against its expectation."""

    number: str
    """The numbers of the bills that count, joined by `+`."""


class LineMatch(Apart, frozen=True, kw_only=True):
    """One charge of a carrier: all its lines against all that were expected of it."""

    charge: str


class _Side(msgspec.Struct, frozen=True, kw_only=True):
    """Costs of one carrier that are added up."""

    facts: tuple[Fact, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(fact.fact_id for fact in self.facts)

    @property
    def total(self) -> Money | None:
        return _sum(said.total for said in self._said)

    @property
    def itemised(self) -> bool:
        return any(said.lines for said in self._said)

    @property
    def _said(self) -> tuple[Cost, ...]:
        return tuple(fact.said for fact in self.facts if isinstance(fact.said, Cost))

    def by_charge(self) -> dict[str, list[tuple[str, Money]]]:
        """Fact and amount of every line; what no line of a cost explains is a line of its own."""
        found: dict[str, list[tuple[str, Money]]] = defaultdict(list)
        for fact, said in zip(self.facts, self._said, strict=True):
            for line in said.lines:
                found[line.charge].append((fact.fact_id, line.amount))
            told = _sum((line.amount for line in said.lines), said.total.currency)
            if told is not None and told.amount != said.total.amount:
                rest = EXACT.subtract(said.total.amount, told.amount)
                found[NOT_ITEMISED].append((fact.fact_id, Money(rest, said.total.currency)))
        return found


def _sum(amounts: Iterable[Money], nothing_in: str = "") -> Money | None:
    told = tuple(amounts)
    currencies = {each.currency for each in told} or ({nothing_in} if nothing_in else set())
    return total(told, currencies.pop()) if len(currencies) == 1 else None


class _Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """What one carrier was expected to ask, and what it asks."""

    carrier: str
    expected: _Side
    bills: Bills
    words: Words

    @property
    def invoiced(self) -> _Side:
        return _Side(facts=tuple(bill.fact for bill in self.bills))

    def accepted(self) -> tuple[Bill, ...]:
        """The bills that somebody accepted by number."""
        return tuple(bill for bill in self.bills if bill.word)

    @property
    def agreed(self) -> _Side:
        """Further bills that somebody accepted: they are expected beside what was."""
        return _Side(
            facts=tuple(bill.fact for bill in self.accepted() if bill.bill_class in ADDING)
        )

    def let_through(self, apart: Money | None) -> tuple[bool, tuple[str, ...]]:
        """Whether the difference is approved: itself, or every bill by its number."""
        if apart is None:
            return False, ()
        word = self.words.on((VARIANCE,), apart)
        if word is not None and word.granted:
            return True, (word.fact_id,)
        all_of_them = len(self.accepted()) == len(self.bills)
        return all_of_them, tuple(bill.word for bill in self.bills) if all_of_them else ()


def cost_matches(
    unit: BillableUnit, bills: Bills, words: Words
) -> tuple[tuple[CostMatch, ...], tuple[LineMatch, ...]]:
    """One match per carrier that has bills which stand, and one per charge of it.

    The accrued cost is expected, or the tendered one where nothing was accrued. Of a carrier of
    which nothing was expected beside others of which something was, nothing is expected.
    """
    expected: dict[str, dict[CostKind, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for fact in unit.costs:
        if isinstance(fact.said, Cost) and fact.said.kind in EXPECTED:
            expected[carrier_of(fact.said)][fact.said.kind].append(fact)
    if not expected:
        return (), ()
    matched = [
        _Carrier(
            carrier=carrier,
            expected=_Side(
                facts=tuple(next((of[k] for k in EXPECTED if of[k]), ()))
                if (of := expected.get(carrier))
                else ()
            ),
            bills=mine,
            words=words,
        )
        for carrier, mine in sorted(counting(bills).items())
    ]
    return (
        tuple(map(_in_all, matched)),
        tuple(line for each in matched for line in _by_charge(each)),
    )


def _in_all(of: _Carrier) -> CostMatch:
    invoiced, agreed = of.invoiced, of.agreed
    currency = of.bills[0].total.currency
    both = _Side(facts=(*of.expected.facts, *agreed.facts))
    match = CostMatch(
        carrier=of.carrier,
        number="+".join(sorted(bill.said.number for bill in of.bills)),
        expected=both.total if both.facts else zero(currency),
        expected_by=both.ids,
        invoiced=invoiced.total,
        invoiced_by=invoiced.ids,
    )
    approved, by = of.let_through(match.variance)
    return msgspec.structs.replace(match, approved=approved, approved_by=by)


def _by_charge(of: _Carrier) -> Iterable[LineMatch]:
    """Charge by charge, where expectation and bills both tell lines."""
    if not (of.expected.itemised and of.invoiced.itemised):
        return
    told = _Side(facts=(*of.expected.facts, *of.agreed.facts)).by_charge()
    asked = of.invoiced.by_charge()
    currency = of.bills[0].total.currency
    for charge in sorted(told.keys() | asked.keys()):
        match = LineMatch(
            carrier=of.carrier,
            charge=charge,
            expected=_sum((m for _, m in told.get(charge, ())), currency),
            expected_by=_ids(told.get(charge, ())),
            invoiced=_sum((m for _, m in asked.get(charge, ())), currency),
            invoiced_by=_ids(asked.get(charge, ())),
        )
        approved, by = of.let_through(match.variance)
        yield msgspec.structs.replace(match, approved=approved, approved_by=by)


def _ids(lines: Iterable[tuple[str, Money]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact_id for fact_id, _ in lines))
