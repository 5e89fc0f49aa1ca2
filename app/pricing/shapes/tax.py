"""Tax on the charges that the card calls taxable, at the bottom of the stack.

Reckoned by an engine of `app.pricing.tax`: the card's own table, or what an external engine
determined before the decision. A line for each tax and jurisdiction and, where each line is
rounded, for each line taxed. It is never part of what a percentage, a minimum or an
allocation is taken of unless that names it.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from app.money import Money
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row, in_force
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Excluded, Input, Taxed
from app.pricing.lines.wording import money, number, rate
from app.pricing.reckoned.occasion import (
    Line,
    Occasion,
    Working,
    base_charges,
    charged,
    unpriced,
    without_base,
)
from app.pricing.tax.determination import last_determination
from app.pricing.tax.engine import (
    Exemption,
    NoTax,
    Rounding,
    Supply,
    TaxableLine,
    TaxAnswer,
    TaxEngine,
    TaxLine,
    TaxQuestion,
    TaxRate,
)
from app.pricing.tax.exemption import exemption_of
from app.pricing.tax.supply import SplitBy, Supplied, supplied
from app.pricing.tax.table import TaxTable
from app.pricing.told.dating import RateDate, rate_day


class TaxRow(Row, frozen=True, kw_only=True, omit_defaults=True):
    """One tax of one jurisdiction; no tax is a row of 0 percent."""

    country: str
    region: str = "*"
    """`*`: every region of the country that has no row of its own."""
    tax: str
    percent: Decimal
    supply: Supply = "domestic"

    @property
    def key(self) -> tuple[str, ...]:
        """The jurisdiction, the kind of supply and the tax."""
        return self.country, self.region, self.supply, self.tax

    @property
    def rate(self) -> TaxRate:
        """The row as a tax engine reads it."""
        return TaxRate(
            row=str(self),
            country=self.country,
            region=self.region,
            tax=self.tax,
            percent=self.percent,
            supply=self.supply,
        )


class Tax(Term, frozen=True, kw_only=True, omit_defaults=True, tag="tax"):
    """What is taxed, where, by which day's rates, and how it is rounded."""

    determined_by: Literal["table", "external"]
    tax_date: RateDate
    """Whose day selects the rates."""
    place_of_supply: Literal["destination"]
    rounding: Rounding = ""
    """As the jurisdiction or the customer asks for; an external engine has rounded by itself."""
    split_by: SplitBy = ""
    not_taxed: tuple[str, ...] = ()
    """The charges above that are not taxable, so that none is forgotten."""
    method: Literal["tax_1"] = "tax_1"
    rates: tuple[TaxRow, ...] = ()

    def is_for(self, kind: str) -> bool:
        """Whatever is billed is taxed, unless the card names the kinds of units."""
        return not self.billed_with or kind in self.billed_with

    def flaws(self) -> Iterator[Flaw]:
        """A table without rates or rounding, rates nobody reads, a charge taxed and not taxed."""
        by_table = self.determined_by == "table"
        if not self.of:
            yield Flaw(what="tax names what it is taken of", charge=self.charge, field="of")
        if by_table != bool(self.rates):
            what = "a table of rates stands where tax is determined by table, and only there"
            yield Flaw(what=what, charge=self.charge, field="rates")
        if by_table != bool(self.rounding):
            what = "rounding is said where tax is determined by table, and only there"
            yield Flaw(
                what=what,
                charge=self.charge,
                field="rounding",
                allowed=("per line", "per invoice"),
            )
        for code in self.of:
            if code in self.not_taxed:
                what = f"{code} is taxed and not taxed"
                yield Flaw(what=what, charge=self.charge, field="not_taxed", word=code)
        yield from self._rows()

    def _rows(self) -> Iterator[Flaw]:
        for row in self.rates:
            for name, cell in (("country", row.country), ("region", row.region)):
                if cell != cell.upper() or (name == "country" and len(cell) != 2):
                    what = f"{cell!r} is no {name}"
                    mend = "two capital letters: CA, ON"
                    yield Flaw(what=what, charge=self.charge, row=row, field=name, mend=mend)


def tax(occasion: Occasion, term: Tax) -> tuple[Line, ...]:
    """The tax lines, and what of the tax is not known."""
    if missing := without_base(occasion, term):
        return (missing,)
    lines = base_charges(occasion)
    if not lines:
        return ()
    dated = rate_day(occasion.unit, term.tax_date)
    if dated is None:
        why = f"tax counts by the day of {term.tax_date}, which nobody has reported"
        return (unpriced(term, "no_date", why),)
    where = supplied(occasion.unit, term.split_by)
    if isinstance(where, NoTax):
        return (unpriced(term, where.problem, where.why),)
    parts = (where.parts_of(line.code, line.subject, line.amount) for line in lines)
    question = TaxQuestion(
        day=dated.day,
        rounding=term.rounding,
        lines=tuple(part for of_line in parts for part in of_line),
        exemption=exemption_of(occasion.unit),
    )
    known = in_force(term.rates, dated.day, occasion.known_on)
    answer = _engine(occasion, term, known).determine(question)
    asked = _Asked(
        question=question,
        answer=answer,
        inputs=tuple(_inputs(dated.told, where, question.exemption, answer)),
        rows={str(row): row for row in known},
    )
    return (
        *(_line(occasion, term, owed, asked) for owed in answer.lines),
        *(unpriced(term, each.problem, each.why, inputs=asked.inputs) for each in answer.missing),
    )


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question and answer behind the lines of one tax."""

    question: TaxQuestion
    answer: TaxAnswer
    inputs: tuple[Input, ...]
    rows: dict[str, TaxRow]


def _engine(occasion: Occasion, term: Tax, known: tuple[TaxRow, ...]) -> TaxEngine:
    if term.determined_by == "external":
        return last_determination(occasion.unit)
    return TaxTable(tuple(row.rate for row in known))


def _inputs(
    dated: Input, where: Supplied, exemption: Exemption | None, answer: TaxAnswer
) -> Iterator[Input]:
    yield msgspec.structs.replace(dated, name="tax date")
    for name, value, fact_ids in where.told:
        yield Input(name=name, value=value, fact_ids=fact_ids)
    if exemption is not None:
        yield Input(name="exemption", value=_certificate(exemption), fact_ids=exemption.fact_ids)
    if answer.fact_ids:
        yield Input(name="tax determination", value=answer.by, fact_ids=answer.fact_ids)


def _certificate(exemption: Exemption) -> str:
    until = exemption.until.isoformat() if exemption.until else "nobody says when"
    return f"certificate {exemption.certificate or 'without a number'} until {until}"


def _line(occasion: Occasion, term: Tax, owed: TaxLine, asked: _Asked) -> Line:
    """One tax as a line, or as excluded where the customer is exempt from it."""
    alone = asked.question.rounding != "per invoice"
    subject = " ".join((owed.place, owed.tax, *(owed.of if alone else ())))
    working = Working(
        quantity=owed.taxable.amount,
        unit=f"of {' and '.join(owed.of)}",
        rate=owed.percent,
        exact=owed.exact,
        text=f"{rate(owed.percent)}% {owed.tax} ({owed.place}) of {_taxable(owed)}",
        method=term.method,
        inputs=asked.inputs,
        rows=(asked.rows[owed.row],) if owed.row else (),
        subject=subject,
        description=f"{owed.tax} {rate(owed.percent)}%",
    )
    charge = msgspec.structs.replace(
        charged(occasion, term, working),
        tax=Taxed(
            tax=owed.tax,
            jurisdiction=owed.place,
            percent=owed.percent,
            taxable=owed.taxable,
            of=owed.of,
        ),
    )
    if owed.determined is not None:
        return _as_determined(charge, owed.determined, working.text, asked.answer.by)
    if asked.question.exemption is None:
        return charge
    return Excluded(
        charge=charge.code,
        subject=subject,
        why=f"EXEMPT: {_certificate(asked.question.exemption)}; worked out as {charge.formula}",
        amount=charge.amount,
        inputs=charge.inputs,
    )


def _as_determined(charge: Charge, amount: Money, text: str, by: str) -> Charge:
    """The engine's own cents; that they are within one of the exact tax is tied out."""
    return msgspec.structs.replace(
        charge, amount=amount, formula=f"{text} = {money(amount.amount)}, as {by}", rounding=by
    )


def _taxable(owed: TaxLine) -> str:
    """`linehaul 68.33 + fuel_surcharge 57.50 = 125.83`, a part of a line with its weights."""
    if not owed.parts:
        return f"{' and '.join(owed.of)} {money(owed.taxable.amount)}"
    terms = " + ".join(map(_part, owed.parts))
    return terms if len(owed.parts) == 1 else f"{terms} = {money(owed.taxable.amount)}"


def _part(part: TaxableLine) -> str:
    shown = f"{part.key} {money(part.amount.amount)}"
    if part.pounds == part.of_pounds:
        return shown
    weights = f"{number(part.pounds)} of {number(part.of_pounds)} lb"
    return f"{shown} ({weights} of {money(part.whole.amount)})"
